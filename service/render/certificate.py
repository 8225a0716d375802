"""A certificate as PDF: all that ISO/IEC 17021-1 8.2.2 or ISO/IEC 17065 7.7 asks for, and its code.

One sheet of A4 or US Letter for each language that is asked for; what does not fit goes on over
annexes, each with the number and which sheet it is. The words are those that were signed. The paper
says what it cannot show: what happened since.
"""

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Table

from service.domain.refusal import Denied
from service.domain.text import clean
from service.render import fonts
from service.render.certificate_sheet import BOTTOM, HEAD, TOP, Sheet
from service.render.certificate_text import Printed, address, heading, scope_of, table_of
from service.render.flow import INK, PALE, SOFT, fitted, paragraph
from service.render.sheet import PAPERS
from service.render.wording import Wording, wording

# `proofmark verify` reads no longer file (security.md section 8, R22).
MAX_SHEETS = 10
_FOOT = 9.0
# Points; what is too long for the smallest stands in the annex.
_SCOPE_SIZES = (15.0, 12.0, 10.0, 9.0)


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


class _Sheets(Sheet):
    """The front of each language, and its annexes."""

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
        self.begin(say)
        self.shape()
        floor = self.foot(say)
        floor = self.live(say, floor)
        floor = self.signed(say, floor - 5)
        floor = self.dates(say, floor - 4)
        y = TOP + HEAD + 9
        y = self.put(paragraph(say(f"title_{self.one.kind}"), 13), y) + 1
        name = fitted(heading(self.one), (38, 28, 21, 16), self.room * mm, 26 * mm, bold=True)
        y = self.put(name or paragraph(heading(self.one), 12, bold=True), y) + 7
        y = self.put(paragraph(self.one.holder.name, 20, bold=True, leading=1.2), y) + 0.5
        y = self.put(paragraph(address(self.one), 11), y) + 4
        standards = ", ".join(self.one.standards)
        y = self.put(
            paragraph(say(f"says_{self.one.kind}", standards=standards), 11, colour=SOFT), y
        )
        y, rest = self._scope(say, y + 1, floor)
        rest += self._rows(say, y + 6, floor - 4)
        self.end()
        self._annex(say, rest)

    def _scope(self, say: Wording, y: float, floor: float) -> tuple[float, list[Flowable]]:
        """The scope where it fits, else in the annex; gives where it ends and what is left."""
        text, wide = scope_of(self.one, say), min(self.room, 140.0)
        most = max((floor - y) * 0.6, 12)
        shown = fitted(text, _SCOPE_SIZES, wide * mm, most * mm, bold=True)
        if shown is not None:
            y = self.put(shown, y, width=wide)
            if self.one.codes:
                y = self.put(paragraph(", ".join(self.one.codes), 9, colour=SOFT), y + 0.6)
            return y, []
        y = self.put(paragraph(say("continued"), 11, colour=SOFT), y)
        codes = ", ".join(self.one.codes)
        rest = [paragraph(say("scope"), 11, bold=True), paragraph(text, 10)]
        return y, [*rest, paragraph(codes, 9, colour=SOFT)] if codes else list(rest)

    def _rows(self, say: Wording, y: float, floor: float) -> list[Flowable]:
        """Sites or models, as many as there is room for; gives what is left."""
        table = self._table(say)
        if table is None:
            return []
        high = self.high(table, self.room)
        if y + high <= floor:
            self.put(table, y)
            return []
        note = paragraph(say("continued"), 9, colour=SOFT)
        parts = table.split(self.room * mm, (floor - y - 5) * mm)
        if len(parts) < 2:
            self.put(note, y)
            return [table]
        self.put(note, self.put(parts[0], y) + 1)
        return list(parts[1:])

    def _table(self, say: Wording) -> Table | None:
        head, rows = table_of(self.one, say)
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
            self.begin(say, annex=True)
            y, floor = TOP + HEAD + 8, self.height - BOTTOM - _FOOT
            placed = 0
            while rest:
                part, *rest = rest
                if y + self.high(part, self.room) <= floor:
                    y = self.put(part, y) + 5
                elif parts := part.split(self.room * mm, (floor - y) * mm):
                    self.put(parts[0], y)
                    rest = [*parts[1:], *rest]
                    break
                elif placed:
                    rest = [part, *rest]
                    break
                else:
                    raise Denied("CERTIFICATE_TOO_LONG", "An entry is longer than a sheet.")
                placed += 1
            self.put(
                paragraph(say("scan", host=self.printed.host), 8.5, colour=SOFT),
                self.height - BOTTOM - 4,
            )
            self.end()


__all__ = ["MAX_SHEETS", "Printed", "certificate_pdf"]
