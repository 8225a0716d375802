"""A table of checks with one answer each, for whoever must give the same answers elsewhere.

Run as a module it prints every answer as JSON: under another zone, on another machine, after
another change, the text is the same. `write` lays the same checks down as evidence folders.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from service.domain.question import EMPTY, Question
from service.domain.report import Report
from tests.adversarial.forging import edited, with_signature
from tests.world import DAY_S, GONE, World, day, instant

Arrange = Callable[[World], str]


@dataclass(frozen=True)
class Entry:
    """One check: how the world is arranged, what is asked, and when."""

    arrange: Arrange
    question: Question = EMPTY
    at: str = "2026-06-15T12:00:00Z"

    def world(self) -> tuple[World, str]:
        world = World(at=instant(self.at))
        return world, self.arrange(world)

    def report(self) -> Report:
        world, text = self.world()
        return world.verify(text, question=self.question)


def _of(kind: str = "cb", **changes: Any) -> Arrange:
    def arrange(world: World) -> str:
        token: str = getattr(world, kind).issue(**changes)
        return token

    return arrange


def _event(type_: str, on: str | None, **claims: Any) -> Arrange:
    def arrange(world: World) -> str:
        world.ab.record(type_, world.cb, on=None if on is None else day(on))
        return world.cb.issue(**claims)

    return arrange


def _status(value: int, *events: tuple[str, str]) -> Arrange:
    def arrange(world: World) -> str:
        token = world.cb.issue()
        world.cb.status[7] = value
        for type_, on in events:
            world.cb.file().events.append({"type": type_, "effective_on": on})
        return token

    return arrange


def _without_audits(world: World) -> str:
    token = world.cb.issue(decided=day("2025-03-10"))
    world.cb.file().surveillance = []
    return token


def _forged(world: World) -> str:
    return with_signature(world.cb.issue(), bytes([1] * 64))


def _edited(world: World) -> str:
    return edited(world.cb.issue(), standards=["ISO 14001:2015"])


def _unreachable(world: World) -> str:
    token = world.cb.issue()
    world.network.served[world.cb.list_uri] = None
    return token


def _stale(world: World) -> str:
    world.cb.list_changes |= {"iat": world.at - 9 * DAY_S}
    return world.cb.issue()


def _run_out(world: World) -> str:
    world.ab.about(world.cb).claims |= {"iat": world.at - 10 * DAY_S, "exp": world.at - 1}
    return world.cb.issue()


def _of_a_mill(world: World) -> str:
    mill = World(at=world.at, prefix="mill-")
    world.network.papers += mill.network.every()
    return mill.cb.issue()


def _zoned(zone: str, **changes: Any) -> Arrange:
    def arrange(world: World) -> str:
        world.ab.of(world.product_cb)["zone"] = world.product_cb.zone = zone
        return world.product_cb.issue(**changes)

    return arrange


END = {"expires": date(2027, 3, 31)}
START = {"decided": date(2026, 6, 10), "effective": date(2026, 7, 1)}
ENTRIES: dict[str, Entry] = {
    "BASE": Entry(_of()),
    "BASE-P": Entry(_of("product_cb")),
    "a product is asked for": Entry(_of(), Question(needs="product")),
    "a system is asked for": Entry(_of("product_cb"), Question(standard="ISO 9001:2015")),
    "the model": Entry(_of("product_cb"), Question(model="K7")),
    "another model": Entry(_of("product_cb"), Question(model="K9")),
    "the site": Entry(_of(), Question(site="Leeds")),
    "another site": Entry(_of(), Question(site="York")),
    "no text": Entry(lambda _: ""),
    "not a token": Entry(lambda _: "nonsense"),
    "forged": Entry(_forged),
    "edited": Entry(_edited),
    "the wrong key": Entry(lambda world: world.cb.issue(key=world.cb.status_key)),
    "no exp": Entry(_of(exp=GONE)),
    "from the future": Entry(lambda world: world.cb.issue(iat=world.at + 121)),
    "from almost now": Entry(lambda world: world.cb.issue(iat=world.at + 120)),
    "backdated": Entry(_of(effective=date(2024, 9, 9))),
    "too long": Entry(_of(expires=date(2027, 9, 11))),
    "before its start in London": Entry(
        _zoned("Europe/London", **START), at="2026-06-30T22:59:59Z"
    ),
    "at its start in London": Entry(_zoned("Europe/London", **START), at="2026-06-30T23:00:00Z"),
    "before its start in Auckland": Entry(
        _zoned("Pacific/Auckland", **START), at="2026-06-30T11:59:59Z"
    ),
    "at its start in Auckland": Entry(
        _zoned("Pacific/Auckland", **START), at="2026-06-30T12:00:00Z"
    ),
    "last second in London": Entry(_zoned("Europe/London", **END), at="2027-03-31T22:59:59Z"),
    "over in London": Entry(_zoned("Europe/London", **END), at="2027-03-31T23:00:00Z"),
    "last second in Auckland": Entry(_zoned("Pacific/Auckland", **END), at="2027-03-31T10:59:59Z"),
    "over in Auckland": Entry(_zoned("Pacific/Auckland", **END), at="2027-03-31T11:00:00Z"),
    "expired": Entry(_of(), at="2027-09-09T23:00:00Z"),
    "expired for good": Entry(_of(), at="2028-03-10T12:00:00Z"),
    "withdrawn": Entry(_status(1, ("withdrawn", "2026-03-01"))),
    "before it was withdrawn": Entry(
        _status(1, ("withdrawn", "2026-03-01")), Question(on=date(2026, 2, 28))
    ),
    "suspended": Entry(_status(2, ("suspended", "2026-03-01"))),
    "suspended by the list": Entry(_status(2)),
    "transferred": Entry(_status(13)),
    "never issued": Entry(_status(15)),
    "a value without meaning": Entry(_status(7)),
    "list out of reach": Entry(_unreachable),
    "list too old": Entry(_stale),
    "statement run out": Entry(_run_out),
    "of a mill": Entry(_of_a_mill),
    "another field": Entry(
        _of(organisation={"scope": "Bridges", "codes": ["iaf:28"], "sites": [{"name": "Leeds"}]})
    ),
    "accreditation suspended": Entry(_event("suspended", "2026-02-10")),
    "decided while suspended": Entry(_event("suspended", "2026-02-10", decided=date(2026, 2, 10))),
    "accreditation withdrawn": Entry(_event("withdrawn", "2026-03-01"), at="2026-09-01T22:59:59Z"),
    "accreditation withdrawn long ago": Entry(
        _event("withdrawn", "2026-03-01"), at="2026-09-01T23:00:00Z"
    ),
    "accreditation ended without a day": Entry(_event("withdrawn", None)),
    "surveillance due": Entry(_without_audits, at="2026-03-10T12:00:00Z"),
    "surveillance not on record": Entry(_without_audits, at="2026-04-10T22:59:59Z"),
    "surveillance overdue": Entry(_without_audits, at="2026-04-10T23:00:00Z"),
}


def _answers() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, entry in ENTRIES.items():
        shown = entry.report().to_json()
        shown["findings"] = [(one["check"], one["code"]) for one in shown["findings"]]
        yield name, {member: value for member, value in shown.items() if member != "certificate"}


def verdicts() -> dict[str, dict[str, Any]]:
    """Every answer of the table, as plain JSON values."""
    answers: dict[str, dict[str, Any]] = json.loads(json.dumps(dict(_answers())))
    return answers


def write(folder: Path) -> None:
    """The table as evidence folders, each with the text, the question, the clock and the codes."""
    for number, (name, entry) in enumerate(ENTRIES.items()):
        world, text = entry.world()
        place = folder / f"{number:02}"
        world.network.write_bundle(place)
        report = world.verify(text, question=entry.question)
        case = {
            "name": name,
            "text": text,
            "at": entry.at,
            "question": entry.question.to_json(),
            "verdict": report.verdict,
            "codes": report.codes,
        }
        (place / "case.json").write_text(json.dumps(case, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(verdicts()))
