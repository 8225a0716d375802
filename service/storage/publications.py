"""What is to be published: a mark for each signed document, and how far its file is behind.

A change marks the documents it touches in its own transaction, so that no crash can lose a
publication (security.md R19). Marks are counted, not queued: a list that changed a hundred times
since it was last written is written once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from service.storage.schema import publications

STATUS, RECORD, STATEMENT = "status", "record", "statement"


@dataclass(frozen=True, slots=True)
class Due:
    """A document to be signed and written; `signed_at` is its newest `iat`, 0 for none."""

    body: str
    kind: str
    name: str
    wanted: int
    published: int
    wanted_at: int
    signed_at: int


def mark(connection: Connection, body: str, kind: str, name: str, *, at: int) -> None:
    """A document has changed, as of `at` in POSIX seconds."""
    here = _is(body, kind, name)
    changed = connection.execute(
        update(publications)
        .where(*here, publications.c.wanted == publications.c.published)
        .values(wanted=publications.c.wanted + 1, wanted_at=at)
    )
    if changed.rowcount:
        return
    changed = connection.execute(
        update(publications).where(*here).values(wanted=publications.c.wanted + 1)
    )
    if not changed.rowcount:
        connection.execute(
            insert(publications).values(
                body=body, kind=kind, name=name, wanted=1, published=0, wanted_at=at, signed_at=0
            )
        )


def mark_all(connection: Connection, body: str, kind: str, *, at: int) -> None:
    """Every document of a kind is to be signed anew, as of `at` in POSIX seconds."""
    connection.execute(
        update(publications)
        .where(
            publications.c.body == body, publications.c.kind == kind,
            publications.c.wanted == publications.c.published,
        )
        .values(wanted=publications.c.wanted + 1, wanted_at=at)
    )  # fmt: skip


def due(
    connection: Connection, *, limit: int, aged: Collection[tuple[str, int]] = ()
) -> Sequence[Due]:
    """What has changed, the oldest change first; then what was signed before its kind's instant.

    `aged` are pairs of a kind and an instant in POSIX seconds.
    """
    behind = publications.c.wanted != publications.c.published
    rows = connection.execute(
        select(publications).where(behind).order_by(publications.c.wanted_at).limit(limit)
    ).all()
    found = [Due(**row._mapping) for row in rows]
    old = [
        Due(**row._mapping)
        for kind, before in aged
        if len(found) < limit
        # Each by its own index: among a million records only the aged are looked at.
        for row in connection.execute(
            select(publications)
            .where(publications.c.kind == kind, publications.c.signed_at < before, ~behind)
            .order_by(publications.c.signed_at)
            .limit(limit - len(found))
        )
    ]
    old.sort(key=lambda one: one.signed_at)
    return [*found, *old[: limit - len(found)]]


def done(connection: Connection, one: Due, *, signed_at: int) -> None:
    """A document is on the disk as it was when `one` was read, with this `iat`."""
    connection.execute(
        update(publications)
        .where(*_is(one.body, one.kind, one.name))
        .values(published=one.wanted, signed_at=signed_at)
    )


def behind(connection: Connection) -> int | None:
    """The instant of the oldest change that is not published, in POSIX seconds."""
    return connection.execute(
        select(publications.c.wanted_at)
        .where(publications.c.wanted != publications.c.published)
        .order_by(publications.c.wanted_at)
        .limit(1)
    ).scalar_one_or_none()


def _is(body: str, kind: str, name: str) -> tuple[Any, ...]:
    return (
        publications.c.body == body,
        publications.c.kind == kind,
        publications.c.name == name,
    )
