"""Certificates drawn, printed on pages and saved as files: what the tests of pictures look at."""

from io import BytesIO
from typing import Any

from PIL import Image

from bench.qr_sizes import SAMPLES, compact_token
from service.credential.packing import pack
from service.credential.qr import symbol, to_png

PREFIX = "https://verify.proofmark.example/q/"
TOKEN = compact_token(SAMPLES["management system, one site"][0])
SYSTEM = PREFIX + pack(TOKEN)
PRODUCT = PREFIX + pack(compact_token(SAMPLES["the same, with LEI"][0]))
A4_INCHES = (8.27, 11.69)


def drawn(link: str = SYSTEM, pixels: int = 8) -> Image.Image:
    file = to_png(symbol(PREFIX, link.removeprefix(PREFIX)), pixels_per_module=pixels)
    return Image.open(BytesIO(file)).convert("L")


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def page(*links: str, dpi: int = 150, module_mm: float = 0.4) -> Image.Image:
    paper = Image.new("L", (round(A4_INCHES[0] * dpi), round(A4_INCHES[1] * dpi)), 255)
    for place, link in enumerate(links):
        code = drawn(link)
        side = round(code.width / 8 * module_mm / 25.4 * dpi)
        paper.paste(code.resize((side, side)), (dpi, dpi + place * 2 * side))
    return paper


def pdf(*pages: Image.Image, dpi: int = 150) -> bytes:
    return saved(pages[0], "PDF", resolution=dpi, save_all=True, append_images=pages[1:])
