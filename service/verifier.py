"""The verifier: one text, one instant, one question, and a report with everything it rests on.

The steps are those of design.md section 7 and security.md section 3, and the code repeats the
numbers. Steps 1 to 6 stop at the first failure; from step 7 every finding is kept and the worst
decides. Nothing is asked of anyone before signature and chain hold.

(1) read  (2) parse  (3) chain  (4) key  (5) signature  (6) claims
(7) coverage  (8) status and record  (9) fit  (10) verdict
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from service.credential import jws
from service.credential.claims import IAT_LEEWAY_S, TYP, claimed_bodies, parse_certificate
from service.credential.packing import read_text
from service.domain.accreditation import Accreditation
from service.domain.certificate import Certificate
from service.domain.dates import civil_day
from service.domain.memory import Memory
from service.domain.question import EMPTY, Question, QuestionRefused
from service.domain.reason import Reason
from service.domain.report import Report
from service.domain.verdict import (
    SEVERITY,
    Check,
    Finding,
    Outcome,
    Refused,
    Stopped,
    Unavailable,
    passed_before,
)
from service.rules.assessment import (
    assess_coverage,
    assess_fit,
    assess_life,
    assess_statement,
    ended_by_term,
)
from service.rules.case import Case, scheme_row
from service.rules.catalogue import Catalogue
from service.rules.catalogue import catalogue as shipped
from service.rules.policy import DEFAULT, Policy
from service.status.lookup import Asking, Lookup
from service.status.origin import is_allowed, origin
from service.status.sources import RecordSource, StatusSource
from service.status.word import ask
from service.trust.anchors import Anchor
from service.trust.chain import Chain, ChainResolver
from service.trust.proof import prove
from service.trust.sources import StatementSource
from service.trust.standing import Standing, expired_links

_NO_MEMORY = Finding.of(Check.STATUS, Reason.MEMORY_ABSENT)


class _Inquiry(NamedTuple):
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
        self._anchors = tuple(anchors)
        self._chains = ChainResolver(
            anchors, statements, memory, lookalike_distance=policy.lookalike_distance
        )
        self._lookup = Lookup(statuses, records)
        self._policy = policy
        self._catalogue = catalogue or shipped()
        self._memory = memory
        self._own_hosts = frozenset(own_hosts)
        self._standings: dict[int, Standing] = {}
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
        self._check_purpose(question.purpose)
        inquiry = _Inquiry(at, question, self._memory if remember else None, remember)
        notes = self._memory_notes(inquiry)
        report = self._answer(text, inquiry, notes)
        try:
            if inquiry.memory is not None:
                inquiry.memory.save()
        except OSError:  # a full disk: the answer stands, and says that nothing is remembered
            if _NO_MEMORY not in report.findings:
                report = replace(report, findings=(*report.findings, _NO_MEMORY))
        return report

    def _check_purpose(self, name: str | None) -> None:
        meant = self._catalogue.packs.purpose(name)
        anchors = [anchor for anchor in self._anchors if name and anchor.purpose == name]
        if name is not None and (meant is None or (meant.anchored and not anchors)):
            raise QuestionRefused("BAD_PARAMETER", "purpose")

    def _designation(
        self, certificate: Certificate, inquiry: _Inquiry, thumbprint: str
    ) -> Accreditation | None:
        """What the regulator of the asked purpose granted the issuer whose key signed (PC-19)."""
        for anchor in self._anchors:
            if anchor.purpose is None or anchor.purpose != inquiry.question.purpose:
                continue
            try:
                chains = self._chains.resolve(
                    certificate.issuer, anchor.id, at=inquiry.at, remember=inquiry.remember
                )
            except (Refused, Unavailable):
                continue
            for chain in chains:
                if thumbprint in chain.keyring.thumbprints:
                    return self._standing(chain).designation(certificate)
        return None

    def _memory_notes(self, inquiry: _Inquiry) -> tuple[Finding, ...]:
        memory = inquiry.memory
        if not inquiry.remember or (memory is not None and memory.newest_instant()):
            return ()
        return (_NO_MEMORY,)

    def _answer(self, text: str, inquiry: _Inquiry, notes: tuple[Finding, ...]) -> Report:
        identity = None
        try:
            token, host = _read(text)  # (1)
            parsed, issuer, by = _parse(token)  # (2)
            identity = parsed.signing_input_sha256
            notes += self._host_notes(host, parsed)
            chains = self._resolve(issuer, by, inquiry)  # (3)
            return self._judge(chains, parsed, inquiry, identity, notes)
        except Stopped as stop:
            findings = (*stop.findings, *notes)
            return Report(findings, inquiry.at, inquiry.question, token_sha256=identity)

    def _host_notes(self, host: str | None, parsed: jws.UnverifiedToken) -> tuple[Finding, ...]:
        """A link to neither this verifier nor the issuer; whom the token names is unproven."""
        if host is None or host in self._own_hosts:
            return ()
        own = origin(str(parsed.unproven_claims.get("iss")))
        if own is not None and own[1] == host:
            return ()
        return (Finding.of(Check.READ, Reason.QR_FOREIGN_HOST, host=host),)

    def _judge(
        self,
        chains: tuple[Chain, ...],
        parsed: jws.UnverifiedToken,
        inquiry: _Inquiry,
        identity: str,
        notes: tuple[Finding, ...],
    ) -> Report:
        """Steps 4 to 10 along every chain; the one on which most holds gives the answer."""
        reports: list[Report] = []
        stopped: Stopped | None = None
        for chain in chains:
            try:
                standing = self._standing(chain)
                reports.append(self._along(standing, parsed, inquiry, identity, notes))
            except Stopped as stop:
                stopped = stopped or stop
        if not reports:
            raise stopped or RuntimeError("a resolved issuer has a chain")
        return reports[0] if len(reports) == 1 else min(reports, key=_worst)

    def _resolve(self, issuer: str, by: str | None, inquiry: _Inquiry) -> tuple[Chain, ...]:
        """Step 3. Only sources registered beforehand are asked: `iss` is still unproven."""
        try:
            return self._chains.resolve(issuer, by, at=inquiry.at, remember=inquiry.remember)
        except Refused as refused:
            # An unrecognised body may bear a name that is taken for another's (AB-8).
            name = refused.facts.pop("resembles", None)
            alike = Finding.of(Check.CHAIN, Reason.LOOKALIKE_NAME, name=name)
            raise Stopped.at(Check.CHAIN, refused, *([alike] if name else [])) from None
        except Unavailable:
            raise Stopped(Finding.of(Check.CHAIN, Reason.CHAIN_UNAVAILABLE)) from None

    def _standing(self, chain: Chain) -> Standing:
        known = self._standings.get(id(chain))
        if known is None or known.chain is not chain:
            if len(self._standings) > _MAX_STANDINGS:
                self._standings.clear()
            known = self._standings[id(chain)] = Standing(chain)
        return known

    def _along(
        self,
        standing: Standing,
        parsed: jws.UnverifiedToken,
        inquiry: _Inquiry,
        identity: str,
        notes: tuple[Finding, ...],
    ) -> Report:
        """Steps 4 to 10 on one chain; nothing is taken from another."""
        chain, at = standing.chain, inquiry.at
        proven = prove(parsed, chain)  # (4), (5)
        # (6)
        claim = proven.claims.get("accreditation")
        number = claim["number"] if claim else None
        zone = standing.zone(number)
        try:
            certificate = parse_certificate(proven.claims, zone=zone, at=at)
            if not is_allowed(certificate.status.uri, standing.origins(number)):
                raise Refused(Reason.STATUS_URI_NOT_ALLOWED)
        except Refused as refused:
            raise Stopped.at(Check.CLAIMS, refused) from None
        case = self._case(certificate, standing, inquiry, zone)
        findings = [*passed_before(Check.CLAIMS), *expired_links(chain, at, zone)]
        # (7)
        coverage = assess_coverage(case)
        findings += coverage
        if chain.superseded is not None and any(map(_is_severe, coverage)):  # C28
            findings.append(Finding.of(Check.COVERAGE, Reason.CHAIN_LINK_SUPERSEDED))
        # (8)
        findings += _clock(inquiry)
        evidence, summary = standing.evidence(at), None
        if (end := ended_by_term(case)) is not None:
            findings.append(end.finding)
        else:
            word = ask(self._lookup, case, self._asking(standing, certificate, number, inquiry))
            case = case._replace(record=word.record)
            life, summary = assess_life(case, word.value, identity)
            life += word.findings
            findings += life
            if not any(map(_troubles_status, life)):
                findings.append(Finding.passed(Check.STATUS))
            evidence = (*word.evidence, *evidence)
        findings += assess_statement(case)
        # (9)
        designation = self._designation(certificate, inquiry, proven.thumbprint)
        findings += assess_fit(case, designation)
        # (10)
        return Report(
            findings=(*findings, *notes),
            checked_at=at,
            question=inquiry.question,
            certificate=certificate,
            chain=standing.links(number),
            surveillance=summary,
            evidence=evidence,
            day=case.day,
            zone=zone,
            token_sha256=identity,
        )

    def _case(
        self, certificate: Certificate, standing: Standing, inquiry: _Inquiry, zone: str
    ) -> Case:
        policy, known = self._policy, self._catalogue
        anchor, on = standing.chain.anchor, inquiry.question.on
        today = civil_day(inquiry.at, zone)
        claim = certificate.accreditation
        accreditation = standing.accreditation(claim.number) if claim is not None else None
        return Case(
            certificate=certificate,
            question=inquiry.question,
            day=on or today,
            today=today,
            issued_on=civil_day(certificate.issued_at, zone),
            body_day=on or civil_day(inquiry.at, standing.body_zone(zone)),
            policy=policy,
            pack=known.pack(certificate, anchor.ms_pack or policy.ms_pack),
            ended=known.packs.ended(anchor.ended_pack or policy.ended_pack),
            catalogue=known,
            norms=standing.norms(certificate.kind),
            granted=standing.granted,
            accreditation=accreditation,
            recognition=standing.recognition,
            row=known.filled(scheme_row(certificate, accreditation), certificate.scheme),
            papers_age_days=standing.age_days(inquiry.at),
        )

    def _asking(
        self, standing: Standing, certificate: Certificate, number: str | None, inquiry: _Inquiry
    ) -> Asking:
        return Asking(
            issuer=certificate.issuer,
            keyring=standing.chain.keyring,
            origins=standing.origins(number),
            zone=standing.zone(number),
            at=inquiry.at,
            max_age_s=self._max_age_s,
            memory=inquiry.memory,
        )


# So many chains are kept ready; an arrangement's bodies have some thousands of certifiers.
_MAX_STANDINGS = 4_096


def _read(text: str) -> tuple[str, str | None]:
    """Step 1: a token, and the host of the link that it came with."""
    try:
        return read_text(text)
    except Refused as refused:
        raise Stopped.at(Check.READ, refused) from None


def _parse(token: str) -> tuple[jws.UnverifiedToken, str, str | None]:
    """Step 2: a well-formed token, its issuer and accreditation body; nothing of it is proven."""
    try:
        parsed = jws.parse(token, typ=TYP)
        return parsed, *claimed_bodies(parsed.unproven_claims)
    except Refused as refused:
        raise Stopped.at(Check.PARSE, refused) from None


def _is_severe(finding: Finding) -> bool:
    return finding.outcome is Outcome.REJECT


def _troubles_status(finding: Finding) -> bool:
    return finding.check is Check.STATUS and SEVERITY[finding.outcome] > 0


def _worst(report: Report) -> int:
    return max(SEVERITY[finding.outcome] for finding in report.findings)


def _clock(inquiry: _Inquiry) -> Iterator[Finding]:
    """Step 8: a clock behind what was signed and seen cannot tell what is fresh (T10)."""
    memory = inquiry.memory
    if memory is not None and memory.newest_instant() > inquiry.at + IAT_LEEWAY_S:
        yield Finding.of(Check.STATUS, Reason.CLOCK_UNTRUSTED)
