"""Sheets that we hand out, as CSV or XLSX: no cell is taken for a command (security.md W03).

A text that a spreadsheet would run is guarded by an apostrophe, which our reader takes off again.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from service.domain.sheet import guarded, letters

_WIDTH = 28

Line = Sequence[str | date]


def csv_bytes(lines: Iterable[Line]) -> bytes:
    """Lines as CSV (RFC 4180): UTF-8 with a mark, which spreadsheets need, and all quoted."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([guarded(str(value)) for value in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Mapping[str, Iterable[Line]]) -> bytes:
    """Sheets by title as a workbook; the first line of each is its header, dates are dates."""
    book = openpyxl.Workbook(write_only=True)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for number, line in enumerate(lines):
            if number == 0:
                for column in range(1, len(line) + 1):
                    sheet.column_dimensions[letters(column)].width = _WIDTH
            cells = [_cell(sheet, value) for value in line]
            for cell in cells if number == 0 else ():
                cell.font = Font(bold=True)
            sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: str | date) -> Any:
    if isinstance(value, str):
        return WriteOnlyCell(sheet, guarded(value) or None)
    cell = WriteOnlyCell(sheet, datetime.combine(value, time.min))
    cell.number_format = "yyyy-mm-dd"
    return cell
