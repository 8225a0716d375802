"""Somebody to try the example world as: what they may do, and that what they issue is good."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from service.demo import Demo, Newcomer, open_office, re_sign
from service.demo.dossiers import dossier
from service.demo.newcomer import BODY, NAME, ROLES
from service.demo.plan import PLAN
from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry import issuing
from service.registry.intending import Wish
from service.registry.office import Office
from service.registry.people import read_code
from service.storage import machines, people
from service.storage.database import Connection
from service.storage.people import MACHINE, USER
from service.storage.signing_in import use_code
from tests.demo.asking import DAY_S, NOON, verifier_of

BUILT_ON = date(2026, 6, 15)


@pytest.fixture
def newcomer(demo: Demo) -> Newcomer:
    assert demo.newcomer is not None
    return demo.newcomer


@pytest.fixture
def later(demo: Demo, folder: Path, tmp_path: Path) -> Path:
    """A copy of the world, which a test may change."""
    return Path(shutil.copytree(folder, tmp_path / "world"))


@pytest.fixture
def office(later: Path) -> Iterator[Office]:
    found = open_office(later)
    yield found
    found.database.close()


def _actor(connection: Connection, newcomer: Newcomer, kind: str) -> Actor:
    if kind == USER:
        return Actor(USER, people.user_named(connection, newcomer.name).id)
    machine = machines.of_secret(connection, newcomer.api_key, at=NOON)
    assert machine is not None
    return Actor(MACHINE, machine.id, machine.scope)


def test_the_code_is_that_of_the_person(office: Office, newcomer: Newcomer) -> None:
    user = office.database.write(lambda c: use_code(c, read_code(newcomer.code), at=NOON))

    assert office.database.read(lambda c: people.user(c, user)).name == newcomer.name == NAME


def test_the_person_has_the_roles_of_a_certification_body_there_alone(
    office: Office, newcomer: Newcomer
) -> None:
    actor = office.database.read(lambda c: _actor(c, newcomer, USER))
    held = office.database.read(lambda c: people.of_holder(c, USER, actor.id))
    powers = office.database.read(lambda c: people.powers(c, actor, BODY, at=NOON))

    assert {(one.body, one.role) for one in held} == {(BODY, role) for role in ROLES}
    assert powers >= {Power.APPLY, Power.EVALUATE, Power.DECIDE, Power.ISSUE, Power.SURVEY}


@pytest.mark.parametrize("kind", [USER, MACHINE])
def test_what_a_newcomer_issues_from_the_dossier_everybody_accepts(
    later: Path, office: Office, newcomer: Newcomer, kind: str
) -> None:
    wish, at = Wish(json.loads((later / "dossier.json").read_text("utf-8"))), NOON + DAY_S
    actor = office.database.read(lambda c: _actor(c, newcomer, kind))

    (issued,) = issuing.issue(office, actor, BODY, [wish], at=at)
    re_sign(later, at=at)

    assert issued.warnings == ()
    assert verifier_of(later).verify(issued.token, at=at).verdict is Verdict.ACCEPT


def test_a_newcomer_issues_for_nobody_else(office: Office, newcomer: Newcomer) -> None:
    wish = Wish(dossier(PLAN[2], BUILT_ON), "TRY-1")  # another body's
    actor = office.database.read(lambda c: _actor(c, newcomer, MACHINE))

    with pytest.raises(Denied, match="NOT_FOUND"):
        issuing.issue(office, actor, str(wish.dossier["cb"]), [wish], at=NOON)
