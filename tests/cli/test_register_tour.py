"""The tour of docs/register.md from a terminal, up to a certificate that readers accept."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.registry.desk import TODAY, dossier

BASE = "http://localhost:8000"
AB, CB = f"{BASE}/ab/north", f"{BASE}/cb/harrow"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    environ = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "PROOFMARK_DATABASE": f"sqlite:///{tmp_path}/register.db",
        "PROOFMARK_EVIDENCE": str(tmp_path / "evidence"),
        "PROOFMARK_KEY_FOLDER": str(tmp_path / "secrets"),
        "PROOFMARK_BASE_URL": BASE,
    }

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "service.cli", *words], cwd=Path(__file__).parents[2],
            env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def _file(folder: Path, name: str, content: Any) -> str:
    (folder / name).write_text(json.dumps(content), "utf-8")
    return str(folder / name)


def _dossier(decided: date, **changes: Any) -> dict[str, Any]:
    """The complete dossier, moved so that it is decided on a day."""
    moved = re.sub(
        r"\d{4}-\d{2}-\d{2}",
        lambda found: (date.fromisoformat(found[0]) + (decided - TODAY)).isoformat(),
        json.dumps(dossier(cb=CB, **changes)),
    )
    whole: dict[str, Any] = json.loads(moved)
    whole["certificate"]["expires"] = (decided + timedelta(days=1_000)).isoformat()
    return whole


@pytest.fixture
def begun(command: Command, tmp_path: Path) -> Command:
    scope = {"norm": "ISO/IEC 17021-1", "main_scope": True, "standards": ["ISO 9001"],
             "from": "2020-01-01"}  # fmt: skip
    recognition = {"arrangement": "EXAMPLE", "zone": "Europe/London", "scopes": [scope]}
    granted = {"number": "0164", "norm": "ISO/IEC 17021-1", "granted_on": "2021-03-02",
               "reassessed_on": datetime.now(UTC).date().isoformat(), "zone": "Europe/London",
               "scope": [{"standard": "ISO 9001:2015", "codes": ["iaf:19"],
                          "from": "2021-03-02"}]}  # fmt: skip
    for words in (
        ("init", "--arrangement", "Example", "--zone", "Europe/London"),
        ("body", "add", AB, "--role", "accreditation_body", "--name", "North", "--zone",
         "Europe/London"),
        ("body", "add", CB, "--role", "certification_body", "--name", "Harrowgate", "--zone",
         "Europe/London"),
        ("recognise", "grant", _file(tmp_path, "r.json", recognition), "--by",
         f"{BASE}/arrangement", "--to", AB),
        ("accredit", "grant", _file(tmp_path, "a.json", granted), "--by", AB, "--to", CB),
        ("publish", "--once"),
    ):  # fmt: skip
        done = command(*words)
        assert done.returncode == 0, (words, done.stderr)
    return command


def test_from_nothing_to_a_certificate_that_is_accepted_and_then_withdrawn(
    begun: Command, tmp_path: Path
) -> None:
    decided = datetime.now(UTC).date() - timedelta(days=3)
    file, out = _file(tmp_path, "d.json", _dossier(decided)), tmp_path / "codes"
    evidence = str(tmp_path / "evidence")

    issued = begun("issue", file, "--out", str(out), "--json")
    begun("publish", "--once")
    number = json.loads(issued.stdout)["number"]
    code = str(next(out.glob("*.png")))
    before = begun("verify", code, "--bundle", evidence, "--no-state")
    of = (number, "--body", CB, "--out")
    bare = begun("certificate", *of, str(tmp_path / "bare.pdf"), "--unsigned")
    paper = begun("certificate", *of, str(tmp_path / "paper.pdf"), "--address", "1 Quay")
    mark = begun("label", *of, str(tmp_path / "mark.svg"), "--letterhead")
    read = begun("verify", str(tmp_path / "paper.pdf"), "--bundle", evidence, "--no-state")
    label = begun("label", *of, str(tmp_path / "label.svg"))
    nowhere = begun("certificate", *of, str(tmp_path / "no" / "paper.pdf"))
    hidden = begun("listing", number, "--body", CB, "--confidential")
    withdrawn = begun("withdraw", number, "--body", CB, "--reason", "fraud")
    begun("publish", "--once")
    after = begun("verify", code, "--bundle", evidence, "--no-state")
    audit = begun("audit", "verify")
    checked = begun("db", "check")

    assert number == f"HARROW/{decided.year}/0001"
    assert "✓ Valid  ACCEPT" in before.stdout
    assert paper.returncode == mark.returncode == 0, paper.stderr + mark.stderr
    assert b"ETSI.CAdES.detached" in (tmp_path / "paper.pdf").read_bytes()
    assert "✓ Valid  ACCEPT" in read.stdout
    assert "8.2.2 g" in bare.stderr
    assert "8.2.2 g" not in paper.stderr + nowhere.stderr
    assert "not a product" in (tmp_path / "mark.svg").read_text("utf-8")
    assert (label.returncode == 0, "MS_MARK_ON_PRODUCT" in label.stderr) == (False, True)
    assert not (tmp_path / "label.svg").exists()
    assert "CANNOT_WRITE" in nowhere.stderr
    assert "Traceback" not in nowhere.stderr
    assert "is confidential" in hidden.stdout
    assert "is withdrawn since" in withdrawn.stdout
    assert (after.returncode, "WITHDRAWN" in after.stdout) == (1, True)
    assert audit.returncode == checked.returncode == 0, audit.stderr + checked.stderr


def test_a_refused_dossier_names_its_gates(begun: Command, tmp_path: Path) -> None:
    whole = _dossier(datetime.now(UTC).date() - timedelta(days=1))
    whole["audits"][1]["first_day"] = whole["audits"][0]["last_day"]

    refused = begun("issue", _file(tmp_path, "d.json", whole))

    assert refused.returncode == 2
    assert "IG-MS-4: Stage 2 starts on" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_backup_is_restored_and_what_was_published_since_is_missed(
    begun: Command, tmp_path: Path
) -> None:
    begun("db", "backup", str(tmp_path / "yesterday.db"))
    decided = datetime.now(UTC).date() - timedelta(days=1)
    begun("issue", _file(tmp_path, "d.json", _dossier(decided)), "--out", str(tmp_path / "new"))
    begun("publish", "--once")

    begun("db", "restore", str(tmp_path / "yesterday.db"), "--yes")
    refused = begun("publish", "--once")
    recovered = begun("db", "recover", "--tokens", str(tmp_path / "new"), "--yes")
    again = begun("publish", "--once")

    assert "BACKUP_ROLLBACK" in refused.stderr
    assert "1 certificates" in recovered.stdout
    assert again.returncode == 0, again.stderr


def test_without_a_database_the_command_says_what_to_set(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "db", "check"], cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert "NO_DATABASE" in done.stderr
    assert "PROOFMARK_DATABASE" in done.stderr
