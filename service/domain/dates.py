"""Civil days and instants: the arithmetic every deadline rests on.

Instants are whole POSIX seconds; civil days are `date`s in a named zone. A deadline is inclusive:
valid to 23:59:59 local time, invalid from 00:00 of the next day (rules.md DT-1 to DT-6).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_S = 86_400
# Instants outside these bounds are mistakes: milliseconds, zero, 2^53 (security.md R7).
EARLIEST_INSTANT = 946_684_800  # 2000-01-01T00:00:00Z
LATEST_INSTANT = 4_102_444_800  # 2100-01-01T00:00:00Z

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days from `first` to `last`, both inside; `last` is None for no end."""

    first: date
    last: date | None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError("period ends before it starts")

    def covers(self, day: date) -> bool:
        """Whether `day` lies inside."""
        return self.first <= day and (self.last is None or day <= self.last)


@lru_cache(maxsize=16384)
def add_months(day: date, months: int) -> date:
    """The same day `months` later, else the last day of that month (DT-3).

    There is no end-of-month memory: count from the anchor, never from a clamped deadline (DT-4).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date:
    """A civil day written `YYYY-MM-DD`; ValueError for anything that is not a real day."""
    if not _DAY.fullmatch(text):
        raise ValueError("not a civil day written YYYY-MM-DD")
    return date.fromisoformat(text)


def parse_instant(text: str) -> int:
    """An instant written `YYYY-MM-DDThh:mm:ssZ` in POSIX seconds; ValueError otherwise."""
    if not _INSTANT.fullmatch(text):
        raise ValueError("not an instant written YYYY-MM-DDThh:mm:ssZ")
    return int(datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC).timestamp())


def read_instant(value: object) -> int:
    """An instant that somebody typed, in POSIX seconds; ValueError outside 2000..2100 too."""
    at = parse_instant(value) if isinstance(value, str) else 0
    if not EARLIEST_INSTANT <= at <= LATEST_INSTANT:
        raise ValueError("not an instant between 2000 and 2100")
    return at


def show_instant(instant: int) -> str:
    """An instant as `YYYY-MM-DDThh:mm:ssZ`."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; ValueError if there is none.

    `localtime`, `posix/…` and their like are the machine's own files, and mean another zone on
    another machine.
    """
    area, slash, _ = name.partition("/")
    if name != "UTC" and (not slash or area in ("posix", "right")):
        raise ValueError("not the name of a time zone")
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError("not the name of a time zone") from error


@lru_cache(maxsize=16384)
def civil_day(instant: int, zone_name: str) -> date:
    """The civil day of an instant in a zone (DT-1)."""
    return datetime.fromtimestamp(instant, zone(zone_name)).date()


@lru_cache(maxsize=16384)
def first_second(day: date, zone_name: str) -> int:
    """The first second of a civil day in a zone, in POSIX seconds.

    Where a clock change skips midnight the day begins at the first instant that exists.
    """
    local = datetime(day.year, day.month, day.day, tzinfo=zone(zone_name))
    instant = int(local.timestamp())
    while civil_day(instant - 1, zone_name) >= day:
        instant -= 900
    while civil_day(instant, zone_name) < day:
        instant += 900
    return instant


def first_second_after(day: date, zone_name: str) -> int:
    """The first second after the last valid day, in its zone: what `exp` states (design 4)."""
    return first_second(day + timedelta(days=1), zone_name)
