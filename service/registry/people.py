"""People and machines: who is invited, what roles they have, and which keys act for a body.

Whoever has the power over people at a body gives roles there. Nobody gives one to themselves, and a
role that may approve what needs two people is itself given by two, or on the command line of
whoever runs the service: else one person could make up the second (security.md R20, A11). Every
change stands in the ledger of the body concerned, or of the service.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from keys.jwk import KeyRefused, import_public
from service.domain.people import SERVICE, Actor, Power, Role, needs_two
from service.domain.refusal import Denied
from service.domain.text import clean
from service.storage import ledger, machines, people, register, signing_in
from service.storage.database import Connection
from service.storage.machines import API_KEY, CLIENT, Machine
from service.storage.people import MACHINE, SYSTEM, USER, Held, User
from service.storage.register import Body

# How long a code may wait for its person, and the longest life of an API key, in seconds.
CODE_S = 72 * 3_600
LONGEST_KEY_S = 400 * 86_400
_NAME_CHARS = 120
# Crockford's letters, which are not mistaken for one another: 25 of them are 125 bits.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def open_service(connection: Connection) -> None:
    """The service's own chain of events, begun when first needed."""
    try:
        register.body(connection, SERVICE)
    except Denied:
        register.add_body(connection, Body(SERVICE, "operator", "The service", "UTC"))


def invite(
    connection: Connection, actor: Actor, name: str, *, at: int, role: Role | None = None,
    body: str = SERVICE,
) -> tuple[User, str]:  # fmt: skip
    """A new person, perhaps with a role, and the code with which they join; it is shown once.

    Raises Denied ALREADY_EXISTS, BAD_PARAMETER, NAME_CONTROL_CHARS, DUAL_CONTROL_REQUIRED.
    """
    open_service(connection)
    people.require(connection, actor, body, Power.PEOPLE, at=at)
    user = User(secrets.token_hex(16), _name(name), at)
    people.add_user(connection, user)
    _write(connection, SERVICE, actor, user.id, "invited", at, {"name": user.name})
    if role is not None:
        give_role(connection, actor, Held(USER, user.id, body, role, at), at=at)
    return user, _code(connection, user.id, at)


def new_code(connection: Connection, actor: Actor, user: str, *, at: int) -> str:
    """A new code for somebody who lost their passkeys; whoever reads it can become them.

    So for somebody who may approve it is made on the command line only. Raises Denied.
    """
    open_service(connection)
    held = _check_over(connection, actor, user, at)
    if actor.kind != SYSTEM and any(needs_two(one.role) for one in held):
        raise Denied("NOT_ALLOWED", "A code for somebody who approves is made where it runs.")
    if people.user(connection, user).ended_at is not None:
        raise Denied("NOT_FOUND", "This account is closed.")
    _write(connection, SERVICE, actor, user, "code_made", at, {})
    return _code(connection, user, at)


def give_role(connection: Connection, actor: Actor, held: Held, *, at: int) -> None:
    """A role at a body. Raises Denied NOT_FOUND, ALREADY_EXISTS, NOT_ALLOWED for oneself, and
    DUAL_CONTROL_REQUIRED for a role that may approve.
    """  # fmt: skip
    open_service(connection)
    people.require(connection, actor, held.body, Power.PEOPLE, at=at)
    if (held.kind, held.holder) == (actor.kind, actor.id):
        raise Denied("NOT_ALLOWED", "Nobody gives a role to themselves.")
    if held.kind == USER:
        if people.user(connection, held.holder).ended_at is not None:
            raise Denied("NOT_FOUND", "This account is closed.")
        if needs_two(held.role) and actor.kind != SYSTEM and actor.proposed_by is None:
            raise Denied("DUAL_CONTROL_REQUIRED", "Propose it; a second person must approve.")
    people.give(connection, held)
    _write(connection, held.body, actor, held.holder, "role_given", at, _shown(held))


def take_role(connection: Connection, actor: Actor, held: Held, *, at: int) -> None:
    """Take a role away; it counts at once. Raises Denied NOT_FOUND."""
    people.require(connection, actor, held.body, Power.PEOPLE, at=at)
    people.take(connection, held.kind, held.holder, held.body, held.role)
    _write(connection, held.body, actor, held.holder, "role_taken", at, _shown(held))


def deactivate(connection: Connection, actor: Actor, user: str, *, at: int) -> None:
    """Close a person's account, and whatever is open with it. Raises Denied NOT_FOUND."""
    open_service(connection)
    held = _check_over(connection, actor, user, at)
    if people.user(connection, user).ended_at is not None:
        raise Denied("NOT_FOUND", "This account is closed.")
    people.end_user(connection, user, at=at)
    signing_in.end_sessions(connection, user, at=at)
    for one in held:
        _write(connection, one.body, actor, user, "role_taken", at, _shown(one))
    _write(connection, SERVICE, actor, user, "deactivated", at, {})


def new_api_key(
    connection: Connection, actor: Actor, name: str, *, body: str, role: Role,
    scope: frozenset[Power] | None, expires_at: int, at: int,
) -> tuple[Machine, str]:  # fmt: skip
    """An API key that acts for a body in a role, and its secret, which is shown once."""
    if not at < expires_at <= at + LONGEST_KEY_S:
        raise Denied("BAD_PARAMETER", "A key lasts 400 days at most.", "expires")
    id = f"pmk_{secrets.token_hex(6)}"
    secret = f"{id}_{secrets.token_urlsafe(32)}"
    machine = Machine(id, API_KEY, _name(name), scope, at, expires_at)
    _check_people(connection, actor, body, at)
    machines.add(connection, machine, secret=secret)
    _give_machine(connection, actor, machine, body, role, at)
    return machine, secret


def register_client(
    connection: Connection, actor: Actor, name: str, *, body: str, role: Role,
    scope: frozenset[Power] | None, jwk: Mapping[str, Any], at: int,
) -> Machine:  # fmt: skip
    """An OAuth client that proves itself with the private half of a key (RFC 7523).

    Raises Denied KEY_SHARED, and the code of a key that is refused.
    """
    try:
        public = import_public(dict(jwk), require_kid=False)
    except KeyRefused as refused:
        raise Denied(refused.code, "This key is refused.", "jwk") from None
    machine = Machine(
        f"pmc_{secrets.token_hex(6)}", CLIENT, _name(name), scope, at, None, jwk=public.jwk
    )
    _check_people(connection, actor, body, at)
    machines.add(connection, machine, thumbprint=public.thumbprint)
    _give_machine(connection, actor, machine, body, role, at)
    return machine


def end_machine(connection: Connection, actor: Actor, id: str, *, at: int) -> None:
    """Revoke an API key or a client, with the tokens that it was given. Raises Denied NOT_FOUND."""
    bodies = {held.body for held in people.of_holder(connection, MACHINE, id)} or {SERVICE}
    for body in bodies:
        _check_people(connection, actor, body, at)
    machines.end(connection, id, at=at)
    for body in sorted(bodies):
        _write(connection, body, actor, id, "ended", at, {})


def clear_body(connection: Connection, actor: Actor, body: str, *, at: int) -> None:
    """Take every role at a body that is here no longer; its keys and clients are then nobody."""
    _check_people(connection, actor, body, at)
    for held in people.at_body(connection, body):
        people.take(connection, held.kind, held.holder, held.body, held.role)
        _write(connection, body, actor, held.holder, "role_taken", at, _shown(held))


def read_code(text: str) -> str:
    """A code as it was made, however it was typed."""
    return text.strip().upper().translate(_READ)


def _check_over(connection: Connection, actor: Actor, user: str, at: int) -> list[Held]:
    """The roles of a person, over all of whom `actor` must have the power."""
    people.user(connection, user)
    held = list(people.of_holder(connection, USER, user))
    for body in {one.body for one in held} or {SERVICE}:
        people.require(connection, actor, body, Power.PEOPLE, at=at)
    return held


def _check_people(connection: Connection, actor: Actor, body: str, at: int) -> None:
    open_service(connection)
    people.require(connection, actor, body, Power.PEOPLE, at=at)


def _give_machine(
    connection: Connection, actor: Actor, machine: Machine, body: str, role: Role, at: int
) -> None:
    people.give(connection, Held(MACHINE, machine.id, body, role, at))
    data = {
        "kind": machine.kind, "name": machine.name, "role": role, "expires_at": machine.expires_at,
        "scope": None if machine.scope is None else sorted(machine.scope), "jwk": machine.jwk,
    }  # fmt: skip
    _write(connection, body, actor, machine.id, "made", at, data)


def _code(connection: Connection, user: str, at: int) -> str:
    code = "".join(secrets.choice(_LETTERS) for _ in range(25))
    signing_in.add_code(connection, code, user, expires_at=at + CODE_S)
    return "-".join(code[start : start + 5] for start in range(0, 25, 5))


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= _NAME_CHARS:
        raise Denied("BAD_PARAMETER", "A name has 1 to 120 characters.", "name")
    if clean(name) != name:
        raise Denied("NAME_CONTROL_CHARS", "A name has invisible characters.", "name")
    return name


def _shown(held: Held) -> dict[str, str]:
    return {"kind": held.kind, "role": str(held.role)}


def _write(
    connection: Connection, body: str, actor: Actor, subject: str, type: str, at: int,
    data: Mapping[str, Any],
) -> None:  # fmt: skip
    kind = "machine" if subject.startswith(("pmk_", "pmc_")) else "person"
    ledger.append(
        connection, body, kind=kind, subject=subject, type=type, at=at, actor=actor.name, data=data
    )
