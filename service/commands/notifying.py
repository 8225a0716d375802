"""Notices from a terminal: who is told what, and what could not be delivered."""

import click

from service.commands.desk import Run, json_option, pass_run, refusals, show
from service.domain.notice import NoticeKind
from service.domain.people import COMMAND_LINE
from service.registry import subscribing
from service.storage import messages, subscriptions
from service.storage.subscriptions import MAIL, WEBHOOK

_body = click.option("--body", required=True, metavar="ID", help="Whose notices.")


@click.group(short_help="Who is told of deadlines and changes, by mail or webhook.")
def notices() -> None:
    """Who is told of deadlines and changes, by mail or webhook."""


@notices.command(name="add")
@click.argument("address")
@click.option("--what", default=",".join(NoticeKind), metavar="KINDS",
              help="Kinds of notices, comma-separated; all if not given.")  # fmt: skip
@_body
@pass_run
def add(run: Run, /, address: str, what: str, body: str) -> None:
    """Tell ADDRESS, a mailbox or an https webhook; again, to tell it other kinds."""
    office = run.office()
    channel = WEBHOOK if "://" in address else MAIL
    kinds = {kind.strip() for kind in what.split(",") if kind.strip()}
    one = run.write(
        office,
        lambda c: subscribing.subscribe(
            c, COMMAND_LINE, body, channel, address, kinds, at=run.now()
        ),
    )
    click.echo(f"{one.id} is told from now on: {', '.join(sorted(one.what))}.")


@notices.command(name="remove")
@click.argument("id")
@_body
@pass_run
def remove(run: Run, /, id: str, body: str) -> None:
    """Tell the subscription ID nothing more; what waits for it is dropped."""
    office = run.office()
    run.write(
        office, lambda c: subscribing.unsubscribe(c, COMMAND_LINE, body, id, at=run.now())
    )  # fmt: skip
    click.echo(f"{id} is told nothing more.")


@notices.command(name="list")
@_body
@json_option
@pass_run
def list_subscriptions(run: Run, /, body: str, as_json: bool) -> None:
    """List who is told, and how many messages wait or were given up."""
    database = run.database()
    with refusals():
        found = database.read(lambda c: subscriptions.of(c, body))
        dead = database.read(lambda c: messages.messages_of(c, body, state=messages.DEAD))
        waiting = database.read(lambda c: messages.messages_of(c, body, state=messages.QUEUED))
    rows = [
        {"id": one.id, "channel": one.channel, "address": one.address, "what": sorted(one.what)}
        for one in found
    ]
    lost = [
        {"kind": one.kind, "subject": one.subject, "error": one.last_error} for one in dead
    ]  # fmt: skip
    lines = [f"{row['id']}  {row['channel']}  {row['address']}" for row in rows]
    lines = lines or ["Nobody is told anything: proofmark notices add …"]
    lines.append(f"{len(waiting)} waiting, {len(dead)} given up.")
    lines += [f"given up ({row['error']}): {row['subject']}" for row in lost]
    show(
        {"items": rows, "waiting": len(waiting), "given_up": lost}, lambda: iter(lines),
        as_json=as_json,
    )  # fmt: skip


@notices.command(name="retry")
@_body
@pass_run
def retry(run: Run, /, body: str) -> None:
    """Try what was given up again, as if it were new."""
    office = run.office()
    tried = run.write(office, lambda c: messages.revive(c, body, at=run.now()))
    click.echo(f"{tried} messages are tried again.")


COMMANDS = (notices,)
