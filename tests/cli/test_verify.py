"""`proofmark verify`: what is asked, what is answered, and the exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Terminal
from tests.world import DAY_S, JUNE_15, World


def report_of(ran: Any) -> dict[str, Any]:
    """The one report printed."""
    report: dict[str, Any] = json.loads(ran.stdout)
    return report


def altered(token: str) -> str:
    """The same certificate after somebody changed a letter."""
    head, payload, signature = token.split(".")
    return (
        f"{head}.{payload}.{signature[:-6]}{'A' if signature[-6] != 'A' else 'B'}{signature[-5:]}"
    )


def codes(report: dict[str, Any]) -> set[str]:
    """The codes of its findings."""
    return {finding["code"] for finding in report["findings"] if finding["code"]}


def test_an_accepted_certificate_exits_with_0(verify: Terminal, token: str) -> None:
    ran = verify(token, "--json")

    assert (ran.exit_code, report_of(ran)["verdict"]) == (0, "ACCEPT")


def test_a_warning_exits_with_0(verify: Terminal, world: World, bundle: Path, token: str) -> None:
    world.ab.suspend(world.cb, on=None)
    world.ab.of(world.cb)["events"][0]["effective_on"] = "2026-06-01"
    world.network.write_bundle(bundle)

    ran = verify(token, "--json")

    assert (ran.exit_code, report_of(ran)["verdict"]) == (0, "ACCEPT_WITH_WARNING")


def test_an_altered_certificate_exits_with_1(verify: Terminal, token: str) -> None:
    ran = verify(altered(token), "--json")

    assert (ran.exit_code, report_of(ran)["verdict"]) == (1, "REJECT")


def test_a_certificate_for_another_purpose_exits_with_1(verify: Terminal, token: str) -> None:
    ran = verify(token, "--ask", "needs=product", "--json")

    assert (ran.exit_code, report_of(ran)["verdict"]) == (1, "NOT_FOR_THIS_PURPOSE")
    assert report_of(ran)["asked"] == {"needs": "product"}


def test_what_cannot_be_confirmed_exits_with_3(verify: Terminal, bundle: Path, token: str) -> None:
    for file in (bundle / "status").iterdir():
        file.unlink()

    ran = verify(token, "--json")

    assert (ran.exit_code, report_of(ran)["verdict"]) == (3, "CANNOT_CONFIRM")


def test_a_word_that_is_no_certificate_exits_with_1(verify: Terminal) -> None:
    assert verify("hello").exit_code == 1


def test_of_several_the_worst_decides(verify: Terminal, world: World, bundle: Path) -> None:
    good, unknown = world.cb.issue(), world.product_cb.issue()
    world.network.served[world.product_cb.list_uri] = None
    for file in (bundle / "status").iterdir():
        file.unlink()
    world.network.write_bundle(bundle)

    assert verify(good, unknown).exit_code == 3
    assert verify(good, unknown, altered(good)).exit_code == 1
    assert verify(good, "no/such/file", altered(good)).exit_code == 2


def test_several_reports_are_printed_one_a_line(verify: Terminal, token: str) -> None:
    ran = verify(token, altered(token), "--json")

    verdicts = [json.loads(line)["verdict"] for line in ran.stdout.splitlines()]

    assert verdicts == ["ACCEPT", "REJECT"]


def test_a_question_may_be_about_a_day(verify: Terminal, token: str) -> None:
    ran = verify(token, "--on", "2025-03-03", "--json")

    assert report_of(ran)["day"] == "2025-03-03"
    assert report_of(ran)["checked_at"] == "2026-06-15T12:00:00Z"


def test_another_instant_may_be_judged(verify: Terminal, token: str) -> None:
    ran = verify(token, "--at", "2026-06-14T12:00:00Z", "--json")

    assert report_of(ran)["checked_at"] == "2026-06-14T12:00:00Z"


def test_another_instant_teaches_nothing(verify: Terminal, bundle: Path, token: str) -> None:
    verify(token, "--at", "2026-06-15T12:00:00Z")
    before = (bundle / "state.json").exists()
    verify(token)

    assert (before, (bundle / "state.json").exists()) == (False, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--ask", "colour=red"), "UNKNOWN_FIELD: colour: there is no such field"),
        (
            ("--ask", "modle=K7"),
            "UNKNOWN_FIELD: modle: there is no such field; did you mean model?",
        ),
        (("--ask", "model"), "BAD_PARAMETER: --ask model: write field=value"),
        (("--ask", "model="), "BAD_PARAMETER: model: a text of 1 to 200 characters"),
        (("--ask", "needs=paint"), "BAD_PARAMETER: needs: one of product, management_system,"),
        (("--ask", "model=1", "--ask", "model=2"), "AMBIGUOUS_PARAMETER: model was asked twice"),
        (("--on", "2026-02-30"), "BAD_PARAMETER: on: not a civil day; write it like 2026-03-31"),
        (("--on", "2026-03-31", "--ask", "on=2026-03-30"), "AMBIGUOUS_PARAMETER: on was asked"),
        (("--at", "2026-06-15"), "BAD_PARAMETER: --at: write an instant like"),
        (("--at", "1999-06-15T12:00:00Z"), "BAD_PARAMETER: --at: write an instant like"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(
    verify: Terminal, token: str, words: tuple[str, ...], sentence: str
) -> None:
    ran = verify(token, *words)

    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"proofmark: {sentence}")
    assert ran.stdout == ""


def test_without_evidence_it_says_what_to_do(proofmark: Terminal) -> None:
    ran = proofmark("verify", "123")

    assert ran.exit_code == 2
    assert "PROOFMARK_BUNDLE" in ran.stderr
    assert "--url" in ran.stderr


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("x", "--batch", "-"),
        ("x", "--bundle", "b", "--url", "https://u.example"),
        ("x", "--state", "s", "--no-state"),
        ("x", "--url", "https://u.example", "--no-state"),
        ("x", "--colour"),
        ("--batch", "no-such-file.jsonl"),
    ],
)
def test_words_that_do_not_belong_together_are_refused(
    verify: Terminal, words: tuple[str, ...]
) -> None:
    assert verify(*words).exit_code == 2


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda folder: folder.rename(folder.with_name("away")), "there is no such folder"),
        (lambda folder: (folder / "anchors.json").unlink(), "anchors.json cannot be used"),
        (lambda folder: (folder / "anchors.json").write_text("{}"), "anchors.json cannot be used"),
        (lambda folder: (folder / "policy.json").write_text("?"), "policy.json cannot be used"),
    ],
)
def test_a_folder_that_cannot_serve_is_refused(
    verify: Terminal, bundle: Path, token: str, spoil: Any, sentence: str
) -> None:
    spoil(bundle)

    ran = verify(token)

    assert ran.exit_code == 2
    assert ran.stderr.startswith("proofmark: BUNDLE_UNUSABLE: ")
    assert sentence in ran.stderr


def test_a_file_that_cannot_be_used_is_named_and_the_rest_serves(
    verify: Terminal, bundle: Path, token: str
) -> None:
    (bundle / "records" / "b\u202eroken.jwt").write_text("nothing")

    ran = verify(token, "--json")

    assert ran.exit_code == 0
    assert ran.stderr.startswith("proofmark: BUNDLE_FILE_UNUSABLE: records/b")
    assert "\u202e" not in ran.stderr + ran.stdout
    finding = report_of(ran)["findings"][-1]
    assert (finding["code"], finding["outcome"]) == ("BUNDLE_FILE_UNUSABLE", "note")
    assert finding["facts"]["file"].startswith("records/b")


def test_of_many_such_files_the_rest_is_counted(verify: Terminal, bundle: Path, token: str) -> None:
    for number in range(25):
        (bundle / "records" / f"broken-{number}.jwt").write_text("nothing")

    ran = verify(token)

    assert ran.stderr.endswith("BUNDLE_FILE_UNUSABLE: and 5 more\n")
    assert ran.stderr.count("\n") == 21


def test_without_memory_the_report_says_so(verify: Terminal, bundle: Path, token: str) -> None:
    ran = verify(token, "--no-state", "--json")

    assert ran.exit_code == 0
    assert "MEMORY_ABSENT" in codes(report_of(ran))
    assert not (bundle / "state.json").exists()


def test_a_memory_that_cannot_be_written_is_said(
    verify: Terminal, bundle: Path, token: str
) -> None:
    ran = verify(token, "--state", "/proc/nowhere/state.json", "--json")

    assert ran.exit_code == 0
    assert ran.stderr.startswith("proofmark: MEMORY_ABSENT: ")
    assert "MEMORY_ABSENT" in codes(report_of(ran))


def test_a_damaged_memory_is_said_once(verify: Terminal, bundle: Path, token: str) -> None:
    (bundle / "state.json").write_text("{")

    ran, again = verify(token, "--json"), verify(token, "--json")

    absent = [f for f in report_of(ran)["findings"] if f["code"] == "MEMORY_ABSENT"]
    assert len(absent) == 1
    assert ran.stderr.endswith("was damaged and begins anew\n")
    assert "MEMORY_ABSENT" not in codes(report_of(again))


def test_an_older_list_is_noticed_on_a_later_run(
    verify: Terminal, world: World, bundle: Path, token: str, tmp_path: Path
) -> None:
    memory = tmp_path / "memory.json"
    verify(token, "--state", memory)
    world.at = JUNE_15 - DAY_S
    world.network.write_bundle(bundle)

    ran = verify(token, "--state", memory, "--json")

    assert "STATUS_ROLLBACK" in codes(report_of(ran))


def test_the_command_line_names_the_folder_before_the_environment(
    verify: Terminal, bundle: Path, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROOFMARK_BUNDLE", "/no/such/folder")

    assert verify(token).exit_code == 2
    assert verify(token, "--bundle", bundle).exit_code == 0
