"""Subscriptions: where each body wants to be told, by mail or by webhook, and which notices.

An address keeps its id for good, so that what it was told before it left is not told anew when it
comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from service.domain.refusal import Denied
from service.storage.canonical import digest
from service.storage.messages_schema import subscriptions

MAIL, WEBHOOK = "mail", "webhook"
# Of a SHA-256 in hexadecimal: enough that no two are alike, and short enough for a header line.
ID_CHARS = 32


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a body wants to be told (`channel` is mail or webhook), and which kinds of notices."""

    body: str
    channel: str
    address: str
    what: frozenset[str]
    created_at: int
    active: bool = True

    @property
    def id(self) -> str:
        """The same for one address, whenever it is subscribed."""
        return digest([self.body, self.channel, self.address])[:ID_CHARS]


def subscribe(connection: Connection, one: Subscription) -> None:
    """Begin to tell an address, or tell it other kinds of notices from now on."""
    changed = connection.execute(
        update(subscriptions)
        .where(subscriptions.c.id == one.id)
        .values(what=_what(one), active=one.active)
    )
    if not changed.rowcount:
        connection.execute(
            insert(subscriptions).values(
                id=one.id, body=one.body, channel=one.channel, address=one.address,
                what=_what(one), active=one.active, created_at=one.created_at,
            )
        )  # fmt: skip


def unsubscribe(connection: Connection, body: str, id: str) -> None:
    """Tell an address nothing more. Raises Denied NOT_FOUND."""
    one = find(connection, body, id)
    connection.execute(
        update(subscriptions).where(subscriptions.c.id == one.id).values(active=False)
    )


def find(connection: Connection, body: str, id: str) -> Subscription:
    """One subscription of a body. Raises Denied NOT_FOUND."""
    row = connection.execute(
        select(subscriptions).where(subscriptions.c.id == id, subscriptions.c.body == body)
    ).one_or_none()
    if row is None:
        raise Denied("NOT_FOUND")
    return _subscription(row)


def of(connection: Connection, body: str) -> Sequence[Subscription]:
    """The subscriptions of a body that count, the oldest first."""
    rows = connection.execute(
        select(subscriptions)
        .where(subscriptions.c.body == body, subscriptions.c.active)
        .order_by(subscriptions.c.created_at, subscriptions.c.id)
    )
    return [_subscription(row) for row in rows]


def _what(one: Subscription) -> str:
    return " ".join(sorted(one.what))


def _subscription(row: Any) -> Subscription:
    return Subscription(
        row.body, row.channel, row.address, frozenset(row.what.split()), row.created_at, row.active
    )
