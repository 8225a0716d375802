"""The letters of papers: embedded fonts, and which of them has a character.

European, Greek, Cyrillic, Chinese, Japanese and Korean texts; a script that joins or stacks its
letters is refused, because these papers do not shape text. Sizes are points, or whatever unit the
size is given in.
"""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from service.domain.refusal import Denied
from service.domain.text import clean

_FOLDER = Path(__file__).with_name("typefaces")
REGULAR, BOLD = "NotoSans-Regular", "NotoSans-Bold"
# There is no bold cut of these.
_OTHERS = ("DroidSansFallback", "ProofmarkHangul")
# Ascent and descent of Noto Sans, in parts of a size.
ASCENT, DESCENT = 1.069, 0.293


def runs(text: str, *, bold: bool = False) -> Iterator[tuple[str, str]]:
    """The pieces of a text, each with the name of the font that has all of its letters.

    Hidden characters are made visible first (R15). Raises Denied TEXT_NOT_PRINTABLE for letters
    that no font has.
    """
    for font, letters in groupby(clean(text), lambda one: _font_of(one, bold)):
        yield font, "".join(letters)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in the unit of its size."""
    return sum(pdfmetrics.stringWidth(run, font, size) for font, run in runs(text, bold=bold))


def breaks_anywhere(text: str) -> bool:
    """Whether a text is in a script that has no spaces between its words."""
    return any(_font_of(one, False) == _OTHERS[0] for one in clean(text))


def canvas(made: BinaryIO, width: float, height: float) -> Canvas:
    """A PDF to draw on, of pages of a size in mm; the same drawing is the same file."""
    ready()
    start: Any = REGULAR  # its type is declared wrongly
    return Canvas(
        made, pagesize=(width * mm, height * mm), invariant=True, pageCompression=1,
        initialFontName=start,
    )  # fmt: skip


def ready() -> None:
    """Register the fonts with whatever draws a PDF; a second time does nothing."""
    _letters(REGULAR)


@cache
def _letters(name: str) -> frozenset[int]:
    """The characters of a font. All are registered together, so that any can be drawn with."""
    if name not in pdfmetrics.getRegisteredFontNames():
        for one in (REGULAR, BOLD, *_OTHERS):
            pdfmetrics.registerFont(TTFont(one, _FOLDER / f"{one}.ttf"))
        pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD)
    font: Any = pdfmetrics.getFont(name)
    return frozenset(font.face.charToGlyph)


@cache
def _font_of(letter: str, bold: bool) -> str:
    for name in (BOLD if bold else REGULAR, *_OTHERS):
        if ord(letter) in _letters(name):
            return name
    raise Denied("TEXT_NOT_PRINTABLE", f"No letter of a paper shows U+{ord(letter):04X}.")
