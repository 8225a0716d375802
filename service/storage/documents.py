"""The signed documents of an evidence folder, indexed by what they claim to be about.

A file may have any name; what it is about is read through the strict door of its type and stays
unproven. Several documents about one thing are all kept, the newest first: a forged newer one must
not hide a good one from a verifier that asks for all. What cannot be used is named, and the rest
serves. A file is read again only when it has changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.credential.jws import UnverifiedToken
from service.credential.reading import text
from service.domain.verdict import Refused
from service.status.record import MAX_RECORD_CHARS, parse_record
from service.status.status_list import MAX_LIST_CHARS, parse_list
from service.storage.folder import LINE_END_BYTES, FileRefused, Stamp, read_plain, shown, token_of
from service.storage.manifest import Manifest, digest
from service.trust.statement import MAX_STATEMENT_CHARS, parse_link

SUFFIX = ".jwt"
# Everything is held in memory. A bundle of 100,000 records has some 300 MB.
MAX_BUNDLE_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that is not used: its path in the folder, fit to be shown, and a code that says why.

    The codes of security.md 4.1 for what is no token of its type; FILE_UNREADABLE, FILE_TOO_LARGE,
    FILE_OUTSIDE (a link that leads out), FILE_MISSING, FILE_UNLISTED or FILE_DIFFERS (by the
    manifest), BUNDLE_TOO_LARGE, BUNDLE_UNUSABLE.
    """

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """An unproven document; `key` is what it claims to be about, instants in POSIX seconds.

    An instant that the token does not state properly is -1: it is for the verifier to say so.
    """

    kind: str
    key: tuple[str, ...]
    issued_at: int
    ends_at: int
    token: str

    def good_at(self, time: int) -> bool:
        """Whether it claims to be good at an instant (formats.md 1.5)."""
        return self.issued_at <= time <= self.ends_at


@dataclass(frozen=True, slots=True)
class Documents:
    """What a folder holds; the documents of one key stand newest first."""

    statements: tuple[str, ...]
    by_key: Mapping[tuple[str, ...], tuple[Document, ...]]
    unusable: tuple[Unusable, ...]

    def about(self, kind: str, *key: str) -> tuple[Document, ...]:
        """The documents of a kind about a subject, an address, or an issuer and number."""
        return self.by_key.get((kind, *key), ())


def _subject(parsed: UnverifiedToken) -> tuple[str, ...]:
    return (text(parsed.unproven_claims.get("sub")),)


def _issuer_and_number(parsed: UnverifiedToken) -> tuple[str, ...]:
    return (text(parsed.unproven_claims.get("iss")), *_subject(parsed))


@dataclass(frozen=True, slots=True)
class _Kind:
    parse: Callable[[str], UnverifiedToken]
    key: Callable[[UnverifiedToken], tuple[str, ...]]
    max_chars: int


KINDS: Mapping[str, _Kind] = {
    "statements": _Kind(lambda token: parse_link(token)[0], _subject, MAX_STATEMENT_CHARS),
    "status": _Kind(parse_list, _subject, MAX_LIST_CHARS),
    "records": _Kind(parse_record, _issuer_and_number, MAX_RECORD_CHARS),
}


def parse_document(kind: str, raw: bytes) -> Document:
    """The document that a file of a kind holds. Raises Refused."""
    token = token_of(raw)
    parsed = KINDS[kind].parse(token)
    key = KINDS[kind].key(parsed)
    claims = parsed.unproven_claims
    return Document(kind, key, _instant(claims.get("iat")), _instant(claims.get("exp")), token)


def _instant(value: Any) -> int:
    return value if type(value) is int else -1


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as it was when it had this stamp; without a digest where nobody compares it."""

    stamp: Stamp | None
    digest: str | None
    found: Document | str


class DocumentReader:
    """Reads the documents below `root`, a real path; what has not changed is kept.

    With `digests` each file can be held against a manifest.
    """

    def __init__(self, root: Path, *, digests: bool) -> None:
        self._root = root
        self._digests = digests
        self._kept: Mapping[str, _Read] = {}

    def read(self, marks: Mapping[str, Stamp | None], manifest: Manifest | None) -> Documents:
        """The documents among the files named, as `manifest` vouches for them if there is one."""
        kept: dict[str, _Read] = {}
        by_key: dict[tuple[str, ...], list[Document]] = {}
        statements: list[str] = []
        unusable: list[Unusable] = []
        total = 0
        for name, mark in marks.items():
            total += mark[1] if mark else 0
            if total > MAX_BUNDLE_BYTES:
                unusable.append(Unusable(shown(name), "BUNDLE_TOO_LARGE"))
                continue
            kept[name] = read = self._file(name, mark)
            found = _vouched(name, read, manifest)
            if isinstance(found, str):
                unusable.append(Unusable(shown(name), found))
                continue
            by_key.setdefault((found.kind, *found.key), []).append(found)
            if found.kind == "statements":
                statements.append(found.token)
        self._kept = kept
        for name in sorted(manifest.files.keys() - marks.keys()) if manifest else ():
            if name.partition("/")[0] in KINDS:
                unusable.append(Unusable(shown(name), "FILE_MISSING"))
        newest_first = {
            key: tuple(sorted(some, key=lambda one: -one.issued_at)) for key, some in by_key.items()
        }
        return Documents(tuple(statements), newest_first, tuple(unusable))

    def _file(self, name: str, mark: Stamp | None) -> _Read:
        known = self._kept.get(name)
        if known is not None and known.stamp == mark is not None:
            return known
        kind = name.partition("/")[0]
        try:
            raw = read_plain(self._root, name, max_bytes=KINDS[kind].max_chars + LINE_END_BYTES)
        except FileRefused as refused:
            return _Read(mark, None, refused.code)
        known_by = digest(raw) if self._digests else None
        try:
            return _Read(mark, known_by, parse_document(kind, raw))
        except Refused as refused:
            return _Read(mark, known_by, str(refused.code))


def _vouched(name: str, read: _Read, manifest: Manifest | None) -> Document | str:
    if manifest is not None and read.digest is not None:
        if name not in manifest.files:
            return "FILE_UNLISTED"
        if manifest.files[name] != read.digest:
            return "FILE_DIFFERS"
    return read.found
