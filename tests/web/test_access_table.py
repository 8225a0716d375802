"""The table of who may ask for what: as long as the list of routes, and kept at the door (A03)."""

import shutil
from pathlib import Path
from typing import cast

import pytest
from flask import Flask

from service.demo import Demo
from service.domain.people import POWERS, Power, Role
from service.registry.office import Office, elsewhere
from service.storage.database import Database
from service.storage.published import Published
from service.web import auth, demo
from service.web.access import ACCESS, Access
from service.web.app import create_app
from service.web.auth import actor
from service.web.register import RegisterDesk
from tests.registry.staff import CB_A
from tests.web.desk import DATA, ENTITIES, SETTINGS, StubEvidence, StubVerifier, client_of, refused
from tests.web.staffed import OWN, Front


@pytest.fixture
def front(sqlite_template: Path, tmp_path: Path) -> Front:
    file = tmp_path / "register.db"
    shutil.copyfile(sqlite_template, file)
    return Front(Database(f"sqlite:///{file}"))


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Flask:
    """The application with everything that it can have."""
    monkeypatch.setattr(demo, "load_demo", lambda _: Demo(0, "", ()))
    return create_app(
        SETTINGS, verifier=StubVerifier(), evidence=StubEvidence(), demo=tmp_path,
        register=RegisterDesk.of(
            Office(
                Database(f"sqlite:///{tmp_path}/register.db"), cast(Published, StubEvidence()),
                elsewhere, base=ENTITIES,
            )
        ),
    )  # fmt: skip


def endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()}


def test_every_route_has_a_row_and_every_row_a_route(whole: Flask) -> None:
    found = endpoints(whole)

    assert found - ACCESS.keys() == set()
    assert ACCESS.keys() - found == set()


def test_without_a_register_there_is_nothing_but_what_is_public() -> None:
    app = create_app(SETTINGS, verifier=StubVerifier(), evidence=StubEvidence())

    assert {ACCESS[endpoint] for endpoint in endpoints(app)} == {Access.PUBLIC}
    assert refused(client_of(app).get("/login")) == (404, "NOT_FOUND")
    assert refused(client_of(app).post("/oauth/token")) == (404, "NOT_FOUND")


def test_a_route_that_has_no_row_is_denied(front: Front) -> None:
    front.app.add_url_rule("/new", "new.route", lambda: "open")

    assert refused(front.client().get("/new")) == (403, "NOT_ALLOWED")


def add_routes(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """A route for each power, which says who has come in."""
    rows = {f"probe.{power}": power for power in Power}
    monkeypatch.setattr(auth, "ACCESS", {**ACCESS, **rows})
    for power in Power:
        front.app.add_url_rule(
            f"/probe/{power}", f"probe.{power}", lambda: actor().name, methods=["POST"]
        )


@pytest.mark.parametrize("role", Role)
def test_a03_a_role_opens_the_routes_of_its_powers_and_no_other(
    front: Front, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    add_routes(front, monkeypatch)
    ada = front.staff.person("Ada", role, CB_A)
    client = front.client(ada)

    for power in Power:
        answer = client.post(f"/probe/{power}", json={}, headers={**OWN, **DATA})
        if power in POWERS[role]:
            assert (answer.status_code, answer.text) == (200, ada.name)
        else:
            assert refused(answer) == (403, "NOT_ALLOWED")


@pytest.mark.parametrize("power", Power)
def test_nobody_comes_in_without_saying_who_they_are(
    front: Front, monkeypatch: pytest.MonkeyPatch, power: Power
) -> None:
    add_routes(front, monkeypatch)

    answer = front.client().post(f"/probe/{power}", json={}, headers={**OWN, **DATA})

    assert refused(answer) == (401, "NOT_AUTHENTICATED")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="proofmark"'
