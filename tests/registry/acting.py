"""What tests of whole lives ask of the register, each through the door that a body would use."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from service.domain.dates import first_second
from service.registry import caretaker, sanctions, surveying
from service.registry.lives import Life
from service.storage import register
from tests.registry.desk import AB, ARRANGEMENT, CB, SETUP, ZONE, RegisterWorld

# Lives are about rules, not about the database: one kind of it is enough.
ON_SQLITE = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


def go_to(world: RegisterWorld, day: str) -> None:
    """Afternoon of a day; the caretaker has been there, and everything is published."""
    world.at = first_second(date.fromisoformat(day), ZONE) + 15 * 3_600
    tell(world)


def tell(world: RegisterWorld) -> None:
    """A moment later the caretaker has turned what has come due and published what has changed."""
    world.at += 2
    while (done := caretaker.care(world.office, at=world.at)).written or done.turned:
        assert done.failed == []


def held(first: str, last: str, kind: str = "surveillance", **more: Any) -> dict[str, Any]:
    """A check as a record has it."""
    return {"kind": kind, "first_day": first, "last_day": last, **more}


def record(world: RegisterWorld, number: str, check: Mapping[str, Any], body: str = CB) -> Life:
    """A check, or a deferral, is put on record."""
    return world.office.database.write(
        lambda c: surveying.record_check(c, world.office, SETUP, body, number, check, at=world.at)
    )


def accreditation_act(world: RegisterWorld, number: str, act: str, **asked: Any) -> None:
    """An accreditation body acts, and it is published."""
    world.office.database.write(
        lambda c: sanctions.accreditation_act(
            c, world.office, SETUP, AB, number, {"act": act, **asked}, at=world.at
        )
    )
    tell(world)


def recognition_act(world: RegisterWorld, act: str, norm: str, **asked: Any) -> None:
    """The arrangement acts, and it is published."""
    world.office.database.write(
        lambda c: sanctions.recognition_act(
            c, SETUP, ARRANGEMENT, AB, {"act": act, "norm": norm, **asked}, at=world.at
        )
    )
    tell(world)


def row(world: RegisterWorld, number: str, body: str = CB) -> register.Certificate:
    """The certificate as the register lists it."""
    return world.office.database.read(lambda c: register.certificate(c, body, number))
