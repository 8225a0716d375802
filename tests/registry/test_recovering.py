"""Yesterday's backup: the start refuses it, and what was published since can be taken back."""

from pathlib import Path

import pytest

from service.domain.refusal import Denied, StorageFailed
from service.domain.verdict import Verdict
from service.registry.recovering import recover
from service.storage.backup import backup, restore
from service.storage.database import Database
from tests.registry.desk import AT, DECIDED, RegisterWorld, dossier, open_world


@pytest.fixture
def world(tmp_path: Path) -> RegisterWorld:
    from service.storage.migrating import upgrade

    database = Database(f"sqlite:///{tmp_path / 'register.db'}")
    upgrade(database)
    return open_world(database, tmp_path / "evidence")


def _other(name: str) -> dict[str, object]:
    return dossier(holder={"name": name, "id": f"reg:{name}"}, **DECIDED)


def test_a_backup_older_than_what_was_published_is_refused_at_the_start(
    world: RegisterWorld, tmp_path: Path
) -> None:
    kept = world.issue(_other("Kept"))
    world.publish()
    backup(world.office.database, tmp_path / "yesterday.db")
    world.act(kept.number, "withdraw", reason="fraud")
    world.publish()

    restore(world.office.database, tmp_path / "yesterday.db")

    with pytest.raises(StorageFailed, match="BACKUP_ROLLBACK"):
        world.office.start()


def test_a_recovery_takes_back_what_was_published(world: RegisterWorld, tmp_path: Path) -> None:
    kept, ended = world.issue(_other("Kept")), world.issue(_other("Ended"))
    world.publish()
    backup(world.office.database, tmp_path / "yesterday.db")
    world.act(ended.number, "withdraw", reason="fraud")
    new, lost = world.issue(_other("New")), world.issue(_other("Lost"))
    world.act(lost.number, "withdraw", reason="fraud")
    world.publish()
    restore(world.office.database, tmp_path / "yesterday.db")

    done = recover(world.office, [new.token], at=AT + 60)

    world.at += 120
    world.office.start()
    world.publish()
    assert (done.certificates, done.entries, done.missing) == (1, 1, [lost.number])
    assert world.verify(kept.token).verdict is Verdict.ACCEPT
    assert world.verify(ended.token).codes == ("WITHDRAWN",)
    assert world.verify(new.token).verdict is Verdict.ACCEPT
    assert world.verify(lost.token).codes == ("WITHDRAWN",)


def test_after_a_recovery_no_entry_is_given_out_again(world: RegisterWorld, tmp_path: Path) -> None:
    backup(world.office.database, tmp_path / "yesterday.db")
    lost = world.issue(_other("Lost"))
    world.publish()
    restore(world.office.database, tmp_path / "yesterday.db")
    recover(world.office, at=AT + 60)
    world.at += 120

    fresh = world.issue(_other("Fresh"), "FRESH/1")

    world.publish()
    assert world.verify(fresh.token).verdict is Verdict.ACCEPT
    assert _index(fresh.token) > _index(lost.token)


def test_a_token_of_somebody_else_is_not_taken_in(world: RegisterWorld) -> None:
    issued = world.issue(_other("Kept"))
    forged = issued.token[:-6] + "AAAAAA"

    with pytest.raises(Denied, match="SIGNATURE_INVALID"):
        recover(world.office, [forged], at=AT)


def test_a_damaged_backup_is_refused_before_anything_is_moved(
    world: RegisterWorld, tmp_path: Path
) -> None:
    (tmp_path / "damaged.db").write_bytes(b"SQLite format 3\x00" + b"\x00" * 5_000)

    with pytest.raises(Denied, match="BACKUP_UNUSABLE"):
        restore(world.office.database, tmp_path / "damaged.db")
    world.office.start()


def _index(token: str) -> int:
    from service.credential import jws
    from service.credential.claims import TYP

    claims = jws.parse(token, typ=TYP).unproven_claims
    return int(claims["status"]["status_list"]["idx"])
