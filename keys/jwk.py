"""Public keys as bodies publish them (RFC 7517): every check before a key is believed.

No layer below makes all of them: OpenSSL imports Ed25519 keys of small order, for which anyone can
sign, and P-256 coordinates beyond the field; PyJWT imports private keys as if public (security.md
sections 6 and 7). A refusal is a `KeyRefused(code)` and never quotes the key.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from keys import b64u

# A thumbprint has 43 characters; none of these needs an escape in a header, a path or a file name.
KID = re.compile(r"[A-Za-z0-9_-]{4,43}")
# ES256: R ‖ S (RFC 7518 3.4). Ed25519: R ‖ S (RFC 8032 5.1.6).
SIGNATURE_BYTES = 64

# P-256 (SP 800-186 3.2.1.3): the field, and the order of the group.
P256_FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ECDSA = ECDSA(SHA256())

# edwards25519 (RFC 8032 5.1): the field, d, and a square root of -1.
_FIELD = 2**255 - 19
_D = -121665 * pow(121666, -1, _FIELD) % _FIELD
_ROOT_OF_MINUS_ONE = pow(2, (_FIELD - 1) // 4, _FIELD)

# The private members of RFC 7518 6.2.2, 6.3.2, 6.4.1 and RFC 8037 section 2.
_SECRETS = frozenset("d k p q dp dq qi oth".split())
# A false label drops that key alone; any other fault refuses the whole set (security.md R6).
_LABEL_CODES = frozenset({"KEY_USE", "KEY_ALG_MISMATCH"})

_Key = EllipticCurvePublicKey | Ed25519PublicKey


class KeyRefused(Exception):
    """A key is refused for `code`; `kid` is None where the key has no proper name.

    `codes` has a second one where the key would be refused even without its published secret.
    """

    def __init__(self, *codes: str, kid: str | None = None) -> None:
        super().__init__(*codes)
        self.code = codes[0]
        self.codes = codes
        self.kid = kid


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key that has passed every check; `algorithm` is ES256 or EdDSA.

    `jwk` holds the public members for publishing it again, with `kid` and `alg`.
    """

    kid: str
    algorithm: str
    thumbprint: str
    jwk: Mapping[str, str] = field(compare=False, repr=False)
    _key: _Key = field(compare=False, repr=False)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature`, of SIGNATURE_BYTES, was made of `message` with this key."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            if isinstance(self._key, Ed25519PublicKey):
                self._key.verify(signature, message)
                return True
            r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
            if not (0 < r < P256_ORDER and 0 < s < P256_ORDER):
                return False
            self._key.verify(encode_dss_signature(r, s), message, _ECDSA)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class KeySet:
    """The usable keys of a set by kid, and the keys dropped from it as (kid, code)."""

    keys: Mapping[str, PublicKey]
    dropped: tuple[tuple[str | None, str], ...] = ()


def import_set(keys: Sequence[object]) -> KeySet:
    """The keys of a JWK Set's `keys` (RFC 7517 section 5).

    A key that is labelled for something else is dropped alone; any other broken key, or a kid that
    stands twice, refuses the set: raises KeyRefused with the codes of `import_public`, or
    KEY_DUPLICATE_KID.
    """
    named: set[str | None] = set()
    usable: dict[str, PublicKey] = {}
    dropped: list[tuple[str | None, str]] = []
    for jwk in keys:
        if not isinstance(jwk, Mapping):
            raise KeyRefused("KEY_INVALID")
        try:
            key = import_public(jwk)
            kid: str | None = key.kid
            usable[key.kid] = key
        except KeyRefused as refused:
            if refused.code not in _LABEL_CODES:
                raise
            kid = refused.kid
            dropped.append((kid, refused.code))
        if kid in named:
            raise KeyRefused("KEY_DUPLICATE_KID", kid=kid)
        named.add(kid)
    return KeySet(usable, tuple(dropped))


def import_public(jwk: Mapping[str, object], *, require_kid: bool = True) -> PublicKey:
    """The key of a JWK, after the checks of security.md section 7 in the order of its table.

    Only the private members come first: whatever else is wrong with a key, a body that published
    its secret must be told. `kid` is a member like the others; without `require_kid` a key that
    has none is called by its thumbprint. Raises KeyRefused KEY_PRIVATE_PUBLISHED,
    KEY_TYPE_NOT_ALLOWED, KEY_INVALID, KEY_LOW_ORDER, KEY_USE or KEY_ALG_MISMATCH.
    """
    named = jwk.get("kid")
    kid = named if isinstance(named, str) and KID.fullmatch(named) else None
    try:
        kind = _check_kind(jwk)
        if kid is None and (require_kid or "kid" in jwk):
            raise KeyRefused("KEY_INVALID")
        key = kind.load(*(_coordinate(jwk.get(name)) for name in kind.coordinates))
        _check_labels(jwk, kind)
    except KeyRefused as refused:
        refused.kid = kid
        raise
    digest = thumbprint(jwk)
    public = {name: str(jwk[name]) for name in ("kty", "crv", *kind.coordinates)}
    public |= {"kid": kid or digest, "alg": kind.algorithms[0]}
    return PublicKey(public["kid"], public["alg"], digest, public, key)


def thumbprint(jwk: Mapping[str, object]) -> str:
    """The thumbprint of a P-256 or Ed25519 key (RFC 7638); ValueError for another kind."""
    kind = _kind(jwk)
    if kind is None:
        raise ValueError("a key of this kind has no name here")
    # In the order of the alphabet, as the standard wants them.
    required = {name: jwk[name] for name in ("crv", "kty", *kind.coordinates)}
    return b64u.encode(sha256(json.dumps(required, separators=(",", ":")).encode()).digest())


def _p256(x: bytes, y: bytes) -> _Key:
    numbers = EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), SECP256R1())
    if numbers.x >= P256_FIELD or numbers.y >= P256_FIELD:
        raise KeyRefused("KEY_INVALID")
    try:
        return numbers.public_key()
    except ValueError:  # not on the curve, and (0, 0) is not
        raise KeyRefused("KEY_INVALID") from None


def _ed25519(encoded: bytes) -> _Key:
    """The key of an encoded point (RFC 8032 5.1.2): canonical, and not of small order."""
    bits = int.from_bytes(encoded, "little")
    sign, y = bits >> 255, bits & (1 << 255) - 1
    # -x² + y² = 1 + d·x²·y²; either root will do, for a point and its negative have one order.
    squared = (y * y - 1) * pow(_D * y * y + 1, -1, _FIELD) % _FIELD
    x = pow(squared, (_FIELD + 3) // 8, _FIELD)
    if x * x % _FIELD != squared:
        x = x * _ROOT_OF_MINUS_ONE % _FIELD
    if y >= _FIELD or x * x % _FIELD != squared or (sign and x == 0):
        raise KeyRefused("KEY_INVALID")
    # Three doublings (RFC 8032 5.1.4) take the eight points of small order to the identity (0, 1).
    z = 1
    for _ in range(3):
        a, b = x * x, y * y
        e, f, g, h = -2 * x * y, 2 * z * z + a - b, a - b, a + b
        x, y, z = e * f % _FIELD, g * h % _FIELD, f * g % _FIELD
    if x == 0 and y == z:
        raise KeyRefused("KEY_LOW_ORDER")
    return Ed25519PublicKey.from_public_bytes(encoded)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of key; the first algorithm is its name in a token's header."""

    coordinates: tuple[str, ...]
    algorithms: tuple[str, ...]
    load: Callable[..., _Key]


_KINDS: Mapping[tuple[object, object], _Kind] = {
    ("EC", "P-256"): _Kind(("x", "y"), ("ES256",), _p256),
    # RFC 9864 renames EdDSA to Ed25519: read in a key, never in a token.
    ("OKP", "Ed25519"): _Kind(("x",), ("EdDSA", "Ed25519"), _ed25519),
}


def _kind(jwk: Mapping[str, object]) -> _Kind | None:
    kty, crv = jwk.get("kty"), jwk.get("crv")
    return _KINDS.get((kty, crv)) if isinstance(kty, str) and isinstance(crv, str) else None


def _check_kind(jwk: Mapping[str, object]) -> _Kind:
    kind = _kind(jwk)
    codes = ["KEY_PRIVATE_PUBLISHED"] if _SECRETS & jwk.keys() else []
    if kind is None:
        codes.append("KEY_TYPE_NOT_ALLOWED")
    if codes or kind is None:
        raise KeyRefused(*codes)
    return kind


def _coordinate(value: object) -> bytes:
    try:
        raw = b64u.decode(value) if isinstance(value, str) else b""
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise KeyRefused("KEY_INVALID")
    return raw


def _check_labels(jwk: Mapping[str, object], kind: _Kind) -> None:
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or type(operations) is not list or "verify" not in operations:
        raise KeyRefused("KEY_USE")
    if jwk.get("alg", kind.algorithms[0]) not in kind.algorithms:
        raise KeyRefused("KEY_ALG_MISMATCH")
