"""One spelling for every value that is stored, hashed or compared: canonical JSON, plain texts."""

import json
import unicodedata
from hashlib import sha256
from typing import Any

from service.domain.verdict import plain


def written(value: Any) -> str:
    """A value as JSON in one spelling: members in order, no spaces, days as texts."""
    return json.dumps(
        plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest(value: Any) -> str:
    """SHA-256 in hexadecimal of a value's one spelling."""
    return sha256(written(value).encode()).hexdigest()


def normal(text: str) -> str:
    """The form in which numbers and names are compared: NFC, case-folded, single spaces (R18)."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
