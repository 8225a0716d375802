"""Accreditation of the certifier (rules.md 2c): for this, on the day of the decision, and since.

A suspended or ended accreditation does not end the certificates decided before it: the day of the
decision decides. Scope rows are judged on that day only; what came later is said by dated events,
of which only those that touch the certificate count (AC-13).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from service.domain.accreditation import (
    Accreditation,
    AccreditationEvent,
    ScopeRow,
    ending,
    pauses,
)
from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case


def assess_accreditation(case: Case) -> list[Finding]:
    """AC-1 to AC-15: what the accreditation that the certificate names says about it."""
    accreditation = case.accreditation
    if accreditation is None:
        return [_unaccredited(case)]
    if accreditation.norm not in case.norms:
        return [_found(Reason.WRONG_ACCREDITATION_NORM, norm=accreditation.norm)]
    certificate = case.certificate
    scheme = certificate.scheme
    events = accreditation.touching(
        certificate.standards, certificate.codes, scheme.id if scheme else None
    )
    return [
        *_granted(case, accreditation),
        *assess_scope(case, accreditation),
        *_office(case, accreditation),
        *_suspensions(case, accreditation, events),
        *_end(case, accreditation, events),
        *_voided(case, events),
        *_reassessment(case, accreditation),
    ]


def _found(code: Reason, /, *, outcome: Outcome | None = None, **facts: object) -> Finding:
    return Finding.of(Check.COVERAGE, code, outcome=outcome, **facts)


def _unaccredited(case: Case) -> Finding:
    """AC-1, AC-2: the named accreditation does not exist, or none is named."""
    if case.certificate.accreditation is not None:
        return _found(Reason.CB_NOT_ACCREDITED)
    inside = any(one.norm in case.norms and not assess_scope(case, one) for one in case.granted)
    if inside:
        return _found(Reason.UNACCREDITED_INSIDE_SCOPE)
    allowed = case.policy.unaccredited == "warn"
    return _found(
        Reason.UNACCREDITED, outcome=Outcome.ACCEPT_WITH_WARNING if allowed else Outcome.REJECT
    )


def _granted(case: Case, accreditation: Accreditation) -> list[Finding]:
    """AC-4: not decided before it was granted, unless issued again soon after."""
    certificate, granted = case.certificate, accreditation.granted_on
    if certificate.decided >= granted:
        return []
    window = add_months(granted, case.policy.reissue_window_months)
    if certificate.supersedes is not None and granted <= case.issued_on <= window:
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
    an absent limit is everything, and a link only narrows (security.md R10).
    """
    certificate = case.certificate
    outside: set[str] = set()
    unlimited: list[str] = []
    for standard in certificate.standards:
        rows = _rows(case, accreditation, standard)
        if not rows:
            return [_found(Reason.OUT_OF_ACCREDITED_SCOPE, standard=standard)]
        codes = _codes_of(rows)
        if codes is None:
            continue
        unlimited += [] if certificate.codes else [standard]
        outside |= set(certificate.codes) - codes
    if unlimited:
        return [_found(Reason.OUT_OF_ACCREDITED_SCOPE, standard=unlimited[0])]
    if not outside:
        return []
    if case.question.activity in outside or outside >= set(certificate.codes):
        return [_found(Reason.OUT_OF_ACCREDITED_SCOPE, codes=sorted(outside))]
    allowed = case.policy.partly_accredited == "warn"
    return [
        _found(
            Reason.PARTLY_ACCREDITED,
            outcome=None if allowed else Outcome.REJECT,
            codes=sorted(set(certificate.codes) - outside),
        )
    ]


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
    certificate = case.certificate
    for start, lifted in pauses(events):
        if start <= certificate.decided and (lifted is None or certificate.decided < lifted):
            approved = (accreditation.approvals or {}).get(certificate.number)
            code = Reason.ISSUED_WITH_AB_APPROVAL if approved else Reason.ISSUED_WHILE_SUSPENDED
            if not (lifted and case.policy.lifting_cures_decisions):
                yield _found(code, date=start)
        elif certificate.decided < start <= case.body_day and (
            lifted is None or case.body_day < lifted
        ):
            months = case.policy.accr_suspended_reject_after_months
            late = months is not None and case.body_day > add_months(start, months)
            yield _found(
                Reason.ACCREDITATION_SUSPENDED,
                outcome=Outcome.REJECT if late else None,
                date=start,
            )


def _end(
    case: Case, accreditation: Accreditation, events: tuple[AccreditationEvent, ...]
) -> list[Finding]:
    """AC-9 to AC-11, CM-9: ended on W; what was decided before may stand for a while."""
    event = ending(events)
    ended_on = None if event is None else event.effective_on
    if event is not None and ended_on is None:
        return [_found(Reason.CHAIN_LINK_REVOKED)]
    if accreditation.expires_on is not None:
        first_without = accreditation.expires_on + timedelta(days=1)
        ended_on = first_without if ended_on is None else min(ended_on, first_without)
    if ended_on is None:
        return []
    if case.certificate.decided >= ended_on or case.issued_on >= ended_on:
        return [_found(Reason.ISSUED_AFTER_ACCREDITATION_ENDED, date=ended_on)]
    if case.body_day < ended_on:
        return []
    return [_after_end(case, accreditation, ended_on, event)]


def _after_end(
    case: Case, accreditation: Accreditation, ended_on: date, event: AccreditationEvent | None
) -> Finding:
    pack = case.ended
    if pack.limit == "none":
        return _found(Reason.ACCREDITATION_ENDED_NO_LIMIT, date=ended_on)
    adopted = any(
        case.certificate.number in one.numbers and one.confirmed_on and one.no_safety_issue_on
        for one in accreditation.adoptions
    )
    if pack.limit == "units" or (pack.limit == "adoption_months" and not adopted):
        return _found(Reason.ACCREDITATION_ENDED, date=ended_on)
    notified = event.notified_on if event and pack.counted_from == "notification" else None
    months = case.policy.withdrawal_grace_months if pack.months is None else pack.months
    limit = add_months(notified or ended_on, months)
    if case.certificate.expires is not None:
        limit = min(limit, case.certificate.expires)
    if case.body_day <= limit:
        return _found(Reason.ACCREDITATION_ENDED_TRANSFER_BY, date=ended_on, limit=limit)
    outcome = Outcome.ACCEPT_WITH_WARNING if case.policy.after_grace == "warn" else None
    return _found(Reason.ACCREDITATION_ENDED, outcome=outcome, date=ended_on, limit=limit)


def _voided(case: Case, events: tuple[AccreditationEvent, ...]) -> list[Finding]:
    """AC-12: the accreditation body has declared certificates void."""
    certificate = case.certificate
    for event in events:
        since = event.void_from is not None and event.void_from <= certificate.decided
        if event.type == "voided" and (since or certificate.number in event.void_numbers):
            return [_found(Reason.VOIDED_BY_ACCREDITATION_BODY)]
    return []


def _reassessment(case: Case, accreditation: Accreditation) -> list[Finding]:
    """AC-14: an accreditation without an end lives by reassessment."""
    assessed = accreditation.reassessed_on
    if accreditation.expires_on is not None or assessed is None:
        return []
    due = add_months(assessed, case.policy.reassessment_months)
    return [_found(Reason.REASSESSMENT_OVERDUE, date=due)] if due < case.body_day else []
