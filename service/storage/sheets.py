"""Sheets that people hand in, CSV or XLSX, row by row and within bounds.

The type is told by the first bytes, whatever the file is called (security.md R22). The header is
the first of twenty rows that names two wanted columns; titles are compared without case, accents,
asides in brackets and punctuation. Columns that are not wanted are named, and left alone. A guard
that we put before a cell is taken off again.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import BinaryIO, Protocol

from service.domain.sheet import Cell, Heading, Row, folded, letters, unguarded
from service.storage.lines import Lines
from service.storage.sheet_refused import SheetRefused
from service.storage.workbook import Pages, Values

__all__ = ["Sheet", "SheetRefused", "open_sheet"]

MAX_ROWS = 1_000_000
HEADER_WITHIN_ROWS = 20
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ZIP = b"PK\x03\x04"
# Old workbooks, PDF, pictures, other archives, markup, JSON.
_OTHERS = (
    b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8", b"PK\x05\x06", b"\x1f\x8b", b"<", b"{",
)  # fmt: skip
_TWO_BYTES_A_CHARACTER = (b"\xff\xfe", b"\xfe\xff")
_FIRST_BYTES = 4_096

# Folded title -> our key of its column.
Titles = Mapping[str, str]


class _Source(Protocol):
    """Where records come from, each with its row number, from the first again at every call."""

    def records(self) -> Iterator[tuple[int, Values]]: ...

    def check_merged(self, header: int) -> None: ...

    def done(self, number: int) -> float: ...


class Sheet:
    """A sheet whose header is known: `columns` are the places of the wanted ones by key,
    `ignored` the titles that are not wanted, `media_type` what the file is.
    """

    def __init__(
        self, media_type: str, source: _Source, header: int, values: Values, titles: Titles
    ) -> None:
        self.media_type, self._source, self._header = media_type, source, header
        self._keys: dict[int, str] = {}
        self.columns: dict[str, str] = {}
        ignored = []
        for column, value in enumerate(values):
            cell = Cell(f"{letters(column + 1)}{header}", value)
            key = titles.get(folded(str(value)))
            if key in self.columns:
                raise SheetRefused("SHEET_HEADER", cell.place)
            if key is not None:
                self._keys[column], self.columns[key] = key, cell.place
            elif _filled(value):
                ignored.append(cell)
        self.ignored = tuple(ignored)

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """The rows below the header that are not blank, from the first beyond row `after`.

        One at a time: a second call begins anew, and ends the first. Raises SheetRefused where the
        file cannot be read on, or SHEET_TOO_LONG.
        """
        counted = 0
        for number, values in self._source.records():
            if number <= self._header or not any(map(_filled, values)):
                continue
            counted += 1
            if counted > MAX_ROWS:
                raise SheetRefused("SHEET_TOO_LONG", f"row {number}")
            if number > after:
                yield Row(number, self._cells(number, values))

    def _cells(self, number: int, values: Values) -> dict[str, Cell]:
        cells = {}
        for column, key in self._keys.items():
            value = values[column] if column < len(values) else ""
            plain = unguarded(value) if isinstance(value, str) else value
            cells[key] = Cell(f"{letters(column + 1)}{number}", plain)
        return cells

    def done(self, row: Row) -> float:
        """How much of the sheet lies behind when `row` has been read, from 0 to 1."""
        return self._source.done(row.number)


def open_sheet(file: BinaryIO, headings: Iterable[Heading]) -> Sheet:
    """The sheet of a file that can be sought in, its header read. Raises SheetRefused.

    The file must stay open while rows are read.
    """
    wanted = tuple(headings)
    titles = {folded(title): one.key for one in wanted for title in one.titles}
    file.seek(0)
    first = file.read(_FIRST_BYTES)
    if first.startswith(_TWO_BYTES_A_CHARACTER):
        raise SheetRefused("SHEET_ENCODING", "line 1")
    if first.startswith(_ZIP):
        sheet = _found(XLSX, Pages(file), titles)
    elif first.startswith(_OTHERS) or b"\0" in first:
        raise SheetRefused("MEDIA_TYPE_NOT_ALLOWED")
    else:
        sheet = _found(CSV, [Lines(file, titles)], titles)
    missing = [one.titles[0] for one in wanted if one.required and one.key not in sheet.columns]
    if missing:
        raise SheetRefused("SHEET_HEADER", ", ".join(missing))
    return sheet


def _found(media_type: str, sources: Iterable[_Source], titles: Titles) -> Sheet:
    for source in sources:
        for number, values in islice(source.records(), HEADER_WITHIN_ROWS):
            if sum(folded(str(value)) in titles for value in values) >= 2:
                source.check_merged(number)
                return Sheet(media_type, source, number, values, titles)
    raise SheetRefused("SHEET_HEADER")


def _filled(value: str | date) -> bool:
    return isinstance(value, date) or bool(value.strip())
