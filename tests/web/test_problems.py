"""Problems: every row of the table is reached, as data and as a page, and says the same in both."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug import exceptions
from werkzeug.test import TestResponse

from service.credential.picture import PictureRefused
from service.domain.question import EMPTY, Question, QuestionRefused
from service.domain.reason import Reason
from service.domain.refusal import Denied, StorageFailed
from service.domain.report import Report
from service.domain.verdict import Refused
from service.web.app import create_app
from service.web.problems import PROBLEMS, Problem, translate
from service.web.server import refusal
from tests.credential.pictures import PRODUCT, SYSTEM, page, saved
from tests.web.desk import (
    DATA,
    PAGE,
    SETTINGS,
    BrokenVerifier,
    Outline,
    StubEvidence,
    client_of,
    refused,
)

HTML = PAGE["Accept"]


def posted(path: str, data: Any, kind: str) -> Callable[[FlaskClient, str], TestResponse]:
    def send(client: FlaskClient, accept: str) -> TestResponse:
        return client.post(path, data=data, content_type=kind, headers={"Accept": accept})

    return send


def got(path: str, **headers: str) -> Callable[[FlaskClient, str], TestResponse]:
    def send(client: FlaskClient, accept: str) -> TestResponse:
        return client.get(path, headers={"Accept": accept, **headers})

    return send


def sent_json(body: bytes) -> Callable[[FlaskClient, str], TestResponse]:
    return posted("/api/v1/verify", body, "application/json")


def fault(_: FlaskClient, accept: str) -> TestResponse:
    app = create_app(SETTINGS, verifier=BrokenVerifier(), evidence=StubEvidence())
    return client_of(app).get("/q/accept", headers={"Accept": accept})


class Raises:
    """A verifier that raises what the register would."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def verify(
        self, text: str, *, at: int, question: Question = EMPTY, remember: bool = True
    ) -> Report:
        """Never answers."""
        raise self.error


def denied(code: str, **facts: Any) -> Callable[[FlaskClient, str], TestResponse]:
    """A request that the register does not grant."""
    return raised(Denied(code, "Because.", "number", **facts))


def raised(error: Exception) -> Callable[[FlaskClient, str], TestResponse]:
    def send(_: FlaskClient, accept: str) -> TestResponse:
        app = create_app(SETTINGS, verifier=Raises(error), evidence=StubEvidence())
        return client_of(app).get("/q/accept", headers={"Accept": accept})

    return send


DENIALS = (
    "NAME_CONTROL_CHARS", "NOT_AUTHENTICATED", "NOT_ALLOWED", "CSRF_REFUSED", "ISSUER_MISMATCH",
    "DUAL_CONTROL_REQUIRED", "ALREADY_EXISTS", "DUPLICATE_CERTIFICATE", "IDEMPOTENCY_CONFLICT",
    "KEY_SHARED", "PROPOSAL_CLOSED", "VERSION_CONFLICT",
)  # fmt: skip
STORAGE = ("STORAGE_FULL", "STORAGE_BUSY", "STORAGE_UNAVAILABLE")
PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
# A request that meets each problem. The server itself answers the two that are not here.
MEETS: Mapping[str, Callable[[FlaskClient, str], TestResponse]] = {
    "BAD_PARAMETER": got("/q/accept?on=never"),
    "UNKNOWN_FIELD": got("/q/accept?modle=K7"),
    "AMBIGUOUS_PARAMETER": got("/q/accept?model=K7&model=K8"),
    "HOST_NOT_ALLOWED": got("/", Host="evil.example"),
    "JSON_ENCODING": sent_json(b"[]"),
    "JSON_DUPLICATE_MEMBER": sent_json(b'{"text":"a","text":"b"}'),
    "JSON_TOO_DEEP": sent_json(b"[" * 100),
    "JSON_NUMBER_RANGE": sent_json(b'{"text":0.5}'),
    "JSON_NON_FINITE": sent_json(b'{"text":NaN}'),
    "QR_NOT_RECOGNISED": posted("/api/v1/scan", saved(Image.new("L", (99, 99), 255)), "image/png"),
    "QR_MULTIPLE": posted("/api/v1/scan", saved(page(SYSTEM, PRODUCT)), "image/png"),
    "NOT_FOUND": got("/nothing"),
    "METHOD_NOT_ALLOWED": posted("/q/accept", b"", "text/plain"),
    "BODY_TOO_LARGE": sent_json(b" " * 65_537),
    "IMAGE_TOO_LARGE": posted(
        "/api/v1/scan", PNG_HEAD + b"\x00\x01\x00\x00" * 2 + bytes(13), "image/png"
    ),
    "MEDIA_TYPE_NOT_ALLOWED": posted("/api/v1/verify", b"{}", "text/plain"),
    "RATE_LIMITED": raised(Problem("RATE_LIMITED", retry_after_s=7)),
    "INTERNAL_ERROR": fault,
    "NOT_SUPPORTED": got("/status/1?time=1"),
    **{code: denied(code) for code in DENIALS},
    **{code: raised(StorageFailed(code)) for code in STORAGE},
}
OF_THE_SERVER = {"URI_TOO_LONG", "HEADERS_TOO_LARGE"}


def test_no_row_of_the_table_is_out_of_reach() -> None:
    assert MEETS.keys() | OF_THE_SERVER == PROBLEMS.keys()
    assert not MEETS.keys() & OF_THE_SERVER


@pytest.mark.parametrize("code", MEETS)
def test_every_problem_is_met_as_data(client: FlaskClient, code: str) -> None:
    answer = MEETS[code](client, "application/json")

    assert refused(answer) == (PROBLEMS[code].status, code)
    assert answer.get_json()["title"] == PROBLEMS[code].title
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("code", MEETS)
def test_every_problem_is_met_as_a_page(client: FlaskClient, code: str) -> None:
    answer = MEETS[code](client, HTML)
    shown = Outline(answer.text)

    assert answer.status_code == PROBLEMS[code].status
    assert answer.mimetype == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"
    assert PROBLEMS[code].title in shown.text
    assert PROBLEMS[code].hint in shown.text
    assert code in shown.text
    assert "This is no verdict. No certificate was checked." in shown.text
    assert shown.values("data-verdict") == []
    assert "accept" not in shown.values("data-outcome")


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_row_is_a_sentence_with_a_status_that_says_whose_fault_it_is(code: str) -> None:
    kind = PROBLEMS[code]

    assert kind.title.endswith(".")
    assert kind.hint.endswith(".")
    assert 400 <= kind.status < 500 or code in ("INTERNAL_ERROR", "NOT_SUPPORTED", *STORAGE)


def test_a_problem_is_data_unless_a_page_is_wanted(client: FlaskClient) -> None:
    wanted = {
        accept: client.get("/nothing", headers={"Accept": accept}).mimetype
        for accept in ("*/*", "image/png", "text/html", "text/html;q=0.1, application/json",
                       "application/problem+json, text/html", HTML)
    }  # fmt: skip

    assert wanted == {
        "*/*": "application/problem+json",
        "image/png": "application/problem+json",
        "text/html": "text/html",
        "text/html;q=0.1, application/json": "application/problem+json",
        "application/problem+json, text/html": "application/problem+json",
        HTML: "text/html",
    }


def test_the_field_at_fault_is_named_as_it_was_sent_and_harmless(client: FlaskClient) -> None:
    name = "<b>\u202e"

    data = client.get("/q/accept", query_string={name: "x"}, headers=DATA)
    shown = client.get("/q/accept", query_string={name: "x"}, headers=PAGE)

    assert refused(data) == (400, "UNKNOWN_FIELD")
    assert data.get_json()["field"] == "<b>[U+202E]"
    assert '<bdi class="mono">&lt;b&gt;[U+202E]</bdi>' in shown.text
    assert "\u202e" not in shown.text


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Problem("QR_MULTIPLE"), ("QR_MULTIPLE", None)),
        (Problem("UNKNOWN_FIELD", "x"), ("UNKNOWN_FIELD", "x")),
        (QuestionRefused("BAD_PARAMETER", "on"), ("BAD_PARAMETER", "on")),
        (PictureRefused("IMAGE_TOO_LARGE"), ("IMAGE_TOO_LARGE", None)),
        (Denied("ALREADY_EXISTS", "It is here.", "number"), ("ALREADY_EXISTS", "number")),
        (StorageFailed("STORAGE_FULL"), ("STORAGE_FULL", None)),
        (StorageFailed("DATABASE_CORRUPT", "/srv/db"), ("STORAGE_UNAVAILABLE", None)),
        (Refused(Reason.JSON_TOO_DEEP), ("JSON_TOO_DEEP", None)),
        (Refused(Reason.SIGNATURE_INVALID), ("BAD_PARAMETER", None)),
        (exceptions.SecurityError(), ("HOST_NOT_ALLOWED", None)),
        (exceptions.BadRequest(), ("BAD_PARAMETER", None)),
        (exceptions.BadRequestKeyError("x"), ("BAD_PARAMETER", None)),
        (exceptions.ClientDisconnected(), ("BAD_PARAMETER", None)),
        (exceptions.RequestTimeout(), ("BAD_PARAMETER", None)),
        (exceptions.RequestEntityTooLarge(), ("BODY_TOO_LARGE", None)),
        (exceptions.RequestURITooLarge(), ("URI_TOO_LONG", None)),
        (exceptions.UnsupportedMediaType(), ("MEDIA_TYPE_NOT_ALLOWED", None)),
        (exceptions.ServiceUnavailable(), ("INTERNAL_ERROR", None)),
        (exceptions.HTTPException(), ("INTERNAL_ERROR", None)),
        (ValueError("/srv"), ("INTERNAL_ERROR", None)),
        (MemoryError(), ("INTERNAL_ERROR", None)),
    ],
)
def test_whatever_is_raised_has_a_row(error: Exception, expected: tuple[str, str | None]) -> None:
    told = translate(error)

    assert (told.code, told.field) == expected
    assert expected[0] in PROBLEMS


GATES = [{"id": "IG-MS-3", "outcome": "refused"}]


def test_what_a_rule_refuses_is_told_with_its_own_code_and_all_that_is_missing(
    client: FlaskClient,
) -> None:
    answer = denied("SURV_OVERDUE", gates=GATES, item=0)(client, "application/json")

    assert answer.status_code == 422
    assert answer.get_json() == {
        "type": "https://proofmark.example/codes#SURV_OVERDUE",
        "title": "This cannot be done as it was asked.",
        "status": 422,
        "code": "SURV_OVERDUE",
        "detail": "Because.",
        "field": "number",
        "facts": {"gates": GATES, "item": 0},
    }


def test_the_reason_of_a_denial_is_read_on_the_page(client: FlaskClient) -> None:
    shown = Outline(denied("SURV_OVERDUE", gates=GATES)(client, HTML).text)

    assert "Because." in shown.text
    assert "SURV_OVERDUE" in shown.text


@pytest.mark.parametrize("code", STORAGE)
def test_what_will_pass_says_when_to_try_again(client: FlaskClient, code: str) -> None:
    assert MEETS[code](client, "application/json").headers["Retry-After"] == "5"


def test_whoever_is_not_known_is_told_how_to_show_who_they_are(client: FlaskClient) -> None:
    answer = MEETS["NOT_AUTHENTICATED"](client, "application/json")

    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="proofmark"'


def test_a_refusal_of_the_server_is_a_whole_answer() -> None:
    head, _, body = refusal(ValueError("/srv/keys")).partition(b"\r\n\r\n")

    lines = head.decode("ascii").split("\r\n")
    assert lines[0] == "HTTP/1.1 500 Internal Server Error"
    assert f"Content-Length: {len(body)}" in lines
    assert b"/srv" not in body
