"""Base64url as tokens and keys write it (RFC 4648 section 5), one text for one string of bytes.

No padding, no other character, unused bits zero: a second spelling would defeat whoever compares
texts (security.md R2).
"""

from binascii import a2b_base64, b2a_base64

# To the alphabet that binascii reads strictly; its own two characters and padding become foreign.
_READ = bytes.maketrans(b"-_+/=", b"+/???")
_WRITE = bytes.maketrans(b"+/", b"-_")

# By length modulo 4: the padding that binascii wants, and the last characters whose unused bits
# are zero. After a length of 1 modulo 4, none.
_PADDING = (b"", b"", b"==", b"=")
_LAST = ("", "", "AQgw", "AEIMQUYcgkosw048")


def decode(text: str) -> bytes:
    """The bytes that `text` stands for. Raises ValueError, which does not quote the text."""
    rest = len(text) & 3
    if not text.isascii() or (rest and text[-1] not in _LAST[rest]):
        raise ValueError("not canonical base64url")
    return a2b_base64(text.encode("ascii").translate(_READ) + _PADDING[rest], strict_mode=True)


def encode(raw: bytes) -> str:
    """The one text that stands for `raw`."""
    return b2a_base64(raw, newline=False).rstrip(b"=").translate(_WRITE).decode("ascii")
