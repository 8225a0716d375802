"""`proofmark user`: who may work here, and in what roles.

The first person is invited here, by whoever may run a command where the service runs, and so is
everybody who may approve what needs two people.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import click

from service.commands.desk import Run, json_option, pass_run, refusals, show
from service.domain.people import COMMAND_LINE, SERVICE, Role
from service.domain.text import clean
from service.registry import people as registry
from service.registry.people import CODE_S
from service.storage import people
from service.storage.database import Connection
from service.storage.migrating import check_schema
from service.storage.people import USER, Held, User

_Result = TypeVar("_Result")
_ROLES = click.Choice([str(role) for role in Role])
role_option = click.option("--role", type=_ROLES, required=True, help="The role.")
_at_body = click.option(
    "--body", metavar="ID", default=SERVICE, help="Entity id of the body; the service if not given."
)


@click.group(short_help="Invite people, and say what they may do.")
def user() -> None:
    """Invite people, and say what they may do."""


@user.command()
@click.argument("name")
@click.option("--role", type=_ROLES, help="A role to begin with.")
@_at_body
@pass_run
def invite(run: Run, name: str, role: str | None, body: str) -> None:
    """Invite somebody: prints the one-time code with which they make their passkey."""
    given = None if role is None else Role(role)
    person, code = change(
        run,
        lambda connection: registry.invite(
            connection, COMMAND_LINE, name, at=run.now(), role=given, body=body
        ),
    )
    click.echo(f"{clean(person.name)} is invited.")
    _tell(run, code)


@user.command()
@click.argument("name")
@pass_run
def code(run: Run, name: str) -> None:
    """Make a new code for somebody whose passkeys are lost."""
    made = change(
        run,
        lambda connection: registry.new_code(
            connection, COMMAND_LINE, people.user_named(connection, name).id, at=run.now()
        ),
    )
    _tell(run, made)


@user.command(name="list")
@json_option
@pass_run
def list_users(run: Run, as_json: bool) -> None:
    """List people with their roles."""
    found = look(run, _everybody)
    show({"users": [_row(*one) for one in found]}, lambda: _lines(found), as_json=as_json)


@user.command()
@click.argument("name")
@pass_run
def deactivate(run: Run, name: str) -> None:
    """Close somebody's account: their roles, sessions and passkeys open nothing any more."""
    change(
        run,
        lambda connection: registry.deactivate(
            connection, COMMAND_LINE, people.user_named(connection, name).id, at=run.now()
        ),
    )
    click.echo(f"The account of {clean(name)} is closed.")


@user.group(short_help="Give and take roles.")
def role() -> None:
    """Give and take roles; both count at once."""


@role.command()
@click.argument("name")
@role_option
@_at_body
@pass_run
def add(run: Run, name: str, role: str, body: str) -> None:
    """Give somebody a role at a body."""
    _role_change(run, registry.give_role, name, role, body)
    click.echo(f"{clean(name)} is {role} at {body}.")


@role.command()
@click.argument("name")
@role_option
@_at_body
@pass_run
def remove(run: Run, name: str, role: str, body: str) -> None:
    """Take a role away from somebody."""
    _role_change(run, registry.take_role, name, role, body)
    click.echo(f"{clean(name)} is no longer {role} at {body}.")


def change(run: Run, work: Callable[[Connection], _Result]) -> _Result:
    """One transaction on the register. Raises Refusal."""
    database = run.database()
    with refusals():
        check_schema(database)
        return database.write(work)


def look(run: Run, work: Callable[[Connection], _Result]) -> _Result:
    """Something read of the register. Raises Refusal."""
    database = run.database()
    with refusals():
        check_schema(database)
        return database.read(work)


def _role_change(run: Run, act: Any, name: str, role: str, body: str) -> None:
    def work(connection: Connection) -> None:
        holder = people.user_named(connection, name).id
        held = Held(USER, holder, body, Role(role), run.now())
        act(connection, COMMAND_LINE, held, at=run.now())

    change(run, work)


def _tell(run: Run, code: str) -> None:
    click.echo(f"Code: {code}")
    click.echo(f"Page: {run.settings().base_url}/join#{code}")
    click.echo(f"It works once, for {CODE_S // 3_600} hours. Whoever has it can join as them.")


def _everybody(connection: Connection) -> list[tuple[User, Sequence[Held]]]:
    return [
        (one, people.of_holder(connection, USER, one.id)) for one in people.all_users(connection)
    ]


def _row(person: User, held: Sequence[Held]) -> Mapping[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "closed": person.ended_at is not None,
        "roles": [{"role": str(one.role), "body": one.body} for one in held],
    }


def _lines(found: Sequence[tuple[User, Sequence[Held]]]) -> Iterator[str]:
    for person, held in found:
        closed = " (closed)" if person.ended_at is not None else ""
        yield f"{clean(person.name)}{closed}"
        yield from (f"  {one.role} at {one.body}" for one in held)
