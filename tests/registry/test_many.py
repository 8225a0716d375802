"""A body with very many certificates (adversarial A14)."""

from pathlib import Path
from time import perf_counter

import pytest

from bench.filling import fill
from service.domain.verdict import Verdict
from service.registry import publishing, sanctions
from service.storage import ledger, publications
from service.storage.database import Database
from service.storage.migrating import upgrade
from service.storage.publications import RECORD, STATEMENT
from tests.registry.desk import AB, CB, DECIDED, SETUP, RegisterWorld, dossier, open_world

MANY = 100_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[RegisterWorld, str, str]:
    """A register with a certificate, 100,000 copies of it, one issued after, and both tokens."""
    place: Path = tmp_path_factory.mktemp("many")
    database = Database(f"sqlite:///{place}/register.db")
    upgrade(database)
    world = open_world(database, place / "evidence")
    first = world.issue(dossier(**DECIDED))
    fill(database, CB, first.number, MANY)
    holder = {"name": "The Last Loom Ltd", "country": "GB", "id": "reg:GB-7"}
    last = world.issue(dossier(holder=holder, **DECIDED))
    world.publish()
    return world, first.token, last.token


def test_the_copies_are_a_register_like_any_other(many: tuple[RegisterWorld, str, str]) -> None:
    read = many[0].office.database.read

    assert read(lambda c: ledger.checkpoint(c, CB)).count > 2 * MANY
    assert read(lambda c: ledger.verify(c, CB)) is None


def test_withdrawing_an_accreditation_is_one_statement_and_all_answer_by_it(
    many: tuple[RegisterWorld, str, str],
) -> None:
    world, *tokens = many
    before = [world.verify(token).verdict for token in tokens]
    world.pass_days(1)
    start = perf_counter()
    world.office.database.write(
        lambda c: sanctions.accreditation_act(
            c, world.office, SETUP, AB, "0164", {"act": "withdraw", "reason": "fraud"}, at=world.at
        )
    )
    due = world.office.database.read(lambda c: publications.due(c, limit=1_000))
    publishing.publish(world.office, at=world.at, wanted=lambda one: one.kind != RECORD)
    spent = perf_counter() - start

    assert before == [Verdict.ACCEPT, Verdict.ACCEPT]
    assert [(one.body, one.kind, one.name) for one in due] == [(AB, STATEMENT, CB)]
    assert spent < 1
    assert {world.verify(token).codes for token in tokens} == {("ACCREDITATION_ENDED_TRANSFER_BY",)}
