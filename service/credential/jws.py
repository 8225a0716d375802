"""Signed tokens: the strict door before the signature, and the signature (RFC 7515, RFC 7519).

A token is a compact JWS whose header is exactly `alg`, `kid`, `typ`. Nothing in it is believed, and
nothing of it shown, before `verify`; each entry point takes one `typ` (security.md R1 to R5). The
order of checks is that of security.md section 3, and the first failure decides.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from keys import b64u
from keys.jwk import SIGNATURE_BYTES, PublicKey
from keys.signer import Signer
from service.credential import strict_json
from service.domain.reason import Reason
from service.domain.verdict import Refused

# The longest token that a version-25 symbol can carry, with room to spare. Other entry points have
# bounds of their own.
MAX_TOKEN_CHARS = 8_192

ALGORITHMS = ("ES256", "EdDSA")
_MEMBERS = frozenset({"alg", "kid", "typ"})

# One header recurs in all tokens of a key. Ours have some 110 characters; longer ones are read anew
# each time, so that strangers cannot fill the memory.
_HEADERS_KEPT = 1_024
_LONGEST_HEADER_KEPT = 256


class UnverifiedToken(NamedTuple):
    """A well-formed token of the right type, of which nothing is proven.

    `kid` is None where the header has none.
    """

    text: str
    algorithm: str
    kid: str | None
    unproven_claims: dict[str, Any]
    signing_input: bytes
    signature: bytes

    @property
    def signing_input_sha256(self) -> str:
        """The identity of the token, proven or not (base64url)."""
        return b64u.encode(sha256(self.signing_input).digest())


class VerifiedToken(NamedTuple):
    """The claims of a token, signed with the key named; what they say is still to be judged.

    `signing_input_sha256` (base64url) is the token's identity: signatures and packed forms of one
    token may differ.
    """

    claims: dict[str, Any]
    kid: str
    thumbprint: str
    signing_input_sha256: str


def parse(text: str, *, typ: str, max_chars: int = MAX_TOKEN_CHARS) -> UnverifiedToken:
    """The parts of a compact JWS of type `typ`, at most `max_chars` long: step 2.

    The types of claims belong to the caller. Raises Refused with TOKEN_TOO_LARGE, TOKEN_MALFORMED,
    TOKEN_ENCODING, JSON_* or JOSE_*.
    """
    if len(text) > max_chars:
        raise Refused(Reason.TOKEN_TOO_LARGE)
    if text.count(".") != 2:
        raise Refused(Reason.TOKEN_MALFORMED)
    header, payload, signature = text.split(".")
    if not header or not payload:
        raise Refused(Reason.TOKEN_MALFORMED)
    read = _recall_header if len(header) <= _LONGEST_HEADER_KEPT else _read_header
    algorithm, kid = read(header, typ)
    claims = strict_json.loads(_decode(payload))
    return UnverifiedToken(
        text=text,
        algorithm=algorithm,
        kid=kid,
        unproven_claims=claims,
        signing_input=text[: len(header) + 1 + len(payload)].encode("ascii"),
        signature=_decode(signature),
    )


def verify(token: UnverifiedToken, key: PublicKey) -> VerifiedToken:
    """The token proven with the key that its header names: step 5.

    Raises Refused KEY_UNKNOWN for a key of another name, JOSE_ALG_KEY_MISMATCH, SIGNATURE_INVALID.
    """
    if token.kid != key.kid:
        raise Refused(Reason.KEY_UNKNOWN)
    if token.algorithm != key.algorithm:
        raise Refused(Reason.JOSE_ALG_KEY_MISMATCH)
    if not key.verify(token.signature, token.signing_input):
        raise Refused(Reason.SIGNATURE_INVALID)
    return VerifiedToken(
        claims=token.unproven_claims,
        kid=key.kid,
        thumbprint=key.thumbprint,
        signing_input_sha256=token.signing_input_sha256,
    )


def sign(
    claims: Mapping[str, Any], signer: Signer, *, typ: str, max_chars: int = MAX_TOKEN_CHARS
) -> str:
    """A token of type `typ` with `claims`, in their order, that `parse` has read.

    Raises ValueError for claims that we would not read ourselves.
    """
    header = {"alg": signer.algorithm, "kid": signer.kid, "typ": typ}
    signing_input = f"{_segment(header)}.{_segment(claims)}"
    signature = signer.sign(signing_input.encode("ascii"))
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError("a signature has 64 bytes")
    token = f"{signing_input}.{b64u.encode(signature)}"
    try:
        parse(token, typ=typ, max_chars=max_chars)
    except Refused as refused:
        raise ValueError(f"we would refuse this token: {refused.code}") from None
    return token


def _read_header(segment: str, typ: str) -> tuple[str, str | None]:
    header = strict_json.loads(_decode(segment))
    if "crit" in header:
        raise Refused(Reason.JOSE_CRIT_UNSUPPORTED)
    if not header.keys() <= _MEMBERS:
        raise Refused(Reason.JOSE_HEADER_FORBIDDEN)
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise Refused(Reason.JOSE_ALG_NOT_ALLOWED)
    if header.get("typ") != typ:
        raise Refused(Reason.JOSE_TYP_MISMATCH)
    kid = header.get("kid")
    if "kid" in header and type(kid) is not str:
        raise Refused(Reason.TOKEN_MALFORMED)
    return algorithm, kid


_recall_header = lru_cache(_HEADERS_KEPT)(_read_header)


def _decode(segment: str) -> bytes:
    try:
        return b64u.decode(segment)
    except ValueError:
        raise Refused(Reason.TOKEN_ENCODING) from None


def _segment(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return b64u.encode(text.encode("utf-8"))
