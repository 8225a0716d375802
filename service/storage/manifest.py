"""The manifest of a bundle: its producer's word on which files belong to it, and what is in them.

A token of type `bundle-manifest+jwt` with `iss`, `iat`, `exp` and `files`, the SHA-256 (base64url)
of each file by its path (formats.md sections 3 and 7). It tells an altered folder from the one that
was produced; what the files say is proven on their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from keys import b64u
from keys.jwk import PublicKey
from keys.signer import Signer
from service.credential import jws
from service.credential.reading import instant, read_object, text
from service.domain.reason import Reason
from service.domain.verdict import Refused
from service.storage.folder import LINE_END_BYTES, BundleRefused, FileRefused, read_plain, token_of

MANIFEST = "manifest.jwt"
TYP = "bundle-manifest+jwt"
# Some 40,000 files.
MAX_MANIFEST_CHARS = 4 * 1024 * 1024
_DIGEST_CHARS = 43


@dataclass(frozen=True, slots=True)
class Manifest:
    """A proven manifest; instants in POSIX seconds, which its reader judges."""

    producer: str
    issued_at: int
    ends_at: int
    files: Mapping[str, str]


def digest(raw: bytes) -> str:
    """The digest of a file as a manifest writes it."""
    return b64u.encode(sha256(raw).digest())


def load_manifest(root: Path, producers: Sequence[PublicKey]) -> Manifest:
    """The proven manifest of the folder `root`, a real path. Raises BundleRefused."""
    try:
        raw = read_plain(root, MANIFEST, max_bytes=MAX_MANIFEST_CHARS + LINE_END_BYTES)
        return read_manifest(token_of(raw), producers)
    except FileRefused as refused:
        raise BundleRefused(
            MANIFEST, f"a configured producer must vouch for this folder, and {refused}"
        ) from None
    except Refused as refused:
        why = f"no configured producer vouches for this folder ({refused.code})"
        raise BundleRefused(MANIFEST, why) from None


def read_manifest(token: str, producers: Sequence[PublicKey]) -> Manifest:
    """The manifest that one of the producers' keys has signed.

    Raises Refused: TOKEN_*, JSON_*, JOSE_*, KEY_UNKNOWN, SIGNATURE_INVALID or CLAIM_*.
    """
    parsed = jws.parse(token, typ=TYP, max_chars=MAX_MANIFEST_CHARS)
    key = next((one for one in producers if one.kid == parsed.kid), None)
    if key is None:
        raise Refused(Reason.KEY_UNKNOWN)
    found = read_object(
        jws.verify(parsed, key).claims, _CLAIMS, frozenset("iss iat exp files".split())
    )
    return Manifest(found["iss"], found["iat"], found["exp"], found["files"])


def sign_manifest(
    files: Mapping[str, bytes], signer: Signer, *, producer: str, at: int, life_s: int
) -> str:
    """The manifest of files by relative path, issued at `at` (POSIX seconds) for `life_s` s."""
    claims = {
        "iss": producer,
        "iat": at,
        "exp": at + life_s,
        "files": {name: digest(raw) for name, raw in sorted(files.items())},
    }
    return jws.sign(claims, signer, typ=TYP, max_chars=MAX_MANIFEST_CHARS)


def _files(value: Any) -> Mapping[str, str]:
    if type(value) is not dict:
        raise Refused(Reason.CLAIM_TYPE)
    for name, found in value.items():
        if not name or type(found) is not str or len(found) != _DIGEST_CHARS:
            raise Refused(Reason.CLAIM_TYPE)
    return value


# Sequence and deltas are for whoever updates a bundle (formats.md section 7); here they are let be.
_CLAIMS = {
    "iss": text,
    "iat": instant,
    "exp": instant,
    "files": _files,
    **dict.fromkeys(("seq", "lists", "deltas"), lambda value: value),
}
