"""Killed at a random moment: what was acknowledged is there (D01, D04, D05); a short harness."""

import random
from pathlib import Path

from service.storage.database import Database
from tests.registry import harness
from tests.registry.desk import open_world

KILLS = 3


def test_d01_d05_a_kill_loses_nothing_that_was_acknowledged(
    database_address: str, tmp_path: Path
) -> None:
    database = Database(database_address)
    open_world(database, tmp_path / "evidence")
    database.close()
    seed = random.randrange(10**6)  # noqa: S311  # a failure names it

    total = harness.runs(database_address, tmp_path / "evidence", count=KILLS, seed=seed)

    assert total > 0, f"nothing was acknowledged (seed {seed})"
