"""Report a suspicion from a verdict's page, and what the bodies see of it."""

import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.credential.packing import pack
from service.domain.people import Role
from tests.registry.desk import AB, CB, CB_P
from tests.web.desk import BASE, PAGE, StubVerifier
from tests.web.test_console import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
OWN = {"Origin": BASE, **PAGE}


def _link(desk: Desk, client: FlaskClient) -> str:
    page = client.get(f"/q/{pack(desk.token)}", headers=PAGE).text
    found = re.search(r'href="(/report\?[^"]+)"', page)
    assert found is not None
    return unescape(found[1])


def _tell(desk: Desk, client: FlaskClient, **form: str) -> TestResponse:
    return client.post(
        _link(desk, client), data={"words": "It is on a kettle.", **form}, headers=OWN
    )


def _reference(answer: TestResponse) -> str:
    found = re.search(r"R(-[0-9A-Z]{4}){2}", answer.text)
    assert found is not None, answer.text
    return found[0]


def _console(client: FlaskClient, body: str, **asked: str) -> TestResponse:
    return client.get("/console/suspicions", query_string={"body": body, **asked}, headers=PAGE)


def test_from_the_verdict_to_a_number_without_an_account_or_a_script(desk: Desk) -> None:
    client = desk.browser(Role.AUDITOR)
    form = client.get(_link(desk, client), headers=PAGE)
    told = _tell(desk, client)

    assert desk.number in form.text
    assert "Harrowgate Certification" in form.text
    assert "<script" not in form.text
    assert told.status_code == 200
    assert _reference(told)
    assert "Northland Accreditation" in told.text
    assert told.headers["Cache-Control"] == "no-store"


def test_both_bodies_see_it_and_a_third_does_not(desk: Desk) -> None:
    reference = _reference(_tell(desk, desk.browser(Role.AUDITOR), reach="ada@reader.example"))
    pages = {}
    for role, body in (
        (Role.DECISION_MAKER, CB), (Role.ACCREDITATION_OFFICER, AB), (Role.DECISION_MAKER, CB_P)
    ):  # fmt: skip
        desk.world.pass_days(1)
        pages[body] = _console(desk.browser(role, body), body).text

    assert [reference in pages[body] for body in (CB, AB, CB_P)] == [True, True, False]
    assert "ada@reader.example" in pages[CB]
    assert "It is on a kettle." in pages[AB]
    assert "No suspicion is open." in pages[CB_P]


def test_who_does_not_decide_sees_no_contact_and_closes_nothing(desk: Desk) -> None:
    client = desk.browser(Role.AUDITOR)
    reference = _reference(_tell(desk, client, reach="ada@reader.example"))
    page = _console(client, CB).text
    token = re.search(
        r'name="token" value="([^"]+)"', desk.see(client, "certificate", number=desk.number)
    )
    assert token is not None
    form = {"token": token[1], "body": CB, "id": reference, "note": "Nothing."}

    assert reference in page
    assert "ada@reader.example" not in page
    assert client.post("/console/suspicions", data=form, headers=OWN).status_code == 403


def test_another_body_is_not_found(desk: Desk) -> None:
    reference = _reference(_tell(desk, desk.browser(Role.AUDITOR)))
    desk.world.pass_days(1)
    other = desk.browser(Role.DECISION_MAKER, CB_P)
    own = other.get("/console/dossiers", query_string={"body": CB_P}, headers=PAGE).text
    token = re.search(r'name="token" value="([^"]+)"', own)
    assert token is not None
    form = {"token": token[1], "body": CB, "id": reference, "note": "Nothing."}
    listed = _console(other, CB)
    closed = other.post("/console/suspicions", data=form, headers=OWN)

    assert (listed.status_code, closed.status_code) == (404, 404)
    assert reference not in listed.text


def test_a_page_shows_the_newest_first_and_leads_to_the_older_ones(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.web.console_room.PAGE", 2)
    client, told = desk.browser(Role.DECISION_MAKER), []
    for n in range(3):
        desk.world.at += 60
        told.append(_reference(_tell(desk, client, words=f"Number {n}")))
    first = _console(client, CB).text
    older = re.search(r'before=([^"&]+)', first)
    assert older is not None
    second = _console(client, CB, before=unquote(older[1])).text

    assert re.findall(r'<h2 id="(R-[^"]+)"', first) == [told[2], told[1]]
    assert re.findall(r'<h2 id="(R-[^"]+)"', second) == [told[0]]


@pytest.mark.parametrize("asked", [{"state": "lost"}, {"before": "x"}, {"before": "9" * 30 + ":R"}])
def test_an_address_that_was_tampered_with_is_refused(desk: Desk, asked: dict[str, str]) -> None:
    answer = _console(desk.browser(Role.AUDITOR), CB, **asked)

    assert (answer.status_code, "BAD_PARAMETER" in answer.text) == (400, True)


@pytest.mark.parametrize(
    "text", ["https://evil.example/q/1?x=1", "a b/../c", "\u202e", "x" * 9_000, "0" * 4_001]
)
def test_whatever_was_scanned_can_be_reported(desk: Desk, text: str) -> None:
    client = desk.browser(Role.DECISION_MAKER)
    form = client.get("/report", query_string={"t": text}, headers=PAGE)
    found = re.search(r'action="(/report\?[^"]+)"', form.text)
    assert found is not None
    told = client.post(unescape(found[1]), data={"words": "Odd."}, headers=OWN)

    assert parse_qs(urlsplit(unescape(found[1])).query) == {"t": [text]}
    assert "The Arrangement" in told.text
    assert _reference(told)


def test_it_is_closed_with_a_note_and_then_among_the_closed(desk: Desk) -> None:
    client = desk.browser(Role.DECISION_MAKER)
    reference = _reference(_tell(desk, client))
    page = _console(client, CB).text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))

    done = client.post(
        "/console/suspicions", data=fields | {"note": "The mark was removed."}, headers=OWN
    )

    assert done.status_code == 303
    assert reference not in _console(client, CB).text
    closed = _console(client, CB, state="closed").text
    assert reference in closed
    assert "The mark was removed." in closed


def test_a_form_that_is_sent_twice_is_one_report(desk: Desk) -> None:
    client = desk.browser(Role.AUDITOR)

    assert _reference(_tell(desk, client)) == _reference(_tell(desk, client))


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [({"words": "a\u202eb"}, 400, "NAME_CONTROL_CHARS"),
     ({"words": "a" * 1_001}, 400, "BAD_PARAMETER"),
     ({"place": "a" * 201}, 400, "BAD_PARAMETER"), ({"verdict": "ACCEPT"}, 400, "UNKNOWN_FIELD")],
)  # fmt: skip
def test_bad_words_are_refused_with_their_code(
    desk: Desk, form: dict[str, str], status: int, code: str
) -> None:
    client = desk.browser(Role.DECISION_MAKER)

    answer = _tell(desk, client, **form)

    assert (answer.status_code, code in answer.text) == (status, True)
    assert "No suspicion is open." in _console(client, CB).text


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://evil.example"}])
def test_another_site_reports_in_nobodys_name(desk: Desk, origin: dict[str, str]) -> None:
    client = desk.browser(Role.DECISION_MAKER)

    answer = client.post(_link(desk, client), data={"words": "x"}, headers={**origin, **PAGE})

    assert (answer.status_code, "CSRF_REFUSED" in answer.text) == (403, True)
    assert "No suspicion is open." in _console(client, CB).text


def test_reports_of_one_address_are_limited(desk: Desk) -> None:
    client = desk.browser(Role.AUDITOR)
    seen = [_tell(desk, client, words=f"Number {n}").status_code for n in range(7)]

    assert seen[:5] == [200] * 5
    assert seen[-1] == 429


def test_what_was_asked_goes_along(desk: Desk) -> None:
    client = desk.browser(Role.AUDITOR)
    page = client.get(f"/q/{pack(desk.token)}?needs=product&model=K7", headers=PAGE).text
    found = re.search(r'href="(/report\?[^"]+)"', page)
    assert found is not None
    asked = parse_qs(urlsplit(unescape(found[1])).query)

    assert (asked["needs"], asked["model"]) == (["product"], ["K7"])
    assert "Not for this" in client.get(unescape(found[1]), headers=PAGE).text


@pytest.mark.parametrize("path", ["/report", "/report?t="])
def test_without_a_code_there_is_nothing_to_report(desk: Desk, path: str) -> None:
    answer = desk.browser(Role.AUDITOR).get(path, headers=PAGE)

    assert (answer.status_code, "BAD_PARAMETER" in answer.text) == (400, True)


def test_a_service_without_a_register_has_no_such_page(
    client: FlaskClient, verifier: StubVerifier, database_address: str
) -> None:
    assert client.get("/report?t=accept", headers=PAGE).status_code == 404
    assert "/report" not in client.get("/q/accept", headers=PAGE).text
    assert verifier.asked
    assert database_address.startswith("sqlite")
