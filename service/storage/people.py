"""People, the roles that people and machines have at bodies, and what each may do there.

Powers are read anew in the transaction that uses them: a role that is taken away counts at once,
whatever sessions and keys live on (security.md R20, A10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from service.domain.people import PERSONAL, POWERS, SERVICE, TWO_PEOPLE, Actor, Power, Role
from service.domain.refusal import Denied
from service.storage import register
from service.storage.canonical import normal
from service.storage.people_schema import machines, roles, users

USER, MACHINE, SYSTEM = "user", "machine", "system"


@dataclass(frozen=True, slots=True)
class User:
    """A person; instants in POSIX seconds, `ended_at` when the account was closed."""

    id: str
    name: str
    created_at: int
    ended_at: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has at a body, since an instant; `kind` is user or machine."""

    kind: str
    holder: str
    body: str
    role: Role
    since: int


def add_user(connection: Connection, user: User) -> None:
    """A new person. Raises Denied ALREADY_EXISTS where the name, in any spelling, is taken."""
    if connection.execute(select(users.c.id).where(_named(user.name))).first() is not None:
        raise Denied("ALREADY_EXISTS", "Somebody has this name already.", "name")
    connection.execute(
        insert(users).values(
            id=user.id, name=user.name, normal=normal(user.name),
            created_at=user.created_at, ended_at=user.ended_at,
        )
    )  # fmt: skip


def user(connection: Connection, id: str) -> User:
    """A person by id. Raises Denied NOT_FOUND."""
    return _user(connection.execute(select(users).where(users.c.id == id)).one_or_none())


def user_named(connection: Connection, name: str) -> User:
    """A person by name, in any spelling. Raises Denied NOT_FOUND."""
    return _user(connection.execute(select(users).where(_named(name))).one_or_none())


def all_users(connection: Connection) -> Sequence[User]:
    """Every person, by name."""
    return [_user(row) for row in connection.execute(select(users).order_by(users.c.normal))]


def end_user(connection: Connection, id: str, *, at: int) -> None:
    """Close a person's account, with the roles that go with it."""
    connection.execute(update(users).where(users.c.id == id).values(ended_at=at))
    connection.execute(delete(roles).where(roles.c.kind == USER, roles.c.holder == id))


def give(connection: Connection, held: Held) -> None:
    """A role for somebody. Raises Denied ALREADY_EXISTS, or NOT_FOUND for an unknown body."""
    register.body(connection, held.body)
    if held.role in {one.role for one in of_holder(connection, held.kind, held.holder, held.body)}:
        raise Denied("ALREADY_EXISTS", "This role is given already.", "role")
    connection.execute(
        insert(roles).values(
            kind=held.kind, holder=held.holder, body=held.body, role=str(held.role),
            since=held.since,
        )
    )  # fmt: skip


def take(connection: Connection, kind: str, holder: str, body: str, role: Role) -> None:
    """A role from somebody. Raises Denied NOT_FOUND."""
    done = connection.execute(
        delete(roles).where(
            roles.c.kind == kind, roles.c.holder == holder, roles.c.body == body,
            roles.c.role == str(role),
        )
    )  # fmt: skip
    if done.rowcount != 1:
        raise Denied("NOT_FOUND", "This role is not held.", "role")


def of_holder(connection: Connection, kind: str, holder: str, *bodies: str) -> Sequence[Held]:
    """The roles of one, at these bodies or everywhere."""
    wanted = select(roles).where(roles.c.kind == kind, roles.c.holder == holder)
    if bodies:
        wanted = wanted.where(roles.c.body.in_(bodies))
    return [_held(row) for row in connection.execute(wanted.order_by(roles.c.body, roles.c.role))]


def at_body(connection: Connection, body: str) -> Sequence[Held]:
    """Every role that is held at a body."""
    wanted = select(roles).where(roles.c.body == body)
    rows = connection.execute(wanted.order_by(roles.c.kind, roles.c.holder, roles.c.role))
    return [_held(row) for row in rows]


def powers(connection: Connection, actor: Actor, body: str, *, at: int) -> frozenset[Power]:
    """What somebody may do at a body at an instant, by the roles of this moment."""
    found = _roles(connection, actor, at, body, SERVICE)
    # The clock and the command line have no roles: they may what nobody has to be asked for.
    granted = frozenset(Power) - TWO_PEOPLE if actor.kind == SYSTEM else _powers(found)
    return _narrowed(actor, granted)


def powers_anywhere(connection: Connection, actor: Actor, *, at: int) -> frozenset[Power]:
    """What somebody may do at one body or another: enough to ask, never to act."""
    return _narrowed(actor, _powers(_roles(connection, actor, at)))


def require(connection: Connection, actor: Actor, body: str, power: Power, *, at: int) -> None:
    """Raises Denied where somebody may not use a power at a body at an instant.

    NOT_FOUND where they have no role there, so that nobody learns who is; NOT_ALLOWED where their
    roles do not give this power; DUAL_CONTROL_REQUIRED where it needs a second person, and this one
    does not do what another has proposed.
    """
    if power not in powers(connection, actor, body, at=at):
        if actor.kind != SYSTEM and not _roles(connection, actor, at, body, SERVICE):
            raise Denied("NOT_FOUND")
        raise Denied("NOT_ALLOWED", "Your role does not allow this.")
    if power in TWO_PEOPLE and actor.proposed_by in (None, actor.name):
        raise Denied("DUAL_CONTROL_REQUIRED", "Propose it; a second person must approve.")


def _roles(connection: Connection, actor: Actor, at: int, *bodies: str) -> Sequence[Held]:
    """The roles that count at the first of `bodies`, or everywhere where none is named."""
    if actor.kind not in (USER, MACHINE) or not _is_here(connection, actor, at):
        return ()
    found = of_holder(connection, actor.kind, actor.id, *bodies)
    # Of the roles at the service only the operator's counts at every body.
    return [
        held for held in found if not bodies or held.body == bodies[0] or held.role is Role.OPERATOR
    ]


def _is_here(connection: Connection, actor: Actor, at: int) -> bool:
    if actor.kind == USER:
        ended = connection.execute(select(users.c.ended_at).where(users.c.id == actor.id)).first()
        return ended is not None and ended[0] is None
    row = connection.execute(
        select(machines.c.ended_at, machines.c.expires_at).where(machines.c.id == actor.id)
    ).first()
    return row is not None and row[0] is None and (row[1] is None or at < row[1])


def _powers(found: Sequence[Held]) -> frozenset[Power]:
    return frozenset(power for held in found for power in POWERS[held.role])


def _narrowed(actor: Actor, granted: frozenset[Power]) -> frozenset[Power]:
    if actor.kind == MACHINE:
        granted -= PERSONAL
    return granted if actor.scope is None else granted & actor.scope


def _named(name: str) -> Any:
    return users.c.normal == normal(name)


def _user(row: Any) -> User:
    if row is None:
        raise Denied("NOT_FOUND", "Nobody has this name.", "name")
    return User(row.id, row.name, row.created_at, row.ended_at)


def _held(row: Any) -> Held:
    return Held(row.kind, row.holder, row.body, Role(row.role), row.since)
