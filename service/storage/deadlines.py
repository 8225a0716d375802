"""What has come near, or is late: certificates by one of their days, and publications that wait."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, or_, select, tuple_

from service.storage.schema import certificates, publications


@dataclass(frozen=True, slots=True)
class Deadline:
    """A certificate with the civil day that was looked for."""

    number: str
    holder: str
    day: date


def certificates_by(
    connection: Connection, body: str, column: str, *, first: date | None, last: date,
    states: Collection[str], today: date, after: Deadline | None = None, limit: int,
) -> Sequence[Deadline]:  # fmt: skip
    """A page of certificates whose `column` (next_due, overdue_from, expires, since) lies between
    two days, by that day; of those in one of `states` and not expired `today`."""
    table = certificates.c
    day = table[column]
    wanted = select(table.number, table.holder, day.label("day")).where(
        table.body == body, day <= last.isoformat(), table.state.in_(sorted(states)),
        or_(table.expires.is_(None), table.expires >= today.isoformat()),
    )  # fmt: skip
    if first is not None:
        wanted = wanted.where(day >= first.isoformat())
    if after is not None:
        wanted = wanted.where(tuple_(day, table.number) > (after.day.isoformat(), after.number))
    rows = connection.execute(wanted.order_by(day, table.number).limit(limit))
    return [Deadline(row.number, row.holder, date.fromisoformat(row.day)) for row in rows]


def unpublished_since(
    connection: Connection, body: str, *, changed_before: int, signed_before: int
) -> int | None:
    """The instant of a body's oldest change that waits since before `changed_before`, or of its
    oldest document that was last signed before `signed_before`; POSIX seconds, None for neither."""
    table = publications.c
    changed = select(table.wanted_at).where(
        table.body == body, table.wanted != table.published, table.wanted_at < changed_before
    )
    signed = select(table.signed_at).where(
        table.body == body, table.wanted == table.published, table.signed_at < signed_before
    )
    found = [
        connection.execute(changed.order_by(table.wanted_at).limit(1)).scalar(),
        connection.execute(signed.order_by(table.signed_at).limit(1)).scalar(),
    ]
    return min((at for at in found if at is not None), default=None)
