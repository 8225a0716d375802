"""The evidence folder: anchors and policy, and signed documents under any file names (design.md 8).

Whoever names a bundle pins its anchors. Without usable anchors, or with a policy that cannot be
read, there is no bundle: BundleRefused. A statement, list or record that cannot be used is named in
`unusable`, and the rest serves. Where producers' keys are configured, a proven manifest must be
there, and a file that differs from it is not used.

A long-running service sees changes by itself: at most once a second it looks whether a file was
added, removed or replaced. What it then cannot use does not displace the anchors and the policy
that it had. Nothing here is believed to be genuine: proving is for the verifier.
"""

import json
import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from keys.jwk import PublicKey
from service.domain.verdict import Refused, Unavailable
from service.rules.catalogue import Catalogue, catalogue
from service.rules.policy import Policy
from service.storage.documents import (
    KINDS,
    SUFFIX,
    DocumentReader,
    Documents,
    Unusable,
    parse_document,
)
from service.storage.folder import BundleRefused, FileRefused, Stamp, stamp, stamps, write_whole
from service.storage.ground import (
    ANCHORS,
    POLICY,
    Ground,
    parse_anchors_file,
    parse_policy_file,
    read_ground,
)
from service.storage.manifest import MANIFEST, load_manifest
from service.trust.anchors import Anchor

__all__ = [
    "Bundle",
    "BundleRefused",
    "Unusable",
    "write_anchors",
    "write_document",
    "write_policy",
]

# How often a running service looks for changes, and how much of its time that may take at most.
LOOK_EVERY_S = 1.0
_LOOK_SHARE = 0.02
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True, slots=True)
class _State:
    """The folder as it was last read; `troubles` are what the last look could not use instead."""

    marks: Mapping[str, Stamp | None]
    ground: Ground
    documents: Documents
    troubles: tuple[Unusable, ...]
    version: int


class Bundle:
    """An evidence folder; a source of statements, status lists and records. Safe among threads."""

    def __init__(
        self, folder: Path, producers: Sequence[PublicKey], *, look_every_s: float
    ) -> None:
        self._folder = folder
        self._producers = tuple(producers)
        self._look_every_s = look_every_s
        self._lock = Lock()
        self._reader = DocumentReader(folder, digests=bool(producers))
        self._state = self._read(self._look(), None)
        self._next_look = monotonic() + look_every_s

    @classmethod
    def load(
        cls,
        folder: Path,
        producers: Sequence[PublicKey] = (),
        *,
        look_every_s: float = LOOK_EVERY_S,
    ) -> "Bundle":
        """The bundle in a folder, which may itself be a link. Raises BundleRefused."""
        try:
            real = folder.resolve(strict=True)
        except (OSError, RuntimeError):
            raise BundleRefused(str(folder), "there is no such folder") from None
        if not real.is_dir():
            raise BundleRefused(str(folder), "it is not a folder")
        return cls(real, producers, look_every_s=look_every_s)

    @property
    def ground(self) -> Ground:
        """Anchors, policy and catalogue: the same object for as long as they are the same."""
        return self._current().ground

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """The anchors that the bundle pins; never empty."""
        return self._current().ground.anchors

    @property
    def policy(self) -> Policy:
        """The policy of `policy.json`, or the default where there is none."""
        return self._current().ground.policy

    @property
    def catalogue(self) -> Catalogue:
        """The shipped catalogue with the standards of `policy.json` over it."""
        return self._current().ground.catalogue

    @property
    def unusable(self) -> tuple[Unusable, ...]:
        """What lies in the folder and is not used."""
        state = self._current()
        return state.troubles + state.documents.unusable

    @property
    def version(self) -> Hashable:
        """Changes with the anchors, the policy and the statements.

        Not with lists and records, which are asked for anew each time.
        """
        return self._current().version

    def about(self, subject: str) -> Sequence[str]:
        """Every statement about a body, the newest first; never raises Unavailable."""
        return [one.token for one in self._current().documents.about("statements", subject)]

    def every(self) -> Iterable[str]:
        """Every statement, in the order of file names."""
        return self._current().documents.statements

    def status_lists(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> Sequence[str]:
        """Every list of an address, the newest first; at `time`, those good then (1.5)."""
        found = self._current().documents.about("status", uri)
        return [one.token for one in found if time is None or one.good_at(time)]

    def records(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> Sequence[str]:
        """Every record of a certificate, the newest first."""
        found = self._current().documents.about("records", issuer, number)
        return [one.token for one in found]

    def status_list(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> str:
        """The first of `status_lists`. Raises Unavailable; `origins` bind only who fetches."""
        for token in self.status_lists(uri, time=time):
            return token
        raise Unavailable("the bundle holds no such status list")

    def record(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> str:
        """The first of `records`. Raises Unavailable; `origins` bind only who fetches."""
        for token in self.records(issuer, number):
            return token
        raise Unavailable("the bundle holds no such record")

    def _current(self) -> _State:
        # One thread looks; the others go on with what is known.
        if monotonic() >= self._next_look and self._lock.acquire(blocking=False):
            try:
                began = monotonic()
                self._state = self._refreshed(self._state)
                ended = monotonic()
                pause = max(self._look_every_s, (ended - began) / _LOOK_SHARE)
                self._next_look = ended + (pause if self._look_every_s else 0)
            finally:
                self._lock.release()
        return self._state

    def _refreshed(self, state: _State) -> _State:
        try:
            marks = self._look()
            return state if marks == state.marks else self._read(marks, state)
        except BundleRefused as refused:
            # Read anew as soon as it can be; till then everything stays as it was.
            return replace(state, marks={}, troubles=(Unusable(refused.file, refused.code),))

    def _look(self) -> dict[str, Stamp | None]:
        if not self._folder.is_dir():
            raise BundleRefused(".", "there is no such folder")
        marks = {name: stamp(self._folder / name) for name in (ANCHORS, POLICY, MANIFEST)}
        for kind in KINDS:
            try:
                found = stamps(self._folder / kind, SUFFIX)
            except FileRefused:
                marks[kind] = None
            else:
                marks |= {f"{kind}/{name}": mark for name, mark in found.items()}
        return marks

    def _read(self, marks: dict[str, Stamp | None], state: _State | None) -> _State:
        manifest = load_manifest(self._folder, self._producers) if self._producers else None
        known = state.ground if state else None
        troubles = [Unusable(kind, "FILE_UNREADABLE") for kind in KINDS if kind in marks]
        try:
            ground = read_ground(self._folder, manifest, known)
        except BundleRefused as refused:
            if known is None:
                raise
            ground = known
            troubles.append(Unusable(refused.file, refused.code))
        files = {name: mark for name, mark in marks.items() if "/" in name}
        documents = self._reader.read(files, manifest)
        version = state.version if state else 0
        if state and (ground, documents.statements) != (known, state.documents.statements):
            version += 1
        return _State(marks, ground, documents, tuple(troubles), version)


def write_document(folder: Path, kind: str, name: str, token: str) -> Path:
    """Put a token into a bundle as `<kind>/<name>.jwt`, durably; gives back the file.

    Raises ValueError for a kind not in KINDS, a name that is no plain file name, or a token that a
    bundle would not use; OSError where it cannot be written.
    """
    name = name.removesuffix(SUFFIX)
    if kind not in KINDS or not _NAME.fullmatch(name):
        raise ValueError("no such kind of document, or no plain file name")
    try:
        parse_document(kind, token.encode())
    except Refused as refused:
        raise ValueError(f"a bundle would not use this document: {refused.code}") from None
    return _write(folder / kind / f"{name}{SUFFIX}", token)


def write_anchors(folder: Path, anchors: Mapping[str, Any], known: Catalogue | None = None) -> Path:
    """Write `anchors.json`: `{"anchors": […]}`; their packs must be among the `known` ones.

    Raises ValueError for what would not be read.
    """
    parse_anchors_file(anchors, known or catalogue())
    return _write(folder / ANCHORS, json.dumps(anchors, ensure_ascii=False, indent=1))


def write_policy(folder: Path, policy: Mapping[str, Any]) -> Path:
    """Write `policy.json`: `{"policy": {…}, …}`. Raises ValueError for what would not be read."""
    parse_policy_file(policy)
    return _write(folder / POLICY, json.dumps(policy, ensure_ascii=False, indent=1))


def _write(file: Path, content: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, f"{content}\n".encode())
    return file
