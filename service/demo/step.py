"""A step of the history of the example world: one use case of the register, on its day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from service.demo.papers import offset
from service.domain.dates import first_second
from service.domain.people import Actor
from service.registry.office import Office

# Decisions are made at noon of their day; what happened in the day is written down at three.
_NOON_S, _AFTERNOON_S = 12 * 3600, 15 * 3600
# Everybody in the history: whose step it is, the ledger tells by the body.
HISTORY = Actor("system", "demo")


@dataclass(frozen=True, slots=True)
class Step:
    """Something done at an instant in POSIX seconds, told by `about` where it is refused.

    `rests_on` are the keys of the bodies whose accreditation must be published when it is done;
    of the body `restated` something else is to be said from then on.
    """

    at: int
    about: str
    rests_on: tuple[str, ...]
    work: Callable[[Office], None]
    restated: str | None = None


def noon(built_on: date, days: int, zone: str) -> int:
    """Noon of the day that lies so many days after the building, in POSIX seconds."""
    return first_second(offset(built_on, days), zone) + _NOON_S


def afternoon(built_on: date, days: int, zone: str) -> int:
    """Three in the afternoon of that day, in POSIX seconds."""
    return first_second(offset(built_on, days), zone) + _AFTERNOON_S
