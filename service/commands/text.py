"""Text for a terminal: ages in words, lines of a width."""

import textwrap

# Narrower columns cannot be read.
_LEAST_WIDTH = 30


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
