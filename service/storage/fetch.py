"""The only sockets: evidence from strangers, notices to receivers, a service that the user names.

For evidence (security.md 8.1): https to an allowed origin; the name resolved once, every address it
has public, the connection to an address so checked, TLS with the name; three redirects at most,
each checked alike; no proxy, no cookie; a total time and a size that no slow or endless answer
stretches; a host that fails three times rests for a minute. Notices go out within the same bounds,
without redirects. Whatever goes wrong is Unavailable.
"""

import json
import re
import socket
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException, HTTPResponse
from threading import Thread
from time import monotonic
from typing import Any, cast
from urllib.parse import urljoin

from service.credential import strict_json
from service.domain.verdict import Refused, Unavailable
from service.storage.address import Origin, is_loopback, is_public, origin_of, origins_of
from service.storage.breaker import REST_S, Breaker
from service.storage.wire import Answer, Request, Timed, left, written

MAX_BYTES = 2 * 1024 * 1024
DEADLINE_S = 5.0
MAX_REDIRECTS = 3
# Of the answer to a notice only the status counts.
MAX_REPLY_BYTES = 4 * 1024
# A thousand certificates in one question take a service some seconds.
ASK_DEADLINE_S = 60.0
MAX_ANSWER_BYTES = 32 * 1024 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
# Answers about the document, not about the host's health: not here, no list of the past.
_NOT_HERE = (400, 404, 406, 410, 501)
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


class ServiceRefused(Exception):
    """The service asked has refused the request, for the `code` of its problem document."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as this machine resolves it. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def trusted() -> ssl.SSLContext:
    """TLS 1.2 or newer with the authorities that this machine trusts."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Network:
    """How hosts are reached; tests put their own names and authorities in its place."""

    resolve: Callable[[str, int], Sequence[str]] = resolve
    tls: Callable[[], ssl.SSLContext] = trusted

    def exchange(self, request: Request) -> Answer:
        """One request and its answer; redirects are not followed. Raises Unavailable."""
        origin = origin_of(request.url)
        addresses = self._addresses(origin, request)
        try:
            with self._connected(origin, addresses, request.until) as wire:
                wire.sendall(written(request))
                return _read(wire, request)
        except (OSError, HTTPException, ValueError) as error:
            raise Unavailable(f"the host cannot be asked ({type(error).__name__})") from None

    def _addresses(self, origin: Origin, request: Request) -> Sequence[str]:
        found: list[str] = []

        def ask() -> None:
            try:
                found.extend(self.resolve(origin[1], origin[2]))
            except (OSError, UnicodeError):
                return

        # The system's resolver knows no deadline; it is left behind when it takes too long.
        asking = Thread(target=ask, daemon=True)
        asking.start()
        asking.join(max(0.0, request.until - monotonic()))
        addresses = tuple(found)
        if not addresses:
            raise Unavailable("the name of the host is not resolved")
        if not request.private and not all(map(is_public, addresses)):
            raise Unavailable("the host lies on an address that is not public")
        return addresses

    @contextmanager
    def _connected(
        self, origin: Origin, addresses: Sequence[str], until: float
    ) -> Iterator[socket.socket]:
        scheme, host, port = origin
        with _first_that_answers(addresses, port, until) as wire:
            wire.settimeout(left(until))
            if scheme != "https":
                yield wire
                return
            with self.tls().wrap_socket(wire, server_hostname=host) as secured:
                yield secured


class Fetcher:
    """Fetches public documents within bounds. Safe among threads.

    `allowed` are the origins registered beforehand; those of `insecure_origins` may also be plain
    http and lie on private addresses, for a demonstration on one machine. Times in seconds.
    """

    def __init__(
        self,
        allowed: Sequence[str] = (),
        *,
        insecure_origins: Sequence[str] = (),
        network: Network | None = None,
        deadline_s: float = DEADLINE_S,
        rest_s: float = REST_S,
    ) -> None:
        self._allowed = origins_of(allowed)
        self._insecure = origins_of(insecure_origins)
        self._network = network or Network()
        self._deadline_s = deadline_s
        self._breaker = Breaker(rest_s=rest_s)

    def get(
        self, url: str, *, origins: Collection[str] = (), accept: str, max_bytes: int = MAX_BYTES
    ) -> bytes:
        """The document at `url`, of the media type `accept`, at most `max_bytes` long.

        It and every redirect lie within `origins`; without any, within those registered
        beforehand. Raises Unavailable.
        """
        within = origins_of(origins) if origins else self._allowed
        until = monotonic() + self._deadline_s
        for _ in range(MAX_REDIRECTS + 1):
            origin = self._checked(url, within)
            private = origin in self._insecure
            request = Request(url, {"Accept": accept}, max_bytes, until, private)
            answer = self._attempt(origin, request, accept)
            if answer.status not in _REDIRECTS:
                return answer.body
            url = urljoin(url, answer.headers.get("location", ""))
        raise Unavailable("too many redirects")

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status that the host at `url`, which its receiver has named, answers to a document.

        A redirect is such an answer and is not followed. Raises Unavailable.
        """
        origin = self._checked(url, origins_of([url]))
        until = monotonic() + self._deadline_s
        self._breaker.check(origin)
        private = origin in self._insecure
        try:
            request = Request(url, headers, MAX_REPLY_BYTES, until, private, body)
            status = self._network.exchange(request).status
        except Unavailable:
            self._breaker.failed(origin)
            raise
        (self._breaker.failed if status >= 500 else self._breaker.served)(origin)
        return status

    def _checked(self, url: str, within: Collection[Origin]) -> Origin:
        try:
            origin = origin_of(url)
        except ValueError as error:
            raise Unavailable(str(error)) from None
        if origin not in within:
            raise Unavailable("not an origin that may be asked")
        if origin[0] != "https" and origin not in self._insecure:
            raise Unavailable("only https is asked")
        return origin

    def _attempt(self, origin: Origin, request: Request, accept: str) -> Answer:
        self._breaker.check(origin)
        try:
            answer = self._network.exchange(request)
            _check(answer, accept)
        except Unavailable:
            self._breaker.failed(origin)
            raise
        self._breaker.served(origin)
        if answer.status in _NOT_HERE:
            raise Unavailable(f"the host answers {answer.status}")
        return answer


def ask_service(
    url: str,
    payload: Mapping[str, Any],
    *,
    network: Network | None = None,
    deadline_s: float = ASK_DEADLINE_S,
) -> dict[str, Any]:
    """The answer of the service at `url` to `POST /api/v1/verify`.

    The user has typed `url`, so any host is asked, by plain http only on this machine. Raises
    ValueError for what is no such address, Unavailable, or ServiceRefused with the service's code.
    """
    url = f"{url.rstrip('/')}/api/v1/verify"
    if origin_of(url)[0] != "https" and not is_loopback(origin_of(url)):
        raise ValueError("only https is asked, except on this machine")
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    body = json.dumps(payload, ensure_ascii=False).encode()
    until = monotonic() + deadline_s
    request = Request(url, headers, MAX_ANSWER_BYTES, until, private=True, body=body)
    answer = (network or Network()).exchange(request)
    try:
        found = strict_json.loads(answer.body)
    except Refused:
        found = {}
    if answer.status == 200 and found:
        return found
    code = found.get("code")
    if answer.status >= 400 and isinstance(code, str) and _CODE.fullmatch(code):
        raise ServiceRefused(code)
    raise Unavailable(f"no Proofmark service answers there (status {answer.status})")


def _check(answer: Answer, accept: str) -> None:
    if answer.status in (*_REDIRECTS, *_NOT_HERE):
        return
    if answer.status != 200:
        raise Unavailable(f"the host answers {answer.status}")
    if answer.headers.get("content-type", "").partition(";")[0].strip().lower() != accept:
        raise Unavailable("the host answers with another type of document")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise Unavailable("the host answers in an encoding that was not asked for")


def _first_that_answers(addresses: Sequence[str], port: int, until: float) -> socket.socket:
    """A connection to an address, each given its share of the time. Raises OSError."""
    failed: OSError | None = None
    for position, address in enumerate(addresses):
        patience = left(until) / (len(addresses) - position)
        try:
            return socket.create_connection((address, port), timeout=patience)
        except OSError as error:
            failed = error
    raise failed or OSError("no address")


def _read(wire: socket.socket, request: Request) -> Answer:
    """The answer, its size counted while it is read. Raises OSError, HTTPException, ValueError."""
    response = HTTPResponse(cast("socket.socket", Timed(wire, request.until)))
    response.begin()
    if response.length is not None and response.length > request.max_bytes:
        raise ValueError("larger than it may be")
    body = response.read(request.max_bytes + 1)
    if len(body) > request.max_bytes or response.length:
        raise ValueError("larger than it may be, or cut short")
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, body)
