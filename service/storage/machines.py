"""Machines that act for a body: API keys, and OAuth clients with the tokens that they are given.

An API key is 256 random bits, shown once; its id stands in front of it, so that it can be found and
named. A client proves itself with a key pair whose public half is here. What either may do is what
its roles say, narrowed by its scope.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from service.domain.people import Power
from service.domain.refusal import Denied
from service.storage.canonical import written
from service.storage.people_schema import assertions, machines, roles, tokens
from service.storage.signing_in import hashed

API_KEY, CLIENT = "api_key", "client"
USED_EVERY_S = 60


@dataclass(frozen=True, slots=True)
class Machine:
    """An API key or a client; instants in POSIX seconds, no scope is every power of its roles."""

    id: str
    kind: str
    name: str
    scope: frozenset[Power] | None
    created_at: int
    expires_at: int | None
    ended_at: int | None = None
    used_at: int | None = None
    jwk: Mapping[str, Any] | None = None

    def is_good(self, at: int) -> bool:
        """Whether it may act at an instant."""
        return self.ended_at is None and (self.expires_at is None or at < self.expires_at)


def add(
    connection: Connection, machine: Machine, *, secret: str | None = None,
    thumbprint: str | None = None,
) -> None:  # fmt: skip
    """A new machine. Raises Denied KEY_SHARED where its public key is another's."""
    same = select(machines.c.id).where(machines.c.thumbprint == thumbprint)
    if thumbprint is not None and connection.execute(same).first() is not None:
        raise Denied("KEY_SHARED", "This key is another client's already.", "jwk")
    connection.execute(
        insert(machines).values(
            id=machine.id, kind=machine.kind, name=machine.name, scope=_text(machine.scope),
            created_at=machine.created_at, expires_at=machine.expires_at,
            ended_at=machine.ended_at, used_at=machine.used_at,
            hash=None if secret is None else hashed(secret),
            jwk=None if machine.jwk is None else written(machine.jwk), thumbprint=thumbprint,
        )
    )  # fmt: skip


def find(connection: Connection, id: str) -> Machine:
    """A machine by id. Raises Denied NOT_FOUND."""
    row = connection.execute(select(machines).where(machines.c.id == id)).one_or_none()
    if row is None:
        raise Denied("NOT_FOUND", "There is no such key or client.")
    return _machine(row)


def of_secret(connection: Connection, secret: str, *, at: int) -> Machine | None:
    """The API key that this is, where it is good and a body still gives it a role."""
    row = connection.execute(
        select(machines).where(machines.c.hash == hashed(secret), _has_role())
    ).one_or_none()
    found = None if row is None else _machine(row)
    return found if found is not None and found.is_good(at) else None


def client(connection: Connection, id: str, *, at: int) -> Machine | None:
    """A client that may ask for a token."""
    row = connection.execute(
        select(machines).where(machines.c.id == id, machines.c.kind == CLIENT, _has_role())
    ).one_or_none()
    found = None if row is None else _machine(row)
    return found if found is not None and found.is_good(at) else None


def at_bodies(connection: Connection, *bodies: str) -> Sequence[tuple[Machine, str, str]]:
    """Machines with the bodies and roles that they have, at these bodies or everywhere."""
    wanted = select(machines, roles.c.body, roles.c.role).join(roles, _theirs())
    if bodies:
        wanted = wanted.where(roles.c.body.in_(bodies))
    rows = connection.execute(wanted.order_by(machines.c.created_at, machines.c.id))
    return [(_machine(row), row.body, row.role) for row in rows]


def use(connection: Connection, id: str, *, at: int) -> None:
    """Note that a machine was heard of."""
    connection.execute(update(machines).where(machines.c.id == id).values(used_at=at))


def end(connection: Connection, id: str, *, at: int) -> None:
    """End a machine and the tokens that it was given. Raises Denied NOT_FOUND."""
    done = connection.execute(
        update(machines)
        .where(machines.c.id == id, machines.c.ended_at.is_(None))
        .values(ended_at=at)
    )
    if done.rowcount != 1:
        raise Denied("NOT_FOUND", "There is no such key or client.")
    connection.execute(delete(tokens).where(tokens.c.machine == id))


def use_assertion(
    connection: Connection, machine: str, jti: str, *, at: int, expires_at: int
) -> bool:
    """Whether an assertion is a client's for the first time; from now on it is used."""
    connection.execute(delete(assertions).where(assertions.c.expires_at <= at))
    here = (assertions.c.machine == machine, assertions.c.jti == hashed(jti))
    if connection.execute(select(assertions.c.jti).where(*here)).first() is not None:
        return False
    connection.execute(
        insert(assertions).values(machine=machine, jti=hashed(jti), expires_at=expires_at)
    )
    return True


def add_token(
    connection: Connection, token: str, machine: str, scope: frozenset[Power] | None, *,
    at: int, expires_at: int,
) -> None:  # fmt: skip
    """A short-lived token of a client."""
    connection.execute(delete(tokens).where(tokens.c.expires_at <= at))
    connection.execute(
        insert(tokens).values(
            hash=hashed(token), machine=machine, scope=_text(scope), expires_at=expires_at
        )
    )


def of_token(
    connection: Connection, token: str, *, at: int
) -> tuple[Machine, frozenset[Power] | None] | None:
    """The client that a token was given to, and the token's own scope."""
    row = connection.execute(
        select(machines, tokens.c.scope.label("narrowed"))
        .join(tokens, tokens.c.machine == machines.c.id)
        .where(tokens.c.hash == hashed(token), tokens.c.expires_at > at, _has_role())
    ).one_or_none()
    found = None if row is None else _machine(row)
    if row is None or found is None or not found.is_good(at):
        return None
    return found, _scope(row.narrowed)


def _theirs() -> Any:
    return (roles.c.kind == "machine") & (roles.c.holder == machines.c.id)


def _has_role() -> Any:
    # A machine that no body gives a role any more is nobody (security.md A12).
    return select(roles.c.role).where(_theirs()).exists()


def _text(scope: frozenset[Power] | None) -> str | None:
    return None if scope is None else " ".join(sorted(scope))


def _scope(text: str | None) -> frozenset[Power] | None:
    return None if text is None else frozenset(Power(word) for word in text.split())


def _machine(row: Any) -> Machine:
    return Machine(
        row.id, row.kind, row.name, _scope(row.scope), row.created_at, row.expires_at,
        row.ended_at, row.used_at, None if row.jwk is None else json.loads(row.jwk),
    )  # fmt: skip
