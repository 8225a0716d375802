"""Where a private key rests, as one line of text.

`file:<path>`       an encrypted key file (`keys.signer`), its path as it stands
`pkcs11:<attrs>`    a key in a hardware module, as an RFC 7512 URI: `token` and `object`, and where
                    labels are shared `serial` and `id`; `?module-path=` names the module
`external`          elsewhere: its owner signs, and we only publish

A reference names a library to load and a file to open: it comes from an operator, never from a
request. It holds no secret, so a PIN in it is refused, and no refusal quotes it.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

from keys.module import KeyUnusable

# Long enough for any path; a reference is shown in lists.
MAX_REFERENCE_CHARS = 1_024

_PATH_ATTRIBUTES = frozenset({"token", "object", "serial", "id", "type"})
_QUERY_ATTRIBUTES = frozenset({"module-path"})
_SECRETS = frozenset({"pin-value", "pin-source"})
# RFC 7512 2.3, `pk11-pchar` and `pk11-qchar`: what a value may hold as it stands.
_PATH_VALUE = re.compile(r"(?:[A-Za-z0-9._~:\[\]@!$'()*+,=&-]|%[0-9A-Fa-f]{2})+")
_QUERY_VALUE = re.compile(r"(?:[A-Za-z0-9._~:\[\]@!$'()*+,=/?|-]|%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True)
class InFile:
    """An encrypted key file, called by its key."""

    path: Path

    def __str__(self) -> str:
        return f"file:{self.path}"


@dataclass(frozen=True, slots=True)
class InModule:
    """A key in a token; `module` is the library's absolute path, None for the environment's."""

    token: str
    label: str
    serial: str | None = None
    id: bytes | None = None
    module: str | None = None

    def __str__(self) -> str:
        text = f"pkcs11:token={quote(self.token, '')};object={quote(self.label, '')}"
        if self.serial is not None:
            text += f";serial={quote(self.serial, '')}"
        if self.id is not None:
            text += f";id={quote_from_bytes(self.id, '')}"
        return text if self.module is None else f"{text}?module-path={quote(self.module)}"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A key that its owner keeps and signs with."""

    def __str__(self) -> str:
        return "external"


Reference = InFile | InModule | Elsewhere


def parse_reference(text: str) -> Reference:
    """What a reference names; `str()` of it is its one canonical text. Raises KEY_REFERENCE."""
    if len(text) > MAX_REFERENCE_CHARS or not text.isprintable():
        raise _unclear("too long, or with characters that cannot be printed")
    custody, _, rest = text.partition(":")
    if text == "external":
        return Elsewhere()
    if custody == "file" and rest and not rest.startswith("//"):
        return InFile(Path(rest))
    if custody == "pkcs11":
        return _parse_uri(rest)
    raise _unclear("neither file:PATH nor pkcs11:token=…;object=… nor external")


def _parse_uri(text: str) -> InModule:
    path, _, query = text.partition("?")
    named = _attributes(path, ";", _PATH_VALUE, _PATH_ATTRIBUTES)
    asked = _attributes(query, "&", _QUERY_VALUE, _QUERY_ATTRIBUTES) if query else {}
    if not {"token", "object"} <= named.keys() or named.get("type", b"private") != b"private":
        raise _unclear("a token and an object are named, and the object is private")
    module = asked.get("module-path")
    if module is not None and not module.startswith(b"/"):
        raise _unclear("module-path is absolute")
    return InModule(
        _text(named["token"]),
        _text(named["object"]),
        _text(named["serial"]) if "serial" in named else None,
        named.get("id"),
        _text(module) if module is not None else None,
    )


def _attributes(
    text: str, separator: str, value: re.Pattern[str], known: frozenset[str]
) -> dict[str, bytes]:
    """The attributes of one half of a URI (RFC 7512 2.3), each once, percent-decoded."""
    found: dict[str, bytes] = {}
    for attribute in text.split(separator):
        name, _, written = attribute.partition("=")
        if name in _SECRETS:
            raise _unclear(f"{name} is not for references: the environment holds the PIN")
        if name not in known or name in found or not value.fullmatch(written):
            raise _unclear(f"of {', '.join(sorted(known))} each at most once, percent-encoded")
        found[name] = unquote_to_bytes(written)
    return found


def _text(value: bytes) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if not text.isprintable() or not text:
        raise _unclear("only id may hold bytes that are no text")
    return text


def _unclear(why: str) -> KeyUnusable:
    return KeyUnusable("KEY_REFERENCE", why)
