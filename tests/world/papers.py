"""Signed papers from plain JSON values; nothing is checked, so that a test can sign anything."""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from keys import b64u
from keys.signer import KeySigner
from service.domain.dates import parse_day, parse_instant
from service.domain.verdict import plain

DAY_S = 86_400
JUNE_15 = parse_instant("2026-06-15T12:00:00Z")


class _Gone:
    """Stands for a member that a test takes away; None would be null."""


GONE: Final = _Gone()
Claims = dict[str, Any]
# What a test may give as a part of a token: JSON values, or the bytes as they shall stand.
Part = Mapping[str, Any] | bytes


def day(text: str) -> date:
    """`2026-06-15` as a civil day."""
    return parse_day(text)


def instant(text: str) -> int:
    """`2026-06-15T12:00:00Z`, or the midnight UTC of `2026-06-15`, in POSIX seconds."""
    return parse_instant(text if "T" in text else f"{text}T00:00:00Z")


def changed(claims: Mapping[str, Any], changes: Mapping[str, Any]) -> Claims:
    """Claims with changes over them, as plain JSON values, without what is GONE."""
    merged = {**claims, **changes}
    return {name: plain(value) for name, value in merged.items() if value is not GONE}


def seed(*names: str) -> bytes:
    """The seed of a key of the test world."""
    return "/".join(("tests/world", *names)).encode()


def compact(header: Part, payload: Part, signer: KeySigner) -> str:
    """A compact JWS of any header and payload, validly signed."""
    return _signed(_written(header), _written(payload), signer)


def signed(claims: Part, signer: KeySigner, typ: str) -> str:
    """A compact JWS of the given type, validly signed."""
    return compact({"alg": signer.algorithm, "kid": signer.kid, "typ": typ}, claims, signer)


def _written(part: Part) -> bytes:
    if isinstance(part, bytes):
        return part
    return json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()


# Signatures here are deterministic, so what was signed once need not be signed again.
@lru_cache(4096)
def _signed(header: bytes, payload: bytes, signer: KeySigner) -> str:
    signing_input = f"{b64u.encode(header)}.{b64u.encode(payload)}"
    return f"{signing_input}.{b64u.encode(signer.sign(signing_input.encode()))}"
