"""The life of an accreditation as values: acts, states, what is on file, what is asked for.

Whether an act is allowed is judged by `accreditation_life`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.domain.accreditation import (
    Accreditation,
    AccreditationEvent,
    Part,
    Recognition,
    ScopeRow,
)
from service.rules.ended import first_day_without, spells
from service.rules.narrowing import overlaps, part_within
from service.rules.policy import DEFAULT, Policy
from service.rules.transition_table import Change


class AccreditationAct(StrEnum):
    """What may be done with an accreditation."""

    GRANT = "grant"
    EXTEND = "extend"
    REDUCE = "reduce"
    SUSPEND = "suspend"
    LIFT = "lift"
    WITHDRAW = "withdraw"
    RESIGN = "resign"
    EXPIRE = "expire"
    INACTIVATE = "inactivate"
    REACTIVATE = "reactivate"
    VOID = "void"
    REASSESS = "reassess"
    APPROVE = "approve"
    ADOPT = "adopt"


class AccreditationState(StrEnum):
    """The states of rules.md 3.2, of the accreditation as a whole."""

    APPLICANT = "applicant"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    INACTIVE = "inactive"
    WITHDRAWN = "withdrawn"
    RESIGNED = "resigned"
    EXPIRED = "expired"


ENDED = frozenset(
    {AccreditationState.WITHDRAWN, AccreditationState.RESIGNED, AccreditationState.EXPIRED}
)


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is on file of an accreditation, None before it is granted.

    `recognition` is the granting body's own, None where the anchor accredits by itself. `runs_on`
    says that a renewal filed in time carries it beyond its term (PC-21).
    """

    norm: str
    accreditation: Accreditation | None
    recognition: Recognition | None
    policy: Policy = DEFAULT
    runs_on: bool = False

    def _events(self, day: date, *types: str) -> list[AccreditationEvent]:
        """The events up to a day, in order of their effect; one without a day began long ago."""
        events = self.accreditation.events if self.accreditation is not None else ()
        found = [one for one in events if one.type in types and _effect(one) <= day]
        return sorted(found, key=_effect)

    @property
    def term_over(self) -> date | None:
        """The first day after the term; None where it has none, or runs on (PC-21)."""
        if self.accreditation is None:
            return None
        return first_day_without(self.accreditation, None, runs_on=self.runs_on)

    def ended(self, day: date) -> tuple[AccreditationState | None, date | None]:
        """By which event it had ended on a day, and since when."""
        ends = self._events(day, *map(str, ENDED))
        return (AccreditationState(ends[0].type), ends[0].effective_on) if ends else (None, None)

    def state(self, day: date) -> tuple[AccreditationState, date | None]:
        """The state on a civil day in the accreditation body's zone, and since when."""
        granted = self.accreditation
        if granted is None or day < granted.granted_on:
            return AccreditationState.APPLICANT, None
        ended, since = self.ended(day)
        if ended is not None:
            return ended, since
        if self.term_over is not None and self.term_over <= day:
            return AccreditationState.EXPIRED, self.term_over
        for start, until in spells(self._events(day, "inactive", "reactivated")):
            if until is None:
                return AccreditationState.INACTIVE, start
        for event in self.suspended(day):
            if event.parts is None:
                return AccreditationState.SUSPENDED, event.effective_on
        return AccreditationState.ACTIVE, granted.granted_on

    def suspended(self, day: date) -> tuple[AccreditationEvent, ...]:
        """The suspensions, of the whole or of parts, that were not lifted as a whole by a day."""
        lifted = self._events(day, "lifted")
        return tuple(
            event
            for event in self._events(day, "suspended")
            if not any(_effect(one) > _effect(event) and _undoes(one, event) for one in lifted)
        )

    def is_suspended(self, part: Part, day: date) -> bool:
        """Whether the whole of a part is suspended on a day."""
        return any(
            event.parts is None or any(part_within(part, one) for one in event.parts)
            for event in self.suspended(day)
            if not self._lifted(part, event, day)
        )

    def touched(self, part: Part, day: date) -> bool:
        """Whether anything of a part is suspended on a day."""
        return any(
            event.parts is None or any(overlaps(part, one) for one in event.parts)
            for event in self.suspended(day)
            if not self._lifted(part, event, day)
        )

    def _lifted(self, part: Part, event: AccreditationEvent, day: date) -> bool:
        """Whether the part was lifted out of a suspension that goes on elsewhere."""
        later = [one for one in self._events(day, "lifted") if _effect(one) > _effect(event)]
        return any(_within_any(part, one.parts) for one in later)


def _effect(event: AccreditationEvent) -> date:
    return event.effective_on or date.min


def _undoes(lifted: AccreditationEvent, suspended: AccreditationEvent) -> bool:
    if lifted.parts is None:
        return True
    return suspended.parts is not None and all(
        _within_any(part, lifted.parts) for part in suspended.parts
    )


def _within_any(part: Part, parts: Iterable[Part] | None) -> bool:
    return parts is None or any(part_within(part, one) for one in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccreditationChange(Change):
    """An act that is asked for; days are civil days in the accreditation body's zone.

    `parts` None means the whole scope. `rows` are what a grant or an extension adds, or what a
    reduction leaves. `assessed_on` is the day of the last on-site assessment, `expires_on` the last
    day of a new cycle, `numbers` the certificates that are voided, approved or adopted.
    """

    act: AccreditationAct
    parts: tuple[Part, ...] | None = None
    rows: tuple[ScopeRow, ...] = ()
    assessed_on: date | None = None
    expires_on: date | None = None
    numbers: tuple[str, ...] = ()
    void_from: date | None = None
