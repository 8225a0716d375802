"""Two people: nothing is done by one of them, and both stand in the ledger (A11)."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, text

from service.domain.people import CLOCK, COMMAND_LINE, Actor, Power, Role
from service.domain.refusal import Denied
from service.registry import approvals
from service.registry import people as registry
from service.registry.approvals import ACTIONS, ROLE_GIVE, WAITS_S, Action
from service.storage import people
from service.storage.database import Database
from service.storage.papers import Paper
from tests.registry.staff import CB_A, CB_B, NOON, Staff

KEY_ADD = "key.add"
KEY = {"reference": "pkcs11:object=cb-a", "purposes": ["certificate"]}


def add_key(
    connection: Connection, body: str, parameters: Mapping[str, Any], actor: Actor, at: int
) -> str:
    people.require(connection, actor, body, Power.KEYS, at=at)
    return f"{body} {parameters['reference']} {actor.name} after {actor.proposed_by}"


TABLE = {**ACTIONS, KEY_ADD: Action(Power.KEYS, add_key)}


@pytest.fixture
def staff(database: Database) -> Staff:
    return Staff(database)


@pytest.fixture
def ada(staff: Staff) -> Actor:
    return staff.person("Ada", Role.OPERATOR)


@pytest.fixture
def ben(staff: Staff) -> Actor:
    return staff.person("Ben", Role.OPERATOR)


def propose(staff: Staff, actor: Actor, *, action: str = KEY_ADD, at: int = NOON) -> Paper:
    return staff.write(
        lambda c: approvals.propose(c, TABLE, actor, CB_A, action, KEY, at=at)
    )  # fmt: skip


def approve(
    staff: Staff, actor: Actor, paper: Paper, *, digest: str | None = None, at: int = NOON + 60
) -> Any:
    seen = digest or paper.content["digest"]
    return staff.write(
        lambda c: approvals.approve(c, TABLE, actor, CB_A, paper.subject, digest=seen, at=at)
    )


def code_of(caught: pytest.ExceptionInfo[Denied]) -> str:
    return caught.value.code


def test_what_one_proposes_another_does(staff: Staff, ada: Actor, ben: Actor) -> None:
    paper = propose(staff, ada)

    assert approve(staff, ben, paper) == (f"{CB_A} pkcs11:object=cb-a {ben.name} after {ada.name}")
    assert staff.events(CB_A) == [("proposed", ada.name), ("approved", ben.name)]
    assert staff.broken(CB_A) is None


def test_whoever_asks_for_it_alone_is_told_to_find_a_second(staff: Staff, ada: Actor) -> None:
    with pytest.raises(Denied) as caught:
        approvals.ask(staff.database, TABLE, ada, CB_A, KEY_ADD, KEY, at=NOON)

    assert code_of(caught) == "DUAL_CONTROL_REQUIRED"
    paper = propose(staff, ada)
    assert caught.value.facts == {
        "proposal": paper.subject, "digest": paper.content["digest"], "body": CB_A,
    }  # fmt: skip
    assert staff.events(CB_A) == [("proposed", ada.name)]


def test_the_one_who_proposed_cannot_approve(staff: Staff, ada: Actor, ben: Actor) -> None:
    paper = propose(staff, ada)

    with pytest.raises(Denied) as caught:
        approve(staff, ada, paper)

    assert code_of(caught) == "DUAL_CONTROL_REQUIRED"
    assert staff.events(CB_A) == [("proposed", ada.name)]
    approve(staff, ben, paper)


@pytest.mark.parametrize("actor", [CLOCK, COMMAND_LINE])
def test_the_service_itself_is_no_person(staff: Staff, ada: Actor, actor: Actor) -> None:
    paper = propose(staff, ada)

    with pytest.raises(Denied) as caught:
        approve(staff, actor, paper)
    assert code_of(caught) == "NOT_ALLOWED"


def test_the_clock_proposes_nothing(staff: Staff) -> None:
    with pytest.raises(Denied) as caught:
        propose(staff, CLOCK)
    assert code_of(caught) == "NOT_ALLOWED"


def test_what_the_command_line_proposes_two_people_approve(
    staff: Staff, ada: Actor, ben: Actor
) -> None:
    paper = propose(staff, COMMAND_LINE)
    first = approve(staff, ada, paper)
    with pytest.raises(Denied) as caught:
        approve(staff, ada, paper)
    approve(staff, ben, paper)

    assert first is None
    assert code_of(caught) == "DUAL_CONTROL_REQUIRED"
    assert [type for type, _ in staff.events(CB_A)][:3] == ["proposed", "seconded", "approved"]


def test_a_machine_with_the_same_role_is_no_second_person(staff: Staff, ada: Actor) -> None:
    machine, _ = staff.write(
        lambda c: registry.new_api_key(
            c, COMMAND_LINE, "Second", body=CB_A, role=Role.OPERATOR, scope=None,
            expires_at=NOON + 3_600, at=NOON,
        )
    )  # fmt: skip

    with pytest.raises(Denied) as caught:
        approve(staff, Actor("machine", machine.id), propose(staff, ada))

    assert code_of(caught) == "NOT_ALLOWED"


@pytest.mark.parametrize(
    ("role", "body", "code"),
    [(Role.DECISION_MAKER, CB_A, "NOT_ALLOWED"), (Role.OPERATOR, CB_B, "NOT_FOUND")],
)
def test_both_need_the_power_at_that_body(
    staff: Staff, ada: Actor, role: Role, body: str, code: str
) -> None:
    cyd = staff.person("Cyd", role, body)

    with pytest.raises(Denied) as caught:
        approve(staff, cyd, propose(staff, ada))
    assert code_of(caught) == code
    with pytest.raises(Denied) as caught:
        propose(staff, cyd)
    assert code_of(caught) == code


def test_a_proposal_of_somebody_who_may_no_longer_is_not_done(
    staff: Staff, ada: Actor, ben: Actor
) -> None:
    paper = propose(staff, ada)
    staff.write(lambda c: registry.deactivate(c, COMMAND_LINE, ada.id, at=NOON))

    with pytest.raises(Denied) as caught:
        approve(staff, ben, paper)

    assert code_of(caught) == "NOT_ALLOWED"


def test_only_what_was_seen_is_approved(staff: Staff, ada: Actor, ben: Actor) -> None:
    with pytest.raises(Denied) as caught:
        approve(staff, ben, propose(staff, ada), digest="0" * 64)

    assert code_of(caught) == "VERSION_CONFLICT"


def test_a_proposal_that_was_changed_behind_our_back_is_not_done(
    staff: Staff, ada: Actor, ben: Actor
) -> None:
    paper = propose(staff, ada)
    change = text("UPDATE papers SET content = replace(content, 'object=cb-a', 'object=evil')")
    staff.write(lambda c: c.execute(change))

    with pytest.raises(Denied) as caught:
        approve(staff, ben, paper)

    assert code_of(caught) == "VERSION_CONFLICT"


def test_a_proposal_waits_seven_days(staff: Staff, ada: Actor, ben: Actor) -> None:
    paper, late = propose(staff, ada), propose(staff, ben)

    approve(staff, ben, paper, at=NOON + WAITS_S - 1)
    with pytest.raises(Denied) as caught:
        approve(staff, ada, late, at=NOON + WAITS_S)
    assert code_of(caught) == "PROPOSAL_CLOSED"


def test_what_waited_too_long_is_closed_by_the_clock(staff: Staff, ada: Actor) -> None:
    propose(staff, ada)

    def expire(at: int) -> int:
        return staff.write(lambda c: approvals.expire(c, CLOCK, CB_A, at=at))

    assert expire(NOON + WAITS_S - 1) == 0
    assert expire(NOON + WAITS_S) == 1
    assert expire(NOON + WAITS_S) == 0
    assert staff.events(CB_A)[-1] == ("expired", CLOCK.name)
    assert propose(staff, ada, at=NOON + WAITS_S).subject == "000002"


def test_what_was_rejected_or_done_stays_so(staff: Staff, ada: Actor, ben: Actor) -> None:
    rejected = propose(staff, ada)
    staff.write(lambda c: approvals.reject(c, TABLE, ben, CB_A, rejected.subject, at=NOON + 1))
    done = propose(staff, ada)
    approve(staff, ben, done)

    for paper in (rejected, done):
        with pytest.raises(Denied) as caught:
            approve(staff, ben, paper)
        assert code_of(caught) == "PROPOSAL_CLOSED"
    assert [type for type, _ in staff.events(CB_A)] == [
        "proposed", "rejected", "proposed", "approved",
    ]  # fmt: skip


def test_the_same_wish_is_one_proposal(staff: Staff, ada: Actor, ben: Actor) -> None:
    assert propose(staff, ada) == propose(staff, ada, at=NOON + 9)
    assert propose(staff, ben).subject == "000002"


def test_what_nobody_has_described_is_not_proposed(staff: Staff, ada: Actor) -> None:
    with pytest.raises(Denied) as caught:
        propose(staff, ada, action="key.give_away")

    assert code_of(caught) == "BAD_PARAMETER"


def test_where_the_deed_fails_the_proposal_stays_open(staff: Staff, ada: Actor, ben: Actor) -> None:
    def fail(*_: object) -> None:
        raise Denied("KEY_SHARED")

    paper = propose(staff, ada)
    failing = {KEY_ADD: Action(Power.KEYS, fail)}
    with pytest.raises(Denied) as caught:
        staff.write(
            lambda c: approvals.approve(
                c, failing, ben, CB_A, paper.subject, digest=paper.content["digest"], at=NOON
            )
        )  # fmt: skip

    assert code_of(caught) == "KEY_SHARED"
    approve(staff, ben, paper)


def test_a_second_operator_is_made_by_two(staff: Staff, ada: Actor, ben: Actor) -> None:
    cyd = staff.person("Cyd")
    wish = {"user": cyd.id, "role": "operator"}
    paper = staff.write(lambda c: approvals.propose(c, TABLE, ada, CB_A, ROLE_GIVE, wish, at=NOON))

    approve(staff, ben, paper)

    assert Power.KEYS in staff.powers(cyd, CB_A)
    assert staff.events(CB_A) == [
        ("proposed", ada.name), ("approved", ben.name), ("role_given", ben.name),
    ]  # fmt: skip


def test_nobody_approves_a_role_for_themselves(staff: Staff, ada: Actor, ben: Actor) -> None:
    wish = {"user": ben.id, "role": "register_officer"}
    paper = staff.write(lambda c: approvals.propose(c, TABLE, ada, CB_A, ROLE_GIVE, wish, at=NOON))

    with pytest.raises(Denied) as caught:
        approve(staff, ben, paper)

    assert code_of(caught) == "NOT_ALLOWED"
