"""The cycle that a certificate belongs to, and the spells in which it was suspended.

A revision within a cycle has its own decision (an extension, say) and must not begin the cycle
anew: where a record is at hand, its events say when the cycle began.
"""

from datetime import date, timedelta
from typing import NamedTuple

from service.domain.dates import Period
from service.domain.surveillance import FINAL, LifeState, Record, RecordEvent
from service.rules.case import Case

_BEGINS = frozenset({"granted", "renewed", "restored"})
_GOES_ON = frozenset({"suspended", "extended", "renewed", "granted"})


class Cycle(NamedTuple):
    """The decision that began a cycle, and whether it was an initial certification."""

    decision: date
    initial: bool


def cycle(case: Case) -> Cycle:
    """MS-9, MS-26: the cycle of the certificate; of one that was moved, the old one runs on.

    Joined with a recertification audit, a transfer begins a new one.
    """
    certificate = case.certificate
    origin, initial = certificate.transferred_from, certificate.previous_expires is None
    if origin is not None and origin.decided is not None and certificate.recert_audit_end is None:
        return Cycle(origin.decided, initial)
    began = _began(case)
    if began is None:
        return Cycle(certificate.decided, initial)
    if began.effective_on == certificate.effective:
        return Cycle(certificate.decided, initial and began.type == "granted")
    return Cycle(min(certificate.decided, began.effective_on), initial and began.type == "granted")


def _began(case: Case, until: date | None = None) -> RecordEvent | None:
    """The last event on record that began a cycle, not after the certificate applies."""
    events = case.record.events if case.record is not None else ()
    last = case.certificate.effective if until is None else until
    began = [event for event in events if event.type in _BEGINS and event.effective_on <= last]
    return max(began, key=lambda event: event.effective_on, default=None)


def restored_on(case: Case) -> date | None:
    """The day of the restoration that began the cycle on record on the day judged, if one did."""
    began = _began(case, case.day)
    return began.effective_on if began is not None and began.type == "restored" else None


def granted_on(case: Case) -> date:
    """The first day of the licence: the grant on record, else the certificate's own."""
    events = case.record.events if case.record is not None else ()
    grants = [event.effective_on for event in events if event.type == "granted"]
    return min([case.certificate.effective, *grants])


def gap(case: Case) -> Period | None:
    """MS-6: the days on which nothing was certified, between the end before and this start."""
    previous, effective = case.certificate.previous_expires, case.certificate.effective
    one = timedelta(days=1)
    if previous is None or effective <= previous + one:
        return None
    return Period(previous + one, effective - one)


def suspensions(record: Record, until: date) -> tuple[tuple[date, date | None], ...]:
    """Suspensions begun by `until`, each as (first day, first day without it or None)."""
    spells: list[tuple[date, date | None]] = []
    for event in sorted(record.events, key=lambda event: event.effective_on):
        if event.effective_on > until:
            break
        open_spell = bool(spells) and spells[-1][1] is None
        if event.type == "suspended" and not open_spell:
            spells.append((event.effective_on, None))
        elif open_spell and event.type not in _GOES_ON:
            spells[-1] = (spells[-1][0], event.effective_on)
        if event.type in {str(state) for state in FINAL}:
            break
    return tuple(spells)


def is_active(record: Record, day: date) -> bool:
    """Whether the record says so of that day."""
    return record.standing(day).state is LifeState.ACTIVE
