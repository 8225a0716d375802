"""Signing in: by a code, by a passkey, by a key; and every way in that is not one of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from service.domain.people import COMMAND_LINE, SERVICE, Power, Role
from service.registry import people as registry
from service.registry.signing_in import CHALLENGE_S, IDLE_S, SESSION_S
from service.storage import signing_in
from service.storage.database import Database
from service.web import auth
from service.web.access import ACCESS
from service.web.auth import actor, local_path
from service.web.sessions import own_origin
from tests.registry.staff import CB_A, NOON
from tests.web.authenticator import PRESENT, Device
from tests.web.desk import BASE, DATA, PAGE, SETTINGS, Outline, refused
from tests.web.staffed import COOKIE, OWN, Front, post


@pytest.fixture
def front(database: Database) -> Front:
    return Front(database)


@pytest.fixture
def device() -> Device:
    return Device(BASE)


def invited(front: Front, name: str = "Ada") -> str:
    _, code = front.staff.write(
        lambda c: registry.invite(
            c, COMMAND_LINE, name, at=NOON, role=Role.DECISION_MAKER, body=CB_A
        )
    )  # fmt: skip
    return code


def cookie(answer: Any) -> str:
    found: str = answer.headers["Set-Cookie"]
    return found


def secret_in(client: FlaskClient) -> str:
    found = client.get_cookie(COOKIE, domain="proofmark.example")
    assert found is not None
    return found.value


def shown(client: FlaskClient) -> Outline:
    answer = client.get("/account", headers=PAGE)
    assert answer.status_code == 200
    return Outline(answer.text)


def form(client: FlaskClient, path: str, **fields: str) -> Any:
    """Send a form of the account page as it stands there."""
    page = shown(client)
    names = [value for tag, name, value in page.attributes if (tag, name) == ("input", "value")]
    return client.post(path, data={"token": names[0], **fields}, headers={**OWN, **PAGE})


# --- joining ----------------------------------------------------------------------------------


def test_a_code_makes_a_passkey_and_the_passkey_logs_in(front: Front, device: Device) -> None:
    client = front.client()

    answer = front.join(client, invited(front), device)

    assert (answer.status_code, answer.get_json()) == (200, {"next": "/account"})
    assert "Ada" in shown(client).text
    form(client, "/logout")
    assert refused(client.get("/account", headers=DATA)) == (401, "NOT_AUTHENTICATED")
    again = front.log_in(client, device, "/account?theme=dark")
    assert (again.status_code, again.get_json()) == (200, {"next": "/account?theme=dark"})
    assert "Decision maker CB-A" in shown(client).text


def test_the_cookie_is_for_this_host_and_for_no_script(front: Front, device: Device) -> None:
    said = cookie(front.join(front.client(), invited(front), device))

    name, *attributes = said.split("; ")
    assert name.startswith(f"{COOKIE}=")
    assert set(attributes) >= {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=28800"}
    assert not any(one.startswith("Domain") for one in attributes)


def test_the_secret_is_another_one_after_each_log_in(front: Front, device: Device) -> None:
    client = front.client()
    front.join(client, invited(front), device)
    first = secret_in(client)
    front.log_in(client, device)

    assert secret_in(client) != first


def test_a_code_makes_one_passkey_and_no_second(front: Front, device: Device) -> None:
    code = invited(front)
    front.join(front.client(), code, device)

    answer = front.join(front.client(), code, Device(BASE))

    assert refused(answer) == (401, "NOT_AUTHENTICATED")
    assert answer.get_json()["field"] == "code"


def test_a_code_that_nobody_was_given_is_refused(front: Front, device: Device) -> None:
    assert refused(front.join(front.client(), "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", device)) == (
        401,
        "NOT_AUTHENTICATED",
    )


Change = Callable[[Device], None]
FALSE: dict[str, Change] = {
    "another origin": lambda d: setattr(d, "origin", "https://proofmark.example.evil.example"),
    "plain http": lambda d: setattr(d, "origin", "http://proofmark.example"),
    "nobody made sure of its owner": lambda d: setattr(d, "flags", PRESENT),
    "in another site's frame": lambda d: d.more.update(crossOrigin=True),
    "for something else": lambda d: d.more.update(type="payment.get"),
    "another challenge": lambda d: d.more.update(challenge="AAAA"),
    "no challenge": lambda d: d.more.update(challenge=7),
}


@pytest.mark.parametrize("why", FALSE)
def test_a_passkey_that_is_made_falsely_is_refused(front: Front, device: Device, why: str) -> None:
    FALSE[why](device)

    assert refused(front.join(front.client(), invited(front), device)) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize(("length", "status"), [(1_023, 200), (1_024, 401)])
def test_the_id_of_a_passkey_is_as_long_as_the_standard_lets_it_be(
    front: Front, device: Device, length: int, status: int
) -> None:
    device.id = bytes(length)

    assert front.join(front.client(), invited(front), device).status_code == status


def another_key(device: Device) -> None:
    device.key = Device(BASE).key


def another_id(device: Device) -> None:
    device.id = bytes(20)


def another_user(device: Device) -> None:
    device.user = "AAAA"


def a_clone(device: Device) -> None:
    device.count = 0


USED_FALSELY: dict[str, Change] = {
    **FALSE,
    "another key": another_key,
    "an unknown passkey": another_id,
    "for another user": another_user,
    "its counter went back": a_clone,
}


@pytest.mark.parametrize("why", USED_FALSELY)
def test_a_passkey_that_is_used_falsely_is_refused(front: Front, device: Device, why: str) -> None:
    client = front.client()
    front.join(client, invited(front), device)
    assert front.log_in(client, device).status_code == 200
    USED_FALSELY[why](device)

    assert refused(front.log_in(front.client(), device)) == (401, "NOT_AUTHENTICATED")


def test_what_was_signed_once_does_not_log_in_twice(front: Front, device: Device) -> None:
    client = front.client()
    front.join(client, invited(front), device)
    options = post(client, "/login/options", {}).get_json()
    body = {"credential": device.use(options), "next": "/"}

    assert post(client, "/login", body).status_code == 200
    assert refused(post(front.client(), "/login", body)) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize("late", [False, True])
def test_a_finger_has_five_minutes(front: Front, device: Device, late: bool) -> None:
    client = front.client()
    front.join(client, invited(front), device)
    options = post(client, "/login/options", {}).get_json()
    front.clock.at += CHALLENGE_S - (0 if late else 1)

    answer = post(client, "/login", {"credential": device.use(options), "next": "/"})

    assert answer.status_code == (401 if late else 200)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/login", {"next": "/"}, "BAD_PARAMETER"),
        ("/login", {"credential": [], "next": "/"}, "BAD_PARAMETER"),
        ("/login", {"credential": {"response": {}}, "next": "/"}, "BAD_PARAMETER"),
        ("/login", {"credential": {"id": "a", "response": {}}, "next": "/"}, "NOT_AUTHENTICATED"),
        ("/login", {"credential": {"id": "a", "response": {"clientDataJSON": "!"}}, "next": "/"},
         "NOT_AUTHENTICATED"),
        ("/login", {"credential": {"id": "a", "response": {}}, "next": 7}, "BAD_PARAMETER"),
        ("/login", {"role": "operator"}, "UNKNOWN_FIELD"),
        ("/login/options", {"user": "ada"}, "UNKNOWN_FIELD"),
        ("/join/options", {}, "BAD_PARAMETER"),
        ("/join/options", {"code": ["x"]}, "BAD_PARAMETER"),
        ("/join", {"code": "x"}, "BAD_PARAMETER"),
    ],
)  # fmt: skip
def test_what_no_page_of_ours_sends_is_refused(
    front: Front, path: str, body: dict[str, Any], code: str
) -> None:
    assert refused(post(front.client(), path, body))[1] == code


BROKEN: tuple[dict[str, Any], ...] = (
    {},
    {"attestationObject": 7},
    {"attestationObject": "AAAA"},
    {"attestationObject": "o2"},
)


@pytest.mark.parametrize("response", BROKEN, ids=repr)
def test_an_answer_that_no_browser_gives_is_refused(
    front: Front, device: Device, response: dict[str, Any]
) -> None:
    code = invited(front)
    client = front.client()
    made = device.make(post(client, "/join/options", {"code": code}).get_json())
    made["response"] = {"clientDataJSON": made["response"]["clientDataJSON"], **response}

    answer = post(client, "/join", {"code": code, "credential": made})

    assert refused(answer) == (401, "NOT_AUTHENTICATED")


# --- sessions ---------------------------------------------------------------------------------


def test_a_session_ends_after_an_hour_without_a_word(front: Front) -> None:
    client = front.client(front.staff.person("Ada"))
    front.clock.at += IDLE_S - 1
    assert client.get("/account", headers=DATA).status_code == 200
    front.clock.at += IDLE_S - 1
    assert client.get("/account", headers=DATA).status_code == 200
    front.clock.at += IDLE_S

    assert refused(client.get("/account", headers=DATA)) == (401, "NOT_AUTHENTICATED")


def test_a_session_ends_after_eight_hours_whatever_is_done(front: Front) -> None:
    client = front.client(front.staff.person("Ada"))
    until = front.clock.at + SESSION_S
    while front.clock.at + 1_800 < until:
        front.clock.at += 1_800
        assert client.get("/account", headers=DATA).status_code == 200
    front.clock.at = until

    assert refused(client.get("/account", headers=DATA)) == (401, "NOT_AUTHENTICATED")


def test_a_session_is_ended_from_another_device(front: Front) -> None:
    ada = front.staff.person("Ada")
    lost = front.client(ada)
    front.clock.at += 1
    here = front.client(ada)
    newest_first = [value for value in shown(here).values("action") if value.endswith("/end")]

    answer = form(here, newest_first[1])

    assert (answer.status_code, answer.location) == (303, "/account")
    assert refused(lost.get("/account", headers=DATA)) == (401, "NOT_AUTHENTICATED")
    assert here.get("/account", headers=DATA).status_code == 200


def test_one_cannot_end_the_session_of_another(front: Front) -> None:
    ada, ben = front.staff.person("Ada"), front.staff.person("Ben")
    hers, his = front.client(ada), front.client(ben)
    target = next(value for value in shown(hers).values("action") if value.endswith("/end"))

    answer = form(his, target)

    assert answer.status_code == 404
    assert hers.get("/account", headers=DATA).status_code == 200


def test_a_closed_account_is_shut_out_at_once(front: Front) -> None:
    ada = front.staff.person("Ada")
    client = front.client(ada)
    front.staff.write(lambda c: registry.deactivate(c, COMMAND_LINE, ada.id, at=NOON))

    assert refused(client.get("/account", headers=DATA)) == (401, "NOT_AUTHENTICATED")


def test_logging_out_takes_the_cookie_back(front: Front) -> None:
    client = front.client(front.staff.person("Ada"))
    secret = secret_in(client)

    answer = form(client, "/logout")

    assert (answer.status_code, answer.location) == (303, "/login")
    assert client.get_cookie(COOKIE, domain="proofmark.example") is None
    stolen = front.client()
    stolen.set_cookie(COOKIE, secret, domain="proofmark.example", secure=True)
    assert refused(stolen.get("/account", headers=DATA)) == (401, "NOT_AUTHENTICATED")


def test_somebody_who_is_not_logged_in_is_led_there_and_back(front: Front) -> None:
    answer = front.client().get("/account?theme=dark", headers=PAGE)

    assert (answer.status_code, answer.location) == (302, "/login?next=%2Faccount%3Ftheme%3Ddark")
    assert "/account?theme=dark" in front.client().get(answer.location, headers=PAGE).text


def test_whatever_opens_or_ends_stands_in_the_ledger(front: Front, device: Device) -> None:
    client = front.client()
    front.join(client, invited(front), device)
    form(client, "/logout")

    kinds = [type for type, _ in front.staff.events(SERVICE)]
    assert kinds == ["invited", "passkey_added", "session_opened", "session_closed"]
    assert front.staff.broken(SERVICE) is None


# --- forms of other sites (W09) ---------------------------------------------------------------


def rows(front: Front) -> object:
    return front.staff.events(SERVICE)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (403, "CSRF_REFUSED")),
        ({"Origin": "https://evil.example"}, (403, "CSRF_REFUSED")),
        ({"Origin": "null"}, (403, "CSRF_REFUSED")),
        ({"Origin": "http://proofmark.example"}, (403, "CSRF_REFUSED")),
        ({"Origin": f"{BASE}:8443"}, (403, "CSRF_REFUSED")),
        ({"Origin": f"{BASE}.evil.example"}, (403, "CSRF_REFUSED")),
    ],
)
@pytest.mark.parametrize("kind", ["form", "json"])
def test_w09_what_comes_from_elsewhere_changes_nothing(
    front: Front, headers: dict[str, str], expected: tuple[int, str], kind: str
) -> None:
    client = front.client(front.staff.person("Ada"))
    token = next(iter(_tokens(client)))
    before = rows(front)

    body: dict[str, Any] = {"data": {"token": token}} if kind == "form" else {"json": {}}
    answer = client.post("/logout", headers={**DATA, **headers}, **body)

    assert refused(answer) == expected
    assert rows(front) == before
    assert client.get("/account", headers=DATA).status_code == 200


def _tokens(client: FlaskClient) -> set[str]:
    page = shown(client)
    return {
        value or "" for tag, name, value in page.attributes if (tag, name) == ("input", "value")
    }


@pytest.mark.parametrize("origin", [{}, OWN, {"Origin": "https://evil.example"}])
def test_w09_json_in_the_guise_of_text_is_not_read(front: Front, origin: dict[str, str]) -> None:
    client = front.client(front.staff.person("Ada"))
    before = rows(front)

    answer = client.post("/logout", data="{}", content_type="text/plain", headers=origin)

    assert refused(answer) == (415, "MEDIA_TYPE_NOT_ALLOWED")
    assert rows(front) == before


@pytest.mark.parametrize("token", [None, "", ".", "a.b", "é.ü"])
def test_w09_a_form_needs_the_token_of_our_page(front: Front, token: str | None) -> None:
    client = front.client(front.staff.person("Ada"))

    fields = {} if token is None else {"token": token}
    answer = client.post("/logout", data={"x": "y", **fields}, headers=OWN)

    assert refused(answer) == (403, "CSRF_REFUSED")


def test_w09_the_token_of_somebody_else_is_none(front: Front) -> None:
    ada, ben = front.client(front.staff.person("Ada")), front.client(front.staff.person("Ben"))
    token = next(iter(_tokens(ben)))

    answer = ada.post("/logout", data={"token": token}, headers=OWN)

    assert refused(answer) == (403, "CSRF_REFUSED")


def test_the_token_is_another_one_on_each_page(front: Front) -> None:
    client = front.client(front.staff.person("Ada"))

    assert not _tokens(client) & _tokens(client)


@pytest.mark.parametrize("path", ["/login/options", "/login", "/join/options", "/join"])
def test_nobody_is_logged_in_by_another_site(front: Front, path: str) -> None:
    answer = front.client().post(path, json={}, headers={"Origin": "https://evil.example"})

    assert refused(answer) == (403, "CSRF_REFUSED")


def test_an_origin_has_no_port_that_is_the_usual_one() -> None:
    bases = ("https://a.example", "https://a.example:443", "https://a.example:8443",
             "http://localhost:8000", "http://localhost:80")  # fmt: skip

    assert [own_origin(replace(SETTINGS, base_url=base)) for base in bases] == [
        "https://a.example", "https://a.example", "https://a.example:8443",
        "http://localhost:8000", "http://localhost",
    ]  # fmt: skip


# --- where to go (W18) ------------------------------------------------------------------------

AWAY = ("//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "",
        "javascript:alert(1)", "evil", "/\t/evil.example", "/a b", "/é", "\\\\evil.example",
        "/\r\nSet-Cookie:a=b", "/" + "x" * 1_001)  # fmt: skip


@pytest.mark.parametrize("wanted", AWAY)
def test_w18_nobody_is_led_away(front: Front, device: Device, wanted: str) -> None:
    client = front.client()
    front.join(client, invited(front), device)

    assert front.log_in(client, device, wanted).get_json() == {"next": "/account"}
    answer = client.get("/login", query_string={"next": wanted}, headers=PAGE)
    assert answer.location == "/account"


@pytest.mark.parametrize("wanted", ["/", "/console/a?b=c&d=%2F#e", "/q/123", "/" + "x" * 1_000])
def test_w18_a_path_of_ours_is_kept(wanted: str) -> None:
    assert local_path(wanted) == wanted


# --- machines ---------------------------------------------------------------------------------


@pytest.fixture
def issuing(front: Front, monkeypatch: pytest.MonkeyPatch) -> Front:
    """A desk with one route that takes the power to issue."""
    monkeypatch.setattr(auth, "ACCESS", {**ACCESS, "probe.issue": Power.ISSUE})
    front.app.add_url_rule("/issue", "probe.issue", lambda: actor().name, methods=["POST"])
    return front


def new_key(front: Front, scope: frozenset[Power] | None = None) -> tuple[str, str]:
    machine, secret = front.staff.write(
        lambda c: registry.new_api_key(
            c, COMMAND_LINE, "Labels", body=CB_A, role=Role.REGISTER_OFFICER, scope=scope,
            expires_at=NOON + 3_600, at=NOON,
        )
    )  # fmt: skip
    return machine.id, secret


def ask(front: Front, key: str, client: FlaskClient | None = None) -> Any:
    headers = {"Authorization": key, **DATA}
    return (client or front.client()).post("/issue", json={}, headers=headers)


def test_an_api_key_acts_without_a_cookie_or_an_origin(issuing: Front) -> None:
    id, secret = new_key(issuing)

    answer = ask(issuing, f"Bearer {secret}")

    assert (answer.status_code, answer.text) == (200, f"machine:{id}")


def test_a12_a_key_for_reading_issues_nothing(issuing: Front) -> None:
    _, secret = new_key(issuing, frozenset({Power.READ}))

    assert refused(ask(issuing, f"Bearer {secret}")) == (403, "NOT_ALLOWED")


def test_a12_a_key_of_a_removed_body_is_nobodys(issuing: Front) -> None:
    _, secret = new_key(issuing)
    issuing.staff.write(lambda c: registry.clear_body(c, COMMAND_LINE, CB_A, at=NOON))

    assert refused(ask(issuing, f"Bearer {secret}")) == (401, "NOT_AUTHENTICATED")


def test_a_key_expires_to_the_second(issuing: Front) -> None:
    _, secret = new_key(issuing)
    issuing.clock.at = NOON + 3_599
    assert ask(issuing, f"Bearer {secret}").status_code == 200
    issuing.clock.at += 1

    assert refused(ask(issuing, f"Bearer {secret}")) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer ", "Basic {}", "{}", "Bearer {} {}", "Bearer x"]
)
def test_a_key_is_sent_in_one_way(issuing: Front, given: str) -> None:
    _, secret = new_key(issuing)

    assert refused(ask(issuing, given.format(secret, secret))) == (401, "NOT_AUTHENTICATED")


def test_a_bad_key_is_not_made_up_for_by_a_cookie(issuing: Front) -> None:
    ada = issuing.staff.person("Ada", Role.DECISION_MAKER, CB_A)
    client = issuing.client(ada)
    assert client.post("/issue", json={}, headers={**OWN, **DATA}).text == ada.name

    assert refused(ask(issuing, "Bearer pmk_wrong", client)) == (401, "NOT_AUTHENTICATED")


def test_a_machine_has_no_account(issuing: Front) -> None:
    _, secret = new_key(issuing)

    answer = issuing.client().get("/account", headers={"Authorization": f"Bearer {secret}", **DATA})

    assert refused(answer) == (403, "NOT_ALLOWED")


def test_it_is_noted_when_a_key_was_used_last(issuing: Front) -> None:
    _, secret = new_key(issuing)

    def used() -> object:
        return issuing.staff.database.read(
            lambda c: c.execute(text("SELECT used_at FROM machines")).scalar()
        )

    ask(issuing, f"Bearer {secret}")
    assert used() == NOON
    issuing.clock.at += 59
    ask(issuing, f"Bearer {secret}")
    assert used() == NOON
    issuing.clock.at += 1
    ask(issuing, f"Bearer {secret}")
    assert used() == NOON + 60


def test_a10_a_role_that_is_taken_shuts_the_route_in_a_living_session(issuing: Front) -> None:
    ada = issuing.staff.person("Ada", Role.DECISION_MAKER, CB_A)
    client = issuing.client(ada)
    assert client.post("/issue", json={}, headers={**OWN, **DATA}).status_code == 200
    held = issuing.staff.held(ada, Role.DECISION_MAKER, CB_A)
    issuing.staff.write(lambda c: registry.take_role(c, COMMAND_LINE, held, at=NOON))

    answer = client.post("/issue", json={}, headers={**OWN, **DATA})

    assert refused(answer) == (403, "NOT_ALLOWED")


# --- passkeys of one's own --------------------------------------------------------------------


def test_a_second_passkey_is_added_and_the_first_removed(front: Front, device: Device) -> None:
    client, second = front.client(), Device(BASE)
    front.join(client, invited(front), device)
    options = post(client, "/account/passkeys/options", {}).get_json()
    assert len(options["excludeCredentials"]) == 1

    answer = post(client, "/account/passkeys", {"credential": second.make(options)})

    assert answer.get_json() == {"next": "/account"}
    remove = [value for value in shown(client).values("action") if value.endswith("/remove")]
    assert len(remove) == 2
    assert form(client, remove[0]).status_code == 303
    assert refused(front.log_in(front.client(), device)) == (401, "NOT_AUTHENTICATED")
    assert front.log_in(front.client(), second).status_code == 200


def test_the_last_passkey_is_not_removed(front: Front, device: Device) -> None:
    client = front.client()
    front.join(client, invited(front), device)
    key = signing_in_passkey(front)

    assert [one for one in shown(client).values("action") if one.endswith("/remove")] == []
    assert form(client, f"/account/passkeys/{key}/remove").status_code == 403


def signing_in_passkey(front: Front) -> str:
    def work(connection: Any) -> str:
        user = connection.execute(text("SELECT id FROM users")).scalar()
        return signing_in.passkeys_of(connection, user)[0].id

    return front.database.read(work)


@pytest.mark.parametrize("path", ["/login", "/join", "/account"])
def test_a_page_with_the_script_lets_no_other_run_and_is_kept_by_nobody(
    front: Front, path: str
) -> None:
    client = front.client(front.staff.person("Ada") if path == "/account" else None)

    answer = client.get(path, headers=PAGE)
    page = Outline(answer.text)

    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert page.tags.count("script") == 1
    assert page.values("src")[0].startswith("/static/passkey.js?v=")
    assert page.values("type").count("module") == 1


def test_a_page_with_forms_lets_browsers_say_where_they_come_from(front: Front) -> None:
    client = front.client(front.staff.person("Ada"))

    assert client.get("/account", headers=PAGE).headers["Referrer-Policy"] == "same-origin"
    assert client.get("/q/accept", headers=PAGE).headers["Referrer-Policy"] == "no-referrer"


def test_other_pages_run_no_script(front: Front) -> None:
    for path in ("/codes", "/q/accept"):
        policy = front.client().get(path, headers=PAGE).headers["Content-Security-Policy"]
        assert "script-src" not in policy


def test_an_actor_is_only_known_behind_the_door(front: Front) -> None:
    with front.app.test_request_context("/"), pytest.raises(Exception, match="NOT_AUTHENTICATED"):
        actor()
