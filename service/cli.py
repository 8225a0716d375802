"""The `proofmark` command: check certificates, serve them, show an example world (design.md 9.1).

The clock is read here, once for a run, and the web service is started from here and from nowhere
else. What a command is made of stands in `service.commands`; what only one command needs is
imported when that command runs, so that checking one token takes a fraction of a second.
"""

import errno
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import click

from service.commands.answering import (
    Answers,
    Query,
    QueryRefused,
    Source,
    exit_code,
    worst_exit,
)
from service.commands.asking import query_of
from service.commands.door import USAGE, Door, Refusal, note
from service.commands.given import Given, NotOneCode
from service.config import SettingRefused, Settings, load_settings, settings_table

BUNDLE_VARIABLE = "PROOFMARK_BUNDLE"
# The example world's lists are good for a day: signed again every hour they are never old.
RE_SIGN_S = 3_600
# What is issued in it is published within seconds; after a failure it waits a little.
PUBLISH_S, RE_SIGN_PAUSE_S = 1, 10
# Wider lines are hard to read, however wide the terminal is.
MAX_WIDTH = 100


def now() -> int:
    """Now, in POSIX seconds."""
    return int(time.time())


def _bodies() -> tuple[click.Command, ...]:
    """The work of bodies: certification, accreditation, arrangements."""
    from service.commands import certifying, labelling, standing

    return (*certifying.COMMANDS, *labelling.COMMANDS, *standing.COMMANDS)


def _service() -> tuple[click.Command, ...]:
    """The work of whoever runs the register."""
    from service.commands.api_keys import api_key
    from service.commands.caring import COMMANDS
    from service.commands.custody import keys
    from service.commands.database import db
    from service.commands.importing import import_command
    from service.commands.notifying import notices
    from service.commands.people import user
    from service.commands.pinning import anchors, policy

    return (*COMMANDS, anchors, policy, keys, db, import_command, notices, user, api_key)


def _bundles() -> tuple[click.Command, ...]:
    """Folders to carry away."""
    from service.commands.bundling import COMMANDS

    return COMMANDS


# Commands over the register by name: imported only when they run, for checking needs none of it.
_OVER_REGISTER: Mapping[str, Callable[[], tuple[click.Command, ...]]] = {
    **dict.fromkeys(
        "issue listing suspend reinstate withdraw cancel transfer-out surveillance".split(), _bodies
    ),
    **dict.fromkeys("body accredit recognise label certificate".split(), _bodies),
    "bundle": _bundles,
    **dict.fromkeys("init publish audit anchors policy keys db import".split(), _service),
    **dict.fromkeys("notices user api-key".split(), _service),
}


class _Main(Door):
    """The command with those over the register beside its own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        return sorted([*super().list_commands(ctx), *_OVER_REGISTER])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        found = super().get_command(ctx, cmd_name)
        if found is None and cmd_name in _OVER_REGISTER:
            commands = {one.name: one for one in _OVER_REGISTER[cmd_name]()}
            found = commands[cmd_name]
        return found


@click.group(cls=_Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="proofmark", message="proofmark %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Check conformity certificates that cannot be faked; issue and look after them."""
    if ctx.invoked_subcommand in _OVER_REGISTER:
        from service.commands.desk import Run

        ctx.obj = Run(now, _settings)


@main.command(short_help="Check certificates.")
@click.argument("inputs", nargs=-1, metavar="[TOKEN | FILE | -]...")
@click.option(
    "--bundle", type=click.Path(path_type=Path),
    help=f"Evidence folder to judge by; {BUNDLE_VARIABLE} if not set. Its anchors are trusted.",
)  # fmt: skip
@click.option("--url", metavar="URL", help="Ask the service at this address instead.")
@click.option("--at", metavar="INSTANT", help="Judge at this instant, 2026-06-15T12:00:00Z.")
@click.option("--on", metavar="DATE", help="Ask about this civil day, 2026-03-31.")
@click.option(
    "--ask", metavar="FIELD=VALUE", multiple=True, help="Ask, such as model=K7; may be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="Print reports as JSON, one a line.")
@click.option(
    "--batch",
    type=click.File("rb"),
    help='Answer a file of lines {"text","at"?,"question"?}, a JSON report a line.',
)
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="File to remember checks in."
)
@click.option("--no-state", is_flag=True, help="Remember nothing between runs.")
def verify(
    inputs: tuple[str, ...], batch: BinaryIO | None, as_json: bool,
    at: str | None, on: str | None, ask: tuple[str, ...], **where: Any,
) -> int:  # fmt: skip
    """Check certificates: tokens, digits, links, PNG, JPEG and PDF files, or - for standard input.

    Exit code: 0 accepted, 1 rejected or not for this purpose, 2 wrong usage, 3 cannot be confirmed;
    of several the worst.
    """
    if bool(inputs) == bool(batch):
        raise click.UsageError("Give one or more certificates, or --batch with a file.")
    usual = query_of(at=at, on=on, ask=ask)
    source = _source(**where)
    answers = source.open()
    for line in answers.notes:
        note(line)
    if batch is not None:
        return _answer_batch(batch, source, answers, usual)
    return _answer_inputs(inputs, answers, usual, as_json)


def _source(bundle: Path | None, url: str | None, state: Path | None, no_state: bool) -> Source:
    if url and bundle:
        raise click.UsageError("Give --bundle or --url, not both.")
    if no_state and state:
        raise click.UsageError("Give --state or --no-state, not both.")
    if url:
        if no_state or state:
            raise click.UsageError("--state and --no-state are for --bundle: a service remembers.")
        return Source(url=url)
    if bundle is None and (usual := os.environ.get(BUNDLE_VARIABLE)):
        bundle = Path(usual)
    if bundle is None:
        raise click.UsageError(
            "Say what to judge by: --bundle with an evidence folder (or set "
            f"{BUNDLE_VARIABLE}), or --url with a service. 'proofmark demo --no-serve' builds an "
            "example in demo-world/bundle."
        )
    return Source(bundle=bundle, state=state, remembers=not no_state)


def _answer_inputs(inputs: tuple[str, ...], answers: Answers, usual: Query, as_json: bool) -> int:
    at = now()
    codes: set[int] = set()
    for given in map(Given, inputs):
        try:
            report = answers.report(replace(usual, text=given.text()), at)
        except (NotOneCode, QueryRefused) as refused:
            note(f"{refused.code}: {given.name}: {refused.title}")
            codes.add(USAGE)
            continue
        codes.add(exit_code(report))
        name = given.name if len(inputs) > 1 else None
        click.echo(_as_json(report, name) if as_json else _as_sheet(report, name))
    return worst_exit(codes)


def _as_json(report: Mapping[str, Any], name: str | None) -> str:
    # Escaped to ASCII: nothing in it can turn text or command a terminal.
    return json.dumps(report, indent=2 if name is None and sys.stdout.isatty() else None)


def _as_sheet(report: Mapping[str, Any], name: str | None) -> str:
    from service.commands.sheet import sheet
    from service.domain.text import clean

    lines = sheet(report, width=_width())
    if name is not None:
        lines = [click.style(f"── {clean(name)}", bold=True), *lines, ""]
    return "\n".join(lines)


def _answer_batch(file: BinaryIO, source: Source, answers: Answers, usual: Query) -> int:
    from service.commands.batch import answer_lines, numbered_lines

    # On a terminal only, and not where the answers themselves are seen to go by.
    shown = sys.stderr.isatty() and not sys.stdout.isatty()
    size = os.fstat(file.fileno()).st_size if shown and file.seekable() else 0
    bar = click.progressbar(length=size, label="Checking", file=sys.stderr) if size else None
    codes = set()
    with bar or nullcontext():
        for answer in answer_lines(source, answers, numbered_lines(file), usual=usual, now=now()):
            click.echo(answer.line)
            codes.add(answer.code)
            if bar is not None:
                bar.update(answer.size)
    return worst_exit(codes)


@main.command(short_help="Run the web service.")
def serve() -> None:
    """Run the web service, as the environment and PROOFMARK_CONFIG set it up (see settings)."""
    _serve(_settings())


@main.command(short_help="List the settings of the web service.")
def settings() -> None:
    """List every setting of the web service, as a Markdown table."""
    click.echo(settings_table())


@main.command(short_help="Build and serve an example world.")
@click.option(
    "--dir", "folder", type=click.Path(file_okay=False, path_type=Path), default="demo-world",
    show_default=True, help="Where to build it.",
)  # fmt: skip
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to serve at; 8000 if not set.")
@click.option("--host", help="Address to listen on, such as this machine's in your network.")
@click.option("--public-url", metavar="URL", help="Address that codes lead to, for a phone.")
@click.option("--no-serve", is_flag=True, help="Only build it.")
def demo(
    folder: Path, port: int | None, host: str | None, public_url: str | None, no_serve: bool
) -> None:
    """Build an example world, print links to try, and serve it.

    For a phone in the same network: --host with this machine's address there.
    """
    from service.commands.world import build, show

    chosen = _demo_settings(folder, port, host, public_url)
    if not no_serve:
        _check_address(chosen)
    world = build(folder, at=now(), base_url=chosen.base_url)
    # Without colours a code would be light on dark where the terminal is.
    drawn = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    columns = shutil.get_terminal_size().columns if drawn else None
    for line in show(world, folder, served=not no_serve, columns=columns):
        click.echo(line)
    if not no_serve:
        with _kept_fresh(folder):
            _serve(chosen, demo=folder)


def _demo_settings(
    folder: Path, port: int | None, host: str | None, public_url: str | None
) -> Settings:
    from service.demo import ORIGIN

    usual = _settings()
    bind, port = host or usual.bind, port or usual.port
    if bind in ("0.0.0.0", "::") and not public_url:  # noqa: S104  # asked for by the user
        raise click.UsageError("Say with --public-url which address codes should lead to.")
    with _setting_refusals():
        return replace(
            usual, bind=bind, port=port, base_url=public_url or f"http://{bind}:{port}",
            evidence=folder / "bundle", entity_base=ORIGIN, state_file=None,
            trusted_hosts=(*usual.trusted_hosts, "localhost", "127.0.0.1"), shutdown_s=2,
        )  # fmt: skip


def _settings() -> Settings:
    with _setting_refusals():
        return load_settings(os.environ)


@contextmanager
def _setting_refusals() -> Iterator[None]:
    try:
        yield
    except SettingRefused as refused:
        raise Refusal(refused.code, str(refused).removeprefix(f"{refused.code}: ")) from None


def _serve(settings: Settings, *, demo: Path | None = None) -> None:
    """Serve until stopped, with the page of the example world in `demo`.

    Raises Refusal where it cannot begin.
    """
    from service.commands.opening import open_folder
    from service.web.app import create_app
    from service.web.server import serve as run

    _check_address(settings)
    state = settings.state_file or settings.evidence / "state.json"
    register, kept = (None, nullcontext())
    if demo is not None:
        register = _demo_register(demo)
    elif settings.database is not None:
        register, kept = _open_register(settings)
    opened = open_folder(settings.evidence, state=state, online=True, own_hosts=settings.hosts)
    for line in opened.notes:
        note(line)
    with kept:
        run(
            settings,
            lambda: create_app(
                settings, verifier=opened.verifier, evidence=opened.bundle, demo=demo,
                register=register,
            ),
            on_ready=lambda address: note(
                f"serving {settings.base_url} ({address}). Stop with Ctrl-C."
            ),
        )  # fmt: skip


def _demo_register(folder: Path) -> Any:
    """The register of the example world; what publishes it is the process that keeps it fresh."""
    from service.demo.opening import open_office
    from service.web.register import RegisterDesk

    return RegisterDesk.of(open_office(folder))


def _open_register(settings: Settings) -> tuple[Any, Any]:
    """The register behind the service, and the publisher that runs beside it.

    Raises Refusal where it must not be worked with, such as an old backup (BACKUP_ROLLBACK), or a
    key file that others can read (KEY_FILE_PERMISSIONS).
    """
    from service.commands.desk import Run, refusals
    from service.registry.opening import check_key_files
    from service.web.register import RegisterDesk

    office = Run(now, lambda: settings).office()
    with refusals():
        check_key_files(office, at=now())
    kept = _beside("publish") if settings.publisher else nullcontext()
    return RegisterDesk.of(office), kept


def _check_address(settings: Settings) -> None:
    """Try the address first: the server would try again for seconds, and then say it in its log."""
    from multiprocessing.connection import Listener

    if ":" in settings.bind:
        return
    try:
        Listener((settings.bind, settings.port)).close()
    except OSError as error:
        where = f"{settings.bind}:{settings.port}"
        taken = f"{where} is taken by another program; choose another port"
        why = taken if error.errno == errno.EADDRINUSE else f"{where}: {error.strerror}"
        raise Refusal("CANNOT_LISTEN", why) from None


def _kept_fresh(folder: Path) -> Any:
    """Have the evidence of the example world signed again every hour, for as long as we live."""
    return _beside("re-sign", str(folder))


@contextmanager
def _beside(*words: str) -> Iterator[None]:
    """A command of ours in a process of its own.

    It ends when its standard input does: with us, and with every process of the server.
    """
    # -P: a folder here that is called like one of our packages is none of ours.
    command = [sys.executable, "-P", "-m", "service.cli", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE):  # noqa: S603  # ourselves
        yield


@main.command("re-sign", hidden=True)
@click.argument("folder", type=click.Path(path_type=Path))
def re_sign_hourly(folder: Path) -> None:
    """Publish what changes in an example world, and sign it again every hour, until standard
    input ends.
    """
    from service.demo import re_sign
    from service.demo.opening import open_office
    from service.domain.refusal import Denied, StorageFailed
    from service.registry.caretaker import care

    office, signed_at = open_office(folder), 0
    while not select.select([sys.stdin], [], [], PUBLISH_S)[0]:
        try:
            care(office, at=now())
            if now() >= signed_at + RE_SIGN_S:
                re_sign(folder, at=now())
                signed_at = now()
        except (OSError, ValueError, Denied, StorageFailed) as error:
            note(f"the example world could not be signed again: {error}")
            if select.select([sys.stdin], [], [], RE_SIGN_PAUSE_S)[0]:
                return


@main.command(short_help="Say what a code means.")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a code a line.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print all of them as Markdown.")
def explain(codes: tuple[str, ...], as_json: bool, as_markdown: bool) -> None:
    """Say what codes mean, for buyers and for professionals, and what to do; without one, list all.

    Such as: proofmark explain SURV_OVERDUE
    """
    from service.commands import explaining
    from service.domain.glossary import entry_json

    if as_markdown and (codes or as_json):
        raise click.UsageError("--markdown prints all codes, and nothing else.")
    if as_markdown:
        click.echo(explaining.markdown(), nl=False)
    elif as_json:
        for code in explaining.chosen(codes):
            click.echo(json.dumps(entry_json(code)))
    elif codes:
        found = [explaining.explanation(code, _width()) for code in explaining.chosen(codes)]
        click.echo("\n\n".join("\n".join(lines) for lines in found))
    else:
        click.echo("\n".join(explaining.listing(_width())))


@main.command(short_help="Show the rules that certificates are judged by.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print them as Markdown.")
def rules(as_json: bool, as_markdown: bool) -> None:
    """Show packs, purposes, parameters and standards, each with its source."""
    from service.commands import rulebook

    if as_json and as_markdown:
        raise click.UsageError("Give --json or --markdown, not both.")
    if as_markdown:
        click.echo(rulebook.markdown(), nl=False)
    elif as_json:
        click.echo(json.dumps(rulebook.as_json(), indent=2 if sys.stdout.isatty() else None))
    else:
        click.echo("\n".join(rulebook.listing(_width())))


def _width() -> int | None:
    """How wide lines may be; None where nobody looks at a terminal."""
    return min(shutil.get_terminal_size().columns, MAX_WIDTH) if sys.stdout.isatty() else None


if __name__ == "__main__":
    main(prog_name="proofmark")
