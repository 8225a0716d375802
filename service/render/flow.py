"""Running text on a page: paragraphs that break into lines, in whatever script they are."""

from html import escape
from typing import Literal

from reportlab.lib.colors import Color
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph

from service.render import fonts

Align = Literal[0, 1, 2]
LEFT: Align = 0
MIDDLE: Align = 1
RIGHT: Align = 2
INK, SOFT = Color(0.06, 0.13, 0.17), Color(0.27, 0.32, 0.37)
PALE, WHITE = Color(0.87, 0.9, 0.92), Color(1, 1, 1)


def paragraph(
    text: str, size: float, *, bold: bool = False, lead: str = "", colour: Color = INK,
    leading: float = 1.35, align: Align = LEFT,
) -> Paragraph:  # fmt: skip
    """A text of a size in points, after a bold `lead`; `leading` is the height of a line in sizes.

    Raises Denied TEXT_NOT_PRINTABLE.
    """
    fonts.ready()
    pieces = ((f"{lead} ", True), (text, bold)) if lead else ((text, bold),)
    # Chinese and Japanese break anywhere, except that Latin words in them stay whole.
    anywhere = fonts.breaks_anywhere(lead + text)
    style = ParagraphStyle(
        "text", fontName=fonts.REGULAR, fontSize=size, leading=size * leading, textColor=colour,
        alignment=align, splitLongWords=1, wordWrap="CJK" if anywhere else None,
        allowWidows=0, allowOrphans=0,
    )  # fmt: skip
    return Paragraph("".join(_marked(one, is_bold) for one, is_bold in pieces), style)


def _marked(text: str, bold: bool) -> str:
    return "".join(
        f'<font name="{font}">{escape(run)}</font>' for font, run in fonts.runs(text, bold=bold)
    )


def fitted(
    text: str, sizes: tuple[float, ...], width: float, height: float, *, bold: bool
) -> Paragraph | None:
    """The text in the first of the sizes in which it fits into a room in points, else None."""
    for size in sizes:
        made = paragraph(text, size, bold=bold, leading=1.3 if size < 20 else 1.08)
        if made.wrap(width, height)[1] <= height and _widest(made) <= width:
            return made
    return None


def _widest(made: Paragraph) -> float:
    return max(made.getActualLineWidths0(), default=0.0)
