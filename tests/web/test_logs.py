"""Lines of the log: one for each event, whatever it contains; and the id that finds them."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.config import SettingRefused, load_settings
from service.web.app import create_app
from service.web.logs import Event, JsonLines, TextLines, log_to
from tests.web.desk import PAGE, SETTINGS, BrokenVerifier, StubEvidence, StubVerifier, client_of

INSTANT = 1_781_524_800.1239  # 2026-06-15T12:00:00.123Z
NASTY = [
    "a\nb", "a\r\nb", "a\x0bb", "a\x0cb", "a\x1cb", "a\x85b", "a\u2028b", "a\u2029b", "a\x00b",
    "a\x1b[2Jb", "a\x7fb", "a\u202eb", "a\ud800b",
]  # fmt: skip
HEADER = "X-Request-Id"


def record(message: object, level: int = logging.INFO, **more: object) -> logging.LogRecord:
    """A record of a given instant."""
    made = logging.LogRecord("proofmark.test", level, "", 0, message, (), None)
    made.created = INSTANT
    made.__dict__.update(more)
    return made


def fault(message: str) -> logging.LogRecord:
    """A record with the trace of a fault that says so."""
    try:
        raise RuntimeError(message)
    except RuntimeError:
        return record("fault", logging.ERROR, exc_info=sys.exc_info())


@pytest.fixture
def written() -> Iterator[StringIO]:
    """The log, in JSON."""
    stream = StringIO()
    logger = logging.getLogger("proofmark")
    before = logger.handlers, logger.propagate, logger.level
    log_to(stream, access=True, form="json")
    yield stream
    logger.handlers, logger.propagate = before[:2]
    logger.setLevel(before[2])


def application(**changes: object) -> Flask:
    """The service with other settings."""
    return create_app(
        replace(SETTINGS, **changes),  # type: ignore[arg-type]  # as the test names them
        verifier=StubVerifier(),
        evidence=StubEvidence(),
    )


# ---- lines ----


def test_a_json_line_says_when_in_utc_how_bad_and_what() -> None:
    line = json.loads(JsonLines().format(record(Event("request", {"status": 200}))))

    assert line == {
        "time": "2026-06-15T12:00:00.123Z",
        "level": "info",
        "event": "request",
        "status": 200,
    }


def test_what_is_no_event_is_a_note_with_its_logger() -> None:
    line = json.loads(JsonLines().format(record("said", logging.WARNING)))

    assert (line["level"], line["event"]) == ("warning", "note")
    assert (line["logger"], line["message"]) == ("proofmark.test", "said")


def test_a_fault_carries_its_trace() -> None:
    line = json.loads(JsonLines().format(fault("broken")))

    assert line["event"] == "fault"
    assert line["trace"].endswith("RuntimeError: broken")


@pytest.mark.parametrize("text", NASTY, ids=ascii)
@pytest.mark.parametrize("form", [JsonLines, TextLines])
def test_nothing_can_break_a_line_or_command_a_terminal(
    form: type[logging.Formatter], text: str
) -> None:
    for made in (record(text), record(Event("request", {"path": text}))):
        line = form().format(made)
        assert re.fullmatch(r"[ -~]+", line)


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_a_fault_in_json_is_one_line_as_well(text: str) -> None:
    line = JsonLines().format(fault(text))

    assert re.fullmatch(r"[ -~]+", line)
    assert text in json.loads(line)["trace"]


def test_no_line_of_a_trace_passes_for_an_event() -> None:
    forged = 'x\n2026-06-15T12:00:00+0000 {"status": 200}\r2026-06-15T12:00:00+0000 \x1b[2J'

    first, *rest = TextLines().format(fault(forged)).splitlines()

    assert re.fullmatch(r"2026-06-15T\S+ ERROR fault", first)
    assert len(rest) > 2
    assert all(re.fullmatch(r"    [ -~]*", line) for line in rest)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_form_is_a_setting(form: str) -> None:
    assert load_settings({"PROOFMARK_LOG_FORMAT": form}).log_format == form


@pytest.mark.parametrize("form", ["JSON", "xml", ""])
def test_there_are_two_forms(form: str) -> None:
    with pytest.raises(SettingRefused) as refusal:
        load_settings({"PROOFMARK_LOG_FORMAT": form})

    assert (refusal.value.code, refusal.value.name) == ("BAD_SETTING", "log_format")


# ---- requests ----


def test_the_line_of_a_request_says_what_it_was_and_not_what_was_scanned(
    client: FlaskClient, written: StringIO
) -> None:
    answer = client.get("/q/12345678901234567890?model=Secret", headers=PAGE)

    line = json.loads(written.getvalue())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert (line["level"], line["event"]) == ("info", "request")
    assert line["request_id"] == answer.headers[HEADER]
    assert (line["method"], line["endpoint"], line["status"]) == ("GET", "pages.verdict", 200)
    assert line["ms"] >= 0
    assert line["path"].startswith("/q/sha256:")
    for secret in ("1234567890", "Secret"):
        assert secret not in written.getvalue()


def test_a_fault_and_its_request_have_the_same_id(written: StringIO) -> None:
    app = create_app(SETTINGS, verifier=BrokenVerifier(), evidence=StubEvidence())

    answer = client_of(app).get("/q/accept")

    faulty, line = map(json.loads, written.getvalue().splitlines())
    assert (answer.status_code, faulty["event"], line["status"]) == (500, "fault", 500)
    assert faulty["request_id"] == line["request_id"] == answer.headers[HEADER]


@pytest.mark.parametrize("logged", [True, False])
@pytest.mark.parametrize(
    "address", ["/", "/q/accept", "/nothing", "/status/9", "/healthz", "/x%0a"]
)
def test_every_answer_has_an_id_of_its_own(address: str, logged: bool) -> None:
    client = client_of(application(access_log=logged))

    first, second = (client.get(address).headers[HEADER] for _ in range(2))

    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


def test_an_answer_to_another_host_has_an_id(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers[HEADER])


@pytest.mark.parametrize("brought", ["a1b2c3d4", "A" * 64, "3f6c-77_x"])
def test_the_id_of_a_counted_proxy_is_kept(brought: str) -> None:
    client = client_of(application(proxy_hops=1))

    assert client.get("/healthz", headers={HEADER: brought}).headers[HEADER] == brought


@pytest.mark.parametrize(
    "brought", ["a1b2c3d", "A" * 65, "a1b2c3d4 ", 'a1b2c3d4"', "a1b2c3d4,b2c3d4e5", "é1b2c3d4", ""]
)
def test_an_id_that_is_not_well_formed_is_replaced(brought: str) -> None:
    client = client_of(application(proxy_hops=1))

    answer = client.get("/healthz", headers={HEADER: brought})

    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers[HEADER])


def test_without_a_counted_proxy_the_id_is_ours(client: FlaskClient) -> None:
    answer = client.get("/healthz", headers={HEADER: "a1b2c3d4"})

    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers[HEADER])
