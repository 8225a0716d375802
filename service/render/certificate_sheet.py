"""A sheet of a certificate: its head, what is put where, and its foot with the code.

Lengths are millimetres, y from the top of the page.
"""

from io import BytesIO

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from service.domain.certificate import Kind
from service.render import fonts
from service.render.certificate_text import Printed
from service.render.drawing import Code, Drawing, paint
from service.render.flow import INK, MIDDLE, PALE, RIGHT, SOFT, WHITE, paragraph
from service.render.label import product_mark, system_mark
from service.render.sheet import PAPERS
from service.render.wording import Wording

SIDE, TOP, BOTTOM, HEAD = 18.0, 16.0, 12.0, 13.0
_CODE_MM, _LEAST_MODULE_MM = 41.0, 0.35
# How high the certification body's mark stands.
_MARK_MM = 24.0


class Sheet:
    """The sheets of one certificate, one after the other."""

    def __init__(self, printed: Printed, paper: str, total: int) -> None:
        self.printed, self.one, self.total = printed, printed.one, total
        self.width, self.height = PAPERS[paper]
        self.room = self.width - 2 * SIDE
        self.made = BytesIO()
        self.canvas = fonts.canvas(self.made, self.width, self.height)
        self.sheet = 0

    def begin(self, say: Wording, *, annex: bool = False) -> None:
        """The head of the next sheet: whose it is, its number and revision, and which sheet."""
        self.sheet += 1
        self.canvas.setFillColor(INK)
        self.canvas.setStrokeColor(INK)
        number = say("number_revision", number=self.one.number, revision=self.one.revision)
        label = say("annex", number=number) if annex else number
        if self.one.supersedes is not None and not annex:
            label += f" · {say('replaces', revision=self.one.supersedes)}"
        body = paragraph(self.printed.body, 13, bold=True, leading=1.2)
        self.put(body, TOP, width=self.room * 0.5)
        if self.printed.address:
            self.put(
                paragraph(self.printed.address, 8.5, colour=SOFT), TOP + 5.8,
                width=self.room * 0.5,
            )  # fmt: skip
        sheet = say("sheet", sheet=self.sheet, sheets=self.total)
        left, width = SIDE + self.room * 0.5, self.room * 0.5
        y = self.put(paragraph(label, 9, bold=True, align=RIGHT), TOP + 1, left=left, width=width)
        self.put(paragraph(sheet, 8.5, colour=SOFT, align=RIGHT), y + 0.6, left=left, width=width)
        self.rule(TOP + HEAD, 0.6)

    def end(self) -> None:
        """The sheet is done."""
        self.canvas.showPage()

    def put(
        self, made: Flowable, y: float, *, left: float = SIDE, width: float | None = None
    ) -> float:
        """Draw something with its top at y; gives where it ends."""
        high = made.wrap((width or self.room) * mm, self.height * mm)[1]
        made.drawOn(self.canvas, left * mm, (self.height - y) * mm - high)
        return y + high / mm

    def high(self, made: Flowable, width: float) -> float:
        """How high something is at a width."""
        return made.wrap(width * mm, self.height * mm)[1] / mm

    def rule(self, y: float, width: float) -> None:
        """A line from side to side."""
        self.canvas.setLineWidth(width * mm)
        at = (self.height - y) * mm
        self.canvas.line(SIDE * mm, at, (self.width - SIDE) * mm, at)

    def shape(self) -> None:
        """The shape of its kind, pale, cut off by the right edge."""
        canvas, k = self.canvas, 0.82 * mm
        canvas.saveState()
        canvas.translate((self.width - 60) * mm, (self.height - 29) * mm)
        canvas.setStrokeColor(PALE)
        canvas.setLineWidth(0.8 * mm)
        match self.one.kind:
            case Kind.PRODUCT:
                canvas.circle(50 * k, -50 * k, 49 * k)
                canvas.circle(50 * k, -50 * k, 44 * k)
            case Kind.MANAGEMENT_SYSTEM:
                canvas.rect(1 * k, -86 * k, 98 * k, 72 * k)
                canvas.rect(6 * k, -81 * k, 88 * k, 62 * k)
            case Kind.SERVICE:
                corners = ((50, 2), (92, 26), (92, 74), (50, 98), (8, 74), (8, 26), (50, 2))
                path = canvas.beginPath()
                path.moveTo(corners[0][0] * k, -corners[0][1] * k)
                for x, y in corners[1:]:
                    path.lineTo(x * k, -y * k)
                canvas.drawPath(path)
        canvas.restoreState()

    def foot(self, say: Wording) -> float:
        """The dark band at the foot; gives where it begins."""
        kind = self.one.kind
        inset = 6 if kind is Kind.PRODUCT else 4
        text = paragraph(say(f"more_{kind}"), 9.5, lead=say(f"band_{kind}"), colour=WHITE)
        high = self.high(text, self.room - 2 * inset) + 6
        top = self.height - BOTTOM - high
        self.canvas.setFillColor(INK)
        self.canvas.roundRect(
            SIDE * mm, BOTTOM * mm, self.room * mm, high * mm,
            (6 if kind is Kind.PRODUCT else 0) * mm, stroke=0, fill=1,
        )  # fmt: skip
        self.put(text, top + 3, left=SIDE + inset, width=self.room - 2 * inset)
        return top

    def live(self, say: Wording, floor: float) -> float:
        """The code, what it tells, and who stands behind; gives where the block begins."""
        module = max(_CODE_MM / self.printed.code.side, _LEAST_MODULE_MM)
        side = self.printed.code.side * module
        top = floor - side - 11
        self.rule(top, 0.6)
        code = Drawing(side, side, "", (Code(self.printed.code, 0, 0, module),))
        paint(self.canvas, code, SIDE, self.height - top - 3 - side)
        host = self.printed.host
        self.put(
            paragraph(host, 9.5 if len(host) < 24 else 7.5, bold=True, align=MIDDLE),
            top + side + 3.2, width=side,
        )  # fmt: skip
        left, chain = SIDE + side + 6, 46.0
        width = self.room - side - 12 - chain
        kind = self.one.kind
        texts = (
            paragraph(say("lead"), 13, bold=True, leading=1.25),
            paragraph(say("tells", checks=say(f"checks_{kind}")), 9),
            paragraph(say("scan", host=host), 9),
        )
        high = sum(self.high(text, width) + 2 for text in texts)
        y = top + (floor - top - high) / 2 + 1
        for text in texts:
            y = self.put(text, y, left=left, width=width) + 2
        self._chain(say, top, floor, self.width - SIDE - chain, chain)
        return top

    def _chain(self, say: Wording, top: float, floor: float, left: float, width: float) -> None:
        steps = [(say(role), name) for role, name in self.printed.above]
        steps.append((say("certification_body"), self.printed.body))
        steps.append((say("certificate"), self.one.number))
        made = [
            (
                paragraph(role, 7.5, colour=SOFT, leading=1.2),
                paragraph(name, 9, bold=True, leading=1.2),
            )
            for role, name in steps
        ]
        inner = width - 5
        highs = [self.high(role, inner) + self.high(name, inner) + 2.2 for role, name in made]
        title = paragraph(say("behind"), 9, colour=SOFT)
        y = top + (floor - top - sum(highs) - 6) / 2 + 1
        y = self.put(title, y, left=left, width=width) + 1.5
        dots = []
        for (role, name), high in zip(made, highs, strict=True):
            dots.append(y + 1.6)
            self.put(
                name, self.put(role, y, left=left + 5, width=inner), left=left + 5, width=inner
            )
            y += high
        x = (left + 1.5) * mm
        self.canvas.setLineWidth(0.5 * mm)
        self.canvas.line(x, (self.height - dots[0]) * mm, x, (self.height - dots[-1]) * mm)
        self.canvas.setFillColor(INK)
        for dot in dots:
            self.canvas.circle(x, (self.height - dot) * mm, 1.1 * mm, stroke=0, fill=1)

    def signed(self, say: Wording, floor: float) -> float:
        """Who decided, who accredits, and the mark; gives where it begins."""
        by, claim = self.printed.body, self.one.accreditation
        decided = (
            say("decided_by_people", body=by, people=", ".join(self.printed.people))
            if self.printed.people
            else say("decided_by", body=by)
        )
        names = dict(self.printed.above)
        accredited = (
            say("accredited", body=names.get("accreditation_body", claim.by), number=claim.number)
            if claim
            else say("not_accredited")
        )
        mark, scale = self._mark(), _MARK_MM / 40
        if self.one.kind is Kind.PRODUCT:
            scale /= 2
        wide, tall = (mark.width * scale, mark.height * scale) if mark else (0, 0)
        column = (self.room - wide - 14) / 2
        texts = [paragraph(text, 9) for text in (decided, accredited)]
        high = max([self.high(text, column) for text in texts] + [tall])
        for n, text in enumerate(texts):
            self.put(
                text, floor - self.high(text, column), left=SIDE + n * (column + 7), width=column
            )
        if mark:
            left = self.width - SIDE - wide
            paint(self.canvas, mark, left, self.height - floor, scale=scale)
        return floor - high

    def _mark(self) -> Drawing | None:
        match self.one.kind:
            case Kind.PRODUCT:
                return Drawing(80, 80, "", tuple(product_mark(self.printed.body, 0, 0, 80)))
            case Kind.MANAGEMENT_SYSTEM:
                return system_mark(self.one, body=self.printed.body)
            case Kind.SERVICE:
                return None

    def dates(self, say: Wording, floor: float) -> float:
        """The civil days that count; gives where they begin."""
        one = self.one
        shown = [("decided", say.day(one.decided)), ("effective", say.day(one.effective))]
        shown.append(("expires", say.day(one.expires)) if one.expires else ("ends", say("no_end")))
        column = self.room / len(shown)
        texts = [
            (paragraph(say(name), 8.5, colour=SOFT), paragraph(day, 11, bold=True))
            for name, day in shown
        ]
        high = max(sum(self.high(part, column - 4) for part in pair) for pair in texts)
        for n, (name, day) in enumerate(texts):
            left = SIDE + n * column
            y = self.put(name, floor - high, left=left, width=column - 4)
            self.put(day, y, left=left, width=column - 4)
        return floor - high
