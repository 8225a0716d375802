"""Small drawings in one ink, in millimetres from the top left: said once, drawn as SVG, PDF or PNG.

The same parts make every picture, so that a label on a screen and one from a press are the same.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from service.credential.qr import Symbol, dark_runs, to_path
from service.domain.text import clean
from service.render import fonts
from service.render.markup import safe

_SANS = "'Noto Sans', system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif"
# Smaller than this part of its size no line is set; beyond that its letters move closer.
_LEAST = 0.45
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points: filled where `width` is 0, else drawn so thick."""

    points: tuple[Point, ...]
    width: float = 0
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle that is drawn, not filled."""

    x: float
    y: float
    radius: float
    width: float


@dataclass(frozen=True, slots=True)
class Code:
    """A QR symbol with its quiet zone."""

    symbol: Symbol
    x: float
    y: float
    module: float


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text on its baseline, made to fit into `room`; `middle` centres it on x."""

    x: float
    y: float
    size: float
    text: str
    room: float
    bold: bool = False
    middle: bool = False
    white: bool = False

    @property
    def fitted(self) -> tuple[float, float]:
        """The size that fits, and by how much its letters are narrowed then (1: not)."""
        wide = fonts.width(self.text, self.size, bold=self.bold)
        if wide <= self.room:
            return self.size, 1.0
        size = max(self.size * self.room / wide, self.size * _LEAST)
        return size, min(1.0, self.room / (wide * size / self.size))


@dataclass(frozen=True, slots=True)
class Around:
    """Bold words along a circle, in the middle of its upper or lower half."""

    x: float
    y: float
    radius: float
    size: float
    text: str
    low: bool = False


Part = Line | Circle | Code | Words | Around


@dataclass(frozen=True, slots=True)
class Drawing:
    """White paper of a size with parts on it, in the order in which they are drawn."""

    width: float
    height: float
    title: str
    parts: tuple[Part, ...]
    about: str = ""


def svg(drawing: Drawing) -> str:
    """The drawing as SVG."""
    wide, high = f"{drawing.width:g}", f"{drawing.height:g}"
    about = f"<desc>{safe(drawing.about)}</desc>" if drawing.about else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}mm" height="{high}mm" '
        f'viewBox="0 0 {wide} {high}" role="img" font-family="{_SANS}">'
        f"<title>{safe(drawing.title)}</title>{about}"
        f'<path fill="#fff" d="M0 0h{wide}v{high}H0z"/>'
        + "".join(_as_svg(part, n) for n, part in enumerate(drawing.parts))
        + "</svg>\n"
    )


def pdf(drawing: Drawing) -> bytes:
    """The drawing as a PDF of one page of its size."""
    made = BytesIO()
    canvas = fonts.canvas(made, drawing.width, drawing.height)
    canvas.setTitle(clean(drawing.title))
    paint(canvas, drawing, 0, 0)
    canvas.save()
    return made.getvalue()


def png(drawing: Drawing, dpi: int) -> bytes:
    """The drawing as a picture of `dpi` dots an inch, which the picture states."""
    import pypdfium2

    page = pypdfium2.PdfDocument(pdf(drawing))[0]
    picture = page.render(scale=dpi / 72, grayscale=True).to_pil()
    made = BytesIO()
    picture.save(made, "PNG", dpi=(dpi, dpi), optimize=True)
    return made.getvalue()


def paint(
    canvas: Canvas, drawing: Drawing, left: float, bottom: float, *, scale: float = 1
) -> None:
    """The drawing on a page, its lower left corner at `left` and `bottom` mm from the page's."""
    fonts.ready()
    canvas.saveState()
    canvas.translate(left * mm, (bottom + drawing.height * scale) * mm)
    canvas.scale(mm * scale, mm * scale)
    canvas.setFillGray(0)
    canvas.setStrokeGray(0)
    for part in drawing.parts:
        _as_pdf(canvas, part)
    canvas.restoreState()


def _as_svg(part: Part, n: int) -> str:
    match part:
        case Line(points, width, closed):
            path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + ("z" if closed else "")
            style = f'fill="none" stroke="#000" stroke-width="{width:g}" ' if width else ""
            return f'<path {style}d="{path}"/>'
        case Circle(x, y, radius, width):
            return (
                f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="none" stroke="#000" '
                f'stroke-width="{width:g}"/>'
            )
        case Code(symbol, x, y, module):
            return (
                f'<path transform="translate({x:g} {y:g}) scale({module:g})" '
                f'shape-rendering="crispEdges" d="{to_path(symbol)}"/>'
            )
        case Around(x, y, radius, size, text, low):
            radius, turn = (radius + size * 0.72, 0) if low else (radius, 1)
            return (
                f'<path id="arc{n}" fill="none" d="M{x - radius:g} {y:g}a{radius:g} {radius:g} 0 '
                f'0 {turn} {2 * radius:g} 0"/><text font-size="{size:g}" font-weight="700" '
                f'text-anchor="middle"><textPath href="#arc{n}" startOffset="50%">{safe(text)}'
                "</textPath></text>"
            )
        case Words():
            size, narrow = part.fitted
            fit = (
                f' textLength="{part.room:g}" lengthAdjust="spacingAndGlyphs"' if narrow < 1 else ""
            )
            return (
                f'<text x="{part.x:g}" y="{part.y:g}" font-size="{size:.3g}" '
                f'font-weight="{700 if part.bold else 400}" '
                f'text-anchor="{"middle" if part.middle else "start"}" '
                f'fill="{"#fff" if part.white else "#000"}"{fit}>{safe(part.text)}</text>'
            )


def _as_pdf(canvas: Canvas, part: Part) -> None:
    """A part; y grows downwards in drawings and upwards in PDF."""
    match part:
        case Line(points, width, closed):
            path = canvas.beginPath()
            path.moveTo(points[0][0], -points[0][1])
            for x, y in points[1:]:
                path.lineTo(x, -y)
            if closed:
                path.close()
            canvas.setLineWidth(width)
            canvas.drawPath(path, stroke=int(width > 0), fill=int(width == 0))
        case Circle(x, y, radius, width):
            canvas.setLineWidth(width)
            canvas.circle(x, -y, radius, stroke=1, fill=0)
        case Code(symbol, x, y, module):
            path = canvas.beginPath()
            for column, row, length in dark_runs(symbol):
                path.rect(x + column * module, -y - (row + 1) * module, length * module, module)
            canvas.drawPath(path, stroke=0, fill=1)
        case Around():
            _around(canvas, part)
        case Words():
            size, narrow = part.fitted
            wide = fonts.width(part.text, size, bold=part.bold) * narrow
            canvas.setFillGray(1 if part.white else 0)
            start = part.x - wide / 2 if part.middle else part.x
            _write(canvas, start, -part.y, size, part.text, part.bold, narrow)
            canvas.setFillGray(0)


def _write(
    canvas: Canvas, x: float, y: float, size: float, text: str, bold: bool, narrow: float = 1
) -> None:
    line = canvas.beginText(x, y)
    line.setHorizScale(narrow * 100)
    for font, run in fonts.runs(text, bold=bold):
        line.setFont(font, size)
        line.textOut(run)
    canvas.drawText(line)


def _around(canvas: Canvas, part: Around) -> None:
    side = -1 if part.low else 1
    radius = part.radius + (part.size * 0.72 if part.low else 0)
    for letter, along in _spread(part):
        canvas.saveState()
        canvas.translate(part.x, -part.y)
        canvas.rotate(-side * math.degrees(along / radius))
        _write(
            canvas,
            -fonts.width(letter, part.size, bold=True) / 2,
            side * radius,
            part.size,
            letter,
            True,
        )
        canvas.restoreState()


def _spread(part: Around) -> Iterator[tuple[str, float]]:
    """Each letter with how far its middle is from the middle of the words."""
    at = -fonts.width(part.text, part.size, bold=True) / 2
    for letter in clean(part.text):
        wide = fonts.width(letter, part.size, bold=True)
        yield letter, at + wide / 2
        at += wide
