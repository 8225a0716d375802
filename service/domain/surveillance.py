"""The certificate record: dated events and surveillance, as its certification body signs them.

Every fact has `effective_on`, which decides validity, and `recorded_at`, when it was learnt
(rules.md DT-7), so that "valid on day X?" is always answerable.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

EVENT_TYPES = frozenset(
    (
        "granted suspended reinstated reduced extended renewed restored "
        "withdrawn cancelled transferred"
    ).split()
)
_ACTIVE = frozenset("granted reinstated reduced extended renewed restored".split())
# What ends a suspension; an extension or a renewal does not (rules.md 3.1).
_LIFTING = frozenset("reinstated reduced restored".split())


class LifeState(StrEnum):
    """The state of a certificate on a day (rules.md 3.1); expiry is judged apart, by the clock."""

    DRAFT = "draft"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"


FINAL = frozenset({LifeState.WITHDRAWN, LifeState.CANCELLED, LifeState.TRANSFERRED})


@dataclass(frozen=True, slots=True)
class Removed:
    """What a reduction took out of a certificate."""

    codes: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordEvent:
    """One event in the life of a certificate."""

    type: str
    effective_on: date
    recorded_at: int | None
    reason: str | None = None
    removed: Removed | None = None
    to_body: str | None = None
    to_number: str | None = None
    stage2_on: date | None = None


@dataclass(frozen=True, slots=True)
class Deferral:
    """A surveillance put off, with its reason."""

    of: str
    reason: str
    new_due: date
    approved_on: date | None


@dataclass(frozen=True, slots=True)
class Surveillance:
    """One surveillance activity; it counts on its last day (DT-6). A bare deferral has no days."""

    kind: str
    sites: tuple[str, ...]
    first_day: date | None
    last_day: date | None
    maintained_on: date | None = None
    deferral: Deferral | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a product's design: approved, or still under evaluation."""

    revision: str
    state: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The life-cycle state on a day, since when, and by which event."""

    state: LifeState
    since: date | None
    event: RecordEvent | None


@dataclass(frozen=True, slots=True)
class Record:
    """A certificate's record; `issued_at` and `ends_at` are POSIX seconds."""

    issuer: str
    number: str
    revision: int
    issued_at: int
    ends_at: int
    events: tuple[RecordEvent, ...]
    surveillance: tuple[Surveillance, ...]
    revisions: tuple[tuple[int, str], ...] = ()
    changes: tuple[Change, ...] = ()

    def standing(self, day: date) -> Standing:
        """The state on a civil day; what is final stays, and final states beat suspension."""
        standing = Standing(LifeState.DRAFT, None, None)
        for event in sorted(self.events, key=lambda event: event.effective_on):
            if event.effective_on > day or standing.state in FINAL:
                break
            if event.type in _ACTIVE:
                paused = standing.state is LifeState.SUSPENDED and event.type not in _LIFTING
                state = LifeState.SUSPENDED if paused else LifeState.ACTIVE
            else:
                state = LifeState(event.type)
            if state is not standing.state:
                standing = Standing(state, event.effective_on, event)
        return standing
