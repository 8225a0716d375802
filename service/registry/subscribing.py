"""Subscribing: who at a body decides where its notices go, and which.

A notice names certificates and their holders, so it goes only where somebody who answers for the
body's people has said. The ledger has the id of the subscription and not the address: addresses are
of people, and the ledger forgets nothing.
"""

from collections.abc import Collection

from service.domain.notice import NoticeKind, is_mail_address
from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.storage import ledger, messages, people, subscriptions
from service.storage.address import origin_of
from service.storage.database import Connection
from service.storage.subscriptions import MAIL, WEBHOOK, Subscription

MAX_SUBSCRIPTIONS = 100


def subscribe(
    connection: Connection, actor: Actor, body: str, channel: str, address: str,
    what: Collection[str], *, at: int,
) -> Subscription:  # fmt: skip
    """Tell an address these kinds of notices from `at` on; one that is told already, other kinds.

    Raises Denied: NOT_FOUND, NOT_ALLOWED, BAD_PARAMETER with the member at fault, TOO_MANY.
    """
    people.require(connection, actor, body, Power.PEOPLE, at=at)
    _check(channel, address, what)
    ledger.lock_body(connection, body)
    one = Subscription(body, channel, address, frozenset(what), at)
    there = subscriptions.of(connection, body)
    if one.id not in {other.id for other in there} and len(there) >= MAX_SUBSCRIPTIONS:
        raise Denied("TOO_MANY", f"A body has at most {MAX_SUBSCRIPTIONS} subscriptions.")
    subscriptions.subscribe(connection, one)
    ledger.append(
        connection, body, kind="subscription", subject=one.id, type="subscribed", at=at,
        actor=actor.name, data={"channel": channel, "what": sorted(what)},
    )  # fmt: skip
    return subscriptions.find(connection, body, one.id)


def unsubscribe(connection: Connection, actor: Actor, body: str, id: str, *, at: int) -> None:
    """Tell an address nothing more. Raises Denied NOT_FOUND, NOT_ALLOWED."""
    people.require(connection, actor, body, Power.PEOPLE, at=at)
    ledger.lock_body(connection, body)
    subscriptions.unsubscribe(connection, body, id)
    messages.drop(connection, id)
    ledger.append(
        connection, body, kind="subscription", subject=id, type="unsubscribed", at=at,
        actor=actor.name, data={},
    )  # fmt: skip


def _check(channel: str, address: str, what: Collection[str]) -> None:
    if channel not in (MAIL, WEBHOOK):
        raise Denied("BAD_PARAMETER", "A channel is mail or webhook.", "channel")
    if not what or not set(what) <= set(NoticeKind):
        raise Denied("BAD_PARAMETER", "Notices: " + ", ".join(NoticeKind) + ".", "what")
    if channel == MAIL and not is_mail_address(address):
        raise Denied("BAD_PARAMETER", "This is no address of a mailbox.", "address")
    if channel == WEBHOOK and not _is_https(address):
        raise Denied("BAD_PARAMETER", "A webhook is a plain https address.", "address")


def _is_https(address: str) -> bool:
    try:
        return origin_of(address)[0] == "https"
    except ValueError:
        return False
