"""Laboratories in the console: put on file, changed, and read by gates as if told by the API."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.people import Role
from service.registry import laboratories
from service.storage import papers
from tests.registry.desk import AB, CB_P, SETUP
from tests.registry.test_product_life import laboratory
from tests.web.desk import BASE, PAGE
from tests.web.test_console import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
PARTICULARS = {
    "name": "LAB-1", "id": "https://lab-1.example", "by": AB, "number": "T-310",
    "norm": "ISO/IEC 17025", "granted_on": "2011-02-01",
    "standards": "CS 6004:2012\r\nCS 6004:2019\r\n",
}  # fmt: skip


def _see(client: FlaskClient) -> str:
    answer = client.get("/console/laboratories", query_string={"body": CB_P}, headers=PAGE)
    assert answer.status_code == 200
    return answer.text


def _put(client: FlaskClient, **fields: str) -> TestResponse:
    # A page without a form has no token; the account always has one.
    token = re.search(r'name="token" value="([^"]+)"', client.get("/account", headers=PAGE).text)
    form = {"token": token[1] if token else "", "body": CB_P, **fields}
    return client.post("/console/laboratories", data=form, headers={"Origin": BASE, **PAGE})


def _on_file(desk: Desk) -> dict[str, Any]:
    find = desk.world.office.database.read
    return dict(find(lambda c: papers.find(c, CB_P, laboratories.KIND, "LAB-1")).content)


def _told_by_api(desk: Desk, **changes: Any) -> None:
    content = laboratory(**changes)
    desk.world.office.database.write(
        lambda c: laboratories.put(c, SETUP, CB_P, "LAB-1", content, at=desk.world.at)
    )


def test_a_laboratory_is_put_on_file_as_by_the_api(desk: Desk) -> None:
    client = desk.browser(Role.EVALUATOR, CB_P)
    assert "No laboratory is on file." in _see(client)

    assert _put(client, **PARTICULARS).status_code == 303
    by_form = _on_file(desk)
    _told_by_api(desk)

    assert by_form == _on_file(desk)
    page = _see(client)
    assert "CS 6004:2012, CS 6004:2019" in page
    assert "T-310" in page


def test_a_suspension_is_added_and_what_was_there_stays(desk: Desk) -> None:
    client = desk.browser(Role.EVALUATOR, CB_P)
    _put(client, **PARTICULARS)
    _put(client, **PARTICULARS, event="suspended", event_on="2026-01-24")
    _put(client, **PARTICULARS, event="lifted", event_on="2026-02-03", expires_on="2028-01-31")

    granted = _on_file(desk)["accreditation"]
    assert granted["events"] == [
        {"type": "suspended", "effective_on": "2026-01-24"},
        {"type": "lifted", "effective_on": "2026-02-03"},
    ]
    assert granted["expires_on"] == "2028-01-31"
    page = _see(client)
    assert "Suspension lifted" in page
    assert "24 Jan 2026" in page


def test_a_scope_of_several_parts_is_left_as_it_is(desk: Desk) -> None:
    parts = [
        {"standards": ["CS 6004:2019"], "from": "2011-02-01"},
        {"standards": ["CS 7001:2020"], "from": "2020-05-01"},
    ]
    _told_by_api(desk, scope=parts)
    client = desk.browser(Role.EVALUATOR, CB_P)
    changed = {name: text for name, text in PARTICULARS.items() if name != "standards"}

    assert "it stays as it is" in _see(client)
    assert _put(client, **{**changed, "number": "T-311"}).status_code == 303
    granted = _on_file(desk)["accreditation"]
    assert (granted["number"], granted["scope"]) == ("T-311", parts)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "CLAIM_MISSING"),
        ({"granted_on": "1 February 2011"}, "CLAIM_TYPE"),
        ({"granted_on": ""}, "CLAIM_TYPE"),
        ({"event": "suspended"}, "CLAIM_TYPE"),
        ({"event": "burnt", "event_on": "2026-01-24"}, "CLAIM_TYPE"),
        ({"colour": "green"}, "UNKNOWN_FIELD"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_written(
    desk: Desk, changes: dict[str, str], code: str
) -> None:
    client = desk.browser(Role.EVALUATOR, CB_P)

    answer = _put(client, **{**PARTICULARS, **changes})

    assert answer.status_code in (400, 422)
    assert code in answer.text
    assert "No laboratory is on file." in _see(client)


def test_who_may_only_read_has_no_form(desk: Desk) -> None:
    client = desk.browser(Role.AUDITOR, CB_P)
    _told_by_api(desk)

    assert "LAB-1" in _see(client)
    assert "<form" not in _see(client)
    refused = _put(client, **PARTICULARS)
    assert (refused.status_code, "NOT_ALLOWED" in refused.text) == (403, True)
