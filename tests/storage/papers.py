"""Small signed documents for folders: statements, lists and records that pass the strict doors."""

from pathlib import Path
from typing import Any

from keys.signer import KeySigner
from service.credential import jws
from service.status import record, status_list
from service.storage.bundle import write_anchors, write_document
from service.trust import statement

ANCHOR = "https://arrangement.example"
BODY = "https://cb-a.example"
URI = f"{BODY}/status/1"
NUMBER = "CB-A/2024/0113"
AT = 1_780_000_000
DAY_S = 86_400
SIGNER = KeySigner.unsafe_from_seed(b"tests/storage", "storage-1")
OTHER = KeySigner.unsafe_from_seed(b"tests/storage/other", "storage-2")


def a_statement(subject: str = BODY, at: int = AT, **more: Any) -> str:
    claims = {"iss": ANCHOR, "sub": subject, "iat": at, "exp": at + DAY_S, **more}
    return jws.sign(claims, SIGNER, typ=statement.TYP, max_chars=statement.MAX_STATEMENT_CHARS)


def a_list(at: int = AT, uri: str = URI, *, ttl: int = 3_600, raw: bytes = b"\0" * 8) -> str:
    return status_list.sign_list(uri, raw, SIGNER, at=at, ttl=ttl)


def a_record(at: int = AT, number: str = NUMBER, **more: Any) -> str:
    claims = {"iss": BODY, "sub": number, "iat": at, "exp": at + DAY_S, "events": [], **more}
    return jws.sign(claims, SIGNER, typ=record.TYP, max_chars=record.MAX_RECORD_CHARS)


def anchors_json(signer: KeySigner = SIGNER, **more: Any) -> dict[str, Any]:
    return {"anchors": [{"id": ANCHOR, "jwks": {"keys": [signer.public_jwk()]}, **more}]}


def a_folder(folder: Path) -> Path:
    """A whole bundle: anchors, and one document of each kind."""
    write_anchors(folder, anchors_json())
    write_document(folder, "statements", "cb-a", a_statement())
    write_document(folder, "status", "1", a_list())
    write_document(folder, "records", "0113", a_record())
    return folder
