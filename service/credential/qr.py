"""The QR symbol of a certificate: its link in byte mode, its digits in numeric mode, level M.

Two segments, because digits alone in numeric mode are what makes the symbol small (formats.md
section 4). Drawing takes tens to hundreds of milliseconds: never inside the signing transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qrcode.main import QRCode

# What a phone still reads from a label: 117 modules, 50 mm at 0.4 mm. Longer lists go to an annex.
MAX_VERSION = 25
# The quiet zone is part of the symbol (ISO/IEC 18004).
BORDER_MODULES = 4
# Below three pixels a module, smoothing on the way to paper or screen costs the reading.
MIN_PIXELS_PER_MODULE = 3


class SymbolTooLarge(ValueError):
    """The certificate needs a symbol above version 25; move its lists to an annex."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A drawn symbol: rows of modules, True for dark, the quiet zone of 4 included."""

    version: int
    modules: tuple[tuple[bool, ...], ...]

    @property
    def side(self) -> int:
        """Modules along one side, the quiet zone included."""
        return len(self.modules)


def symbol(prefix: str, digits: str) -> Symbol:
    """The smallest symbol at level M that reads `prefix` + `digits`.

    `prefix` is the link up to the digits, in ASCII: `https://<host>/q/`. Raises SymbolTooLarge,
    and ValueError for a prefix or digits that are none.
    """
    drawing, version = _laid_out(prefix, digits)
    drawing.make(fit=False)
    modules = tuple(tuple(bool(dark) for dark in row) for row in drawing.get_matrix())
    return Symbol(version, modules)


def check_fits(prefix: str, digits: str) -> None:
    """Raises what `symbol` does, without drawing."""
    _laid_out(prefix, digits)


def _laid_out(prefix: str, digits: str) -> "tuple[QRCode[Any], int]":
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.exceptions import DataOverflowError
    from qrcode.main import QRCode
    from qrcode.util import QRData

    if not (prefix.isascii() and prefix.endswith("/q/")):
        raise ValueError("a certificate link ends with /q/")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("no digits to draw")
    drawing = QRCode(error_correction=ERROR_CORRECT_M, border=BORDER_MODULES)
    # A segment takes the densest mode for its text: byte for `/q/`, numeric for digits.
    drawing.add_data(QRData(prefix.encode("ascii")))
    drawing.add_data(QRData(digits.encode("ascii")))
    try:
        version = drawing.best_fit(start=1)
    except (ValueError, DataOverflowError):  # 8.2 says "Invalid version" where nothing fits
        version = MAX_VERSION + 1
    if version > MAX_VERSION:
        raise SymbolTooLarge(f"{len(prefix)} characters and {len(digits)} digits")
    return drawing, version


def to_path(symbol: Symbol) -> str:
    """The dark modules as the data of an SVG path, one unit a module, quiet zone included."""
    return "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in dark_runs(symbol))


def to_svg(symbol: Symbol, *, module_mm: float = 0.4, title: str = "") -> str:
    """The symbol as SVG, `module_mm` millimetres a module; `title` is read out to the blind."""
    side, runs = symbol.side, to_path(symbol)
    size = f"{side * module_mm:g}mm"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{size}" height="{size}"'
        f' viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        + (f"<title>{escape(title)}</title>" if title else "")
        + f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{runs}"/></svg>'
    )


def to_png(symbol: Symbol, *, size_px: int = 300, pixels_per_module: int | None = None) -> bytes:
    """The symbol as a black and white PNG, whole pixels a module.

    Exactly `size_px` pixels a side, white around the symbol, with as many pixels a module as fit;
    larger only where the symbol needs it for three. With `pixels_per_module`, that many and no
    more white than the quiet zone. Raises ValueError below three.
    """
    from PIL import Image

    scale = pixels_per_module or max(size_px // symbol.side, MIN_PIXELS_PER_MODULE)
    if scale < MIN_PIXELS_PER_MODULE:
        raise ValueError("too few pixels a module to be read")
    drawn = symbol.side * scale
    size = drawn if pixels_per_module else max(size_px, drawn)
    levels = bytes(0 if dark else 255 for row in symbol.modules for dark in row)
    modules = Image.frombytes("L", (symbol.side, symbol.side), levels)
    picture = Image.new("1", (size, size), 1)
    corner = (size - drawn) // 2
    picture.paste(modules.resize((drawn, drawn), Image.Resampling.NEAREST), (corner, corner))
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def dark_runs(symbol: Symbol) -> Iterator[tuple[int, int, int]]:
    """Column, row and length of each run of dark modules, quiet zone included."""
    for y, row in enumerate(symbol.modules):
        start = 0
        for dark, group in groupby(row):
            length = sum(1 for _ in group)
            if dark:
                yield start, y, length
            start += length
