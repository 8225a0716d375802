"""Uploaded pictures: the QR codes on a PNG, JPEG or PDF, and the one that is a certificate.

What is cheap to know is checked here, from the header and before anything is decoded; pixels are
handled in a process of their own, `picture_worker` (security.md section 8, R22). A picture that is
refused is a bad request, not a bad certificate.
"""

import json
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from service.credential.packing import is_certificate_code, read_text
from service.domain.verdict import Refused

# A photograph of 25 megapixels; more is not needed to show a code (R22).
MAX_FILE_BYTES = 10 << 20
MAX_PIXELS = 25_000_000
# Chunks of a PNG, segments of a JPEG: writers make a thousand of 10 MiB, an attacker a million.
MAX_PARTS = 10_000
# For the whole file, start of the process included. Ten pages take half of it.
TIMEOUT_S = 5

_MEDIA_TYPES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"%PDF-": "application/pdf",
}
UNDECLARED = "application/octet-stream"

_WORKER = Path(__file__).with_name("picture_worker.py")
# What the worker says; it cannot be imported here without its libraries.
_READY = "ready"
_TOO_LARGE = 3


class PictureRefused(Exception):
    """The request cannot be served; `code` is one of security.md 4.7."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_codes(data: bytes, declared_type: str | None = None) -> tuple[str, ...]:
    """The distinct texts of the QR codes in a file, in the order in which they are found.

    `declared_type` is the media type that came with the file, None where none could. It must be
    the one that the first bytes show; a PDF must be declared as one where anything is. Raises
    PictureRefused: BODY_TOO_LARGE (10 MiB), MEDIA_TYPE_NOT_ALLOWED (another kind of file, or not
    readable as what it is), IMAGE_TOO_LARGE (pixels, frames, pages, memory or time).
    """
    if len(data) > MAX_FILE_BYTES:
        raise PictureRefused("BODY_TOO_LARGE")
    media_type = _media_type(data, declared_type)
    if media_type == "image/png":
        _check_png(data)
    elif media_type == "image/jpeg":
        _check_jpeg(data)
    return _decode(data, media_type)


def one_certificate_code(texts: Iterable[str]) -> str:
    """The one certificate code among the texts of a picture.

    The same token in two spellings counts once, and then the first is taken. Raises
    PictureRefused: QR_NOT_RECOGNISED for none, QR_MULTIPLE for more: none is chosen silently.
    """
    found = certificate_codes(texts)
    if len(found) > 1:
        raise PictureRefused("QR_MULTIPLE")
    return found[0]


def certificate_codes(texts: Iterable[str]) -> tuple[str, ...]:
    """The certificate codes among the texts of a picture, each token once.

    Raises PictureRefused QR_NOT_RECOGNISED for none.
    """
    found: dict[str, str] = {}
    for text in filter(is_certificate_code, texts):
        found.setdefault(_identity(text), text)
    if not found:
        raise PictureRefused("QR_NOT_RECOGNISED")
    return tuple(found.values())


def _identity(text: str) -> str:
    """The signing input of the token in `text`: signatures vary, packings too (design.md 4.1)."""
    try:
        token, _ = read_text(text)
    except Refused:
        return text
    return token.rpartition(".")[0]


def _media_type(data: bytes, declared_type: str | None) -> str:
    shown = next((kind for magic, kind in _MEDIA_TYPES.items() if data.startswith(magic)), None)
    declared = shown if declared_type is None else declared_type.partition(";")[0].strip().lower()
    if declared == UNDECLARED and shown != "application/pdf":
        declared = shown
    if shown is None or shown != declared:
        raise PictureRefused("MEDIA_TYPE_NOT_ALLOWED")
    return shown


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PictureRefused("IMAGE_TOO_LARGE")


def _check_png(data: bytes) -> None:
    """One frame within the pixels, and no compressed text, which hides a bomb (W3C PNG 5, 11)."""
    chunks = _png_chunks(data)
    kind, header = next(chunks, (b"", b""))
    if kind != b"IHDR" or len(header) != 13:
        raise PictureRefused("MEDIA_TYPE_NOT_ALLOWED")
    _check_pixels(*struct.unpack(">II", header[:8]))
    for kind, body in chunks:
        if kind == b"acTL":
            raise PictureRefused("IMAGE_TOO_LARGE")
        # iTXt: keyword, NUL, then 1 where the text is compressed.
        if kind == b"zTXt" or (kind == b"iTXt" and body.partition(b"\0")[2][:1] != b"\0"):
            raise PictureRefused("MEDIA_TYPE_NOT_ALLOWED")


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each chunk up to IEND."""
    at = 8
    for _ in range(MAX_PARTS):
        if len(data) < at + 12:
            raise PictureRefused("MEDIA_TYPE_NOT_ALLOWED")
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IEND":
            return
        yield kind, data[at + 8 : at + 8 + size]
        at += 12 + size
    raise PictureRefused("IMAGE_TOO_LARGE")


def _check_jpeg(data: bytes) -> None:
    """A frame header within the pixels before the first scan (ITU-T T.81 B.2.2)."""
    framed = False
    at = 2
    for _ in range(MAX_PARTS):
        if len(data) < at + 9 or data[at] != 0xFF:
            raise PictureRefused("MEDIA_TYPE_NOT_ALLOWED")
        marker, size = struct.unpack_from(">BH", data, at + 1)
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        # Markers without a length have no place here, and readers differ on them.
        if marker < 0xC0 or 0xD0 <= marker <= 0xD9:
            raise PictureRefused("MEDIA_TYPE_NOT_ALLOWED")
        # SOF0 to SOF15, but for DHT, JPG and DAC among them.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            _check_pixels(width, height)
            framed = True
        elif marker == 0xDA and framed:
            return
        at += 2 + size
    raise PictureRefused("IMAGE_TOO_LARGE")


def _decode(data: bytes, media_type: str) -> tuple[str, ...]:
    command = [sys.executable, "-I", str(_WORKER), media_type]
    try:
        ran = subprocess.run(  # noqa: S603  # our own script, and a word of our own table
            command,
            input=data,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            env={},  # ours may hold secrets
        )
    except subprocess.TimeoutExpired:
        raise PictureRefused("IMAGE_TOO_LARGE") from None
    ready, _, found = ran.stdout.decode("utf-8").partition("\n")
    if ready != _READY:
        raise RuntimeError("the picture worker does not start: " + ran.stderr.decode()[-500:])
    # Ended by a signal: killed for its processor time, or by an allocation that failed.
    if ran.returncode == _TOO_LARGE or ran.returncode < 0:
        raise PictureRefused("IMAGE_TOO_LARGE")
    if ran.returncode != 0:
        raise PictureRefused("MEDIA_TYPE_NOT_ALLOWED")
    return tuple(json.loads(found))
