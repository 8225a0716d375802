"""Lists and records from where they are published, statements from the evidence folder.

A document is fetched from its own address (design.md section 6) and kept as long as a list's `ttl`
allows; what cannot be fetched is looked for in the folder. What the folder's own bodies publish is
only ever read from the folder: a service does not call itself.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from service.domain.verdict import Refused, Unavailable
from service.status.record import MAX_RECORD_CHARS, record_uri
from service.status.status_list import (
    LONGEST_TTL_S,
    MAX_LIST_CHARS,
    SHORTEST_TTL_S,
    TTL_S,
    parse_list,
)
from service.storage.bundle import Bundle
from service.storage.fetch import Fetcher

STATUS_LIST = "application/statuslist+jwt"
RECORD = "application/certificate-record+jwt"
# A record has no life of its own in caches: a suspension must show as soon as with a list.
RECORD_KEPT_S = 60
# What is kept of documents fetched, in characters.
MAX_KEPT_CHARS = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    until: float


class FetchedEvidence:
    """A source of lists and records by address, and of a folder's statements. Safe among threads.

    `own` are the ids (or what they begin with) of the bodies whose evidence is in the folder.
    """

    def __init__(self, fetcher: Fetcher, folder: Bundle, *, own: Collection[str] = ()) -> None:
        self._fetcher = fetcher
        self._folder = folder
        self._own = tuple(own)
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._chars = 0
        self._lock = Lock()

    @property
    def version(self) -> Hashable:
        """That of the folder's statements."""
        return self._folder.version

    def about(self, subject: str) -> Sequence[str]:
        """Every statement of the folder about a body."""
        return self._folder.about(subject)

    def every(self) -> Iterable[str]:
        """Every statement of the folder."""
        return self._folder.every()

    def status_lists(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> Sequence[str]:
        """The list of an address; of a body of the folder every one. Raises Unavailable."""
        if self._is_own(uri):
            return self._folder.status_lists(uri, time=time)
        return (self.status_list(uri, origins=origins, time=time),)

    def records(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> Sequence[str]:
        """The record of a certificate; of a body of the folder every one. Raises Unavailable."""
        if self._is_own(issuer):
            return self._folder.records(issuer, number)
        return (self.record(issuer, number, origins=origins),)

    def status_list(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> str:
        """The list of an address, as it was at `time` (POSIX seconds) if given.

        Raises Unavailable, also for an answer that was not good at `time`: a static host gives
        today's whatever it is asked (formats.md 1.5).
        """
        if self._is_own(uri):
            return self._folder.status_list(uri, time=time)
        query = "" if time is None else f"{'&' if '?' in uri else '?'}time={time}"
        try:
            token = self._fetched(f"{uri}{query}", origins, STATUS_LIST, MAX_LIST_CHARS, _kept_s)
            if time is not None:
                _check_time(token, time)
        except Unavailable:
            return self._folder.status_list(uri, time=time)
        return token

    def record(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> str:
        """The record of a certificate. Raises Unavailable."""
        if self._is_own(issuer):
            return self._folder.record(issuer, number)
        uri = record_uri(issuer, number)
        try:
            return self._fetched(uri, origins, RECORD, MAX_RECORD_CHARS, lambda _: RECORD_KEPT_S)
        except Unavailable:
            return self._folder.record(issuer, number)

    def _is_own(self, name: str) -> bool:
        return any(name == own or name.startswith(f"{own}/") for own in self._own)

    def _fetched(
        self,
        uri: str,
        origins: Collection[str],
        accept: str,
        max_bytes: int,
        kept_s: Callable[[str], float],
    ) -> str:
        kept = self._kept.get(uri)
        if kept is not None and monotonic() < kept.until:
            return kept.token
        raw = self._fetcher.get(uri, origins=origins, accept=accept, max_bytes=max_bytes)
        token = raw.decode("ascii", "replace")
        self._keep(uri, _Kept(token, monotonic() + kept_s(token)))
        return token

    def _keep(self, uri: str, kept: _Kept) -> None:
        with self._lock:
            if (old := self._kept.pop(uri, None)) is not None:
                self._chars -= len(old.token)
            self._kept[uri] = kept
            self._chars += len(kept.token)
            while self._chars > MAX_KEPT_CHARS:
                _, oldest = self._kept.popitem(last=False)
                self._chars -= len(oldest.token)


def _kept_s(token: str) -> float:
    """How long a list is kept after it was fetched: its `ttl`, which the verifier clamps alike."""
    try:
        ttl = parse_list(token).unproven_claims.get("ttl", TTL_S)
    except Refused:
        return 0
    return min(max(ttl, SHORTEST_TTL_S), LONGEST_TTL_S) if type(ttl) is int else 0


def _check_time(token: str, time: int) -> None:
    try:
        claims = parse_list(token).unproven_claims
    except Refused:
        raise Unavailable("no list of that time") from None
    issued_at, ends_at = claims.get("iat"), claims.get("exp")
    if not (type(issued_at) is int and type(ends_at) is int and issued_at <= time <= ends_at):
        raise Unavailable("no list of that time")
