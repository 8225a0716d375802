"""What is published: the signed evidence of the bodies hosted here, each at its own place.

The folder is an evidence folder (design.md 8) with one part more: below `public/` a status list or
record lies where its address says, so that a web server can hand it out as a file, and finding one
among a million costs as much as among ten. What came from elsewhere lies flat, as in any bundle.
"""

import json
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from service.domain.verdict import Unavailable
from service.rules.catalogue import Catalogue
from service.rules.policy import Policy
from service.status.record import MAX_RECORD_CHARS
from service.status.status_list import MAX_LIST_CHARS
from service.storage.bundle import LOOK_EVERY_S, Bundle, Unusable, write_document
from service.storage.documents import SUFFIX
from service.storage.folder import LINE_END_BYTES, FileRefused, read_plain, token_of, write_whole
from service.storage.ground import Ground
from service.trust.anchors import Anchor

PUBLIC, HOSTED = "public", "hosted.json"
_MAX_HOSTED_BYTES = 4_096
_LIMITS: Mapping[str, int] = {"status": MAX_LIST_CHARS, "records": MAX_RECORD_CHARS}


class Published:
    """The evidence folder of a service that hosts bodies; a source for verifiers.

    `base` is what the ids of the bodies hosted here begin with. Safe among threads.
    """

    def __init__(self, folder: Path, base: str, *, look_every_s: float = LOOK_EVERY_S) -> None:
        """Raises BundleRefused where the folder cannot serve."""
        self._bundle = Bundle.load(folder, look_every_s=look_every_s)
        self._root = folder.resolve()
        self._base = base

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._root

    @property
    def ground(self) -> Ground:
        """Anchors, policy and catalogue: the same object for as long as they are the same."""
        return self._bundle.ground

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """The pinned anchors."""
        return self._bundle.anchors

    @property
    def policy(self) -> Policy:
        """The policy of `policy.json`, or the default."""
        return self._bundle.policy

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue with the standards of `policy.json` over it."""
        return self._bundle.catalogue

    @property
    def unusable(self) -> tuple[Unusable, ...]:
        """What lies flat in the folder and is not used."""
        return self._bundle.unusable

    @property
    def version(self) -> Hashable:
        """Changes with the anchors, the policy and the statements."""
        return self._bundle.version

    def about(self, subject: str) -> Sequence[str]:
        """Every statement about a body, the newest first."""
        return self._bundle.about(subject)

    def every(self) -> Iterable[str]:
        """Every statement."""
        return self._bundle.every()

    def status_lists(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> Sequence[str]:
        """The list at an address; those of the past are not kept here."""
        body, mark, name = uri.rpartition("/status/")
        own = self._own(body, "status", name) if mark and time is None else None
        return [own] if own is not None else self._bundle.status_lists(uri, time=time)

    def records(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> Sequence[str]:
        """The record of a certificate."""
        own = self._own(issuer, "records", number)
        return [own] if own is not None else self._bundle.records(issuer, number)

    def status_list(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> str:
        """The first of `status_lists`. Raises Unavailable."""
        return _first(self.status_lists(uri, time=time))

    def record(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> str:
        """The first of `records`. Raises Unavailable."""
        return _first(self.records(issuer, number))

    def write(self, body: str, kind: str, name: str, token: str) -> None:
        """Put a list (`status`) or record (`records`) in its place, durably, whole or not at all.

        Raises ValueError for a body that is not hosted here or a name that has no place, OSError
        where it cannot be written.
        """
        place = self.place(body, kind, name)
        if place is None:
            raise ValueError("this document has no place here")
        file = self._root / place
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, f"{token}\n".encode())

    def write_statement(self, issuer: str, subject: str, token: str) -> None:
        """Put a statement of one body about another among the statements."""
        by, of = (quote(one.partition("://")[2], safe="") for one in (issuer, subject))
        name = by if issuer == subject else f"{by}-about-{of}"
        write_document(self._root, "statements", name.replace("%", "_"), token)

    def place(self, body: str, kind: str, name: str) -> str | None:
        """The path in the folder of a document of a body hosted here; None where it has none."""
        if body != self._base and not body.startswith(f"{self._base}/"):
            return None
        parts = [part for part in body[len(self._base) :].split("/") if part]
        steps = [*parts, kind, *f"{name}".split("/")]
        # An address cannot climb, hide or name nothing; what is too long for a file has no place.
        if any(not step or step.startswith(".") or len(step.encode()) > 200 for step in steps):
            return None
        if any(ord(char) < 32 or char == "\\" for step in steps for char in step):
            return None
        return "/".join([PUBLIC, *steps]) + SUFFIX

    def _own(self, body: str, kind: str, name: str) -> str | None:
        place = self.place(body, kind, name)
        if place is None:
            return None
        try:
            raw = read_plain(self._root, place, max_bytes=_LIMITS[kind] + LINE_END_BYTES)
        except FileRefused:
            return None
        return token_of(raw)


def _first(tokens: Sequence[str]) -> str:
    for token in tokens:
        return token
    raise Unavailable("nothing like it is published here")


def prepare_folder(folder: Path, base: str) -> None:
    """Make the parts of an evidence folder that are not there yet, for ids below `base`.

    Raises OSError.
    """
    for part in (PUBLIC, "statements", "status", "records"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    if hosted_in(folder) != base:
        write_whole(folder / HOSTED, (json.dumps({"base": base}) + "\n").encode())


def hosted_in(folder: Path) -> str | None:
    """What the ids begin with whose evidence lies below `public/`; None where there is none."""
    try:
        base = json.loads(read_plain(folder.resolve(), HOSTED, max_bytes=_MAX_HOSTED_BYTES))["base"]
    except (FileRefused, ValueError, KeyError, TypeError):
        return None
    return base if isinstance(base, str) else None


__all__ = ["PUBLIC", "Published", "hosted_in", "prepare_folder"]
