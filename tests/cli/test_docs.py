"""docs/cli.md shows true output: every example is run, in a world built on 15 June 2026."""

import re
from pathlib import Path

import click
import pytest

from service import cli
from service.commands.batch import ALONE_LINES
from service.commands.given import TITLES
from service.domain.question import FIELDS
from tests.cli.conftest import Terminal

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```console\n\$ proofmark ([^\n]*)\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docs")


@pytest.mark.parametrize(("words", "shown"), EXAMPLES)
def test_an_example_prints_what_the_page_shows(
    proofmark: Terminal,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    shown: str,
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv(cli.BUNDLE_VARIABLE, "demo-world/bundle")
    if not Path("demo-world").exists():
        assert proofmark("demo", "--no-serve").exit_code == 0
        proofmark("verify", "demo-world/tokens/harrow-product.jwt")
    words, _, cut = words.partition(" | cut -c 1-")

    ran = proofmark(*words.split())

    lines = [line[: int(cut)] if cut else line for line in ran.stdout.splitlines()]
    assert "\n".join([*ran.stderr.splitlines(), *lines]) == shown.rstrip("\n")


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 5


def test_every_command_field_and_code_is_named() -> None:
    commands = {
        name
        for name, command in cli.main.commands.items()
        if not (isinstance(command, click.Command) and command.hidden)
    }

    assert {name for name in commands if f"`proofmark {name}`" not in PAGE} == set()
    assert {name for name in {*FIELDS, *TITLES} if f"`{name}`" not in PAGE} == set()
    assert f"Beyond {ALONE_LINES:,} lines" in PAGE
