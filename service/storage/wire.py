"""What goes over a connection: a request as bytes, and an answer read against the clock.

A time-out of its own for each read would let one byte a second go on for ever; here every read has
what is left of the whole.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit


class Wire(Protocol):
    """What is used of a socket."""

    def settimeout(self, value: float | None, /) -> None:
        """Seconds that the next read may take."""

    def recv_into(self, buffer: Any, /) -> int:
        """How many bytes came; 0 at the end."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: an address that `origin_of` reads, and the bounds of the answer.

    `until` is an instant of the monotonic clock. Only `private` requests reach addresses that are
    not public.
    """

    url: str
    headers: Mapping[str, str]
    max_bytes: int
    until: float
    private: bool
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Timed(io.RawIOBase):
    """What arrives on a connection until an instant, however slowly; HTTPResponse reads it."""

    def __init__(self, wire: Wire, until: float) -> None:
        self._wire = wire
        self._until = until

    def makefile(self, _mode: str) -> io.BufferedReader:
        """As sockets have it."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for the next bytes, till the time is over. Raises OSError."""
        self._wire.settimeout(left(self._until))
        return self._wire.recv_into(buffer)


def left(until: float) -> float:
    """Seconds till an instant of the monotonic clock. Raises TimeoutError when it has passed."""
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    return left


def written(request: Request) -> bytes:
    """The bytes of a request (RFC 9112); one connection serves one."""
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"{'GET' if request.body is None else 'POST'} {target} HTTP/1.1",
        f"Host: {parts.netloc}",
        "User-Agent: proofmark",
        "Accept-Encoding: identity",
        "Connection: close",
        *(f"{name}: {value}" for name, value in request.headers.items()),
        *([f"Content-Length: {len(request.body)}"] if request.body is not None else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + (request.body or b"")
