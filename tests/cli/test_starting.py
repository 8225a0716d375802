"""What a service refuses to start with (adversarial D10): key files not safe, or not open."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal


@pytest.fixture
def key(new_register: Path) -> Path:
    """The key file of a new register's arrangement."""
    (file,) = (new_register / "secrets").glob("*.pem")
    return file


def _linked(file: Path) -> None:
    file.rename(file.with_suffix(".real"))
    file.symlink_to(file.with_suffix(".real"))


def _others(file: Path) -> None:
    os.chown(file, 65534, -1)


TROUBLES = [
    ("others can read it", lambda file: file.chmod(0o644), "KEY_FILE_PERMISSIONS"),
    ("it is a symbolic link", _linked, "KEY_FILE_PERMISSIONS"),
    ("its passphrase is gone", lambda file: (file.parent / "passphrase").unlink(),
     "KEY_FILE_LOCKED"),
    ("its passphrase is another", lambda file: (file.parent / "passphrase").write_text("no\n"),
     "KEY_FILE_LOCKED"),
    ("it is gone", Path.unlink, "KEY_UNKNOWN"),
]  # fmt: skip


@pytest.mark.parametrize("command", [("publish", "--once"), ("serve",)])
@pytest.mark.parametrize(
    ("trouble", "code"), [one[1:] for one in TROUBLES], ids=[one[0] for one in TROUBLES]
)
def test_nothing_starts_over_a_key_file_that_is_not_safe(
    proofmark: Terminal, key: Path, command: tuple[str, ...], trouble: Callable[[Path], object],
    code: str,
) -> None:  # fmt: skip
    trouble(key)
    result = proofmark(*command)

    assert result.exit_code != 0
    assert code in result.output
    assert str(key.parent) not in result.output


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_nothing_starts_over_a_key_file_of_somebody_else(proofmark: Terminal, key: Path) -> None:
    _others(key)

    assert "KEY_FILE_PERMISSIONS" in proofmark("publish", "--once").output


def test_no_key_is_in_the_database_or_the_evidence(key: Path) -> None:
    secret = key.read_bytes().splitlines()[1]

    for file in key.parents[1].rglob("*"):
        if file.is_file() and file.parent != key.parent:
            assert secret not in file.read_bytes(), file
