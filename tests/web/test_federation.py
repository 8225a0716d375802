"""The federation endpoints: whom each body hosted here speaks about, and what it says of them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.desk import ENTITIES, StubEvidence, refused, token
from tests.web.gallery import ALDERWAY, NOON, PELLWORTH

DAY_S = 86_400
NORTHLAND = f"{ENTITIES}/ab/northland"
ELSEWHERE = "https://cb.example"
STATEMENT = "application/entity-statement+jwt"
FETCH, LIST = "/ab/northland/federation/fetch", "/ab/northland/federation/list"


def statement(issuer: str, subject: str, **claims: Any) -> str:
    lives = {"iat": NOON - DAY_S, "exp": NOON + 29 * DAY_S}
    return token("entity-statement+jwt", {"iss": issuer, "sub": subject, **lives, **claims})


OF_ROOT = statement(ENTITIES, ENTITIES, metadata={"arrangement": {}})
OF_NORTHLAND = statement(NORTHLAND, NORTHLAND, metadata={"accreditation_body": {}})
ROOT_OF_NORTHLAND = statement(ENTITIES, NORTHLAND, recognition={})
OF_ALDERWAY = statement(NORTHLAND, ALDERWAY, accreditations=[])
OF_PELLWORTH = statement(
    NORTHLAND, PELLWORTH, accreditations=[], metadata={"federation_entity": {}}
)
OF_OTHER = statement(NORTHLAND, ELSEWHERE, metadata={"accreditation_body": {}})


@pytest.fixture(autouse=True)
def furnished(evidence: StubEvidence) -> None:
    evidence.statements = [
        OF_ROOT, OF_NORTHLAND, ROOT_OF_NORTHLAND, OF_PELLWORTH, OF_ALDERWAY, OF_OTHER,
        statement("https://stranger.example", ALDERWAY),
        "not.a.statement",
        token("statuslist+jwt", {"iss": NORTHLAND, "sub": "https://wrong.example", "iat": NOON}),
    ]  # fmt: skip


def error(client: FlaskClient, address: str) -> tuple[int, str]:
    answer = client.get(address)
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json().keys() == {"error", "error_description"}
    return answer.status_code, answer.get_json()["error"]


@pytest.mark.parametrize(
    ("address", "said"),
    [("/.well-known/openid-federation", OF_ROOT),
     ("/ab/northland/.well-known/openid-federation", OF_NORTHLAND)],
)  # fmt: skip
def test_a_body_says_what_it_is(client: FlaskClient, address: str, said: str) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer.text) == (200, said)
    assert answer.headers["Content-Type"] == STATEMENT
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("body", ["/cb/nobody", "/cb/alderway", "/ab/northland/"])
def test_a_body_that_is_not_here_says_nothing(client: FlaskClient, body: str) -> None:
    assert refused(client.get(f"{body}/.well-known/openid-federation")) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("address", "said"),
    [(f"{FETCH}?sub={ALDERWAY}", OF_ALDERWAY), (f"{FETCH}?sub={ELSEWHERE}", OF_OTHER),
     (f"/federation/fetch?sub={NORTHLAND}", ROOT_OF_NORTHLAND),
     (f"{FETCH}?sub={ALDERWAY}&unknown=ignored", OF_ALDERWAY)],
)  # fmt: skip
def test_a_body_says_what_it_vouches_for(client: FlaskClient, address: str, said: str) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer.text) == (200, said)
    assert answer.headers["Content-Type"] == STATEMENT
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (FETCH, (400, "invalid_request")),
        (f"{FETCH}?sub=", (400, "invalid_request")),
        (f"{FETCH}?sub={NORTHLAND}", (400, "invalid_request")),
        (f"{FETCH}?sub=https://nobody.example", (404, "not_found")),
        (f"{FETCH}?sub=https://wrong.example", (404, "not_found")),
        (f"{FETCH}?sub={ALDERWAY}/", (404, "not_found")),
        (f"/federation/fetch?sub={ALDERWAY}", (404, "not_found")),
        (f"/cb/nobody/federation/fetch?sub={ALDERWAY}", (404, "not_found")),
    ],
)
def test_what_a_body_does_not_say_is_refused_in_the_standards_form(
    client: FlaskClient, address: str, expected: tuple[int, str]
) -> None:
    assert error(client, address) == expected


def test_w21_who_is_asked_about_stands_once(client: FlaskClient) -> None:
    answer = client.get(f"{FETCH}?sub={ALDERWAY}&sub={PELLWORTH}")

    assert refused(answer) == (400, "AMBIGUOUS_PARAMETER")


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("", [ELSEWHERE, ALDERWAY, PELLWORTH]),
        ("?unknown=ignored", [ELSEWHERE, ALDERWAY, PELLWORTH]),
        ("?entity_type=certification_body", [ALDERWAY, PELLWORTH]),
        ("?entity_type=accreditation_body", [ELSEWHERE]),
        ("?entity_type=certification_body&entity_type=federation_entity", [PELLWORTH]),
        ("?entity_type=arrangement", []),
        ("?entity_type=certification_body&entity_type=accreditation_body", []),
    ],
)
def test_a_body_lists_those_below_it(client: FlaskClient, query: str, listed: list[str]) -> None:
    answer = client.get(f"{LIST}{query}")

    assert (answer.status_code, answer.get_json()) == (200, listed)
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize("query", ["intermediate=true", "trust_marked=false", "trust_mark_type="])
def test_a_filter_that_is_not_offered_is_refused_and_never_ignored(
    client: FlaskClient, query: str
) -> None:
    assert error(client, f"{LIST}?{query}") == (400, "unsupported_parameter")


def test_a_certification_body_lists_nobody(client: FlaskClient) -> None:
    assert error(client, "/cb/alderway/federation/list") == (404, "not_found")


def test_of_two_statements_the_newer_is_told(client: FlaskClient, evidence: StubEvidence) -> None:
    newer = statement(NORTHLAND, ALDERWAY, iat=NOON, accreditations=[])
    undated = statement(NORTHLAND, ALDERWAY, iat="2099", accreditations=[])

    for order in ([OF_ALDERWAY, newer, undated], [undated, newer, OF_ALDERWAY]):
        evidence.statements = order
        evidence.version += 1
        assert client.get(f"{FETCH}?sub={ALDERWAY}").text == newer


def test_what_was_said_anew_is_told_at_once(client: FlaskClient, evidence: StubEvidence) -> None:
    before = client.get(LIST).get_json()
    evidence.statements = [*evidence.statements, statement(NORTHLAND, "https://new.example")]
    evidence.version += 1

    assert "https://new.example" not in before
    assert "https://new.example" in client.get(LIST).get_json()


def test_a_resolve_endpoint_is_not_offered(client: FlaskClient) -> None:
    asked = f"/federation/resolve?sub={ALDERWAY}&trust_anchor={ENTITIES}"

    assert refused(client.get(asked)) == (404, "NOT_FOUND")
