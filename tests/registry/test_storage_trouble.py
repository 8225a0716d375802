"""What storage does when it is full, edited, damaged, or on a clock that goes back."""

from pathlib import Path

import pytest
from sqlalchemy import event, text

from service.credential import jws
from service.credential.claims import TYP
from service.domain.refusal import StorageFailed
from service.domain.verdict import Verdict
from service.registry import sanctions
from service.status import status_list
from service.storage import checkpoints, ledger
from service.storage.database import Connection, Database
from service.storage.migrating import upgrade
from tests.registry import harness
from tests.registry.desk import AB, CB, SETUP, RegisterWorld, open_world


def _issue(world: RegisterWorld, name: str) -> str:
    from service.registry import issuing

    (one,) = issuing.issue(world.office, SETUP, CB, [harness.wish(name)], at=world.at)
    return one.token


def test_d02_a_full_disk_refuses_whole_and_recovers(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'register.db'}", patience_s=0.1)
    upgrade(database)
    world = open_world(database, tmp_path / "evidence")
    kept = _issue(world, "kept")
    world.publish()
    pages = database.read(lambda c: c.execute(text("PRAGMA page_count")).scalar())
    limit = {"pages": pages}

    def bound(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit['pages']}")  # type: ignore[attr-defined]

    event.listen(database.engine, "connect", bound)
    database.engine.dispose()
    with pytest.raises(StorageFailed, match="STORAGE_FULL"):
        for count in range(50):
            _issue(world, f"firm {count}")
    served = world.verify(kept)
    limit["pages"] = 1_000_000
    database.engine.dispose()

    assert served.verdict is Verdict.ACCEPT
    assert _issue(world, "room again")
    assert database.read(lambda c: ledger.verify(c, CB)) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE events SET data = '{}' WHERE body = :b AND seq = 3", "not as it was written"),
        ("UPDATE events SET actor = 'user:x' WHERE body = :b AND seq = 3", "not as it was written"),
        ("DELETE FROM events WHERE body = :b AND seq = 3", "missing"),
        ("DELETE FROM events WHERE body = :b AND seq > 3", "missing"),
    ],
)
def test_d09_a_changed_ledger_is_found_at_its_first_bad_event(
    world: RegisterWorld, change: str, why: str
) -> None:
    _issue(world, "firm")
    database = world.office.database
    database.write(lambda c: c.execute(text(change), {"b": CB}))

    broken = database.read(lambda c: ledger.verify(c, CB))

    assert broken is not None
    assert broken.seq in (3, 4)
    assert why in broken.why


def test_d09_a_tail_that_is_cut_off_cleanly_is_found_by_what_was_published(
    world: RegisterWorld,
) -> None:
    _issue(world, "firm")
    world.publish()
    database, told = world.office.database, checkpoints.published(world.office.folder)[CB]

    def cut(connection: Connection) -> None:
        connection.execute(text("DELETE FROM events WHERE body = :b AND seq > 3"), {"b": CB})
        head = connection.execute(
            text("SELECT hash FROM events WHERE body = :b AND seq = 3"), {"b": CB}
        ).scalar()
        connection.execute(
            text("UPDATE bodies SET events = 3, head = :h WHERE id = :b"), {"b": CB, "h": head}
        )

    database.write(cut)

    assert database.read(lambda c: ledger.verify(c, CB)) is None
    broken = database.read(lambda c: ledger.verify(c, CB, published=told))
    assert broken is not None
    assert broken.seq == 4
    with pytest.raises(StorageFailed, match="BACKUP_ROLLBACK"):
        world.office.start()


def test_d11_a_damaged_file_is_named_at_the_start_and_offline_checks_go_on(
    tmp_path: Path,
) -> None:
    file = tmp_path / "register.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    world = open_world(database, tmp_path / "evidence")
    token = _issue(world, "firm")
    world.publish()
    database.write(lambda c: None)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()
    raw = bytearray(file.read_bytes())
    for place in range(4_096, len(raw), 4_096):  # the head of every page but the first
        raw[place : place + 64] = b"\xa5" * 64
    file.write_bytes(raw)

    with pytest.raises(StorageFailed, match="DATABASE_CORRUPT"):
        world.office.start()
    assert world.verify(token).verdict is Verdict.ACCEPT


def test_d12_a_clock_that_goes_back_does_not_turn_back_what_is_signed(
    world: RegisterWorld,
) -> None:
    world.at += 7_200
    first = _iat(_issue(world, "first"))
    world.publish()
    listed = _listed_at(world)
    world.at -= 3_600
    second = _iat(_issue(world, "second"))
    world.publish()

    assert second >= first
    assert _listed_at(world) > listed


def test_a14_withdrawing_a_body_is_one_statement_for_all_its_certificates(
    world: RegisterWorld,
) -> None:
    tokens = [_issue(world, f"firm {count}") for count in range(40)]
    world.publish()
    world.pass_days(1)
    world.publish()
    world.office.database.write(
        lambda c: sanctions.accreditation_act(
            c, world.office, SETUP, AB, "0164", {"act": "withdraw", "reason": "imposed"},
            at=world.at,
        )
    )  # fmt: skip

    published = world.publish()

    assert published.written == 1
    assert {world.verify(token).codes for token in tokens} == {("ACCREDITATION_ENDED_TRANSFER_BY",)}


def _iat(token: str) -> int:
    return int(jws.parse(token, typ=TYP).unproven_claims["iat"])


def _listed_at(world: RegisterWorld) -> int:
    token = world.office.evidence.status_list(f"{CB}/status/1")
    return int(status_list.parse_list(token).unproven_claims["iat"])
