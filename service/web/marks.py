"""The drawings: of `marks.svg`, the symbols that a page refers to, to be put into that page."""

import re
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup

_SYMBOL = re.compile(r'<symbol id="([\w-]+)".*?</symbol>')


@cache
def _symbols() -> dict[str, str]:
    drawn = Path(__file__).with_name("marks.svg").read_text("utf-8")
    return {found[1]: found[0] for found in _SYMBOL.finditer(drawn)}


def sprite(content: str) -> Markup:
    """The symbols that `<use href="#…">` names in a page's content, as inline SVG.

    A name without a drawing draws nothing; the word stands beside it.
    """
    used = set(re.findall(r'<use href="#([\w-]+)"', content))
    drawings = "".join(symbol for name, symbol in _symbols().items() if name in used)
    return Markup('<svg class="sprite" width="0" height="0" aria-hidden="true">{}</svg>').format(
        Markup(drawings)  # noqa: S704  # our own file
    )


@lru_cache(maxsize=256)
def mark(name: str, kind: str = "mark") -> Markup:
    """A drawing of the sprite, for the eye only: a word always stands beside it."""
    drawn = '<svg class="{}" aria-hidden="true"><use href="#{}"/></svg>'
    return Markup(drawn).format(kind, name)  # noqa: S704  # our own words
