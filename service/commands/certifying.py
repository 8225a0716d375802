"""A certification body's work from a terminal: issue, suspend, reinstate, withdraw, survey."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import click

from service.commands.desk import (
    Run,
    body_option,
    json_option,
    key_option,
    pass_run,
    read_json,
    refusals,
    show,
)
from service.commands.door import Refusal
from service.credential.qr import symbol, to_png, to_svg
from service.domain.dates import parse_day
from service.domain.people import COMMAND_LINE
from service.registry import entries, issuing, lives, surveying
from service.registry.intending import Wish
from service.registry.issuing import Issued
from service.registry.lives import Life
from service.storage import register
from service.storage.answers import Ask

_SIZES = 8  # pixels a module: large enough for a phone to read off a screen


@click.command(short_help="Issue a certificate from a dossier.")
@click.argument("dossier", type=click.File("rb"))
@click.option("--body", metavar="ID", help="Entity id of the body; else the dossier's `cb`.")
@click.option("--number", help="The number; the next one if not given. Of a revision: which.")
@click.option("--out", type=click.Path(path_type=Path), help="Write token, PNG and SVG here.")
@key_option
@json_option
@pass_run
def issue(
    run: Run, dossier: BinaryIO, body: str | None, number: str | None, out: Path | None,
    key: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Issue a certificate from DOSSIER (a JSON file, or - for standard input).

    Nothing is signed unless every gate holds; each gate that refuses is named.
    """
    content = read_json(dossier)
    named = body or str(content.get("cb", ""))
    if not named:
        raise click.UsageError("Say which body issues: --body, or `cb` in the dossier.")
    office = run.office()
    ask = Ask.of(COMMAND_LINE.name, key, [named, number, content]) if key else None
    with refusals():
        (one,) = issuing.issue(
            office, COMMAND_LINE, named, [Wish(content, number)], at=run.now(), ask=ask
        )
    link = f"{run.settings().base_url}/q/{one.digits}"
    if out is not None:
        _write(out, one, run.settings().base_url)
    show(one.to_json() | {"link": link}, lambda: _issued(one, link), as_json=as_json)


def _issued(one: Issued, link: str) -> Iterator[str]:
    yield f"Issued {one.number}, revision {one.revision}."
    for code in one.warnings:
        yield f"Readers will be told: {code} (proofmark explain {code})"
    yield link


def _write(out: Path, one: Issued, base_url: str) -> None:
    name = one.number.replace("/", "-").replace(" ", "-")
    drawn = symbol(f"{base_url}/q/", one.digits)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{name}.jwt").write_text(f"{one.token}\n", "ascii")
    (out / f"{name}.png").write_bytes(to_png(drawn, pixels_per_module=_SIZES))
    (out / f"{name}.svg").write_text(to_svg(drawn, title=one.number), "utf-8")


@click.command(short_help="Show a certificate in the public register, or not.")
@click.argument("number")
@body_option
@click.option("--confidential/--public", required=True, help="Only who has the code sees it.")
@pass_run
def listing(run: Run, /, number: str, body: str, confidential: bool) -> None:
    """Whether the public register shows NUMBER; who has the code always sees what it says."""
    office = run.office()
    one = run.write(
        office,
        lambda c: entries.set_confidential(
            c, COMMAND_LINE, body, number, confidential, at=run.now()
        ),
    )
    click.echo(f"{one.number} is {'confidential' if confidential else 'public'}.")


def _act(name: str, text: str, *options: Any) -> click.Command:
    """The command of one act in the life of a certificate."""

    def command(
        run: Run, number: str, body: str, on: str | None, as_json: bool, **more: Any
    ) -> None:
        asked: dict[str, Any] = {"act": name, "effective_on": _day(on), **more}
        if to := more.pop("to", None):
            asked["to"] = {"by": to[0], "number": to[1]}
        office = run.office()
        life = run.write(
            office,
            lambda c: lives.act(c, office, COMMAND_LINE, body, number, asked, at=run.now()),
        )
        show(_summary(life), lambda: _told(life), as_json=as_json)

    command.__doc__ = text
    found: Any = pass_run(command)
    for option in (
        json_option,
        click.option("--on", metavar="DATE", help="The day from which it counts; else today."),
        body_option,
        click.argument("number"),
        *options,
    ):
        found = option(found)
    return click.command(name=name.replace("_", "-"), short_help=text)(found)


def _reason(*classes: str, required: bool = True) -> Any:
    return click.option("--reason", type=click.Choice(classes), required=required)


suspend = _act(
    "suspend", "Suspend a certificate.",
    _reason("failure", "audit_refused", "voluntary", "fees", "safety", "nonconforming_product",
            "fraud"),
)  # fmt: skip
reinstate = _act(
    "reinstate", "Reinstate a suspended certificate.",
    click.option("--resolved", "cause_resolved", is_flag=True, required=True,
                 help="The cause of the suspension is resolved."),
)  # fmt: skip
withdraw = _act(
    "withdraw", "Withdraw a certificate, for good.",
    _reason("failure", "audit_refused", "fees", "safety", "nonconforming_product", "fraud"),
)  # fmt: skip
cancel = _act(
    "cancel", "Cancel a certificate at its holder's wish, for good.",
    _reason("client_request", "voluntary", required=False),
)  # fmt: skip
transfer_out = _act(
    "transfer_out", "Record that another body has taken a certificate over, for good.",
    click.option("--to", nargs=2, metavar="BODY NUMBER", required=True),
)  # fmt: skip


@click.command(short_help="Record a surveillance, or list what is due.")
@click.argument("number", required=False)
@body_option
@click.option("--kind", default="surveillance", show_default=True)
@click.option("--first-day", metavar="DATE")
@click.option("--last-day", metavar="DATE", help="The day on which it counts.")
@click.option("--maintained-on", metavar="DATE", help="Decision to keep the certificate.")
@click.option("--site", "sites", multiple=True)
@click.option("--due-by", metavar="DATE", help="List what is due by this day.")
@json_option
@pass_run
def surveillance(
    run: Run, /, number: str | None, body: str, kind: str, sites: tuple[str, ...],
    due_by: str | None, as_json: bool, **days: str | None,
) -> None:  # fmt: skip
    """Record a surveillance of NUMBER that was held; without it, list what is due."""
    office = run.office()
    if number is None:
        _list_due(run, body, due_by, as_json)
        return
    check = {"kind": kind, "sites": list(sites), **{k: v for k, v in days.items() if v}}
    life = run.write(
        office,
        lambda c: surveying.record_check(
            c, office, COMMAND_LINE, body, number, check, at=run.now()
        ),
    )
    show(_summary(life), lambda: _told(life), as_json=as_json)


def _list_due(run: Run, body: str, due_by: str | None, as_json: bool) -> None:
    office = run.office()
    rows = office.database.read(
        lambda c: register.certificates_of(
            c, body, due_by=due_by or "9999-12-31", states=("active", "suspended"), limit=500
        )
    )
    rows = sorted(rows, key=lambda row: row.next_due or "")
    items = [{"number": row.number, "holder": row.holder, "next_due": row.next_due,
              "overdue_from": row.overdue_from} for row in rows]  # fmt: skip

    def lines() -> Iterator[str]:
        if not rows:
            yield "Nothing is due."
        for row in rows:
            yield f"{row.next_due}  {row.number}  {row.holder}"

    show({"items": items}, lines, as_json=as_json)


def _summary(life: Life) -> Mapping[str, Any]:
    row = life.row
    return {
        "number": row.number, "state": row.state, "since": row.since, "revision": row.revision,
        "expires": row.expires, "next_due": row.next_due, "version": row.version,
    }  # fmt: skip


def _told(life: Life) -> Iterator[str]:
    row = life.row
    since = f" since {row.since}" if row.since else ""
    yield f"{row.number} is {row.state}{since}. Readers will see it within a minute."
    if row.next_due:
        yield f"The next surveillance is due on {row.next_due}."


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return parse_day(text)
    except ValueError:
        raise Refusal("BAD_PARAMETER", f"{text} is no day; days are written 2026-03-31.") from None


COMMANDS = (issue, listing, suspend, reinstate, withdraw, cancel, transfer_out, surveillance)
