"""The outbox of notices: which messages are on their way, and which have arrived or never will.

A message is queued in the transaction of its fact, claimed by one sender at a time, and marked when
the receiver has taken it. A sender that dies leaves a claim that ends by itself: then another one
sends the message again under the same id, so that it arrives at least once and can be recognised.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from service.storage.canonical import digest, written
from service.storage.messages_schema import messages, subscriptions
from service.storage.subscriptions import ID_CHARS, Subscription

QUEUED, SENT, DEAD = "queued", "sent", "dead"
# Seconds from each failure to the next try; after the last one a message is dead.
PAUSES_S = (60, 300, 1_800, 7_200, 21_600, 86_400)
# How long a claim lasts, in seconds.
LEASE_S = 120
# How long a message waits that was not tried, because its receiver could not be reached just now.
PUT_OFF_S = 60
# Databases take so many values in one statement, at least.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Message:
    """A notice for one subscription; `fact` names what it tells, instants in POSIX seconds."""

    body: str
    subscription: str
    kind: str
    subject: str
    text: str
    payload: Mapping[str, Any]
    fact: str
    created_at: int
    next_try_at: int
    tries: int = 0
    state: str = QUEUED
    last_error: str | None = None

    @property
    def id(self) -> str:
        """The same for one fact and one receiver, also after an old backup came back."""
        return message_id(self.subscription, self.fact)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message that is ours to send until our claim ends, and where it goes."""

    message: Message
    to: Subscription


def message_id(subscription: str, fact: str) -> str:
    """The id of the message that tells a fact to a subscription."""
    return digest([subscription, fact])[:ID_CHARS]


def known(connection: Connection, ids: Collection[str]) -> set[str]:
    """Which messages of these ids there are, in any state."""
    wanted, found = sorted(ids), set[str]()
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        found |= set(
            connection.execute(select(messages.c.id).where(messages.c.id.in_(some))).scalars()
        )
    return found


def add(connection: Connection, some: Collection[Message]) -> int:
    """Queue messages; those that are known already are left out. Gives how many are new.

    Looking first lets PostgreSQL see that two have done so at once, and repeat one of them.
    """
    there = known(connection, [one.id for one in some])
    new = {one.id: one for one in some if one.id not in there}
    if new:
        connection.execute(insert(messages), [_row(one) for one in new.values()])
    return len(new)


def drop(connection: Connection, subscription: str) -> None:
    """Forget what is on its way to a subscription that has ended: it counts as never told."""
    connection.execute(
        delete(messages).where(messages.c.subscription == subscription, messages.c.state == QUEUED)
    )


def revive(connection: Connection, body: str, *, at: int) -> int:
    """Try the dead messages of a body again, as if they were new; gives how many."""
    return connection.execute(
        update(messages)
        .where(messages.c.body == body, messages.c.state == DEAD)
        .values(state=QUEUED, next_try_at=at, tries=0)
    ).rowcount


def claim(
    connection: Connection, channels: Collection[str], *, at: int, limit: int
) -> Sequence[Parcel]:
    """Messages of these channels that are due at `at`, the longest waiting first: ours for LEASE_S.

    A claim counts as a try, so that a message at which senders die is not sent for ever.
    """
    rows = connection.execute(
        select(
            messages, subscriptions.c.channel, subscriptions.c.address, subscriptions.c.what,
            subscriptions.c.created_at.label("since"),
        )
        .join(subscriptions, subscriptions.c.id == messages.c.subscription)
        .where(
            messages.c.state == QUEUED, messages.c.next_try_at <= at,
            subscriptions.c.active, subscriptions.c.channel.in_(sorted(channels)),
        )
        .order_by(messages.c.next_try_at, messages.c.id)
        .limit(limit)
        .with_for_update(of=messages, skip_locked=True)
    ).all()  # fmt: skip
    spent = [row.id for row in rows if row.tries > len(PAUSES_S)]
    ours = [row for row in rows if row.tries <= len(PAUSES_S)]
    _change(connection, spent, state=DEAD, last_error="SENDER_LOST")
    _change(
        connection, [row.id for row in ours], next_try_at=at + LEASE_S, tries=messages.c.tries + 1
    )
    return [_parcel(row, at + LEASE_S) for row in ours]


def sent(connection: Connection, some: Collection[Message]) -> None:
    """The receiver has taken these."""
    _change(connection, [one.id for one in some], state=SENT, last_error=None)


def failed(connection: Connection, one: Message, code: str, *, at: int) -> bool:
    """The receiver has not taken this one, for `code`: later again. Gives whether that was the last
    try. Nothing is marked once the claim has gone to somebody else."""
    last = one.tries > len(PAUSES_S)
    later = {"state": DEAD} if last else {"next_try_at": at + PAUSES_S[one.tries - 1]}
    connection.execute(update(messages).where(*_ours(one)).values(last_error=code, **later))
    return last


def put_off(connection: Connection, one: Message, code: str | None, *, at: int) -> None:
    """It was not tried: its receiver cannot be reached just now (`code`), or there was no time."""
    wait = 0 if code is None else PUT_OFF_S
    connection.execute(
        update(messages)
        .where(*_ours(one))
        .values(next_try_at=at + wait, tries=one.tries - 1, last_error=code)
    )


def messages_of(
    connection: Connection, body: str, *, state: str | None = None, limit: int = 100
) -> Sequence[Message]:
    """The messages of a body, the newest first."""
    wanted = select(messages).where(messages.c.body == body)
    if state is not None:
        wanted = wanted.where(messages.c.state == state)
    rows = connection.execute(
        wanted.order_by(messages.c.created_at.desc(), messages.c.id).limit(limit)
    )
    return [_message(row) for row in rows]


def counts(connection: Connection) -> Mapping[str, int]:
    """How many messages there are in each state."""
    rows = connection.execute(
        select(messages.c.state, func.count().label("number")).group_by(messages.c.state)
    )
    return {QUEUED: 0, SENT: 0, DEAD: 0} | {row.state: row.number for row in rows}


def _change(connection: Connection, ids: Sequence[str], **values: Any) -> None:
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        connection.execute(update(messages).where(messages.c.id.in_(some)).values(**values))


def _ours(one: Message) -> tuple[Any, ...]:
    # The count of tries is the claim: whoever has claimed it since has counted on.
    return (messages.c.id == one.id, messages.c.state == QUEUED, messages.c.tries == one.tries)


def _row(one: Message) -> dict[str, Any]:
    fields = {name: getattr(one, name) for name in one.__slots__}
    return fields | {"id": one.id, "payload": written(one.payload)}


def _message(row: Any, **changes: Any) -> Message:
    fields = {name: getattr(row, name) for name in Message.__slots__}
    return Message(**(fields | {"payload": json.loads(row.payload)} | changes))


def _parcel(row: Any, until: int) -> Parcel:
    what = frozenset(row.what.split())
    return Parcel(
        _message(row, next_try_at=until, tries=row.tries + 1),
        Subscription(row.body, row.channel, row.address, what, row.since),
    )
