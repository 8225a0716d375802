"""The rows of an XLSX workbook, one by one, as cells that know their place.

A formula counts as the value that the spreadsheet stored with it; one without is refused. Dates are
dates only where the workbook types the cell so; numbers are their digits. The sheet is the first
visible one whose header is found. Nothing is fetched: links to pages stay texts.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from service.domain.sheet import letters
from service.storage.sheet_refused import SheetRefused
from service.storage.workbook_bounds import Walked, walk_workbook

MAX_XLSX_BYTES = 10 * 1024 * 1024
# Columns beyond are not looked at: the template has some fifty.
MAX_COLUMNS = 256

Values = Sequence[str | date]

# What openpyxl raises for a workbook that is not built as it expects.
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, EOFError, InvalidFileException, LookupError,
    NotImplementedError, OSError, RecursionError, SyntaxError, TypeError, ValueError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class Pages:
    """The visible worksheets of a workbook, opened within bounds. Raises SheetRefused."""

    def __init__(self, file: BinaryIO) -> None:
        if file.seek(0, io.SEEK_END) > MAX_XLSX_BYTES:
            raise SheetRefused("BODY_TOO_LARGE")
        self._walked = walk_workbook(file)
        file.seek(0)
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except _BROKEN:
            raise SheetRefused("SHEET_MALFORMED") from None
        # Worksheets of a book that is only read have a class, and a type, of their own.
        self._sheets: list[Any] = [one for one in book.worksheets if one.sheet_state == "visible"]

    def __iter__(self) -> Iterator["Page"]:
        for sheet in self._sheets:
            # The only way from a sheet to its member; the lock file holds the release.
            yield Page(sheet, self._walked.get(sheet._worksheet_path, Walked()))


class Page:
    """One worksheet."""

    def __init__(self, sheet: Any, walked: Walked) -> None:
        self._sheet, self._walked = sheet, walked

    def records(self) -> Iterator[tuple[int, Values]]:
        """Every row with its number and values; what a cell does not hold is an empty text.

        Raises SheetRefused SHEET_FORMULA for a formula without a stored value, SHEET_MALFORMED.
        """
        # What the sheet says of its own size is not believed.
        self._sheet.reset_dimensions()
        uncalculated = self._walked.uncalculated
        try:
            rows = self._sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
            for number, row in enumerate(rows, 1):
                values = [_value(one) for one in row]
                if uncalculated:
                    _check(uncalculated, number, values)
                while values and values[-1] == "":
                    values.pop()
                yield number, values
        except _BROKEN:
            raise SheetRefused("SHEET_MALFORMED") from None

    def done(self, number: int) -> float:
        """How much lies behind at row `number`, from 0 to 1."""
        return min(1.0, number / max(1, self._walked.last_row))

    def check_merged(self, header: int) -> None:
        """Refuse merged cells in the header row or below: their values would be lost."""
        for reference in self._walked.merged:
            try:
                column, first, _, last = range_boundaries(reference)
            except ValueError:
                raise SheetRefused("SHEET_MALFORMED") from None
            if last is None or last >= header:
                place = f"{letters(column or 1)}{max(first or 1, header)}"
                raise SheetRefused(
                    "SHEET_HEADER" if (first or 1) <= header else "SHEET_MERGED", place
                )


def _check(uncalculated: set[str], number: int, values: list[str | date]) -> None:
    for column in range(1, len(values) + 1):
        if (place := f"{letters(column)}{number}") in uncalculated:
            raise SheetRefused("SHEET_FORMULA", place)


def _value(value: Any) -> str | date:
    """The value of a cell: a civil day for a date, else its text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value)
