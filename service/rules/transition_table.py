"""The table of acts in the lives of certificates, accreditations and recognitions (rules.md 3).

It is data (`transitions.json`): from which states an act leads, who asks for it, the reason classes
it takes, how many days ahead it may be announced, and its clause; and the sentence of every code
with which an act is refused. What all acts have in common is judged here.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from service.domain.verdict import fill
from service.rules.reading import built

_CLIENTS_WISH = frozenset({"client_request", "voluntary"})


class Actor(StrEnum):
    """Who asks for an act; the certification body decides by its independent decision maker."""

    DECISION_MAKER = "decision_maker"
    HOLDER = "holder"
    ACCEPTING_BODY = "accepting_body"
    REGISTER_OFFICER = "register_officer"
    CERTIFICATION_BODY = "certification_body"
    ACCREDITATION_BODY = "accreditation_body"
    ARRANGEMENT = "arrangement"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act: `event` is what it leaves in a record, None if nothing.

    `ahead_days` is how far it may be announced (None: a rule of its own says so); one that `gives`
    validity is never earlier than its decision; one with `same_day` may share a day with another
    event, because the order of the two says nothing. `bars_leaving` marks those for which a
    client's leaving is no reason.
    """

    act: str
    clause: str
    states: tuple[str, ...]
    by: tuple[str, ...]
    life: str
    event: str | None = None
    reasons: tuple[str, ...] = ()
    needs_reason: bool = False
    ahead_days: int | None = 0
    gives: bool = False
    same_day: bool = False
    bars_leaving: bool = False


@dataclass(frozen=True, slots=True)
class CodeRow:
    """The sentence of a code; `clause` None is that of the act."""

    sentence: str
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class TransitionRefusal:
    """Why an act is not allowed: a stable code, a clause, and a sentence for who asked."""

    code: str
    clause: str
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What every act has: who asks (`by`), the day of its effect, and today, as civil days.

    Certificates are dated in the issuer's zone, accreditations in the accreditation body's (DT-1).
    """

    by: Actor
    effective_on: date
    today: date
    reason: str | None = None


@cache
def act_rows(life: str) -> Mapping[str, ActRow]:
    """The acts of a life (`certificate`, `accreditation`, `recognition`), by name."""
    rows = (built(ActRow, {**row, "life": life}, life) for row in _file()[life])
    return {row.act: row for row in rows}


@cache
def code_rows() -> Mapping[str, CodeRow]:
    """Every code with its sentence; a code's variants stand under `CODE.variant`."""
    return {code: built(CodeRow, row, code) for code, row in _file()["codes"].items()}


@cache
def _file() -> Mapping[str, Any]:
    file = Path(__file__).with_name("transitions.json")
    found: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def refusal(code: str, clause: str, /, **facts: Any) -> TransitionRefusal:
    """A refusal with its sentence filled in; `clause` where the code has none of its own."""
    row = code_rows()[code]
    shown = {name: _shown(value) for name, value in facts.items()}
    return TransitionRefusal(
        code.partition(".")[0], row.clause or clause, fill(row.sentence, shown), facts
    )


def _shown(value: Any) -> Any:
    """Names of states and reasons as words."""
    if isinstance(value, str):
        return value.replace("_", " ")
    return [_shown(one) for one in value] if isinstance(value, (tuple, list)) else value


def assess_asking(row: ActRow, change: Change) -> Iterator[TransitionRefusal]:
    """Who may ask for an act, and for which classes of reasons (rules.md 1.1, 3.1, 3.2)."""
    yield from assess_actor(row, change.by)
    yield from assess_reason(row, change.reason)


def assess_actor(row: ActRow, by: Actor) -> Iterator[TransitionRefusal]:
    """Who may ask: an accreditation body, for one, never suspends its certifier's certificates."""
    if by not in row.by:
        yield refusal("ACTOR_NOT_ALLOWED", row.clause, by=str(by), allowed=row.by)


def assess_reason(row: ActRow, reason: str | None) -> Iterator[TransitionRefusal]:
    """The reason class; a client's leaving is none to suspend or withdraw (IAF MD 2 2.4)."""
    if reason is None:
        if row.needs_reason:
            yield refusal("REASON_UNKNOWN.missing", row.clause, allowed=row.reasons)
    elif reason in row.reasons:
        return
    elif not row.reasons:
        yield refusal("REASON_NOT_ALLOWED.none", row.clause, reason=reason)
    elif reason not in _classes(row.life):
        yield refusal("REASON_UNKNOWN", row.clause, allowed=row.reasons)
    else:
        leaves = row.bars_leaving and reason in _CLIENTS_WISH
        code = "REASON_NOT_ALLOWED.leaving" if leaves else "REASON_NOT_ALLOWED"
        yield refusal(code, row.clause, reason=reason, allowed=row.reasons)


@cache
def _classes(life: str) -> frozenset[str]:
    """Every reason class that some act of a life takes."""
    return frozenset(one for row in act_rows(life).values() for one in row.reasons)


def assess_dates(row: ActRow, change: Change, days: Iterable[date]) -> Iterator[TransitionRefusal]:
    """DT-7: not before what has happened, not on the day of another event, not too far ahead.

    `days` are those of the events on record. What is announced and still ahead does not bar an act
    before it: an accreditation or certificate may be withdrawn before its announced suspension.
    """
    on, today = change.effective_on, change.today
    known = sorted(days)
    last = max((day for day in known if day <= today), default=None)
    if last is not None and on < last:
        yield refusal("EFFECTIVE_BEFORE_LAST_EVENT", row.clause, date=on, last=last)
    if on in known and row.event is not None and not row.same_day:
        yield refusal("SAME_DAY_EVENT", row.clause, date=on)
    if row.ahead_days is not None:
        yield from assess_ahead(row, on, today + timedelta(days=row.ahead_days))


def assess_ahead(row: ActRow, on: date, limit: date) -> Iterator[TransitionRefusal]:
    """An act that takes effect after the last day allowed for it."""
    if on > limit:
        yield refusal("EFFECTIVE_IN_FUTURE", row.clause, date=on, limit=limit)
