"""`proofmark db`: the register's tables, its health, backups, and the way back after an old one."""

import os
from pathlib import Path

import click

from service.commands.desk import Run, pass_run, refusals
from service.commands.door import UNKNOWN, Refusal, note
from service.config import Settings
from service.registry.opening import open_office, prepare
from service.registry.recovering import recover
from service.storage import backup as backups
from service.storage import checkpoints, ledger, register
from service.storage.database import Database
from service.storage.migrating import check_health, check_schema


@click.group(short_help="Look after the register's database.")
def db() -> None:
    """Look after the register's database."""


@db.command()
@pass_run
def upgrade(run: Run) -> None:
    """Make the tables, or bring them up to date; nothing else changes."""
    with refusals():
        database = prepare(run.settings())
        check_schema(database)
    click.echo("The register is up to date.")


@db.command()
@pass_run
def check(run: Run) -> None:
    """Look at everything that can be damaged: file, tables, ledgers, and what was published."""
    settings = run.settings()
    database = run.database()
    with refusals():
        check_health(database)
        check_schema(database)
        for body in database.read(register.all_bodies):
            click.echo(f"{body.id}: {_verified(settings, database, body.id)}")
        database.read(lambda connection: checkpoints.check(connection, settings.evidence))
    click.echo("Nothing is missing.")


def _verified(settings: Settings, database: Database, body: str) -> str:
    told = checkpoints.published(settings.evidence).get(body)
    broken = database.read(lambda connection: ledger.verify(connection, body, published=told))
    if broken is not None:
        raise Refusal(
            "LEDGER_BROKEN", f"{body}: event {broken.seq}: {broken.why}.", exit_code=UNKNOWN
        )
    count = database.read(lambda connection: ledger.checkpoint(connection, body)).count
    return f"{count} events, none missing, none changed"


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_run
def backup(run: Run, file: Path) -> None:
    """Write a whole backup to a new file, while the service runs."""
    with refusals():
        size = backups.backup(run.database(), file)
    click.echo(f"{file}: {size:,} bytes. Keep the key files and the evidence folder apart.")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_run
def restore(run: Run, file: Path, yes: bool) -> None:
    """Put a backup in the place of the register; stop the service first."""
    if not yes:
        click.confirm("The register will be what it was at the backup. Go on?", abort=True)
    database = run.database()
    with refusals():
        aside = backups.restore(database, file)
    if aside is not None:
        click.echo(f"What was there is now {aside}.")
    click.echo("Restored. Run `proofmark db check`; after BACKUP_ROLLBACK `proofmark db recover`.")


@db.command(name="recover")
@click.option(
    "--tokens", type=click.Path(exists=True, path_type=Path),
    help="File or folder with certificate tokens that were issued since the backup.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_run
def recover_command(run: Run, tokens: Path | None, yes: bool) -> None:
    """Take back what was published since an old backup, and let the service start again."""
    if not yes:
        click.confirm("Published lists and records will be written into the register. Go on?",
                      abort=True)  # fmt: skip
    with refusals():
        office = open_office(run.settings(), os.environ)
        check_schema(office.database)
        done = recover(office, _tokens(tokens), at=run.now())
    click.echo(
        f"Taken back: {done.events} events, {done.certificates} certificates, "
        f"{done.entries} entries of certificates that nobody knows any more."
    )
    for number in done.missing:
        note(f"bring the token of {number} with --tokens; till then its entry stays as published")


def _tokens(place: Path | None) -> list[str]:
    if place is None:
        return []
    files = sorted(place.glob("*.jwt")) if place.is_dir() else [place]
    return [line for file in files for line in file.read_text("ascii", "replace").split()]
