"""The proxy that is shipped, in front of the real server: files, limits, types, what it hides."""

import gzip
import http.client
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.web.gallery import ALDERWAY
from tests.web.test_evidence import record
from tests.web.test_server import NUMBER, Running, started, stopped

CONF = Path(__file__).parents[2] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
PROBLEM = "application/problem+json"
MIB = 1 << 20

OPENSSL = shutil.which("openssl")
if NGINX is None or OPENSSL is None:
    pytest.skip("THE PROXY IS NOT TESTED: install nginx and openssl", allow_module_level=True)


@dataclass
class Answer:
    """An answer with its headers, their names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of a problem document."""
        assert self.headers["content-type"] == PROBLEM
        document = json.loads(self.body)
        assert document["status"] == self.status
        return str(document["code"])


@dataclass
class Front:
    """The proxy: its ports, the folder that it hands out, and the service behind it."""

    port: int
    plain: int
    public: Path
    service: Running

    def ask(self, path: str, **headers: str) -> Answer:
        """The answer to a question by https."""
        return self.send("GET", path, None, **headers)

    def send(self, method: str, path: str, body: bytes | None, **headers: str) -> Answer:
        """The answer to any request by https."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=10, context=context
        )
        sent = {"Accept": "application/json", "Host": "127.0.0.1", **headers}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        read = Answer(answer.status, found, answer.read())
        connection.close()
        return read


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def configured(folder: Path, *, service: int, tls: int, plain: int) -> Path:
    """The shipped configuration, with this test's addresses and folders for those it names."""
    text = CONF.read_text("utf-8")
    for shipped, ours in (
        ("server service:8000;", f"server 127.0.0.1:{service};"),
        ("listen 8443 ", f"listen 127.0.0.1:{tls} "),
        ("listen 8080;", f"listen 127.0.0.1:{plain};"),
        ("/etc/nginx/tls/", f"{folder}/"),
        ("root /evidence/public;", f"root {folder}/public;"),
        ("/tmp/nginx", f"{folder}/nginx"),  # noqa: S108  # the shipped one's
    ):
        assert shipped in text
        text = text.replace(shipped, ours)
    file = folder / "nginx.conf"
    file.write_text(text, "utf-8")
    return file


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("front")
    subprocess.run(
        [str(OPENSSL), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    for name, text in {
        "cb/alderway/status/1": "a.list." + "x" * 5_000,
        "cb/alderway/records/CB-A/2024/0007": "a.record.x",
        "cb/alderway/.well-known/openid-federation": "a.statement.x",
        "status/1": "root.list.x",
        "q/1": "never.by.name",
    }.items():
        file = folder / "public" / f"{name}.jwt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (folder / "public" / "status" / ".1.jwt.half").write_text("half.a.list")
    # nginx gives up root's rights for its workers, which must reach the files.
    for place in (folder, *folder.parents):
        if place.stat().st_uid == folder.stat().st_uid and place != Path("/"):
            place.chmod(place.stat().st_mode | 0o011)
    return folder


@contextmanager
def proxied(conf: Path, port: int) -> Iterator[None]:
    """The proxy at work, by https on that port."""
    with subprocess.Popen([str(NGINX), "-c", conf, "-g", "daemon off;"]) as nginx:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        yield
        nginx.send_signal(signal.SIGQUIT)


@pytest.fixture(scope="module")
def front(folder: Path) -> Iterator[Front]:
    service = started(folder / "log", proxy_hops=1)
    port, plain = free_port(), free_port()
    conf = configured(folder, service=service.port, tls=port, plain=plain)
    with proxied(conf, port):
        yield Front(port, plain, folder / "public", service)
    stopped(service)


def test_nginx_has_nothing_against_the_configuration(folder: Path) -> None:
    conf = configured(folder, service=8000, tls=8443, plain=8080)

    ran = subprocess.run([str(NGINX), "-t", "-c", conf], capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
    assert "emerg" not in ran.stderr


@pytest.mark.parametrize(
    ("address", "kind", "text"),
    [
        ("/status/1", "application/statuslist+jwt", b"root.list.x"),
        ("/cb/alderway/records/CB-A%2F2024%2F0007", "application/certificate-record+jwt",
         b"a.record.x"),
        ("/cb/alderway/records/CB-A/2024/0007", "application/certificate-record+jwt",
         b"a.record.x"),
        ("/cb/alderway/.well-known/openid-federation", "application/entity-statement+jwt",
         b"a.statement.x"),
    ],
)  # fmt: skip
def test_published_evidence_is_a_file_with_its_type(
    front: Front, address: str, kind: str, text: bytes
) -> None:
    answer = front.ask(address)

    assert (answer.status, answer.body) == (200, text)
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert answer.headers["server"] == "nginx"  # and no version


def test_whoever_has_a_list_is_told_so_until_it_changes(front: Front) -> None:
    file = front.public / "status" / "2.jwt"
    file.write_text("first.list.x")
    tag = front.ask("/status/2").headers["etag"]

    again = front.ask("/status/2", **{"If-None-Match": tag})
    file.write_text("second.list.xy")
    changed = front.ask("/status/2", **{"If-None-Match": tag})

    assert (again.status, again.body) == (304, b"")
    assert (changed.status, changed.body) == (200, b"second.list.xy")


def test_a_list_goes_out_compressed_to_those_who_take_it(front: Front) -> None:
    address = "/cb/alderway/status/1"

    plain = front.ask(address)
    small = front.ask(address, **{"Accept-Encoding": "gzip"})

    assert small.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["vary"]
    assert gzip.decompress(small.body) == plain.body
    assert len(small.body) < len(plain.body) / 10


def test_evidence_that_is_no_file_comes_from_the_service(front: Front) -> None:
    answer = front.ask(f"/cb/alderway/records/{quote(NUMBER, safe='')}")

    assert (answer.status, answer.body.decode()) == (200, record())
    assert answer.headers["content-type"] == "application/certificate-record+jwt"
    assert ALDERWAY.endswith("/cb/alderway")


@pytest.mark.parametrize("query", ["time=1781524800", "time=", "%74ime=1"])
def test_the_past_is_asked_of_the_service_which_does_not_offer_it(front: Front, query: str) -> None:
    answer = front.ask(f"/status/1?{query}")

    assert (answer.status, answer.code) == (501, "NOT_SUPPORTED")


@pytest.mark.parametrize(
    "address",
    ["/status/.1.jwt.half", "/status/.1", "/status/%2e1", "/status/../../key.pem",
     "/status/..%2f..%2fkey.pem", "/cb/alderway/records/..%2f..%2f..%2f..%2fkey", "/status/1.jwt",
     "//status/1", "/status/", "/cb/alderway/status"],
)  # fmt: skip
def test_nothing_else_in_the_folder_or_above_it_is_handed_out(front: Front, address: str) -> None:
    answer = front.ask(address)

    assert answer.status in (400, 404)
    for inside in (b"half", b"PRIVATE", b"root.list"):
        assert inside not in answer.body


def test_everything_else_is_the_services(front: Front) -> None:
    answer = front.ask("/q/accept")

    assert (answer.status, json.loads(answer.body)["verdict"]) == (200, "ACCEPT")
    assert json.loads(front.ask("/q/1").body)["verdict"] == "REJECT"
    assert front.ask("/readyz").status == 200


def test_the_service_knows_who_asked_and_both_know_the_request(front: Front) -> None:
    forged = {"X-Forwarded-For": "6.6.6.6", "X-Request-Id": "forged-by-client"}

    request_id = front.ask("/healthz", **forged).headers["x-request-id"]

    line = front.service.logged(request_id).splitlines()[-1]
    entry = json.loads(line.partition(" ")[2])
    assert (entry["request_id"], entry["from"]) == (request_id, "127.0.0.1")
    assert re.fullmatch(r"[0-9a-f]{32}", request_id)


@pytest.mark.parametrize("address", ["/metrics", "/%6detrics", "/metrics?x=1", "//metrics"])
def test_metrics_are_hidden(front: Front, address: str) -> None:
    answer = front.ask(address)

    assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert front.service.ask("/metrics")[0] == 200


def test_the_service_refuses_metrics_through_a_proxy_that_forgets_to_hide_them(
    front: Front,
) -> None:
    forwarded = {"X-Forwarded-For": "127.0.0.1"}

    assert front.service.ask("/metrics", **forwarded)[0] == 404


def test_a_body_is_as_long_as_the_service_reads_it(front: Front) -> None:
    def sent(address: str, size: int, kind: str) -> Answer:
        body = b'{"text":"' + b"x" * (size - 11) + b'"}'
        return front.send("POST", address, body, **{"Content-Type": kind})

    most = sent("/api/v1/verify", 65_536, "application/json")
    more = sent("/api/v1/verify", 65_537, "application/json")
    picture = sent("/api/v1/scan", 10 * MIB, "image/png")
    longer = sent("/api/v1/scan", 10 * MIB + 65_537, "image/png")

    assert (most.status, json.loads(most.body)["verdict"]) == (200, "REJECT")
    assert (more.status, more.code) == (413, "BODY_TOO_LARGE")
    assert (picture.status, picture.code) in {
        (400, "QR_NOT_RECOGNISED"), (415, "MEDIA_TYPE_NOT_ALLOWED"),
    }  # fmt: skip
    assert (longer.status, longer.code) == (413, "BODY_TOO_LARGE")


def test_headers_and_addresses_have_their_limits(front: Front) -> None:
    longest = front.ask(f"/q/{'1' * 4_000}?model={'K' * 200}")
    address = front.ask(f"/q/{'1' * 9_000}")
    header = front.ask("/", **{"X-Long": "x" * 9_000})

    assert (longest.status, json.loads(longest.body)["verdict"]) == (200, "REJECT")
    assert (address.status, address.code) == (414, "URI_TOO_LONG")
    assert (header.status, header.code) == (431, "HEADERS_TOO_LARGE")


def test_without_tls_one_is_sent_there(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=10)
    connection.request("GET", "/q/123?model=K7", headers={"Host": "proofmark.example"})
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert answer.status == 308
    assert answer.headers["Location"] == "https://proofmark.example/q/123?model=K7"


def test_evidence_is_there_while_the_service_is_not(folder: Path) -> None:
    port = free_port()
    conf = configured(folder, service=free_port(), tls=port, plain=free_port())
    with subprocess.Popen(
        [str(NGINX), "-c", conf, "-g", "daemon off;"], stderr=subprocess.PIPE
    ) as nginx:
        front = Front(port, 0, folder / "public", None)  # type: ignore[arg-type]  # there is none
        for _ in range(100):
            try:
                away = front.ask("/q/12345678901234567890")
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        there = front.ask("/status/1")
        nginx.send_signal(signal.SIGQUIT)
        _, said = nginx.communicate(timeout=20)

    assert (there.status, there.body) == (200, b"root.list.x")
    assert (away.status, away.code) == (503, "INTERNAL_ERROR")
    assert away.headers["retry-after"] == "5"
    assert b"1234567890" not in said


def test_whoever_asks_without_end_is_told_to_wait_and_still_gets_evidence(
    front: Front, folder: Path, tmp_path: Path
) -> None:
    port, plain = free_port(), free_port()
    text = configured(folder, service=front.service.port, tls=port, plain=plain).read_text("utf-8")
    for shipped, fewer in (("rate=100r/s", "rate=1r/m"), ("burst=400", "burst=5")):
        assert shipped in text
        text = text.replace(shipped, fewer)
    conf = tmp_path / "nginx.conf"
    conf.write_text(text.replace(f"{folder}/nginx", f"{tmp_path}/nginx"), "utf-8")
    tmp_path.chmod(0o755)

    with proxied(conf, port):
        few = Front(port, plain, front.public, front.service)
        found = [few.ask("/codes") for _ in range(8)]
        evidence = few.ask("/status/1")

    assert [one.status for one in found] == [200] * 6 + [429] * 2
    assert found[-1].code == "RATE_LIMITED"
    assert found[-1].headers["retry-after"] == "1"
    assert evidence.status == 200
