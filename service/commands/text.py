"""Text for a terminal: foreign words made harmless, ages in words, lines of a width."""

import re
import textwrap

# Controls, soft hyphen, zero-width and direction characters. Joiners are needed for real words.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    "|[\ud800-\udfff]|[\U000e0000-\U000e007f]"
)
# Narrower columns cannot be read.
_LEAST_WIDTH = 30


def clean(text: object) -> str:
    """Somebody else's text; hidden characters, and those that command, show as `[U+202E]` (R15)."""
    return _HIDDEN.sub(lambda hidden: f"[U+{ord(hidden[0]):04X}]", str(text))


def duration(seconds: int) -> str:
    """`14 minutes`, `30 hours`, `3 days`; in hours up to two days."""
    for unit, size, least in (("day", 86_400, 2 * 86_400), ("hour", 3_600, 3_600)):
        if seconds >= least:
            return _units(seconds // size, unit)
    return _units(seconds // 60, "minute") if seconds >= 60 else "less than a minute"


def _units(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def wrapped(text: str, width: int | None, indent: int = 0) -> list[str]:
    """The lines of a text, at most `width` characters wide; one line where that is None."""
    margin = " " * indent
    if width is None:
        return [margin + text]
    # Whole words only: a link or a number that is cut cannot be copied.
    return textwrap.wrap(
        text, max(width, _LEAST_WIDTH), initial_indent=margin, subsequent_indent=margin,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
