"""Every scenario and a table of boundaries with their answers, for whoever must give the same.

Run as a module it prints them as JSON: under another zone, on another machine, the text is the
same.
"""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from service.domain.verdict import plain
from tests.rules.building import accreditation, case, certificate, day, event, happened, record
from tests.rules.building import judged as judge
from tests.rules.scenarios import Papers, steps
from tests.world import World, instant

# The days before and after which an answer changes, with the case that they belong to.
_TURNS = (
    "2024-02-29 2024-09-10 2025-02-28 2025-09-10 2025-10-11 2025-12-31 2026-01-31 2026-07-31 "
    "2026-12-31 2027-01-31 2027-09-09 2028-03-09"
).split()
_ZONES = ("Pacific/Auckland", "Pacific/Honolulu", "Europe/London")


def _cases() -> Iterator[tuple[str, Any]]:
    bare = record(event("granted", "2024-09-10"))
    gone = accreditation(events=(happened("withdrawn", "2026-01-31"),))
    leap = certificate(decided="2024-02-29", expires="2027-02-28")
    for turn in _TURNS:
        for by in (-1, 0, 1):
            on = day(turn) + timedelta(days=by)
            yield f"in order, {on}", case(on=on)
            yield f"no audit, {on}", case(on=on, record=bare)
            yield f"certifier gone, {on}", case(on=on, accreditation=gone)
            yield f"leap day, {on}", case(on=on, certificate=leap)
            yield f"product, {on}", case("product", on=on)


def _midnights() -> Iterator[tuple[str, Any]]:
    """The last second of the last day and the first after, in zones far apart."""
    for zone in _ZONES:
        world = World()
        world.ab.of(world.cb)["zone"] = world.cb.zone = zone
        token = world.cb.issue()
        end = world.cb.file().claims["exp"]
        for at in (end - 1, end, instant("2026-06-15")):
            report = world.verify(token, at=at)
            yield f"{zone}, {at}", [report.day, report.verdict, report.codes]


def _answers() -> Iterator[tuple[str, Any]]:
    for step in steps():
        report = Papers(step).verify()
        found = [(one.check, one.code, one.facts) for one in report.findings]
        yield step.name, [report.verdict, report.day, found]
    for name, given in _cases():
        yield name, [(one.check, one.code, one.outcome, one.facts) for one in judge(given)]
    yield from _midnights()


def answers() -> dict[str, Any]:
    """Every answer by name, as plain JSON values."""
    found: dict[str, Any] = json.loads(json.dumps({name: plain(one) for name, one in _answers()}))
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answers()))
