"""Telling: what is looked for, sent and let lapse, apart from publishing so that neither waits.

Deadlines are days, so they are looked for a few times an hour; what is in the outbox is sent every
few seconds, at least once (`delivery`). Proposals that nobody approved in time are closed here too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.dates import civil_day
from service.domain.people import CLOCK
from service.registry import approvals
from service.registry.delivery import Delivered, Sender, deliver
from service.registry.notices import queue_due
from service.registry.office import Office
from service.storage import register

# How often deadlines are looked for, in seconds.
LOOK_EVERY_S = 900


@dataclass(slots=True)
class Teller:
    """Tells what is to be told; `senders` are the channels that are set up, by name."""

    office: Office
    senders: Mapping[str, Sender]
    looked_at: int | None = None

    def round(self, *, at: int) -> Delivered:
        """One round at `at` (POSIX seconds). Raises StorageFailed."""
        if self.looked_at is None or not 0 <= at - self.looked_at < LOOK_EVERY_S:
            self._look(at)
            self.looked_at = at
        return deliver(self.office.database, self.senders, at=at)

    def _look(self, at: int) -> None:
        database = self.office.database
        for body in database.read(register.all_bodies):
            database.write(
                lambda c, id=body.id: approvals.expire(c, CLOCK, id, at=at)  # type: ignore[misc]
            )
            queue_due(
                database, body.id, today=civil_day(at, body.zone), at=at,
                policy=self.office.evidence.policy,
            )  # fmt: skip
