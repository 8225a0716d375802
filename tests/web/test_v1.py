"""The JSON API over the register, as a certification body's own software uses it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.people import COMMAND_LINE, Role
from service.domain.verdict import Verdict
from service.registry import people
from service.storage import ledger
from service.storage.database import Database
from service.web.app import create_app
from service.web.register import RegisterDesk
from tests.registry.desk import AB, CB, CB_P, DECIDED, RegisterWorld, dossier, open_world
from tests.web.desk import SETTINGS, StubVerifier, client_of

CERTIFICATES = "/api/v1/certificates"


@dataclass
class Api:
    """A client with API keys for several roles, over a working register."""

    world: RegisterWorld
    client: FlaskClient
    secrets: Mapping[tuple[Role, str], str]

    def call(
        self, method: str, path: str, body: Any = None, *, role: Role = Role.REGISTER_OFFICER,
        at: str = CB, **headers: str,
    ) -> TestResponse:  # fmt: skip
        secret = self.secrets[role, at]
        return self.client.open(
            path, method=method, json=body,
            headers={"Authorization": f"Bearer {secret}", "Accept": "application/json", **headers},
        )  # fmt: skip

    def issue(self, body: Any, **more: Any) -> TestResponse:
        return self.call("POST", CERTIFICATES, body, **more)

    def act(self, number: str, act: str, body: Any = None, **more: Any) -> TestResponse:
        more.setdefault("role", Role.DECISION_MAKER)
        return self.call("POST", f"{CERTIFICATES}/{quote(number)}/{act}", body or {}, **more)


_HOLDERS = (
    (Role.REGISTER_OFFICER, CB), (Role.DECISION_MAKER, CB), (Role.AUDITOR, CB),
    (Role.APPLICANT, CB), (Role.EVALUATOR, CB), (Role.SURVEILLANCE_OFFICER, CB),
    (Role.REGISTER_OFFICER, CB_P), (Role.DECISION_MAKER, CB_P), (Role.ACCREDITATION_OFFICER, AB),
)  # fmt: skip


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Api:
    world = open_world(database, tmp_path / "evidence")
    secrets = {(role, body): _secret(world, role, body) for role, body in _HOLDERS}
    app = create_app(
        SETTINGS, verifier=StubVerifier(), evidence=world.office.evidence,
        clock=lambda: world.at, register=RegisterDesk.of(world.office),
    )  # fmt: skip
    return Api(world, client_of(app), secrets)


def _secret(world: RegisterWorld, role: Role, body: str) -> str:
    _, secret = world.office.database.write(
        lambda c: people.new_api_key(
            c, COMMAND_LINE, f"{role} of {body[-20:]}", body=body, role=role, scope=None,
            expires_at=world.at + 30 * 86_400, at=world.at,
        )
    )  # fmt: skip
    return secret


def code(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_a_certificate_is_issued_looked_up_suspended_and_reinstated(api: Api) -> None:
    issued = api.issue({"dossier": dossier(**DECIDED)})
    number = issued.get_json()["number"]
    found = api.call("GET", f"{CERTIFICATES}/{quote(number)}").get_json()
    suspended = api.act(number, "suspend", {"reason": "failure"})
    api.world.pass_days(1)
    reinstated = api.act(number, "reinstate", {"cause_resolved": True})
    api.world.publish()

    assert issued.status_code == 201
    assert number == "HARROWGATE/2026/0001"
    assert [one["type"] for one in found["history"]] == ["granted"]
    assert found["next_due"] == "2027-04-16"
    assert suspended.get_json()["state"] == "suspended"
    assert reinstated.get_json()["state"] == "active"
    assert api.world.verify(issued.get_json()["token"]).verdict is Verdict.ACCEPT


def test_a01_a_body_cannot_touch_the_certificate_of_another(api: Api) -> None:
    number = api.issue({"dossier": dossier(**DECIDED)}).get_json()["number"]

    named = api.act(number, "withdraw", {"reason": "fraud", "body": CB}, at=CB_P)
    own = api.act(number, "withdraw", {"reason": "fraud"}, at=CB_P)

    assert code(named) == code(own) == (404, "NOT_FOUND")
    assert api.call("GET", f"{CERTIFICATES}/{quote(number)}").get_json()["state"] == "active"


def test_a02_nobody_issues_in_another_bodys_name(api: Api) -> None:
    answer = api.issue({"dossier": dossier(**DECIDED)}, at=CB_P)

    assert code(answer) == (403, "ISSUER_MISMATCH")


@pytest.mark.parametrize("member", "status idx iat exp rev role id".split())
def test_a04_a_caller_sets_nothing_that_is_the_registers(api: Api, member: str) -> None:
    outside = api.issue({"dossier": dossier(**DECIDED), member: 1})
    inside = api.issue({"dossier": {**dossier(**DECIDED), member: 1}})

    assert code(outside) == code(inside) == (400, "UNKNOWN_FIELD")


def test_a05_the_same_request_is_done_once(api: Api) -> None:
    asked = {"dossier": dossier(**DECIDED)}
    first = api.issue(asked, **{"Idempotency-Key": "k-1"})
    again = api.issue(asked, **{"Idempotency-Key": "k-1"})
    other = api.issue(
        {"dossier": dossier(**DECIDED), "number": "X/1"}, **{"Idempotency-Key": "k-1"}
    )

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json()["token"] == again.get_json()["token"]
    assert code(other) == (409, "IDEMPOTENCY_CONFLICT")
    assert len(api.call("GET", CERTIFICATES).get_json()["items"]) == 1


def test_a05_an_act_that_is_sent_twice_is_one_event(api: Api) -> None:
    number = api.issue({"dossier": dossier(**DECIDED)}).get_json()["number"]
    asked = {"reason": "failure"}

    answers = [api.act(number, "suspend", asked, **{"Idempotency-Key": "s"}) for _ in range(2)]

    assert answers[0].get_json() == answers[1].get_json()
    found = api.call("GET", f"{CERTIFICATES}/{quote(number)}").get_json()
    assert [one["type"] for one in found["history"]] == ["granted", "suspended"]


def test_a06_a_double_click_names_the_certificate_that_is_there(api: Api) -> None:
    number = api.issue({"dossier": dossier(**DECIDED)}).get_json()["number"]

    again = api.issue({"dossier": dossier(**DECIDED)})

    assert code(again) == (409, "DUPLICATE_CERTIFICATE")
    assert again.get_json()["facts"]["number"] == number


def test_a07_a_suspension_after_log_in_is_seen_at_signing(api: Api) -> None:
    suspended = api.call(
        "POST", "/api/v1/accreditations/0164/acts",
        {"asked": {"act": "suspend", "reason": "imposed", "effective_on": "2026-04-15"}},
        role=Role.ACCREDITATION_OFFICER, at=AB,
    )  # fmt: skip
    api.world.publish()

    answer = api.issue({"dossier": dossier(**DECIDED)})

    assert suspended.get_json()["state"] == "suspended"
    assert code(answer) == (422, "CB_SUSPENDED")
    assert api.call("GET", CERTIFICATES).get_json()["items"] == []


def test_a08_outside_the_accreditation_nothing_is_signed(api: Api) -> None:
    answer = api.issue({"dossier": dossier(codes=["iaf:38"], **DECIDED)})

    assert code(answer) == (422, "OUT_OF_ACCREDITED_SCOPE")
    assert "gates" in answer.get_json()["facts"]


def test_a09_of_a_batch_with_one_bad_item_none_is_signed(api: Api) -> None:
    items = [
        {"dossier": dossier(holder={"name": f"Firm {n}", "id": f"reg:{n}"}, **DECIDED)}
        for n in range(10)
    ]
    items[7]["dossier"]["codes"] = ["iaf:38"]

    answer = api.call("POST", f"{CERTIFICATES}/batch", {"items": items})

    assert code(answer) == (422, "OUT_OF_ACCREDITED_SCOPE")
    assert answer.get_json()["facts"]["item"] == 7
    assert api.call("GET", CERTIFICATES).get_json()["items"] == []


def test_a11_a_correction_by_one_person_is_only_proposed(api: Api) -> None:
    number = api.issue({"dossier": dossier(**DECIDED)}).get_json()["number"]
    seq = api.call("GET", f"{CERTIFICATES}/{quote(number)}").get_json()["history"][-1]["seq"]

    answer = api.call(
        "POST", f"{CERTIFICATES}/{quote(number)}/errata",
        {"seq": seq, "effective_on": "2026-04-17", "right": {}},
    )  # fmt: skip

    assert answer.status_code == 403
    assert answer.get_json()["code"] in ("DUAL_CONTROL_REQUIRED", "NOT_ALLOWED")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.APPLICANT, Role.SURVEILLANCE_OFFICER])
def test_a12_a_key_of_another_power_neither_issues_nor_withdraws(api: Api, role: Role) -> None:
    number = api.issue({"dossier": dossier(**DECIDED)}).get_json()["number"]

    issuing = api.issue({"dossier": dossier(**DECIDED)}, role=role)
    withdrawing = api.act(number, "withdraw", {"reason": "fraud"}, role=role)

    assert code(issuing) == code(withdrawing) == (403, "NOT_ALLOWED")


@pytest.mark.parametrize(
    ("decided", "effective", "expected"),
    [
        ("2026-04-16", "2026-04-15", "BACKDATED"),
        ("2026-04-14", "2026-04-14", "BACKDATED"),
        ("2026-05-30", "2026-05-30", "FUTURE_DATED"),
    ],
)
def test_a13_nothing_is_back_dated_or_decided_in_the_future(
    api: Api, decided: str, effective: str, expected: str
) -> None:
    term = {"effective": effective, "expires": "2029-04-13"}
    answer = api.issue({"dossier": dossier(decision={"date": decided}, certificate=term)})

    assert code(answer) == (422, expected)


def test_what_somebody_else_has_changed_is_not_overwritten(api: Api) -> None:
    number = api.issue({"dossier": dossier(**DECIDED)}).get_json()["number"]
    tag = api.call("GET", f"{CERTIFICATES}/{quote(number)}").headers["ETag"]
    api.act(number, "suspend", {"reason": "failure"}, **{"If-Match": tag})

    late = api.act(number, "withdraw", {"reason": "fraud"}, **{"If-Match": tag})

    assert code(late) == (412, "VERSION_CONFLICT")


def test_pages_are_followed_by_their_cursor(api: Api) -> None:
    for n in range(5):
        api.issue({"dossier": dossier(holder={"name": f"Firm {n}", "id": f"reg:{n}"}, **DECIDED)})

    first = api.call("GET", f"{CERTIFICATES}?limit=3").get_json()
    second = api.call("GET", f"{CERTIFICATES}?limit=3&after={first['next']}").get_json()

    numbers = [row["number"] for row in first["items"] + second["items"]]
    assert numbers == [f"HARROWGATE/2026/{n:04}" for n in range(1, 6)]
    assert second["next"] is None


def test_a_dossier_turns_green_is_decided_and_issued(api: Api) -> None:
    whole = dossier(**DECIDED)
    parts = {name: whole[name] for name in ("act", "kind", "holder", "standards", "codes")}
    opened = api.call("POST", "/api/v1/dossiers", {"dossier": parts}, role=Role.EVALUATOR)
    path = f"/api/v1/dossiers/{opened.get_json()['id']}"
    before = api.call("GET", f"{path}/gates").get_json()
    rest = {k: v for k, v in whole.items() if k not in ("decision", "certificate", *parts)}
    api.call("PATCH", path, {"changes": rest}, role=Role.EVALUATOR)
    decided = api.call(
        "POST", f"{path}/decision",
        {"decision": {"date": "2026-04-16", "consulted_client_until": None},
         "certificate": whole["certificate"]},
        role=Role.DECISION_MAKER,
    )  # fmt: skip

    issued = api.issue({"dossier_id": opened.get_json()["id"]})

    assert before["may_be_issued"] is False
    assert decided.get_json()["state"] == "decided"
    assert issued.status_code == 201
    assert api.call("GET", path).get_json()["state"] == "issued"


def test_bodies_of_requests_go_through_the_strict_door(api: Api) -> None:
    secret = api.secrets[Role.REGISTER_OFFICER, CB]
    headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json",
               "Content-Type": "application/json"}  # fmt: skip
    twice = api.client.post(CERTIFICATES, data='{"body":"a","body":"b"}', headers=headers)
    deep = api.client.post(CERTIFICATES, data="[" * 30_000, headers=headers)

    assert code(twice) == (400, "JSON_DUPLICATE_MEMBER")
    assert code(deep) == (400, "JSON_TOO_DEEP")


def test_the_api_describes_itself_for_programs_and_for_people(api: Api) -> None:
    spec = api.client.get("/api/v1/openapi.json").get_json()
    page = api.client.get("/docs", headers={"Accept": "text/html"})

    assert spec["openapi"].startswith("3.1")
    assert "/api/v1/certificates/{number}/suspend" in spec["paths"]
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "Suspend a certificate" in text
    # Each body that a call takes is said, and leads to its members.
    for name in spec["components"]["schemas"]:
        assert f'id="schema-{name}"' in text
    assert set(re.findall(r'href="#(schema-\w+)"', text)) <= set(re.findall(r'id="(.+?)"', text))
    assert "day, <code>YYYY-MM-DD</code>, in the query" in text


def test_every_ledger_still_verifies_after_all_of_it(api: Api) -> None:
    number = api.issue({"dossier": dossier(**DECIDED)}).get_json()["number"]
    api.act(number, "cancel", {"reason": "client_request"})

    broken = api.world.office.database.read(lambda c: ledger.verify(c, CB))

    assert broken is None
