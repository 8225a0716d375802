"""What needs two people, in the console: seen in full, then approved, refused or taken back."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.people import COMMAND_LINE, SERVICE, Actor, Role
from service.registry import approvals, people
from service.registry.actions import actions
from service.storage import people as stored
from service.storage.database import Connection
from service.storage.papers import Paper
from service.storage.people import USER, Held
from service.web.console_approvals import ACTIONS
from tests.registry.desk import CB, CB_P
from tests.web.desk import BASE, PAGE
from tests.web.test_console import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


def _see(client: FlaskClient, body: str = CB, **asked: str) -> TestResponse:
    return client.get("/console/approvals", query_string={"body": body, **asked}, headers=PAGE)


def _decide(client: FlaskClient, paper: Paper, act: str, **fields: str) -> TestResponse:
    # A page without a button has no token; the account always has one.
    token = re.search(r'name="token" value="([^"]+)"', client.get("/account", headers=PAGE).text)
    form = {
        "token": token[1] if token else "", "body": paper.body, "id": paper.subject, "act": act,
        "digest": paper.content["digest"], **fields,
    }  # fmt: skip
    return client.post("/console/approvals", data=form, headers={"Origin": BASE, **PAGE})


def _held(desk: Desk, body: str = CB) -> list[Held]:
    return list(desk.world.office.database.read(lambda c: stored.at_body(c, body)))


def _operator(desk: Desk) -> Actor:
    """Whoever became an operator last."""
    found = [one for one in _held(desk) if one.role is Role.OPERATOR]
    return Actor(USER, max(found, key=lambda one: one.since).holder)


def _proposed(desk: Desk, who: Actor = COMMAND_LINE, body: str = CB) -> Paper:
    """That Nora, who works here, be somebody who may correct the ledger."""
    world = desk.world

    def work(connection: Connection) -> Paper:
        nora, _ = people.invite(connection, COMMAND_LINE, "Nora Quist", at=world.at)
        asked = {"user": nora.id, "role": "register_officer"}
        return approvals.propose(
            connection, actions(world.office), who, body, approvals.ROLE_GIVE, asked, at=world.at
        )

    return world.office.database.write(work)


def test_what_the_command_line_proposes_two_people_approve_in_the_console(desk: Desk) -> None:
    first = desk.browser(Role.OPERATOR)
    desk.world.at += 1
    second = desk.browser(Role.OPERATOR)
    paper = _proposed(desk)
    nora = paper.content["parameters"]["user"]

    assert "Somebody at the command line" in _see(first).text
    assert _decide(first, paper, "approve").status_code == 303
    waiting = _see(first).text
    assert "First approval" in waiting
    assert "It waits for somebody else." in waiting
    assert "Approve No." not in waiting
    assert nora not in {one.holder for one in _held(desk)}

    assert _decide(second, paper, "approve").status_code == 303
    assert (nora, Role.REGISTER_OFFICER) in {(one.holder, one.role) for one in _held(desk)}
    assert "Nothing is open." in _see(second).text
    assert paper.subject in _see(second, state="approved").text


def test_the_one_who_proposed_can_only_take_it_back(desk: Desk) -> None:
    client = desk.browser(Role.OPERATOR)
    paper = _proposed(desk, _operator(desk))

    page = _see(client).text
    assert "Take it back" in page
    assert "Approve No." not in page
    refused = _decide(client, paper, "approve")
    assert "DUAL_CONTROL_REQUIRED" in refused.text

    assert _decide(client, paper, "reject").status_code == 303
    assert paper.subject in _see(client, state="rejected").text


def test_all_of_what_is_approved_is_shown_and_nothing_else_is_approved(desk: Desk) -> None:
    client = desk.browser(Role.OPERATOR)
    paper = _proposed(desk)

    page = _see(client).text
    assert paper.content["parameters"]["user"] in page
    assert "register_officer" in page
    assert paper.content["digest"] in page
    other = _decide(client, paper, "approve", digest="0" * 64)
    assert "VERSION_CONFLICT" in other.text
    assert paper.subject in _see(client).text


def test_who_may_only_read_sees_it_and_has_no_button(desk: Desk) -> None:
    client = desk.browser(Role.AUDITOR)
    paper = _proposed(desk)

    assert paper.subject in _see(client).text
    assert "<button" not in _see(client).text
    assert "NOT_ALLOWED" in _decide(client, paper, "reject").text
    assert _see(client, CB_P).status_code in (403, 404)


def test_what_waited_for_a_week_is_expired(desk: Desk) -> None:
    paper = _proposed(desk)
    desk.world.pass_days(8)
    client = desk.browser(Role.OPERATOR)

    page = _see(client).text
    assert "Expired" in page
    assert "Approve No." not in page
    assert "PROPOSAL_CLOSED" in _decide(client, paper, "approve").text


def test_the_service_itself_has_approvals_for_its_operators(desk: Desk) -> None:
    client = desk.browser(Role.OPERATOR, SERVICE)
    paper = _proposed(desk, body=SERVICE)

    assert "The service" in client.get("/console", headers=PAGE).text
    assert paper.subject in _see(client, SERVICE).text
    running = client.get("/console/desk", query_string={"body": SERVICE}, headers=PAGE)
    assert running.headers["Location"].startswith("/console/service?body=service")
    assert client.get(running.headers["Location"], headers=PAGE).status_code == 200


@pytest.mark.parametrize(
    ("asked", "field"), [({"state": "nonsense"}, "state"), ({"before": "x:1"}, "before")]
)
def test_what_is_no_question_is_refused(desk: Desk, asked: dict[str, str], field: str) -> None:
    answer = _see(desk.browser(Role.OPERATOR), **asked)

    assert (answer.status_code, "BAD_PARAMETER" in answer.text) == (400, True)
    assert field in answer.text


def test_another_act_is_refused(desk: Desk) -> None:
    client = desk.browser(Role.OPERATOR)
    paper = _proposed(desk)

    assert "BAD_PARAMETER" in _decide(client, paper, "burn").text


def test_every_action_that_needs_two_people_has_its_words(desk: Desk) -> None:
    assert ACTIONS.keys() == actions(desk.world.office).keys()
