"""What this service trusts, and by what it judges: proposed here, approved by a second person."""

import json
from typing import BinaryIO

import click

from service.commands.desk import Run, pass_run, read_json, refusals
from service.domain.people import COMMAND_LINE, SERVICE
from service.registry import approvals
from service.registry.actions import actions
from service.storage.ground import parse_anchors_file, parse_policy_file


@click.group(short_help="Show or change the trust anchors.")
def anchors() -> None:
    """Show or change the trust anchors."""


@anchors.command(name="show")
@pass_run
def show_anchors(run: Run, /) -> None:
    """Print the anchors that are trusted, with the thumbprints of their keys."""
    for one in run.office().evidence.anchors:
        click.echo(f"{one.id}  {one.name or ''}  {one.purpose or one.kind}")
        for key in one.keys.values():
            click.echo(f"    {key.kid}  {key.thumbprint}")


@anchors.command(name="propose")
@click.argument("content", type=click.File("rb"))
@pass_run
def propose_anchors(run: Run, /, content: BinaryIO) -> None:
    """Propose to trust the anchors in CONTENT (as anchors.json has them), and no others."""
    asked = read_json(content)
    with refusals():
        parse_anchors_file(asked, run.office().evidence.catalogue)
    _propose(run, "anchors.set", {"anchors": asked["anchors"]})


@click.group(short_help="Show or change the policy.")
def policy() -> None:
    """Show or change the policy."""


@policy.command(name="propose")
@click.argument("content", type=click.File("rb"))
@pass_run
def propose_policy(run: Run, /, content: BinaryIO) -> None:
    """Propose to judge by the policy in CONTENT (as policy.json has it)."""
    asked = read_json(content)
    with refusals():
        parse_policy_file(asked)
    _propose(run, "policy.set", {"content": asked})


@policy.command(name="show")
@pass_run
def show_policy(run: Run, /) -> None:
    """Print the policy in force."""
    found = run.office().evidence.policy
    rows = {name: getattr(found, name) for name in found.__dataclass_fields__}
    click.echo(json.dumps(rows, indent=1, default=str))


def _propose(run: Run, action: str, parameters: dict[str, object]) -> None:
    """Always ends the command, saying which proposal waits."""
    office = run.office()
    with refusals():
        approvals.ask(
            office.database, actions(office), COMMAND_LINE, SERVICE, action, parameters,
            at=run.now(),
        )  # fmt: skip


COMMANDS = (anchors, policy)
