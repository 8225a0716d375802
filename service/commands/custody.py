"""`proofmark keys`: the keys of a body, from a file, a hardware module, or signing elsewhere."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import click

from keys.custody import new_key, new_passphrase_file, parse_reference
from keys.signer import PASSPHRASE_FILE_VARIABLE, PASSPHRASE_VARIABLE
from service.commands.desk import (
    Run,
    body_option,
    json_option,
    pass_run,
    passphrase_file,
    read_json,
    refusals,
    show,
)
from service.commands.door import Refusal, note
from service.config import Settings
from service.domain.dates import DAY_S, parse_instant, show_instant
from service.domain.people import COMMAND_LINE
from service.registry import approvals, bodies
from service.registry.actions import actions
from service.registry.office import Office, key_trouble
from service.storage import body_keys
from service.storage.body_keys import BodyKey

# What a body of a role signs, and the purposes of the keys that it needs for it.
USUAL: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "arrangement": {"federation": ("federation",)},
    "accreditation_body": {"federation": ("federation",)},
    "certification_body": {
        "federation": ("federation",),
        "certificate": ("certificate",),
        "evidence": ("status", "record"),
    },
}


# A new key is published so long before it signs, in seconds: bundles are renewed within a month.
AHEAD_S = 30 * DAY_S
# How long the old one may still sign beside it.
BESIDE_S = 7 * DAY_S


@click.group(short_help="Make, list, rotate and revoke the keys of bodies.")
def keys() -> None:
    """Make, list, rotate and revoke the keys of bodies (docs/keys.md)."""


@keys.command(name="new")
@body_option
@click.option(
    "--purpose", "purposes", multiple=True, required=True, type=click.Choice(bodies.PURPOSES),
    help="What it signs; may be repeated.",
)  # fmt: skip
@click.option("--custody", metavar="REFERENCE", help="Where it rests; a new key file if not given.")
@click.option("--existing", is_flag=True, help="The key is there already.")
@click.option("--since", metavar="INSTANT", help="From when it signs; now if not given.")
@click.option("--jwk", type=click.File("rb"), help="A key kept elsewhere: its public JWK.")
@pass_run
def new_command(
    run: Run, /, body: str, purposes: tuple[str, ...], custody: str | None, existing: bool,
    since: str | None, jwk: BinaryIO | None,
) -> None:  # fmt: skip
    """Make a key for a body. The first one of a purpose is in use at once; a further one is
    proposed, and a second person approves it. With --jwk the body signs elsewhere.
    """
    if jwk is not None and (custody or existing):
        raise click.UsageError("A key that is kept elsewhere has no custody here.")
    office = run.office()
    at = run.now()
    start = _instant(since) if since else at
    public = read_json(jwk) if jwk is not None else None
    reference = "external"
    if public is None:
        reference = make(run.settings(), body, purposes, custody, existing, at)
    held = {
        purpose
        for key in office.database.read(lambda c: body_keys.of(c, body))
        for purpose in key.purposes
    }
    if held & set(purposes):
        _propose(
            office, body, "key.add", at, reference=reference, purposes=list(purposes),
            since=show_instant(start), **({"jwk": public} if public else {}),
        )  # fmt: skip
    with refusals(), key_trouble():
        signer: bodies.Named = (
            bodies.KeptElsewhere(public) if public else office.open_signer(reference)
        )
        key = office.database.write(
            lambda c: bodies.add_key(
                c, COMMAND_LINE, body, signer, reference=reference, purposes=purposes,
                since=start, at=at,
            )
        )  # fmt: skip
    click.echo(f"{key.kid} signs for {body}: {', '.join(purposes)}.")


@keys.command(name="list")
@body_option
@json_option
@pass_run
def list_command(run: Run, /, body: str, as_json: bool) -> None:
    """List the keys of a body, with their windows."""
    found = run.office().database.read(lambda c: body_keys.of(c, body))
    rows = [{"kid": key.kid, "purposes": list(key.purposes), "state": _state(key, run.now()),
             "since": show_instant(key.since)} for key in found]  # fmt: skip

    def lines() -> Iterator[str]:
        if not found:
            yield "This body has no keys yet: proofmark keys new."
        for row in rows:
            yield f"{row['kid']}  {row['state']}  {', '.join(row['purposes'])}  {row['since']}"

    show({"items": rows}, lines, as_json=as_json)


@keys.command()
@click.argument("kid")
@body_option
@click.option("--begins", metavar="INSTANT", help="From when the new one signs; in 30 days.")
@click.option("--at-once", is_flag=True, help="The new one signs as soon as it is approved.")
@click.option("--until", metavar="INSTANT", help="From when the old one is over; a week later.")
@click.option("--custody", metavar="REFERENCE", help="Where the new one rests.")
@pass_run
def rotate(
    run: Run, /, kid: str, body: str, begins: str | None, at_once: bool, until: str | None,
    custody: str | None,
) -> None:  # fmt: skip
    """Propose a new key beside KID, and the end of KID.

    The new one is published at once and signs in 30 days: till then whoever checks offline has
    learnt of it with a newer bundle.
    """
    if begins and at_once:
        raise click.UsageError("Say --begins or --at-once, not both.")
    office, at = run.office(), run.now()
    start = at if at_once else _instant(begins) if begins else at + AHEAD_S
    end = _instant(until) if until else start + BESIDE_S
    if end <= start:
        raise Refusal("BAD_PARAMETER", "The old key ends after the new one has begun.")
    if at_once:
        note("until they have newer papers, offline readers will not know the new key")
    found = office.database.read(lambda c: body_keys.of(c, body))
    old = next((key for key in found if key.kid == kid), None)
    if old is None:
        raise Refusal("NOT_FOUND", "This body has no such key.")
    reference = make(run.settings(), body, old.purposes, custody, False, at)
    for action, parameters in (
        ("key.add", {"reference": reference, "purposes": list(old.purposes),
                     **({} if at_once else {"since": show_instant(start)})}),
        ("key.end", {"kid": kid, "until": show_instant(end)}),
    ):  # fmt: skip
        with refusals():
            paper = office.database.write(
                lambda c, action=action, parameters=parameters: approvals.propose(  # type: ignore[misc]
                    c, actions(office), COMMAND_LINE, body, action, parameters, at=at
                )
            )
        click.echo(f"Proposed {paper.subject}: {action}. A second person must approve it.")
    click.echo(f"The new key signs from {show_instant(start)}, the old one until "
               f"{show_instant(end)}.")  # fmt: skip


@keys.command()
@click.argument("kid")
@body_option
@click.option("--lost", metavar="INSTANT", required=True, help="Since when it is in wrong hands.")
@pass_run
def revoke(run: Run, /, kid: str, body: str, lost: str) -> None:
    """Propose to call KID lost: everything that it has ever signed is then refused."""
    _instant(lost)
    _propose(run.office(), body, "key.end", run.now(), kid=kid, lost=lost)


def make(
    settings: Settings, body: str, purposes: tuple[str, ...], custody: str | None, existing: bool,
    at: int,
) -> str:  # fmt: skip
    """A key made where custody says, else a new key file; gives back the reference."""
    name = re.sub(r"[^A-Za-z0-9-]", "", body.rpartition("/")[2])[:20] or "body"
    kid = f"{name}-{purposes[0]}-{show_instant(at)[:10]}"[:43]
    if custody is None:
        _passphrase(settings)
        settings.key_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = _free(settings.key_folder.resolve(), kid)
        custody, kid = f"file:{file}", file.stem
    if not existing:
        with refusals(), key_trouble():
            reference = parse_reference(custody)
            new_key(reference, os.environ, getattr(reference, "label", kid))
    return custody


def _passphrase(settings: Settings) -> None:
    """Without a passphrase one is made, beside nothing else, and that is said."""
    if os.environ.get(PASSPHRASE_VARIABLE) or os.environ.get(PASSPHRASE_FILE_VARIABLE):
        return
    file = passphrase_file(settings)
    if not file.exists():
        settings.key_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new_passphrase_file(file)
        note(f"a passphrase was made: {file}. Keep it apart from the key files' backups.")
    os.environ[PASSPHRASE_FILE_VARIABLE] = str(file)


def _free(folder: Path, kid: str) -> Path:
    names = [kid, *(f"{kid[:40]}-{count}" for count in range(2, 100))]
    return next(file for name in names if not (file := folder / f"{name}.pem").exists())


def _propose(office: Office, body: str, action: str, at: int, **parameters: object) -> None:
    """Always ends the command: what needs two people is proposed, and that is said."""
    with refusals():
        approvals.ask(
            office.database, actions(office), COMMAND_LINE, body, action, parameters, at=at
        )


def _instant(text: str) -> int:
    try:
        return parse_instant(text)
    except ValueError:
        raise Refusal("BAD_PARAMETER", "Instants are written 2026-06-15T12:00:00Z.") from None


def _state(key: BodyKey, at: int) -> str:
    if key.revoked is not None:
        return "lost"
    if at < key.since:
        return "to come"
    return "in use" if key.until is None or at < key.until else "retired"
