"""The console of whoever runs a register: health, keys, people and the audit trail."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.people import Role
from service.storage import ledger, people
from service.storage.people import Held
from tests.registry.desk import AB, CB
from tests.web.desk import BASE, PAGE
from tests.web.test_console import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


def _see(client: FlaskClient, body: str = CB, **asked: str) -> TestResponse:
    return client.get("/console/service", query_string={"body": body, **asked}, headers=PAGE)


def _post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    token = re.search(r'name="token" value="([^"]+)"', _see(client).text)
    form = {"token": token[1] if token else "", "body": CB, **fields}
    return client.post(f"/console/service/{path}", data=form, headers={"Origin": BASE, **PAGE})


def _held(desk: Desk) -> list[Held]:
    return list(desk.world.office.database.read(lambda c: people.at_body(c, CB)))


def test_it_shows_keys_without_where_they_rest_and_the_newest_events(desk: Desk) -> None:
    page = _see(desk.browser(Role.OPERATOR)).text
    head = desk.world.office.database.read(lambda c: ledger.checkpoint(c, CB)).head

    assert "harrowgate-certificate" in page
    assert "test:" not in page  # the reference of a key
    assert desk.number in page
    assert head in page


def test_the_trail_goes_back_to_its_beginning_page_by_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.web.console_service.PAGE", 3)
    client, seen = desk.browser(Role.AUDITOR), list[int]()
    asked: dict[str, str] = {}
    for _ in range(20):
        page = _see(client, **asked).text
        seen += [int(one) for one in re.findall(r'data-label="No.">(\d+)', page)]
        older = re.search(r'before=(\d+)">Show older', page)
        if older is None:
            break
        asked = {"before": older[1]}

    count = desk.world.office.database.read(lambda c: ledger.checkpoint(c, CB)).count
    assert seen == list(range(count, 0, -1))


@pytest.mark.parametrize("before", ["x", "-1", "²", "1.5"])
def test_a_place_that_is_none_is_refused(desk: Desk, before: str) -> None:
    answer = _see(desk.browser(Role.AUDITOR), before=before)

    assert (answer.status_code, "BAD_PARAMETER" in answer.text) == (400, True)


def test_somebody_is_invited_and_their_code_is_shown_once(desk: Desk) -> None:
    client = desk.browser(Role.OPERATOR)

    answer = _post(client, "people", name="Bea Holt", role="evaluator")

    assert answer.status_code == 200
    assert re.search(r"<b>([0-9A-Z]{5}-){4}[0-9A-Z]{5}</b>", answer.text)
    page = _see(client).text
    assert "Bea Holt" in page
    assert "The code for" not in page


def test_a_role_is_given_and_taken(desk: Desk) -> None:
    client = desk.browser(Role.OPERATOR)
    _post(client, "people", name="Bea Holt", role="evaluator")
    bea = next(one.holder for one in _held(desk) if one.role is Role.EVALUATOR)

    given = _post(client, "person", act="give", user=bea, role="auditor")
    after = {one.role for one in _held(desk) if one.holder == bea}
    taken = _post(client, "person", act="take", user=bea, role="evaluator")

    assert (given.status_code, taken.status_code) == (303, 303)
    assert after == {Role.EVALUATOR, Role.AUDITOR}
    assert {one.role for one in _held(desk) if one.holder == bea} == {Role.AUDITOR}


def test_nobody_makes_an_approver_alone_or_gives_themselves_a_role(desk: Desk) -> None:
    client = desk.browser(Role.OPERATOR)
    me = next(one.holder for one in _held(desk) if one.role is Role.OPERATOR)

    alone = _post(client, "people", name="Bea Holt", role="operator")
    self_given = _post(client, "person", act="give", user=me, role="decision_maker")

    assert (alone.status_code, "DUAL_CONTROL_REQUIRED" in alone.text) == (403, True)
    assert self_given.status_code == 403
    assert {one.role for one in _held(desk) if one.holder == me} == {Role.OPERATOR}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DECISION_MAKER])
def test_who_does_not_look_after_people_sees_and_changes_none(desk: Desk, role: Role) -> None:
    client = desk.browser(role)
    before = _held(desk)

    assert "Invite somebody" not in _see(client).text
    assert _post(client, "people", name="Bea Holt", role="auditor").status_code == 403
    assert _post(client, "person", act="close", user=before[0].holder).status_code == 403
    assert _held(desk) == before


def test_another_body_is_not_found(desk: Desk) -> None:
    assert _see(desk.browser(Role.OPERATOR), AB).status_code == 404
