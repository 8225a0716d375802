"""A mail server on this machine that speaks SMTP as a test tells it, and keeps what it gets."""

import ssl
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class Mail:
    """One e-mail as it was handed in."""

    sender: str
    receivers: tuple[str, ...]
    content: bytes
    secured: bool
    user: str | None


@dataclass
class Postbox:
    """A running server: who may log in, whom it does not know, and what it got."""

    port: int
    tls: ssl.SSLContext | None
    implicit: bool
    login: tuple[str, str] | None = None
    unknown: dict[str, int] = field(default_factory=dict)
    silent: bool = False
    mails: list[Mail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0


@contextmanager
def postbox(
    tls: ssl.SSLContext | None = None, *, implicit: bool = False, host: str = "127.0.0.1"
) -> Iterator[Postbox]:
    """A mail server on a free port; with `tls` it offers STARTTLS, or speaks TLS at once."""
    server = _Server((host, 0), _Talk)
    server.box = Postbox(server.server_address[1], tls, implicit)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.box
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    box: Postbox

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what these tests are about."""


class _Talk(StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        box = self.server.box
        box.connections += 1
        self.secured = False
        self.user: str | None = None
        if box.implicit:
            self._secure()
        if box.silent:
            self.rfile.readline()
            return
        self._say("220 postbox")
        self.sender, self.receivers = "", list[str]()
        while line := self.rfile.readline().decode("ascii").rstrip("\r\n"):
            word, _, rest = line.partition(" ")
            box.commands.append(word.upper())
            if not getattr(self, f"on_{word.lower()}", self.on_other)(rest):
                break
        if isinstance(self.request, ssl.SSLSocket):
            self.request.close()

    def on_ehlo(self, _rest: str) -> bool:
        box = self.server.box
        offers = ["postbox", "AUTH PLAIN"]
        offers += ["STARTTLS"] if box.tls and not self.secured else []
        for offer in offers[:-1]:
            self._say(f"250-{offer}")
        return self._say(f"250 {offers[-1]}")

    def on_starttls(self, _rest: str) -> bool:
        self._say("220 go on")
        self._secure()
        return True

    def on_auth(self, rest: str) -> bool:
        _, user, password = b64decode(rest.partition(" ")[2]).decode().split("\0")
        if (user, password) != self.server.box.login:
            return self._say("535 no")
        self.user = user
        return self._say("235 yes")

    def on_mail(self, rest: str) -> bool:
        self.sender, self.receivers = _path(rest), []
        return self._say("250 yes")

    def on_rcpt(self, rest: str) -> bool:
        code = self.server.box.unknown.get(_path(rest), 250)
        self.receivers.append(_path(rest))
        self._say(f"{code} so it is")
        return code != 421

    def on_data(self, _rest: str) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        mail = Mail(self.sender, tuple(self.receivers), b"".join(lines), self.secured, self.user)
        self.server.box.mails.append(mail)
        return self._say("250 taken")

    def on_rset(self, _rest: str) -> bool:
        return self._say("250 yes")

    def on_quit(self, _rest: str) -> bool:
        self._say("221 bye")
        return False

    def on_other(self, _rest: str) -> bool:
        return self._say("502 what?")

    def _say(self, line: str) -> bool:
        self.wfile.write(f"{line}\r\n".encode())
        return True

    def _secure(self) -> None:
        assert self.server.box.tls is not None
        self.request = self.server.box.tls.wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb", buffering=0)
        self.secured = True


def _path(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
