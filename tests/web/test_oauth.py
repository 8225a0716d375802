"""Tokens for clients that sign: one short assertion, for this endpoint, once (RFC 7523)."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from keys import b64u
from keys.signer import KeySigner
from service.domain.people import COMMAND_LINE, Power, Role
from service.registry import people as registry
from service.storage.database import Database
from service.storage.machines import Machine
from service.web import auth
from service.web.access import ACCESS
from service.web.auth import actor
from service.web.oauth import AHEAD_S, ASSERTION, LONGEST_ASSERTION_S, TOKEN_S
from tests.registry.staff import CB_A, NOON
from tests.web.desk import BASE, DATA, refused
from tests.web.staffed import Front

ENDPOINT = f"{BASE}/oauth/token"
# What is stored is tried on both databases elsewhere; here it is about the requests.
pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


class Works:
    """A body's own system, with its key."""

    def __init__(self, front: Front, algorithm: str = "ES256") -> None:
        self.front = front
        self.signer = KeySigner.generate("works-key-1", algorithm)
        self.client = self.register()
        self.made = 0

    def register(self, scope: frozenset[Power] | None = None) -> Machine:
        """Have a client registered with the key."""
        return self.front.staff.write(
            lambda c: registry.register_client(
                c, COMMAND_LINE, "Works", body=CB_A, role=Role.REGISTER_OFFICER,
                scope=frozenset({Power.READ, Power.ISSUE}), jwk=self.signer.public_jwk(), at=NOON,
            )
        )  # fmt: skip

    def claims(self, **changed: Any) -> dict[str, Any]:
        """The claims of a new assertion; None leaves one out."""
        self.made += 1
        usual = {
            "iss": self.client.id, "sub": self.client.id, "aud": ENDPOINT,
            "jti": f"assertion-{self.made}", "iat": NOON, "exp": NOON + 60,
        }  # fmt: skip
        return {name: one for name, one in {**usual, **changed}.items() if one is not None}

    def assertion(self, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
        """A signed assertion."""
        head = {"alg": self.signer.algorithm, "kid": self.signer.kid, "typ": "JWT"}
        return signed(self.signer, {**head, **(header or {})}, self.claims(**changed))

    def ask(self, assertion: str | None = None, **fields: Any) -> Any:
        """Ask for a token."""
        usual = {
            "grant_type": "client_credentials", "client_assertion_type": ASSERTION,
            "client_assertion": self.assertion() if assertion is None else assertion,
        }  # fmt: skip
        sent = {name: one for name, one in {**usual, **fields}.items() if one is not None}
        return self.front.client().post("/oauth/token", data=sent)


def signed(signer: KeySigner, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    parts = ".".join(b64u.encode(json.dumps(part).encode()) for part in (header, claims))
    return f"{parts}.{b64u.encode(signer.sign(parts.encode()))}"


def no_token(answer: Any) -> tuple[int, str]:
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json().keys() == {"error"}
    return answer.status_code, answer.get_json()["error"]


@pytest.fixture
def front(database: Database, monkeypatch: pytest.MonkeyPatch) -> Front:
    """A desk with one route that takes the power to issue."""
    front = Front(database)
    monkeypatch.setattr(auth, "ACCESS", {**ACCESS, "probe.issue": Power.ISSUE})
    front.app.add_url_rule("/issue", "probe.issue", lambda: actor().name, methods=["POST"])
    return front


@pytest.fixture
def works(front: Front) -> Works:
    return Works(front)


def issue(front: Front, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}", **DATA}
    return front.client().post("/issue", json={}, headers=headers)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_a_client_that_signs_is_given_a_token_that_works(front: Front, algorithm: str) -> None:
    works = Works(front, algorithm)

    given = works.ask().get_json()

    assert given == {
        "access_token": given["access_token"], "token_type": "Bearer", "expires_in": 600,
        "scope": "issue read",
    }  # fmt: skip
    assert issue(front, given["access_token"]).text == f"machine:{works.client.id}"


def test_a_token_lives_ten_minutes(front: Front, works: Works) -> None:
    token = works.ask().get_json()["access_token"]
    front.clock.at = NOON + TOKEN_S - 1
    assert issue(front, token).status_code == 200
    front.clock.at += 1

    assert refused(issue(front, token)) == (401, "NOT_AUTHENTICATED")


def test_a_token_can_be_asked_to_do_less(front: Front, works: Works) -> None:
    given = works.ask(scope="read").get_json()

    assert given["scope"] == "read"
    assert refused(issue(front, given["access_token"])) == (403, "NOT_ALLOWED")


@pytest.mark.parametrize("scope", ["read decide", "everything", "", "read  issue"])
def test_a_token_is_not_given_for_more_than_the_client_has(works: Works, scope: str) -> None:
    assert no_token(works.ask(scope=scope)) == (400, "invalid_scope")


def test_a_revoked_client_is_given_nothing_and_its_tokens_end(front: Front, works: Works) -> None:
    token = works.ask().get_json()["access_token"]
    front.staff.write(lambda c: registry.end_machine(c, COMMAND_LINE, works.client.id, at=NOON))

    assert no_token(works.ask()) == (401, "invalid_client")
    assert refused(issue(front, token)) == (401, "NOT_AUTHENTICATED")


def test_an_assertion_is_used_once(works: Works) -> None:
    assertion = works.assertion()

    assert works.ask(assertion).status_code == 200
    assert no_token(works.ask(assertion)) == (401, "invalid_client")


def test_the_same_jti_is_used_by_another_client_as_it_likes(front: Front, works: Works) -> None:
    other = Works(front)

    assert works.ask(works.assertion(jti="one")).status_code == 200
    assert other.ask(other.assertion(jti="one")).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": None}, {"aud": BASE}, {"aud": f"{ENDPOINT}/"}, {"aud": "https://evil.example"},
        {"aud": [ENDPOINT, "https://evil.example"]}, {"aud": []},
        {"sub": None}, {"sub": "pmc_000000000000"}, {"iss": None}, {"iss": 7},
        {"jti": None}, {"jti": ""}, {"jti": 7}, {"jti": "x" * 129},
        {"exp": None}, {"exp": NOON}, {"exp": NOON + LONGEST_ASSERTION_S + 1}, {"exp": "soon"},
        {"exp": True}, {"iat": NOON + AHEAD_S + 1}, {"nbf": NOON + AHEAD_S + 1}, {"iat": "now"},
    ],
    ids=repr,
)  # fmt: skip
def test_an_assertion_that_is_not_for_us_now_is_refused(
    works: Works, changed: dict[str, Any]
) -> None:
    assert no_token(works.ask(works.assertion(**changed))) == (401, "invalid_client")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": [ENDPOINT]}, {"jti": "x" * 128}, {"exp": NOON + 1},
        {"exp": NOON + LONGEST_ASSERTION_S}, {"iat": None}, {"iat": NOON + AHEAD_S},
        {"nbf": NOON + AHEAD_S}, {"iat": NOON - 10_000},
    ],
    ids=repr,
)  # fmt: skip
def test_an_assertion_at_the_edge_is_taken(works: Works, changed: dict[str, Any]) -> None:
    assert works.ask(works.assertion(**changed)).status_code == 200


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "EdDSA"}, {"kid": "another"}, {"crit": ["x"]},
     {"jwk": {}}, {"typ": "certificate+jwt"}, {"typ": "at+jwt"}],
    ids=repr,
)  # fmt: skip
def test_a_header_that_is_not_the_usual_one_is_refused(
    works: Works, header: dict[str, Any]
) -> None:
    assert no_token(works.ask(works.assertion(header))) == (401, "invalid_client")


def test_a_header_may_say_less(front: Front, works: Works) -> None:
    bare = signed(works.signer, {"alg": "ES256"}, works.claims())

    assert works.ask(bare).status_code == 200


def test_another_key_signs_for_nobody(works: Works) -> None:
    stranger = KeySigner.generate("works-key-1")
    header = {"alg": "ES256", "kid": "works-key-1", "typ": "JWT"}

    assert no_token(works.ask(signed(stranger, header, works.claims()))) == (401, "invalid_client")


def test_a_claim_that_was_changed_is_refused(works: Works) -> None:
    head, claims, signature = works.assertion().split(".")
    other = works.assertion().split(".")[1]
    assert other != claims

    assert no_token(works.ask(f"{head}.{other}.{signature}")) == (401, "invalid_client")


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "!.!.!", "e30.e30.AA", "x" * 5_000])
def test_what_is_no_assertion_is_refused(works: Works, text: str) -> None:
    assert no_token(works.ask(text)) == (401, "invalid_client")


def test_a_member_that_stands_twice_is_refused(works: Works) -> None:
    claims = json.dumps(works.claims())
    twice = f'{claims[:-1]}, "iss": "{works.client.id}"}}'
    head = b64u.encode(json.dumps({"alg": "ES256"}).encode())
    parts = f"{head}.{b64u.encode(twice.encode())}"
    assertion = f"{parts}.{b64u.encode(works.signer.sign(parts.encode()))}"

    assert no_token(works.ask(assertion)) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"password": "x"}, "invalid_request"),
        ({"client_assertion_type": "x"}, "invalid_client"),
        ({"client_assertion_type": None}, "invalid_client"),
        ({"client_id": "pmc_000000000000"}, "invalid_client"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_the_standards_words(
    works: Works, fields: dict[str, Any], error: str
) -> None:
    assert no_token(works.ask(**fields))[1] == error


def test_nothing_is_read_from_the_address_or_from_json(front: Front, works: Works) -> None:
    client = front.client()
    body = {"grant_type": "client_credentials", "client_assertion": works.assertion()}

    assert no_token(client.post("/oauth/token?scope=read", data=body)) == (400, "invalid_request")
    assert no_token(client.post("/oauth/token", json=body)) == (400, "invalid_request")
    twice = [("grant_type", "client_credentials")] * 2
    answer = client.post("/oauth/token", data="&".join(f"{a}={b}" for a, b in twice),
                         content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert no_token(answer) == (400, "invalid_request")


def test_an_api_key_is_no_client(front: Front, works: Works) -> None:
    machine, _ = front.staff.write(
        lambda c: registry.new_api_key(
            c, COMMAND_LINE, "Labels", body=CB_A, role=Role.AUDITOR, scope=None,
            expires_at=NOON + 60, at=NOON,
        )
    )  # fmt: skip

    answer = works.ask(works.assertion(iss=machine.id, sub=machine.id))

    assert no_token(answer) == (401, "invalid_client")
