"""`proofmark explain` and `proofmark rules`: what an answer means, and by what it is judged."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from service.commands import explaining, rulebook
from service.domain.glossary import groups
from service.domain.reason import Reason
from service.domain.verdict import code_table
from service.rules.catalogue import catalogue
from service.rules.packs import shipped_packs
from service.rules.policy import PARAMETERS
from tests.cli.conftest import Terminal

DOCS = Path(__file__).resolve().parents[2] / "docs"


def words(text: str) -> str:
    return " ".join(text.split())


# Codes


def test_a_code_is_explained_to_buyer_and_professional(proofmark: Terminal) -> None:
    ran = proofmark("explain", "SURV_OVERDUE")

    texts = code_table()[Reason.SURV_OVERDUE].texts
    assert ran.exit_code == 0
    assert ran.stdout.startswith("✗ Rejected  SURV_OVERDUE\n")
    for name in ("sentence", "means", "next", "professional", "source"):
        assert texts[name] in ran.stdout
    assert "is it in force?" in ran.stdout


def test_several_codes_stand_below_each_other_in_the_order_asked(proofmark: Terminal) -> None:
    ran = proofmark("explain", "expired", "STATUS-ROLLBACK")

    assert ran.stdout.index("✗ Rejected  EXPIRED") < ran.stdout.index("· Note  STATUS_ROLLBACK")
    assert "none of the three questions" in ran.stdout


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("SURV_OVERDU", "did you mean SURV_OVERDUE?"),
        ("model_not_coverd", "did you mean MODEL_NOT_COVERED?"),
        ("xyz", "'proofmark explain' lists them all"),
    ],
)
def test_an_unknown_code_is_named_with_what_was_perhaps_meant(
    proofmark: Terminal, typed: str, hint: str
) -> None:
    ran = proofmark("explain", "EXPIRED", typed)

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == f"proofmark: UNKNOWN_CODE: {typed}: there is no such code; {hint}\n"


def test_without_a_code_all_are_listed_in_groups(proofmark: Terminal) -> None:
    ran = proofmark("explain")

    listed = [line.strip() for line in ran.stdout.splitlines() if line.startswith("  ")]
    in_groups = [code for group in groups() for code in group.entries]
    assert [line for line in listed if line in set(Reason)] == in_groups
    assert "Does it fit the question?" in ran.stdout
    assert "{" not in ran.stdout


def test_machines_are_told_a_code_a_line(proofmark: Terminal) -> None:
    lines = proofmark("explain", "--json", "EXPIRED", "DRAFT").stdout.splitlines()
    every = proofmark("explain", "--json").stdout.splitlines()

    assert [json.loads(line)["code"] for line in lines] == ["EXPIRED", "DRAFT"]
    assert {json.loads(line)["code"] for line in every} == set(Reason)
    assert json.loads(lines[0])["sentence"] == "Expired on {date}."


def test_no_line_is_wider_than_the_terminal() -> None:
    shown = [*explaining.listing(60), *explaining.explanation(Reason.MS_NOT_PRODUCT, 60)]
    shown += rulebook.listing(60)

    assert max(map(len, shown)) <= 60 + 20  # long words are never cut
    assert sum(len(line) > 60 for line in shown) < 5


# Rules


def test_the_rules_are_shown_with_their_sources(proofmark: Terminal) -> None:
    text = words(proofmark("rules").stdout)

    packs = shipped_packs()
    for found in (packs.ms_packs, packs.ended_packs, packs.purposes):
        for pack in cast(Mapping[str, Any], found).values():
            assert f"{pack.name} what it says: {words(pack.title)}" in text
            assert f"source: {pack.source}" in text
    for name in PARAMETERS:
        assert f" {name} default: " in text
    assert "register_lag_days default: 31 days" in text
    assert "status_max_age_online_s default: 24 hours" in text
    assert "MS-12, PC-11; IAF MD 28; inferred" in text
    assert "ISO/IEC 27001 edition: 2013 kind: management system last valid day: 2025-10-31" in text


def test_machines_are_told_the_rules_under_their_own_names(proofmark: Terminal) -> None:
    told = json.loads(proofmark("rules", "--json").stdout)

    assert [one["name"] for one in told["policy"]] == list(PARAMETERS)
    assert {one["name"] for one in told["ms_packs"]} == set(shipped_packs().ms_packs)
    assert len(told["standards"]) == len(catalogue().standards)
    lag = next(one for one in told["policy"] if one["name"] == "register_lag_days")
    assert (lag["default"], lag["unit"], lag["inferred"]) == (31, "days", True)
    overdue = next(one for one in told["policy"] if one["name"] == "surv_overdue")
    assert overdue["choices"] == ["reject", "warn"]


@pytest.mark.parametrize("given", [("explain", "--markdown", "EXPIRED"),
                                   ("explain", "--markdown", "--json"),
                                   ("rules", "--markdown", "--json")])  # fmt: skip
def test_what_contradicts_itself_is_refused(proofmark: Terminal, given: tuple[str, ...]) -> None:
    assert proofmark(*given).exit_code == 2


# Pages


@pytest.mark.parametrize(("command", "page"), [("explain", "codes.md"), ("rules", "rules.md")])
def test_the_page_is_what_the_command_writes(proofmark: Terminal, command: str, page: str) -> None:
    written = proofmark(command, "--markdown").stdout

    assert (DOCS / page).read_text("utf-8") == written, f"proofmark {command} --markdown > {page}"


def test_a_page_of_the_codes_names_every_code_once(proofmark: Terminal) -> None:
    page = proofmark("explain", "--markdown").stdout

    for code in Reason:
        assert page.count(f"### {code}\n") == 1


def test_a_table_of_the_rules_is_one() -> None:
    rows = [line for line in rulebook.markdown().splitlines() if line.startswith("|")]

    assert len(rows) > len(PARAMETERS)
    assert {line[-2:] for line in rows} == {" |"}
    for table in rulebook.tables():
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert not any("|" in cell or "\n" in cell for row in table.rows for cell in row)


@pytest.mark.parametrize("command", ["explain", "rules"])
def test_neither_needs_flask(command: str) -> None:
    lines = (
        "import sys; sys.modules['flask'] = None",
        "from service.cli import main",
        f"main(['{command}'])",
    )
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
