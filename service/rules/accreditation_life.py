"""Which act in the life of an accreditation is allowed when (rules.md 3.2), as refusals and why.

- Withdrawn, resigned and expired are final: back leads only a new application, under a new number.
- A part of the scope may be suspended; the accreditation as a whole stays active (AC-13).
- Lifting needs an on-site assessment at most two years old (ILAC FAQ 24); inactive is at most one
  year (A2LA); a cycle is at most five, suspended or not (ISO/IEC 17011 7.9.1).
- Nobody grants more than it is itself recognised for (CM-9).
- Suspensions, reductions, extensions and withdrawals may be announced 31 days ahead, a resignation
  92 (UKAS asks for 90 days' notice).
"""

from collections.abc import Callable, Iterator
from datetime import date

from service.domain.accreditation import AccreditationEvent, Part
from service.domain.dates import add_months
from service.rules.accreditation_states import (
    ENDED,
    AccreditationAct,
    AccreditationChange,
    AccreditationState,
    OnFile,
)
from service.rules.narrowing import (
    beyond_recognition,
    describe,
    is_part_of,
    overlaps,
    within,
)
from service.rules.transition_table import (
    ActRow,
    TransitionRefusal,
    act_rows,
    assess_asking,
    assess_dates,
    refusal,
)

_ASSESSED_MONTHS, _INACTIVE_MONTHS = 24, 12


def assess_accreditation_change(
    file: OnFile, asked: AccreditationChange
) -> tuple[TransitionRefusal, ...]:
    """Everything that speaks against an act, worst first; nothing if it is allowed."""
    row = act_rows("accreditation")[asked.act]
    wrong = _state(file, asked, row)
    if wrong is not None and wrong.code == "STATE_FINAL":
        return (wrong,)
    refusals = [*assess_asking(row, asked), *assess_dates(row, asked, _days(file, asked))]
    if wrong is not None:
        return (wrong, *refusals)
    own = _OWN.get(asked.act)
    return (*refusals, *(own(file, asked, row) if own is not None else ()))


def _days(file: OnFile, asked: AccreditationChange) -> list[date]:
    """The days of what has happened to the same part; one of another part has no order with it."""
    granted = file.accreditation
    if granted is None:
        return []
    days = [
        event.effective_on
        for event in granted.events
        if event.effective_on is not None and _concerns(event, asked.parts)
    ]
    if asked.act is AccreditationAct.REASSESS and granted.reassessed_on is not None:
        days.append(granted.reassessed_on)
    return [granted.granted_on, *days]


def _concerns(event: AccreditationEvent, parts: tuple[Part, ...] | None) -> bool:
    if event.parts is None or parts is None:
        return True
    return any(overlaps(one, other) for one in event.parts for other in parts)


def _state(file: OnFile, asked: AccreditationChange, row: ActRow) -> TransitionRefusal | None:
    """The state from which an act leads, on the day of its effect; what is final stays."""
    day = asked.effective_on
    if asked.act is AccreditationAct.EXPIRE:
        return _expiry(file, asked, row)
    final, since = file.state(max(day, asked.today))
    if final in ENDED and final not in row.states:
        return refusal("STATE_FINAL", row.clause, state=str(final), date=since)
    state, _ = file.state(day)
    partly = asked.act is AccreditationAct.APPROVE and bool(file.suspended(day))
    if state in row.states or partly:
        return None
    return refusal("STATE_WRONG", row.clause, state=str(state), date=day, allowed=row.states)


def _expiry(file: OnFile, asked: AccreditationChange, row: ActRow) -> TransitionRefusal | None:
    """The clock ends what has a term, on the day after it and no earlier (PC-21 aside)."""
    state, since = file.ended(asked.effective_on)
    if state is not None:
        return refusal("STATE_FINAL", row.clause, state=str(state), date=since)
    first_day = file.term_over
    if first_day is None:
        return refusal("NOT_EXPIRED.endless", row.clause)
    if asked.effective_on < first_day:
        expires = file.accreditation.expires_on if file.accreditation else None
        return refusal("NOT_EXPIRED", row.clause, date=asked.effective_on, expires=expires)
    return None


def _grant(file: OnFile, asked: AccreditationChange, row: ActRow) -> Iterator[TransitionRefusal]:
    """CM-9: within what the granting body is itself recognised for, and for one cycle at most."""
    if not asked.rows:
        yield refusal("NOTHING_ADDED", row.clause)
    for scope in asked.rows:
        beyond = beyond_recognition(file.recognition, file.norm, scope, asked.effective_on)
        if beyond is not None:
            yield refusal("SCOPE_WIDENED", row.clause, beyond=beyond)
    yield from _term(file, asked, row)


def _term(file: OnFile, asked: AccreditationChange, row: ActRow) -> Iterator[TransitionRefusal]:
    """ISO/IEC 17011 7.9.1: a cycle is at most five years, suspended or not."""
    limit = add_months(asked.effective_on, file.policy.reassessment_months)
    if asked.expires_on is not None and asked.expires_on > limit:
        yield refusal("CYCLE_TOO_LONG", row.clause, limit=limit, expires=asked.expires_on)


def _reduce(file: OnFile, asked: AccreditationChange, row: ActRow) -> Iterator[TransitionRefusal]:
    """A reduction takes out parts that there are, and what it leaves lies within what was."""
    rows = file.accreditation.scope if file.accreditation else ()
    parts = asked.parts or ()
    if not any(is_part_of(part, one) for part in parts for one in rows):
        yield refusal("NOTHING_REMOVED", row.clause)
    for after in asked.rows:
        if not any(within(after, before) for before in rows):
            yield refusal("SCOPE_WIDENED", row.clause, beyond=describe(after))


def _suspend(file: OnFile, asked: AccreditationChange, row: ActRow) -> Iterator[TransitionRefusal]:
    """The whole, or parts that there are and that are not suspended yet."""
    yield from _parts(file, asked, row)
    day = asked.effective_on
    if asked.parts and all(file.is_suspended(part, day) for part in asked.parts):
        state = AccreditationState.SUSPENDED
        yield refusal("STATE_WRONG", row.clause, state=str(state), date=day, allowed=row.states)


def _parts(file: OnFile, asked: AccreditationChange, row: ActRow) -> Iterator[TransitionRefusal]:
    """A part that is named exists; no part at all, where not the whole is meant, is none."""
    if asked.parts is None:
        return
    rows = file.accreditation.scope if file.accreditation else ()
    if not asked.parts:
        yield refusal("PART_UNKNOWN.none", row.clause)
    for part in asked.parts:
        if not any(is_part_of(part, one) for one in rows):
            yield refusal("PART_UNKNOWN", row.clause, part=describe(part))


def _lift(file: OnFile, asked: AccreditationChange, row: ActRow) -> Iterator[TransitionRefusal]:
    """ILAC FAQ 24: what is suspended, after an on-site assessment at most two years old."""
    day, assessed = asked.effective_on, asked.assessed_on
    yield from _parts(file, asked, row)
    parts = asked.parts
    if not (file.suspended(day) if parts is None else all(file.touched(p, day) for p in parts)):
        allowed = (str(AccreditationState.SUSPENDED),)
        state = str(AccreditationState.ACTIVE)
        yield refusal("STATE_WRONG", row.clause, state=state, date=day, allowed=allowed)
    first = add_months(day, -_ASSESSED_MONTHS)
    if assessed is None:
        yield refusal("ASSESSMENT_TOO_OLD.missing", row.clause, first=first)
    elif assessed < first:
        yield refusal("ASSESSMENT_TOO_OLD", row.clause, first=first, assessed=assessed)
    elif assessed > day:
        yield refusal("FUTURE_DATED", row.clause, decided=assessed, today=asked.today)


def _reactivate(
    file: OnFile, asked: AccreditationChange, row: ActRow
) -> Iterator[TransitionRefusal]:
    """A2LA: what was inactive for more than a year does not come back."""
    _, since = file.state(asked.effective_on)
    limit = None if since is None else add_months(since, _INACTIVE_MONTHS)
    if limit is not None and asked.effective_on > limit:
        yield refusal("INACTIVE_TOO_LONG", row.clause, since=since, limit=limit)


def _numbers(_: OnFile, asked: AccreditationChange, row: ActRow) -> Iterator[TransitionRefusal]:
    """AC-8, AC-12, PC-20: certificates by number, or all decided from a day on."""
    voids = asked.act is AccreditationAct.VOID and asked.void_from is not None
    if not asked.numbers and not voids:
        yield refusal("NOTHING_NAMED", row.clause)
    if asked.void_from is not None and asked.void_from > asked.today:
        yield refusal("FUTURE_DATED", row.clause, decided=asked.void_from, today=asked.today)


_Rule = Callable[[OnFile, AccreditationChange, ActRow], Iterator[TransitionRefusal]]
_OWN: dict[AccreditationAct, _Rule] = {
    AccreditationAct.GRANT: _grant,
    AccreditationAct.EXTEND: _grant,
    AccreditationAct.REDUCE: _reduce,
    AccreditationAct.SUSPEND: _suspend,
    AccreditationAct.LIFT: _lift,
    AccreditationAct.REACTIVATE: _reactivate,
    AccreditationAct.VOID: _numbers,
    AccreditationAct.REASSESS: _term,
    AccreditationAct.APPROVE: _numbers,
    AccreditationAct.ADOPT: _numbers,
}
