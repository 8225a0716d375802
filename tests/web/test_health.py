"""Alive and ready: two questions that anybody may ask, answered in codes."""

import logging
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.storage.bundle import Bundle
from service.storage.database import Database
from service.storage.documents import Unusable
from service.web.app import create_app
from service.web.health import Check, begin_stopping
from service.web.register import RegisterDesk
from tests.storage.papers import a_folder
from tests.web.desk import SETTINGS, StubEvidence, StubVerifier, client_of


def asked(client: FlaskClient) -> tuple[int, str, Mapping[str, str]]:
    """Status, word and failing checks of an answer, which is kept by nobody."""
    answer = client.get("/readyz")
    document = answer.get_json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert document.keys() == {"status", "failing"}
    return answer.status_code, document["status"], document["failing"]


def ready(
    evidence: StubEvidence | None = None, **checks: Check
) -> tuple[int, str, Mapping[str, str]]:
    """What a service with this evidence and these further checks says."""
    app = create_app(
        SETTINGS, verifier=StubVerifier(), evidence=evidence or StubEvidence(), checks=checks
    )
    return asked(client_of(app))


def test_a_service_with_evidence_and_an_anchor_is_ready() -> None:
    assert ready() == (200, "ready", {})


def test_without_an_anchor_it_is_not() -> None:
    assert ready(StubEvidence(anchors=())) == (503, "not_ready", {"evidence": "NO_ANCHOR"})


@pytest.mark.parametrize(
    "trouble",
    [
        Unusable(".", "BUNDLE_UNUSABLE"),
        Unusable("anchors.json", "BUNDLE_UNUSABLE"),
        Unusable("status", "FILE_UNREADABLE"),
    ],
    ids=str,
)
def test_without_readable_evidence_it_is_not(trouble: Unusable) -> None:
    answer = ready(StubEvidence(unusable=[trouble]))

    assert answer == (503, "not_ready", {"evidence": "EVIDENCE_UNREADABLE"})


def test_a_single_bad_file_does_not_keep_it_from_serving_the_rest() -> None:
    assert ready(StubEvidence(unusable=[Unusable("status/1.jwt", "FILE_UNREADABLE")]))[0] == 200


def test_every_check_that_fails_is_named_with_its_code() -> None:
    answer = ready(
        StubEvidence(anchors=()), database=lambda: "DATABASE_LOCKED", outbox=lambda: None
    )

    assert answer == (
        503, "not_ready", {"database": "DATABASE_LOCKED", "evidence": "NO_ANCHOR"},
    )  # fmt: skip


def test_checks_are_asked_each_time() -> None:
    state: list[str | None] = [None, "DATABASE_LOCKED", None]
    app = create_app(
        SETTINGS,
        verifier=StubVerifier(),
        evidence=StubEvidence(),
        checks={"database": lambda: state.pop()},
    )
    client = client_of(app)

    assert [asked(client)[0] for _ in range(3)] == [200, 503, 200]


@pytest.mark.parametrize("text", ["no route to 10.0.0.7", "locked", "", "A", "A" * 41])
def test_what_is_no_code_is_told_to_nobody(
    text: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("proofmark"), "propagate", True)

    answer = ready(database=lambda: text)

    assert answer == (503, "not_ready", {"database": "CHECK_FAILED"})
    assert caplog.messages == [f"check database gave no code: {text}"]


def test_a_register_that_answers_is_ready(database_address: str) -> None:
    database = Database(database_address)
    app = create_app(
        SETTINGS,
        verifier=StubVerifier(),
        evidence=StubEvidence(),
        register=RegisterDesk(database),
    )

    answer = asked(client_of(app))

    database.close()
    assert answer == (200, "ready", {})


def test_a_register_that_is_away_is_named_and_the_service_not_ready(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/no-such-folder/register.db")
    app = create_app(
        SETTINGS,
        verifier=StubVerifier(),
        evidence=StubEvidence(),
        register=RegisterDesk(database),
    )

    answer = asked(client_of(app))

    database.close()
    assert answer == (503, "not_ready", {"database": "STORAGE_UNAVAILABLE"})


def test_a_service_that_stops_is_not_ready_but_alive() -> None:
    asked_for: list[None] = []
    app = create_app(
        SETTINGS,
        verifier=StubVerifier(),
        evidence=StubEvidence(),
        checks={"database": lambda: asked_for.append(None)},
    )
    client = client_of(app)
    before = asked(client)

    begin_stopping(app)

    assert before[0] == 200
    assert asked(client) == (503, "not_ready", {"service": "STOPPING"})
    assert len(asked_for) == 1  # nothing is asked of a database that may be gone
    alive = client.get("/healthz")
    assert (alive.status_code, alive.get_json()) == (200, {"status": "up"})


def test_a_folder_that_goes_away_is_noticed_and_so_is_its_return(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "bundle")
    bundle = Bundle.load(folder, look_every_s=0)
    client = client_of(create_app(SETTINGS, verifier=StubVerifier(), evidence=bundle))
    before = asked(client)

    folder.rename(tmp_path / "elsewhere")
    gone = asked(client)
    (tmp_path / "elsewhere").rename(folder)
    back = asked(client)

    assert (before[0], back[0]) == (200, 200)
    assert gone == (503, "not_ready", {"evidence": "EVIDENCE_UNREADABLE"})
