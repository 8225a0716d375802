"""Readers of what somebody typed or sent for a dossier: exact types, closed sets, real days.

A reader of many values is a value itself, so that a form can be drawn of what a dossier may hold.
In the manner of the readers of signed JSON, but for people at work: a refusal names the full path
of the member, `audits[1].team[0].role`. Absent and null are the same. Text that is printed must not
hide or turn anything (security.md R15, W17).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.credential.reading import FIRST_YEAR, LAST_YEAR, MAX_ITEMS, MAX_TEXT_CHARS
from service.domain.dates import parse_day
from service.domain.text import clean

Reader = Callable[[Any], Any]

# A number beyond these is a slip of the hand.
MAX_NUMBER = 10_000_000
# How much of a member's name is repeated to whoever sent it.
_NAME_CHARS = 40
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Letters and signs that show as nothing.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")
# The first of the scripts in which a joiner is part of real words (Arabic, then the Indic ones).
_JOINED_FROM = 0x0600
# Real words stack two or three marks on one letter.
_MAX_MARKS = 4
_HALF_DAYS = re.compile(r"([0-9]{1,6})(?:\.([05]))?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}", re.ASCII)


class DossierRefused(Exception):
    """A dossier that cannot be read.

    `code` is UNKNOWN_FIELD, CLAIM_MISSING, CLAIM_TYPE, TIME_RANGE, NAME_CONTROL_CHARS or
    BAD_PARAMETER; `field` is the full path of the member at fault.
    """

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(f"{code}: {field}")
        self.code = code
        self.field = field

    def under(self, name: str) -> "DossierRefused":
        """The same, seen from the object or list that holds the member."""
        joint = "." if self.field and not self.field.startswith("[") else ""
        return DossierRefused(self.code, f"{name}{joint}{self.field}")


def hides(text: str) -> bool:
    """Whether a text has control, zero-width or direction characters, or heaps of marks."""
    marks = 0
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        if character in _JOINERS:
            before = text[place - 1] if place else " "
            if ord(before) < _JOINED_FROM or unicodedata.category(before)[0] not in "LM":
                return True
            continue
        if category in _HIDDEN_CATEGORIES or character in _BLANKS:
            return True
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MAX_MARKS or marks > place:
            return True
    return False


def _string(value: Any, line: Callable[[str], str] = str) -> str:
    if type(value) is not str:
        raise DossierRefused("CLAIM_TYPE")
    if not value.strip() or len(value) > MAX_TEXT_CHARS:
        raise DossierRefused("BAD_PARAMETER")
    if hides(line(value)):
        raise DossierRefused("NAME_CONTROL_CHARS")
    return value


def text(value: Any) -> str:
    """A text in one line that is not empty, at most MAX_TEXT_CHARS characters, nothing hidden."""
    return _string(value)


def prose(value: Any) -> str:
    """A reason in somebody's own words; it may have several lines."""
    return _string(value, lambda lines: re.sub(r"\r\n|[\n\t]", " ", lines))


def matching(pattern: re.Pattern[str]) -> Reader:
    """A text of a certain form."""

    def reader(value: Any) -> str:
        found = text(value)
        if not pattern.fullmatch(found):
            raise DossierRefused("BAD_PARAMETER")
        return found

    return reader


sha256 = matching(_SHA256)
country = matching(_COUNTRY)
gtin = matching(_GTIN)


def whole(value: Any) -> int:
    """A whole number from 0 to MAX_NUMBER; `true` is none."""
    if type(value) is not int:
        raise DossierRefused("CLAIM_TYPE")
    if not 0 <= value <= MAX_NUMBER:
        raise DossierRefused("BAD_PARAMETER")
    return value


def half_days(value: Any) -> int:
    """Days to the half, as half days: `1.5`, `3`, or the same as text, which every JSON can carry.

    Other fractions are refused: audit time is counted to the half day (rules.md IG-MS-11).
    """
    if type(value) not in (int, float, str):
        raise DossierRefused("CLAIM_TYPE")
    # A long number need not be written out to be refused.
    short = value if type(value) is str or abs(value) <= MAX_NUMBER else ""
    written = _HALF_DAYS.fullmatch(str(short))
    if written is None:
        raise DossierRefused("BAD_PARAMETER")
    return 2 * int(written[1]) + (written[2] == "5")


def day(value: Any) -> date:
    """A real civil day written `YYYY-MM-DD`; TIME_RANGE outside FIRST_YEAR..LAST_YEAR."""
    if type(value) is not str:
        raise DossierRefused("CLAIM_TYPE")
    try:
        found = parse_day(value)
    except ValueError:
        raise DossierRefused("BAD_PARAMETER") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise DossierRefused("TIME_RANGE")
    return found


def yes_no(value: Any) -> bool:
    """true or false."""
    if type(value) is not bool:
        raise DossierRefused("CLAIM_TYPE")
    return value


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some texts."""

    choices: tuple[str, ...]

    def __call__(self, value: Any) -> str:
        """The text. Raises DossierRefused."""
        if type(value) is not str:
            raise DossierRefused("CLAIM_TYPE")
        if value not in self.choices:
            raise DossierRefused("BAD_PARAMETER")
        return value


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of at most MAX_ITEMS values, as a tuple."""

    item: Reader

    def __call__(self, value: Any) -> tuple[Any, ...]:
        """The values. Raises DossierRefused."""
        if type(value) is not list:
            raise DossierRefused("CLAIM_TYPE")
        if len(value) > MAX_ITEMS:
            raise DossierRefused("BAD_PARAMETER")
        return tuple(read_under(f"[{place}]", self.item, one) for place, one in enumerate(value))


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object whose members have names of the sender's choice."""

    item: Reader

    def __call__(self, value: Any) -> dict[str, Any]:
        """The members. Raises DossierRefused."""
        if not isinstance(value, Mapping):
            raise DossierRefused("CLAIM_TYPE")
        if len(value) > MAX_ITEMS:
            raise DossierRefused("BAD_PARAMETER")
        return {
            read_under(shown(name), text, name): read_under(shown(name), self.item, one)
            for name, one in value.items()
        }


@dataclass(frozen=True, slots=True)
class Built:
    """An object with a closed set of members, given to `build` by name; null counts as absent."""

    build: Callable[..., Any]
    members: Mapping[str, Reader]
    required: tuple[str, ...]

    def __call__(self, value: Any) -> Any:
        """What is built. Raises DossierRefused: CLAIM_TYPE, UNKNOWN_FIELD or CLAIM_MISSING too."""
        if not isinstance(value, Mapping):
            raise DossierRefused("CLAIM_TYPE")
        found: dict[str, Any] = {}
        for name, item in value.items():
            read = self.members.get(name) if type(name) is str else None
            if read is None:
                raise DossierRefused("UNKNOWN_FIELD", shown(name))
            if item is not None:
                found[name] = read_under(name, read, item)
        for name in self.required:
            if name not in found:
                raise DossierRefused("CLAIM_MISSING", name)
        return self.build(**found)


@dataclass(frozen=True, slots=True)
class OrName:
    """An object, or a text that is its name alone."""

    item: Built

    def __call__(self, value: Any) -> Any:
        """What is built. Raises DossierRefused."""
        return self.item.build(name=text(value)) if type(value) is str else self.item(value)


texts = ListOf(text)


def span(value: Any) -> tuple[str, str]:
    """The first and the last of a range, two texts."""
    ends = texts(value)
    if len(ends) != 2:
        raise DossierRefused("BAD_PARAMETER")
    return ends[0], ends[1]


def one_of(*choices: str) -> OneOf:
    """One of some texts."""
    return OneOf(choices)


def built(build: Callable[..., Any], members: Mapping[str, Reader], *required: str) -> Built:
    """An object with these members."""
    return Built(build, members, required)


def read_under(name: str, read: Reader, value: Any) -> Any:
    """A value read by `read`; a refusal is seen from the holder of the member `name`."""
    try:
        return read(value)
    except DossierRefused as refused:
        raise refused.under(name) from None


def shown(name: Any) -> str:
    """A member's name as it is repeated to whoever sent it."""
    return clean(str(name)[:_NAME_CHARS])


def days(*names: str) -> dict[str, Reader]:
    """Members that are civil days."""
    return dict.fromkeys(names, day)


def renamed(build: Any, **names: str) -> Any:
    """`build` with members that bear another name in the dossier than in the value."""

    def builder(**found: Any) -> Any:
        return build(**{names.get(name, name): value for name, value in found.items()})

    return builder
