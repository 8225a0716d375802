"""The production server itself, in a process of its own: what it refuses, and how it stops."""

import gc
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.web.app import settle
from service.web.server import MAX_HEADER_BYTES, MAX_HEADER_FIELDS, MAX_REQUEST_LINE
from tests.web.gallery import ALDERWAY, GALLERY

ROOT = Path(__file__).parents[2]
NUMBER = "CB-A/2024/0113"
DIGITS = "1" * 3_000
# A verifier that takes its time with the text "slowly", and evidence with one record.
PROGRAM = f"""
import json, os, sys, time
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
usual = dict(port=0, entity_base="https://demo.example", workers=1, threads=2)
settings = Settings(**usual | json.loads(sys.argv[1]))
counted = "PROMETHEUS_MULTIPROC_DIR"
serve(settings, load, on_ready=lambda address: print(os.environ[counted], address, flush=True))
"""


@dataclass
class Running:
    """A server that runs, its port, what it writes to its log, and where it counts."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    counted: Path

    def workers(self, wanted: int) -> list[int]:
        """The processes that answer, once there are so many; waits up to five seconds."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for _ in range(100):
            found = [int(pid) for pid in children.read_text().split()]
            if len(found) == wanted:
                return found
            time.sleep(0.05)
        raise AssertionError(f"there are {len(found)} processes")

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


def started(log: Path, **settings: Any) -> Running:
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, json.dumps(settings)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=file,
        )  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.readline().decode()
    assert said, log.read_text()
    counted, address = said.split()
    return Running(process, int(address.rpartition(":")[2]), log, Path(counted))


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


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a server of one's own; what is not stopped by the test is stopped after it."""
    begun: list[Running] = []

    def start(**settings: Any) -> Running:
        begun.append(started(tmp_path / "log", **settings))
        return begun[-1]

    yield start
    for running in begun:
        if running.process.returncode is None:
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
    server.logged(r"refused before the application: LimitRequestLine \(request [0-9a-f]{32}\)\n")
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


def test_a_refusal_of_the_server_has_an_id_that_its_log_has_too(server: Running) -> None:
    ids = {server.raw(b"nonsense\r\n\r\n")[1]["X-Request-Id"] for _ in range(2)}

    assert len(ids) == 2
    for request_id in ids:
        server.logged(rf"InvalidRequestLine \(request {request_id}\)")


def test_told_to_stop_it_is_no_longer_ready_at_once_and_turns_new_requests_away(
    start: Callable[..., Running],
) -> None:
    running = start()
    slow, kept = (http.client.HTTPConnection("127.0.0.1", running.port, timeout=10) for _ in "ab")
    kept.request("GET", "/readyz")
    before = kept.getresponse()
    assert (before.status, json.loads(before.read())["failing"]) == (200, {})
    slow.request("GET", "/q/slowly", headers={"Accept": "application/json"})
    time.sleep(0.2)

    running.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    with pytest.raises((ConnectionRefusedError, ConnectionResetError)):
        socket.create_connection(("127.0.0.1", running.port), timeout=5).recv(1)
    kept.request("GET", "/readyz")
    after = kept.getresponse()

    assert (after.status, json.loads(after.read())["failing"]) == (503, {"service": "STOPPING"})
    assert after.headers["Connection"] == "close"
    answer = slow.getresponse()
    assert (answer.status, json.loads(answer.read())) == (200, GALLERY["reject"].to_json())
    slow.close()
    kept.close()
    assert stopped(running) == 0
    assert "Traceback" not in running.log.read_text()


def paused(pid: int, signal_: signal.Signals) -> None:
    """Pause a process or let it go on, and wait until it has heard."""
    os.kill(pid, signal_)
    time.sleep(0.1)


def test_any_process_tells_what_all_of_them_counted_and_every_line_is_json(
    start: Callable[..., Running],
) -> None:
    running = start(workers=2, log_format="json")
    first, second = running.workers(2)
    time.sleep(0.2)  # until both have put on their signals
    # Whoever is paused answers nothing: each process has a request of its own.
    for asleep in (first, second):
        paused(asleep, signal.SIGSTOP)
        assert running.ask("/q/reject")[0] == 200
        paused(asleep, signal.SIGCONT)
    os.kill(first, signal.SIGKILL)
    running.logged("SIGKILL")
    _, kind, text = running.ask("/metrics")

    assert stopped(running) == 0
    line = b'proofmark_requests_total{endpoint="pages.verdict",method="GET",status="200"} 2.0\n'
    assert kind == "text/plain"
    assert line in text
    assert not running.counted.exists()
    lines = [json.loads(line) for line in running.log.read_text().splitlines()]
    assert {"request", "note"} == {line["event"] for line in lines}
    assert all(re.fullmatch(r"\d{4}-\S+\.\d{3}Z", line["time"]) for line in lines)
    assert [line["endpoint"] for line in lines if line["event"] == "request"] == [
        "pages.verdict", "pages.verdict", "metrics.metrics",
    ]  # fmt: skip


def test_what_is_counted_lies_in_a_private_folder_while_it_runs(server: Running) -> None:
    assert server.counted.stat().st_mode & 0o777 == 0o700
    assert server.counted.stat().st_uid == os.getuid()


@pytest.mark.parametrize(("path", "said"), [("/readyz", "ready"), ("/healthz", "up")])
def test_the_health_check_of_the_container_asks_by_the_services_own_name(
    server: Running, path: str, said: str
) -> None:
    ran = health_check(path, PROOFMARK_BIND="0.0.0.0", PROOFMARK_PORT=str(server.port))  # noqa: S104  # as in a container

    assert (ran.returncode, json.loads(ran.stdout)["status"]) == (0, said)


def test_the_health_check_says_no_where_nobody_answers_or_nothing_is_ready(
    server: Running,
) -> None:
    port = str(server.port)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = str(taken.getsockname()[1])
    away = health_check("/readyz", PROOFMARK_PORT=free)
    other = health_check("/readyz", PROOFMARK_PORT=port, PROOFMARK_BASE_URL="https://x.example")
    wrong = health_check("/readyz", PROOFMARK_PORT="many")

    assert (away.returncode, other.returncode, wrong.returncode) == (1, 1, 1)
    assert "HOST_NOT_ALLOWED" in other.stdout
    assert wrong.stdout.startswith("BAD_SETTING")


def health_check(path: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The shipped health check, in an environment of its own."""
    return subprocess.run(
        [sys.executable, ROOT / "deploy" / "ready.py", path],
        env={"PYTHONPATH": str(ROOT), **environ}, capture_output=True, text=True,
    )  # fmt: skip


def test_what_every_request_needs_is_there_before_the_workers_are(client: FlaskClient) -> None:
    app = client.application
    settle(app)
    frozen = gc.get_freeze_count()
    gc.unfreeze()

    assert len(app.jinja_env.cache or ()) == len(app.jinja_env.list_templates()) > 50
    assert frozen > 10_000
