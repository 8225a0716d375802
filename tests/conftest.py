"""What tests in every folder may ask for: a database of the register, on both kinds of database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.storage.database import Database
from service.storage.migrating import upgrade
from tests.storage.databases import Postgres, postgres

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL, started when first asked for."""
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the register's tables, to be copied."""
    file = tmp_path_factory.mktemp("register") / "template.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    database.close()
    return file


@pytest.fixture(params=KINDS)
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database with the register's tables, once of each kind."""
    if request.param == "sqlite":
        file = tmp_path / "register.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    address = server.make()
    yield address
    server.drop(address)


@pytest.fixture
def database(database_address: str) -> Iterator[Database]:
    """The register's database, empty but for its tables, once of each kind."""
    opened = Database(database_address)
    yield opened
    opened.close()


@pytest.fixture(params=KINDS)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database in which nobody has done anything, once of each kind."""
    server: Postgres | None = None
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        address = server.make(empty=True)
    opened = Database(address)
    yield opened
    opened.close()
    if server is not None:
        server.drop(address)
