"""What a finding means and what to do about it, each said once and in the right place."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from service.domain.reason import Reason
from service.domain.report import Report
from service.domain.verdict import Check, Finding, Outcome, code_table
from service.web.view.advice import advice
from service.web.view.findings import checks, said
from service.web.view.words import Line, plain_text
from tests.web.gallery import GALLERY


def text_of(code: Reason, name: str) -> str:
    return code_table()[code].texts[name]


def words(line: Line | None) -> str | None:
    return None if line is None else plain_text(line)


def steps(report: Report) -> Sequence[str]:
    found = advice(report)
    return [plain_text(step) for step in found.steps] if found else []


@pytest.mark.parametrize("name", GALLERY)
def test_what_the_advice_says_no_finding_says_again(name: str) -> None:
    report = GALLERY[name]

    shown = [words(finding.next) for finding in checks(report).findings]
    assert set(steps(report)).isdisjoint(filter(None, shown))
    assert len(set(steps(report))) == len(steps(report))


def test_a_remark_on_an_accepted_certificate_says_what_to_do_itself() -> None:
    remark = Finding.of(Check.STATUS, Reason.MEMORY_ABSENT)
    report = replace(GALLERY["accept"], findings=(*GALLERY["accept"].findings, remark))

    shown = [words(finding.next) for finding in checks(report).findings]
    assert advice(report) is None
    assert text_of(Reason.MEMORY_ABSENT, "next") in shown


def test_a_broken_list_is_explained_as_a_list_and_not_as_a_certificate() -> None:
    finding = Finding.of(Check.STATUS, Reason.CLAIM_TYPE, outcome=Outcome.CANNOT_CONFIRM)

    for name in ("short", "means", "next"):
        assert words(said(finding, name)) == text_of(Reason.STATUS_UNAVAILABLE, name)
    assert words(said(finding, "source")) == text_of(Reason.CLAIM_TYPE, "source")


def test_a_broken_list_beside_a_fresh_one_asks_for_nothing() -> None:
    finding = Finding.of(Check.STATUS, Reason.STATUS_ENCODING, outcome=Outcome.NOTE)

    assert said(finding, "means") is said(finding, "next") is None
    assert words(said(finding, "sentence")) == text_of(Reason.STATUS_ENCODING, "sentence")


def test_a_broken_paper_about_a_body_is_explained_as_one() -> None:
    finding = Finding.of(Check.CHAIN, Reason.JOSE_TYP_MISMATCH)

    for name in ("means", "next"):
        assert words(said(finding, name)) == text_of(Reason.CHAIN_NO_ANCHOR, name)


def test_a_status_list_without_the_entry_speaks_for_itself() -> None:
    for code in (Reason.STATUS_INDEX_RANGE, Reason.STATUS_STALE, Reason.WITHDRAWN):
        finding = Finding.of(Check.STATUS, code)
        assert words(said(finding, "means")) == text_of(code, "means")
