"""The verifier: one text, one instant, one question, and a report with everything it rests on.

The steps are those of design.md section 7 and security.md section 3, and the code repeats the
numbers. Steps 1 to 6 stop at the first failure; from step 7 every finding is kept and the worst
decides. Nothing is asked of anyone before signature and chain hold.

(1) read  (2) parse  (3) chain  (4) key  (5) signature  (6) claims
(7) coverage  (8) status and record  (9) fit  (10) verdict
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from keys.jwk import KeyRefused
from service.credential import jws
from service.credential.claims import IAT_LEEWAY_S, TYP, parse_certificate
from service.credential.packing import read_text
from service.domain.certificate import Certificate
from service.domain.dates import civil_day, first_second_after
from service.domain.memory import Memory
from service.domain.question import EMPTY, Question, QuestionRefused
from service.domain.reason import Reason
from service.domain.report import Evidence, Report, SurveillanceSummary
from service.domain.verdict import SEVERITY, Check, Finding, Refused, Unavailable
from service.rules.assessment import (
    assess_coverage,
    assess_fit,
    assess_life,
    assess_statement,
    ended_by_term,
)
from service.rules.case import Case
from service.rules.catalogue import Catalogue
from service.rules.catalogue import catalogue as shipped
from service.rules.policy import DEFAULT, Policy, ended_pack, ms_pack
from service.status.lookup import Asking, Lookup, final_value
from service.status.origin import is_allowed
from service.status.sources import RecordSource, StatusSource
from service.status.status_list import KNOWN, NEVER_ISSUED, StatusList
from service.trust.anchors import Anchor
from service.trust.chain import Chain, ChainResolver
from service.trust.sources import StatementSource
from service.trust.standing import (
    body_zone,
    chain_links,
    claimed,
    expired_links,
    granted,
    import_refusals,
    issuer_zone,
    norms_of,
    statement_evidence,
)

_PASSED_TO_KEY = tuple(map(Finding.passed, (Check.READ, Check.PARSE, Check.CHAIN)))
_PASSED_TO_SIGNATURE = (*_PASSED_TO_KEY, *map(Finding.passed, (Check.KEY, Check.SIGNATURE)))


class _Stopped(Exception):
    """One of the steps 1 to 6 failed: these findings decide."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__()
        self.findings = findings


@dataclass(frozen=True, slots=True)
class _Inquiry:
    """What one call asks: `at` in POSIX seconds; `memory` None where nothing is remembered."""

    at: int
    question: Question
    memory: Memory | None
    remember: bool


class Verifier:
    """Verifies certificates against pinned anchors; one instance serves many calls and threads.

    `online` chooses the policy's age limit for lists and records: 24 hours, else 7 days.
    `own_hosts` are the host names under which this verifier is reached; a code that leads
    elsewhere is told to the reader.
    """

    def __init__(
        self,
        anchors: Sequence[Anchor],
        statements: StatementSource,
        statuses: StatusSource,
        records: RecordSource,
        *,
        policy: Policy = DEFAULT,
        catalogue: Catalogue | None = None,
        memory: Memory | None = None,
        online: bool = True,
        own_hosts: Collection[str] = (),
    ) -> None:
        self._chains = ChainResolver(anchors, statements, memory)
        self._lookup = Lookup(statuses, records)
        self._policy = policy
        self._catalogue = catalogue or shipped()
        self._memory = memory
        self._own_hosts = frozenset(own_hosts)
        self._max_age_s = (
            policy.status_max_age_online_s if online else policy.status_max_age_offline_s
        )

    def verify(
        self, text: str, *, at: int, question: Question = EMPTY, remember: bool = True
    ) -> Report:
        """The report on `text`: digits, a link with digits, or a compact token.

        `at` is the instant judged, in POSIX seconds. With `remember` it must be the clock: what is
        proven then teaches the memory what is newest; for any other instant the memory is left
        alone. A bad certificate is a report. Raises QuestionRefused for a purpose that is not
        known here.
        """
        if question.purpose is not None:
            raise QuestionRefused("BAD_PARAMETER", "purpose")
        inquiry = _Inquiry(at, question, self._memory if remember else None, remember)
        notes = self._memory_notes(inquiry)
        report = self._answer(text, inquiry)
        if self._memory is not None and remember:
            self._memory.save()
        return replace(report, findings=(*report.findings, *notes)) if notes else report

    def _memory_notes(self, inquiry: _Inquiry) -> tuple[Finding, ...]:
        memory = inquiry.memory
        if not inquiry.remember or (memory is not None and memory.newest_instant()):
            return ()
        return (Finding.of(Check.STATUS, Reason.MEMORY_ABSENT),)

    def _answer(self, text: str, inquiry: _Inquiry) -> Report:
        at, question = inquiry.at, inquiry.question
        # (1)
        try:
            token, host = read_text(text)
        except Refused as refused:
            return Report((_of(Check.READ, refused),), at, question)
        # (2)
        try:
            parsed = jws.parse(token, typ=TYP)
        except Refused as refused:
            return Report((Finding.passed(Check.READ), _of(Check.PARSE, refused)), at, question)
        identity = parsed.signing_input_sha256
        try:
            report = self._judge(parsed, inquiry, identity)
        except _Stopped as stopped:
            report = Report(stopped.findings, at, question)
        notes = tuple(self._host_notes(host, report))
        return replace(report, findings=(*report.findings, *notes), token_sha256=identity)

    def _host_notes(self, host: str | None, report: Report) -> Iterator[Finding]:
        if host is None or host in self._own_hosts:
            return
        known = {urlsplit(link.id).hostname for link in report.chain or ()}
        if host not in known:
            yield Finding.of(Check.READ, Reason.QR_FOREIGN_HOST, host=host)

    def _judge(self, parsed: jws.UnverifiedToken, inquiry: _Inquiry, identity: str) -> Report:
        """Steps 2 to 10 along every chain; the one on which most holds gives the answer."""
        issuer, by = _names(parsed)
        # (3) Only sources registered beforehand are asked: `iss` is still unproven.
        try:
            chains = self._chains.resolve(issuer, by, at=inquiry.at, remember=inquiry.remember)
        except Refused as refused:
            raise _Stopped(*_PASSED_TO_KEY[:2], _of(Check.CHAIN, refused)) from None
        except Unavailable:
            unavailable = Finding.of(Check.CHAIN, Reason.CHAIN_UNAVAILABLE)
            raise _Stopped(*_PASSED_TO_KEY[:2], unavailable) from None
        reports: list[Report] = []
        stopped: _Stopped | None = None
        for chain in chains:
            try:
                reports.append(self._along(chain, parsed, inquiry, identity))
            except _Stopped as stop:
                stopped = stopped or stop
        if not reports:
            raise stopped or RuntimeError("a resolved issuer has a chain")
        return min(reports, key=lambda report: max(SEVERITY[f.outcome] for f in report.findings))

    def _along(
        self, chain: Chain, parsed: jws.UnverifiedToken, inquiry: _Inquiry, identity: str
    ) -> Report:
        """Steps 4 to 9 on one chain; nothing is taken from another."""
        _prove(parsed, chain)  # (4), (5)
        claim = parsed.unproven_claims.get("accreditation")  # proven by now
        zone = issuer_zone(chain, claim["number"] if claim else None)
        # (6)
        try:
            certificate = parse_certificate(parsed.unproven_claims, zone=zone, at=inquiry.at)
            if not is_allowed(certificate.status.uri, _origins(chain, claim)):
                raise Refused(Reason.STATUS_URI_NOT_ALLOWED)
        except Refused as refused:
            raise _Stopped(*_PASSED_TO_SIGNATURE, _of(Check.CLAIMS, refused)) from None
        case = self._case(certificate, chain, inquiry, zone)
        # (7)
        coverage = assess_coverage(case)
        findings = [
            *_PASSED_TO_SIGNATURE,
            *expired_links(chain, inquiry.at, zone),
            *coverage,
            *_superseded(chain, coverage),
        ]
        # (8)
        case, life, summary, evidence = self._life(case, chain, inquiry, zone, identity)
        statement = assess_statement(case)
        findings += [*(statement or [Finding.passed(Check.CLAIMS)]), *life]
        # (9)
        findings += assess_fit(case)
        # (10)
        return Report(
            findings=tuple(findings),
            checked_at=inquiry.at,
            question=inquiry.question,
            certificate=certificate,
            chain=chain_links(chain, claimed(chain, certificate.accreditation)),
            surveillance=summary,
            evidence=(*evidence, *statement_evidence(chain, inquiry.at)),
            day=case.day,
            zone=zone,
        )

    def _case(self, certificate: Certificate, chain: Chain, inquiry: _Inquiry, zone: str) -> Case:
        policy, anchor, on = self._policy, chain.anchor, inquiry.question.on
        recognised = chain.recognised
        return Case(
            certificate=certificate,
            question=inquiry.question,
            day=on or civil_day(inquiry.at, zone),
            today=civil_day(inquiry.at, zone),
            issued_on=civil_day(certificate.issued_at, zone),
            body_day=on or civil_day(inquiry.at, body_zone(chain, zone)),
            policy=policy,
            pack=ms_pack(anchor.ms_pack or policy.ms_pack),
            ended=ended_pack(anchor.ended_pack or policy.ended_pack),
            catalogue=self._catalogue,
            norms=norms_of(chain, certificate.kind),
            granted=granted(chain),
            recognition=recognised.recognition if recognised is not None else None,
        )

    def _life(
        self, case: Case, chain: Chain, inquiry: _Inquiry, zone: str, identity: str
    ) -> tuple[Case, list[Finding], SurveillanceSummary | None, tuple[Evidence, ...]]:
        findings = list(_clock(inquiry))
        if (end := ended_by_term(case)) is not None:
            return case, [*findings, end.finding], None, ()
        certificate = case.certificate
        asking = Asking(
            issuer=certificate.issuer,
            keyring=chain.keyring,
            origins=_origins(chain, certificate.claims.get("accreditation")),
            zone=zone,
            at=inquiry.at,
            max_age_s=self._max_age_s,
            memory=inquiry.memory,
        )
        record = self._lookup.record(certificate.number, asking)
        listed = self._lookup.status_list(certificate.status.uri, asking)
        case = replace(case, record=record.document)
        value, evidence = None, [listed.evidence, record.evidence]
        findings += record.findings
        try:
            if listed.document is not None:
                value = _value(listed.document, certificate, inquiry.memory)
            value = self._about_day(case, value, asking, findings)
        except Refused as refused:
            findings.append(_of(Check.STATUS, refused))
        if case.about_now or case.record is None:
            findings += listed.findings
        life, summary = assess_life(case, value, identity)
        findings += life
        if all(SEVERITY[f.outcome] == 0 for f in findings if f.check is Check.STATUS):
            findings.append(Finding.passed(Check.STATUS))
        return case, findings, summary, tuple(one for one in evidence if one is not None)

    def _about_day(
        self, case: Case, value: int | None, asking: Asking, findings: list[Finding]
    ) -> int | None:
        """The list's word about the day judged: today's list speaks for today only (CM-7)."""
        if case.about_now:
            return value
        if case.day > case.today:
            findings.append(Finding.of(Check.STATUS, Reason.STATUS_UNAVAILABLE))
            return value
        if value == NEVER_ISSUED or case.record is not None:
            return value if value == NEVER_ISSUED else None
        moment = first_second_after(case.day, asking.zone) - 1
        uri = case.certificate.status.uri
        past = self._lookup.status_list(uri, asking, time=moment).document
        if past is not None:
            return _value(past, case.certificate, None)
        if value is not None:
            findings.append(Finding.of(Check.STATUS, Reason.RECORD_UNAVAILABLE))
        return None


def _of(check: Check, refused: Refused) -> Finding:
    return Finding.of(check, refused.code, **refused.facts)


def _names(parsed: jws.UnverifiedToken) -> tuple[str, str | None]:
    """Step 2, its end: the issuer and the accreditation body that an unproven token names."""
    claims = parsed.unproven_claims
    issuer, claim = claims.get("iss"), claims.get("accreditation")
    code = None
    if type(issuer) is not str:
        code = Reason.CLAIM_MISSING if issuer is None else Reason.CLAIM_TYPE
    elif claim is not None and not (
        type(claim) is dict and type(claim.get("by")) is type(claim.get("number")) is str
    ):
        code = Reason.CLAIM_TYPE
    if code is not None:
        raise _Stopped(_PASSED_TO_KEY[0], Finding.of(Check.PARSE, code))
    return str(issuer), claim["by"] if claim else None


def _prove(parsed: jws.UnverifiedToken, chain: Chain) -> None:
    """Steps 4 and 5: the key by exact issuer and kid on this chain, then the signature."""
    issued_at = parsed.unproven_claims.get("iat")
    try:
        key = chain.keyring.find(
            parsed.kid,
            algorithm=parsed.algorithm,
            purpose="certificate",
            signed_at=issued_at if type(issued_at) is int and issued_at > 0 else None,
        )
    except KeyRefused as refused:
        failure = Finding.of(Check.KEY, Reason(refused.code))
        beside = import_refusals(chain, parsed.kid)
        raise _Stopped(*_PASSED_TO_KEY, failure, *beside) from None
    try:
        jws.verify(parsed, key)
    except Refused as refused:
        passed = _PASSED_TO_SIGNATURE[:-1]
        raise _Stopped(*passed, _of(Check.SIGNATURE, refused)) from None


def _origins(chain: Chain, claim: Mapping[str, str] | None) -> tuple[str, ...]:
    """The origins of the named accreditation; of a certificate that names none, of all."""
    grants = granted(chain)
    named = [one for one in grants if claim is not None and one.number == claim["number"]]
    return tuple(origin for one in named or grants for origin in one.status_origins)


def _superseded(chain: Chain, coverage: Sequence[Finding]) -> Iterator[Finding]:
    """An older statement was offered, and the newest one does not bear this certificate (C28)."""
    if chain.superseded is not None and any(SEVERITY[f.outcome] == 4 for f in coverage):
        yield Finding.of(Check.COVERAGE, Reason.CHAIN_LINK_SUPERSEDED)


def _clock(inquiry: _Inquiry) -> Iterator[Finding]:
    memory = inquiry.memory
    if memory is not None and memory.newest_instant() > inquiry.at + IAT_LEEWAY_S:
        yield Finding.of(Check.STATUS, Reason.CLOCK_UNTRUSTED)


def _value(listed: StatusList, certificate: Certificate, memory: Memory | None) -> int:
    """The value at the certificate's index. Raises Refused for one without agreed meaning."""
    value = final_value(listed, certificate.status.idx, memory)
    if value not in KNOWN:
        raise Refused(Reason.STATUS_VALUE_UNKNOWN, value=value)
    return value
