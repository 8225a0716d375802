"""Hosts on this machine, with and without TLS, that answer as a test tells them and count."""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from service.storage.fetch import Network

NAME = "cb.example"


@dataclass(frozen=True)
class Reply:
    """What a host answers; a `drip` waits so many seconds after each byte."""

    body: bytes = b"a.b.c"
    status: int = 200
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"Content-Type": "application/statuslist+jwt"}
    )
    raw: bytes | None = None
    drip: float = 0
    chunked: bool = False


@dataclass
class Host:
    """A running host: `replies` by path, and every request it got as (line, headers, body)."""

    url: str
    port: int
    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    connections: int = 0


@dataclass(frozen=True)
class Authority:
    """An authority made for one test run; `context` trusts it and nothing else."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @staticmethod
    def make(folder: Path) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        return Authority(folder, key, _certificate("Test authority", key, None, key))

    def context(self) -> ssl.SSLContext:
        pem = self.certificate.public_bytes(Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def server(self, name: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        issued = _certificate(name, key, self.certificate, self.key)
        file = self.folder / f"{name}.pem"
        file.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + issued.public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    above: x509.Certificate | None,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above.subject if above else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=above is None, path_length=None), critical=True)
    )
    if above is not None:
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, SHA256())


@contextmanager
def running(tls: ssl.SSLContext | None = None, name: str = NAME) -> Iterator[Host]:
    """A host on a free port of this machine, called `name` in its address."""
    server = _Server(("127.0.0.1", 0), _Handler)
    port = server.server_address[1]
    host = Host(f"{'https' if tls else 'http'}://{name}:{port}", port)
    server.host = host
    if tls:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    host: Host

    def process_request(self, request: Any, client_address: Any) -> None:
        self.host.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        self.server.host.requests.append((self.requestline, dict(self.headers), body))
        reply = self.server.host.replies.get(self.path, Reply(b"", 404))
        for byte_or_all in _pieces(_bytes(reply), reply.drip):
            self.wfile.write(byte_or_all)
            self.wfile.flush()
            time.sleep(reply.drip)
        self.close_connection = True

    do_POST = do_GET

    def log_message(self, *_: Any) -> None:
        """Silence."""


def _pieces(raw: bytes, drip: float) -> Sequence[bytes]:
    return [raw[at : at + 1] for at in range(len(raw))] if drip else [raw]


def _bytes(reply: Reply) -> bytes:
    if reply.raw is not None:
        return reply.raw
    size = "Transfer-Encoding: chunked" if reply.chunked else f"Content-Length: {len(reply.body)}"
    lines = [f"HTTP/1.1 {reply.status} Said", size]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    head = "\r\n".join([*lines, "", ""]).encode()
    if not reply.chunked:
        return head + reply.body
    return head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(reply.body), reply.body)


def network(authority: Authority, *names: str) -> Network:
    """A network in which every one of the names lies on this machine."""
    known = {name: ["127.0.0.1"] for name in names or (NAME,)}
    return Network(resolving(known), authority.context)


def resolving(known: Mapping[str, Sequence[str]]) -> Callable[[str, int], Sequence[str]]:
    """A resolver that knows these names and no others."""

    def resolve(host: str, _port: int) -> Sequence[str]:
        if host not in known:
            raise OSError("no such name")
        return known[host]

    return resolve
