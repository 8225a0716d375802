"""Backups of the register: whole, taken while it runs, and looked at before they count as one.

SQLite's own `VACUUM INTO` and PostgreSQL's `pg_dump` are used; a database file is never copied
under a writer (security.md 10). No key is in a backup: key files and tokens are saved apart.
"""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from service.domain.refusal import Denied, StorageFailed
from service.storage.database import Database

_TOOL_TIMEOUT_S = 3_600


def backup(database: Database, file: Path) -> int:
    """Write a backup to a new file; gives back its size in bytes.

    Raises Denied ALREADY_EXISTS for a file that is there, TOOL_ABSENT without pg_dump, and
    StorageFailed STORAGE_FULL.
    """
    if file.exists():
        raise Denied("ALREADY_EXISTS", f"{file.name} is there already.")
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        if database.is_sqlite:
            _vacuum(database, part)
        else:
            _run(database, ["pg_dump", "--format=custom", f"--file={part}", _address(database)])
        os.chmod(part, 0o600)
        _flush(part)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def restore(database: Database, file: Path) -> Path | None:
    """Put a backup in the place of the database; gives back where the one before was moved.

    The service must not run. Whether it is older than what was published, the next start says.
    Raises Denied NOT_FOUND, BACKUP_UNUSABLE or TOOL_ABSENT; then nothing has changed.
    """
    if not file.is_file():
        raise Denied("NOT_FOUND", f"There is no file {file.name}.")
    if not database.is_sqlite:
        dbname = f"--dbname={_address(database)}"
        tool = ["pg_restore", "--clean", "--if-exists", "--single-transaction"]
        _run(database, [*tool, dbname, str(file)])
        return None
    _check_file(file)
    place = Path(str(database.url.database))
    database.close()
    fresh = place.with_name(f".{place.name}.restored")
    shutil.copyfile(file, fresh)
    os.chmod(fresh, 0o600)
    _flush(fresh)
    aside = None
    if place.exists():
        _settle(place)
        aside = _free(place.with_name(f"{place.name}.before-restore"))
        place.rename(aside)
    fresh.rename(place)
    for rest in ("-wal", "-shm"):
        place.with_name(place.name + rest).unlink(missing_ok=True)
    return aside


def _vacuum(database: Database, part: Path) -> None:
    with database.engine.connect() as connection:
        # Outside a transaction: VACUUM has its own.
        connection.connection.driver_connection.execute(  # type: ignore[union-attr]
            "VACUUM INTO ?", (str(part),)
        )
    _check_file(part)


def _check_file(file: Path) -> None:
    """Raises Denied BACKUP_UNUSABLE for a file that is no register, or a damaged one."""
    try:
        found = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
        try:
            word = found.execute("PRAGMA integrity_check(1)").fetchone()[0]
            found.execute("SELECT count(*) FROM bodies").fetchone()
        finally:
            found.close()
    except sqlite3.DatabaseError:
        word = "no register"
    if word != "ok":
        raise Denied("BACKUP_UNUSABLE", f"{file.name} is damaged or no register.")


def _settle(place: Path) -> None:
    """Bring what is still in the write-ahead log into the file that is put aside."""
    try:
        left = sqlite3.connect(place)
        left.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        left.close()
    except sqlite3.DatabaseError:
        return  # it is put aside because it is damaged, perhaps


def _free(place: Path) -> Path:
    names = (place.with_name(f"{place.name}.{count}") for count in range(1, 1_000))
    return next(name for name in (place, *names) if not name.exists())


def _address(database: Database) -> str:
    """Without the password: what a command is given can be seen by others."""
    url = database.url.set(drivername="postgresql", password=None)
    return url.render_as_string(hide_password=False)


def _run(database: Database, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        raise Denied("TOOL_ABSENT", f"{command[0]} of PostgreSQL's client tools is not installed.")
    secret = {"PGPASSWORD": str(database.url.password)} if database.url.password else {}
    ran = subprocess.run(  # noqa: S603  # our own words; the address is one argument
        command, capture_output=True, text=True, timeout=_TOOL_TIMEOUT_S, check=False,
        env={**os.environ, **secret},
    )  # fmt: skip
    if ran.returncode != 0:
        raise StorageFailed("STORAGE_UNAVAILABLE", f"{command[0]} ended with {ran.returncode}.")


def _flush(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
