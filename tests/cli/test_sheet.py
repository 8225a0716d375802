"""A report on a terminal: what is always said, what never is, and how it looks without colours."""

import re
from dataclasses import replace
from typing import Any

import click
import pytest

from service.commands.sheet import sheet
from service.commands.text import duration, wrapped
from service.domain.reason import Reason
from service.domain.report import ChainLink, Report
from service.domain.text import clean
from service.domain.verdict import Check, Finding
from tests.web.gallery import GALLERY, unproven

CLAIMS = {
    "iss": "https://demo.example/cb/alderway",
    "jti": "CB-A/2024/0113",
    "rev": 1,
    "kind": "management_system",
    "standards": ["ISO 9001:2015"],
    "decided": "2024-09-10",
    "effective": "2024-09-10",
    "expires": "2027-09-09",
    "holder": {"name": "Harrow Cables Ltd", "country": "GB"},
    "organisation": {"scope": "Cables", "sites": [{"name": "Larkmere"}, {"name": "Leeds"}]},
}


def report_of(name: str, claims: dict[str, Any] | None = None) -> Report:
    """A report of the gallery with signed claims."""
    report = GALLERY[name]
    if report.certificate is None:
        return report
    return replace(report, certificate=report.certificate._replace(claims=claims or CLAIMS))


def plain(report: Report, width: int | None = None) -> str:
    """What is read where colours are not shown."""
    return click.unstyle("\n".join(sheet(report.to_json(), width=width)))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("accept", "✓ Valid  ACCEPT"),
        ("warning", "! Valid, with a warning  ACCEPT_WITH_WARNING"),
        ("wrong-purpose", "≠ Not for this  NOT_FOR_THIS_PURPOSE"),
        ("cannot-confirm", "? Cannot confirm  CANNOT_CONFIRM"),
        ("reject", "✗ Rejected  REJECT"),
    ],
)
def test_the_verdict_comes_first_as_a_mark_a_word_and_its_name(name: str, line: str) -> None:
    assert plain(report_of(name)).startswith(f"{line}\n{report_of(name).headline}\n")


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_the_three_questions_are_always_answered(name: str) -> None:
    text = plain(report_of(name))

    for label in ("Genuine", "In force", "Fits"):
        assert re.search(rf"^{label} +[✓!✗?–] \w", text, re.MULTILINE)


def test_a_warning_shows_at_the_question_it_is_about() -> None:
    text = plain(report_of("warning"))

    assert "In force       ! yes, with a warning" in text
    assert "Genuine        ✓ yes\n" in text


def test_reasons_stand_with_their_codes_the_worst_first() -> None:
    report = report_of("reject-overdue")
    note = Finding.of(Check.STATUS, Reason.RELIED_ON_LIST)

    text = plain(replace(report, findings=(note, *report.findings)))

    assert text.index("✗ SURV_OVERDUE") < text.index("· RELIED_ON_LIST")


def test_who_vouches_for_whom_is_drawn_from_the_anchor_down() -> None:
    lines = plain(report_of("accept")).splitlines()

    place = next(n for n, line in enumerate(lines) if line.startswith("Vouched for by"))

    assert [line.strip() for line in lines[place : place + 3]] == [
        "Vouched for by World Recognition Arrangement (arrangement, your anchor)",
        "└ Northland Accreditation (accreditation body, since 2016-05-01)",
        "└ Alderway Certification (certification body, No. 0164, since 2015-03-02)",
    ]


def test_a_body_that_names_itself_is_told_apart() -> None:
    link = ChainLink("certification_body", "https://cb.example", "The Best Body", False)
    report = report_of("accept")

    text = plain(replace(report, chain=(*(report.chain or ()), link)))

    assert "The Best Body (certification body, it gives itself this name)" in text


def test_surveillance_and_ages_are_shown() -> None:
    text = plain(report_of("accept"))

    assert "Surveillance   current, last 2025-08-21, next due 2026-12-31" in text
    assert "status list    14 minutes old, good for 24 hours" in text
    assert "? too old" not in text


def test_evidence_that_is_too_old_is_marked() -> None:
    assert re.search(r"status list +8 days old, good for 7 days +\? too old", plain(
        report_of("cannot-confirm")
    ))  # fmt: skip


def test_of_what_is_not_proven_nothing_is_shown() -> None:
    finding = Finding.of(Check.SIGNATURE, Reason.SIGNATURE_INVALID)
    report = replace(report_of("accept"), findings=(finding,))

    text = plain(report)

    assert "Harrow" not in text
    assert "ISO 9001" not in text
    assert "Northland" not in text
    assert "Nothing that the code says is shown" in text


def test_of_what_is_not_proven_only_the_reasons_for_that_are_named() -> None:
    report = unproven(
        Finding.of(Check.CHAIN, Reason.CHAIN_UNAVAILABLE),
        Finding.of(Check.STATUS, Reason.SUSPENDED),
        Finding.of(Check.STATUS, Reason.MEMORY_ABSENT),
    )

    text = plain(report)

    assert "SUSPENDED" not in text
    assert "CHAIN_UNAVAILABLE" in text
    assert "MEMORY_ABSENT" in text


def test_characters_that_hide_turn_or_command_are_shown_by_number() -> None:
    claims = CLAIMS | {"holder": {"name": "Har\u202erow\x1b[2J\u200b", "country": "GB"}}

    text = plain(report_of("accept", claims))

    assert "Har[U+202E]row[U+001B][2J[U+200B], GB" in text
    assert "\u202e" not in text


def test_what_was_asked_is_repeated() -> None:
    assert "You asked      model K9, factory F1" in plain(report_of("wrong-model"))


def test_a_long_list_is_counted() -> None:
    models = [f"M{number}" for number in range(30)]
    claims = CLAIMS | {"product": {"models": models}}
    del claims["organisation"]

    assert "M6, M7 and 22 more" in plain(report_of("accept", claims))


def test_lines_keep_to_the_width_and_words_stay_whole() -> None:
    lines = plain(report_of("wrong-purpose"), width=60).splitlines()
    fingerprint = str(report_of("accept").to_json()["token_sha256"])

    assert max(len(line) for line in lines if "└" not in line and "old," not in line) <= 75
    assert wrapped(fingerprint, 30) == [fingerprint]


def test_a_code_of_a_newer_service_is_shown_as_it_says() -> None:
    report = report_of("reject").to_json()
    report["findings"].append({"code": "NEWER", "outcome": "note", "text": "Something new."})

    assert "· NEWER\n  Something new." in click.unstyle("\n".join(sheet(report)))


@pytest.mark.parametrize("spoilt", [{}, {"verdict": "GREEN"}, {"verdict": "ACCEPT"}])
def test_what_is_no_report_is_refused(spoilt: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        sheet(spoilt)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (3_599, "59 minutes"),
        (3_600, "1 hour"),
        (172_799, "47 hours"),
        (172_800, "2 days"),
    ],
)
def test_an_age_is_told_in_words(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def test_joiners_of_real_words_are_left_alone() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
