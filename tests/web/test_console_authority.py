"""The console of accreditation bodies and arrangements: what they granted, and what they may do."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.people import Role
from service.storage import papers
from service.storage.papers import Paper
from service.storage.register import Body
from tests.registry.desk import AB, ARRANGEMENT, BASE, CB, DECIDED, ZONE, dossier
from tests.registry.test_patterns import through_the_desk
from tests.web.desk import BASE as OWN
from tests.web.desk import PAGE
from tests.web.test_console import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
NEWCOMER = f"{BASE}/cb/newcomer"


def _see(client: FlaskClient, path: str, **asked: str) -> str:
    answer = client.get(f"/console/{path}", query_string=asked, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return answer.text


def _post(client: FlaskClient, page: str, path: str, **fields: str) -> TestResponse:
    found = re.search(r'name="token" value="([^"]+)"', page)
    form = {"token": found[1] if found else "", **fields}
    return client.post(f"/console/{path}", data=form, headers={"Origin": OWN, **PAGE})


def _paper(desk: Desk, by: str, kind: str, subject: str) -> Paper:
    return desk.world.office.database.read(lambda c: papers.find(c, by, kind, subject))


def _done(client: FlaskClient, path: str, body: str, id: str, **fields: str) -> TestResponse:
    """An act that is asked for and then confirmed, as the pages do."""
    page = _see(client, f"{path}/one", body=body, id=id)
    shown = _post(client, page, f"{path}/act", body=body, id=id, **fields)
    assert "What this does." in shown.text, shown.text
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown.text))
    form.pop("token")
    return _post(client, shown.text, f"{path}/act", **form, confirmed="yes")


def test_an_accreditation_body_sees_its_certifiers_first(desk: Desk) -> None:
    client = desk.browser(Role.ACCREDITATION_OFFICER, AB)

    answer = client.get("/console", headers=PAGE, follow_redirects=True)

    assert "Harrowgate Certification" in answer.text
    assert "Pellworth Products" in answer.text
    assert "What is due" not in answer.text


def test_a_reassessment_that_is_near_is_told_and_comes_first(desk: Desk) -> None:
    soon = (desk.world.today + timedelta(days=30)).isoformat()
    client = desk.browser(Role.ACCREDITATION_OFFICER, AB)
    today = desk.world.today.isoformat()
    done = _done(client, "granted", AB, "0201", act="reassess", effective_on=today, expires_on=soon)

    page = _see(client, "granted", body=AB)

    assert done.status_code == 303
    assert "Reassessment due" in page
    assert page.index("Pellworth Products") < page.index("Harrowgate Certification")


def test_a_sanction_is_done_only_after_its_consequences_were_shown(desk: Desk) -> None:
    client = desk.browser(Role.ACCREDITATION_OFFICER, AB)
    page = _see(client, "granted/one", body=AB, id="0164")
    wish = {"act": "suspend", "reason": "imposed", "effective_on": desk.world.today.isoformat()}

    asked = _post(client, page, "granted/act", body=AB, id="0164", **wish)
    untouched = _paper(desk, AB, "accreditation", "0164")
    done = _done(client, "granted", AB, "0164", **wish)

    assert (asked.status_code, untouched.state) == (200, "active")
    assert "nothing new may be issued" in asked.text
    assert done.status_code == 303
    assert _paper(desk, AB, "accreditation", "0164").state == "suspended"
    desk.world.publish()
    assert "ACCREDITATION_SUSPENDED" in desk.world.verify(desk.token).codes


def test_a_scope_is_reduced_to_what_was_ticked_with_the_codes_that_were_left(desk: Desk) -> None:
    client = desk.browser(Role.ACCREDITATION_OFFICER, AB)

    done = _done(
        client, "granted", AB, "0164", act="reduce", reason="voluntary",
        effective_on=desk.world.today.isoformat(), **{"row.0": "yes", "codes.0": "iaf:17"},
    )  # fmt: skip

    rows = _paper(desk, AB, "accreditation", "0164").content["scope"]
    assert done.status_code == 303, done.text
    assert [(row["codes"], "until" in row) for row in rows] == [
        (["iaf:17", "iaf:18", "iaf:19"], True), (["iaf:17"], False)
    ]  # fmt: skip


def test_a_scope_is_extended_by_a_standard(desk: Desk) -> None:
    client = desk.browser(Role.ACCREDITATION_OFFICER, AB)

    done = _done(
        client, "granted", AB, "0164", act="extend", effective_on=desk.world.today.isoformat(),
        new_standard="ISO 9001:2015", new_codes="iaf:28\r\niaf:29",
    )  # fmt: skip

    added = _paper(desk, AB, "accreditation", "0164").content["scope"][-1]
    assert done.status_code == 303
    assert (added["standard"], added["codes"]) == ("ISO 9001:2015", ["iaf:28", "iaf:29"])


def test_a_body_is_accredited_from_the_page(desk: Desk) -> None:
    _enrol(desk, NEWCOMER, "Newcomer Certification", "certification_body")
    client = desk.browser(Role.ACCREDITATION_OFFICER, AB)
    page = _see(client, "granted", body=AB)
    fields = {
        "subject": NEWCOMER, "number": "0300", "norm": "ISO/IEC 17021-1",
        "from": desk.world.today.isoformat(), "new_standard": "ISO 9001:2015",
        "new_codes": "iaf:17",
    }  # fmt: skip

    first = _post(client, page, "granted", body=AB, **fields)
    again = _post(client, page, "granted", body=AB, **fields)

    assert (first.status_code, again.status_code) == (303, 409)
    assert "ALREADY_EXISTS" in again.text
    assert _paper(desk, AB, "accreditation", "0300").about == NEWCOMER


def test_an_arrangement_suspends_and_lifts_a_norm(desk: Desk) -> None:
    client = desk.browser(Role.ARRANGEMENT_OFFICER, ARRANGEMENT)
    wish: dict[str, Any] = {"norm": "ISO/IEC 17021-1"}

    def suspended() -> list[bool]:
        rows = _paper(desk, ARRANGEMENT, "recognition", AB).content["scopes"]
        return [
            any(not spell.get("until") for spell in row.get("suspended", ()))
            for row in rows
            if row["norm"] == wish["norm"]
        ]

    for act, expected in (("suspend", True), ("lift", False)):
        desk.world.pass_days(1)
        day = desk.world.today.isoformat()
        client = desk.browser(Role.ARRANGEMENT_OFFICER, ARRANGEMENT)
        done = _done(client, "granted", ARRANGEMENT, AB, act=act, effective_on=day, **wish)
        assert done.status_code == 303, done.text
        assert suspended() == [expected]


def test_what_the_rules_refuse_leaves_with_its_code(desk: Desk) -> None:
    client = desk.browser(Role.ACCREDITATION_OFFICER, AB)

    refused = _done(
        client, "granted", AB, "0164", act="suspend", effective_on=desk.world.today.isoformat()
    )

    assert refused.status_code == 422
    assert _paper(desk, AB, "accreditation", "0164").state == "active"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATOR])
def test_other_roles_see_and_do_not_sanction(desk: Desk, role: Role) -> None:
    client = desk.browser(role, AB)

    refused = _done(
        client, "granted", AB, "0164", act="withdraw", reason="fraud",
        effective_on=desk.world.today.isoformat(),
    )  # fmt: skip

    assert refused.status_code == 403
    assert _paper(desk, AB, "accreditation", "0164").state == "active"


def test_another_body_and_a_certifier_have_no_such_page(desk: Desk) -> None:
    for role, home, others in (
        (Role.ACCREDITATION_OFFICER, AB, (ARRANGEMENT, CB)), (Role.DECISION_MAKER, CB, (CB, AB))
    ):  # fmt: skip
        client = desk.browser(role, home)
        for body in others:
            answer = client.get("/console/granted", query_string={"body": body}, headers=PAGE)
            assert answer.status_code == 404
        desk.world.pass_days(1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"act": "grant"}, "BAD_PARAMETER"), ({"act": ""}, "BAD_PARAMETER"),
     ({"act": "lift", "row.9999": "yes"}, "UNKNOWN_FIELD")],
)  # fmt: skip
def test_a_form_that_was_tampered_with_is_refused(
    desk: Desk, fields: dict[str, str], code: str
) -> None:
    client = desk.browser(Role.ACCREDITATION_OFFICER, AB)
    page = _see(client, "granted/one", body=AB, id="0164")

    answer = _post(client, page, "granted/act", body=AB, id="0164", **fields)

    assert answer.status_code == 400
    assert code in answer.text


def _enrol(desk: Desk, id: str, name: str, role: str) -> None:
    from service.registry import bodies
    from tests.registry.desk import SETUP

    body, at = Body(id, role, name, ZONE), desk.world.at
    desk.world.office.database.write(lambda c: bodies.enrol(c, SETUP, body, base=BASE, at=at))


def test_what_was_issued_out_of_the_usual_is_shown_to_the_accreditation_body_alone(
    desk: Desk,
) -> None:
    hasty = dossier(
        **DECIDED | {"application": {"received_on": "2026-04-10"}},
        holder={"name": "Weir Mill Ltd", "country": "GB", "id": "reg:GB-7654321"},
    )  # fmt: skip
    through_the_desk(desk.world, hasty)
    officer = desk.browser(Role.ACCREDITATION_OFFICER, AB)

    page = _see(officer, "granted/one", body=AB, id="0164")
    other = _see(officer, "granted/one", body=AB, id="0201")

    assert "6 days after the application was received on 10 April 2026" in page
    assert "A reason to look, not a finding." in page
    assert "Nothing that this register knows of." in other
