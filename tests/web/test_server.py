"""The production server itself, in a process of its own: what it refuses, and how it stops."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from service.web.server import MAX_HEADER_BYTES, MAX_HEADER_FIELDS, MAX_REQUEST_LINE
from tests.web.gallery import ALDERWAY, GALLERY

ROOT = Path(__file__).parents[2]
NUMBER = "CB-A/2024/0113"
DIGITS = "1" * 3_000
# A verifier that takes its time with the text "slowly", and evidence with one record.
PROGRAM = f"""
import sys, time
from service.config import Settings
from service.web import server
from service.web.app import create_app
from service.web.server import serve
from tests.web.desk import StubEvidence, StubVerifier
from tests.web.test_evidence import record

class Slow(StubVerifier):
    def verify(self, text, **asked):
        if text == "slowly":
            time.sleep(0.6)
        return super().verify(text, **asked)

def load():
    evidence = StubEvidence(records={{({ALDERWAY!r}, {NUMBER!r}): record()}})
    return create_app(settings, verifier=Slow(), evidence=evidence)

server.SILENCE_S = 1
settings = Settings(port=0, entity_base="https://demo.example", workers=1, threads=2)
serve(settings, load, on_ready=lambda address: print(address, flush=True))
"""


@dataclass
class Running:
    """A server that runs, its port, and what it writes to its log."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str, bytes]:
        """Status, media type and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers={"Accept": "application/json", **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers.get_content_type(), body

    def raw(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to bytes, after which the server hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, dict(answer.headers), answer.read()

    def logged(self, pattern: str) -> str:
        """The log, once it says so; waits up to five seconds."""
        for _ in range(100):
            text = self.log.read_text()
            if re.search(pattern, text):
                return text
            time.sleep(0.05)
        raise AssertionError(f"{pattern} is not in the log:\\n{text}")


def started(log: Path) -> Running:
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, stderr=file
        )
    assert process.stdout is not None
    address = process.stdout.readline().decode()
    assert address, log.read_text()
    return Running(process, int(address.rpartition(":")[2]), log)


def stopped(running: Running) -> int:
    running.process.send_signal(signal.SIGTERM)
    code = running.process.wait(20)
    assert running.process.stdout is not None
    running.process.stdout.close()
    return code


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = started(tmp_path_factory.mktemp("server") / "log")
    yield running
    stopped(running)


def problem(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, str]:
    """Status and code of a refusal of the server, which is a whole problem document."""
    status, headers, body = answer
    document = json.loads(body)
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Content-Length"] == str(len(body))
    assert headers["Connection"] == "close"
    assert headers["Cache-Control"] == "no-store"
    assert document["status"] == status
    return status, document["code"]


def test_it_answers_and_does_not_say_how_old_it_is(server: Running) -> None:
    status, headers, body = server.raw(
        b"GET /q/accept HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
        b"Connection: close\r\n\r\n"
    )

    assert status == 200
    assert json.loads(body)["verdict"] == "ACCEPT"
    assert headers.get("Server") == "gunicorn"  # and no version
    assert headers["Cache-Control"] == "no-store"


def test_the_longest_code_fits_into_an_address(server: Running) -> None:
    status, _, body = server.ask(f"/q/{'1' * 4_000}?model={'K' * 200}")

    assert (status, json.loads(body)["verdict"]) == (200, "REJECT")


def test_an_address_beyond_that_is_too_long(server: Running) -> None:
    frame = len("GET /q/ HTTP/1.1")

    def line(length: int) -> bytes:
        return b"GET /q/" + b"1" * (length - frame) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"

    most = server.raw(
        line(MAX_REQUEST_LINE - 2).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    )

    assert most[0] == 200
    assert problem(server.raw(line(MAX_REQUEST_LINE + 1))) == (414, "URI_TOO_LONG")


@pytest.mark.parametrize(
    "headers",
    [
        b"X: " + b"x" * (MAX_HEADER_BYTES + 1) + b"\r\n",
        b"".join(b"X-%d: x\r\n" % n for n in range(MAX_HEADER_FIELDS + 1)),
        b"".join(b"X-%d: %s\r\n" % (n, b"x" * 5_000) for n in range(100)),
    ],
    ids=["one", "many", "500-kB"],
)
def test_w10_headers_too_large_are_refused(server: Running, headers: bytes) -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n"

    assert problem(server.raw(request)) == (431, "HEADERS_TOO_LARGE")


@pytest.mark.parametrize(
    "request_",
    [
        b"nonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"get\x00 / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nBro ken: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked, x\r\n\r\n",
    ],
)
def test_a_request_that_is_none_is_refused(server: Running, request_: bytes) -> None:
    status, code = problem(server.raw(request_))

    assert (status, code) == (400, "BAD_PARAMETER")


def test_w06_a_request_for_another_host_is_refused(server: Running) -> None:
    status, _, body = server.ask("/", Host="evil.example")

    assert (status, json.loads(body)["code"]) == (400, "HOST_NOT_ALLOWED")


def test_w10_a_body_in_chunks_is_measured(server: Running) -> None:
    def chunked(size: int) -> bytes:
        body = b'{"text":"' + b"x" * (size - 11) + b'"}'
        return (
            b"POST /api/v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        )

    status, _, body = server.raw(chunked(65_536))
    more, _, refused = server.raw(chunked(65_537))

    assert (status, json.loads(body)["verdict"]) == (200, "REJECT")
    assert (more, json.loads(refused)["code"]) == (413, "BODY_TOO_LARGE")


def test_a_body_in_broken_chunks_is_a_bad_request(server: Running) -> None:
    head = (
        b"POST /api/v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )

    for chunks in (b"zz\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n", b"2\r\n{}xx0\r\n\r\n"):
        status, _, body = server.raw(head + chunks)
        assert (status, json.loads(body)["code"]) == (400, "BAD_PARAMETER")


def test_clients_that_fall_silent_hold_no_thread(server: Running) -> None:
    head = b"POST /api/v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    pieces = [
        b"POST /api/v1/ver",
        head + b'Content-Length: 50\r\n\r\n{"text',
        head + b'Transfer-Encoding: chunked\r\n\r\n20\r\n{"text',
    ]
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in pieces]
    for connection, piece in zip(silent, pieces, strict=True):
        connection.sendall(piece)
    time.sleep(0.1)

    asked = time.monotonic()
    status, _, _ = server.ask("/healthz")
    waited = time.monotonic() - asked

    for connection in silent:
        connection.close()
    assert status == 200
    assert 0.2 < waited < 5
    assert "Traceback" not in server.log.read_text()


def test_a_record_is_found_by_a_number_with_slashes(server: Running) -> None:
    status, kind, _ = server.ask("/cb/alderway/records/CB-A%2F2024%2F0113")

    assert (status, kind) == (200, "application/certificate-record+jwt")


def test_the_log_tells_neither_what_was_scanned_nor_what_was_asked(server: Running) -> None:
    server.ask(f"/q/{DIGITS}?model=Secret-K7", **{"User-Agent": "Secret-Agent"})
    server.raw(b"GET /" + b"2" * (MAX_REQUEST_LINE + 1) + b" HTTP/1.1\r\n\r\n")

    scanned = f"/q/sha256:{sha256(DIGITS.encode()).hexdigest()[:16]}"
    log = server.logged(re.escape(scanned))
    (line,) = [line for line in log.splitlines() if scanned in line]
    stamp, _, rest = line.partition(" ")
    entry = json.loads(rest)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", stamp)
    assert (entry["method"], entry["status"], entry["from"]) == ("GET", 200, "127.0.0.1")
    assert entry["parameters"] == ["model"]
    server.logged("refused before the application: LimitRequestLine")
    for secret in ("1" * 50, "2" * 50, "Secret"):
        assert secret not in log


def test_asked_to_stop_it_finishes_what_runs_and_takes_nothing_new(tmp_path: Path) -> None:
    running = started(tmp_path / "log")
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    headers = {"Accept": "application/json", "Connection": "close"}
    connection.request("GET", "/q/slowly", headers=headers)
    time.sleep(0.2)

    code = stopped(running)

    answer = connection.getresponse()
    assert json.loads(answer.read()) == GALLERY["reject"].to_json()
    connection.close()
    assert (answer.status, code) == (200, 0)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", running.port), timeout=5)
    assert "Traceback" not in running.log.read_text()
