"""The caretaker: what the register does by itself, every few seconds, on any one machine.

Intents that a crash left are finished or voided; certificates whose day has come turn; whatever
changed is published. Nothing here waits for anybody, and all of it may be done twice.
"""

from dataclasses import dataclass, field

from service.domain.dates import civil_day
from service.domain.people import CLOCK
from service.domain.refusal import Denied
from service.registry import issuing, lives
from service.registry.office import Office
from service.registry.publishing import ROUND, publish
from service.storage import register

# An issue that takes longer than this has been left.
LEFT_S = 60
# One document is signed at most so often, in seconds.
APART_S = 1
# Certificates of one body that turn in one round, so that publishing is never kept waiting long.
TURNS = 500


@dataclass(slots=True)
class Cared:
    """What one round did."""

    settled: int = 0
    turned: int = 0
    written: int = 0
    failed: list[str] = field(default_factory=list)
    waited_s: int = 0
    more: bool = False


def care(office: Office, *, at: int) -> Cared:
    """One round at `at` (POSIX seconds); `more` says that another one has work right away."""
    done = Cared()
    done.settled = issuing.resume(office, before=at - LEFT_S, at=at)
    for body in office.database.read(register.all_bodies):
        if body.role == "certification_body":
            done.turned += _turn(office, body, at)
    told = publish(office, at=at, apart_s=APART_S)
    done.written, done.failed, done.waited_s = told.written, told.failed, told.waited_s
    done.more = told.written >= ROUND or done.turned >= TURNS
    return done


def _turn(office: Office, body: register.Body, at: int) -> int:
    today = civil_day(at, body.zone).isoformat()
    numbers = office.database.read(lambda c: register.turning(c, body.id, today=today, limit=TURNS))
    turned = 0
    for number in numbers:
        try:
            office.database.write(
                lambda c, number=number: lives.turn(  # type: ignore[misc]
                    c, office, body.id, number, CLOCK, at=at
                )
            )
        except Denied:
            continue  # changed by somebody meanwhile: the next round sees it
        turned += 1
    return turned
