"""The schema of the database: brought up to date in one transaction, or left as it was.

A service starts only on the schema it was written for. An upgrade that is killed has not happened
(D08): both databases undo changes of the schema with the rest of a transaction.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from service.domain.refusal import StorageFailed
from service.storage.database import Database

_SCRIPTS = Path(__file__).with_name("migrations")


def upgrade(database: Database) -> tuple[str | None, str]:
    """Bring the schema up to date; gives back the version before and the one now.

    Raises StorageFailed DATABASE_NEW for one that a newer Proofmark has written.
    """

    def work(connection: Connection) -> tuple[str | None, str]:
        before = _version(connection)
        if before is not None and before not in _known():
            raise StorageFailed("DATABASE_NEW", "A newer Proofmark has written this database.")
        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return before, _known()[0]

    return database.write(work)


def check_schema(database: Database) -> None:
    """Raises StorageFailed: DATABASE_OLD or DATABASE_NEW where an upgrade is wanted of either."""
    found = database.read(_version)
    if found is None or (found in _known() and found != _known()[0]):
        raise StorageFailed("DATABASE_OLD", "Run `proofmark db upgrade` first.")
    if found not in _known():
        raise StorageFailed("DATABASE_NEW", "A newer Proofmark has written this database.")


def check_health(database: Database) -> None:
    """Raises StorageFailed DATABASE_CORRUPT where the database says so of itself."""
    if not database.is_sqlite:
        database.read(lambda connection: connection.execute(text("SELECT 1")).scalar())
        return
    word = database.read(
        lambda connection: connection.execute(text("PRAGMA quick_check(1)")).scalar()
    )
    if word != "ok":
        raise StorageFailed("DATABASE_CORRUPT", "The database is damaged: restore a backup.")


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known() -> list[str]:
    """Every version of the schema, the newest first."""
    scripts = ScriptDirectory(str(_SCRIPTS))
    return [script.revision for script in scripts.walk_revisions()]
