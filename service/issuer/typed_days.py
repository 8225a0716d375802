"""Civil days as people and their spreadsheets write them, and only where there is one meaning.

A year first is a year; a month in letters is a month. Of `03/04/2026` nobody knows, unless the
caller says what its body writes first; a part above twelve settles it too. Two-digit years and the
serial numbers of a spreadsheet are refused: what a workbook types as a date arrives as a `date`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum

from service.credential.reading import FIRST_YEAR, LAST_YEAR
from service.domain.dates import civil_day, parse_instant


class DayOrder(StrEnum):
    """What stands first in a date whose year stands last."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class DayRefused(Exception):
    """A day that cannot be read: `code` is NOT_A_DATE or DATE_AMBIGUOUS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_MONTHS = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())
_FULL = tuple(
    "january february march april may june july august september october november december".split()
)
_MONTH_NUMBER: Mapping[str, int] = {
    **{name: number for number, name in enumerate(_MONTHS, 1)},
    **{name: number for number, name in enumerate(_FULL, 1)},
    "sept": 9,
}
_CLOCK = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?"
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})" + _CLOCK, re.ASCII)
_EIGHT_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})" + _CLOCK, re.ASCII)
_DAY_NAMED = re.compile(r"([0-9]{1,2})[-. ]+([A-Za-z]+)\.?[- ,]+([0-9]{4})", re.ASCII)
_MONTH_NAMED = re.compile(r"([A-Za-z]+)\.? +([0-9]{1,2}),? +([0-9]{4})", re.ASCII)


def read_day(value: str | date, *, zone: str, order: DayOrder | None = None) -> date:
    """A day that a cell states; an instant (`…Z`) is its civil day in `zone`, an IANA name.

    Raises DayRefused, also outside FIRST_YEAR..LAST_YEAR.
    """
    found = value if isinstance(value, date) else _parsed(value, zone, order)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise DayRefused("NOT_A_DATE")
    return found


def _parsed(text: str, zone: str, order: DayOrder | None) -> date:
    try:
        if text.endswith("Z"):
            return civil_day(parse_instant(text), zone)
        for pattern, build in _FORMS.items():
            if match := pattern.fullmatch(text):
                return build(match)
        if match := _YEAR_LAST.fullmatch(text):
            return _year_last(int(match[1]), int(match[3]), int(match[4]), order)
    except (ValueError, KeyError):
        pass
    raise DayRefused("NOT_A_DATE")


_FORMS: Mapping[re.Pattern[str], Callable[[re.Match[str]], date]] = {
    _EIGHT_DIGITS: lambda found: date(int(found[1]), int(found[2]), int(found[3])),
    _YEAR_FIRST: lambda found: date(int(found[1]), int(found[3]), int(found[4])),
    _DAY_NAMED: lambda found: date(int(found[3]), _MONTH_NUMBER[found[2].lower()], int(found[1])),
    _MONTH_NAMED: lambda found: date(int(found[3]), _MONTH_NUMBER[found[1].lower()], int(found[2])),
}


def _year_last(first: int, second: int, year: int, order: DayOrder | None) -> date:
    if order is None:
        if first <= 12 and second <= 12 and first != second:
            raise DayRefused("DATE_AMBIGUOUS")
        order = DayOrder.MONTH_FIRST if second > 12 else DayOrder.DAY_FIRST
    if order is DayOrder.DAY_FIRST:
        return date(year, second, first)
    return date(year, first, second)
