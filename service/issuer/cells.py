"""The cells of one row, read into fields, with every problem of the row gathered on the way.

A reader gives None for an empty cell and for one that is wrong; what is wrong is a CellProblem.
White space and line breaks within a text become one space, and accents are composed; nothing else
is changed, and what hides or turns text is refused (security.md R15).
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from service.credential.reading import MAX_ITEMS, MAX_TEXT_CHARS
from service.domain.countries import country_code
from service.domain.migration import BY_KEY, SENTENCES, CellProblem
from service.domain.sheet import Cell, Row
from service.domain.text import clean
from service.issuer.reading import hides
from service.issuer.typed_days import DayOrder, DayRefused, read_day

# How much of a value is shown again.
_SEEN_CHARS = 80
_SPACES = re.compile("[ \t\r\n\u00a0\u2007\u202f]+")
_NEXT_ITEM = re.compile(r"[\r\n;|]")
_NEXT_LINE = re.compile(r"[\r\n|]")
_FAILED = frozenset("#N/A #REF! #VALUE! #NAME? #DIV/0! #NUM! #NULL!".split())

T = TypeVar("T")


def tidy(text: str) -> str:
    """A text with its accents composed and every run of white space as one space."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def seen(value: str | date) -> str:
    """A value as it can be shown in a sentence: nothing hidden, not too much of it."""
    text = clean(tidy(str(value)))
    return f"{text[:_SEEN_CHARS]}…" if len(text) > _SEEN_CHARS else text


class Cells:
    """The cells of a row by key; `problems` grows as they are read."""

    def __init__(self, row: Row, *, zone: str, order: DayOrder | None) -> None:
        self.row = row
        self.problems: list[CellProblem] = []
        self._zone, self._order = zone, order

    def cell(self, key: str) -> Cell:
        """The cell of a column; where the sheet has no such column, its place is the row."""
        return self.row.cells.get(key) or Cell(str(self.row.number), "")

    def wrong(self, key: str, code: str, value: str | date | None = None, limit: str = "") -> None:
        """Note a problem with a cell; `value` is the part of it at fault, if not the whole."""
        cell = self.cell(key)
        shown = seen(cell.value if value is None else value)
        sentence = SENTENCES[code].format(seen=shown, limit=limit)
        title = BY_KEY[key].title
        self.problems.append(CellProblem(self.row.number, cell.place, title, code, sentence, shown))

    def has(self, key: str) -> bool:
        """Whether the cell holds anything."""
        value = self.cell(key).value
        return isinstance(value, date) or bool(tidy(value))

    def need(self, key: str) -> None:
        """Note that a cell is empty that may not be."""
        if not self.has(key):
            self.wrong(key, "MISSING", "")

    def _raw(self, key: str) -> str:
        """The text of a cell as typed, within its bounds; empty where it is wrong."""
        value = self.cell(key).value
        if isinstance(value, date):
            self.wrong(key, "NOT_TEXT")
        elif tidy(value) in _FAILED:
            self.wrong(key, "CELL_ERROR")
        elif len(value) > (limit := BY_KEY[key].chars):
            self.wrong(key, "TOO_LONG", limit=str(limit))
        elif hides(tidy(value)):
            self.wrong(key, "NAME_CONTROL_CHARS")
        else:
            return value
        return ""

    def text(self, key: str) -> str | None:
        """The text of a cell, in one line."""
        return tidy(self._raw(key)) or None

    def day(self, key: str) -> date | None:
        """The civil day of a cell."""
        value = self.cell(key).value
        if isinstance(value, str):
            value = tidy(value)
            if not value:
                return None
        try:
            return read_day(value, zone=self._zone, order=self._order)
        except DayRefused as refused:
            self.wrong(key, refused.code)
            return None

    def items(self, key: str, *, lines: bool = False) -> tuple[str, ...]:
        """The items of a list: one to a line, or divided by `;` or `|`; `lines` keeps the `;`."""
        parts = (_NEXT_LINE if lines else _NEXT_ITEM).split(self._raw(key))
        found = tuple(item for part in parts if (item := tidy(part)))
        if len(found) > MAX_ITEMS:
            self.wrong(key, "TOO_MANY", limit=str(MAX_ITEMS))
            return ()
        if any(len(item) > MAX_TEXT_CHARS for item in found):
            self.wrong(key, "TOO_LONG", limit=str(MAX_TEXT_CHARS))
            return ()
        return found

    def known(
        self, key: str, code: str, find: Callable[[str], T | None], limit: str = ""
    ) -> T | None:
        """What `find` makes of a text; a problem with `code` where that is nothing."""
        text = self.text(key)
        if text is None:
            return None
        found = find(text)
        if found is None:
            self.wrong(key, code, limit=limit)
        return found

    def country(self, key: str) -> str | None:
        """The alpha-2 code of a country by its code or name."""
        return self.known(key, "COUNTRY_UNKNOWN", country_code)

    def address(self, prefix: str = "") -> str | None:
        """The address in one line, from one cell or from its parts."""
        whole = self.text(f"{prefix}address")
        street, city, region, postcode = (
            self.text(f"{prefix}{part}") for part in ("street", "city", "region", "postcode")
        )
        place = " ".join(filter(None, (city, postcode)))
        return whole or ", ".join(filter(None, (street, place, region))) or None
