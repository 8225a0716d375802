"""Which act in the life of a certificate is allowed when (rules.md 3.1), as refusals and why.

- What is final stays: withdrawn, cancelled, transferred and refused lead nowhere.
- The clock ends a certificate at 00:00 after its last day, suspended or not (MS-19); only a
  restoration leads back (MS-6, MS-7), and in some packs nothing.
- An act is judged on the day of its effect, a renewal and a restoration on that of their decision.
- A suspension may be announced 31 days ahead, within which a register must be brought up to date
  (IAF MD 28), so that it stands there before it begins; a cancellation 92, the notice of contracts;
  a grant 92; a renewal to the day after the old end. Nothing else takes effect in the future.
- An announced event does not bar acts before it. It cannot be recalled, only corrected (erratum).
- Two events of one day have no order, so the second is refused. A withdrawal is not: it is final in
  either order, and what is wrong must not stand until tomorrow.
- An erratum corrects a recorded event, whose type stays; it never deletes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from service.domain.certificate import Kind
from service.domain.dates import add_months
from service.domain.surveillance import LifeState, RecordEvent
from service.rules.certificate_life import FINAL, Act, CertificateState, OnRecord, Transition
from service.rules.transition_table import (
    ActRow,
    TransitionRefusal,
    act_rows,
    assess_actor,
    assess_ahead,
    assess_asking,
    assess_dates,
    assess_reason,
    refusal,
)

_ONE_DAY = timedelta(days=1)
_BY_DECISION = frozenset({Act.RENEW, Act.RESTORE})
# What is granted and not yet in force can be ended, but not suspended.
_ENDINGS = frozenset({Act.WITHDRAW, Act.CANCEL})
# The status list's values (design.md section 6); a final one never changes again.
_VALID, _WITHDRAWN, _SUSPENDED = 0, 1, 2
_SURV_OVERDUE, _TRANSFERRED, _SUPERSEDED, _NEVER_ISSUED = 12, 13, 14, 15
_FINAL_VALUES = frozenset({_WITHDRAWN, _TRANSFERRED, _SUPERSEDED})


def assess_transition(known: OnRecord, asked: Transition) -> tuple[TransitionRefusal, ...]:
    """Everything that speaks against an act, worst first; nothing if it is allowed."""
    row = act_rows("certificate")[asked.act]
    if asked.act is Act.ERRATUM:
        return tuple(_erratum(known, asked, row))
    wrong = _state(known, asked, row)
    if wrong is not None and wrong.code == "STATE_FINAL":
        return (wrong,)
    days = [event.effective_on for event in known.events]
    refusals = [*assess_asking(row, asked), *assess_dates(row, asked, days)]
    refusals += _decision(asked, row)
    if wrong is not None:
        return (wrong, *refusals)
    return (*refusals, *_own_rules(known, asked, row))


def _state(known: OnRecord, asked: Transition, row: ActRow) -> TransitionRefusal | None:
    """The state from which an act leads, on the day of its effect or of its decision."""
    day = asked.decision if asked.act in _BY_DECISION else asked.effective_on
    final, since = known.state(max(day, asked.today))
    if final in FINAL:
        return refusal("STATE_FINAL", row.clause, state=str(final), date=since)
    state, since = known.state(day)
    if state in row.states:
        return None
    suspended = known.standing(day).state is LifeState.SUSPENDED
    if state is CertificateState.EXPIRED:  # MS-19: suspension has not stopped the clock
        code = "MS-19" if suspended and row.gives else "EXPIRED"
        return refusal(code, row.clause, expires=known.expires)
    if asked.act is Act.TRANSFER_OUT and suspended:
        return refusal("MS-26", row.clause, since=since)
    granted = any(event.type == "granted" for event in known.events)
    if state is CertificateState.DRAFT and granted and asked.act in _ENDINGS:
        return None
    return refusal("STATE_WRONG", row.clause, state=str(state), date=day, allowed=row.states)


def _decision(asked: Transition, row: ActRow) -> Iterator[TransitionRefusal]:
    """MS-2, DT-9: nobody decides in the future, and validity does not begin before its decision."""
    on, decided, today = asked.effective_on, asked.decision, asked.today
    if decided > today:
        yield refusal("FUTURE_DATED", row.clause, decided=decided, today=today)
    if row.gives and on < decided:
        yield refusal("BACKDATED", row.clause, date=on, decided=decided)
    if asked.stage2_on is not None and asked.stage2_on > min(on, today):
        yield refusal("EVIDENCE_ORDER_IMPOSSIBLE", row.clause, stage2=asked.stage2_on)


def _own_rules(known: OnRecord, asked: Transition, row: ActRow) -> Iterator[TransitionRefusal]:
    """The conditions of rules.md 3.1 that one act alone has."""
    act = asked.act
    if act is Act.REINSTATE and not asked.cause_resolved:
        since = known.standing(asked.effective_on).since
        yield refusal("CAUSE_NOT_RESOLVED", row.clause, since=since)
    elif act is Act.REDUCE and not _removes(asked):
        yield refusal("NOTHING_REMOVED", row.clause)
    elif act is Act.RENEW and known.expires is None:
        yield from assess_ahead(row, asked.effective_on, asked.today)
    elif act is Act.RENEW and known.expires is not None:
        limit = known.expires + _ONE_DAY
        if asked.effective_on > limit:
            yield refusal("MS-4", row.clause, date=asked.effective_on, limit=limit)
    elif act is Act.TRANSFER_OUT and not (asked.to_body and asked.to_number):
        yield refusal("MS-26.to", row.clause)
    elif act is Act.RESTORE and known.expires is not None:
        yield from _restore(known, asked, row, known.expires)


def _removes(asked: Transition) -> bool:
    out = asked.removed
    return out is not None and bool(out.codes or out.sites or out.models)


def _restore(
    known: OnRecord, asked: Transition, row: ActRow, expires: date
) -> Iterator[TransitionRefusal]:
    """MS-6, MS-7: within six months, or with a new stage 2; MS-19: what was suspended, resolved."""
    decided, stage2 = asked.decision, asked.stage2_on
    limit = add_months(expires, known.policy.restoration_months)
    if known.kind is not Kind.MANAGEMENT_SYSTEM:
        yield refusal("MS-6", row.clause, expires=expires)
    elif not known.pack.restoration:
        yield refusal("RESTORED_TOO_LATE.pack", row.clause, expires=expires, pack=known.pack.name)
    elif decided > limit and not (stage2 is not None and expires < stage2 <= decided):
        yield refusal(
            "RESTORED_TOO_LATE", row.clause, expires=expires, limit=limit, decided=decided
        )
    standing = known.standing(expires)
    if standing.state is LifeState.SUSPENDED and not asked.cause_resolved:
        yield refusal("MS-19", row.clause, expires=expires)


def _erratum(known: OnRecord, asked: Transition, row: ActRow) -> Iterator[TransitionRefusal]:
    """DT-7: a recorded event corrected; its type and its place among the others stay; four eyes."""
    yield from assess_actor(row, asked.by)
    if not asked.second:
        yield refusal("DUAL_CONTROL_REQUIRED", row.clause)
    wrong = asked.corrects
    if wrong is None or wrong not in known.events:
        yield refusal("NOT_ON_RECORD", row.clause)
        return
    of_event = next(one for one in act_rows("certificate").values() if one.event == wrong.type)
    yield from assess_reason(of_event, asked.reason)
    yield from _corrected_day(known, asked, of_event, wrong)
    if of_event.act == Act.REDUCE and not _removes(asked):
        yield refusal("NOTHING_REMOVED", of_event.clause)
    if of_event.act == Act.TRANSFER_OUT and not (asked.to_body and asked.to_number):
        yield refusal("MS-26.to", of_event.clause)


def _corrected_day(
    known: OnRecord, asked: Transition, row: ActRow, wrong: RecordEvent
) -> Iterator[TransitionRefusal]:
    """Between the events around it; what has begun stays begun."""
    on, was = asked.effective_on, wrong.effective_on
    others = [event.effective_on for event in known.events if event is not wrong]
    before = max((day for day in others if day < was), default=None)
    after = min((day for day in others if day > was), default=None)
    if on in others and not row.same_day:
        yield refusal("SAME_DAY_EVENT", row.clause, date=on)
    elif before is not None and on < before:
        yield refusal("EFFECTIVE_BEFORE_LAST_EVENT", row.clause, date=on, last=before)
    elif after is not None and on > after:
        yield refusal("EFFECTIVE_AFTER_NEXT_EVENT", row.clause, date=on, next=after)
    days = row.ahead_days or 0
    limit = asked.today + timedelta(days=days if was > asked.today else 0)
    yield from assess_ahead(row, on, max(limit, was))


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """What decides the status list's word on one revision; civil days in the issuer's zone.

    `issued_on` None: its index was never given out. `superseded_on` is the day from which a newer
    revision answers, `overdue_from` the first day of an overdue surveillance (`calendar`), both
    None for never. `published` is the value that the list shows already.
    """

    known: OnRecord
    issued_on: date | None
    superseded_on: date | None = None
    overdue_from: date | None = None
    published: int | None = None


def list_value(facts: RevisionFacts, on: date) -> int:
    """CM-6: the status list's value of a revision on a day: 0, 1, 2, 12, 13, 14 or 15.

    What is published and final stays, whatever was learnt later. Of two ends the first counts:
    after it nothing can follow. Expiry is no value, the token states it itself.
    """
    if facts.published in _FINAL_VALUES:
        return facts.published or _VALID
    if facts.issued_on is None or on < facts.issued_on:
        return _NEVER_ISSUED
    standing, superseded = facts.known.standing(on), facts.superseded_on
    ended = standing.since if CertificateState(standing.state) in FINAL else None
    if superseded is not None and superseded <= on and (ended is None or superseded < ended):
        return _SUPERSEDED
    if ended is not None:
        return _TRANSFERRED if standing.state is LifeState.TRANSFERRED else _WITHDRAWN
    if standing.state is LifeState.SUSPENDED:
        return _SUSPENDED
    overdue = facts.overdue_from is not None and facts.overdue_from <= on
    return _SURV_OVERDUE if overdue else _VALID
