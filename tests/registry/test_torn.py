"""What a kill leaves of a file that is being written, and of a migration (D06, D08)."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import event, inspect, text

from service.credential import jws
from service.status import status_list
from service.storage import migrating
from service.storage.database import Connection, Database
from service.storage.migrating import check_schema, upgrade
from tests.registry.desk import CB, RegisterWorld, dossier, open_world

KILLS = 15

_WRITER = """
import sys
from pathlib import Path
from service.storage.folder import write_whole
print("ready", flush=True)
file, old, new = Path(sys.argv[1]), *(Path(name).read_bytes() for name in sys.argv[2:])
while True:
    write_whole(file, new)
    write_whole(file, old)
"""


def test_d06_a_reader_sees_the_old_list_or_the_new_one_and_both_verify(
    world: RegisterWorld, tmp_path: Path
) -> None:
    """The list is written over and over by a process that is killed at any moment."""
    world.issue(dossier())
    world.publish()
    (served,) = world.office.folder.rglob("harrowgate/status/*")
    old = served.read_bytes()
    world.at += 5
    world.issue(dossier(holder={"name": "Another Loom Ltd", "country": "GB", "id": "reg:GB-2"}))
    world.publish()
    new = served.read_bytes()
    for name, content in (("old", old), ("new", new)):
        (tmp_path / name).write_bytes(content)
    seen = set()
    for turn in range(KILLS):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(served), str(tmp_path / "old"),
             str(tmp_path / "new")],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert writer.stdout is not None
        writer.stdout.readline()
        sleep(0.003 * turn)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        seen.add(served.read_bytes())
        jws.verify(
            jws.parse(served.read_text("ascii").rstrip(), typ=status_list.TYP),
            world.signers[f"test:{CB} evidence"].public,
        )

    assert seen <= {old, new}


def _upgrade_to(database: Database, revision: str) -> None:
    def work(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(migrating._SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    database.write(work)


def _statements(database: Database) -> int:
    """How many statements an upgrade from here has, by undoing it."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    class Undo(Exception):
        pass

    event.listen(database.engine, "before_cursor_execute", counted)
    try:
        with pytest.raises(Undo):
            database.write(lambda connection: _then_undo(connection, Undo))
    finally:
        event.remove(database.engine, "before_cursor_execute", counted)
    return count


def _then_undo(connection: Connection, undo: type[Exception]) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrating._SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    raise undo


def _killed_after(address: str, statements: int) -> None:
    """An upgrade in a process of its own that is killed after so many statements."""
    pid = os.fork()
    if pid == 0:
        database = Database(address)
        left = statements

        def count(*_: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(database.engine, "before_cursor_execute", count)
        upgrade(database)
        os._exit(0)
    os.waitpid(pid, 0)


@pytest.mark.parametrize("before", [None, "0002"], ids=["from nothing", "from an older schema"])
def test_d08_a_killed_migration_leaves_the_old_schema_or_the_new_one(
    empty_database: Database, before: str | None
) -> None:
    database = empty_database
    address = database.url.render_as_string(hide_password=False)
    if before is not None:
        _upgrade_to(database, before)
    tables = set(database.read(lambda c: inspect(c).get_table_names()))
    total = _statements(database)
    database.close()
    steps = range(0, total, max(1, total // 25))
    for statements in steps:
        _killed_after(address, statements)
        assert database.read(migrating._version) == before, statements
        assert set(database.read(lambda c: inspect(c).get_table_names())) == tables
        database.close()

    upgrade(database)
    check_schema(database)


def test_tokens_from_before_a_migration_verify_byte_for_byte(
    empty_database: Database, tmp_path: Path
) -> None:
    """The last step is undone by hand, as an older register would have been, and done again."""
    upgrade(empty_database)
    world = open_world(empty_database, tmp_path / "evidence")
    token = world.issue(dossier()).token
    world.publish()

    def older(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE certificates DROP COLUMN confidential"))
        connection.execute(text("DROP INDEX ix_publications_kind_signed_at"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))

    empty_database.write(older)
    upgrade(empty_database)
    kept = empty_database.read(
        lambda c: c.execute(text("SELECT token FROM revisions WHERE token IS NOT NULL")).scalar()
    )

    assert kept == token
    assert world.verify(token).verdict == "ACCEPT"
