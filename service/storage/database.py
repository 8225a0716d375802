"""The database of the register: SQLite by default, PostgreSQL where an address says so.

A write is one transaction that is given as a function and repeated whole where the database asks
for it (40001, 40P01, a busy file): so it runs on one machine and on distributed engines that speak
PostgreSQL. SQLite has one writer: every write begins IMMEDIATE (security.md 10).
"""

import os
import random
import sqlite3
from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from service.domain.refusal import StorageFailed

__all__ = ["Connection", "Database", "database_url"]

_Result = TypeVar("_Result")

# How long a write is tried again, in seconds, and the longest pause between two tries.
PATIENCE_S = 10.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.002, 0.25
BUSY_TIMEOUT_MS = 5_000
# The database's own words (SQLSTATE, SQLite's names) and what is done about them.
_AGAIN = frozenset(
    # serialization_failure, deadlock_detected, lock_not_available
    "40001 40P01 55P03 SQLITE_BUSY SQLITE_BUSY_SNAPSHOT SQLITE_BUSY_RECOVERY SQLITE_LOCKED".split()
)
_CODES = {
    **dict.fromkeys(("53100", "SQLITE_FULL", "SQLITE_IOERR_WRITE"), "STORAGE_FULL"),
    **dict.fromkeys(("XX001", "XX002", "SQLITE_CORRUPT", "SQLITE_NOTADB"), "DATABASE_CORRUPT"),
}
_PRAGMAS = (
    "journal_mode = WAL",
    # NORMAL would survive a kill, and lose what was acknowledged when the power goes.
    "synchronous = FULL",
    "foreign_keys = ON",
    f"busy_timeout = {BUSY_TIMEOUT_MS}",
    "trusted_schema = OFF",
)


def database_url(address: str) -> URL:
    """The address of a database; `postgresql://` is spoken by psycopg.

    All that follows `sqlite:///` is the file's path, whatever its letters. Raises ValueError,
    without quoting what may hold a password.
    """
    try:
        scheme, is_file, path = address.partition("sqlite:///")
        url = URL.create("sqlite", database=path) if is_file and not scheme else make_url(address)
    except ArgumentError:
        raise ValueError("this is no address of a database") from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError("a database is sqlite:///… or postgresql://…")
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("a register in memory would be lost")
    return url


class Database:
    """Connections to one database, for many threads and for the processes forked from this one."""

    def __init__(self, address: str, *, patience_s: float = PATIENCE_S) -> None:
        """Nothing is opened yet. Raises ValueError for an address that is none."""
        self.url = database_url(address)
        self.is_sqlite = self.url.drivername == "sqlite"
        self._patience_s = patience_s
        self._engine = self._make()
        self._writer = self._engine.execution_options(
            **({"immediate": True} if self.is_sqlite else {"isolation_level": "SERIALIZABLE"})
        )
        # A connection belongs to the process that opened it.
        os.register_at_fork(after_in_child=self._forget)

    @property
    def engine(self) -> Engine:
        """The engine, for migrations."""
        return self._engine

    def write(self, work: Callable[[Connection], _Result]) -> _Result:
        """What `work` gives back, done in one transaction; it may be called several times.

        Raises what `work` raises, with nothing written, and StorageFailed.
        """
        until, pause = monotonic() + self._patience_s, _FIRST_PAUSE_S
        while True:
            try:
                with self._writer.begin() as connection:
                    return work(connection)
            except DBAPIError as error:
                word = _word(error)
                if word not in _AGAIN or monotonic() > until:
                    raise _failed(error, word) from None
            sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # to keep writers apart
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def read(self, work: Callable[[Connection], _Result]) -> _Result:
        """What `work` gives back, of one state of the database. Raises StorageFailed."""
        try:
            with self._engine.connect() as connection:
                return work(connection)
        except DBAPIError as error:
            raise _failed(error, _word(error)) from None

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    def _make(self) -> Engine:
        if not self.is_sqlite:
            # Behind a pooler of transactions prepared statements would break.
            return create_engine(
                self.url, pool_pre_ping=True, connect_args={"prepare_threshold": None}
            )
        engine = create_engine(
            self.url, connect_args={"check_same_thread": False, "isolation_level": None}
        )
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _forget(self) -> None:
        self._engine.dispose(close=False)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # The driver's own BEGIN is switched off: it would come too late, and not IMMEDIATE.
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _word(error: DBAPIError) -> str:
    original = error.orig
    found = getattr(original, "sqlstate", None) or getattr(original, "sqlite_errorname", None)
    return str(found or "")


def _failed(error: DBAPIError, word: str) -> StorageFailed | DBAPIError:
    """What is said about a failure; a mistake of ours (a constraint, a statement) stays one."""
    if word in _CODES:
        return StorageFailed(_CODES[word])
    if word in _AGAIN:
        return StorageFailed("STORAGE_BUSY")
    if error.connection_invalidated or word.startswith(
        ("08", "57P", "SQLITE_CANTOPEN", "SQLITE_IOERR")
    ):
        return StorageFailed("STORAGE_UNAVAILABLE")
    return error
