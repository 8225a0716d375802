"""`proofmark api-key`: keys and clients with which machines act for a body."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import click

from service.commands.desk import Run, body_option, json_option, pass_run, read_json, show
from service.commands.people import change, look, role_option
from service.domain.dates import DAY_S, show_instant
from service.domain.people import COMMAND_LINE, Power, Role
from service.domain.text import clean
from service.registry import people as registry
from service.storage import machines
from service.storage.machines import Machine

_power = click.option(
    "--power", "powers", type=click.Choice([str(power) for power in Power]), multiple=True,
    help="Only this; may be repeated.",
)  # fmt: skip


@click.group(short_help="Keys with which machines act for a body.")
def api_key() -> None:
    """Keys with which machines act for a body."""


@api_key.command()
@click.argument("name")
@body_option
@role_option
@_power
@click.option("--days", type=click.IntRange(1, 400), default=365, show_default=True)
@pass_run
def new(run: Run, name: str, body: str, role: str, powers: tuple[str, ...], days: int) -> None:
    """Make an API key and print it: it is shown once and kept nowhere."""
    at = run.now()
    machine, secret = change(
        run,
        lambda connection: registry.new_api_key(
            connection, COMMAND_LINE, name, body=body, role=Role(role), scope=_scope(powers),
            expires_at=at + days * DAY_S, at=at,
        ),
    )  # fmt: skip
    click.echo(secret)
    click.echo(f"{machine.id} expires {show_instant(at + days * DAY_S)}.", err=True)


@api_key.command()
@click.argument("name")
@click.argument("jwk", type=click.File("rb"))
@body_option
@role_option
@_power
@pass_run
def client(
    run: Run, name: str, jwk: BinaryIO, body: str, role: str, powers: tuple[str, ...]
) -> None:
    """Register an OAuth client by its public key, a JWK in a file; prints its client_id."""
    public = read_json(jwk)
    machine = change(
        run,
        lambda connection: registry.register_client(
            connection, COMMAND_LINE, name, body=body, role=Role(role), scope=_scope(powers),
            jwk=public, at=run.now(),
        ),
    )  # fmt: skip
    click.echo(machine.id)


@api_key.command(name="list")
@json_option
@pass_run
def list_keys(run: Run, as_json: bool) -> None:
    """List keys and clients; no secret is kept that could be shown."""
    found, at = look(run, machines.at_bodies), run.now()
    rows = [_key_row(machine, body, role, at) for machine, body, role in found]
    show({"keys": rows}, lambda: map(_key_line, rows), as_json=as_json)


@api_key.command()
@click.argument("id")
@pass_run
def revoke(run: Run, id: str) -> None:
    """Revoke a key or client by its id, such as pmk_0123456789ab; it counts at once."""
    change(
        run,
        lambda connection: registry.end_machine(connection, COMMAND_LINE, id, at=run.now()),
    )
    click.echo(f"{clean(id)} is revoked.")


def _scope(powers: Sequence[str]) -> frozenset[Power] | None:
    return frozenset(map(Power, powers)) if powers else None


def _key_row(machine: Machine, body: str, role: str, at: int) -> dict[str, Any]:
    expires, used = machine.expires_at, machine.used_at
    return {
        "id": machine.id,
        "kind": machine.kind,
        "name": machine.name,
        "body": body,
        "role": role,
        "powers": None if machine.scope is None else sorted(machine.scope),
        "expires_at": None if expires is None else show_instant(expires),
        "used_at": None if used is None else show_instant(used),
        "good": machine.is_good(at),
    }


def _key_line(row: Mapping[str, Any]) -> str:
    state = "" if row["good"] else " (ended)"
    only = "" if row["powers"] is None else f", only {', '.join(row['powers'])}"
    return (
        f"{row['id']}{state}  {clean(row['name'])}: {row['role']} at {row['body']}{only}; "
        f"expires {row['expires_at'] or 'never'}, last used {row['used_at'] or 'never'}"
    )
