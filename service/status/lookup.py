"""Lists and records as a verifier uses them: asked for, proven, compared with what is remembered.

The newest proven document of an address counts, the remembered one included, and what was final
stays final. Evidence that is refused is no evidence: its code says why the answer is not known.
What is no longer fresh is told apart by how it came: delivered now, or only remembered
(security.md R12, sections 4.5 and 8.2).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from keys.jwk import KeyRefused
from keys.keyring import Keyring
from service.credential import jws
from service.domain.dates import civil_day
from service.domain.memory import Memory, link_key
from service.domain.reason import Reason
from service.domain.report import Evidence
from service.domain.surveillance import Record
from service.domain.verdict import Check, Finding, Outcome, Refused, Unavailable
from service.status.record import parse_record, read_record, record_uri
from service.status.sources import RecordSource, StatusSource
from service.status.status_list import FINAL, StatusList, changed_finals, parse_list, read_list

# A clock may run behind the signer's by this many seconds (R7).
LEEWAY_S = 120
# Proven documents kept by address, so that each is proven once while it stays the newest.
MAX_KEPT = 4_096

_Document = TypeVar("_Document", StatusList, Record)


class Asking(NamedTuple):
    """On whose behalf a document is asked for: its signer's keys, origins and zone, and when.

    `at` in POSIX seconds; `max_age_s` is the policy's age limit in seconds. `memory` is None where
    nothing is to be remembered.
    """

    issuer: str
    keyring: Keyring
    origins: Collection[str]
    zone: str
    at: int
    max_age_s: int
    memory: Memory | None


class Found(NamedTuple, Generic[_Document]):
    """A fresh document, or None with the findings that say why; its age for the report."""

    document: _Document | None
    findings: tuple[Finding, ...] = ()
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class _Kind(Generic[_Document]):
    """One kind of document: how it is remembered, what it is signed with, how it is read."""

    name: str
    purpose: str
    parse: Callable[[str], jws.UnverifiedToken]


_LIST: _Kind[StatusList] = _Kind("status_list", "status", parse_list)
_RECORD: _Kind[Record] = _Kind("record", "record", parse_record)


_NO_RECORD: Found[Record] = Found(None)


class _Answer(NamedTuple):
    """What was found out about a list in one second: many certificates rest on one list."""

    token: str
    keyring: Keyring
    memory: Memory | None
    at: int
    found: Found[StatusList]

    def answers(self, token: str | None, asking: Asking) -> bool:
        """Whether everything that this rests on is still the same."""
        memory = asking.memory
        return (
            self.at == asking.at
            and self.token == token
            and self.keyring is asking.keyring
            and self.memory is memory
            and (memory is None or memory.recall("status", self._uri) == token)
        )

    @property
    def _uri(self) -> str:
        return self.found.evidence.uri if self.found.evidence is not None else ""


class Lookup:
    """Looks documents up; those it has proven are kept until another is offered."""

    def __init__(self, lists: StatusSource, records: RecordSource) -> None:
        self._lists = lists
        self._records = records
        self._kept: dict[tuple[str, str], tuple[Keyring, Any]] = {}
        self._answers: dict[str, _Answer] = {}

    def status_list(
        self, uri: str, asking: Asking, *, time: int | None = None
    ) -> Found[StatusList]:
        """The list of an address; with `time` (POSIX seconds) the one that held then, if given."""
        token, trouble = _ask(
            lambda: self._lists.status_list(uri, origins=asking.origins, time=time)
        )
        memory = asking.memory
        answer = self._answers.get(uri) if time is None and token is not None else None
        if answer is not None and answer.answers(token, asking):
            return answer.found

        def read(token: str, claims: Any) -> StatusList:
            return read_list(claims, uri=uri, token=token)

        if time is not None:
            return self._historical(_LIST, uri, token, asking, read, time)
        found = self._newest(_LIST, uri, "status", uri, token, trouble, asking, read)
        if token is not None and (memory is None or memory.recall("status", uri) == token):
            self._answers[uri] = _Answer(token, asking.keyring, memory, asking.at, found)
        return found

    def record(self, number: str, asking: Asking) -> Found[Record]:
        """The record of a certificate; one that is not there at all is no finding."""
        token, trouble = _ask(
            lambda: self._records.record(asking.issuer, number, origins=asking.origins)
        )
        if token is None and trouble is None and asking.memory is None:
            return _NO_RECORD

        def read(_: str, claims: Any) -> Record:
            return read_record(claims, issuer=asking.issuer, number=number)

        uri = record_uri(asking.issuer, number)
        key = link_key(asking.issuer, number)
        found = self._newest(_RECORD, uri, "record", key, token, trouble, asking, read)
        quiet = {Reason.STATUS_UNAVAILABLE, Reason.STATUS_STALE}
        return Found(
            found.document,
            tuple(one for one in found.findings if one.code not in quiet),
            found.evidence,
        )

    def _newest(
        self,
        kind: _Kind[_Document],
        uri: str,
        memory_kind: str,
        memory_key: str,
        token: str | None,
        trouble: Refused | None,
        asking: Asking,
        read: Callable[[str, Any], _Document],
    ) -> Found[_Document]:
        memory = asking.memory
        offered: _Document | None = None
        if token is not None:
            try:
                offered = self._prove(kind, uri, token, asking, read)
            except Refused as refused:
                trouble = refused
        kept = memory.recall(memory_kind, memory_key) if memory is not None else None
        remembered = offered if kept == token else self._recalled(kind, uri, kept, asking, read)
        newest = max(
            (one for one in (offered, remembered) if one is not None),
            key=lambda one: one.issued_at,
            default=None,
        )
        if newest is None:
            return Found(None, (_not_known(trouble),))
        if memory is not None and newest is offered and newest is not remembered:
            if isinstance(newest, StatusList) and isinstance(remembered, StatusList):
                for idx, value in changed_finals(remembered, newest):
                    memory.keep_final(uri, idx, value)
            memory.remember(memory_kind, memory_key, token or "", newest.issued_at)
        return _fresh(kind, uri, newest, offered, trouble, asking)

    def _recalled(
        self,
        kind: _Kind[_Document],
        uri: str,
        kept: str | None,
        asking: Asking,
        read: Callable[[str, Any], _Document],
    ) -> _Document | None:
        if kept is None:
            return None
        try:
            return self._prove(kind, uri, kept, asking, read)
        except Refused:
            return None  # its key was lost or its signer changed since it was proven

    def _historical(
        self,
        kind: _Kind[StatusList],
        uri: str,
        token: str | None,
        asking: Asking,
        read: Callable[[str, Any], StatusList],
        time: int,
    ) -> Found[StatusList]:
        """A list of the past serves only a moment within its own life (formats.md 1.5)."""
        try:
            found = self._prove(kind, uri, token, asking, read) if token is not None else None
        except Refused:
            found = None
        if found is None or not found.issued_at <= time <= found.ends_at:
            return Found(None)
        return Found(found, (), _evidence(kind, uri, found, asking))

    def _prove(
        self,
        kind: _Kind[_Document],
        uri: str,
        token: str,
        asking: Asking,
        read: Callable[[str, Any], _Document],
    ) -> _Document:
        known = self._kept.get((uri, token))
        if known is not None and known[0] is asking.keyring:
            document: _Document = known[1]
        else:
            parsed = kind.parse(token)
            document = read(token, _signed(kind, parsed, asking.keyring).claims)
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[uri, token] = (asking.keyring, document)
        if document.issued_at > asking.at + LEEWAY_S:
            raise Refused(Reason.TIME_IN_FUTURE)
        return document


def _ask(fetch: Callable[[], str]) -> tuple[str | None, Refused | None]:
    try:
        return fetch(), None
    except Unavailable:
        return None, None
    except Refused as refused:
        return None, refused


def _signed(
    kind: _Kind[_Document], parsed: jws.UnverifiedToken, keyring: Keyring
) -> jws.VerifiedToken:
    """The token proven with a key of its body for this purpose; else STATUS_SIGNER (S13)."""
    issued_at = parsed.unproven_claims.get("iat")
    try:
        key = keyring.find(
            parsed.kid,
            algorithm=parsed.algorithm,
            purpose=kind.purpose,
            signed_at=issued_at if type(issued_at) is int else None,
        )
        return jws.verify(parsed, key)
    except KeyRefused as refused:
        raise Refused(Reason.STATUS_SIGNER, key=refused.code) from None
    except Refused as refused:
        raise Refused(Reason.STATUS_SIGNER, key=str(refused.code)) from None


def _not_known(trouble: Refused | None, *, note: bool = False) -> Finding:
    outcome = Outcome.NOTE if note else Outcome.CANNOT_CONFIRM
    if trouble is None:
        return Finding.of(Check.STATUS, Reason.STATUS_UNAVAILABLE, outcome=outcome)
    return Finding.of(Check.STATUS, trouble.code, outcome=outcome, **trouble.facts)


def _fresh(
    kind: _Kind[_Document],
    uri: str,
    newest: _Document,
    offered: _Document | None,
    trouble: Refused | None,
    asking: Asking,
) -> Found[_Document]:
    findings: list[Finding] = []
    if offered is not None and offered is not newest:
        findings.append(Finding.of(Check.STATUS, Reason.STATUS_ROLLBACK))
    evidence = _evidence(kind, uri, newest, asking)
    if asking.at < newest.issued_at + evidence.good_for_s:
        if trouble is not None:
            findings.append(_not_known(trouble, note=True))
        return Found(newest, tuple(findings), evidence)
    if offered is None and trouble is not None:
        return Found(None, (_not_known(trouble), *findings), evidence)
    code = Reason.STATUS_STALE if newest is offered else Reason.STATUS_UNAVAILABLE
    day = civil_day(newest.issued_at, asking.zone)
    findings.append(Finding.of(Check.STATUS, code, date=day, age_s=evidence.age_s))
    return Found(None, tuple(findings), evidence)


def _evidence(kind: _Kind[_Document], uri: str, document: _Document, asking: Asking) -> Evidence:
    life = min(document.ends_at - document.issued_at, asking.max_age_s)
    return Evidence(
        kind=kind.name,
        uri=uri,
        issued_at=document.issued_at,
        age_s=max(0, asking.at - document.issued_at),
        good_for_s=life,
        signed_by=asking.issuer,
    )


def final_value(listed: StatusList, idx: int, memory: Memory | None) -> int:
    """The value at an index; what was final once stays so. Raises Refused STATUS_INDEX_RANGE."""
    value = listed.value(idx)
    if value in FINAL or memory is None:
        return value
    return memory.finals(listed.uri).get(idx, value)
