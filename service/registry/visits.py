"""Visits: who was in which audit team, where and when, and who was at two holders at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from service.domain.dossier import Dossier
from service.storage.canonical import normal


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """Somebody in the team of an audit, on civil days; `dossier` is the subject of its paper."""

    first: date
    last: date
    holder: str
    sites: tuple[str, ...]
    person: str
    dossier: str
    # The one spelling of the holder: two spellings of a name are no two places.
    at: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Visits of one person that run into each other, at so many `holders`.

    `day` is the first civil day that is spent at two of them; `dossier` has the later visit.
    """

    person: str
    day: date
    dossier: str
    holders: int
    visits: tuple[Visit, ...]


def visits(dossier: Dossier, subject: str) -> Iterator[Visit]:
    """Whoever was in a team that went somewhere; an audit without a day on site went nowhere."""
    holder = dossier.holder
    if holder is None:
        return
    at = holder.id or normal(holder.name)
    for audit in dossier.audits:
        days = [day for day in (audit.first_day, audit.last_day) if day is not None]
        if not days or audit.half_days_on_site == 0:
            continue
        for person in dict.fromkeys(member.person for member in audit.team):
            yield Visit(min(days), max(days), holder.name, audit.sites, person, subject, at)


def overlaps(visits: Sequence[Visit], *, least: int) -> Iterator[Overlap]:
    """Of one person: each run of visits that overlap, where it is at `least` holders (2 or more).

    One run is one overlap, however many visits it has: its cost grows with the visits, not with
    the pairs of them.
    """
    run: list[Visit] = []
    end = date.min
    for visit in sorted(visits):
        if visit.first > end:
            yield from _overlap(run, least)
            run = []
        run.append(visit)
        end = max(end, visit.last)
    yield from _overlap(run, least)


def _overlap(run: Sequence[Visit], least: int) -> Iterator[Overlap]:
    holders = len({visit.at for visit in run})
    if holders >= least:
        # Before the first visit at another holder all are at one: it begins while that one goes on.
        other = next(visit for visit in run if visit.at != run[0].at)
        yield Overlap(other.person, other.first, other.dossier, holders, tuple(run))
