"""The outbox: everything arrives at least once, recognisably, whoever dies or is away meanwhile."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from keys import b64u
from service.credential import jws
from service.domain.notice import NoticeKind
from service.registry import subscribing
from service.registry.delivery import Delivered, deliver
from service.registry.notices import queue
from service.registry.webhooks import LIFE_S, TYP, Webhooks
from service.storage import messages, subscriptions
from service.storage.fetch import Fetcher
from service.storage.mail import Mailer, MailServer
from service.storage.messages import LEASE_S, PAUSES_S
from service.storage.subscriptions import MAIL, WEBHOOK, Subscription
from tests.registry.desk import CB, SETUP, RegisterWorld
from tests.storage.postbox import postbox


class _Hook:
    """A receiver of webhooks that answers `status` and keeps what it got."""

    def __init__(self) -> None:
        self.status = 204
        self.got: list[tuple[dict[str, str], str]] = []
        self.address = ""


@contextmanager
def hook() -> Iterator[_Hook]:
    """A receiver on a free port of this machine."""
    receiver = _Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append((dict(self.headers), body.decode("ascii")))
            self.send_response(receiver.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    receiver.address = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _told(world: RegisterWorld, channel: str, address: str, fact: str = "1") -> None:
    """A notice is on its way to an address; plain http is for tests on one machine only."""

    def work(connection: Any) -> None:
        what = {NoticeKind.PUBLICATION_LATE}
        if channel == MAIL:
            subscribing.subscribe(connection, SETUP, CB, channel, address, what, at=world.at)
        else:
            one = Subscription(CB, channel, address, frozenset(map(str, what)), world.at)
            subscriptions.subscribe(connection, one)
        queue(connection, CB, NoticeKind.PUBLICATION_LATE, fact, {"since": "2026-04-20"}, world.at)

    world.office.database.write(work)


def _run(world: RegisterWorld, *origins: str, at: int | None = None) -> Delivered:
    hooks = Webhooks(world.office, Fetcher(insecure_origins=origins, deadline_s=2, rest_s=0))
    return deliver(world.office.database, {WEBHOOK: hooks}, at=at or world.at)


def _origin(address: str) -> str:
    return address.removesuffix("/hook")


def test_a_webhook_gets_a_notice_that_the_body_has_signed(world: RegisterWorld) -> None:
    with hook() as receiver:
        _told(world, WEBHOOK, receiver.address)
        done = _run(world, _origin(receiver.address))
        again = _run(world, _origin(receiver.address))
    ((headers, token),) = receiver.got
    parsed = jws.parse(token, typ=TYP)
    jws.verify(parsed, world.signers[f"test:{CB} evidence"].public)
    claims = json.loads(b64u.decode(token.split(".")[1]))

    assert (done, again) == (Delivered(sent=1), Delivered())
    assert headers["Content-Type"] == f"application/{TYP}"
    assert headers["X-Proofmark-Notice"] == claims["jti"]
    assert (claims["iss"], claims["aud"]) == (CB, receiver.address)
    assert (claims["iat"], claims["exp"]) == (world.at, world.at + LIFE_S)
    assert claims["notice"] == {"kind": "publication_late", "facts": {"since": "2026-04-20"}}


def test_a_receiver_that_was_away_gets_it_once_when_it_is_back(world: RegisterWorld) -> None:
    with hook() as receiver:
        _told(world, WEBHOOK, receiver.address)
        receiver.status = 503
        first = _run(world, _origin(receiver.address))
        too_early = _run(world, _origin(receiver.address), at=world.at + PAUSES_S[0] - 1)
        receiver.status = 200
        second = _run(world, _origin(receiver.address), at=world.at + PAUSES_S[0])
        third = _run(world, _origin(receiver.address), at=world.at + 10 * PAUSES_S[0])

    assert (first, too_early) == (Delivered(failed=1), Delivered())
    assert (second, third) == (Delivered(sent=1), Delivered())
    assert len({headers["X-Proofmark-Notice"] for headers, _ in receiver.got}) == 1


def test_what_nobody_takes_is_given_up_after_its_last_try_and_can_be_tried_again(
    world: RegisterWorld,
) -> None:
    with hook() as receiver:
        _told(world, WEBHOOK, receiver.address)
        receiver.status = 400
        at, runs = world.at, []
        for pause in (*PAUSES_S, 0):
            runs.append(_run(world, _origin(receiver.address), at=at))
            at += pause
        given_up = world.office.database.read(messages.counts)
        world.office.database.write(lambda c: messages.revive(c, CB, at=at))
        receiver.status = 200
        after = _run(world, _origin(receiver.address), at=at)

    assert runs == [*[Delivered(failed=1)] * len(PAUSES_S), Delivered(dead=1)]
    assert given_up == {"queued": 0, "sent": 0, "dead": 1}
    assert after == Delivered(sent=1)


def test_a_sender_that_dies_leaves_its_message_to_another_under_the_same_id(
    world: RegisterWorld,
) -> None:
    with hook() as receiver:
        _told(world, WEBHOOK, receiver.address)
        # One that was killed after it had sent, before it could mark it.
        (parcel,) = world.office.database.write(
            lambda c: messages.claim(c, [WEBHOOK], at=world.at, limit=1)
        )
        Webhooks(
            world.office, Fetcher(insecure_origins=[_origin(receiver.address)])
        ).send(parcel.to, [parcel.message], at=world.at)  # fmt: skip
        meanwhile = _run(world, _origin(receiver.address), at=world.at + LEASE_S - 1)
        later = _run(world, _origin(receiver.address), at=world.at + LEASE_S)

    assert (meanwhile, later) == (Delivered(), Delivered(sent=1))
    assert [headers["X-Proofmark-Notice"] for headers, _ in receiver.got] == [parcel.message.id] * 2


def test_a_webhook_on_a_private_address_is_never_asked(world: RegisterWorld) -> None:
    with hook() as receiver:
        _told(world, WEBHOOK, receiver.address.replace("http:", "https:"))
        done = _run(world)

    assert (done, receiver.got) == (Delivered(failed=1), [])


def test_mail_and_webhooks_do_not_wait_for_each_other(world: RegisterWorld) -> None:
    with postbox() as box, hook() as receiver:
        receiver.status = 500
        _told(world, MAIL, "ada@harrowgate.example")
        _told(world, WEBHOOK, receiver.address, fact="2")
        mailer = Mailer(MailServer("localhost", box.port, implicit_tls=False), "n@registry.example")
        hooks = Webhooks(world.office, Fetcher(insecure_origins=[_origin(receiver.address)]))
        done = deliver(world.office.database, {MAIL: mailer, WEBHOOK: hooks}, at=world.at)

    assert done == Delivered(sent=2, failed=1)  # the mail is told both facts
    assert [mail.receivers for mail in box.mails] == [("ada@harrowgate.example",)]


def test_without_a_mail_server_mail_waits(world: RegisterWorld) -> None:
    _told(world, MAIL, "ada@harrowgate.example")

    assert deliver(world.office.database, {}, at=world.at) == Delivered()
    assert world.office.database.read(messages.counts)["queued"] == 1
