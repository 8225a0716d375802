"""The life of a certificate as values: its acts and states, what is on record, what is asked for.

Whether an act is allowed is judged by `transitions`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from service.domain.certificate import Kind
from service.domain.surveillance import Record, RecordEvent, Removed, Standing
from service.rules.packs import MsPack
from service.rules.policy import DEFAULT, Policy
from service.rules.transition_table import Change


class Act(StrEnum):
    """What may be done with a certificate; `change` is one of details, without an event."""

    GRANT = "grant"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REDUCE = "reduce"
    EXTEND = "extend"
    CHANGE = "change"
    RENEW = "renew"
    RESTORE = "restore"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    TRANSFER_OUT = "transfer_out"
    ERRATUM = "erratum"


class CertificateState(StrEnum):
    """The states of rules.md 3.1; unlike `LifeState` they know the clock and refused drafts."""

    DRAFT = "draft"
    REFUSED = "refused"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"
    EXPIRED = "expired"


FINAL = frozenset(
    {
        CertificateState.REFUSED,
        CertificateState.WITHDRAWN,
        CertificateState.CANCELLED,
        CertificateState.TRANSFERRED,
    }
)


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What is on record of a certificate; `expires` is the last day of its newest revision.

    `refused_on` is the day on which its draft was refused.
    """

    kind: Kind
    events: tuple[RecordEvent, ...]
    expires: date | None
    pack: MsPack
    policy: Policy = DEFAULT
    refused_on: date | None = None

    def standing(self, day: date) -> Standing:
        """The state by the events alone, without the clock."""
        return Record("", "", 0, 0, 0, self.events, ()).standing(day)

    def state(self, day: date) -> tuple[CertificateState, date | None]:
        """The state on a civil day in the issuer's zone, and since when."""
        standing = self.standing(day)
        state = CertificateState(standing.state.value)
        if state in FINAL:
            return state, standing.since
        if self.refused_on is not None and self.refused_on <= day:
            return CertificateState.REFUSED, self.refused_on
        if state is not CertificateState.DRAFT and self.expires and day > self.expires:
            return CertificateState.EXPIRED, self.expires + timedelta(days=1)
        return state, standing.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Change):
    """An act that somebody asks for; days are civil days in the issuer's zone.

    `decided_on` None is the day of its effect, or today if that is ahead. `corrects` is the event
    that an erratum corrects, `second` whether a second person approved it. `cause_resolved` is the
    certification body's word on what led to a suspension.
    """

    act: Act
    decided_on: date | None = None
    removed: Removed | None = None
    to_body: str | None = None
    to_number: str | None = None
    stage2_on: date | None = None
    cause_resolved: bool = False
    corrects: RecordEvent | None = None
    second: bool = False

    @property
    def decision(self) -> date:
        """The day of the decision."""
        return self.decided_on or min(self.effective_on, self.today)
