"""A certificate that was taken over keeps its cycle: what was held before counts, and is told."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service.domain.dates import first_second
from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry import lives, surveying
from service.registry.issuing import Issued
from service.storage import register
from service.storage.database import Database
from tests.registry.desk import BASE, CB, SETUP, ZONE, RegisterWorld, certifier, dossier, open_world

OLD = f"{BASE}/cb/oldgate"


@pytest.fixture
def world(database: Database, tmp_path: Path) -> RegisterWorld:
    """With another accredited certifier, from whom the certificate comes."""
    day = date.fromisoformat(dossier("ms-transfer")["decision"]["date"])
    world = open_world(database, tmp_path / "evidence", at=first_second(day, ZONE) + 15 * 3_600)
    certifier(world, OLD, "0188")
    world.publish()
    return world


def _taken_over(world: RegisterWorld, *held: dict[str, Any]) -> Issued:
    return world.issue(dossier("ms-transfer", transfer={"from": OLD, "surveillance": list(held)}))


def _held(first: str, last: str, maintained: str) -> dict[str, Any]:
    return {"kind": "surveillance", "first_day": first, "last_day": last,
            "maintained_on": maintained}  # fmt: skip


S1 = _held("2025-03-10", "2025-03-11", "2025-03-20")
S2 = _held("2026-03-09", "2026-03-10", "2026-03-20")


def test_without_the_surveillance_of_its_cycle_it_cannot_be_taken_over(
    world: RegisterWorld,
) -> None:
    with pytest.raises(Denied, match="SURV_OVERDUE"):
        _taken_over(world)


def test_the_surveillance_held_at_the_old_certifier_counts(world: RegisterWorld) -> None:
    issued = _taken_over(world, S1, S2)
    row = world.office.database.read(lambda c: register.certificate(c, CB, issued.number))
    world.publish()

    assert world.verify(issued.token).verdict is Verdict.ACCEPT
    assert (row.next_due, row.overdue_from) == ("2027-03-31", None)


def test_what_was_forgotten_at_the_transfer_is_recorded_later(world: RegisterWorld) -> None:
    issued = _taken_over(world, S1)
    _record(world, issued.number, S2)
    life = world.office.database.read(
        lambda c: lives.load(c, world.office, CB, issued.number, at=world.at)
    )

    assert [one.last_day for one in life.record.surveillance] == [
        date(2025, 3, 11),
        date(2026, 3, 10),
    ]


@pytest.mark.parametrize(
    "held",
    [
        _held("2024-03-31", "2024-04-02", "2024-04-02"),
        _held("2026-05-04", "2026-05-05", "2026-05-05"),
        _held("2026-03-09", "2026-03-10", "2026-03-08"),
    ],
    ids=["begun before the old decision", "ended after the new one", "kept before it was held"],
)
def test_only_what_was_held_in_between_is_taken_over(
    world: RegisterWorld, held: dict[str, Any]
) -> None:
    with pytest.raises(Denied, match="MS-26"):
        _taken_over(world, S1, held)


@pytest.mark.parametrize(("day", "refused"), [("2024-03-31", True), ("2024-04-01", False)])
def test_nothing_was_held_before_the_old_decision(
    world: RegisterWorld, day: str, refused: bool
) -> None:
    issued = _taken_over(world, S1, S2)
    special = {"kind": "special_short_notice", "last_day": day}
    if refused:
        with pytest.raises(Denied, match="BAD_PARAMETER"):
            _record(world, issued.number, special)
    else:
        _record(world, issued.number, special)


def _record(world: RegisterWorld, number: str, check: dict[str, Any]) -> None:
    world.office.database.write(
        lambda c: surveying.record_check(c, world.office, SETUP, CB, number, check, at=world.at)
    )
