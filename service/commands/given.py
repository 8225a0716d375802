"""What a command was given: words, files and standard input, each as the text of one code.

A file is known by its first bytes, whatever it is called. White space is stripped at both ends and
nowhere else: the verifier judges the rest. What does not hold exactly one certificate code is not a
bad certificate but a bad request.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from service.credential.packing import is_certificate_code

STANDARD_INPUT = "-"
# As for uploads (security.md R22); texts are bounded by the verifier.
MAX_FILE_BYTES = 10 << 20
# No word of an argument is shown at greater length.
MAX_NAME_CHARS = 48

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-")
# A word with such an end, or with a slash, that is neither file nor link was meant to be a file.
_FILE_ENDS = frozenset(".png .jpg .jpeg .pdf .jwt .txt .json .jsonl .gif .webp .heic .svg".split())

TITLES: Mapping[str, str] = {
    "FILE_NOT_FOUND": "there is no such file",
    "FILE_UNREADABLE": "this file cannot be read",
    "BODY_TOO_LARGE": "larger than 10 MiB, so it was not looked at",
    "MEDIA_TYPE_NOT_ALLOWED": "not a PNG or JPEG picture, a PDF, or a text",
    "IMAGE_TOO_LARGE": "too many pixels, frames or pages; cut it down to the code",
    "QR_NOT_RECOGNISED": "no certificate code in it; if it is a photograph, move closer",
    "QR_MULTIPLE": "several certificate codes in it; show one, or use --batch for a list",
}


class NotOneCode(Exception):
    """An input without exactly one certificate code; `code` is one of TITLES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def title(self) -> str:
        """What is wrong, as half a sentence."""
        return TITLES.get(self.code, "cannot be read")


@dataclass(frozen=True, slots=True)
class Given:
    """One argument; `name` is what it is called when it is spoken of."""

    word: str

    @property
    def name(self) -> str:
        """The word itself, or its beginning; standard input by its name."""
        if self.word == STANDARD_INPUT:
            return "standard input"
        if len(self.word) <= MAX_NAME_CHARS or _is_file(self.word):
            return self.word
        return f"{self.word[: MAX_NAME_CHARS - 1]}…"

    def text(self, stdin: BinaryIO | None = None) -> str:
        """The text of the one code in it. Raises NotOneCode."""
        if self.word == STANDARD_INPUT:
            return _text_of((stdin or sys.stdin.buffer).read(MAX_FILE_BYTES + 1))
        if _is_file(self.word):
            return _text_of(_read(Path(self.word)))
        if _was_meant_as_file(self.word):
            raise NotOneCode("FILE_NOT_FOUND")
        # Bytes that are no text stand in it as lone surrogates.
        return _text_of(self.word.encode("utf-8", "surrogateescape"))


def _is_file(word: str) -> bool:
    # os.path, for it calls a word that is too long for a name no file; pathlib raises.
    return os.path.lexists(word) if "\0" not in word else False


def _was_meant_as_file(word: str) -> bool:
    if word.lower().startswith(("http://", "https://")):
        return False
    return "/" in word or os.path.splitext(word)[1].lower() in _FILE_ENDS


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise NotOneCode("FILE_NOT_FOUND") from None
    except OSError:
        raise NotOneCode("FILE_UNREADABLE") from None


def _text_of(data: bytes) -> str:
    if len(data) > MAX_FILE_BYTES:
        raise NotOneCode("BODY_TOO_LARGE")
    if data.startswith(_PICTURES):
        return _text_in_picture(data)
    try:
        # The mark that some editors put first belongs to the file, not to the text.
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise NotOneCode("MEDIA_TYPE_NOT_ALLOWED") from None
    if not text:
        raise NotOneCode("QR_NOT_RECOGNISED")
    if sum(map(is_certificate_code, set(text.split()))) > 1:
        raise NotOneCode("QR_MULTIPLE")
    return text


def _text_in_picture(data: bytes) -> str:
    from service.credential.picture import PictureRefused, one_certificate_code, read_codes

    try:
        return one_certificate_code(read_codes(data))
    except PictureRefused as refused:
        raise NotOneCode(refused.code) from None
