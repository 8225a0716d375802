"""Tools of the forger: tokens put together, or taken apart, as nobody should."""

import json
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm

from keys import b64u
from keys.signer import KeySigner
from tests.world import Claims

ATTACKER = KeySigner.unsafe_from_seed(b"tests/adversarial/attacker", "cb1-2026")
ED_KEY = KeySigner.unsafe_from_seed(b"tests/adversarial/ed25519", "cb1-2027", "EdDSA")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def written(claims: Any) -> bytes:
    """JSON as our tokens have it."""
    return json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()


def header(**members: Any) -> Claims:
    """The header of CB1's certificates, with changes."""
    return {"alg": "ES256", "kid": "cb1-2026", "typ": "certificate+jwt", **members}


def segments(token: str) -> list[str]:
    return token.split(".")


def signature(token: str) -> bytes:
    return b64u.decode(segments(token)[2])


def with_signature(token: str, signature: bytes) -> str:
    return ".".join([*segments(token)[:2], b64u.encode(signature)])


def signed_as_it_stands(signing_input: str, signer: KeySigner) -> str:
    """A signature over two segments in whatever spelling."""
    return f"{signing_input}.{b64u.encode(signer.sign(signing_input.encode()))}"


def der(signer: KeySigner, message: bytes, algorithm: HashAlgorithm | None = None) -> bytes:
    """A DER signature, another one each time."""
    private = signer._private
    assert isinstance(private, EllipticCurvePrivateKey)
    return private.sign(message, ECDSA(algorithm or SHA256()))


def edited(token: str, **changes: Any) -> str:
    """A token with its payload changed and its signature kept."""
    head, payload, signature = segments(token)
    claims = {**json.loads(b64u.decode(payload)), **changes}
    return ".".join([head, b64u.encode(written(claims)), signature])


def unused_bits_set(segment: str) -> str:
    """Another spelling of the same bytes: only bits that mean nothing differ."""
    assert len(segment) % 4
    return segment[:-1] + ALPHABET[ALPHABET.index(segment[-1]) + 1]


def bits_flipped(raw: bytes) -> Iterator[bytes]:
    """Every string of bytes that differs in one bit."""
    for position in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[position // 8] ^= 1 << position % 8
        yield bytes(flipped)
