"""Readers of signed JSON: exact types, closed sets, real days; nothing is converted or guessed.

A reader takes a value of parsed JSON and gives it back as a frozen value, or raises Refused with a
code of security.md 4.4. Absent and null are the same. Facts name only members of our own tables.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from service.domain.dates import EARLIEST_INSTANT, LATEST_INSTANT, parse_day, parse_instant
from service.domain.reason import Reason
from service.domain.verdict import Refused

# Longest single text and list of a certificate; longer matter belongs in the annex.
MAX_TEXT_CHARS = 4_000
MAX_ITEMS = 500
# Civil days outside these years are mistakes, and beyond what instants are read in (R7).
FIRST_YEAR, LAST_YEAR = 1950, 2099

Reader = Callable[[Any], Any]


def wrong_type() -> Refused:
    """The refusal of a value of the wrong type."""
    return Refused(Reason.CLAIM_TYPE)


def text(value: Any) -> str:
    """A text that is not empty, at most MAX_TEXT_CHARS characters."""
    if type(value) is not str or not value or len(value) > MAX_TEXT_CHARS:
        raise wrong_type()
    return value


def whole(value: Any) -> int:
    """A whole number, zero or more; `true` is none."""
    if type(value) is not int or value < 0:
        raise wrong_type()
    return value


def instant(value: Any) -> int:
    """POSIX seconds in 2000..2100; TIME_RANGE outside."""
    if type(value) is not int:
        raise wrong_type()
    if not EARLIEST_INSTANT <= value <= LATEST_INSTANT:
        raise Refused(Reason.TIME_RANGE)
    return value


def day(value: Any) -> date:
    """A real civil day written `YYYY-MM-DD`; TIME_RANGE outside FIRST_YEAR..LAST_YEAR."""
    if type(value) is not str:
        raise wrong_type()
    try:
        found = parse_day(value)
    except ValueError:
        raise wrong_type() from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Refused(Reason.TIME_RANGE)
    return found


def moment(value: Any) -> int:
    """An instant written `YYYY-MM-DDThh:mm:ssZ`, in POSIX seconds."""
    if type(value) is not str:
        raise wrong_type()
    try:
        return instant(parse_instant(value))
    except ValueError:
        raise wrong_type() from None


def yes_no(value: Any) -> bool:
    """true or false."""
    if type(value) is not bool:
        raise wrong_type()
    return value


def list_of(read: Reader) -> Reader:
    """A list of at most MAX_ITEMS values, each read by `read`, as a tuple."""

    def reader(value: Any) -> tuple[Any, ...]:
        if type(value) is not list or len(value) > MAX_ITEMS:
            raise wrong_type()
        return tuple(map(read, value))

    return reader


def one_of(*choices: str) -> Reader:
    """One of some texts."""

    def reader(value: Any) -> str:
        if value not in choices or type(value) is not str:
            raise wrong_type()
        return value

    return reader


def read_object(
    value: Any, members: Mapping[str, Reader], required: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """An object with a closed set of members, each read by its reader; null counts as absent.

    Raises Refused with CLAIM_TYPE, CLAIM_UNKNOWN or CLAIM_MISSING; the facts name only members of
    the table, never what the object says.
    """
    if type(value) is not dict:
        raise wrong_type()
    found: dict[str, Any] = {}
    for name, item in value.items():
        read = members.get(name)
        # Most members are texts: spared a call each, a certificate is read in half the time.
        if read is text and type(item) is str and 0 < len(item) <= MAX_TEXT_CHARS:
            found[name] = item
            continue
        if read is None:
            raise Refused(Reason.CLAIM_UNKNOWN)
        if item is not None:
            try:
                found[name] = read(item)
            except Refused as refused:
                refused.facts.setdefault("claim", name)
                raise
    if not found.keys() >= required:
        raise Refused(Reason.CLAIM_MISSING, claim=min(required - found.keys()))
    return found


def built(build: Callable[..., Any], members: Mapping[str, Reader], *required: str) -> Reader:
    """An object with a closed set of members, given to `build` by name."""
    needed = frozenset(required)

    def reader(value: Any) -> Any:
        return build(**read_object(value, members, needed))

    return reader


texts = list_of(text)
