"""Offline bundles: everything that a register has published, in one folder to carry away."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import click

from service.commands.desk import refusals
from service.commands.door import Refusal
from service.domain.dates import show_instant
from service.domain.verdict import Refused
from service.storage.bundle import Bundle, write_document
from service.storage.documents import KINDS, SUFFIX, Document, parse_document
from service.storage.folder import write_whole
from service.storage.ground import ANCHORS, POLICY
from service.storage.manifest import digest
from service.storage.published import PUBLIC

_PLAIN = re.compile(r"[^A-Za-z0-9.-]+")


@click.group(short_help="Make and show offline bundles.")
def bundle() -> None:
    """Make and show offline bundles: folders with all that a check without network needs."""


@bundle.command(name="make")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--from", "evidence", type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True, help="The evidence folder of a register, or another bundle.",
)  # fmt: skip
def make(out: Path, evidence: Path) -> None:
    """Copy what is published in an evidence folder into the new folder OUT.

    Statements, lists, records, anchors and policy; nothing that only the register needs. Carry it
    to whoever checks offline: lists are good for seven days there.
    """
    if out.exists() and any(out.iterdir()):
        raise Refusal("ALREADY_EXISTS", f"{out} is not empty; name a new folder.")
    with refusals():
        Bundle.load(evidence)
    count = 0
    for name in (ANCHORS, POLICY):
        if (evidence / name).is_file():
            out.mkdir(parents=True, exist_ok=True)
            write_whole(out / name, (evidence / name).read_bytes())
    found = list(_published(evidence))
    with click.progressbar(found, label="Copying") as files:
        for kind, file in files:
            raw = file.read_bytes()
            # Names are short and tell themselves apart; what a file is about stands inside.
            plain = _PLAIN.sub("_", file.relative_to(evidence).as_posix())[-60:].strip("._-")
            name = f"{plain.removesuffix(SUFFIX)}-{digest(raw)[:12].replace('_', '-')}"
            try:
                write_document(out, kind, name, raw.decode("ascii").strip())
            except (ValueError, UnicodeDecodeError):
                click.echo(f"left out, for it is of no use: {file}", err=True)
                continue
            count += 1
    click.echo(f"{count} documents in {out}. Check with: proofmark verify … --bundle {out}")


@bundle.command(name="show")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def show(folder: Path) -> None:
    """Say what the bundle in FOLDER holds, how old it is, and what of it cannot be used.

    Nothing is proven here: that happens with each check.
    """
    with refusals():
        found = Bundle.load(folder)
    for anchor in found.anchors:
        click.echo(f"trusts  {anchor.id}  {anchor.name or ''}")
    held: dict[str, list[Document]] = defaultdict(list)
    for kind, file in _published(folder):
        try:
            held[kind].append(parse_document(kind, file.read_bytes()))
        except Refused:
            continue  # named below
    for kind in KINDS:
        some = held[kind]
        if not some:
            click.echo(f"{kind:10}  none")
            continue
        oldest, newest = (show_instant(f(one.issued_at for one in some)) for f in (min, max))
        ends = show_instant(min(one.ends_at for one in some))
        click.echo(f"{kind:10}  {len(some)}, issued {oldest} to {newest}, the first ends {ends}")
    for trouble in found.unusable:
        click.echo(f"not used  {trouble.file}: {trouble.why}")


def _published(folder: Path) -> Iterator[tuple[str, Path]]:
    """The documents of a bundle and of a register's published part, by kind."""
    for file in sorted(folder.rglob(f"*{SUFFIX}")):
        steps = file.relative_to(folder).parts[:-1]
        if steps[:1] == (PUBLIC,):
            kind = next((step for step in reversed(steps) if step in KINDS), None)
        else:
            kind = steps[0] if len(steps) == 1 and steps[0] in KINDS else None
        if kind is not None:
            yield kind, file


COMMANDS = (bundle,)
