"""The packed form of a certificate token: the digits inside the QR code, and back, losslessly.

    bytes  = 01 ‖ signature(64) ‖ raw DEFLATE(preset dictionary v1, header JSON ‖ payload JSON)
    digits = the big-endian integer of those bytes, in decimal

(design.md section 4.1, formats.md 4.1.) Packing is transport, not identity: compressors differ, so
two digit strings may carry one token. Nothing here is proven yet; the JWS parser comes next.
"""

import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from pathlib import Path

from service.domain.reason import Reason
from service.domain.verdict import Refused

# More than any certificate needs: a version-25 symbol carries a token of far less (R1).
MAX_TEXT_CHARS = 8_192
# More than any symbol we issue (version 25 at M: 2,395), and below the 4,300 at which CPython's
# int() and str() raise ValueError.
MAX_DIGITS = 4_000
# Header and payload together; what is longer could not be a token of MAX_TEXT_CHARS anyway.
MAX_INFLATED_BYTES = 8_192

# The fewest, with which version, signature and one byte more are written; other numbers that are
# found on packages have some twenty.
MIN_DIGITS = 157

VERSION = 1
# ES256 and Ed25519 alike (RFC 7518 3.4, RFC 8037 3.1).
SIGNATURE_BYTES = 64

# Digits in any script or with white space among them are recognised in order to be refused.
_DIGITS = re.compile(r"\s*\d[\d\s]*")
_LINK = re.compile(r"\s*https?://", re.IGNORECASE)
_CERTIFICATE_LINK = re.compile(
    r"(?i:https?)://(?P<host>[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
    r"(?:/[^\s?#]*)?/q/(?P<digits>\d+)(?:[?#]\S*)?"
)


def read_text(text: str) -> tuple[str, str | None]:
    """Whatever a reader was given, as a compact token and the host of its link: step 1.

    `text` is digits, a link with `/q/` and digits (`http` or `https`, query and fragment are
    ignored), or else a compact JWS, which is returned as it is for the JWS parser to judge. The
    host is in lower case, without port, and not to be trusted; None without a link. White space is
    not stripped. Raises Refused: TOKEN_TOO_LARGE, TOKEN_MALFORMED for a link to something else,
    and the codes of `unpack`.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise Refused(Reason.TOKEN_TOO_LARGE)
    if link := _CERTIFICATE_LINK.fullmatch(text):
        return unpack(link["digits"]), link["host"].lower()
    if _LINK.match(text):
        astray = _CERTIFICATE_LINK.fullmatch(text.strip())
        raise Refused(Reason.TOKEN_ENCODING if astray else Reason.TOKEN_MALFORMED)
    if _DIGITS.fullmatch(text):
        return unpack(text), None
    return text, None


def is_certificate_code(text: str) -> bool:
    """Whether a text found on a package claims to be a certificate: true says nothing more."""
    if _CERTIFICATE_LINK.fullmatch(text) or (text.startswith("eyJ") and text.count(".") == 2):
        return True
    return len(text) >= MIN_DIGITS and _DIGITS.fullmatch(text) is not None


def unpack(digits: str) -> str:
    """The compact token that `digits` carry.

    Raises Refused: TOKEN_TOO_LARGE, TOKEN_VERSION_UNKNOWN, or TOKEN_ENCODING for anything that
    `pack` would not have written, except that any compressor will do.
    """
    if len(digits) > MAX_DIGITS:
        raise Refused(Reason.TOKEN_TOO_LARGE)
    if not (digits.isascii() and digits.isdigit()) or digits[0] == "0":
        raise Refused(Reason.TOKEN_ENCODING)
    number = int(digits)
    packed = number.to_bytes((number.bit_length() + 7) // 8)
    if packed[0] != VERSION:
        raise Refused(Reason.TOKEN_VERSION_UNKNOWN)
    signature, stream = packed[1 : 1 + SIGNATURE_BYTES], packed[1 + SIGNATURE_BYTES :]
    header, end, payload = _inflate(stream).partition(b"}")
    if not end:
        raise Refused(Reason.TOKEN_ENCODING)
    token = ".".join(_encode(part) for part in (header + end, payload, signature))
    if len(token) > MAX_TEXT_CHARS:
        raise Refused(Reason.TOKEN_TOO_LARGE)
    return token


def pack(token: str) -> str:
    """The digits of a compact token, after proof that they unpack to the very same token.

    Raises ValueError for a token that would not come back: too long, not canonical base64url, a
    signature of another length, a header that does not end at its first `}`.
    """
    if len(token) > MAX_TEXT_CHARS:
        raise ValueError("token too long to pack")
    try:
        header, payload, signature = (_decode(segment) for segment in token.split("."))
        packed = bytes([VERSION]) + signature + _deflate(header + payload)
        digits = str(int.from_bytes(packed))
        returned = unpack(digits)
    except (ValueError, Refused) as fault:
        raise ValueError("token cannot be packed") from fault
    if returned != token:
        raise ValueError("token would not come back from packing as it is")
    return digits


@cache
def _dictionary() -> bytes:
    # Frozen: a change is a new version byte. Written by tools/make_dictionary.py.
    return Path(__file__).with_name("dictionary_v1.bin").read_bytes()


def _deflate(plain: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zdict=_dictionary())
    return compressor.compress(plain) + compressor.flush()


def _inflate(stream: bytes) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS, zdict=_dictionary())
    try:
        plain = inflater.decompress(stream, MAX_INFLATED_BYTES + 1)
    except zlib.error:
        raise Refused(Reason.TOKEN_ENCODING) from None
    if len(plain) > MAX_INFLATED_BYTES:
        raise Refused(Reason.TOKEN_TOO_LARGE)
    if not inflater.eof or inflater.unused_data or inflater.unconsumed_tail:
        raise Refused(Reason.TOKEN_ENCODING)
    return plain


def _encode(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode("ascii")


def _decode(segment: str) -> bytes:
    # Lenient: `pack` compares the whole token afterwards.
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
