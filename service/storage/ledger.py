"""The ledger: every body's events in one hash chain, which is the truth and the audit trail alike.

An event says who did what to which subject, when it takes effect and when it was recorded. It is
never changed and never removed; a correction is a new event. Each hash covers the one before, so a
change, a removal or another order shows, and a lost end shows against the last published
checkpoint (security.md R21, D09).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from service.domain.refusal import Denied
from service.storage.canonical import written
from service.storage.schema import bodies, events

# The head of an empty chain.
NOTHING = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One event; `recorded_at` in POSIX seconds, `effective_on` a civil day in the body's zone."""

    body: str
    seq: int
    kind: str
    subject: str
    type: str
    effective_on: date | None
    recorded_at: int
    actor: str
    data: str
    hash: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many events a body has, and the hash of the last."""

    count: int
    head: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first event of a body that is not as it was written, or the count that is missing."""

    body: str
    seq: int
    why: str


def lock_body(connection: Connection, body: str) -> Any:
    """The row of a body, ours alone till the end of the transaction.

    Raises Denied NOT_FOUND for a body that is not hosted here.
    """
    row = connection.execute(
        select(bodies).where(bodies.c.id == body).with_for_update()
    ).one_or_none()
    if row is None:
        raise Denied("NOT_FOUND")
    return row


def append(
    connection: Connection, body: str, *, kind: str, subject: str, type: str, at: int, actor: str,
    data: Mapping[str, Any], effective_on: date | None = None,
) -> Entry:  # fmt: skip
    """Write the next event of a body, whose row is locked for it; `at` in POSIX seconds."""
    found = connection.execute(
        select(bodies.c.events, bodies.c.head).where(bodies.c.id == body).with_for_update()
    ).one()
    entry = _sealed(
        Entry(
            body, found.events + 1, kind, subject, type, effective_on, at, actor, written(data), ""
        ),
        found.head,
    )
    connection.execute(insert(events).values(**_row(entry)))
    connection.execute(
        update(bodies).where(bodies.c.id == body).values(events=entry.seq, head=entry.hash)
    )
    return entry


def checkpoint(connection: Connection, body: str) -> Checkpoint:
    """The length and head of a body's chain, as its row has them."""
    found = connection.execute(
        select(bodies.c.events, bodies.c.head).where(bodies.c.id == body)
    ).one()
    return Checkpoint(found.events, found.head)


def history(
    connection: Connection, body: str, *, kind: str | None = None, subject: str | None = None,
    after: int = 0, limit: int | None = None,
) -> Iterator[Entry]:  # fmt: skip
    """The events of a body in their order, from the one after `after`; of one subject if named."""
    wanted = select(events).where(events.c.body == body, events.c.seq > after)
    if kind is not None:
        wanted = wanted.where(events.c.kind == kind)
    if subject is not None:
        wanted = wanted.where(events.c.subject == subject)
    for row in connection.execute(wanted.order_by(events.c.seq).limit(limit)):
        yield _entry(row)


def verify(
    connection: Connection, body: str, *, published: Checkpoint | None = None
) -> Broken | None:
    """The first fault of a body's chain; `published` is a checkpoint that it must contain."""
    expected, head = 0, NOTHING
    for entry in history(connection, body):
        expected += 1
        if entry.seq != expected:
            return Broken(body, expected, "an event is missing")
        if _sealed(entry, head).hash != entry.hash:
            return Broken(body, expected, "an event is not as it was written")
        head = entry.hash
        if published is not None and published.count == expected and published.head != head:
            return Broken(body, expected, "the chain is not the one that was published")
    own = checkpoint(connection, body)
    if (own.count, own.head) != (expected, head):
        return Broken(body, expected + 1, "the end of the chain is missing")
    if published is not None and published.count > expected:
        return Broken(body, expected + 1, "events that were published are missing")
    return None


def _sealed(entry: Entry, before: str) -> Entry:
    content = {name: value for name, value in _row(entry).items() if name != "hash"}
    seal = sha256(f"{before}\n{written(content)}".encode()).hexdigest()
    return Entry(**{**_row(entry), "effective_on": entry.effective_on, "hash": seal})


def _row(entry: Entry) -> dict[str, Any]:
    day = entry.effective_on
    return {
        "body": entry.body,
        "seq": entry.seq,
        "kind": entry.kind,
        "subject": entry.subject,
        "type": entry.type,
        "effective_on": day.isoformat() if day is not None else None,
        "recorded_at": entry.recorded_at,
        "actor": entry.actor,
        "data": entry.data,
        "hash": entry.hash,
    }


def _entry(row: Any) -> Entry:
    day = date.fromisoformat(row.effective_on) if row.effective_on else None
    return Entry(**{**row._mapping, "effective_on": day})
