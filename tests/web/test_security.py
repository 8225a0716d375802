"""What holds for every request and every answer, whoever asks for what."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.config import SettingRefused, Settings
from service.web.access_log import LOG
from service.web.app import create_app, wall_clock
from tests.credential.pictures import PREFIX, SYSTEM, TOKEN, drawn, saved
from tests.web.desk import (
    BASE,
    DATA,
    PAGE,
    SETTINGS,
    BrokenVerifier,
    StubEvidence,
    StubVerifier,
    client_of,
    refused,
    token,
)
from tests.web.gallery import NOON

DIGITS = SYSTEM.removeprefix(PREFIX)
EVERY = ["/", "/q/accept", "/q/reject", "/codes", "/healthz", "/nothing", "/static/tokens.css",
         "/api/v1/verify", "/status/1", "/federation/fetch"]  # fmt: skip


def application(settings: Settings = SETTINGS, verifier: Any = None, **changes: Any) -> Flask:
    return create_app(
        replace(settings, **changes),
        verifier=verifier or StubVerifier(),
        evidence=StubEvidence(lists={"https://demo.example/status/1": LIST}),
        clock=lambda: NOON,
    )


LIST = token("statuslist+jwt", {"iat": NOON, "exp": NOON + 604_800, "ttl": 3_600})


# ---- headers of every answer ----


@pytest.mark.parametrize("accept", [PAGE, DATA], ids=["page", "data"])
@pytest.mark.parametrize("address", EVERY)
def test_every_answer_is_fenced_in(
    client: FlaskClient, address: str, accept: Mapping[str, str]
) -> None:
    headers = client.get(address, headers=accept).headers

    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    scripted = {"script-src": "'self' 'wasm-unsafe-eval'", "connect-src": "'self'"}
    page_that_scans = address == "/" and headers["Content-Type"].startswith("text/html")
    assert policy == {
        **(scripted if page_that_scans else {}),
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Strict-Transport-Security"] == "max-age=63072000"
    assert "Server" not in headers


def test_only_a_service_reached_by_https_promises_to_stay_there() -> None:
    plain = client_of(application(base_url="http://proofmark.example"))

    answer = plain.get("/?theme=dark", base_url="http://proofmark.example")

    assert "Strict-Transport-Security" not in answer.headers
    assert "Secure" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("accept", [PAGE, DATA], ids=["page", "data"])
@pytest.mark.parametrize("name", ["accept", "reject", "cannot-confirm"])
def test_w08_a_verdict_is_kept_by_nobody(
    client: FlaskClient, name: str, accept: Mapping[str, str]
) -> None:
    answer = client.get(f"/q/{name}", headers=accept)

    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("address", ["/static/tokens.css", "/status/1"])
def test_w08_what_caches_share_sets_no_cookie(address: str) -> None:
    answer = client_of(application()).get(f"{address}?theme=dark", headers=PAGE)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_w08_the_answer_to_one_token_is_not_that_to_the_next(client: FlaskClient) -> None:
    verdicts = [client.get(f"/q/{name}", headers=DATA).get_json()["verdict"]
                for name in ("accept", "reject", "accept")]  # fmt: skip

    assert verdicts == ["ACCEPT", "REJECT", "ACCEPT"]


# ---- hosts and proxies ----


@pytest.mark.parametrize(
    "host",
    ["evil.example", "proofmark.example.evil.example", "evilproofmark.example", "127.0.0.1",
     "proofmark.example@evil.example", "a b", ""],
)  # fmt: skip
@pytest.mark.parametrize("address", ["/", "/q/accept", "/nothing", "/static/tokens.css"])
def test_w06_a_request_for_another_host_is_refused(
    client: FlaskClient, address: str, host: str
) -> None:
    answer = client.get(address, headers={"Host": host})

    assert refused(answer) == (400, "HOST_NOT_ALLOWED")


def test_w06_the_page_for_another_host_names_only_ours(client: FlaskClient) -> None:
    answer = client.get("/q/accept", headers={**PAGE, "Host": "evil.example"})

    assert answer.status_code == 400
    assert "HOST_NOT_ALLOWED" in answer.text
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "host", ["proofmark.example", "PROOFMARK.example", "proofmark.example:444"]
)
def test_our_host_is_ours_however_it_is_written(client: FlaskClient, host: str) -> None:
    assert client.get("/q/accept", headers={"Host": host}).status_code == 200


def test_further_hosts_can_be_allowed() -> None:
    client = client_of(application(trusted_hosts=("intern.example",)))

    assert client.get("/healthz", headers={"Host": "intern.example"}).status_code == 200
    assert refused(client.get("/healthz", headers={"Host": "x.intern.example"})) == (
        400, "HOST_NOT_ALLOWED",
    )  # fmt: skip


@pytest.mark.parametrize("address", ["/", "/q/accept"])
def test_w07_what_a_client_says_about_proxies_is_ignored(client: FlaskClient, address: str) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "/q/reject",
        "X-Rewrite-URL": "/q/reject",
        "X-HTTP-Method-Override": "DELETE",
        "Forwarded": "for=6.6.6.6;host=evil.example",
    }

    plain = client.get(address, headers=PAGE)
    answer = client.get(address, headers={**PAGE, **forged})

    assert (answer.status_code, answer.data) == (plain.status_code, plain.data)


# ---- the log ----


class Lines(logging.Handler):
    """What is logged, as the values of its JSON lines."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.texts.append(record.getMessage())

    @property
    def last(self) -> dict[str, Any]:
        """The newest line."""
        line: dict[str, Any] = json.loads(self.texts[-1])
        return line


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, level = Lines(), LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    yield handler
    LOG.setLevel(level)
    LOG.removeHandler(handler)


def test_w07_the_log_names_the_client_that_counted_proxies_saw(lines: Lines) -> None:
    forwarded = {"X-Forwarded-For": "6.6.6.6, 7.7.7.7"}
    seen = []
    for hops in (0, 1, 2):
        client_of(application(proxy_hops=hops)).get("/healthz", headers=forwarded)
        seen.append(lines.last["from"])

    assert seen == ["127.0.0.1", "7.7.7.7", "6.6.6.6"]


def test_the_log_says_what_happened_but_not_what_was_scanned_or_asked(
    client: FlaskClient, lines: Lines
) -> None:
    client.get(f"/q/{DIGITS}?model=Secret+K7&on=2026-03-03", headers=PAGE)
    client.post("/", data={"text": TOKEN}, headers=PAGE)
    client.post("/api/v1/verify", json={"text": TOKEN, "question": {"model": "Secret K7"}})

    first, *_ = map(json.loads, lines.texts)
    assert first["method"] == "GET"
    assert first["status"] == 200
    assert first["parameters"] == ["model", "on"]
    assert first["bytes"] > 1_000
    assert first["ms"] >= 0
    assert first["path"].startswith("/q/sha256:")
    written = "\n".join(lines.texts)
    assert len(lines.texts) == 3
    for secret in (DIGITS[:20], DIGITS[-20:], TOKEN[:20], "Secret", "2026-03-03"):
        assert secret not in written


@pytest.mark.parametrize("path", ["/Q/{}", "/x/q/{}/y", "/%71/{}", "/q%2f{}"])
def test_the_log_hides_digits_at_addresses_that_are_nearly_right(
    client: FlaskClient, lines: Lines, path: str
) -> None:
    client.get(path.format(DIGITS))

    assert "/q/sha256:" in lines.last["path"]
    assert DIGITS[:20] not in lines.texts[-1]


def test_the_log_tells_two_scans_apart_and_knows_one_again(
    client: FlaskClient, lines: Lines
) -> None:
    for name in ("accept", "reject", "accept"):
        client.get(f"/q/{name}")

    first, second, third = (json.loads(text)["path"] for text in lines.texts)
    assert first == third != second


def test_a_line_of_the_log_stays_one_line(client: FlaskClient, lines: Lines) -> None:
    client.get("/x%0d%0a%22,%20%22status%22:%20200")

    assert lines.last["status"] == 400
    assert len(lines.texts[-1].splitlines()) == 1


def test_refused_requests_are_logged_as_well(client: FlaskClient, lines: Lines) -> None:
    client.get("/q/accept", headers={"Host": "evil.example"})
    client.get("/q/accept?on=never")

    assert [json.loads(text)["status"] for text in lines.texts] == [400, 400]


def test_the_log_can_be_switched_off(lines: Lines) -> None:
    client_of(application(access_log=False)).get("/healthz")

    assert lines.texts == []


# ---- bodies ----


def chunked(client: FlaskClient, address: str, body: bytes, kind: str) -> TestResponse:
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    return client.post(
        address, input_stream=BytesIO(body), content_type=kind, environ_overrides=environ
    )


def test_w10_a_body_of_64_megabytes_is_refused_by_its_announcement(client: FlaskClient) -> None:
    class Never(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("nothing of it is read")

    announced = {"CONTENT_LENGTH": str(64 << 20)}
    for address in ("/", "/api/v1/verify", "/api/v1/scan", "/q/accept", "/nothing"):
        answer = client.post(
            address,
            input_stream=Never(),
            content_type="application/json",
            environ_overrides=announced,
        )
        assert refused(answer) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(("size", "status"), [(65_536, 200), (65_537, 413)])
def test_w10_a_body_in_chunks_is_measured(client: FlaskClient, size: int, status: int) -> None:
    frame = len(b'{"text":""}')
    body = b'{"text":"' + b"x" * (size - frame) + b'"}'

    answer = chunked(client, "/api/v1/verify", body, "application/json")

    assert answer.status_code == status
    if status == 413:
        assert refused(answer) == (413, "BODY_TOO_LARGE")


def test_a_picture_and_a_form_may_come_in_chunks(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    picture = chunked(client, "/api/v1/scan", saved(drawn()), "image/png")
    form = chunked(client, "/", b"text=nonsense", "application/x-www-form-urlencoded")

    assert (picture.status_code, form.status_code) == (200, 200)
    assert [asked["text"] for asked in verifier.asked] == [SYSTEM, "nonsense"]


@pytest.mark.parametrize(("size", "status"), [(65_536, 200), (65_537, 413)])
def test_w10_a_form_of_fields_stays_small_where_files_may_be_large(
    client: FlaskClient, size: int, status: int
) -> None:
    body = b"text=" + b"x" * (size - 5)

    answer = client.post("/", data=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == status


def test_w10_a_field_in_a_form_of_parts_stays_small_too(client: FlaskClient) -> None:
    answer = client.post("/", data={"text": "x" * 65_537}, content_type="multipart/form-data")

    assert refused(answer) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize(
    ("parts", "expected"), [(40, (400, "UNKNOWN_FIELD")), (41, (413, "BODY_TOO_LARGE")),
                            (1_001, (413, "BODY_TOO_LARGE"))]
)  # fmt: skip
def test_w10_a_form_of_a_thousand_parts_is_too_large(
    client: FlaskClient, parts: int, expected: tuple[int, str]
) -> None:
    fields = {f"field{n}": "x" for n in range(parts)}

    answer = client.post("/", data=fields, content_type="multipart/form-data")

    assert refused(answer) == expected


@pytest.mark.parametrize(
    "body", [b"", b"--x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: x\r\n"]
)
def test_a_broken_form_is_a_bad_request(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/", data=body, content_type="multipart/form-data; boundary=x")

    assert refused(answer) == (400, "BAD_PARAMETER")


# ---- addresses and parameters ----


@pytest.mark.parametrize("broken", ["%00", "%0d%0aSet-Cookie:%20x=1", "%0a", "%1b", "%7f", "a%09b"])
@pytest.mark.parametrize("address", ["/q/", "/", "/static/", "/status/", "/cb/x/records/"])
def test_w05_control_characters_in_an_address_are_refused(
    client: FlaskClient, address: str, broken: str
) -> None:
    answer = client.get(f"{address}{broken}")

    assert refused(answer) == (400, "BAD_PARAMETER")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "query", ["model=a%0d%0aSet-Cookie:x=1", "model=%00", "on=2026-03-03%0a", "a%0d%0aX:y=1"]
)
def test_w05_control_characters_in_a_question_are_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/q/accept?{query}", headers=DATA)

    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


def test_w05_a_theme_or_a_language_is_no_way_into_the_headers(client: FlaskClient) -> None:
    themed = client.get("/?theme=dark%0d%0aX-Evil:1", headers=PAGE)
    spoken = client.get("/", headers={**PAGE, "Accept-Language": "en; q=x, \x7f"})

    assert "Set-Cookie" not in themed.headers
    assert "X-Evil" not in themed.headers
    assert spoken.status_code == 200


def test_w05_w04_a_name_of_a_file_goes_nowhere(client: FlaskClient) -> None:
    for name in ("../../etc/passwd", "CON", "a%0d%0aSet-Cookie: x=1", "x" * 1_000):
        answer = client.post("/", data={"file": (BytesIO(saved(drawn())), name, "image/png")})

        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert name not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/static/..%2f..%2fapp.py", "/static/../app.py", "/static/%2e%2e/app.py", "/..%2fetc%2fpasswd",
     "/static//etc/passwd", "/static/CON", "/static/", "/q/", "/q", "/q/1/2", "/.//evil.example",
     "/q/accept/", "/Codes"],
)  # fmt: skip
def test_w04_w18_there_is_nothing_beside_the_addresses_we_serve(
    client: FlaskClient, path: str
) -> None:
    assert refused(client.get(path)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("query", ["model=K7&model=K8", "model=K7&model=K7", "on=&on=", "x&x",
                                   "theme=dark&theme=light", "mode%6c=a&model=b"])  # fmt: skip
@pytest.mark.parametrize("address", ["/", "/q/accept", "/codes", "/healthz", "/status/1"])
def test_w21_a_parameter_twice_is_ambiguous(
    client: FlaskClient, verifier: StubVerifier, address: str, query: str
) -> None:
    answer = client.get(f"{address}?{query}", headers=DATA)

    assert refused(answer) == (400, "AMBIGUOUS_PARAMETER")
    assert verifier.asked == []


def test_w21_a_field_twice_or_in_form_and_address_is_ambiguous(client: FlaskClient) -> None:
    def code() -> tuple[BytesIO, str, str]:
        return BytesIO(saved(drawn())), "code.png", "image/png"

    answers = [
        client.post("/", data={"text": ["a", "b"]}),
        client.post("/?text=a", data={"text": "b"}),
        client.post("/", data={"file": [code(), code()]}),
        client.post("/?file=a", data={"file": code()}),
    ]

    assert {refused(answer) for answer in answers} == {(400, "AMBIGUOUS_PARAMETER")}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST"])
def test_an_address_answers_only_what_it_offers(client: FlaskClient, method: str) -> None:
    answer = client.open("/q/accept", method=method)

    assert refused(answer) == (405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_the_head_of_a_verdict_is_that_of_its_page(client: FlaskClient) -> None:
    page, head = client.get("/q/accept", headers=PAGE), client.head("/q/accept", headers=PAGE)

    assert head.data == b""
    ours = {head.headers.pop("X-Request-Id"), page.headers.pop("X-Request-Id")}
    assert len(ours) == 2  # the only thing in which two answers to one question differ
    assert dict(head.headers) == dict(page.headers)


# ---- faults of ours ----

SECRETS = ("Traceback", "RuntimeError", "/srv/keys", "broken", "werkzeug", "flask", "python", ".py")


@pytest.mark.parametrize("accept", [PAGE, DATA], ids=["page", "data"])
def test_w19_a_fault_of_ours_says_nothing_of_its_inside(
    accept: Mapping[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(application(verifier=BrokenVerifier()))

    answer = client.get("/q/accept?model=K7", headers=accept)

    assert answer.status_code == 500
    assert "INTERNAL_ERROR" in answer.text
    assert not [secret for secret in SECRETS if secret.lower() in answer.text.lower()]
    assert "Content-Security-Policy" in answer.headers
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.getMessage() == "fault while serving pages.verdict"


@pytest.mark.parametrize(
    "address",
    ["/nothing", "/q/accept?on=never", "/q/accept?on=1&on=2", "/q/%00", "/federation/fetch"],
)
def test_w19_no_refusal_says_what_we_are_made_of(client: FlaskClient, address: str) -> None:
    for accept in (PAGE, DATA):
        text = client.get(address, headers=accept).text.lower()

        assert not [secret for secret in SECRETS if secret.lower() in text]


@pytest.mark.parametrize("address", ["/", "/q/accept", "/console", "/static/tokens.css"])
def test_w19_there_is_no_debugger(client: FlaskClient, address: str) -> None:
    answer = client.get(f"{address}?__debugger__=yes&cmd=resource&f=debugger.js", headers=DATA)

    assert refused(answer) == (404, "NOT_FOUND")


def test_w19_debugging_is_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingRefused, match="DEBUG_IN_PRODUCTION"):
        replace(SETTINGS, debug=True)

    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(SettingRefused, match="DEBUG_IN_PRODUCTION"):
        application()


def test_on_a_developers_machine_a_fault_is_shown() -> None:
    client = client_of(application(verifier=BrokenVerifier(), production=False, debug=True))

    with pytest.raises(RuntimeError, match="/srv/keys"):
        client.get("/q/accept")


def test_without_a_clock_of_the_caller_the_wall_is_looked_at() -> None:
    verifier = StubVerifier()
    app = create_app(SETTINGS, verifier=verifier, evidence=StubEvidence())
    before = wall_clock()

    client_of(app).get("/q/accept")

    assert before <= verifier.asked[0]["at"] <= wall_clock()


def test_links_and_addresses_come_from_the_settings(client: FlaskClient) -> None:
    page = client.get("/", headers={**PAGE, "Host": "proofmark.example:8443"})
    problem = client.get("/nothing", headers={**DATA, "Host": "proofmark.example:8443"})

    assert "8443" not in page.text
    assert problem.get_json()["type"] == f"{BASE}/codes#problem-NOT_FOUND"
