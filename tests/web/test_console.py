"""The console of a certification body: what is due, found and done, by whom and by nobody else."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.people import COMMAND_LINE, Actor, Role
from service.registry import dossiers, people
from service.storage import ledger
from service.storage.database import Database
from service.storage.people import USER
from service.verifier import Verifier
from service.web.app import create_app
from service.web.register import RegisterDesk
from tests.registry.desk import (
    CB,
    CB_P,
    DECIDED,
    SETUP,
    RegisterWorld,
    dossier,
    open_world,
)
from tests.registry.staff import opened
from tests.web.desk import BASE, PAGE, SETTINGS, Outline, client_of
from tests.web.staffed import COOKIE

pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


@dataclass
class Desk:
    """A register with one certificate, and browsers of people with a role."""

    world: RegisterWorld
    number: str
    token: str

    def browser(self, role: Role, body: str = CB) -> FlaskClient:
        database, at = self.world.office.database, self.world.at
        user, _ = database.write(
            lambda c: people.invite(c, COMMAND_LINE, f"Ada {at}", at=at, role=role, body=body)
        )
        session = opened(database, Actor(USER, user.id), at)
        evidence = self.world.office.evidence
        client = client_of(
            create_app(
                SETTINGS, verifier=Verifier(evidence.anchors, evidence, evidence, evidence),
                evidence=evidence, clock=lambda: self.world.at,
                register=RegisterDesk.of(self.world.office),
            )
        )  # fmt: skip
        client.set_cookie(COOKIE, session.secret, domain="proofmark.example", secure=True)
        return client

    def see(self, client: FlaskClient, page: str, **asked: str) -> str:
        answer = client.get(f"/console/{page}", query_string={"body": CB, **asked}, headers=PAGE)
        assert answer.status_code == 200, answer.text
        return answer.text

    def ask(self, client: FlaskClient, act: str, **fields: str) -> TestResponse:
        page = self.see(client, "certificate", number=self.number)
        found = re.search(r'name="token" value="([^"]+)"', page)
        token = found[1] if found else ""
        form = {"token": token, "body": CB, "number": self.number, "act": act, **fields}
        return client.post("/console/act", data=form, headers={"Origin": BASE, **PAGE})


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    world = open_world(database, tmp_path / "evidence")
    one = world.issue(dossier(**DECIDED))
    world.publish()
    return Desk(world, one.number, one.token)


def test_who_works_at_one_body_is_led_to_its_desk(desk: Desk) -> None:
    answer = desk.browser(Role.DECISION_MAKER).get("/console", headers=PAGE)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/console/desk?body=")


def test_the_desk_shows_what_is_due_and_when_it_is_late(desk: Desk) -> None:
    client = desk.browser(Role.AUDITOR)
    quiet = desk.see(client, "desk")
    desk.world.pass_days(340)
    due = desk.see(desk.browser(Role.AUDITOR), "desk")
    desk.world.pass_days(60)
    late = desk.see(desk.browser(Role.AUDITOR), "desk")

    assert "Nothing is due" in quiet
    assert desk.number in due
    assert "Check overdue" not in due
    assert "Check overdue" in late


@pytest.mark.parametrize(
    ("asked", "there"),
    [({}, True), ({"state": "active"}, True), ({"state": "suspended"}, False),
     ({"q": "harrow looms ltd"}, True), ({"q": "Harrow"}, False)],
)  # fmt: skip
def test_certificates_are_found(desk: Desk, asked: dict[str, str], there: bool) -> None:
    page = desk.see(desk.browser(Role.AUDITOR), "certificates", **asked)

    assert (f">{desk.number}<" in page) is there
    assert there or "Nothing here fits that." in page


def test_an_act_is_done_only_after_its_consequences_were_shown(desk: Desk) -> None:
    client = desk.browser(Role.DECISION_MAKER)
    asked = desk.ask(client, "suspend", reason="failure")
    before = desk.world.verify(desk.token).codes
    done = desk.ask(client, "suspend", reason="failure", confirmed="yes")
    desk.world.publish()

    assert "What this does." in Outline(asked.text).text
    assert before == ()
    assert done.status_code == 303
    assert desk.world.verify(desk.token).codes == ("SUSPENDED",)
    told = desk.world.office.database.read(
        lambda c: [one.actor for one in ledger.history(c, CB, subject=desk.number)]
    )
    assert told[-1].startswith("user:")


def test_a_suspended_one_is_reinstated_and_a_withdrawn_one_offers_nothing(desk: Desk) -> None:
    client = desk.browser(Role.DECISION_MAKER)
    desk.ask(client, "suspend", reason="failure", confirmed="yes")
    desk.world.pass_days(1)
    client = desk.browser(Role.DECISION_MAKER)
    desk.ask(client, "reinstate", confirmed="yes")
    desk.world.publish()
    alive = desk.world.verify(desk.token).codes
    desk.world.pass_days(1)
    client = desk.browser(Role.DECISION_MAKER)
    desk.ask(client, "withdraw", reason="fraud", confirmed="yes")
    page = desk.see(client, "certificate", number=desk.number)

    assert alive == ()
    assert "Withdrawn" in page
    assert "Nothing without a new decision" in page


def test_what_the_rules_refuse_is_said_in_a_sentence(desk: Desk) -> None:
    client = desk.browser(Role.DECISION_MAKER)
    desk.ask(client, "suspend", reason="failure", confirmed="yes")
    again = desk.ask(client, "reinstate", confirmed="yes")

    assert again.status_code == 422
    assert "SAME_DAY_EVENT" in again.text


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.APPLICANT, Role.SURVEILLANCE_OFFICER])
def test_other_roles_see_and_do_not_decide(desk: Desk, role: Role) -> None:
    answer = desk.ask(desk.browser(role), "withdraw", reason="fraud", confirmed="yes")

    assert answer.status_code == 403
    assert desk.world.verify(desk.token).codes == ()


@pytest.mark.parametrize("page", ["desk", "certificates", "certificate"])
def test_another_body_is_not_found(desk: Desk, page: str) -> None:
    client = desk.browser(Role.DECISION_MAKER, CB_P)
    answer = client.get(
        f"/console/{page}", query_string={"body": CB, "number": desk.number}, headers=PAGE
    )

    assert answer.status_code == 404
    assert desk.number not in answer.text


def test_without_log_in_one_is_sent_to_it(desk: Desk) -> None:
    client = desk.browser(Role.AUDITOR)
    client.delete_cookie(COOKIE, domain="proofmark.example")

    assert client.get("/console", headers=PAGE).headers["Location"].startswith("/login")
    assert client.get("/console", headers={"Accept": "application/json"}).status_code == 401


def test_an_act_from_another_site_or_without_its_token_changes_nothing(desk: Desk) -> None:
    client = desk.browser(Role.DECISION_MAKER)
    form = {"body": CB, "number": desk.number, "act": "withdraw", "confirmed": "yes"}
    tokenless = client.post("/console/act", data=form, headers={"Origin": BASE})
    foreign = client.post("/console/act", data=form, headers={"Origin": "https://evil.example"})

    assert (tokenless.status_code, foreign.status_code) == (403, 403)
    assert desk.world.verify(desk.token).codes == ()


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"act": "grant"}, 400), ({"effective_on": "soon"}, 400), ({"colour": "red"}, 400),
     ({"version": "99", "confirmed": "yes", "reason": "fraud"}, 412)],
)  # fmt: skip
def test_a_form_that_was_tampered_with_is_refused(
    desk: Desk, fields: dict[str, str], status: int
) -> None:
    act = fields.pop("act", "withdraw") if "act" in fields else "withdraw"
    answer = desk.ask(desk.browser(Role.DECISION_MAKER), act, **fields)

    assert answer.status_code == status


def test_a_check_that_was_held_is_recorded(desk: Desk) -> None:
    desk.world.pass_days(340)
    client = desk.browser(Role.SURVEILLANCE_OFFICER)
    page = desk.see(client, "certificate", number=desk.number)
    token = re.findall(r'name="token" value="([^"]+)"', page)[0]
    days = {"first_day": "2027-03-15", "last_day": "2027-03-16", "maintained_on": "2027-03-20"}
    what = {"body": CB, "number": desk.number, "kind": "surveillance"}
    form = {"token": token, **what, **days}
    done = client.post("/console/survey", data=form, headers={"Origin": BASE, **PAGE})
    later = {**form, "last_day": "2030-01-01"}
    ahead = client.post("/console/survey", data=later, headers={"Origin": BASE, **PAGE})

    assert done.status_code == 303
    assert "Surveillance held" in desk.see(client, "certificate", number=desk.number)
    assert (ahead.status_code, "FUTURE_DATED" in ahead.text) == (422, True)


def test_a_dossier_shows_its_gates_turning_green(desk: Desk) -> None:
    holder = {"name": "Brinehill Fasteners Ltd", "country": "GB", "id": "reg:7"}
    whole = {name: value for name, value in dossier(holder=holder).items() if name != "decision"}
    bare = {name: value for name, value in whole.items() if name != "audits"}
    client = desk.browser(Role.AUDITOR)
    write, at = desk.world.office.database.write, desk.world.at
    papers = [
        write(lambda c, one=one: dossiers.open_dossier(c, SETUP, CB, one, at=at))  # type: ignore[misc]
        for one in (bare, whole)
    ]
    shown = [desk.see(client, "dossier", id=one.subject) for one in papers]
    refused = [page.count('data-state="failed"') for page in shown]

    assert refused[0] > refused[1]
    assert "Brinehill Fasteners Ltd" in desk.see(client, "dossiers")
