"""Accreditation gone, and the old certificates? (rules.md AC-9 to AC-11, PC-20, PC-21, PC-23.)

No world rule says what a certificate is worth once its certifier has lost its accreditation. Seven
answers are named packs (2c); the usual one is six months to move, or expiry if sooner.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from service.domain.accreditation import Accreditation, AccreditationEvent, pauses
from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case
from service.rules.packs import EndedPack

_ENDINGS = frozenset({"withdrawn", "resigned", "expired"})
# Renewal is filed so many months before the end (29 CFR 1910.7 App. A II.C).
_FILED_MONTHS = (12, 9)


def spells(events: Sequence[AccreditationEvent]) -> Iterator[tuple[date, date | None]]:
    """AC-7: suspensions as (first day, day of lifting or None); one without a day began long ago.

    An unknown day is not a harmless one: nothing was then decided before it.
    """
    dated = [
        replace(event, effective_on=date.min)
        if event.effective_on is None and event.type in {"suspended", "inactive"}
        else event
        for event in events
    ]
    return pauses(tuple(dated))


def suspended_on(events: Sequence[AccreditationEvent], day: date) -> bool:
    """Whether a day lies in a suspension."""
    return any(
        start <= day and (lifted is None or day < lifted) for start, lifted in spells(events)
    )


def ending_for(
    events: Sequence[AccreditationEvent], decided: date, day: date
) -> AccreditationEvent | None:
    """The first event that ended it for a decision; one without a day counts before all others.

    A reduction that was taken back by an extension no longer counts: for decisions from then on,
    and, once it is taken back, for those from before.
    """
    for event in events:
        if event.type in _ENDINGS:
            return event
        if event.type == "reduced" and not _taken_back(event, events, decided, day):
            return event
    return None


def _taken_back(
    reduced: AccreditationEvent, events: Sequence[AccreditationEvent], decided: date, day: date
) -> bool:
    start = reduced.effective_on
    if start is None:
        return False
    back = [
        event.effective_on
        for event in events
        if event.type == "extended" and event.effective_on is not None
    ]
    again = min((on for on in back if on > start), default=None)
    return again is not None and again <= day and (decided < start or decided >= again)


def first_day_without(
    accreditation: Accreditation, event: AccreditationEvent | None, *, runs_on: bool = False
) -> date | None:
    """PC-21: W, by an event or by its term; a recognition that `runs_on` may outlast its term.

    Where renewal was filed in the window before the end, it is in force until the final decision.
    """
    days = [] if event is None or event.effective_on is None else [event.effective_on]
    expires, filed = accreditation.expires_on, accreditation.renewal_filed_on
    if expires is not None:
        first, last = (add_months(expires, -months) for months in _FILED_MONTHS)
        if not (runs_on and filed is not None and first <= filed <= last):
            days.append(expires + timedelta(days=1))
    return min(days, default=None)


def assess_end(
    case: Case, accreditation: Accreditation, events: tuple[AccreditationEvent, ...]
) -> list[Finding]:
    """AC-9 to AC-11, CM-9: ended on W; what was decided before may stand for a while."""
    decided = case.certificate.decided
    event = ending_for(events, decided, case.body_day)
    if event is not None and event.effective_on is None:
        return [_found(Reason.CHAIN_LINK_REVOKED)]
    ended_on = first_day_without(accreditation, event, runs_on=case.ended.limit == "units")
    if ended_on is None:
        return []
    if decided >= ended_on or case.issued_body_day >= ended_on:
        return [_found(Reason.ISSUED_AFTER_ACCREDITATION_ENDED, date=ended_on)]
    if case.body_day < ended_on:
        return []
    return after_end(case, accreditation, case.ended, ended_on, event)


def _found(code: Reason, /, *, outcome: Outcome | None = None, **facts: object) -> Finding:
    return Finding.of(Check.COVERAGE, code, outcome=outcome, **facts)


def after_end(
    case: Case,
    accreditation: Accreditation,
    pack: EndedPack,
    ended_on: date,
    event: AccreditationEvent | None,
) -> list[Finding]:
    """AC-9, AC-10, PC-20, PC-23: what a pack says of certificates decided before W."""
    if pack.limit == "none":
        return [_found(Reason.ACCREDITATION_ENDED_NO_LIMIT, date=ended_on)]
    if pack.limit == "units":
        return _units_only(case, accreditation, ended_on, event)
    if pack.limit == "adoption_months" and not _taken_over(case, accreditation):
        return [_found(Reason.ACCREDITATION_ENDED, date=ended_on)]
    notified = event.notified_on if event and pack.counted_from == "notification" else None
    months = case.policy.withdrawal_grace_months if pack.months is None else pack.months
    limit = add_months(notified or ended_on, months)
    if case.certificate.expires is not None:
        limit = min(limit, case.certificate.expires)
    if case.body_day <= limit:
        return [_found(Reason.ACCREDITATION_ENDED_TRANSFER_BY, date=ended_on, limit=limit)]
    outcome = Outcome.ACCEPT_WITH_WARNING if case.policy.after_grace == "warn" else None
    return [_found(Reason.ACCREDITATION_ENDED, outcome=outcome, date=ended_on, limit=limit)]


def _taken_over(case: Case, accreditation: Accreditation) -> bool:
    """PC-23: another body took over in writing, and the authority saw no safety issue."""
    day, number = case.body_day, case.certificate.number
    return any(
        number in one.numbers
        and one.confirmed_on is not None
        and one.no_safety_issue_on is not None
        and max(one.confirmed_on, one.no_safety_issue_on) <= day
        for one in accreditation.adoptions
    )


def _units_only(
    case: Case,
    accreditation: Accreditation,
    ended_on: date,
    event: AccreditationEvent | None,
) -> list[Finding]:
    """PC-20: another laboratory took over, or the unit was made and marked before W (PC-9)."""
    if adopted(case, accreditation):
        return []
    if made_before(case, ended_on, event):
        return [_found(Reason.MADE_BEFORE_END, date=ended_on)]
    return [_found(Reason.ACCREDITATION_ENDED, date=ended_on)]


def adopted(case: Case, recognition: Accreditation) -> bool:
    """PC-20: whether another laboratory took this certificate over by the day judged."""
    return any(
        case.certificate.number in one.numbers
        and (one.confirmed_on is None or one.confirmed_on <= case.body_day)
        for one in recognition.adoptions
    )


def made_before(case: Case, ended_on: date, event: AccreditationEvent | None) -> bool:
    """PC-9, PC-20: a unit from before W, unless the reason speaks against the units (PC-10)."""
    made = case.question.made_on
    excluded = event is not None and event.reason in case.policy.grandfather_excludes
    return made is not None and made < ended_on and not excluded
