"""The drawings of `marks.svg`: symbols that every page carries, and refers to where it needs them.

All of them together are a kilobyte, compressed; to look for those that a page uses costs more time
than that saves.
"""

import re
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup


def sprite() -> Markup:
    """All drawings as inline SVG that shows nothing by itself."""
    drawn = Path(__file__).with_name("marks.svg").read_text("utf-8")
    symbols = "".join(re.findall(r"<symbol.*?</symbol>", drawn, re.DOTALL))
    return Markup('<svg class="sprite" width="0" height="0" aria-hidden="true">{}</svg>').format(
        Markup(symbols)  # noqa: S704  # our own file
    )


@lru_cache(maxsize=256)
def mark(name: str, kind: str = "mark") -> Markup:
    """A drawing of the sprite, for the eye only: a word always stands beside it."""
    drawn = '<svg class="{}" aria-hidden="true"><use href="#{}"/></svg>'
    return Markup(drawn).format(kind, name)  # noqa: S704  # our own words
