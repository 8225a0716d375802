"""Sheets: rows of cells that know their place, and the guard of cells that would be commands.

A spreadsheet takes a text that begins with `=`, `+`, `-`, `@` or a control character for a formula
(security.md W03). `guarded` puts an apostrophe before such a text and `unguarded` takes exactly one
away again, so that what we write reads back as it was.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

_COMMAND = re.compile("'*[=+\\-@\t\r\n\x00]")
_ASIDE = re.compile(r"\([^()]*\)")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


class Cell(NamedTuple):
    """One cell: `place` as a spreadsheet names it (`B17`); `value` is a text as it was typed.

    Only a cell that a workbook itself types as a date is a `date`; an empty cell is an empty text.
    """

    place: str
    value: str | date


class Row(NamedTuple):
    """A row that is not blank: its number as a spreadsheet shows it, and its cells by key.

    There is a cell for every column of the sheet that was wanted, empty ones too.
    """

    number: int
    cells: Mapping[str, Cell]


class Heading(NamedTuple):
    """A column that is wanted: our key for it, its titles (the first is its name), and need."""

    key: str
    titles: tuple[str, ...]
    required: bool = False


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a command."""
    return f"'{text}" if _COMMAND.match(text) else text


def unguarded(text: str) -> str:
    """A text without the guard that `guarded` puts before it."""
    return text[1:] if text.startswith("'") and _COMMAND.match(text) else text


def folded(text: str) -> str:
    """A title or name for comparing: without case, accents, asides in brackets and punctuation."""
    plain = unicodedata.normalize("NFKD", _ASIDE.sub(" ", text)).casefold().replace("&", " and ")
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return _BETWEEN_WORDS.sub(" ", letters).strip()


def letters(column: int) -> str:
    """The letters of a column, counted from one: 1 is `A`, 27 is `AA`."""
    name = ""
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(ord("A") + digit) + name
    return name
