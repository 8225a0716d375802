"""A certificate for the purpose of a law: the body must be designated by that law's authority."""

import json
from typing import Any

import pytest

from service.domain.gate import Gate
from service.registry import accrediting, bodies, grounds
from service.storage.bundle import write_anchors
from service.storage.register import Body
from tests.registry.desk import AT, BASE, CB_P, SETUP, ZONE, RegisterWorld, dossier, signer

AUTHORITY = f"{BASE}/authority"
PURPOSE = "eu-notified-body"


@pytest.fixture
def lawful(world: RegisterWorld) -> RegisterWorld:
    """With the authority of a law beside the arrangement: an anchor that designates by itself."""
    office = world.office
    since = AT - 400 * 86_400
    key = signer(world, AUTHORITY, "federation")
    body = Body(AUTHORITY, "accreditation_body", "The Authority", ZONE)

    def enrol(connection: Any) -> None:
        bodies.enrol(connection, SETUP, body, base=BASE, at=since)
        bodies.add_key(
            connection, SETUP, AUTHORITY, key, reference=f"test:{AUTHORITY} federation",
            purposes=("federation",), since=since, at=since,
        )  # fmt: skip

    office.database.write(enrol)
    there = json.loads((office.folder / "anchors.json").read_text("utf-8"))["anchors"]
    law = {"id": AUTHORITY, "name": "The Authority", "kind": "regulatory", "purpose": PURPOSE,
           "jwks": {"keys": [key.public_jwk()]}}  # fmt: skip
    write_anchors(office.folder, {"anchors": [*there, law]})
    return world


def _designate(world: RegisterWorld, *modules: str, since: str = "2020-01-06") -> None:
    content = {
        "number": "2900", "norm": "ISO/IEC 17065", "granted_on": since, "zone": ZONE,
        "scope": [{"scheme": "CABLE-5", "type": "5", "standards": ["CS 6004:2019"], "from": since,
                   "modules": list(modules)}],
    }  # fmt: skip
    world.office.database.write(
        lambda c: accrediting.grant(
            c, world.office, SETUP, AUTHORITY, CB_P, "accreditation", content,
            name="Pellworth Products", at=world.at,
        )
    )  # fmt: skip
    world.publish()


def _gate(world: RegisterWorld, **changes: Any) -> Gate:
    found = grounds.read(CB_P, dossier("pc-cable5", CB_P, **changes))
    gates = world.office.database.read(
        lambda c: grounds.of(c, world.office, CB_P, at=world.at).gates(found, None)
    )
    return next(one for one in gates if one.id == "PC-22")


def test_without_a_purpose_nobody_need_be_designated(lawful: RegisterWorld) -> None:
    assert str(_gate(lawful).outcome) != "refused"


def test_a_body_that_is_not_designated_may_not_certify_for_the_law(lawful: RegisterWorld) -> None:
    gate = _gate(lawful, purpose=PURPOSE)

    assert (str(gate.outcome), gate.code) == ("refused", "REGULATORY_MISMATCH")


def test_a_designated_body_may_for_its_module(lawful: RegisterWorld) -> None:
    _designate(lawful, "B")

    assert str(_gate(lawful, purpose=PURPOSE, module="B").outcome) == "passed"
    other = _gate(lawful, purpose=PURPOSE, module="D")
    assert (str(other.outcome), other.code) == ("refused", "REGULATORY_MISMATCH")


@pytest.mark.parametrize(
    ("since", "outcome"), [("2026-04-20", "passed"), ("2026-04-21", "refused")]
)
def test_it_is_designated_on_the_day_of_the_decision(
    lawful: RegisterWorld, since: str, outcome: str
) -> None:
    _designate(lawful, "B", since=since)
    day = {"date": "2026-04-20"}

    assert str(_gate(lawful, purpose=PURPOSE, module="B", decision=day).outcome) == outcome


def test_another_law_is_no_designation_for_this_one(lawful: RegisterWorld) -> None:
    _designate(lawful, "B")

    assert _gate(lawful, purpose="us-workplace", module="B").code == "REGULATORY_MISMATCH"
