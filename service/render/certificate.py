"""A certificate as PDF: all that ISO/IEC 17021-1 8.2.2 or ISO/IEC 17065 7.7 asks for, and its code.

One sheet of A4 or US Letter for each language that is asked for; what does not fit goes on over
annexes, each with the number and which sheet it is. The words are those that were signed. The paper
says what it cannot show: what happened since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Table

from service.credential.qr import Symbol
from service.domain.certificate import Certificate, Kind
from service.domain.refusal import Denied
from service.domain.text import clean
from service.render import fonts
from service.render.drawing import Code, Drawing, paint
from service.render.flow import INK, MIDDLE, PALE, RIGHT, SOFT, WHITE, fitted, paragraph
from service.render.label import product_mark, system_mark
from service.render.sheet import PAPERS
from service.render.wording import Wording, wording

# `proofmark verify` reads no longer file (security.md section 8, R22).
MAX_SHEETS = 10
_SIDE, _TOP, _BOTTOM = 18.0, 16.0, 12.0
_CODE_MM, _LEAST_MODULE_MM = 41.0, 0.35
_FOOT, _HEAD = 9.0, 13.0
# How high the certification body's mark stands.
_MARK_MM = 24.0
# Points; what is too long for the smallest stands in the annex.
_SCOPE_SIZES = (15.0, 12.0, 10.0, 9.0)


@dataclass(frozen=True, slots=True)
class Printed:
    """What a certificate's paper shows.

    `body` is the certification body, with the `address` that both standards ask for; `people` who
    decided; `above` the names of arrangement and accreditation body as far as a chain holds; `host`
    the address that the code must lead to.
    """

    one: Certificate
    code: Symbol
    body: str
    host: str
    address: str | None = None
    people: tuple[str, ...] = ()
    above: tuple[tuple[str, str], ...] = ()


def certificate_pdf(
    printed: Printed, *, languages: Sequence[str] = ("en",), paper: str = "A4"
) -> bytes:
    """The certificate, unsigned, in each of the languages.

    Raises Denied: BAD_PARAMETER for a language or paper there is none of, TEXT_NOT_PRINTABLE,
    CERTIFICATE_TOO_LONG above ten sheets.
    """
    if paper not in PAPERS:
        raise Denied("BAD_PARAMETER", f"Papers are {', '.join(PAPERS)}.", "paper")
    spoken = [wording(one) for one in languages]
    # How many sheets there are stands on each of them: counted first, then drawn.
    total = _Sheets(printed, paper, 0).draw(spoken)[1]
    if total > MAX_SHEETS:
        raise Denied("CERTIFICATE_TOO_LONG", f"It would fill {total} sheets, more than ten.")
    return _Sheets(printed, paper, total).draw(spoken)[0]


class _Sheets:
    """The sheets of one certificate. Lengths in millimetres, y from the top of the page."""

    def __init__(self, printed: Printed, paper: str, total: int) -> None:
        self.printed, self.one, self.total = printed, printed.one, total
        self.width, self.height = PAPERS[paper]
        self.room = self.width - 2 * _SIDE
        self.made = BytesIO()
        self.canvas = fonts.canvas(self.made, self.width, self.height)
        self.sheet = 0

    def draw(self, spoken: Sequence[Wording]) -> tuple[bytes, int]:
        """The file and its number of sheets."""
        self.canvas.setTitle(clean(f"{self.one.number}, {self.one.holder.name}"))
        self.canvas.setAuthor(clean(self.printed.body))
        self.canvas.setCreator("Proofmark")
        for say in spoken:
            self._front(say)
        self.canvas.save()
        return self.made.getvalue(), self.sheet

    def _front(self, say: Wording) -> None:
        self._begin(say)
        self._shape()
        floor = self._foot(say)
        floor = self._live(say, floor)
        floor = self._signed(say, floor - 5)
        floor = self._dates(say, floor - 4)
        y = _TOP + _HEAD + 9
        y = self._put(paragraph(say(f"title_{self.one.kind}"), 13), y) + 1
        name = fitted(self._heading(), (38, 28, 21, 16), self.room * mm, 26 * mm, bold=True)
        y = self._put(name or paragraph(self._heading(), 12, bold=True), y) + 7
        y = self._put(paragraph(self.one.holder.name, 20, bold=True, leading=1.2), y) + 0.5
        y = self._put(paragraph(_address(self.one), 11), y) + 4
        standards = ", ".join(self.one.standards)
        y = self._put(
            paragraph(say(f"says_{self.one.kind}", standards=standards), 11, colour=SOFT), y
        )
        y, rest = self._scope(say, y + 1, floor)
        rest += self._rows(say, y + 6, floor - 4)
        self._end()
        self._annex(say, rest)

    def _begin(self, say: Wording, *, annex: bool = False) -> None:
        self.sheet += 1
        self.canvas.setFillColor(INK)
        self.canvas.setStrokeColor(INK)
        number = say("number_revision", number=self.one.number, revision=self.one.revision)
        label = say("annex", number=number) if annex else number
        if self.one.supersedes is not None and not annex:
            label += f" · {say('replaces', revision=self.one.supersedes)}"
        body = paragraph(self.printed.body, 13, bold=True, leading=1.2)
        self._put(body, _TOP, width=self.room * 0.5)
        if self.printed.address:
            self._put(
                paragraph(self.printed.address, 8.5, colour=SOFT), _TOP + 5.8,
                width=self.room * 0.5,
            )  # fmt: skip
        sheet = say("sheet", sheet=self.sheet, sheets=self.total)
        left, width = _SIDE + self.room * 0.5, self.room * 0.5
        y = self._put(paragraph(label, 9, bold=True, align=RIGHT), _TOP + 1, left=left, width=width)
        self._put(paragraph(sheet, 8.5, colour=SOFT, align=RIGHT), y + 0.6, left=left, width=width)
        self._rule(_TOP + _HEAD, 0.6)

    def _end(self) -> None:
        self.canvas.showPage()

    def _put(
        self, made: Flowable, y: float, *, left: float = _SIDE, width: float | None = None
    ) -> float:
        """Draw something with its top at y; gives where it ends."""
        high = made.wrap((width or self.room) * mm, self.height * mm)[1]
        made.drawOn(self.canvas, left * mm, (self.height - y) * mm - high)
        return y + high / mm

    def _high(self, made: Flowable, width: float) -> float:
        return made.wrap(width * mm, self.height * mm)[1] / mm

    def _rule(self, y: float, width: float) -> None:
        self.canvas.setLineWidth(width * mm)
        at = (self.height - y) * mm
        self.canvas.line(_SIDE * mm, at, (self.width - _SIDE) * mm, at)

    def _shape(self) -> None:
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

    def _foot(self, say: Wording) -> float:
        """The dark band at the foot; gives where it begins."""
        kind = self.one.kind
        inset = 6 if kind is Kind.PRODUCT else 4
        text = paragraph(say(f"more_{kind}"), 9.5, lead=say(f"band_{kind}"), colour=WHITE)
        high = self._high(text, self.room - 2 * inset) + 6
        top = self.height - _BOTTOM - high
        self.canvas.setFillColor(INK)
        self.canvas.roundRect(
            _SIDE * mm, _BOTTOM * mm, self.room * mm, high * mm,
            (6 if kind is Kind.PRODUCT else 0) * mm, stroke=0, fill=1,
        )  # fmt: skip
        self._put(text, top + 3, left=_SIDE + inset, width=self.room - 2 * inset)
        return top

    def _live(self, say: Wording, floor: float) -> float:
        """The code, what it tells, and who stands behind; gives where the block begins."""
        module = max(_CODE_MM / self.printed.code.side, _LEAST_MODULE_MM)
        side = self.printed.code.side * module
        top = floor - side - 11
        self._rule(top, 0.6)
        code = Drawing(side, side, "", (Code(self.printed.code, 0, 0, module),))
        paint(self.canvas, code, _SIDE, self.height - top - 3 - side)
        host = self.printed.host
        self._put(
            paragraph(host, 9.5 if len(host) < 24 else 7.5, bold=True, align=MIDDLE),
            top + side + 3.2, width=side,
        )  # fmt: skip
        left, chain = _SIDE + side + 6, 46.0
        width = self.room - side - 12 - chain
        kind = self.one.kind
        texts = (
            paragraph(say("lead"), 13, bold=True, leading=1.25),
            paragraph(say("tells", checks=say(f"checks_{kind}")), 9),
            paragraph(say("scan", host=host), 9),
        )
        high = sum(self._high(text, width) + 2 for text in texts)
        y = top + (floor - top - high) / 2 + 1
        for text in texts:
            y = self._put(text, y, left=left, width=width) + 2
        self._chain(say, top, floor, self.width - _SIDE - chain, chain)
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
        highs = [self._high(role, inner) + self._high(name, inner) + 2.2 for role, name in made]
        title = paragraph(say("behind"), 9, colour=SOFT)
        y = top + (floor - top - sum(highs) - 6) / 2 + 1
        y = self._put(title, y, left=left, width=width) + 1.5
        dots = []
        for (role, name), high in zip(made, highs, strict=True):
            dots.append(y + 1.6)
            self._put(
                name, self._put(role, y, left=left + 5, width=inner), left=left + 5, width=inner
            )
            y += high
        x = (left + 1.5) * mm
        self.canvas.setLineWidth(0.5 * mm)
        self.canvas.line(x, (self.height - dots[0]) * mm, x, (self.height - dots[-1]) * mm)
        self.canvas.setFillColor(INK)
        for dot in dots:
            self.canvas.circle(x, (self.height - dot) * mm, 1.1 * mm, stroke=0, fill=1)

    def _signed(self, say: Wording, floor: float) -> float:
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
        high = max([self._high(text, column) for text in texts] + [tall])
        for n, text in enumerate(texts):
            self._put(
                text, floor - self._high(text, column), left=_SIDE + n * (column + 7), width=column
            )
        if mark:
            left = self.width - _SIDE - wide
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

    def _dates(self, say: Wording, floor: float) -> float:
        one = self.one
        shown = [("decided", say.day(one.decided)), ("effective", say.day(one.effective))]
        shown.append(("expires", say.day(one.expires)) if one.expires else ("ends", say("no_end")))
        column = self.room / len(shown)
        texts = [
            (paragraph(say(name), 8.5, colour=SOFT), paragraph(day, 11, bold=True))
            for name, day in shown
        ]
        high = max(sum(self._high(part, column - 4) for part in pair) for pair in texts)
        for n, (name, day) in enumerate(texts):
            left = _SIDE + n * column
            y = self._put(name, floor - high, left=left, width=column - 4)
            self._put(day, y, left=left, width=column - 4)
        return floor - high

    def _scope(self, say: Wording, y: float, floor: float) -> tuple[float, list[Flowable]]:
        """The scope where it fits, else in the annex; gives where it ends and what is left."""
        text, wide = _scope(self.one, say), min(self.room, 140.0)
        most = max((floor - y) * 0.6, 12)
        shown = fitted(text, _SCOPE_SIZES, wide * mm, most * mm, bold=True)
        if shown is not None:
            y = self._put(shown, y, width=wide)
            if self.one.codes:
                y = self._put(paragraph(", ".join(self.one.codes), 9, colour=SOFT), y + 0.6)
            return y, []
        y = self._put(paragraph(say("continued"), 11, colour=SOFT), y)
        codes = ", ".join(self.one.codes)
        rest = [paragraph(say("scope"), 11, bold=True), paragraph(text, 10)]
        return y, [*rest, paragraph(codes, 9, colour=SOFT)] if codes else list(rest)

    def _rows(self, say: Wording, y: float, floor: float) -> list[Flowable]:
        """Sites or models, as many as there is room for; gives what is left."""
        table = self._table(say)
        if table is None:
            return []
        high = self._high(table, self.room)
        if y + high <= floor:
            self._put(table, y)
            return []
        note = paragraph(say("continued"), 9, colour=SOFT)
        parts = table.split(self.room * mm, (floor - y - 5) * mm)
        if len(parts) < 2:
            self._put(note, y)
            return [table]
        self._put(note, self._put(parts[0], y) + 1)
        return list(parts[1:])

    def _table(self, say: Wording) -> Table | None:
        head, rows = _lines(self.one, say)
        if not rows:
            return None
        cells = [[paragraph(name, 8.5, colour=SOFT) for name in head]]
        cells += [
            [paragraph(text, 9.5, bold=n == 0, leading=1.25) for n, text in enumerate(row)]
            for row in rows
        ]
        shares = {2: (0.42, 0.58), 3: (0.34, 0.38, 0.28), 4: (0.3, 0.16, 0.34, 0.2)}[len(head)]
        table = Table(cells, [self.room * mm * share for share in shares], repeatRows=1)
        table.setStyle(
            [
                ("FONTNAME", (0, 0), (-1, -1), fonts.REGULAR),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 8),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
                ("LINEBELOW", (0, 0), (-1, 0), 0.4 * mm, INK),
                ("LINEBELOW", (0, 1), (-1, -1), 0.2 * mm, PALE),
            ]
        )
        return table

    def _annex(self, say: Wording, rest: list[Flowable]) -> None:
        """As many further sheets as it takes."""
        while rest:
            self._begin(say, annex=True)
            y, floor = _TOP + _HEAD + 8, self.height - _BOTTOM - _FOOT
            placed = 0
            while rest:
                part, *rest = rest
                if y + self._high(part, self.room) <= floor:
                    y = self._put(part, y) + 5
                elif parts := part.split(self.room * mm, (floor - y) * mm):
                    self._put(parts[0], y)
                    rest = [*parts[1:], *rest]
                    break
                elif placed:
                    rest = [part, *rest]
                    break
                else:
                    raise Denied("CERTIFICATE_TOO_LONG", "An entry is longer than a sheet.")
                placed += 1
            self._put(
                paragraph(say("scan", host=self.printed.host), 8.5, colour=SOFT),
                self.height - _BOTTOM - 4,
            )
            self._end()

    def _heading(self) -> str:
        product = self.one.product
        if product is None:
            return ", ".join(self.one.standards)
        named = product.models[:3] or (product.family or "",)
        more = " …" if len(product.models) > 3 else ""
        return " ".join(filter(None, (product.brand, ", ".join(named)))) + more


def _address(one: Certificate) -> str:
    parts = (one.holder.address, one.holder.country, one.holder.id)
    return ", ".join(part for part in parts if part)


def _scope(one: Certificate, say: Wording) -> str:
    part = one.organisation or one.service
    if part is not None:
        return part.scope
    product = one.product
    if product is None:
        return ""
    batch = product.batch
    serials = [f"{first} – {last}" for first, last in batch.serials] if batch else []
    made = ", ".join(filter(None, (batch.lot if batch else None, *serials)))
    scheme = say("scheme", id=product.scheme.id, type=product.scheme.type)
    return "; ".join(
        filter(
            None,
            (
                scheme,
                f"{say('batch')} {made}" if made else "",
                f"{say('conditions')}: {product.conditions}" if product.conditions else "",
            ),
        )
    )


def _lines(one: Certificate, say: Wording) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the table: sites with their activities, or models with their factories."""
    if one.product is None:
        rows = [
            (
                say("central", site=site.name) if site.central else site.name,
                ", ".join(filter(None, (site.address, site.country))),
                ", ".join(site.codes or ()),
            )
            for site in one.sites
        ]
        head = (say("site"), say("address"), say("activities"))
        # Where no site has activities of its own, the scope speaks for all.
        return (
            (head, list(rows))
            if any(row[2] for row in rows)
            else (head[:2], [row[:2] for row in rows])
        )
    product = one.product
    made = ", ".join(product.factories or ())
    names: Sequence[str] = product.models or tuple(filter(None, (product.family,)))
    gtins = product.gtins if len(product.gtins) == len(names) else ()
    columns = (say("model"), say("product_revision"), say("factory"), say("gtin"))
    return columns, [
        (name, product.revision or "", made, gtins[n] if gtins else "")
        for n, name in enumerate(names)
    ]
