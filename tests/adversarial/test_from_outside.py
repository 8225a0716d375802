"""The same checks from outside: over an evidence folder on the command line, and over HTTP.

All surfaces give the same verdict and the same codes (security.md section 12).
"""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service import cli
from service.domain.verdict import Verdict
from service.web.app import create_app
from tests.adversarial.table import ENTRIES, Entry
from tests.web.desk import SETTINGS, StubEvidence, client_of
from tests.world import instant

Answer = tuple[str, list[str]]
EXIT_CODES = {
    Verdict.ACCEPT: 0,
    Verdict.ACCEPT_WITH_WARNING: 0,
    Verdict.NOT_FOR_THIS_PURPOSE: 1,
    Verdict.REJECT: 1,
    Verdict.CANNOT_CONFIRM: 3,
}


def answer(shown: dict[str, Any]) -> Answer:
    """Verdict and codes of a report as JSON, without notes."""
    found = shown["findings"]
    return shown["verdict"], sorted(
        one["code"] for one in found if one["outcome"] not in ("accept", "note")
    )


def expected(entry: Entry) -> Answer:
    return answer(entry.report().to_json())


def test_the_table_has_every_verdict() -> None:
    assert {expected(entry)[0] for entry in ENTRIES.values()} == set(Verdict)


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if entry.world()[1]])
def test_on_the_command_line(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = ENTRIES[name]
    world, text = entry.world()
    world.network.write_bundle(tmp_path / "bundle")
    batch = tmp_path / "batch.jsonl"
    batch.write_text(json.dumps({"text": text, "question": entry.question.to_json()}) + "\n")
    monkeypatch.setattr(cli, "now", lambda: instant(entry.at))

    words = ["verify", "--bundle", tmp_path / "bundle", "--no-state", "--batch", batch]
    ran = CliRunner().invoke(cli.main, list(map(str, words)))

    shown = json.loads(ran.stdout)
    assert answer(shown) == expected(entry), ran.output
    assert ran.exit_code == EXIT_CODES[Verdict(shown["verdict"])]


@pytest.mark.parametrize("name", ENTRIES)
def test_over_http(name: str) -> None:
    entry = ENTRIES[name]
    world, text = entry.world()
    app = create_app(
        SETTINGS, verifier=world.verifier(), evidence=StubEvidence(), clock=world.clock
    )

    posted = {"text": text, "question": entry.question.to_json()}
    response = client_of(app).post("/api/v1/verify", json=posted)

    assert response.status_code == 200
    assert answer(response.get_json()) == expected(entry)
