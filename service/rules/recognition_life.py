"""Which act in the life of a body's recognition is allowed when (rules.md 3.2), and why not.

An arrangement recognises an accreditation body for a norm: applicant, signatory, perhaps suspended,
ended. A body whose recognition has ended may be recognised again, by a row of its own. Any of it
may be announced 92 days ahead, but a suspension is lifted on the day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from service.domain.accreditation import Recognition, RecognitionRow
from service.domain.dates import Period
from service.domain.scope import any_covers
from service.rules.transition_table import (
    ActRow,
    Change,
    TransitionRefusal,
    act_rows,
    assess_asking,
    assess_dates,
    refusal,
)

_ONE_DAY = timedelta(days=1)


class RecognitionAct(StrEnum):
    """What an arrangement may do with a recognition."""

    RECOGNISE = "recognise"
    EXTEND = "extend"
    REDUCE = "reduce"
    SUSPEND = "suspend"
    LIFT = "lift"
    END = "end"


class RecognitionState(StrEnum):
    """The states of an accreditation body under a norm (rules.md 3.2)."""

    APPLICANT = "applicant"
    SIGNATORY = "signatory"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionChange(Change):
    """An act for one norm; days are civil days in the accreditation body's zone.

    `standards` is the list after the act, None for every standard of the norm; `main_scope` is
    whether the norm as a whole is recognised after it, None where that stays as it is.
    """

    act: RecognitionAct
    norm: str
    standards: tuple[str, ...] | None = None
    main_scope: bool | None = None


def assess_recognition_change(
    recognition: Recognition | None, asked: RecognitionChange
) -> tuple[TransitionRefusal, ...]:
    """Everything that speaks against an act, worst first; nothing if it is allowed."""
    table = act_rows("recognition")[asked.act]
    rows = _rows(recognition, asked.norm)
    state, since = recognition_state(recognition, asked.norm, asked.effective_on)
    wrong: list[TransitionRefusal] = []
    held = any(_lasts(row, asked.effective_on) for row in rows)
    if state not in table.states or (held and asked.act is RecognitionAct.RECOGNISE):
        ended = state is RecognitionState.ENDED
        code = "STATE_FINAL" if ended else "STATE_WRONG"
        day = since if ended else asked.effective_on
        wrong = [refusal(code, table.clause, state=str(state), date=day, allowed=table.states)]
    days = [day for row in rows for day in _days(row)]
    wrong += [*assess_asking(table, asked), *assess_dates(table, asked, days)]
    row = next((one for one in rows if one.period.covers(asked.effective_on)), None)
    if row is not None and state in table.states:
        wrong += _same_day(table, asked, days)
        wrong += _standards(table, asked, row)
    if asked.act is RecognitionAct.RECOGNISE and asked.standards == ():
        wrong.append(refusal("NOTHING_ADDED", table.clause))
    return tuple(wrong)


def _rows(recognition: Recognition | None, norm: str) -> list[RecognitionRow]:
    return [row for row in recognition.rows if row.norm == norm] if recognition else []


def recognition_state(
    recognition: Recognition | None, norm: str, day: date
) -> tuple[RecognitionState, date | None]:
    """The state under a norm on a civil day, and since when."""
    rows = _rows(recognition, norm)
    for row in rows:
        if row.period.covers(day):
            spell = next((one for one in row.suspended if one.covers(day)), None)
            if spell is not None:
                return RecognitionState.SUSPENDED, spell.first
            return RecognitionState.SIGNATORY, row.period.first
    ends = [row.period.last for row in rows if row.period.last and row.period.last < day]
    if ends:
        return RecognitionState.ENDED, max(ends) + _ONE_DAY
    return RecognitionState.APPLICANT, None


def _lasts(row: RecognitionRow, day: date) -> bool:
    """Whether a row holds on a day or is to hold after it."""
    return row.period.last is None or row.period.last >= day


def _days(row: RecognitionRow) -> Iterator[date]:
    """The days on which something happened; the first day without it is that of an end."""
    for spell in (row.period, *row.suspended):
        yield from _ends(spell)


def _ends(spell: Period) -> Iterator[date]:
    yield spell.first
    if spell.last is not None:
        yield spell.last + _ONE_DAY


def _same_day(
    table: ActRow, asked: RecognitionChange, days: list[date]
) -> Iterator[TransitionRefusal]:
    """A spell that would have no day: begun and ended, or lifted and suspended, on one day."""
    if asked.effective_on in days and asked.act is not RecognitionAct.EXTEND:
        yield refusal("SAME_DAY_EVENT", table.clause, date=asked.effective_on)


def _standards(
    table: ActRow, asked: RecognitionChange, row: RecognitionRow
) -> Iterator[TransitionRefusal]:
    """An extension adds and takes nothing away; a reduction takes away and adds nothing."""
    before, after = row.standards, asked.standards
    gone = _beyond(before, after)
    new = _beyond(after, before)
    if asked.main_scope is not None and asked.main_scope != row.main_scope:
        (new if asked.main_scope else gone).append("the whole norm")
    if asked.act is RecognitionAct.REDUCE:
        if new:
            yield refusal("SCOPE_WIDENED", table.clause, beyond=new)
        elif not gone or after == ():
            yield refusal("NOTHING_REMOVED", table.clause)
    elif asked.act is RecognitionAct.EXTEND:
        if gone:
            yield refusal("SCOPE_NARROWED", table.clause, missing=gone)
        elif not new:
            yield refusal("NOTHING_ADDED", table.clause)


def _beyond(wide: tuple[str, ...] | None, narrow: tuple[str, ...] | None) -> list[str]:
    """What of `wide` does not lie within `narrow`; every standard of a norm is one of it."""
    if wide is None:
        return [] if narrow is None else ["every standard"]
    return [one for one in wide if not any_covers(narrow, one)]
