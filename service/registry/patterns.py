"""Patterns: what an accreditation body wants to look at among what its certification body issued.

Nothing here is a breach, and nothing is refused for it: each is a fact that an assessor asks about.
Only the two years up to today count, in the body's zone. Dossiers and certificates are read page
by page, at most `MAX_DOSSIERS` and `MAX_CERTIFICATES` of them; kept is a count for each day, and a
line for each person in each audit, until there are `MAX_VISITS`; at most `MAX_SHOWN` of a kind are
given, the newest. Whatever one of these bounds leaves out is said: silence would look like a clean
sheet. What was issued without a dossier in the register is seen by its certificate alone.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from heapq import nlargest

from service.domain.certificate import Kind
from service.domain.dates import Period, civil_day
from service.domain.dossier import Act, Dossier
from service.issuer.dossier import DossierRefused, read_dossier
from service.registry.dossiers import ISSUED, KIND
from service.registry.visits import Overlap, Visit, overlaps, visits
from service.storage import ledger, papers, register
from service.storage.canonical import normal
from service.storage.database import Connection
from service.storage.papers import Paper
from service.storage.register import Certificate

# No more than two years lie between two assessments of a body (ISO/IEC 17011 7.9): what is older
# was there to be seen at the last one.
LOOK_BACK_DAYS = 731
# Civil days from application to decision. Two audit stages, their reports, the client's answer to
# them and a decision by somebody else hardly fit into two weeks.
HOURS_DAYS = 14
# Certificates decided on one civil day. A decision is somebody reading a whole dossier; ten of them
# in a day leave less than an hour for each.
BURST_COUNT = 10
# More than this part of what was decided in the quarter of a year that ends with a day: who works
# steadily spreads decisions over some sixty working days.
BURST_SHARE, QUARTER_DAYS = Fraction(1, 3), 91
# Below so many on the day a part says nothing: the only certificate of a quarter is all of it.
SHARE_LEAST = 5
# Holders at whom one person is on one civil day. One is ordinary, at however many of its sites.
TWO_PLACES_HOLDERS = 2

# The bounds: at this size it takes some four seconds, and less than a hundred megabytes.
PAGE = 500
MAX_DOSSIERS, MAX_CERTIFICATES, MAX_VISITS = 10_000, 100_000, 100_000
# A page that a person reads; and how many names stand in one sentence.
MAX_SHOWN, MAX_NAMED = 100, 4
# What is read of a dossier; its other members may have been others in its day.
_READ = frozenset({"act", "kind", "holder", "application", "audits", "decision"})
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


class Pattern(StrEnum):
    """What is unusual; `NOT_ALL` says what was not looked at, or is not shown."""

    HOURS_AFTER_APPLICATION = "hours_after_application"
    BURST = "burst"
    TWO_PLACES = "two_places"
    NOT_ALL = "not_all"


@dataclass(frozen=True, slots=True)
class Unusual:
    """One thing to look at: its civil day in the body's zone, and a plain English sentence.

    `number` is a certificate that it is about, `dossier` the subject of a dossier; None for none.
    """

    kind: Pattern
    number: str | None
    dossier: str | None
    day: date
    sentence: str


@dataclass(slots=True)
class _Seen:
    """What is kept of the pages."""

    window: Period
    today: date
    found: list[Unusual] = field(default_factory=list)
    visits: dict[str, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    kept: int = 0

    def left_out(self, sentence: str, dossier: str | None = None) -> None:
        """Say what was not looked at."""
        self.found.append(Unusual(Pattern.NOT_ALL, None, dossier, self.today, sentence))


def unusual(connection: Connection, body: str, *, at: int) -> tuple[Unusual, ...]:
    """What is unusual about a body's certificates at `at` (POSIX seconds), the newest first.

    Who asks must be allowed to see the body's dossiers. Raises Denied NOT_FOUND for a body that is
    not hosted here.
    """
    today = civil_day(at, register.body(connection, body).zone)
    seen = _Seen(Period(today - timedelta(days=LOOK_BACK_DAYS), today), today)
    _look_at_dossiers(connection, body, seen)
    _look_at_certificates(connection, body, seen)
    shown = []
    for kind in Pattern:
        some = [one for one in seen.found if one.kind is kind]
        shown += nlargest(MAX_SHOWN, some, key=lambda one: one.day)
        if len(some) > MAX_SHOWN:
            text = f"{len(some)} of the kind {kind} were found; {MAX_SHOWN} of them are shown."
            shown.append(Unusual(Pattern.NOT_ALL, None, None, today, text))
    shown.sort(key=lambda one: one.day, reverse=True)
    return tuple(_numbered(connection, body, one) for one in shown)


def _look_at_dossiers(connection: Connection, body: str, seen: _Seen) -> None:
    for place, paper in enumerate(_dossiers(connection, body)):
        if place == MAX_DOSSIERS or seen.kept >= MAX_VISITS:
            seen.left_out(f"Only {place} of the issued dossiers were looked at; there are more.")
            break
        try:
            dossier = read_dossier({k: v for k, v in paper.content.items() if k in _READ})
        except DossierRefused as refused:
            text = f"This dossier was not looked at: it cannot be read ({refused.code})."
            seen.left_out(text, paper.subject)
            continue
        if seen.window.covers(dossier.decision.on or seen.today):
            seen.found += _hours(dossier, paper.subject)
        for visit in visits(dossier, paper.subject):
            if seen.window.covers(visit.last):
                seen.visits[normal(visit.person)].append(visit)
                seen.kept += 1
    for some in seen.visits.values():
        seen.found += map(_two_places, overlaps(some, least=TWO_PLACES_HOLDERS))


def _dossiers(connection: Connection, body: str) -> Iterator[Paper]:
    after = ""
    while page := papers.listed(connection, body, KIND, state=ISSUED, after=after, limit=PAGE):
        yield from page
        after = page[-1].subject


def _certificates(connection: Connection, body: str) -> Iterator[Certificate]:
    after = ""
    while page := register.certificates_of(connection, body, after=after, limit=PAGE):
        yield from page
        after = page[-1].number


def _hours(dossier: Dossier, subject: str) -> Iterator[Unusual]:
    """A first certification: a change, a renewal or a transfer rests on audits that were before."""
    decided, given = dossier.decision.on, dossier.application
    # Not every dossier has the day on which the application came in; it was reviewed no earlier.
    applied, what = given.received_on, "received"
    if applied is None:
        applied, what = given.reviewed_on, "reviewed"
    if dossier.kind is not Kind.MANAGEMENT_SYSTEM or dossier.act is not Act.GRANT:
        return
    if decided is None or applied is None or dossier.holder is None:
        return
    days = (decided - applied).days
    if days <= HOURS_DAYS:
        gap = f"{abs(days)} {'day' if abs(days) == 1 else 'days'}"
        yield Unusual(
            Pattern.HOURS_AFTER_APPLICATION, None, subject, decided,
            f"The certificate for {dossier.holder.name} was decided on {_said(decided)}, {gap} "
            f"{'before' if days < 0 else 'after'} the application was {what} on {_said(applied)}.",
        )  # fmt: skip


def _two_places(one: Overlap) -> Unusual:
    places = list(dict.fromkeys(map(_place, one.visits)))
    return Unusual(
        Pattern.TWO_PLACES, None, one.dossier, one.day,
        f"{one.person} was in audit teams at {one.holders} holders on the same day, first on "
        f"{_said(one.day)}: {_named(places, '; ')}.",
    )  # fmt: skip


def _place(visit: Visit) -> str:
    sites = f" ({_named(visit.sites, ', ')})" if visit.sites else ""
    until = f" to {_said(visit.last)}" if visit.last > visit.first else ""
    return f"{visit.holder}{sites}, {_said(visit.first)}{until}"


def _look_at_certificates(connection: Connection, body: str, seen: _Seen) -> None:
    """How many were decided on each day, and the first number of each."""
    decided: Counter[date] = Counter()
    numbers: dict[date, str] = {}
    # The quarter that ends with the first day of the window counts as well.
    counted = Period(seen.window.first - timedelta(days=QUARTER_DAYS), seen.today)
    for place, one in enumerate(_certificates(connection, body)):
        if place == MAX_CERTIFICATES:
            seen.left_out(f"Only {place} of the certificates were looked at; there are more.")
            break
        day = date.fromisoformat(one.decided)
        if one.state != "void" and counted.covers(day):
            decided[day] += 1
            numbers.setdefault(day, one.number)
    for day, count in decided.items():
        quarter = sum(decided[day - timedelta(days=back)] for back in range(QUARTER_DAYS))
        if seen.window.covers(day) and _is_burst(count, quarter):
            text = (
                f"{count} certificates were decided on {_said(day)}, of {quarter} in the "
                f"{QUARTER_DAYS} days up to it; {numbers[day]} is one of them."
            )
            seen.found.append(Unusual(Pattern.BURST, numbers[day], None, day, text))


def _is_burst(count: int, quarter: int) -> bool:
    return count >= BURST_COUNT or (count >= SHARE_LEAST and count > quarter * BURST_SHARE)


def _numbered(connection: Connection, body: str, one: Unusual) -> Unusual:
    """With the number of the certificate that came of its dossier, as the ledger has it."""
    if one.dossier is None:
        return one
    for entry in ledger.history(connection, body, kind=KIND, subject=one.dossier):
        if entry.type == ISSUED:
            return replace(one, number=str(json.loads(entry.data)["change"]["number"]))
    return one


def _said(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _named(names: Sequence[str], between: str) -> str:
    """The first few of many."""
    more = len(names) - MAX_NAMED
    return between.join(names[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
