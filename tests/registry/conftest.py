"""What tests of the registry may ask for."""

from pathlib import Path

import pytest

from service.storage.database import Database
from tests.registry.desk import RegisterWorld, open_world


@pytest.fixture
def world(database: Database, tmp_path: Path) -> RegisterWorld:
    """A working register with its bodies, on each kind of database."""
    return open_world(database, tmp_path / "evidence")
