"""Who stands behind a certificate: plates from the anchor down, and what each grants the next.

The line is cut where a grant fails; below a cut nothing is green.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from service.domain.certificate import Certificate, Kind
from service.domain.reason import Reason
from service.domain.report import ChainLink, Report
from service.domain.verdict import Axis, Check, Finding, Outcome
from service.web.language import N_, _, language
from service.web.view.findings import has, in_short
from service.web.view.subject import heading
from service.web.view.words import Line, Piece, foreign, listed, own, say

_ROLES: Mapping[str, str] = {
    "arrangement": N_("Arrangement"),
    "accreditation_body": N_("Accreditation body"),
    "certification_body": N_("Certification body"),
}
_RECOGNISES: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: N_("recognises it for management-system certificates"),
    Kind.PRODUCT: N_("recognises it for product certificates"),
    Kind.SERVICE: N_("recognises it for service certificates"),
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


class Grant(NamedTuple):
    """What a body grants the next, and what more there is to say of it."""

    outcome: str
    strong: Line
    rest: Line


class Plate(NamedTuple):
    """One body, or the certificate at the end."""

    role: str
    name: Line
    notes: tuple[Line, ...]
    grant: Grant | None


class ChainView(NamedTuple):
    """The chain, anchor first."""

    lead: str
    plates: tuple[Plate, ...]


def chain(report: Report, certificate: Certificate) -> ChainView:
    """The chain of a certificate that is proven genuine."""
    links = report.chain or ()
    above, cut = _above(links, certificate.kind, certificate.standards, report.reasons, language())
    plates = (
        *above,
        _plate(links[-1], _decision(report, certificate, cut=cut)),
        Plate(_("Certificate"), foreign(certificate.number), (heading(certificate),), None),
    )
    return ChainView(_lead(plates), plates)


@lru_cache(256)
def _above(
    links: tuple[ChainLink, ...],
    kind: Kind,
    standards: tuple[str, ...],
    reasons: tuple[Finding, ...],
    _spoken: str,
) -> tuple[tuple[Plate, ...], bool]:
    """The bodies above the certifier, each with what it grants the next; and whether one cuts."""
    plates: list[Plate] = []
    cut = False
    for link, granted in pairwise(links):
        grant = _grant(granted, kind, standards, reasons, cut=cut)
        cut = cut or grant.outcome == Outcome.REJECT
        plates.append(_plate(link, grant))
    return tuple(plates), cut


def _plate(link: ChainLink, grant: Grant) -> Plate:
    return Plate(_(_ROLES.get(link.role, link.role)), _name(link), _notes(link), grant)


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
    granted: ChainLink,
    kind: Kind,
    standards: tuple[str, ...],
    reasons: tuple[Finding, ...],
    *,
    cut: bool,
) -> Grant:
    recognition = granted.role == "accreditation_body"
    finding = has(reasons, _RECOGNITION if recognition else _ACCREDITATION)
    if finding is not None and finding.outcome is not Outcome.NOTE:
        return Grant(str(finding.outcome), in_short(finding), ())
    outcome = str(Outcome.NOTE if cut else Outcome.ACCEPT)
    since = _since(granted.facts)
    if recognition:
        return Grant(outcome, own(_RECOGNISES[kind]), _rest(since))
    number = granted.facts.get("number")
    numbered = say("No. {number}", number=str(number)) if number else None
    strong = (
        say("accredited it for {standards}", standards=listed(standards))
        if standards
        else own("accredited it")
    )
    held = own("on the day of the decision and today") if since or numbered else None
    return Grant(outcome, strong, _rest(held, numbered, since))


def _rest(*parts: Line | None) -> Line:
    """What more there is, each after a comma."""
    return tuple(piece for part in parts if part for piece in (Piece(", "), *part))


def _since(facts: Mapping[str, Any]) -> Line | None:
    for name in ("since", "from", "granted_on"):
        if isinstance(value := facts.get(name), date):
            return say("since {day}", day=value)
    return None


def _decision(report: Report, certificate: Certificate, *, cut: bool) -> Grant:
    on = certificate.decided
    if cut:
        return Grant(
            str(Outcome.NOTE), say("signed it on {day}", day=on),
            _rest(own("but the line above is cut")),
        )  # fmt: skip
    finding = _about_certificate(report)
    if finding is None:
        return Grant(str(Outcome.ACCEPT), say("decided and signed it on {day}", day=on), ())
    since = (Piece(". "), *say("Since then: {finding}", finding=in_short(finding)))
    return Grant(str(finding.outcome), say("signed it on {day}", day=on), since)


def _about_certificate(report: Report) -> Finding | None:
    checks = (Check.STATUS, Check.SURVEILLANCE, Check.CLAIMS, Check.KEY)
    for finding in report.reasons:
        if finding.axis is Axis.IN_FORCE and finding.check in checks:
            if finding.code in _RECOGNITION | _ACCREDITATION:
                continue
            return finding if finding.outcome is not Outcome.NOTE else None
    return None


def _lead(plates: tuple[Plate, ...]) -> str:
    outcomes = [plate.grant.outcome for plate in plates if plate.grant]
    above = outcomes[:-1]
    if Outcome.REJECT in above:
        return _("The line is cut where a grant fails.")
    if outcomes[-1] == Outcome.CANNOT_CONFIRM:
        return _("Who signed it is proven. What happened since is not known.")
    if Outcome.CANNOT_CONFIRM in above:
        return _("What we know of one link is too old to rely on.")
    if Outcome.ACCEPT_WITH_WARNING in above:
        return _("Every link held on the day of the decision. One needs attention since.")
    if outcomes[-1] == Outcome.ACCEPT:
        return _("Every link held on the day of the decision and holds today.")
    return _("The bodies behind it are in order. The certificate itself needs attention.")
