"""Suspicions through the API: listed page by page, read, and closed by those who decide."""

from functools import partial

import pytest

from service.credential.packing import pack
from service.domain.people import Role
from service.registry import suspicions
from service.registry.suspicions import Told
from tests.registry.desk import AB, CB, CB_P, DECIDED, dossier
from tests.web.test_v1 import Api, api, code

__all__ = ["api"]
pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
PATH = "/api/v1/suspicions"
REACH = "ada@reader.example"


@pytest.fixture
def reported(api: Api) -> list[str]:
    """The references of three reports about one certificate, the first one first."""
    world = api.world
    token = world.issue(dossier(**DECIDED)).token
    world.publish()
    found = []
    for words in ("One.", "Two.", "Three."):
        world.at += 60
        told = Told(world.verify(token), pack(token), words, "A shop", REACH)
        tell = partial(suspicions.report, told=told, at=world.at)
        found.append(world.office.database.write(tell))
    return found


def test_reports_are_listed_the_newest_first_page_by_page(api: Api, reported: list[str]) -> None:
    first = api.call("GET", f"{PATH}?limit=2", role=Role.DECISION_MAKER).get_json()
    second = api.call(
        "GET", f"{PATH}?limit=2&after={first['next']}", role=Role.DECISION_MAKER
    ).get_json()

    assert [one["reference"] for one in first["items"]] == reported[:0:-1]
    assert [one["reference"] for one in second["items"]] == reported[:1]
    assert second["next"] is None
    assert first["items"][0]["words"] == "Three."


@pytest.mark.parametrize(
    ("role", "reach"), [(Role.DECISION_MAKER, REACH), (Role.AUDITOR, None)]
)  # fmt: skip
def test_only_who_decides_sees_how_the_reader_can_be_reached(
    api: Api, reported: list[str], role: Role, reach: str | None
) -> None:
    one = api.call("GET", f"{PATH}/{reported[0]}", role=role).get_json()

    assert (one["state"], one["reach"], one["verdict"]) == ("open", reach, "ACCEPT")


def test_one_is_closed_once_with_a_note(api: Api, reported: list[str]) -> None:
    at = f"{PATH}/{reported[0]}/close"
    note = {"note": "Looked into: the mark was removed."}

    assert code(api.call("POST", at, note, role=Role.AUDITOR)) == (403, "NOT_ALLOWED")
    stale = api.call("POST", at, note, role=Role.DECISION_MAKER, **{"If-Match": '"9"'})
    assert code(stale) == (412, "VERSION_CONFLICT")
    closed = api.call("POST", at, note, role=Role.DECISION_MAKER)
    assert closed.status_code == 200
    assert closed.get_json()["note"] == note["note"]
    assert closed.get_json()["reach"] is None
    again = api.call("POST", at, note, role=Role.DECISION_MAKER)
    assert code(again)[1] == "STATE_WRONG"

    listed = api.call("GET", f"{PATH}?state=closed", role=Role.AUDITOR).get_json()
    assert [one["reference"] for one in listed["items"]] == reported[:1]
    other = api.call("GET", PATH, role=Role.ACCREDITATION_OFFICER, at=AB).get_json()
    assert {one["reference"] for one in other["items"]} == set(reported)


def test_another_body_has_none_of_it(api: Api, reported: list[str]) -> None:
    assert api.call("GET", PATH, role=Role.DECISION_MAKER, at=CB_P).get_json()["items"] == []
    one = api.call("GET", f"{PATH}/{reported[0]}", role=Role.DECISION_MAKER, at=CB_P)
    assert code(one) == (404, "NOT_FOUND")
    named = api.call("GET", f"{PATH}?body={CB}", role=Role.DECISION_MAKER, at=CB_P)
    assert code(named)[0] in (403, 404)


@pytest.mark.parametrize("asked", ["after=eA", "state=lost", "limit=0", "colour=green"])
def test_what_is_no_question_is_refused(api: Api, asked: str) -> None:
    assert api.call("GET", f"{PATH}?{asked}", role=Role.AUDITOR).status_code == 400
