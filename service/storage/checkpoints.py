"""What was published last, kept outside the database: so that an old backup is not taken for new.

A database that was restored from yesterday knows less than what the world has already been told.
Its next list would bring withdrawn certificates back to life, and its next certificate would get an
index that is in use. A start compares the two and refuses (security.md R19, D07).
"""

import json
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, select

from service.domain.refusal import StorageFailed
from service.storage.folder import FileRefused, read_plain, write_whole
from service.storage.ledger import Checkpoint
from service.storage.schema import bodies, events

NAME = "published.json"
_MAX_BYTES = 16 * 1024 * 1024


def published(folder: Path) -> Mapping[str, Checkpoint]:
    """The chain of each body as it was when its evidence was last published; empty before that.

    Raises StorageFailed BACKUP_ROLLBACK for a file that cannot be read: it is not guessed.
    """
    if not (folder / NAME).exists():
        return {}
    try:
        found = json.loads(read_plain(folder.resolve(), NAME, max_bytes=_MAX_BYTES))
        return {
            body: Checkpoint(int(one["count"]), str(one["head"])) for body, one in found.items()
        }
    except (FileRefused, ValueError, KeyError, TypeError, AttributeError):
        raise StorageFailed("BACKUP_ROLLBACK", f"{NAME} cannot be read.") from None


def keep(folder: Path, reached: Mapping[str, Checkpoint]) -> None:
    """Note how far the bodies' chains were when their evidence was published; counts only grow."""
    known = dict(published(folder))
    for body, one in reached.items():
        if body not in known or one.count > known[body].count:
            known[body] = one
    rows = {body: {"count": one.count, "head": one.head} for body, one in sorted(known.items())}
    write_whole(folder / NAME, (json.dumps(rows, indent=1) + "\n").encode())


def replace(folder: Path, reached: Mapping[str, Checkpoint]) -> None:
    """Take the chains as they are from now on: only after a recovery, never by a publisher."""
    rows = {body: {"count": one.count, "head": one.head} for body, one in sorted(reached.items())}
    write_whole(folder / NAME, (json.dumps(rows, indent=1) + "\n").encode())


def check(connection: Connection, folder: Path) -> None:
    """Raises StorageFailed BACKUP_ROLLBACK where the database does not hold what was published."""
    for body, one in published(folder).items():
        if not _holds(connection, body, one):
            raise StorageFailed(
                "BACKUP_ROLLBACK",
                f"The database is older than what {body} has published: event {one.count} is "
                "missing or another. See docs/operating.md, 'An old backup'.",
            )


def _holds(connection: Connection, body: str, one: Checkpoint) -> bool:
    if one.count == 0:
        return (
            connection.execute(select(bodies.c.id).where(bodies.c.id == body)).first() is not None
        )
    found = connection.execute(
        select(events.c.hash).where(events.c.body == body, events.c.seq == one.count)
    ).scalar()
    return found == one.head
