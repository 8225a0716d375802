"""The register: bodies, numbers, certificates, revisions and the entries of their status lists.

Numbers and list entries are given out in sequence from rows that are locked, and are unique by
constraint; none is ever used again, whatever becomes of the certificate (security.md R18).
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.domain.refusal import Denied
from service.storage.canonical import normal
from service.storage.ledger import NOTHING
from service.storage.schema import bodies, certificates, revisions, series

# Entries of one list: 8 KiB of four-bit values, so that a change costs the same in a register of
# any size, and one list still hides which certificate is looked up among thousands.
LIST_ENTRIES = 16_384
FIRST_LIST = 1


@dataclass(frozen=True, slots=True)
class Body:
    """A body that works here: its entity id, role, name, zone, and who stands above it."""

    id: str
    role: str
    name: str
    zone: str
    superior: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as its events add up; civil days as ISO texts, instants in POSIX seconds."""

    body: str
    number: str
    kind: str
    standards: str
    holder: str
    state: str
    revision: int
    decided: str
    effective: str
    expires: str | None
    since: str | None
    next_due: str | None
    overdue_from: str | None
    turns_on: str | None
    migrated: bool
    likeness: str
    issued_at: int
    version: int
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: what is to be signed, and the token once it is."""

    body: str
    number: str
    rev: int
    list: int
    idx: int
    state: str
    value: int
    act: str
    claims: Mapping[str, Any]
    dossier: Mapping[str, Any]
    dossier_sha256: str
    actor: str
    scope: str | None
    key: str | None
    intended_at: int
    token: str | None
    signing_sha256: str | None


def add_body(connection: Connection, body: Body) -> None:
    """A new body with an empty chain. Raises Denied ALREADY_EXISTS."""
    try:
        connection.execute(
            insert(bodies).values(
                id=body.id, role=body.role, name=body.name, zone=body.zone,
                superior=body.superior, events=0, head=NOTHING,
                next_list=FIRST_LIST, next_index=0, last_iat=0,
            )
        )  # fmt: skip
    except IntegrityError:
        raise Denied("ALREADY_EXISTS", "This body is already here.") from None


def body(connection: Connection, id: str) -> Body:
    """A body. Raises Denied NOT_FOUND."""
    row = connection.execute(select(bodies).where(bodies.c.id == id)).one_or_none()
    if row is None:
        raise Denied("NOT_FOUND")
    return Body(row.id, row.role, row.name, row.zone, row.superior)


def all_bodies(connection: Connection) -> Sequence[Body]:
    """Every body, in the order of ids."""
    rows = connection.execute(select(bodies).order_by(bodies.c.id))
    return [Body(row.id, row.role, row.name, row.zone, row.superior) for row in rows]


def next_number(connection: Connection, body: str, name: str) -> int:
    """The next number of a body's series (such as a year), from 1; the body's row is locked."""
    here = (series.c.body == body, series.c.name == name)
    found = connection.execute(select(series.c.next).where(*here).with_for_update()).scalar()
    if found is None:
        connection.execute(insert(series).values(body=body, name=name, next=2))
        return 1
    connection.execute(update(series).where(*here).values(next=found + 1))
    return int(found)


def next_entry(connection: Connection, body: str) -> tuple[int, int]:
    """The next list and index of a body, whose row is locked; after a full list the next one."""
    name, index = upcoming_entry(connection, body)
    connection.execute(
        update(bodies).where(bodies.c.id == body).values(next_list=name, next_index=index + 1)
    )
    return name, index


def upcoming_entry(connection: Connection, body: str) -> tuple[int, int]:
    """The list and index that `next_entry` will give; the body's row is locked."""
    row = connection.execute(
        select(bodies.c.next_list, bodies.c.next_index).where(bodies.c.id == body).with_for_update()
    ).one()
    if row.next_index >= LIST_ENTRIES:
        return row.next_list + 1, 0
    return row.next_list, row.next_index


def use_entries(connection: Connection, body: str, name: int, used: int) -> None:
    """Give out neither the first `used` entries of a list nor a list before it any more."""
    row = connection.execute(
        select(bodies.c.next_list, bodies.c.next_index).where(bodies.c.id == body)
    ).one()
    if (name, used) > (row.next_list, row.next_index):
        connection.execute(
            update(bodies).where(bodies.c.id == body).values(next_list=name, next_index=used)
        )


def entries_of(connection: Connection, body: str, name: int) -> frozenset[int]:
    """The entries of a list that a revision stands behind."""
    found = select(revisions.c.idx).where(revisions.c.body == body, revisions.c.list == name)
    return frozenset(connection.execute(found).scalars())


def next_iat(connection: Connection, body: str, at: int) -> int:
    """The instant to sign a certificate with: `at`, or the newest one if the clock went back."""
    last: int = connection.execute(
        select(bodies.c.last_iat).where(bodies.c.id == body)
    ).scalar_one()
    iat = max(at, last)
    connection.execute(update(bodies).where(bodies.c.id == body).values(last_iat=iat))
    return iat


def list_values(connection: Connection, body: str, name: int) -> tuple[int, Mapping[int, int]]:
    """How many entries of a list are given out, and those that are not 0."""
    row = connection.execute(
        select(bodies.c.next_list, bodies.c.next_index).where(bodies.c.id == body)
    ).one()
    used = row.next_index if name == row.next_list else LIST_ENTRIES if name < row.next_list else 0
    found = connection.execute(
        select(revisions.c.idx, revisions.c.value).where(
            revisions.c.body == body, revisions.c.list == name, revisions.c.value != 0
        )
    )
    return used, {row.idx: row.value for row in found}


def add_certificate(connection: Connection, one: Certificate) -> None:
    """A new number. Raises Denied DUPLICATE_CERTIFICATE where it has been used, in any spelling."""
    try:
        connection.execute(insert(certificates).values(**_row(one)))
    except IntegrityError:
        raise Denied(
            "DUPLICATE_CERTIFICATE", f"The number {one.number} has been used.", number=one.number
        ) from None


def change_certificate(connection: Connection, one: Certificate) -> Certificate:
    """The certificate as it is now. Raises Denied VERSION_CONFLICT if it has changed."""
    done = connection.execute(
        update(certificates)
        .where(
            certificates.c.body == one.body,
            certificates.c.number == one.number,
            certificates.c.version == one.version,
        )
        .values(**_row(replace(one, version=one.version + 1)))
    )
    if done.rowcount != 1:
        raise Denied("VERSION_CONFLICT", "It was changed by somebody else meanwhile.")
    return replace(one, version=one.version + 1)


def certificate(connection: Connection, body: str, number: str) -> Certificate:
    """A certificate, by its number in any spelling. Raises Denied NOT_FOUND."""
    row = connection.execute(
        select(certificates).where(
            certificates.c.body == body, certificates.c.normal == normal(number)
        )
    ).one_or_none()
    if row is None:
        raise Denied("NOT_FOUND")
    return _certificate(row)


def alike(connection: Connection, body: str, likeness: str, *, since: int) -> str | None:
    """The number of one that says the same and was issued at `since` (POSIX seconds) or later."""
    found = connection.execute(
        select(certificates.c.number).where(
            certificates.c.body == body,
            certificates.c.likeness == likeness,
            certificates.c.issued_at >= since,
            certificates.c.state != "void",
        )
    )
    return found.scalars().first()


def certificates_of(
    connection: Connection, body: str, *, after: str = "", limit: int = 100,
    states: Collection[str] = (), holder: str | None = None, due_by: str | None = None,
    expires_by: str | None = None,
) -> Sequence[Certificate]:  # fmt: skip
    """A page of a body's certificates in the order of numbers, from the one after `after`."""
    table = certificates.c
    wanted = select(certificates).where(table.body == body, table.number > after)
    if states:
        wanted = wanted.where(table.state.in_(sorted(states)))
    if holder is not None:
        wanted = wanted.where(table.holder_normal == normal(holder))
    if due_by is not None:
        wanted = wanted.where(table.next_due <= due_by)
    if expires_by is not None:
        wanted = wanted.where(table.expires <= expires_by)
    rows = connection.execute(wanted.order_by(table.number).limit(limit))
    return [_certificate(row) for row in rows]


def turning(connection: Connection, body: str, *, today: str, limit: int) -> Sequence[str]:
    """Numbers of certificates whose list entry changes by itself on a civil day or before."""
    table = certificates.c
    rows = connection.execute(
        select(table.number)
        .where(table.body == body, table.turns_on <= today)
        .order_by(table.turns_on)
        .limit(limit)
    )
    return list(rows.scalars())


def add_revision(connection: Connection, one: Revision) -> None:
    """Write down what is about to be signed."""
    connection.execute(insert(revisions).values(**_revision_row(one)))


def change_revision(connection: Connection, one: Revision, *, was: str) -> None:
    """The revision in a new state or with a new value. Raises Denied VERSION_CONFLICT."""
    done = connection.execute(
        update(revisions)
        .where(
            revisions.c.body == one.body, revisions.c.number == one.number,
            revisions.c.rev == one.rev, revisions.c.state == was,
        )
        .values(
            state=one.state, value=one.value, token=one.token, signing_sha256=one.signing_sha256
        )
    )  # fmt: skip
    if done.rowcount != 1:
        raise Denied("VERSION_CONFLICT", "It was changed by somebody else meanwhile.")


def revision(connection: Connection, body: str, number: str, rev: int) -> Revision:
    """One revision as it is now. Raises Denied NOT_FOUND."""
    row = connection.execute(
        select(revisions).where(
            revisions.c.body == body, revisions.c.number == number, revisions.c.rev == rev
        )
    ).one_or_none()
    if row is None:
        raise Denied("NOT_FOUND")
    return _revision(row)


def revisions_of(connection: Connection, body: str, number: str) -> Sequence[Revision]:
    """Every revision of a certificate, the first one first."""
    rows = connection.execute(
        select(revisions)
        .where(revisions.c.body == body, revisions.c.number == number)
        .order_by(revisions.c.rev)
    )
    return [_revision(row) for row in rows]


def intended_by(connection: Connection, scope: str, key: str) -> list[Revision]:
    """What was intended for a request, by its key."""
    rows = connection.execute(
        select(revisions)
        .where(revisions.c.scope == scope, revisions.c.key == key)
        .order_by(revisions.c.list, revisions.c.idx)
    )
    return [_revision(row) for row in rows]


def open_intents(connection: Connection, *, before: int, limit: int = 100) -> Iterator[Revision]:
    """What was to be signed before an instant (POSIX seconds) and is neither signed nor void."""
    rows = connection.execute(
        select(revisions)
        .where(revisions.c.state == "intent", revisions.c.intended_at < before)
        .order_by(revisions.c.intended_at)
        .limit(limit)
    )
    yield from map(_revision, rows)


def _row(one: Certificate) -> dict[str, Any]:
    fields = {name: getattr(one, name) for name in one.__slots__}
    return fields | {"normal": normal(one.number), "holder_normal": normal(one.holder)}


def _certificate(row: Any) -> Certificate:
    return Certificate(**{name: getattr(row, name) for name in Certificate.__slots__})


def _revision_row(one: Revision) -> dict[str, Any]:
    fields = {name: getattr(one, name) for name in one.__slots__}
    # Not canonical: the order of the claims is that of the token (`claims.ordered`).
    texts = {
        name: json.dumps(fields[name], ensure_ascii=False, separators=(",", ":"))
        for name in ("claims", "dossier")
    }
    return fields | texts


def _revision(row: Any) -> Revision:
    texts = {name: json.loads(row._mapping[name]) for name in ("claims", "dossier")}
    return Revision(**{**row._mapping, **texts})
