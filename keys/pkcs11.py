"""Signing with a key in a hardware module (PKCS#11 2.40), which the key never leaves.

A key is found by its label, which is also its kid where it can be one, and by its CKA_ID where the
label is not enough. Its signatures are R ‖ S as they come (mechanisms 2.3.1): nothing is changed.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, NoReturn

from keys import b64u
from keys.jwk import KID, SIGNATURE_BYTES, KeyRefused, PublicKey, import_public
from keys.module import KeyUnusable, Session, Token, within

if TYPE_CHECKING:
    import pkcs11

# CKA_EC_PARAMS: the curve's identifier in DER (RFC 5480 2.1.1.1, RFC 8410 section 3).
_PARAMETERS = {
    "ES256": bytes.fromhex("06082a8648ce3d030107"),
    "EdDSA": bytes.fromhex("06032b6570"),
}
# Signed when a key is opened, to see that its two halves belong together; no token reads like it.
_PROOF = b"Proofmark: do these two halves belong together?"


@dataclass(frozen=True, slots=True)
class KeyObject:
    """A key pair in a token, by its label, and by its CKA_ID where several share the label."""

    token: Token
    label: str
    id: bytes | None = None


@dataclass(frozen=True, slots=True)
class Pkcs11Signer:
    """A private key in a token; `public` has passed the checks that any reader makes."""

    public: PublicKey
    place: KeyObject
    _pin: str = field(repr=False, compare=False)

    @staticmethod
    def open(place: KeyObject, pin: str) -> "Pkcs11Signer":
        """The signer with the key at `place`, called by its label or else by its thumbprint.

        Raises KeyUnusable KEY_UNKNOWN, KEY_DUPLICATE_KID, KEY_FILE_LOCKED for a wrong PIN,
        KEY_MODULE_ABSENT, KEY_MODULE_FAILED, KEY_TYPE_NOT_ALLOWED for a key of another kind, and
        KEY_INVALID where public and private half do not belong together.
        """
        try:
            public = within(place.token, pin, lambda session: _read_public(session, place))
        except KeyRefused as refused:
            raise KeyUnusable(refused.code) from None
        signer = Pkcs11Signer(public, place, pin)
        if not public.verify(signer.sign(_PROOF), _PROOF):
            raise KeyUnusable("KEY_INVALID", "the public half belongs to another key")
        return signer

    @staticmethod
    def generate(place: KeyObject, pin: str, algorithm: str = "ES256") -> "Pkcs11Signer":
        """A new key for ES256 or EdDSA at `place`: sensitive, made there and never to be taken out.

        Its CKA_ID is the one of `place`, or its label. Raises KeyUnusable KEY_EXISTS where anything
        has that label already, and as `open`.
        """
        if algorithm not in _PARAMETERS:
            raise ValueError("keys are for ES256 or EdDSA")
        within(place.token, pin, lambda session: _generate(session, place, algorithm))
        return Pkcs11Signer.open(place, pin)

    @property
    def kid(self) -> str:
        """The name of the key among its owner's keys."""
        return self.public.kid

    @property
    def algorithm(self) -> str:
        """ES256 or EdDSA."""
        return self.public.algorithm

    def public_jwk(self) -> dict[str, str]:
        """The public key as it is published, with `kid` and `alg`."""
        return dict(self.public.jwk)

    def sign(self, message: bytes) -> bytes:
        """The signature of `message` as JWS has it: 64 bytes, never DER.

        Raises KeyUnusable KEY_UNKNOWN where the key is gone, KEY_MODULE_FAILED, KEY_FILE_LOCKED.
        """
        return within(self.place.token, self._pin, lambda session: self._sign(session, message))

    def _sign(self, session: Session, message: bytes) -> bytes:
        from pkcs11 import Mechanism

        key = session.keys.get(self.place)
        if key is None:
            key = session.keys[self.place] = _private(session, self.place)
        if self.algorithm == "EdDSA":
            mechanism, data = Mechanism.EDDSA, message
        else:  # CKM_ECDSA signs a digest, and every module has it
            mechanism, data = Mechanism.ECDSA, sha256(message).digest()
        signature = bytes(key.sign(data, mechanism=mechanism))
        if len(signature) != SIGNATURE_BYTES:
            raise KeyUnusable("KEY_MODULE_FAILED", "a signature of another length")
        return signature

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signer is opened where it signs: its PIN does not travel")


def _private(session: Session, place: KeyObject) -> "pkcs11.SignMixin":
    from pkcs11 import Attribute, KeyType, ObjectClass, SignMixin

    wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: place.label}
    if place.id is not None:
        wanted[Attribute.ID] = place.id
    # All of them, to the end: a search that is left open blocks the session.
    keys = list(session.handle.get_objects(wanted))
    if len(keys) > 1:
        raise KeyUnusable("KEY_DUPLICATE_KID", "several keys have this label")
    if not keys:
        raise KeyUnusable("KEY_UNKNOWN", "the token has no such key")
    key = keys[0]
    kind = key[Attribute.KEY_TYPE]
    if kind not in (KeyType.EC, KeyType.EC_EDWARDS) or not isinstance(key, SignMixin):
        raise KeyUnusable("KEY_TYPE_NOT_ALLOWED")
    return key


def _read_public(session: Session, place: KeyObject) -> PublicKey:
    from pkcs11 import Attribute, ObjectClass

    # The two halves of a pair share their CKA_ID, not always their label.
    private = _private(session, place)
    wanted = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.ID: private[Attribute.ID]}
    halves = list(session.handle.get_objects(wanted))
    if len(halves) > 1:
        halves = [half for half in halves if half[Attribute.LABEL] == place.label]
    if len(halves) != 1:
        raise KeyUnusable("KEY_UNKNOWN", "the token does not tell its public half")
    point, parameters = halves[0][Attribute.EC_POINT], halves[0][Attribute.EC_PARAMS]
    named = {"kid": place.label} if KID.fullmatch(place.label) else {}
    return import_public(_jwk(parameters, point) | named, require_kid=False)


def _jwk(parameters: bytes, point: bytes) -> dict[str, str]:
    """The JWK of a CKA_EC_POINT: a DER OCTET STRING, or what is inside it where modules differ."""
    if point[:2] in (b"\x04\x20", b"\x04\x41") and len(point) == point[1] + 2:
        point = point[2:]
    if parameters == _PARAMETERS["EdDSA"]:
        return {"kty": "OKP", "crv": "Ed25519", "x": b64u.encode(point)}
    if parameters == _PARAMETERS["ES256"] and len(point) == 65 and point[0] == 4:
        x, y = b64u.encode(point[1:33]), b64u.encode(point[33:])
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    raise KeyUnusable("KEY_TYPE_NOT_ALLOWED")


def _generate(session: Session, place: KeyObject, algorithm: str) -> None:
    from pkcs11 import Attribute, KeyType, MechanismFlag

    if list(session.handle.get_objects({Attribute.LABEL: place.label})):
        raise KeyUnusable("KEY_EXISTS", "the token has something of this label already")
    kind = KeyType.EC_EDWARDS if algorithm == "EdDSA" else KeyType.EC
    # One log-in holds for all sessions of a process; this one is closed as soon as the key is made.
    writing = session.handle.token.open(rw=True)
    try:
        writing.create_domain_parameters(
            kind, {Attribute.EC_PARAMS: _PARAMETERS[algorithm]}, local=True
        ).generate_keypair(
            store=True,
            label=place.label,
            id=place.id or place.label.encode(),
            capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
            private_template={
                Attribute.PRIVATE: True,
                Attribute.SENSITIVE: True,
                Attribute.EXTRACTABLE: False,
            },
        )
    finally:
        writing.close()
