"""A certification body's desk: what is due, its certificates, and what an act will bring about.

For people at work, in English; nothing here decides, the register does (`service.registry`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from service.domain.dates import parse_day
from service.domain.gate import Gate, GateOutcome
from service.registry import surveying
from service.registry.lives import Life, calendar
from service.rules.certificate_life import Act
from service.rules.gates.table import gate_rows
from service.rules.transition_table import act_rows
from service.storage.register import Certificate
from service.web.view.entry import Happened, history
from service.web.view.words import Line, dated

# The acts that need no dossier, what each brings about, and whether there is a way back.
ACTS: Mapping[Act, tuple[str, str]] = {
    Act.SUSPEND: (
        "Suspend",
        "Within a minute every check says “Rejected: suspended”. The holder may not use the mark "
        "meanwhile. It can be reinstated once the cause is resolved; the dates go on.",
    ),
    Act.REINSTATE: (
        "Reinstate",
        "Within a minute checks accept it again, from that day on. You state that what led to the "
        "suspension is resolved.",
    ),
    Act.WITHDRAW: (
        "Withdraw",
        "Within a minute every check says “Rejected: withdrawn”. This is final: only a new "
        "application leads back, under a new number.",
    ),
    Act.CANCEL: (
        "Cancel",
        "The client gives it up. Within a minute every check says “Rejected: cancelled”. This is "
        "final: only a new application leads back, under a new number.",
    ),
}
_CHIPS: Mapping[str, tuple[str, str]] = {
    "active": ("accept", "Active"),
    "draft": ("open", "Not yet in effect"),
    "suspended": ("reject", "Suspended"),
    "withdrawn": ("reject", "Withdrawn"),
    "cancelled": ("not_asked", "Cancelled"),
    "transferred": ("not_asked", "Transferred"),
    "expired": ("not_asked", "Expired"),
    "void": ("not_asked", "Never issued"),
}
_GATE_STATES: Mapping[GateOutcome, str] = {
    GateOutcome.REFUSED: "failed",
    GateOutcome.WARNING: "open",
    GateOutcome.PASSED: "passed",
}
_ORDER = ("failed", "open", "passed")
STATES = tuple(state for state in _CHIPS if state != "void")


@dataclass(frozen=True, slots=True)
class Row:
    """A certificate in a table; `state` and `mark` are those of its chip."""

    number: str
    holder: str
    standards: str
    state: str
    mark: str
    word: str
    due: Line | None
    ends: Line | None


@dataclass(frozen=True, slots=True)
class Check:
    """A surveillance in the plan."""

    name: str
    due: Line
    state: str


@dataclass(frozen=True, slots=True)
class Possible:
    """An act that the state allows, with the reasons that may be given for it."""

    act: str
    title: str
    reasons: tuple[str, ...]
    needs_reason: bool
    consequence: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A certificate with its plan, its history and what may be done with it."""

    row: Row
    version: int
    checks: tuple[Check, ...]
    happened: tuple[Happened, ...]
    acts: tuple[Possible, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate of a dossier: `state` is passed, open (it warns) or failed."""

    id: str
    title: str
    state: str
    said: str


def gates(found: Sequence[Gate]) -> tuple[GateView, ...]:
    """The gates that a dossier needs, those that refuse first."""
    shown = [
        GateView(one.id, gate_rows()[one.id].title, _GATE_STATES[one.outcome], one.missing)
        for one in found
        if one.outcome in _GATE_STATES
    ]
    return tuple(sorted(shown, key=lambda one: _ORDER.index(one.state)))


def row(one: Certificate, today: date) -> Row:
    """A certificate as a table has it."""
    mark, word = _CHIPS[one.state]
    state = one.state
    if one.state == "active" and one.overdue_from and one.overdue_from <= today.isoformat():
        state, mark, word = "overdue", "reject", "Check overdue"
    return Row(
        one.number, one.holder, one.standards, state, mark, word, _day(one.next_due),
        _day(one.expires),
    )  # fmt: skip


def whole(life: Life) -> Whole:
    """Everything of one certificate."""
    checks = tuple(
        Check(one.id, dated(one.due, short=True), one.state_on(life.today))
        for one in calendar(life)
    )
    planned = {one.id for one in calendar(life)}
    kinds = surveying.KINDS if life.case.is_ms else planned
    acts = tuple(
        possible(act) for act in ACTS if life.row.state in act_rows("certificate")[act].states
    )
    return Whole(
        row(life.row, life.today), life.row.version, checks, history(life.record), acts,
        tuple(sorted(kinds)),
    )  # fmt: skip


def possible(act: Act) -> Possible:
    """An act and its consequence."""
    title, consequence = ACTS[act]
    known = act_rows("certificate")[act]
    return Possible(str(act), title, known.reasons, known.needs_reason, consequence)


def soon(today: date, days: int) -> str:
    """The last civil day of the next so many."""
    return (today + timedelta(days=days)).isoformat()


def named(found: Sequence[Certificate], today: date) -> list[Row]:
    """Certificates as a table has them."""
    return [row(one, today) for one in found]


def _day(text: str | None) -> Line | None:
    return dated(parse_day(text), short=True) if text else None
