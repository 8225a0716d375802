"""The table of codes: each with the verdict, the axis and the sentence of its page."""

import re
import string
from typing import Any

import pytest

from service.domain.reason import Reason
from service.domain.verdict import Axis, Check, Finding, Outcome, code_table, fill
from tests.data import code_tables
from tests.world import day

PAGES = code_tables()
# What is put into sentences.
FACTS = {"name", "date", "limit", "from", "to", "codes", "days", "field", "body", "number", "host",
         "file"}  # fmt: skip


def plainly(sentence: str) -> str:
    """A sentence without what differs between a page and its print: quotes, and names of facts."""
    for curly, straight in zip("’“”", '\'""', strict=True):
        sentence = sentence.replace(curly, straight)
    return re.sub(r"\{\w+\}", "...", sentence)


def test_the_table_has_every_code_and_no_other() -> None:
    assert set(code_table()) == set(Reason) == {Reason(code) for code in PAGES}


@pytest.mark.parametrize("code", Reason)
def test_a_code_is_called_by_its_name(code: Reason) -> None:
    assert code.name == code.value == str(code)
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", code)


@pytest.mark.parametrize("code", Reason)
def test_a_code_has_the_verdict_and_axis_of_its_page(code: Reason) -> None:
    entry, page = code_table()[code], PAGES[code]

    assert entry.outcome == page["verdict"].lower()
    assert entry.axis == page["axis"]


@pytest.mark.parametrize("code", [code for code in Reason if PAGES[code]["sentence"] is not None])
def test_a_code_has_the_sentence_of_its_page(code: Reason) -> None:
    sentence, page = code_table()[code].texts["sentence"], PAGES[code]["sentence"]

    assert plainly(sentence) == plainly(page)


@pytest.mark.parametrize("code", Reason)
def test_a_sentence_is_one_and_can_be_read_without_any_fact(code: Reason) -> None:
    sentence = code_table()[code].texts["sentence"]
    facts = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    assert facts <= FACTS
    assert fill(sentence, {})[-1] == "."
    assert "{" not in fill(sentence, {})


@pytest.mark.parametrize("code", Reason)
def test_nothing_is_called_fake_unless_authenticity_failed(code: Reason) -> None:
    """Rejections never speak of forgery unless genuineness itself failed (security.md 4)."""
    entry = code_table()[code]
    if entry.axis is not Axis.GENUINE:
        assert not re.search(r"(?i)fake|forge|not genuine", entry.texts["sentence"])


def test_a_note_alone_may_touch_no_axis() -> None:
    for entry in code_table().values():
        assert (entry.axis is None) <= (entry.outcome is Outcome.NOTE)
        assert entry.outcome is not Outcome.ACCEPT


# Sentences with facts


def test_a_fact_stands_in_its_sentence_as_a_reader_writes_it() -> None:
    gap: dict[str, Any] = {"from": day("2025-09-01"), "to": day("2026-02-27")}
    finding = Finding.of(Check.STATUS, Reason.CERTIFICATION_GAP, **gap)

    assert finding.text == "Valid, but not certified from 2025-09-01 to 2026-02-27."


def test_a_list_of_facts_is_written_out() -> None:
    finding = Finding.of(Check.COVERAGE, Reason.PARTLY_ACCREDITED, codes=["iaf:17", "iaf:19"])

    assert finding.text.endswith("covers only a part: iaf:17, iaf:19.")


def test_what_is_not_known_is_said_so() -> None:
    assert Finding.of(Check.STATUS, Reason.EXPIRED).text == "Expired on an unknown day."
    assert Finding.of(Check.STATUS, Reason.EXPIRED, date=None).text == "Expired on an unknown day."


def test_an_aside_whose_fact_is_missing_is_left_out() -> None:
    stale = "The status list at hand is too old to rely on{}."

    assert Finding.of(Check.STATUS, Reason.STATUS_STALE).text == stale.format("")
    known = Finding.of(Check.STATUS, Reason.STATUS_STALE, date=day("2026-06-01"))
    assert known.text == stale.format(" (of 2026-06-01)")


@pytest.mark.parametrize(
    "hostile", ["{date}", "{0}", "{__class__}", "{", "}", "{date", "%s", "({x})"]
)
def test_a_fact_is_never_read_as_a_sentence(hostile: str) -> None:
    finding = Finding.of(Check.READ, Reason.QR_FOREIGN_HOST, host=hostile)

    assert hostile in finding.text
