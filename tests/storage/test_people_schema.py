"""The schema: an upgraded database is the one that the tables in the code describe."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

from service.storage import messages_schema, people_schema  # noqa: F401  # with their tables
from service.storage.database import Database
from service.storage.migrating import check_schema, upgrade
from service.storage.schema import METADATA

PEOPLE = {
    "assertions", "challenges", "codes", "machines", "passkeys", "roles", "sessions", "tokens",
    "users",
}  # fmt: skip


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), METADATA))


def test_an_upgraded_database_is_what_the_code_describes(empty_database: Database) -> None:
    upgrade(empty_database)

    check_schema(empty_database)
    assert empty_database.read(differences) == []
    assert empty_database.read(lambda c: set(inspect(c).get_table_names())) > PEOPLE


def test_a_difference_would_be_seen(database: Database) -> None:
    database.write(lambda c: c.exec_driver_sql("ALTER TABLE users ADD COLUMN more TEXT"))

    assert len(database.read(differences)) == 1


@pytest.mark.parametrize("table", sorted(PEOPLE))
def test_no_table_of_people_has_a_column_for_a_secret(table: str) -> None:
    names = {column.name for column in METADATA.tables[table].columns}

    assert not names & {"secret", "password", "code", "token", "key"}
