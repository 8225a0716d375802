"""`proofmark import`: a body's certificates from its former register, with a dry run first."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from service.commands.desk import Run, json_option, pass_run, refusals, show
from service.commands.door import REFUSED, Refusal
from service.domain.certificate import Kind
from service.domain.migration import headings
from service.domain.people import COMMAND_LINE
from service.issuer.typed_days import DayOrder
from service.registry.migrating import Source, Taken, migrate
from service.storage.migration_template import template, template_csv
from service.storage.sheet_refused import SheetRefused
from service.storage.sheets import open_sheet

# Problems that are listed; of more than these the rest is counted.
MANY = 200


@click.command(name="import", short_help="Take in the certificates of a former register.")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option("--body", metavar="ID", help="Whose certificates they are.")
@click.option("--dry-run", is_flag=True, help="Say everything that is wrong; write nothing.")
@click.option("--days", type=click.Choice(list(DayOrder)), help="How 03/04/2026 is meant.")
@click.option("--template", "blank", type=click.Choice(["csv", "xlsx"]), help="Write a template.")
@click.option("--kind", type=click.Choice(list(Kind)), default=Kind.MANAGEMENT_SYSTEM,
              show_default=True, help="Of the template.")  # fmt: skip
@json_option
@pass_run
def import_command(
    run: Run, /, file: Path | None, body: str | None, dry_run: bool, days: str | None,
    blank: str | None, kind: str, as_json: bool,
) -> int:  # fmt: skip
    """Take in FILE (CSV or XLSX). What is there already is stepped over, so a run that was broken
    off is started again. With --template print an empty sheet to standard output.
    """
    if blank is not None:
        made = template(Kind(kind)) if blank == "xlsx" else template_csv(Kind(kind))
        sys.stdout.buffer.write(made)
        return 0
    if file is None or body is None:
        raise click.UsageError("Give a file and --body, or --template.")
    office = run.office()
    order = DayOrder(days) if days else None
    with file.open("rb") as opened:
        try:
            sheet = open_sheet(opened, headings())
            hidden = not sys.stderr.isatty()
            with (
                click.progressbar(
                    length=1_000, label="Reading", file=sys.stderr, hidden=hidden
                ) as bar,
                refusals(),
            ):
                done = migrate(
                    office, COMMAND_LINE, body, Source(sheet, order), at=run.now(), dry=dry_run,
                    progress=lambda row: bar.update(int(sheet.done(row) * 1_000) - bar.pos),
                )  # fmt: skip
        except SheetRefused as refused:
            raise Refusal(refused.code, refused.sentence) from None
    show(_summary(done, dry_run), lambda: _lines(done, dry_run), as_json=as_json)
    return REFUSED if done.problems else 0


def _summary(done: Taken, dry: bool) -> dict[str, object]:
    return {
        "dry_run": dry, "taken": done.taken, "known": done.known, "ended": done.ended,
        "unproven_gates": sorted(done.unproven),
        "problems": [one._asdict() for one in done.problems],
    }  # fmt: skip


def _lines(done: Taken, dry: bool) -> Iterator[str]:
    for one in done.problems[:MANY]:
        yield f"{one.cell}  {one.column}: {one.code}: {one.sentence} ({one.seen})"
    if len(done.problems) > MANY:
        yield f"… and {len(done.problems) - MANY} more problems; --json lists all."
    verb = "would be taken in" if dry else "taken in"
    yield (
        f"{done.taken} certificates {verb}, {done.known} are there already, {done.ended} have "
        f"ended, {len(done.problems)} problems."
    )
    if done.unproven:
        yield "Gates that rows cannot prove: " + ", ".join(sorted(done.unproven)) + "."
