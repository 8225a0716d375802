"""Words for values: days, ages, numbers, and lines that keep foreign words apart from our own.

What somebody else wrote is a *foreign* piece: templates put it in `<bdi>`, and characters that
would hide or turn text are shown by their number (security.md R15).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from service.domain.dates import zone
from service.domain.text import clean
from service.domain.verdict import fill, plain

# Not breaking, so that a day stays on one line.
NBSP = "\N{NO-BREAK SPACE}"
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_SHORT_MONTHS = "Jan Feb Mar Apr May June July Aug Sept Oct Nov Dec".split()
_NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
# Letters of these scripts look alike; one word in two of them is a disguise.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; a foreign one is not ours. `iso` is the machine form of a day."""

    text: str
    foreign: bool = False
    iso: str | None = None


Line = tuple[Piece, ...]


def foreign(text: str) -> Line:
    """Somebody else's words."""
    return (Piece(clean(text), foreign=True),)


def own(text: str) -> Line:
    """Our words."""
    return (Piece(text),)


def listed(texts: Iterable[str]) -> Line:
    """Somebody else's words, one after another."""
    pieces: list[Piece] = []
    for text in texts:
        pieces += [Piece(", ")] if pieces else []
        pieces += foreign(text)
    return tuple(pieces)


def plain_text(line: Line) -> str:
    """A line without its marks, for attributes and titles."""
    return "".join(piece.text for piece in line)


def first_sentence(line: Line) -> Line:
    """A line up to the end of its first sentence; what others wrote does not end it."""
    shown: list[Piece] = []
    for piece in line:
        head, stop, _ = piece.text.partition(". ")
        if stop and not piece.foreign and not piece.iso:
            return (*shown, Piece(f"{head}."))
        shown.append(piece)
    return tuple(shown)


def day(value: date) -> str:
    """`31 July 2026`."""
    return NBSP.join((str(value.day), _MONTHS[value.month - 1], str(value.year)))


def short_day(value: date) -> str:
    """`31 Jan 2026`, for tables, whose style says where it may break."""
    return f"{value.day} {_SHORT_MONTHS[value.month - 1]} {value.year}"


def dated(value: date, *, short: bool = False) -> Line:
    """A day with its machine form."""
    return (Piece(short_day(value) if short else day(value), iso=value.isoformat()),)


def moment(instant: int, zone_name: str | None) -> str:
    """`15 June 2026, 13:00 London time`; UTC where no zone is known. `instant` in POSIX seconds."""
    local = datetime.fromtimestamp(instant, zone(zone_name) if zone_name else UTC)
    place = f"{zone_name.rpartition('/')[2].replace('_', ' ')} time" if zone_name else "UTC"
    return f"{day(local.date())}, {local:%H:%M}{NBSP}{place}"


def number(count: int) -> str:
    """Small numbers as words."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else str(count)


def duration(seconds: int) -> str:
    """`14 minutes`, `30 hours`, `3 days`; in hours up to two days, and never less than a minute."""
    if seconds >= 2 * 86_400:
        return _units(seconds // 86_400, "day")
    if seconds >= 3_600:
        return _units(seconds // 3_600, "hour")
    return _units(max(1, seconds // 60), "minute")


def _units(count: int, unit: str) -> str:
    return f"{count}{NBSP}{unit}{'' if count == 1 else 's'}"


def sentence(template: str, facts: Mapping[str, Any]) -> Line:
    """A sentence of the code table with its facts: days in words, other facts foreign."""
    shown = {name: _marked(value) for name, value in facts.items() if value is not None}
    return _pieces(fill(_own_quotes(template), shown))


def _own_quotes(template: str) -> str:
    return template.replace("'", "’")


def _marked(value: Any) -> str:
    if isinstance(value, date):
        return f"\x02{value.isoformat()}\x02{day(value)}\x03"
    bare = plain(value)
    items = bare if isinstance(bare, list) else [bare]
    return ", ".join(f"\x02\x02{clean(str(item))}\x03" for item in items)


def _pieces(marked: str) -> Line:
    pieces: list[Piece] = []
    for index, part in enumerate(re.split("\x02([^\x02\x03]*)\x02([^\x03]*)\x03", marked)):
        place = index % 3
        if place == 0 and part:
            pieces.append(Piece(part))
        elif place == 1:
            iso = part
        elif place == 2:
            pieces.append(Piece(part, iso=iso) if iso else Piece(part, foreign=True))
    return tuple(pieces)


def apart(text: str, others: Iterable[str]) -> Line:
    """A sentence of ours in which the words of `others` occur, taken apart."""
    known = sorted({other for other in others if other}, key=len, reverse=True)
    if not known:
        return own(text)
    parts = re.split("(" + "|".join(map(re.escape, known)) + ")", text)
    return tuple(
        Piece(clean(part), foreign=bool(index % 2)) for index, part in enumerate(parts) if part
    )


def mixes_alphabets(text: str) -> bool:
    """Whether a single word uses letters of two alphabets that look alike (security.md W17)."""
    return any(len(_alphabets(word)) > 1 for word in re.findall(r"\w+", text))


def _alphabets(word: str) -> set[str]:
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
    return names & set(_ALIKE)
