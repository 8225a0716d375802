"""What an accreditation body may grant: never more than it is itself recognised for (CM-9)."""

from typing import Any

import pytest

from service.domain.refusal import Denied
from service.registry import accrediting, sanctions
from service.storage.papers import Paper
from tests.registry.desk import AB, ARRANGEMENT, BASE, CB, SETUP, RegisterWorld

NEWCOMER = f"{BASE}/cb/newcomer"


def _grant(world: RegisterWorld, *, to: str = NEWCOMER, **changes: Any) -> Paper:
    content = {
        "number": "0300", "norm": "ISO/IEC 17065", "granted_on": "2026-04-20",
        "zone": "Europe/London", "keys": [],
        "scope": [{"scheme": "CABLE-5", "type": "5", "standards": ["CS 6004:2019"],
                   "from": "2026-04-20"}],
        **changes,
    }  # fmt: skip
    return world.office.database.write(
        lambda c: accrediting.grant(
            c, world.office, SETUP, AB, to, "accreditation", content, name="Newcomer",
            jwks={"keys": [world.signers[f"test:{CB} federation"].public_jwk()]}, at=world.at,
        )
    )  # fmt: skip


def _recognise(world: RegisterWorld, **asked: Any) -> Paper:
    return world.office.database.write(
        lambda c: sanctions.recognition_act(c, SETUP, ARRANGEMENT, AB, asked, at=world.at)
    )


def test_within_its_recognition_an_accreditation_body_grants(world: RegisterWorld) -> None:
    assert _grant(world).state == "active"


def test_a_norm_without_recognition_cannot_be_granted(world: RegisterWorld) -> None:
    """What the arrangement here has decided binds at once, not from the next statement."""
    _recognise(world, act="end", norm="ISO/IEC 17065")
    world.pass_days(1)

    with pytest.raises(Denied, match="SCOPE_WIDENED"):
        _grant(world)


def test_a_cycle_is_at_most_five_years(world: RegisterWorld) -> None:
    last = _grant(world, expires_on="2031-04-20")

    assert last.content["expires_on"] == "2031-04-20"
    with pytest.raises(Denied, match="CYCLE_TOO_LONG"):
        _grant(world, number="0301", expires_on="2031-04-21")


def test_an_accreditation_from_before_is_judged_by_what_may_be_granted_today(
    world: RegisterWorld,
) -> None:
    assert _grant(world, granted_on="2001-01-08").state == "active"
