"""Words for values: days, ages, numbers, and lines that keep foreign words apart from our own.

What somebody else wrote is a *foreign* piece: templates put it in `<bdi>`, and characters that
would hide or turn text are shown by their number (security.md R15).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from service.domain.dates import DAY_S, parse_day, zone
from service.domain.text import clean
from service.domain.verdict import UNKNOWN_DAY, fill, plain
from service.web.language import _, language, ngettext, show_day

# Not breaking, so that a time stays on one line.
NBSP = "\N{NO-BREAK SPACE}"
_NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
_FACT = re.compile(r"\{(\w+)\}")
_STOP = re.compile(r"[.।] |。")
# Letters of these scripts look alike; one word in two of them is a disguise.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK")


class Piece(NamedTuple):
    """A stretch of text; a foreign one is not ours. `iso` is the machine form of a day."""

    text: str
    foreign: bool = False
    iso: str | None = None


Line = tuple[Piece, ...]


def as_html(line: Line) -> Markup:
    """A line for a page: what is not ours in its own direction, days with their machine form."""
    return Markup("".join([_as_html(*piece) for piece in line]))  # noqa: S704  # each escaped


def _as_html(text: str, foreign: bool, iso: str | None) -> str:
    if foreign:
        return f"<bdi>{escape(text)}</bdi>"
    return f'<time datetime="{escape(iso)}">{escape(text)}</time>' if iso else escape(text)


def foreign(text: str) -> Line:
    """Somebody else's words."""
    return (Piece(clean(text), foreign=True),)


def own(text: str) -> Line:
    """Our words, in the language spoken."""
    return (Piece(_(text)),)


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
        stop = _STOP.search(piece.text)
        if stop and not piece.foreign and not piece.iso:
            return (*shown, Piece(piece.text[: stop.end()].rstrip()))
        shown.append(piece)
    return tuple(shown)


def say(text: str, **facts: "Line | str | date") -> Line:
    """A text of ours, in the language spoken, with what stands for its `{names}`.

    A string is somebody else's words, a day is shown as one, a line stays as it is.
    """
    pieces: list[Piece] = []
    for place, part in enumerate(_parts(_(text))):
        if place % 2:
            pieces += _line(facts[part])
        elif part:
            pieces.append(Piece(part))
    return tuple(pieces)


@lru_cache(2_048)
def _parts(text: str) -> tuple[str, ...]:
    """A text of ours, taken apart: what stands between names, and the names."""
    return tuple(_FACT.split(text))


def _line(value: "Line | str | date") -> Line:
    if isinstance(value, date):
        return dated(value)
    return foreign(value) if isinstance(value, str) else value


def day(value: date) -> str:
    """`31 July 2026`."""
    return show_day(value)


def dated(value: date, *, short: bool = False) -> Line:
    """A day with its machine form; a short one is for tables, whose style says where it breaks."""
    return (Piece(show_day(value, short=short), iso=value.isoformat()),)


def dated_or_none(day: str | None) -> Line | None:
    """A day in ISO 8601 for a table; None where there is none."""
    return dated(parse_day(day), short=True) if day else None


def moment(instant: int, zone_name: str | None) -> str:
    """`15 June 2026, 13:00 London time`; UTC where no zone is known. `instant` in POSIX seconds."""
    return _moment(instant // 60 * 60, zone_name, language())


@lru_cache(256)
def _moment(minute: int, zone_name: str | None, _spoken: str) -> str:
    local = datetime.fromtimestamp(minute, zone(zone_name) if zone_name else UTC)
    place = zone_name.rpartition("/")[2].replace("_", " ") if zone_name else ""
    text = _("{day}, {time} {place} time") if place else _("{day}, {time} UTC")
    shown = text.format(day=day(local.date()), time=f"{local:%H:%M}", place=place)
    return NBSP.join(shown.rsplit(" ", 2)) if place else NBSP.join(shown.rsplit(" ", 1))


def number(count: int) -> str:
    """Small numbers as words, where we know them."""
    return _NUMBERS[count] if language() == "en" and 0 <= count < len(_NUMBERS) else str(count)


def duration(seconds: int) -> str:
    """`14 minutes`, `30 hours`, `3 days`; in hours up to two days, and never less than a minute."""
    if seconds >= 2 * DAY_S:
        count, text = seconds // DAY_S, ngettext("{n} day", "{n} days", seconds // DAY_S)
    elif seconds >= 3_600:
        count, text = seconds // 3_600, ngettext("{n} hour", "{n} hours", seconds // 3_600)
    else:
        count = max(1, seconds // 60)
        text = ngettext("{n} minute", "{n} minutes", count)
    return text.format(n=count).replace(" ", NBSP)


def sentence(template: str, facts: Mapping[str, Any]) -> Line:
    """A sentence of the code table with its facts: days in words, other facts foreign."""
    if "{" not in template:
        return (Piece(_own_quotes(template)),)
    shown = {name: _marked(value) for name, value in facts.items() if value is not None}
    return _pieces(fill(_own_quotes(template), shown, _(UNKNOWN_DAY)))


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


def mixes_alphabets(text: str) -> bool:
    """Whether a single word uses letters of two alphabets that look alike (security.md W17)."""
    words = () if text.isascii() else re.findall(r"\w+", text)
    return any(len(_alphabets(word)) > 1 for word in words)


def _alphabets(word: str) -> set[str]:
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
    return names & set(_ALIKE)
