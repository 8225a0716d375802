"""Accreditation of the certifier (rules.md 2c): for this, on the day of the decision, and since.

A suspended or ended accreditation does not end the certificates decided before it: the day of the
decision decides. Scope rows are judged on that day only; what came later is said by dated events,
of which only those that touch the certificate count (AC-13).
"""

from collections.abc import Iterator
from datetime import date

from service.domain.accreditation import Accreditation, AccreditationEvent, ScopeRow
from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case
from service.rules.ended import assess_end, ending_for, first_day_without, spells


def assess_accreditation(case: Case) -> list[Finding]:
    """AC-1 to AC-17: what the accreditation that the certificate names says about it.

    AC-3: it is for this kind. AC-13: only the events that touch this certificate's scope count.
    """
    accreditation = case.accreditation
    if accreditation is None:
        return [_unaccredited(case), *_papers(case)]
    if accreditation.norm not in case.norms:
        return [_found(Reason.WRONG_ACCREDITATION_NORM, norm=accreditation.norm)]
    certificate = case.certificate
    scheme = certificate.scheme
    events = accreditation.touching(
        certificate.standards, case.codes, scheme.id if scheme else None
    )
    return [
        *_granted(case, accreditation),
        *assess_scope(case, accreditation),
        *_office(case, accreditation),
        *_suspensions(case, accreditation, events),
        *assess_end(case, accreditation, events),
        *_voided(case, events),
        *_reassessment(case, accreditation),
        *_papers(case),
    ]


def _found(code: Reason, /, *, outcome: Outcome | None = None, **facts: object) -> Finding:
    return Finding.of(Check.COVERAGE, code, outcome=outcome, **facts)


def _unaccredited(case: Case) -> Finding:
    """AC-1, AC-2: the named accreditation does not exist, or none is named."""
    if case.certificate.accreditation is not None:
        return _found(Reason.CB_NOT_ACCREDITED)
    if any(_had(case, one) for one in case.granted):
        return _found(Reason.UNACCREDITED_INSIDE_SCOPE)
    allowed = case.policy.unaccredited == "warn"
    return _found(
        Reason.UNACCREDITED, outcome=Outcome.ACCEPT_WITH_WARNING if allowed else Outcome.REJECT
    )


def _had(case: Case, accreditation: Accreditation) -> bool:
    """AC-2: whether this one covered the certificate on the day of its decision."""
    decided = case.certificate.decided
    event = ending_for(accreditation.events, decided, case.body_day)
    ended_on = first_day_without(accreditation, event)
    return (
        accreditation.norm in case.norms
        and accreditation.granted_on <= decided
        and (ended_on is None or decided < ended_on)
        and not assess_scope(case, accreditation)
    )


def _granted(case: Case, accreditation: Accreditation) -> list[Finding]:
    """AC-4: not decided before it was granted, unless issued again soon after."""
    certificate, granted = case.certificate, accreditation.granted_on
    if certificate.decided >= granted:
        return []
    window = add_months(granted, case.policy.reissue_window_months)
    if certificate.supersedes is not None and granted <= case.issued_body_day <= window:
        return []
    return [_found(Reason.ISSUED_BEFORE_ACCREDITATION, date=granted)]


def _rows(case: Case, accreditation: Accreditation, standard: str) -> list[ScopeRow]:
    certificate = case.certificate
    return [
        row
        for row in accreditation.scope
        if row.period.covers(certificate.decided) and row.covers(standard, certificate.scheme)
    ]


def _codes_of(rows: list[ScopeRow]) -> frozenset[str] | None:
    """The codes of rows together; None where one is not limited to codes."""
    codes: frozenset[str] = frozenset()
    for row in rows:
        if row.codes is None:
            return None
        codes |= row.codes
    return codes


def assess_scope(case: Case, accreditation: Accreditation) -> list[Finding]:
    """AC-5: standard with edition, scheme with type, and codes lie in the scope of that day.

    A certificate without codes under rows that are limited to codes claims more than they grant:
    an absent limit is everything, and a link only narrows (security.md R10). A certificate names no
    category, so those of a row are for the gate (IG-PC-1).
    """
    certificate, claimed = case.certificate, set(case.codes)
    outside: set[str] = set()
    unlimited: list[str] = []
    for standard in certificate.standards:
        rows = _rows(case, accreditation, standard)
        if not rows:
            return [_found(Reason.OUT_OF_ACCREDITED_SCOPE, standard=standard)]
        codes = _codes_of(rows)
        if codes is None:
            continue
        unlimited += [] if claimed else [standard]
        outside |= claimed - codes
    if unlimited:
        return [_found(Reason.OUT_OF_ACCREDITED_SCOPE, standard=unlimited[0])]
    return [_partly(case, claimed, outside)] if outside else []


def _partly(case: Case, claimed: set[str], outside: set[str]) -> Finding:
    """AC-5: only some of the codes are accredited, and not the asked activity among the others."""
    if case.question.activity in outside or outside >= claimed:
        return _found(Reason.OUT_OF_ACCREDITED_SCOPE, codes=sorted(outside))
    outcome = Outcome.REJECT if case.policy.partly_accredited == "reject" else None
    return _found(Reason.PARTLY_ACCREDITED, outcome=outcome, codes=sorted(claimed - outside))


def _office(case: Case, accreditation: Accreditation) -> list[Finding]:
    """AC-6: decided at an office of the accreditation, where it lists them."""
    office, offices = case.certificate.office, accreditation.offices
    if office is None or offices is None or office in offices:
        return []
    outcome = Outcome.REJECT if case.policy.office_check == "reject" else None
    return [_found(Reason.OFFICE_NOT_COVERED, outcome=outcome, office=office)]


def _suspensions(
    case: Case, accreditation: Accreditation, events: tuple[AccreditationEvent, ...]
) -> Iterator[Finding]:
    """AC-7, AC-8, AC-15: suspended on the day judged, or on the day of the decision."""
    certificate, day, policy = case.certificate, case.body_day, case.policy
    for start, lifted in spells(events):
        if start <= certificate.decided and (lifted is None or certificate.decided < lifted):
            cured = policy.lifting_cures_decisions and lifted is not None and lifted <= day
            approved = (accreditation.approvals or {}).get(certificate.number)
            code = Reason.ISSUED_WITH_AB_APPROVAL if approved else Reason.ISSUED_WHILE_SUSPENDED
            if not cured:
                yield _found(code, date=None if start == date.min else start)
        elif certificate.decided < start <= day and (lifted is None or day < lifted):
            months = policy.accr_suspended_reject_after_months
            late = months is not None and day > add_months(start, months)
            outcome = Outcome.REJECT if late else None
            yield _found(Reason.ACCREDITATION_SUSPENDED, outcome=outcome, date=start)


def _voided(case: Case, events: tuple[AccreditationEvent, ...]) -> list[Finding]:
    """AC-12: the accreditation body has declared certificates void."""
    certificate = case.certificate
    for event in events:
        since = event.void_from is not None and event.void_from <= certificate.decided
        if since or certificate.number in event.void_numbers:
            return [_found(Reason.VOIDED_BY_ACCREDITATION_BODY)]
    return []


def _reassessment(case: Case, accreditation: Accreditation) -> list[Finding]:
    """AC-14: an accreditation without an end lives by reassessment, the first after its grant."""
    if accreditation.expires_on is not None:
        return []
    assessed = accreditation.reassessed_on or accreditation.granted_on
    due = add_months(assessed, case.policy.reassessment_months)
    return [_found(Reason.REASSESSMENT_OVERDUE, date=due)] if due < case.body_day else []


def _papers(case: Case) -> list[Finding]:
    """AC-17: how old what we know of the accreditation may be.

    Statements live at most 30 days and their own end speaks first, so that this is heard only
    under a policy that is stricter than the usual one.
    """
    days, policy = case.papers_age_days, case.policy
    if days is None or days <= policy.accreditation_warn_age_days:
        return []
    stale = days > policy.accreditation_max_age_days
    code = Reason.ACCREDITATION_STALE if stale else Reason.ACCREDITATION_AGEING
    return [_found(code, days=days)]
