"""The example world from a terminal: built with a progress bar, and what to try in it."""

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import click

from service.commands.door import UNKNOWN, Refusal
from service.commands.sheet import verdict_word
from service.credential.qr import symbol
from service.demo import Demo, DemoBroken, DemoCase, build_world, first_to_try, load_demo
from service.demo.newcomer import Newcomer
from service.domain.verdict import Verdict

# Stands in a folder while it is being built: what was broken off is known as ours, and built anew.
MARKER = ".being-built"
_BLOCKS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def check_place(folder: Path) -> None:
    """Nothing is overwritten but a world of ours. Raises Refusal."""
    try:
        if not folder.exists() or not os.listdir(folder) or (folder / MARKER).exists():
            return
        load_demo(folder)
    except (OSError, ValueError):
        why = "is not empty, and no example world; choose another folder with --dir"
        raise Refusal("FOLDER_NOT_OURS", f"{folder} {why}") from None


def build(folder: Path, *, at: int, base_url: str) -> Demo:
    """Build the world as of `at` (POSIX seconds), its links leading to `base_url`.

    Raises Refusal for a folder of somebody else, or one that cannot be written.
    """
    check_place(folder)
    label, hidden = "Building the example world", not sys.stderr.isatty()
    bar = click.progressbar(length=1, label=label, file=sys.stderr, hidden=hidden, show_eta=False)

    def follow(done: int, total: int) -> None:
        bar.length = total
        bar.update(done - bar.pos)

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKER).touch()
        with bar:
            demo = build_world(folder, at=at, base_url=base_url, progress=follow)
        (folder / MARKER).unlink()
    except DemoBroken as broken:
        raise Refusal("DEMO_BROKEN", f"a fault of ours: {broken}", exit_code=UNKNOWN) from None
    except OSError as error:
        raise Refusal("FOLDER_UNWRITABLE", f"{folder}: {error.strerror}") from None
    return demo


def show(demo: Demo, folder: Path, *, served: bool, columns: int | None) -> Iterator[str]:
    """What to try, by verdict; on a terminal of so many `columns` also one code for a phone.

    Where the world is `served`, by its short addresses; else by its files.
    """
    tries = first_to_try(demo)
    for verdict, some in groupby(tries, key=lambda case: case.verdict):
        yield ""
        yield verdict_word(Verdict(verdict))
        for case in some:
            place = f"{demo.base_url}/demo/{case.slug}" if served else _file(case, folder)
            yield f"  {case.story}"
            yield f"  {click.style(place, dim=True)}"
    yield ""
    if columns and tries:
        yield from _drawn(tries[0].url, columns)
    count = len({case.token for case in demo.certificates})
    if served:
        yield f"All {count} codes, to scan off the screen: {demo.base_url}/demo"
    yield f"Their files: {folder / 'qr'}   the tokens: {folder / 'tokens'}"
    if served and demo.newcomer is not None:
        yield ""
        yield from _newcomer(demo, demo.newcomer, folder)
    yield f"Offline: proofmark verify --bundle {folder / 'bundle'} {folder / 'qr'}/*.png"


def _newcomer(demo: Demo, one: Newcomer, folder: Path) -> Iterator[str]:
    """How to issue a certificate of one's own: with the key, which is shown this once."""
    body = f'"{{\\"dossier\\": $(cat {folder / "dossier.json"})}}"'
    yield f"Issue one of your own, for {one.body} (the key is shown this once):"
    yield f"  curl -H 'Authorization: Bearer {one.api_key}' \\"
    yield f"    -H 'Content-Type: application/json' -d {body} {demo.base_url}/api/v1/certificates"
    yield f"  The API: {demo.base_url}/docs"
    yield ""


def _file(case: DemoCase, folder: Path) -> str:
    asked = "".join(f" --ask {name}={value}" for name, value in case.question.items())
    return f"{folder / case.png}{asked}"


def _drawn(link: str, columns: int) -> Iterator[str]:
    prefix, place, digits = link.partition("?")[0].rpartition("/q/")
    drawn = symbol(prefix + place, digits)
    if drawn.side > columns:
        yield f"Make the terminal {drawn.side} characters wide to see a code for a phone here."
        return
    yield from qr_lines(drawn.modules)
    yield ""


def qr_lines(modules: Sequence[Sequence[bool]]) -> Iterator[str]:
    """A symbol in half blocks, two rows of modules a line; dark on light whatever the terminal.

    `modules` are rows with True for dark, the quiet zone included.
    """
    rows = [*modules, (False,) * len(modules[0])]
    for upper, lower in zip(rows[:-1:2], rows[1::2], strict=False):
        blocks = "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        yield click.style(blocks, fg="black", bg="bright_white")
