"""Many at once: numbers, entries and requests stay what they are (D03, D04, A05)."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import text

from service.domain.refusal import Denied
from service.registry import issuing
from service.registry.intending import Wish
from service.storage.answers import Ask
from service.storage.database import Database
from tests.registry import harness
from tests.registry.desk import AT, CB, SETUP, RegisterWorld, open_world

PROCESSES, EACH = 8, 12


def _issue_many(address: str, folder: str, process: int, each: int) -> list[str]:
    world = harness.reopen(address, Path(folder))
    done = []
    for count in range(each):
        wish = harness.wish(f"firm {process} {count}")
        (one,) = issuing.issue(world.office, SETUP, CB, [wish], at=AT)
        done.append(one.number)
    return done


def test_d03_d04_processes_side_by_side_get_distinct_numbers_and_entries(
    database_address: str, tmp_path: Path
) -> None:
    database = Database(database_address)
    world = open_world(database, tmp_path / "evidence")
    asked = [
        (database_address, str(tmp_path / "evidence"), process, EACH)
        for process in range(PROCESSES)
    ]

    with get_context("spawn").Pool(PROCESSES) as pool:
        numbers = [number for found in pool.starmap(_issue_many, asked) for number in found]

    entries = database.read(
        lambda c: c.execute(text("SELECT list, idx FROM revisions ORDER BY list, idx")).all()
    )
    assert len(numbers) == len(set(numbers)) == PROCESSES * EACH
    assert [tuple(row) for row in entries] == [(1, idx) for idx in range(PROCESSES * EACH)]
    world.publish()


def test_a05_the_same_request_twenty_times_at_once_is_one_certificate(
    world: RegisterWorld,
) -> None:
    wish, ask = harness.wish("one firm"), Ask.of("machine:m", "key", "body")

    def once(_: int) -> str:
        (one,) = issuing.issue(world.office, SETUP, CB, [wish], at=AT, ask=ask)
        return one.token

    with ThreadPoolExecutor(20) as threads:
        tokens = set(threads.map(once, range(20)))

    assert len(tokens) == 1


def test_d03_a_number_is_used_once_in_any_spelling(world: RegisterWorld) -> None:
    issuing.issue(world.office, SETUP, CB, [Wish(harness.wish("a").dossier, "Har/1")], at=AT)

    with pytest.raises(Denied, match="DUPLICATE_CERTIFICATE"):
        issuing.issue(world.office, SETUP, CB, [Wish(harness.wish("b").dossier, "HAR/1")], at=AT)
