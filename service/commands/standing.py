"""What stands above certificates, from a terminal: bodies, recognitions, accreditations."""

from typing import BinaryIO

import click

from service.commands.custody import USUAL, make
from service.commands.desk import Run, json_option, pass_run, read_json, refusals, show
from service.domain.people import COMMAND_LINE, SERVICE
from service.registry import accrediting, bodies, sanctions
from service.registry.office import key_trouble
from service.storage import papers, register
from service.storage.database import Connection
from service.storage.papers import Paper
from service.storage.register import Body


@click.group(short_help="Enrol and list the bodies that work here.")
def body() -> None:
    """Enrol and list the bodies that work here."""


@body.command(name="add")
@click.argument("id")
@click.option("--role", type=click.Choice(bodies.ROLES), required=True)
@click.option("--name", required=True, help="As readers will see it.")
@click.option("--zone", required=True, help="Its civil calendar, such as Europe/London.")
@click.option("--keys/--no-keys", "with_keys", default=True, help="Make its first keys as files.")
@pass_run
def add(run: Run, /, id: str, role: str, name: str, zone: str, with_keys: bool) -> None:
    """Let the body ID (a URL below this service's own) work here, with its first keys."""
    office, at = run.office(), run.now()
    new = Body(id, role, name, zone)
    run.write(office, lambda c: bodies.enrol(c, COMMAND_LINE, new, base=office.base, at=at))
    for purposes in USUAL[role].values() if with_keys else ():
        reference = make(run.settings(), id, purposes, None, False, at)
        with refusals(), key_trouble():
            signer = office.open_signer(reference)
        run.write(
            office,
            lambda c, signer=signer, purposes=purposes, reference=reference: bodies.add_key(  # type: ignore[misc]
                c, COMMAND_LINE, id, signer, reference=reference, purposes=purposes, since=at, at=at
            ),
        )
    click.echo(f"{name} works here as {id}.")


@body.command(name="list")
@json_option
@pass_run
def list_bodies(run: Run, /, as_json: bool) -> None:
    """List the bodies that work here."""
    found = [one for one in run.office().database.read(register.all_bodies) if one.id != SERVICE]
    rows = [{"id": one.id, "role": one.role, "name": one.name, "zone": one.zone} for one in found]
    empty = iter(["No body works here yet: proofmark body add."])
    show(
        {"items": rows},
        lambda: (
            iter(f"{row['id']}  {row['role']}  {row['name']}" for row in rows) if rows else empty
        ),
        as_json=as_json,
    )


def _group(name: str, kind: str, what: str) -> click.Group:
    """`accredit` and `recognise`: grant, act, list."""
    group = click.Group(name, short_help=f"Grant {what}, and act on them.")

    @group.command(name="grant", short_help="Grant one.")
    @click.argument("content", type=click.File("rb"))
    @click.option("--by", required=True, metavar="ID", help="Who grants.")
    @click.option("--to", "subject", required=True, metavar="ID", help="Who is granted.")
    @click.option("--name", help="As the statement names it; a body here has its own name.")
    @click.option("--jwks", type=click.File("rb"), help="Federation keys of a body elsewhere.")
    @json_option
    @pass_run
    def grant(
        run: Run, /, content: BinaryIO, by: str, subject: str, name: str | None,
        jwks: BinaryIO | None, as_json: bool,
    ) -> None:  # fmt: skip
        """Grant what CONTENT says (a JSON file in the form of a statement's claim)."""
        office, asked = run.office(), read_json(content)
        keys = read_json(jwks) if jwks is not None else None
        with refusals():
            known = name or office.database.read(lambda c: register.body(c, subject)).name
        paper = run.write(
            office,
            lambda c: accrediting.grant(
                c, office, COMMAND_LINE, by, subject, kind, asked, name=known, jwks=keys,
                at=run.now(),
            ),
        )  # fmt: skip
        _show(paper, as_json)

    @group.command(name="act", short_help="Suspend, extend, withdraw, …")
    @click.argument("subject")
    @click.argument("asked", type=click.File("rb"))
    @click.option("--by", required=True, metavar="ID", help="Who acts.")
    @json_option
    @pass_run
    def act(run: Run, /, subject: str, asked: BinaryIO, by: str, as_json: bool) -> None:
        """Act on SUBJECT (a number, or a body's id) as ASKED says (a JSON file with `act`)."""
        office, wish = run.office(), read_json(asked)
        at = run.now()

        def work(c: Connection) -> Paper:
            if kind == "recognition":
                return sanctions.recognition_act(c, COMMAND_LINE, by, subject, wish, at=at)
            return sanctions.accreditation_act(c, office, COMMAND_LINE, by, subject, wish, at=at)

        _show(run.write(office, work), as_json)

    @group.command(name="list", short_help="List what is granted.")
    @click.option("--by", required=True, metavar="ID", help="Who has granted.")
    @json_option
    @pass_run
    def listed(run: Run, /, by: str, as_json: bool) -> None:
        """List what a body has granted."""
        found = run.office().database.read(lambda c: papers.listed(c, by, kind))
        show(
            {"items": [dict(one.content) for one in found]},
            lambda: iter(f"{one.subject}  {one.state}  {one.about}" for one in found),
            as_json=as_json,
        )

    return group


def _show(paper: Paper, as_json: bool) -> None:
    show(
        {"id": paper.subject, "subject": paper.about, "state": paper.state,
         paper.kind: dict(paper.content), "version": paper.version},
        lambda: iter([f"{paper.subject}: {paper.state}. The next statement says so."]),
        as_json=as_json,
    )  # fmt: skip


accredit = _group("accredit", "accreditation", "accreditations")
recognise = _group("recognise", "recognition", "recognitions")
COMMANDS = (body, accredit, recognise)
