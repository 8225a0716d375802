"""Who stands behind a certificate: plates from the anchor down, and what each grants the next.

The line is cut where a grant fails; below a cut nothing is green.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.domain.certificate import Certificate, Kind
from service.domain.reason import Reason
from service.domain.report import ChainLink, Report
from service.domain.verdict import Axis, Check, Finding, Outcome
from service.web.view.findings import has, in_short
from service.web.view.subject import heading
from service.web.view.words import Line, dated, foreign, listed, own

_ROLES: Mapping[str, str] = {
    "arrangement": "Arrangement",
    "accreditation_body": "Accreditation body",
    "certification_body": "Certification body",
}
_KINDS: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: "management-system certificates",
    Kind.PRODUCT: "product certificates",
    Kind.SERVICE: "service certificates",
}
# Which codes speak about which grant (rules.md 2c, 2d; security.md 4.2).
_RECOGNITION = frozenset(
    {
        Reason.AB_NOT_RECOGNISED_FOR_THIS_KIND,
        Reason.AB_RECOGNITION_ENDED,
        Reason.AB_RECOGNITION_ENDED_TRANSFER_BY,
        Reason.AB_RECOGNITION_SUSPENDED,
        Reason.MAIN_SCOPE_ONLY,
    }
)
_ACCREDITATION = frozenset(
    {
        Reason.ACCREDITATION_AGEING,
        Reason.ACCREDITATION_ENDED,
        Reason.ACCREDITATION_ENDED_NO_LIMIT,
        Reason.ACCREDITATION_ENDED_TRANSFER_BY,
        Reason.ACCREDITATION_STALE,
        Reason.ACCREDITATION_SUSPENDED,
        Reason.CHAIN_LINK_EXPIRED,
        Reason.CHAIN_LINK_REVOKED,
        Reason.ISSUED_AFTER_ACCREDITATION_ENDED,
        Reason.ISSUED_BEFORE_ACCREDITATION,
        Reason.ISSUED_WHILE_SUSPENDED,
        Reason.ISSUED_WITH_AB_APPROVAL,
        Reason.OFFICE_NOT_COVERED,
        Reason.OUT_OF_ACCREDITED_SCOPE,
        Reason.PARTLY_ACCREDITED,
        Reason.REASSESSMENT_OVERDUE,
        Reason.SCOPE_WIDENED,
        Reason.UNACCREDITED,
        Reason.UNACCREDITED_INSIDE_SCOPE,
        Reason.VOIDED_BY_ACCREDITATION_BODY,
        Reason.WRONG_ACCREDITATION_NORM,
    }
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a body grants the next: a strong word and the rest."""

    outcome: str
    strong: Line
    rest: Line


@dataclass(frozen=True, slots=True)
class Plate:
    """One body, or the certificate at the end."""

    role: str
    name: Line
    notes: tuple[Line, ...]
    grant: Grant | None


@dataclass(frozen=True, slots=True)
class ChainView:
    """The chain, anchor first."""

    lead: str
    plates: tuple[Plate, ...]


def chain(report: Report, certificate: Certificate) -> ChainView:
    """The chain of a certificate that is proven genuine."""
    links = report.chain or ()
    below = [*(link.role for link in links[1:]), "certificate"]
    plates: list[Plate] = []
    cut = False
    for link, granted, role in zip(links, [*links[1:], None], below, strict=True):
        grant = _grant(report, certificate, granted, role, cut=cut)
        cut = cut or grant.outcome == Outcome.REJECT
        plates.append(Plate(_ROLES.get(link.role, link.role), _name(link), _notes(link), grant))
    what = heading(certificate)
    plates.append(Plate("Certificate", foreign(certificate.number), (what,), None))
    return ChainView(_lead(plates), tuple(plates))


def _name(link: ChainLink) -> Line:
    return foreign(link.name or link.id)


def _notes(link: ChainLink) -> tuple[Line, ...]:
    notes: list[Line] = []
    if link.role == "arrangement":
        notes.append(own("The anchor: this service knows its key."))
    if link.name is not None and not link.name_vouched and link.role != "arrangement":
        notes.append(own("It gives itself this name."))
    return tuple(notes)


def _grant(
    report: Report, certificate: Certificate, granted: ChainLink | None, role: str, *, cut: bool
) -> Grant:
    if granted is None:
        return _decision(report, certificate, cut=cut)
    recognition = role == "accreditation_body"
    finding = has(report, _RECOGNITION if recognition else _ACCREDITATION)
    if finding is not None and finding.outcome is not Outcome.NOTE:
        return Grant(str(finding.outcome), in_short(finding), ())
    outcome = str(Outcome.NOTE if cut else Outcome.ACCEPT)
    since = _since(granted.facts)
    if recognition:
        what = own(f" for {_KINDS[certificate.kind]}")
        return Grant(outcome, own("recognises it"), (*what, *since))
    number = granted.facts.get("number")
    numbered = (*own(" No. "), *foreign(str(number))) if number else ()
    what = (*own(" for "), *listed(certificate.standards)) if certificate.standards else ()
    days = own(", on the day of the decision and today.") if since or numbered else ()
    return Grant(outcome, own("accredited it"), (*what, *days, *numbered, *since))


def _since(facts: Mapping[str, Any]) -> Line:
    for name in ("since", "from", "granted_on"):
        if isinstance(value := facts.get(name), date):
            return (*own(", since "), *dated(value))
    return ()


def _decision(report: Report, certificate: Certificate, *, cut: bool) -> Grant:
    on = (*own(" it on "), *dated(certificate.decided))
    if cut:
        rest = own(", but the line above is cut")
        return Grant(str(Outcome.NOTE), own("signed"), (*on, *rest))
    finding = _about_certificate(report)
    if finding is None:
        return Grant(str(Outcome.ACCEPT), own("decided and signed"), on)
    since = (*on, *own(". Since then: "), *in_short(finding))
    return Grant(str(finding.outcome), own("signed"), since)


def _about_certificate(report: Report) -> Finding | None:
    checks = (Check.STATUS, Check.SURVEILLANCE, Check.CLAIMS, Check.KEY)
    for finding in report.reasons:
        if finding.axis is Axis.IN_FORCE and finding.check in checks:
            if finding.code in _RECOGNITION | _ACCREDITATION:
                continue
            return finding if finding.outcome is not Outcome.NOTE else None
    return None


def _lead(plates: list[Plate]) -> str:
    outcomes = [plate.grant.outcome for plate in plates if plate.grant]
    above = outcomes[:-1]
    if Outcome.REJECT in above:
        return "The line is cut where a grant fails."
    if outcomes[-1] == Outcome.CANNOT_CONFIRM:
        return "Who signed it is proven. What happened since is not known."
    if Outcome.CANNOT_CONFIRM in above:
        return "What we know of one link is too old to rely on."
    if Outcome.ACCEPT_WITH_WARNING in above:
        return "Every link held on the day of the decision. One needs attention since."
    if outcomes[-1] == Outcome.ACCEPT:
        return "Every link held on the day of the decision and holds today."
    return "The bodies behind it are in order. The certificate itself needs attention."
