"""The fetcher: where it goes, where it never goes, and how little a bad host can do to it."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from service.domain.verdict import Unavailable
from service.storage.fetch import (
    MAX_BYTES,
    Fetcher,
    Network,
    ServiceRefused,
    ask_service,
    resolve,
    trusted,
)
from tests.storage.hosts import NAME, Authority, Host, Reply, network, resolving, running

LIST = "application/statuslist+jwt"
TYPE = {"Content-Type": LIST}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def host(authority: Authority) -> Iterator[Host]:
    with running(authority.server(NAME)) as started:
        started.replies["/status/1"] = Reply()
        yield started


def fetcher(authority: Authority, host: Host, **more: Any) -> Fetcher:
    more = {"network": network(authority), "insecure_origins": [host.url], **more}
    return Fetcher(**more)


def get(asked: Fetcher, host: Host, path: str = "/status/1", **more: Any) -> bytes:
    return asked.get(f"{host.url}{path}", **{"origins": [host.url], "accept": LIST, **more})


def trouble(asked: Fetcher, host: Host, path: str = "/status/1", **more: Any) -> str:
    with pytest.raises(Unavailable) as unavailable:
        get(asked, host, path, **more)
    return str(unavailable.value)


def test_a_document_is_fetched_and_asked_for_plainly(authority: Authority, host: Host) -> None:
    assert get(fetcher(authority, host), host) == b"a.b.c"

    line, headers, body = host.requests[0]
    assert line == "GET /status/1 HTTP/1.1"
    assert headers == {
        "Host": f"{NAME}:{host.port}",
        "User-Agent": "proofmark",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "Accept": LIST,
    }
    assert body == b""


def test_a_query_is_part_of_what_is_asked(authority: Authority, host: Host) -> None:
    host.replies["/status/1?time=1"] = Reply(b"past")

    assert get(fetcher(authority, host), host, "/status/1?time=1") == b"past"


def test_an_answer_in_chunks_and_one_that_ends_with_the_connection_are_read(
    authority: Authority, host: Host
) -> None:
    host.replies["/a"] = Reply(b"chunks", chunked=True)
    host.replies["/b"] = Reply(raw=f"HTTP/1.1 200 OK\r\nContent-Type: {LIST}\r\n\r\nend".encode())
    asked = fetcher(authority, host)

    assert get(asked, host, "/a") == b"chunks"
    assert get(asked, host, "/b") == b"end"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example:{port}/status/1",
        "https://cb.example.evil.example:{port}/status/1",
        "https://cb.example/status/1",
        "https://cb.example:1{port}/status/1",
        "http://cb.example:{port}/status/1",
        "https://cb.example:{port}@evil.example/status/1",
        "https://user@cb.example:{port}/status/1",
        "https://cb.example:{port}\\@evil.example/",
        "https://cb.example.:{port}/status/1",
        "https://cb.example:{port}/status/1#part",
        "https://cb.example:{port}/status/1\r\nX: y",
        "https://cb.example:{port}/ status",
        "https://cb.exämple:{port}/",
        "https://cb.example:port/",
        "https://127.0.0.1:{port}/",
        "http://127.0.0.1:{port}/",
        "http://169.254.169.254/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0x7f000001:{port}/",
        "http://2130706433:{port}/",
        "file:///etc/passwd",
        "gopher://cb.example:{port}/",
        "data:text/plain,hello",
        "//cb.example:{port}/",
        "https://",
        "",
        "https://cb.example:{port}/" + "x" * 2_048,
    ],
)
def test_nothing_outside_the_allowed_origins_is_asked(
    authority: Authority, host: Host, url: str
) -> None:
    asked: list[str] = []

    def resolve(name: str, _port: int) -> Sequence[str]:
        asked.append(name)
        return ["127.0.0.1"]

    fetching = fetcher(authority, host, network=Network(resolve, authority.context))
    with pytest.raises(Unavailable):
        fetching.get(url.format(port=host.port), origins=[host.url], accept=LIST)

    assert asked == []
    assert host.connections == 0


def test_host_names_are_compared_without_case(authority: Authority, host: Host) -> None:
    url = f"https://CB.Example:{host.port}/status/1"

    assert fetcher(authority, host).get(url, origins=[host.url], accept=LIST) == b"a.b.c"


def test_origins_registered_beforehand_serve_where_none_are_named(
    authority: Authority, host: Host
) -> None:
    registered = fetcher(authority, host, allowed=[host.url])

    assert get(registered, host, origins=[]) == b"a.b.c"
    assert "not an origin" in trouble(registered, host, origins=["https://other.example"])
    assert "not an origin" in trouble(fetcher(authority, host), host, origins=[])


def test_plain_http_is_for_a_demonstration_on_one_machine_only(authority: Authority) -> None:
    with running() as host:
        host.replies["/status/1"] = Reply()

        assert get(fetcher(authority, host), host) == b"a.b.c"
        assert trouble(fetcher(authority, host, insecure_origins=[]), host) == "only https is asked"
        assert host.connections == 1


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["10.0.0.1"], ["172.16.0.1"], ["192.168.1.1"], ["169.254.169.254"],
        ["100.64.0.1"], ["0.0.0.0"],  # noqa: S104
        ["255.255.255.255"], ["224.0.0.1"], ["240.0.0.1"],
        ["::1"], ["::"], ["fe80::1"], ["fe80::1%eth0"], ["fd00::1"], ["ff02::1"],
        ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"], ["2001:0:1::"],
        ["93.184.216.34", "127.0.0.1"], ["not an address"],
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_never_connected_to(
    authority: Authority, host: Host, addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[Any] = []
    monkeypatch.setattr("socket.create_connection", lambda *a, **_: connected.append(a))
    cloaked = Network(resolving({NAME: addresses}), authority.context)

    asked = fetcher(authority, host, insecure_origins=[], network=cloaked)

    assert trouble(asked, host) == "the host lies on an address that is not public"
    assert connected == []


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_a_name_is_resolved_once_and_the_address_checked_is_the_one_connected_to(
    authority: Authority, host: Host, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [[address], ["127.0.0.1"]]
    connected: list[tuple[str, int]] = []

    def connect(place: tuple[str, int], timeout: float) -> Any:
        connected.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", connect)
    rebinding = Network(lambda *_: answers.pop(0), authority.context)
    asked = fetcher(authority, host, insecure_origins=[], network=rebinding)

    assert trouble(asked, host) == "the host cannot be asked (ConnectionRefusedError)"
    assert connected == [(address, host.port)]
    assert answers == [["127.0.0.1"]]


def test_of_several_addresses_the_next_is_tried(authority: Authority, host: Host) -> None:
    several = Network(resolving({NAME: ["127.0.0.2", "127.0.0.1"]}), authority.context)

    assert get(fetcher(authority, host, network=several), host) == b"a.b.c"


def redirect(location: str, status: int = 302) -> Reply:
    return Reply(b"", status, {"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_within_the_origins_are_followed(
    authority: Authority, host: Host, status: int
) -> None:
    host.replies["/1"] = redirect("/2", status)
    host.replies["/2"] = redirect(f"{host.url}/3", status)
    host.replies["/3"] = redirect("status/1", status)

    assert get(fetcher(authority, host), host, "/1") == b"a.b.c"


def test_a_fourth_redirect_is_one_too_many(authority: Authority, host: Host) -> None:
    host.replies |= {f"/{n}": redirect(f"/{n + 1}") for n in range(1, 4)}
    host.replies["/4"] = redirect("/status/1")

    assert trouble(fetcher(authority, host), host, "/1") == "too many redirects"
    assert host.connections == 4


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1:{port}/status/1",
        "http://127.0.0.1:{port}/status/1",
        "http://cb.example:{port}/status/1",
        "https://evil.example/",
        "file:///etc/passwd",
        "https://user@cb.example:{port}/status/1",
    ],
)
def test_a_redirect_out_of_the_origins_is_not_followed(
    authority: Authority, host: Host, location: str
) -> None:
    host.replies["/1"] = redirect(location.format(port=host.port))

    trouble(fetcher(authority, host), host, "/1")

    assert host.connections == 1


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(status=404), "the host answers 404"),
        (Reply(status=410), "the host answers 410"),
        (Reply(status=501), "the host answers 501"),
        (Reply(status=500), "the host answers 500"),
        (Reply(status=503), "the host answers 503"),
        (Reply(status=206), "the host answers 206"),
        (Reply(headers={"Content-Type": "text/html"}), "another type of document"),
        (Reply(headers={}), "another type of document"),
        (Reply(headers={**TYPE, "Content-Encoding": "gzip"}), "encoding"),
        (redirect(""), "too many redirects"),
        (Reply(raw=b"nonsense\r\n\r\n"), "BadStatusLine"),
        (Reply(raw=b""), "RemoteDisconnected"),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), "ValueError"),
        (
            Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort"),
            "IncompleteRead",
        ),
        (Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 101 + b"\r\n"), "HTTPException"),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000), "LineTooLong"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whatever_else_a_host_answers_is_no_document(
    authority: Authority, host: Host, reply: Reply, why: str
) -> None:
    host.replies["/x"] = reply

    assert why in trouble(fetcher(authority, host), host, "/x")


def test_a_parameter_of_the_media_type_does_no_harm(authority: Authority, host: Host) -> None:
    host.replies["/x"] = Reply(headers={"Content-Type": "Application/StatusList+JWT; charset=x"})

    assert get(fetcher(authority, host), host, "/x") == b"a.b.c"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_document_may_be_as_large_as_allowed_and_not_a_byte_larger(
    authority: Authority, host: Host, chunked: bool
) -> None:
    host.replies["/most"] = Reply(b"x" * MAX_BYTES, chunked=chunked)
    host.replies["/more"] = Reply(b"x" * (MAX_BYTES + 1), chunked=chunked)
    asked = fetcher(authority, host)

    assert len(get(asked, host, "/most")) == MAX_BYTES
    assert "ValueError" in trouble(asked, host, "/more")
    assert "ValueError" in trouble(asked, host, max_bytes=4)
    assert get(asked, host, max_bytes=5) == b"a.b.c"


def test_of_fifty_megabytes_no_more_than_the_bound_is_read(
    authority: Authority, host: Host
) -> None:
    host.replies["/x"] = Reply(b"x" * 50_000_000, chunked=True)
    began = time.monotonic()

    trouble(fetcher(authority, host), host, "/x")

    assert time.monotonic() - began < 2


@pytest.mark.parametrize("drip", [0.05, 0.6])
@pytest.mark.parametrize("raw", [None, b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000])
def test_a_host_that_drips_is_left_when_the_time_is_over(
    authority: Authority, host: Host, drip: float, raw: bytes | None
) -> None:
    host.replies["/x"] = Reply(raw=raw, drip=drip)
    began = time.monotonic()

    why = trouble(fetcher(authority, host, deadline_s=0.4), host, "/x")

    assert why == "the host cannot be asked (TimeoutError)"
    assert 0.3 < time.monotonic() - began < 3


def test_redirects_share_one_time(authority: Authority, host: Host) -> None:
    host.replies |= {f"/{n}": redirect(f"/{n + 1}") for n in range(1, 4)}
    host.replies["/1"] = Reply(raw=b"HTTP/1.1 302 F\r\nLocation: /2\r\n\r\n", drip=0.01)
    host.replies["/2"] = Reply(raw=b"HTTP/1.1 302 F\r\nLocation: /1\r\n\r\n", drip=0.01)

    assert "TimeoutError" in trouble(fetcher(authority, host, deadline_s=0.6), host, "/1")


def test_a_host_that_never_speaks_tls_is_left_when_the_time_is_over(authority: Authority) -> None:
    with running() as plain:
        silent = Host(plain.url.replace("http:", "https:"), plain.port)
        began = time.monotonic()

        trouble(fetcher(authority, silent, deadline_s=0.3), silent)

        assert time.monotonic() - began < 3


def test_a_certificate_for_another_name_is_refused(authority: Authority) -> None:
    with running(authority.server("other.example")) as host:
        assert "SSLCertVerificationError" in trouble(fetcher(authority, host), host)
        assert host.requests == []


def test_an_authority_that_the_machine_does_not_trust_is_refused(
    authority: Authority, host: Host
) -> None:
    untrusting = Network(resolving({NAME: ["127.0.0.1"]}), trusted)

    why = trouble(fetcher(authority, host, network=untrusting), host)

    assert "SSLCertVerificationError" in why
    assert host.requests == []


def test_a_name_that_is_not_resolved_is_unavailable(authority: Authority, host: Host) -> None:
    nowhere = Network(resolving({}), authority.context)

    why = trouble(fetcher(authority, host, network=nowhere), host)

    assert why == "the name of the host is not resolved"


def test_a_resolver_that_hangs_is_left_when_the_time_is_over(
    authority: Authority, host: Host
) -> None:
    def hangs(_name: str, _port: int) -> Sequence[str]:
        time.sleep(1)
        return ["127.0.0.1"]

    slow = fetcher(authority, host, network=Network(hangs, authority.context), deadline_s=0.2)
    began = time.monotonic()

    assert trouble(slow, host) == "the name of the host is not resolved"
    assert time.monotonic() - began < 0.9


def test_after_three_failures_a_host_rests(authority: Authority, host: Host) -> None:
    host.replies["/x"] = Reply(status=500)
    asked = fetcher(authority, host, rest_s=0.3)
    for _ in range(3):
        assert trouble(asked, host, "/x") == "the host answers 500"

    assert trouble(asked, host) == "the host rests after several failures"
    assert host.connections == 3

    time.sleep(0.3)
    assert trouble(asked, host, "/x") == "the host answers 500"
    assert trouble(asked, host) == "the host rests after several failures"

    time.sleep(0.3)
    assert get(asked, host) == b"a.b.c"
    assert trouble(asked, host, "/x") == "the host answers 500"
    assert get(asked, host) == b"a.b.c"


def test_two_failures_and_documents_that_are_not_there_rest_nobody(
    authority: Authority, host: Host
) -> None:
    host.replies["/x"] = Reply(status=500)
    asked = fetcher(authority, host)
    for _ in range(2):
        trouble(asked, host, "/x")
    for _ in range(5):
        assert trouble(asked, host, "/absent") == "the host answers 404"

    assert get(asked, host) == b"a.b.c"


def test_no_proxy_is_asked(
    authority: Authority, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert get(fetcher(authority, host), host) == b"a.b.c"


def test_this_machine_resolves_an_address_to_itself() -> None:
    assert resolve("127.0.0.1", 443) == ["127.0.0.1"]


@pytest.fixture
def service() -> Iterator[Host]:
    with running(name="127.0.0.1") as started:
        yield started


def test_a_service_is_asked_as_its_interface_says(service: Host) -> None:
    service.replies["/api/v1/verify"] = Reply(b'{"verdict":"ACCEPT"}', 200, JSON)

    report = ask_service(f"{service.url}/", {"text": "é"})

    assert report == {"verdict": "ACCEPT"}
    line, headers, body = service.requests[0]
    assert line == "POST /api/v1/verify HTTP/1.1"
    assert headers["Content-Type"] == "application/json"
    assert body == '{"text": "é"}'.encode()


def test_a_service_by_https_is_asked_with_its_name_proven(authority: Authority, host: Host) -> None:
    host.replies["/api/v1/verify"] = Reply(b'{"verdict":"ACCEPT"}', 200, JSON)

    assert ask_service(host.url, {}, network=network(authority)) == {"verdict": "ACCEPT"}
    with pytest.raises(Unavailable, match="SSLCertVerificationError"):
        ask_service(host.url, {}, network=Network(resolving({NAME: ["127.0.0.1"]})))


def test_a_problem_of_the_service_is_told_by_its_code(service: Host) -> None:
    problem = {"Content-Type": "application/problem+json"}
    service.replies["/api/v1/verify"] = Reply(b'{"code":"RATE_LIMITED"}', 429, problem)

    with pytest.raises(ServiceRefused) as refused:
        ask_service(service.url, {})

    assert refused.value.code == "RATE_LIMITED"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>", 200, {"Content-Type": "text/html"}),
        Reply(b"[]", 200, JSON),
        Reply(b"{}", 200, JSON),
        Reply(b'{"a":1,"a":2}', 200, JSON),
        Reply(b'{"code":"rm -rf /"}', 400, JSON),
        Reply(b'{"code":7}', 400, JSON),
        Reply(b"", 502, {}),
        redirect("https://evil.example/"),
    ],
    ids=range(8),
)
def test_what_no_service_would_answer_is_unavailable(service: Host, reply: Reply) -> None:
    service.replies["/api/v1/verify"] = reply

    with pytest.raises(Unavailable, match="no Proofmark service answers there"):
        ask_service(service.url, {})


def test_a_service_that_is_down_is_unavailable(service: Host) -> None:
    service.replies["/api/v1/verify"] = Reply(drip=0.1)

    with pytest.raises(Unavailable, match="TimeoutError"):
        ask_service(service.url, {}, deadline_s=0.3)


@pytest.mark.parametrize(
    "url", ["http://service.example", "ftp://service.example", "service.example", "", "https://a@b"]
)
def test_a_service_elsewhere_is_asked_by_https_only(url: str) -> None:
    with pytest.raises(ValueError, match=r"https|address"):
        ask_service(url, {})


def test_nothing_of_a_fetch_is_left_open(authority: Authority, host: Host, tmp_path: Path) -> None:
    open_files = Path("/proc/self/fd")
    asked = fetcher(authority, host, deadline_s=0.2)
    host.replies["/x"] = Reply(drip=0.1)
    get(asked, host)
    before = len(list(open_files.iterdir()))
    for path in ("/status/1", "/x", "/absent"):
        try:
            get(asked, host, path)
        except Unavailable:
            continue

    time.sleep(0.3)
    assert len(list(open_files.iterdir())) <= before
