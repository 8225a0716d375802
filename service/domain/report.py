"""The report: one answer with everything it rests on, the same as a value and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from service.domain.certificate import Certificate, Kind
from service.domain.dates import show_instant
from service.domain.question import EMPTY, Question
from service.domain.reason import Reason
from service.domain.verdict import SEVERITY, Answer, Axis, Finding, Verdict, answer, plain, worst

_ORDER = {code: position for position, code in enumerate(Reason)}

# What an accepted certificate says in one sentence, by kind. For a management system the
# sentence always adds what it does not say (rules.md section 4).
ACCEPTED = {
    Kind.MANAGEMENT_SYSTEM: (
        "{holder} runs a management system certified to {standards}. "
        "This does not guarantee product quality."
    ),
    Kind.PRODUCT: "{subject} by {holder} is certified to {standards}.",
    Kind.SERVICE: "{holder} provides a service certified to {standards}.",
}


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One body in the chain of who vouches for whom, anchor first."""

    role: str
    id: str
    name: str | None
    name_vouched: bool
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def to_json(self) -> dict[str, Any]:
        """The link as plain JSON values."""
        return {
            "role": self.role,
            "id": self.id,
            "name": self.name,
            "name_vouched": self.name_vouched,
            **plain(self.facts),
        }


@dataclass(frozen=True, slots=True)
class Obligation:
    """One surveillance that was or is due: its kind, deadline, and the day it was held."""

    kind: str
    due: date
    held: date | None
    state: str  # met, met_late, open, late, deferred

    def to_json(self) -> dict[str, Any]:
        """The obligation as plain JSON values."""
        held = None if self.held is None else self.held.isoformat()
        return {"kind": self.kind, "due": self.due.isoformat(), "held": held, "state": self.state}


@dataclass(frozen=True, slots=True)
class SurveillanceSummary:
    """Surveillance as the answer uses it; `source` says whose word it is."""

    state: str  # current, unconfirmed, deferred, overdue, unknown
    last: date | None = None
    next_due: date | None = None
    days_late: int = 0
    source: str | None = None  # record, status_list
    obligations: tuple[Obligation, ...] = ()
    suspended: tuple[tuple[date, date | None], ...] = ()
    gaps: tuple[tuple[date, date], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The summary as plain JSON values."""
        return {
            "last": plain(self.last),
            "next_due": plain(self.next_due),
            "state": self.state,
            "days_late": self.days_late,
            "source": self.source,
            "obligations": [obligation.to_json() for obligation in self.obligations],
            "suspended": plain(self.suspended),
            "gaps": plain(self.gaps),
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """One signed document that the answer rests on; ages and lives in seconds."""

    kind: str  # status_list, record, accreditation, recognition
    uri: str
    issued_at: int
    age_s: int
    good_for_s: int
    signed_by: str

    def to_json(self) -> dict[str, Any]:
        """The evidence as plain JSON values."""
        return {
            "kind": self.kind,
            "uri": self.uri,
            "issued_at": show_instant(self.issued_at),
            "age_s": self.age_s,
            "good_for_s": self.good_for_s,
            "signed_by": self.signed_by,
        }


@dataclass(frozen=True)
class Report:
    """The answer of the verifier. Nothing of a token that is not proven genuine is in it.

    `checked_at` is in POSIX seconds; `day` the civil day judged, in `zone`, the issuer's.
    `token_sha256` is the identity of what was scanned: the hash of its JWS signing input.
    """

    findings: tuple[Finding, ...]
    checked_at: int
    question: Question = EMPTY
    certificate: Certificate | None = None
    chain: tuple[ChainLink, ...] | None = None
    surveillance: SurveillanceSummary | None = None
    evidence: tuple[Evidence, ...] = ()
    day: date | None = None
    zone: str | None = None
    token_sha256: str | None = None

    @cached_property
    def verdict(self) -> Verdict:
        """The worst finding decides."""
        return worst(self.findings)

    @cached_property
    def genuine(self) -> Answer:
        """Signed by the body it names, vouched for along a recognised chain."""
        return answer(self.findings, Axis.GENUINE)

    @cached_property
    def in_force(self) -> Answer:
        """May be relied on for the day judged."""
        return self._if_genuine(Axis.IN_FORCE)

    @cached_property
    def fits(self) -> Answer:
        """Answers the question; an empty one was not asked."""
        if self.genuine is not Answer.YES:
            return Answer.UNKNOWN
        fits = answer(self.findings, Axis.FITS)
        return Answer.NOT_ASKED if self.question == EMPTY and fits is Answer.YES else fits

    def _if_genuine(self, axis: Axis) -> Answer:
        return answer(self.findings, axis) if self.genuine is Answer.YES else Answer.UNKNOWN

    @cached_property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings with a code, the worst first, then in the order of the table."""
        coded = [finding for finding in self.findings if finding.code is not None]
        return tuple(
            sorted(coded, key=lambda f: (-SEVERITY[f.outcome], _ORDER[f.code] if f.code else 0))
        )

    @property
    def codes(self) -> tuple[Reason, ...]:
        """The codes of `reasons` that are more than notes."""
        return tuple(f.code for f in self.reasons if f.code and SEVERITY[f.outcome])

    @property
    def headline(self) -> str:
        """One sentence: the worst finding's, or what an accepted certificate says."""
        if self.verdict is not Verdict.ACCEPT and self.reasons:
            return next(f.text for f in self.reasons if self._may_show(f))
        certificate = self.certificate
        if certificate is None:
            raise ValueError("an accepted report has a certificate")
        product = certificate.product
        subject = "" if product is None else " ".join(
            part for part in (product.brand, ", ".join(product.models) or product.family) if part
        )  # fmt: skip
        return ACCEPTED[certificate.kind].format(
            holder=certificate.holder.name,
            standards=", ".join(certificate.standards),
            subject=subject or "The batch",
        )

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values (design.md section 7).

        Of what is not proven genuine nothing is in it but why it is not (security.md R14).
        """
        proven = self.genuine is Answer.YES
        certificate, chain, surveillance = self.certificate, self.chain, self.surveillance
        return {
            "verdict": str(self.verdict),
            "genuine": str(self.genuine),
            "in_force": str(self.in_force),
            "fits": str(self.fits),
            "headline": self.headline,
            "checked_at": show_instant(self.checked_at),
            "day": plain(self.day) if proven else None,
            "zone": self.zone if proven else None,
            "asked": self.question.to_json(),
            "findings": [self._shown(finding).to_json() for finding in self.findings],
            "certificate": dict(certificate.claims) if proven and certificate else None,
            "chain": [link.to_json() for link in chain] if proven and chain else None,
            "surveillance": surveillance.to_json() if proven and surveillance else None,
            "evidence": [item.to_json() for item in self.evidence] if proven else [],
            "token_sha256": self.token_sha256,
        }

    def _may_show(self, finding: Finding) -> bool:
        """Whether a finding may be told with its facts: else only why it is not genuine (R14)."""
        return self.genuine is Answer.YES or finding.axis in (Axis.GENUINE, None)

    def _shown(self, finding: Finding) -> Finding:
        return finding if self._may_show(finding) else replace(finding, facts={})
