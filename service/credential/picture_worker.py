"""The process that turns one uploaded file into the texts of the QR codes on it, and ends.

Run as a script by `picture`: the media type is its argument, the file its standard input. It
imports nothing of ours. Once its libraries are loaded it says READY and gives up everything it
could do harm with; whatever fails from there on is the fault of the file. It then writes the texts
as a JSON list and exits with 0, TOO_LARGE, or anything else for a file that cannot be read
(security.md section 8, R22).
"""

import codecs
import json
import math
import resource
import sys
from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image, JpegImagePlugin, PngImagePlugin

# Names of attachments are in it; later no file can be opened to learn it.
codecs.lookup("utf-16-le")

READY = "ready"
TOO_LARGE = 3

# What a page is rendered to at most (R22); `picture` holds pictures to the same before they come.
MAX_PIXELS = 25_000_000
MAX_PAGES = 10
# What `render.pades` calls the token that it attaches, and more than any token has.
TOKEN_FILE = "certificate.jwt"
MAX_TOKEN_BYTES = 65_536
# A picture of that size in colour, with its copies, takes 200 MiB.
MAX_MEMORY_BYTES = 512 << 20
MAX_CPU_S = 5

# Dots per inch at which a page is looked at, the second only where the first shows no code: at 300
# a module of 0.33 mm has four pixels; a noisy scan is read better at 200.
PAGE_DPI = (300, 200)
POINTS_PER_INCH = 72


def main() -> int:
    """Read the file from standard input and say what is on it; gives the exit status."""
    media_type, data = sys.argv[1], sys.stdin.buffer.read()
    _give_up_everything()
    _say(READY)
    try:
        texts = dict.fromkeys(_READERS[media_type](data))
    except (MemoryError, _TooLargeError):
        return TOO_LARGE
    _say(json.dumps(list(texts)))
    return 0


class _TooLargeError(Exception):
    """The file goes beyond a bound of this module."""


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _give_up_everything() -> None:
    limits = {
        resource.RLIMIT_AS: MAX_MEMORY_BYTES,
        resource.RLIMIT_CPU: MAX_CPU_S,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        # No new descriptor: no file and no socket can be opened any more.
        resource.RLIMIT_NOFILE: 0,
    }
    for limit, most in limits.items():
        _, allowed = resource.getrlimit(limit)
        if allowed != resource.RLIM_INFINITY:
            most = min(most, allowed)
        resource.setrlimit(limit, (most, most))


def _read_png(data: bytes) -> list[str]:
    return _texts(PngImagePlugin.PngImageFile(BytesIO(data)))


def _read_jpeg(data: bytes) -> list[str]:
    # The class itself, not Image.open: of several pictures in a phone's file, the first.
    return _texts(JpegImagePlugin.JpegImageFile(BytesIO(data)))


def _read_pdf(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    if len(document) > MAX_PAGES:
        raise _TooLargeError
    inside = [text for n in range(document.count_attachments()) if (text := _token(document, n))]
    return inside + [text for page in document for text in _read_page(page)]


def _token(document: pypdfium2.PdfDocument, n: int) -> str | None:
    """The text of an attached token; a printed certificate carries its own."""
    attached = document.get_attachment(n)
    if attached.get_name() != TOKEN_FILE:
        return None
    data = bytes(attached.get_data())
    return data.decode("ascii") if len(data) <= MAX_TOKEN_BYTES and data.isascii() else None


def _read_page(page: pypdfium2.PdfPage) -> list[str]:
    width, height = page.get_size()
    # A poster is looked at more coarsely, so that it stays within the pixels.
    most = math.sqrt(MAX_PIXELS / ((width + 1) * (height + 1)))
    for dpi in PAGE_DPI:
        scale = min(dpi / POINTS_PER_INCH, most)
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        if texts := _texts(bitmap.to_pil()):
            return texts
    return []


_READERS = {"image/png": _read_png, "image/jpeg": _read_jpeg, "application/pdf": _read_pdf}


def _texts(image: Image.Image) -> list[str]:
    if image.width * image.height > MAX_PIXELS:
        raise _TooLargeError
    found = zxingcpp.read_barcodes(
        _gray(image),
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [barcode.text for barcode in found]


def _gray(image: Image.Image) -> Image.Image:
    """The image in shades of grey, on white paper where it is transparent."""
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("L")
    if "A" not in image.getbands():
        image = image.convert("RGBA")
    paper = Image.new("L", image.size, 255)
    paper.paste(image.convert("L"), mask=image.getchannel("A"))
    return paper


if __name__ == "__main__":
    sys.exit(main())
