"""Sheets of labels to cut, for an office printer: as many as fit, page after page.

Sizes are millimetres. The frame of a label is where to cut.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.units import mm

from service.domain.refusal import Denied
from service.render import fonts
from service.render.drawing import Drawing, paint

PAPERS = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
# What office printers leave white, and the room for scissors.
_MARGIN, _GAP = 8.0, 2.0


@dataclass(slots=True)
class _Place:
    """Where the next label goes: from the left, and down from the top of the page."""

    x: float = _MARGIN
    y: float = _MARGIN
    row: float = 0.0


def sheets(labels: Iterable[tuple[Drawing, int]], paper: str) -> tuple[bytes, int]:
    """A PDF of labels, each as often as its count says, and its number of pages.

    Raises Denied BAD_PARAMETER for a label that no sheet of this paper holds.
    """
    width, height = PAPERS[paper]
    made = BytesIO()
    canvas = fonts.canvas(made, width, height)
    canvas.setTitle("Labels")
    place, pages = _Place(), 1
    for n, (label, copies) in enumerate(labels):
        if label.width > width - 2 * _MARGIN or label.height > height - 2 * _MARGIN:
            raise Denied("BAD_PARAMETER", f"The label is too large for {paper}.", "module")
        # Drawn once, and shown wherever it stands.
        canvas.beginForm(f"label{n}", 0, 0, label.width * mm, label.height * mm)
        paint(canvas, label, 0, 0)
        canvas.endForm()
        for _ in range(copies):
            if place.x + label.width > width - _MARGIN:
                place = _Place(y=place.y + place.row + _GAP)
            if place.y + label.height > height - _MARGIN:
                canvas.showPage()
                place, pages = _Place(), pages + 1
            canvas.saveState()
            canvas.translate(place.x * mm, (height - place.y - label.height) * mm)
            canvas.doForm(f"label{n}")
            canvas.restoreState()
            place.x += label.width + _GAP
            place.row = max(place.row, label.height)
    canvas.save()
    return made.getvalue(), pages


def fits(label: Drawing, paper: str) -> int:
    """How many labels of this size one sheet holds."""
    across, down = (
        int((whole - 2 * _MARGIN + _GAP + 1e-6) // (one + _GAP))
        for whole, one in zip(PAPERS[paper], (label.width, label.height), strict=True)
    )
    return across * down
