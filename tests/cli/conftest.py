"""A user at a terminal on 15 June 2026, with an evidence folder of the test world at hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from click.testing import CliRunner, Result

from keys.signer import PASSPHRASE_FILE_VARIABLE
from service import cli
from tests.world import JUNE_15, World


class Terminal(Protocol):
    """Runs `proofmark` with some words."""

    def __call__(self, *words: str | Path, stdin: bytes = b"") -> Result:
        """What it printed, and its exit code."""


@pytest.fixture
def proofmark(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The command without any evidence folder named."""
    monkeypatch.delenv(cli.BUNDLE_VARIABLE, raising=False)
    monkeypatch.setattr(cli, "now", lambda: JUNE_15)

    def run(*words: str | Path, stdin: bytes = b"") -> Result:
        return CliRunner().invoke(cli.main, [str(word) for word in words], input=stdin)

    return run


@pytest.fixture
def new_register(proofmark: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A register with nothing but its arrangement, in the environment of the command."""
    monkeypatch.setenv("PROOFMARK_DATABASE", f"sqlite:///{tmp_path}/register.db")
    monkeypatch.setenv("PROOFMARK_EVIDENCE", str(tmp_path / "evidence"))
    monkeypatch.setenv("PROOFMARK_KEY_FOLDER", str(tmp_path / "secrets"))
    # The command names the passphrase's file in its own environment: here that is ours.
    monkeypatch.setenv(PASSPHRASE_FILE_VARIABLE, "")
    monkeypatch.delenv(PASSPHRASE_FILE_VARIABLE)
    assert proofmark("init").exit_code == 0
    return tmp_path


@pytest.fixture
def world() -> World:
    world = World()
    world.online = False
    return world


@pytest.fixture
def token(world: World) -> str:
    """A certificate that is accepted."""
    return world.cb.issue()


@pytest.fixture
def bundle(world: World, token: str, tmp_path: Path) -> Path:
    """The evidence about that certificate."""
    folder = tmp_path / "bundle"
    world.network.write_bundle(folder)
    return folder


@pytest.fixture
def verify(
    proofmark: Terminal, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    """`proofmark verify` where the environment names the evidence folder."""
    monkeypatch.setenv(cli.BUNDLE_VARIABLE, str(bundle))

    def run(*words: str | Path, stdin: bytes = b"") -> Result:
        return proofmark("verify", *words, stdin=stdin)

    yield run
