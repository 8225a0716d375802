"""Fills a register with many certificates, by copying one that was issued through the doors.

The rows are those that an issue leaves: certificate, revision, its two events in the body's chain,
a published record's mark; numbers and entries are the next ones, and `audit verify` finds nothing
amiss. Not made are the tokens and the records' files: every copy shows the token of its pattern.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, insert, select, update

from service.storage import ledger
from service.storage.canonical import digest, normal
from service.storage.database import Connection, Database
from service.storage.ledger import Entry
from service.storage.register import LIST_ENTRIES
from service.storage.schema import bodies, certificates, events, publications, revisions

BATCH = 20_000


def fill(database: Database, body: str, pattern: str, total: int) -> None:
    """Copy the certificate `pattern` until the body has `total` certificates."""

    def copy(connection: Connection) -> bool:
        here = select(func.count()).where(certificates.c.body == body)
        have: int = connection.execute(here.select_from(certificates)).scalar_one()
        wanted = min(BATCH, total - have)
        if wanted > 0:
            _copies(connection, body, pattern, have, wanted)
        return wanted == BATCH

    while database.write(copy):
        pass


def _copies(connection: Connection, body: str, pattern: str, first: int, count: int) -> None:
    certificate = _only(connection, certificates, body, pattern)
    revision = _only(connection, revisions, body, pattern)
    history = list(ledger.history(connection, body, kind="certificate", subject=pattern))[:2]
    locked = ledger.lock_body(connection, body)
    chain, entry = (locked.events, locked.head), (locked.next_list, locked.next_index)
    rows: dict[Any, list[Mapping[str, Any]]] = {
        table: [] for table in (certificates, revisions, events, publications)
    }
    for place in range(first, first + count):
        number = f"COPY/{place:07}"
        name, index = entry if entry[1] < LIST_ENTRIES else (entry[0] + 1, 0)
        entry = (name, index + 1)
        rows[certificates].append(
            certificate
            | {"number": number, "normal": normal(number), "holder": f"Copy {place} Ltd",
               "holder_normal": normal(f"Copy {place} Ltd"), "likeness": digest(number)}
        )  # fmt: skip
        rows[revisions].append(revision | {"number": number, "list": name, "idx": index})
        for one in _continued(history, number, chain):
            chain = (one.seq, one.hash)
            rows[events].append(ledger._row(one))
        rows[publications].append(
            {"body": body, "kind": "record", "name": number, "wanted": 1, "published": 1,
             "wanted_at": certificate["issued_at"], "signed_at": certificate["issued_at"]}
        )  # fmt: skip
    for table, some in rows.items():
        connection.execute(insert(table), some)
    connection.execute(
        update(bodies)
        .where(bodies.c.id == body)
        .values(events=chain[0], head=chain[1], next_list=entry[0], next_index=entry[1])
    )


def _only(connection: Connection, table: Any, body: str, number: str) -> dict[str, Any]:
    row = connection.execute(
        select(table).where(table.c.body == body, table.c.number == number)
    ).one()
    return dict(row._mapping)


def _continued(history: list[Entry], number: str, chain: tuple[int, str]) -> Iterator[Entry]:
    seq, head = chain
    for one in history:
        seq += 1
        copy = ledger._sealed(replace(one, seq=seq, subject=number), head)
        head = copy.hash
        yield copy
