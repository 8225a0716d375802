"""The keys of the bodies that work here: what for, from when, until when, and where each rests.

Only public keys and references to where the private ones rest are in the database (`keys.custody`).
A retired or lost key stays: it answers for what it has signed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.domain.refusal import Denied
from service.storage.canonical import written
from service.storage.schema import keys


@dataclass(frozen=True, slots=True)
class BodyKey:
    """A key of a body, usable at since ≤ t < until, lost if `revoked` is set; POSIX seconds."""

    body: str
    kid: str
    purposes: tuple[str, ...]
    reference: str
    jwk: Mapping[str, Any]
    thumbprint: str
    since: int
    until: int | None = None
    revoked: int | None = None

    def usable(self, purpose: str, at: int) -> bool:
        """Whether it may sign for a purpose at an instant."""
        in_window = self.since <= at and (self.until is None or at < self.until)
        return purpose in self.purposes and in_window and self.revoked is None


def add(connection: Connection, key: BodyKey) -> None:
    """A new key. Raises Denied KEY_SHARED where the key, or its name, is in use already."""
    try:
        connection.execute(
            insert(keys).values(
                body=key.body, kid=key.kid, purposes=" ".join(key.purposes),
                reference=key.reference, jwk=written(key.jwk), thumbprint=key.thumbprint,
                since=key.since, until=key.until, revoked=key.revoked,
            )
        )  # fmt: skip
    except IntegrityError:
        raise Denied("KEY_SHARED", "This key, or a key of this name, is here already.") from None


def of(connection: Connection, body: str) -> Sequence[BodyKey]:
    """Every key of a body, the newest last."""
    rows = connection.execute(
        select(keys).where(keys.c.body == body).order_by(keys.c.since, keys.c.kid)
    )
    return [_key(row) for row in rows]


def usable(connection: Connection, body: str, purpose: str, at: int) -> BodyKey:
    """The newest key that may sign for a purpose at an instant. Raises Denied KEY_UNKNOWN."""
    for key in reversed(of(connection, body)):
        if key.usable(purpose, at):
            return key
    raise Denied("KEY_UNKNOWN", f"{body} has no key in use to sign a {purpose}.")


def end(
    connection: Connection, body: str, kid: str, *, until: int | None = None,
    revoked: int | None = None,
) -> BodyKey:  # fmt: skip
    """Retire a key at an instant, or call it lost since one. Raises Denied NOT_FOUND."""
    here = (keys.c.body == body, keys.c.kid == kid)
    row = connection.execute(select(keys).where(*here)).one_or_none()
    if row is None:
        raise Denied("NOT_FOUND")
    key = _key(row)
    new_until = key.until if until is None else min(until, key.until or until)
    new_revoked = key.revoked if revoked is None else min(revoked, key.revoked or revoked)
    connection.execute(update(keys).where(*here).values(until=new_until, revoked=new_revoked))
    return BodyKey(
        body, kid, key.purposes, key.reference, key.jwk, key.thumbprint, key.since,
        new_until, new_revoked,
    )  # fmt: skip


def _key(row: Any) -> BodyKey:
    return BodyKey(
        row.body, row.kid, tuple(row.purposes.split()), row.reference, json.loads(row.jwk),
        row.thumbprint, row.since, row.until, row.revoked,
    )  # fmt: skip
