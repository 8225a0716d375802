"""Anchors and policy: two people, the whole file, and a trace in the service's ledger."""

import json
from typing import Any

import pytest

from service.domain.people import COMMAND_LINE, SERVICE, Actor, Role
from service.domain.refusal import Denied
from service.registry import approvals, people
from service.registry.actions import actions
from service.storage import ledger
from service.storage.papers import Paper
from service.storage.people import USER
from tests.registry.desk import ARRANGEMENT, RegisterWorld

POLICY = {"policy": {"register_lag_days": 40}}


def _operator(world: RegisterWorld, name: str) -> Actor:
    user, _ = world.office.database.write(
        lambda c: people.invite(
            c, COMMAND_LINE, name, at=world.at, role=Role.OPERATOR, body=SERVICE
        )
    )
    return Actor(USER, user.id)


@pytest.fixture
def ada(world: RegisterWorld) -> Actor:
    return _operator(world, "Ada")


@pytest.fixture
def ben(world: RegisterWorld) -> Actor:
    return _operator(world, "Ben")


def _propose(world: RegisterWorld, who: Actor, action: str, asked: dict[str, Any]) -> Paper:
    return world.office.database.write(
        lambda c: approvals.propose(
            c, actions(world.office), who, SERVICE, action, asked, at=world.at
        )
    )


def _approve(world: RegisterWorld, who: Actor, paper: Paper, digest: str | None = None) -> Any:
    return world.office.database.write(
        lambda c: approvals.approve(
            c, actions(world.office), who, SERVICE, paper.subject,
            digest=digest or paper.content["digest"], at=world.at,
        )
    )  # fmt: skip


def _anchors(world: RegisterWorld) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        (world.office.folder / "anchors.json").read_text("utf-8")
    )["anchors"]
    return found


def test_two_operators_change_whom_the_service_trusts(
    world: RegisterWorld, ada: Actor, ben: Actor
) -> None:
    other = {**_anchors(world)[0], "id": "https://other.example", "name": "Another"}
    wanted = [*_anchors(world), other]
    paper = _propose(world, ada, "anchors.set", {"anchors": wanted})
    before = [one["id"] for one in _anchors(world)]
    _approve(world, ben, paper)

    assert before == [ARRANGEMENT]
    assert [one.id for one in world.office.evidence.anchors] == [ARRANGEMENT, other["id"]]
    events = world.office.database.read(lambda c: list(ledger.history(c, SERVICE, kind="anchors")))
    assert [one.type for one in events] == ["changed"]
    assert ada.name in events[0].data


def test_one_operator_alone_changes_nothing(world: RegisterWorld, ada: Actor) -> None:
    paper = _propose(world, ada, "policy.set", {"content": POLICY})

    with pytest.raises(Denied, match="DUAL_CONTROL_REQUIRED"):
        _approve(world, ada, paper)
    assert not (world.office.folder / "policy.json").exists()


def test_a_policy_that_two_have_seen_is_judged_by(
    world: RegisterWorld, ada: Actor, ben: Actor
) -> None:
    paper = _propose(world, ada, "policy.set", {"content": POLICY})
    with pytest.raises(Denied, match="VERSION_CONFLICT"):
        _approve(world, ben, paper, digest="0" * 64)
    _approve(world, ben, paper)

    assert world.office.evidence.policy.register_lag_days == 40


@pytest.mark.parametrize(
    ("action", "asked", "field"),
    [
        ("anchors.set", {"anchors": []}, "anchors"),
        ("anchors.set", {"anchors": [{"id": "https://a.example"}]}, "anchors"),
        ("policy.set", {"content": {"policy": {"no_such_rule": 1}}}, "content"),
    ],
)
def test_what_no_verifier_could_read_is_not_written(
    world: RegisterWorld, ada: Actor, ben: Actor, action: str, asked: dict[str, Any], field: str
) -> None:
    was = _anchors(world)
    paper = _propose(world, ada, action, asked)

    with pytest.raises(Denied, match="BAD_PARAMETER") as refused:
        _approve(world, ben, paper)
    assert refused.value.field == field
    assert _anchors(world) == was
    assert (
        world.office.database.read(lambda c: list(ledger.history(c, SERVICE, kind="anchors"))) == []
    )


def test_it_is_of_the_service_and_of_no_body(world: RegisterWorld, ada: Actor, ben: Actor) -> None:
    def work(connection: Any) -> None:
        paper = approvals.propose(
            connection, actions(world.office), ada, ARRANGEMENT, "policy.set", {"content": POLICY},
            at=world.at,
        )  # fmt: skip
        approvals.approve(
            connection, actions(world.office), ben, ARRANGEMENT, paper.subject,
            digest=paper.content["digest"], at=world.at,
        )  # fmt: skip

    with pytest.raises(Denied, match="BAD_PARAMETER"):
        world.office.database.write(work)
