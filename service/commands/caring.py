"""What the register does by itself, as a process of its own; and the audit of what it did."""

import json
import os
import signal
import stat
import sys
from collections.abc import Callable
from threading import Event, Thread
from types import FrameType

import click

from service.commands.desk import Run, pass_run, refusals
from service.commands.door import UNKNOWN, Refusal, note
from service.domain.refusal import Denied, StorageFailed
from service.registry.caretaker import care
from service.registry.office import Office
from service.registry.opening import check_key_files, open_senders, prepare
from service.registry.telling import Teller
from service.storage import checkpoints, ledger, register
from service.storage.bundle import write_anchors

# How long a round waits for the next when there was nothing to do, in seconds.
ROUND_S = 1.0
# After a failure the rounds are slower: a full disk does not empty faster by asking.
TROUBLED_S = 5.0
# How long the outbox of notices rests between two rounds, in seconds.
TELL_S = 10.0


@click.command(short_help="Make a new register: tables, folders, an arrangement.")
@click.option("--arrangement", "name", default="The arrangement", show_default=True,
              help="Name of the arrangement whose word counts here.")  # fmt: skip
@click.option("--zone", default="UTC", show_default=True, help="Its civil calendar.")
@pass_run
def init(run: Run, /, name: str, zone: str) -> None:
    """Make a new register with an arrangement of your own as its anchor.

    To trust another arrangement, put its anchors.json into the evidence folder instead.
    """
    from service.commands.custody import make
    from service.domain.people import COMMAND_LINE
    from service.registry import bodies
    from service.registry.office import key_trouble
    from service.registry.opening import open_office
    from service.storage.register import Body

    settings, at = run.settings(), run.now()
    with refusals():
        prepare(settings)
    if (settings.evidence / "anchors.json").exists():
        raise Refusal("ALREADY_EXISTS", "This folder has anchors already.")
    id = f"{settings.entities}/arrangement"
    reference = make(settings, id, ("federation",), None, False, at)
    with refusals(), key_trouble():
        from keys.custody import Keychain

        signer = Keychain(os.environ).signer(reference)
        anchor = {"id": id, "name": name, "jwks": {"keys": [signer.public_jwk()]}}
        write_anchors(settings.evidence, {"anchors": [anchor]})
        office = open_office(settings, os.environ)
        new = Body(id, "arrangement", name, zone)
        office.database.write(lambda c: bodies.enrol(c, COMMAND_LINE, new, base=office.base, at=at))
        office.database.write(
            lambda c: bodies.add_key(
                c, COMMAND_LINE, id, signer, reference=reference, purposes=("federation",),
                since=at, at=at,
            )
        )  # fmt: skip
    click.echo(f"The register is made. Its anchor is {name}, {id}.")
    click.echo("Next: proofmark body add …, proofmark recognise grant …, proofmark serve")


@click.command(short_help="Publish what has changed, as a process of its own.")
@click.option("--once", is_flag=True, help="One round, and then stop.")
@pass_run
def publish(run: Run, /, once: bool) -> None:
    """Sign and write whatever has changed, and what the day brings, until stopped."""
    office = run.office()
    with refusals():
        check_key_files(office, at=run.now())
        teller = Teller(office, open_senders(run.settings(), office))
    if once:
        with refusals():
            done = care(office, at=run.now())
            told = teller.round(at=run.now())
        click.echo(f"{done.written} documents published, {done.turned} certificates turned.")
        if told.sent or told.failed or told.dead:
            click.echo(f"{told.sent} notices sent, {told.failed + told.dead} not delivered.")
        if done.failed:
            raise Refusal("PUBLICATION_FAILED", "; ".join(done.failed[:5]), exit_code=UNKNOWN)
        return
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    if not sys.stdin.isatty():
        Thread(target=_with_parent, args=(stop,), daemon=True).start()
    telling = Thread(target=_every_while, args=("notices", lambda: _tell(teller, run.now()), stop))
    telling.start()
    tend(office, now=run.now, stop=stop)
    telling.join()


def _tell(teller: Teller, at: int) -> float:
    """A round of notices; gives the pause after it. It takes up to a minute, beside publishing."""
    teller.round(at=at)
    return TELL_S


def _with_parent(stop: Event) -> None:
    """Stop when standard input ends: a service that has started us is gone then.

    Where standard input is nothing at all (a service manager's), there is nothing to wait for.
    """
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        os.read(0, 1)
        stop.set()


def tend(office: Office, *, now: Callable[[], int], stop: Event) -> None:
    """Rounds until told to stop; a failure is said and tried again."""

    def round() -> float:
        done = care(office, at=now())
        return 0.0 if done.more else TROUBLED_S if done.failed else ROUND_S

    _every_while("publishing", round, stop)


def _every_while(what: str, work: Callable[[], float], stop: Event) -> None:
    """Work again and again, after the pause in seconds that it gives back; longer where it fails.

    `what` is it called where a failure is said.
    """
    while not stop.is_set():
        wait = TROUBLED_S
        try:
            wait = work()
        except (StorageFailed, Denied) as failed:
            note(f"{what} waits: {failed}")
        except OSError as error:
            note(f"{what} waits: {error.strerror}")
        stop.wait(wait)


@click.group(short_help="Verify and print the audit trail.")
def audit() -> None:
    """Verify and print the audit trail."""


@audit.command(name="verify")
@click.option("--body", metavar="ID", help="Only this body.")
@pass_run
def verify(run: Run, /, body: str | None) -> None:
    """Check every ledger: no event changed, moved or missing, up to the last that was published."""
    settings, database = run.settings(), run.database()
    with refusals():
        named = [one.id for one in database.read(register.all_bodies)]
        told = checkpoints.published(settings.evidence)
        for one in [body] if body else named:
            broken = database.read(
                lambda c, one=one: ledger.verify(c, one, published=told.get(one))  # type: ignore[misc]
            )
            if broken is not None:
                raise Refusal("LEDGER_BROKEN", f"{one}: event {broken.seq}: {broken.why}.")
            reached = database.read(lambda c, one=one: ledger.checkpoint(c, one))  # type: ignore[misc]
            click.echo(f"{one}: {reached.count} events, head {reached.head[:16]}…")


@audit.command(name="show")
@click.option("--body", required=True, metavar="ID")
@click.option("--after", type=int, default=0, help="Begin after this event.")
@click.option("--limit", type=int, default=200, show_default=True)
@pass_run
def show_events(run: Run, /, body: str, after: int, limit: int) -> None:
    """Print the events of a body, a JSON object a line."""
    database = run.database()
    with refusals():
        found = database.read(lambda c: list(ledger.history(c, body, after=after, limit=limit)))
    for entry in found:
        day = entry.effective_on.isoformat() if entry.effective_on else None
        row = {name: getattr(entry, name) for name in entry.__slots__} | {"effective_on": day}
        click.echo(json.dumps(row | {"data": json.loads(entry.data)}))


COMMANDS = (init, publish, audit)
