"""Private keys: what can sign, and the encrypted file a key rests in.

A secret leaves this module only encrypted: no text, no exception and no `repr` shows it. A key file
is PKCS#8 in PEM (RFC 5958, RFC 7468), encrypted, mode 0600, ours, and called by its key:
`<kid>.pem`. OpenSSL stretches the passphrase but little, so let a machine choose a long one.
"""

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from keys.jwk import P256_ORDER, KeyRefused, PublicKey, import_public

PASSPHRASE_VARIABLE = "PROOFMARK_KEY_PASSPHRASE"
PASSPHRASE_FILE_VARIABLE = "PROOFMARK_KEY_PASSPHRASE_FILE"

# An encrypted P-256 key has some 400 bytes; what is cut off here cannot be read as one.
MAX_KEY_FILE_BYTES = 16_384
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"

# RFC 6979: no signature depends on the quality of this machine's random numbers.
_ECDSA = ECDSA(SHA256(), deterministic_signing=True)


class KeyFileRefused(Exception):
    """A key file is refused for `code`: KEY_FILE_PERMISSIONS or KEY_FILE_LOCKED."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Signer(Protocol):
    """Whatever can sign with a private key: memory, a file, a hardware module."""

    @property
    def kid(self) -> str:
        """The name of the key among its owner's keys."""

    @property
    def algorithm(self) -> str:
        """ES256 or EdDSA."""

    def public_jwk(self) -> dict[str, str]:
        """The public key as it is published, with `kid` and `alg`."""

    def sign(self, message: bytes) -> bytes:
        """The signature of `message` as JWS has it: 64 bytes, never DER."""


@dataclass(frozen=True, slots=True)
class KeySigner:
    """A private key in memory; `public` has passed the checks that any reader makes."""

    public: PublicKey
    _private: EllipticCurvePrivateKey | Ed25519PrivateKey = field(repr=False, compare=False)

    @staticmethod
    def of(private: PrivateKeyTypes, kid: str | None = None) -> "KeySigner":
        """The signer with a private key, called by its thumbprint unless `kid` is given.

        Raises KeyRefused KEY_TYPE_NOT_ALLOWED, and KEY_INVALID for a kid we would not read.
        """
        if isinstance(private, Ed25519PrivateKey):
            jwk = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
        elif isinstance(private, EllipticCurvePrivateKey) and private.curve.name == "secp256r1":
            jwk = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
        else:
            raise KeyRefused("KEY_TYPE_NOT_ALLOWED")
        if kid is not None:
            jwk["kid"] = kid
        return KeySigner(import_public(jwk, require_kid=False), private)

    @staticmethod
    def generate(kid: str | None = None, algorithm: str = "ES256") -> "KeySigner":
        """A new key for ES256 or EdDSA."""
        if algorithm == "EdDSA":
            return KeySigner.of(Ed25519PrivateKey.generate(), kid)
        if algorithm == "ES256":
            return KeySigner.of(generate_private_key(SECP256R1()), kid)
        raise ValueError("keys are for ES256 or EdDSA")

    @staticmethod
    def unsafe_from_seed(
        seed: bytes, kid: str | None = None, algorithm: str = "ES256"
    ) -> "KeySigner":
        """The same key for the same seed, for tests and demo worlds: who knows the seed can sign.

        SHA-256 of the seed is the P-256 scalar, brought into 1..n-1 if need be, or the Ed25519
        seed (formats.md, test keys).
        """
        digest = sha256(seed).digest()
        if algorithm == "EdDSA":
            return KeySigner.of(Ed25519PrivateKey.from_private_bytes(digest), kid)
        scalar = (int.from_bytes(digest) - 1) % (P256_ORDER - 1) + 1
        return KeySigner.of(derive_private_key(scalar, SECP256R1()), kid)

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
        """The signature of `message` as JWS has it: 64 bytes, never DER."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        r, s = decode_dss_signature(self._private.sign(message, _ECDSA))
        return r.to_bytes(32) + s.to_bytes(32)

    def _encrypted(self, passphrase: bytes) -> bytes:
        return self._private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase)
        )


def write_key_file(path: Path, signer: KeySigner, passphrase: bytes) -> None:
    """Write a new key file, whole or not at all, and see it onto the disk.

    Raises FileExistsError rather than overwrite, ValueError for an empty passphrase or a `path`
    that is not called by the key.
    """
    if path.stem != signer.kid:
        raise ValueError("a key file is called by its key")
    pem = signer._encrypted(passphrase)
    with NamedTemporaryFile(dir=path.parent) as file:  # mode 0600 from the start
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
        os.link(file.name, path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load_key_file(path: Path, passphrase: bytes | None) -> KeySigner:
    """The signer in a key file.

    Raises KeyFileRefused KEY_FILE_PERMISSIONS where others can read it, it is not ours or not a
    plain file, KEY_FILE_LOCKED where the passphrase does not open it or it is not encrypted;
    KeyRefused as `KeySigner.of`; OSError where it cannot be read.
    """
    pem = _read_private_file(path)
    if not passphrase or not pem.startswith(_ENCRYPTED):
        raise KeyFileRefused("KEY_FILE_LOCKED")
    try:
        private = load_pem_private_key(pem, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyFileRefused("KEY_FILE_LOCKED") from None
    return KeySigner.of(private, path.stem)


def _read_private_file(path: Path) -> bytes:
    try:
        # Not blocking: a pipe in its place must not hang the start.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise KeyFileRefused("KEY_FILE_PERMISSIONS") from None
        raise
    try:
        # Of the open file, which nobody can exchange between this look and the reading.
        found = os.fstat(descriptor)
        if (
            not stat.S_ISREG(found.st_mode)
            or found.st_uid != os.geteuid()
            or stat.S_IMODE(found.st_mode) & 0o077
        ):
            raise KeyFileRefused("KEY_FILE_PERMISSIONS")
        return os.read(descriptor, MAX_KEY_FILE_BYTES)
    finally:
        os.close(descriptor)


def read_passphrase(environ: Mapping[str, str], path: Path | None = None) -> bytes | None:
    """The passphrase of our key files, without the newline it may end with; None if there is none.

    From the file at `path` (a setting), else the file the environment names, else the environment.
    Raises OSError where the file cannot be read.
    """
    file = path or environ.get(PASSPHRASE_FILE_VARIABLE)
    if file:
        return Path(file).read_bytes().removesuffix(b"\n")
    value = environ.get(PASSPHRASE_VARIABLE)
    return os.fsencode(value).removesuffix(b"\n") if value else None
