"""A disk that is really full (adversarial D02): a small file system of its own, filled to the brim.

It needs leave to mount; a machine that does not give it says so, loudly.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.domain.refusal import StorageFailed
from service.domain.verdict import Verdict
from service.registry import issuing
from service.registry.publishing import publish
from service.storage import ledger
from service.storage.database import Database
from service.storage.migrating import upgrade
from tests.registry import harness
from tests.registry.desk import CB, SETUP, RegisterWorld, open_world

SIZE = "6m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of six megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["/usr/bin/mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"NO FULL DISK TESTED: this machine lets us mount nothing: {mounted.stderr}")
    try:
        yield place
    finally:
        subprocess.run(["/usr/bin/umount", "-l", str(place)], check=True)


def _issue(world: RegisterWorld, name: str) -> str:
    (one,) = issuing.issue(world.office, SETUP, CB, [harness.wish(name)], at=world.at)
    return one.token


def _fill(place: Path) -> Path:
    """Take whatever is free."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(os.urandom(65_536))
        except OSError:
            pass
    return filler


def test_d02_on_a_full_disk_nothing_is_half_written_and_what_was_published_is_served(
    disk: Path,
) -> None:
    database = Database(f"sqlite:///{disk}/register.db", patience_s=0.1)
    upgrade(database)
    world = open_world(database, disk / "evidence")
    kept = _issue(world, "kept")
    world.publish()
    before = database.read(lambda c: ledger.checkpoint(c, CB))
    filler = _fill(disk)
    world.at += 60
    with pytest.raises(StorageFailed) as refused:
        for count in range(50):
            _issue(world, f"firm {count}")
    served = world.verify(kept)
    filler.unlink()
    world.at += 60
    after = _issue(world, "room again")
    published = publish(world.office, at=world.at, limit=1_000)

    assert refused.value.code == "STORAGE_FULL"
    assert served.verdict is Verdict.ACCEPT
    assert published.failed == []
    assert world.verify(after).verdict is Verdict.ACCEPT
    assert database.read(lambda c: ledger.verify(c, CB)) is None
    assert database.read(lambda c: ledger.checkpoint(c, CB)).count > before.count


def test_a_list_that_finds_no_room_stays_as_it_was_and_stays_due(
    disk: Path, tmp_path: Path
) -> None:
    database = Database(f"sqlite:///{tmp_path}/register.db")
    upgrade(database)
    world = open_world(database, disk / "evidence")
    first = _issue(world, "first")
    world.publish()
    (served,) = (disk / "evidence").rglob("harrowgate/status/*")
    was = served.read_bytes()
    world.at += 60
    second = _issue(world, "second")
    filler = _fill(disk)
    full = publish(world.office, at=world.at)
    during = (served.read_bytes(), world.verify(first).verdict)
    filler.unlink()
    roomy = publish(world.office, at=world.at + 1)

    assert any(name.startswith("status") for name in full.failed)
    assert during == (was, Verdict.ACCEPT)
    assert roomy.failed == []
    assert world.verify(second, at=world.at + 2).verdict is Verdict.ACCEPT
