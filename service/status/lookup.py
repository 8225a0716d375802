"""Lists and records as a verifier uses them: asked for, proven, compared with what is remembered.

The newest proven document of an address counts, the remembered one included, and what was final
stays final. Evidence that is refused is no evidence: its code says why the answer is not known.
What is no longer fresh is told apart by how it came: delivered now, or only remembered
(security.md R12, sections 4.5 and 8.2).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
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

# So many documents under one name are tried; an honest source has one or two.
MAX_CANDIDATES = 8

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
class _Kind:
    """One kind of document: its name in reports and in memory, and what it is signed with."""

    name: str
    memory: str
    purpose: str
    parse: Callable[[str], jws.UnverifiedToken]


_LIST = _Kind("status_list", "status", "status", parse_list)
_RECORD = _Kind("record", "record", "record", parse_record)


_NO_RECORD: Found[Record] = Found(None)


class _Wanted(NamedTuple, Generic[_Document]):
    """One document that is asked for: where it lies, how it is remembered and read."""

    kind: _Kind
    uri: str
    key: str
    read: Callable[[str, Mapping[str, Any]], _Document]


class _Proven(NamedTuple, Generic[_Document]):
    """A document with the token that it was read from."""

    token: str
    document: _Document


class _Answer(NamedTuple):
    """What was found out about a list in one second: many certificates rest on one list."""

    tokens: Sequence[str]
    keyring: Keyring
    memory: Memory | None
    remembered: str | None
    at: int
    found: Found[StatusList]

    def answers(self, uri: str, tokens: Sequence[str], asking: Asking) -> bool:
        """Whether everything that this rests on is still the same."""
        memory = asking.memory
        return (
            self.at == asking.at
            and self.keyring is asking.keyring
            and self.memory is memory
            and self.tokens == tokens
            and (memory is None or memory.recall(_LIST.memory, uri) == self.remembered)
        )


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
        """The list of an address; with `time` (POSIX seconds) the one that held then."""
        tokens = _ask(lambda: self._lists.status_lists(uri, origins=asking.origins, time=time))
        known = self._answers.get(uri) if time is None else None
        if known is not None and known.answers(uri, tokens, asking):
            return known.found

        def read(token: str, claims: Mapping[str, Any]) -> StatusList:
            return read_list(claims, uri=uri, token=token)

        wanted = _Wanted(_LIST, uri, uri, read)
        if time is not None:
            return self._historical(wanted, tokens, asking, time)
        found, memory = self._newest(wanted, tokens, asking), asking.memory
        remembered = memory.recall(_LIST.memory, uri) if memory is not None else None
        self._answers[uri] = _Answer(tokens, asking.keyring, memory, remembered, asking.at, found)
        return found

    def record(self, number: str, asking: Asking) -> Found[Record]:
        """The record of a certificate; one that is not there at all is no finding."""
        issuer = asking.issuer
        tokens = _ask(lambda: self._records.records(issuer, number, origins=asking.origins))
        if not tokens and asking.memory is None:
            return _NO_RECORD

        def read(_: str, claims: Mapping[str, Any]) -> Record:
            return read_record(claims, issuer=issuer, number=number)

        wanted = _Wanted(_RECORD, record_uri(issuer, number), link_key(issuer, number), read)
        found = self._newest(wanted, tokens, asking)
        quiet = {Reason.STATUS_UNAVAILABLE, Reason.STATUS_STALE}
        findings = tuple(one for one in found.findings if one.code not in quiet)
        return Found(found.document, findings, found.evidence)

    def _newest(
        self, wanted: _Wanted[_Document], tokens: Sequence[str], asking: Asking
    ) -> Found[_Document]:
        """The newest document that proves itself, the remembered one included."""
        memory, kind = asking.memory, wanted.kind
        offered, trouble = self._offered(wanted, tokens, asking)
        kept = memory.recall(kind.memory, wanted.key) if memory is not None else None
        remembered = offered
        if offered is None or kept != offered.token:
            remembered, _ = self._offered(wanted, [kept] if kept is not None else [], asking)
        if offered is None and remembered is None:
            return Found(None, (_not_known(trouble),))
        newest = _newer(offered, remembered)
        if memory is not None and newest is offered and newest is not remembered:
            _remember(memory, wanted, newest, remembered)
        return _fresh(wanted, newest, offered, trouble, asking)

    def _offered(
        self, wanted: _Wanted[_Document], tokens: Sequence[str], asking: Asking
    ) -> tuple[_Proven[_Document] | None, Refused | None]:
        """The newest of some tokens that proves itself, and why one did not.

        A forged newer one does not hide a good one that lies beside it.
        """
        best: _Proven[_Document] | None = None
        trouble: Refused | None = None
        for token in tokens[:MAX_CANDIDATES]:
            try:
                proven = _Proven(token, self._prove(wanted, token, asking))
            except Refused as refused:
                trouble = trouble or refused
                continue
            best = proven if best is None else _newer(best, proven)
        return best, trouble

    def _historical(
        self, wanted: _Wanted[StatusList], tokens: Sequence[str], asking: Asking, time: int
    ) -> Found[StatusList]:
        """A list of the past serves only a moment within its own life (formats.md 1.5)."""
        found, _ = self._offered(wanted, tokens, asking)
        if found is None or not found.document.issued_at <= time <= found.document.ends_at:
            return Found(None)
        return Found(found.document, (), _evidence(wanted, found.document, asking))

    def _prove(self, wanted: _Wanted[_Document], token: str, asking: Asking) -> _Document:
        known = self._kept.get((wanted.uri, token))
        if known is not None and known[0] is asking.keyring:
            document: _Document = known[1]
        else:
            proven = _signed(wanted.kind, wanted.kind.parse(token), asking.keyring)
            document = wanted.read(token, proven.claims)
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[wanted.uri, token] = (asking.keyring, document)
        if document.issued_at > asking.at + LEEWAY_S:
            raise Refused(Reason.TIME_IN_FUTURE)
        return document


def _newer(one: _Proven[_Document] | None, other: _Proven[_Document] | None) -> _Proven[_Document]:
    """The newer of two, of which one may be missing; the first where they are alike."""
    if one is None or (other is not None and other.document.issued_at > one.document.issued_at):
        if other is None:
            raise ValueError("one of the two is there")
        return other
    return one


def _remember(
    memory: Memory,
    wanted: _Wanted[_Document],
    newest: _Proven[_Document],
    older: _Proven[_Document] | None,
) -> None:
    document, before = newest.document, older.document if older is not None else None
    if isinstance(document, StatusList) and isinstance(before, StatusList):
        for idx, value in changed_finals(before, document):
            memory.keep_final(wanted.uri, idx, value)
    memory.remember(wanted.kind.memory, wanted.key, newest.token, document.issued_at)


def _ask(fetch: Callable[[], Sequence[str]]) -> Sequence[str]:
    try:
        return fetch()
    except Unavailable:
        return ()


def _signed(kind: _Kind, parsed: jws.UnverifiedToken, keyring: Keyring) -> jws.VerifiedToken:
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
    wanted: _Wanted[_Document],
    newest: _Proven[_Document],
    offered: _Proven[_Document] | None,
    trouble: Refused | None,
    asking: Asking,
) -> Found[_Document]:
    document = newest.document
    findings: list[Finding] = []
    if offered is not None and offered is not newest:
        findings.append(Finding.of(Check.STATUS, Reason.STATUS_ROLLBACK))
    evidence = _evidence(wanted, document, asking)
    if asking.at < document.issued_at + evidence.good_for_s:
        if trouble is not None:
            findings.append(_not_known(trouble, note=True))
        return Found(document, tuple(findings), evidence)
    if offered is None and trouble is not None:
        return Found(None, (_not_known(trouble), *findings), evidence)
    code = Reason.STATUS_STALE if newest is offered else Reason.STATUS_UNAVAILABLE
    day = civil_day(document.issued_at, asking.zone)
    findings.append(Finding.of(Check.STATUS, code, date=day, age_s=evidence.age_s))
    return Found(None, tuple(findings), evidence)


def _evidence(wanted: _Wanted[_Document], document: _Document, asking: Asking) -> Evidence:
    return Evidence(
        kind=wanted.kind.name,
        uri=wanted.uri,
        issued_at=document.issued_at,
        age_s=max(0, asking.at - document.issued_at),
        good_for_s=min(document.ends_at - document.issued_at, asking.max_age_s),
        signed_by=asking.issuer,
    )


def final_value(listed: StatusList, idx: int, memory: Memory | None) -> int:
    """The value at an index; what was final once stays so. Raises Refused STATUS_INDEX_RANGE."""
    value = listed.value(idx)
    if value in FINAL or memory is None:
        return value
    return memory.finals(listed.uri).get(idx, value)
