"""Purposes (rules.md PC-19 to PC-23): what a law demands beyond a good certificate."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.accreditation import Accreditation, Adoption
from service.domain.certificate import Mark
from service.domain.dates import Period
from service.domain.question import Question
from service.domain.verdict import Answer, Axis, Finding, answer
from service.rules.assessment import assess_fit
from service.rules.packs import shipped_packs
from tests.rules.building import (
    accreditation,
    case,
    certificate,
    codes,
    day,
    happened,
    judged,
    scope_row,
)

PACKS = shipped_packs()


def _row(**changes: Any) -> Any:
    return scope_row("product", scheme=None, type=None, marks=("NRTL-1",), **changes)


def _laboratory(**changes: Any) -> Accreditation:
    usual = {"norm": "29 CFR 1910.7", "offices": ("S1",), "scope": (_row(),)}
    return accreditation("product", **{**usual, **changes})


def _for(
    purpose: str, designation: Accreditation | None, *, on: str = "2026-06-15",
    kind: str = "product", seen: tuple[str, ...] = ("NRTL-1",), made_on: str | None = None,
    needs: str | None = None, ended: str | None = None, **changes: Any,
) -> list[Finding]:  # fmt: skip
    given = certificate(kind, **{"office": "S1", **changes})
    asked = Question(purpose=purpose, seen=seen, needs=needs,
                     made_on=None if made_on is None else day(made_on))  # fmt: skip
    judged_ = case(kind, on=on, today="2026-06-15", certificate=given, question=asked)
    if ended is not None:
        judged_ = judged_._replace(policy=replace(judged_.policy, ended_pack=ended))
    return assess_fit(judged_, designation)


def _us(designation: Accreditation | None, **more: Any) -> set[str]:
    return codes(_for("us-workplace", designation, **more))


def test_pc19_a_laboratory_that_is_recognised_for_all_of_it() -> None:
    assert _us(_laboratory()) == set()


@pytest.mark.parametrize(
    ("seen", "licensed", "missing"),
    [
        (("NRTL-1",), None, False),
        (("NRTL-1",), "NRTL-1", False),
        (("own_mark",), "NRTL-1", False),
        (("ce",), None, True),
        ((), None, True),
        (("NRTL-2",), None, True),
        (("own_mark",), "ISO-ROUND", True),
    ],
)
def test_pc19_the_unit_bears_the_laboratorys_own_registered_mark(
    seen: tuple[str, ...], licensed: str | None, missing: bool
) -> None:
    found = _us(_laboratory(), seen=seen, mark=Mark(id=licensed) if licensed else None)

    assert found == ({"NRTL_MARK_MISSING"} if missing else set())


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (_row(standards=("CS 6004:2019",)), None),
        (_row(standards=("CS 6004:2012",)), "NRTL_STANDARD"),
        (_row(period=Period(day("2023-04-03"), None)), None),
        (_row(period=Period(day("2023-04-04"), None)), "NRTL_STANDARD"),
        (_row(period=Period(day("2020-01-01"), day("2023-04-02"))), "NRTL_STANDARD"),
    ],
)
def test_pc19_the_test_standard_is_in_its_recognition(row: Any, code: str | None) -> None:
    assert _us(_laboratory(scope=(row,))) == ({code} if code else set())


@pytest.mark.parametrize(
    ("office", "code"), [("S1", None), ("S2", "NRTL_SITE"), (None, "NRTL_SITE")]
)
def test_pc19_it_was_certified_at_a_recognised_site(office: str | None, code: str | None) -> None:
    assert _us(_laboratory(), office=office) == ({code} if code else set())


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({"granted_on": "2023-04-03"}, True),
        ({"granted_on": "2023-04-04"}, False),
        ({"events": (happened("withdrawn", "2023-04-03"),)}, False),
        ({"events": (happened("withdrawn", None),)}, False),
        ({"events": (happened("suspended", "2023-04-03"), happened("lifted", "2023-05-01"))},
         False),
        ({"events": (happened("suspended", "2023-03-01"), happened("lifted", "2023-04-03"))},
         True),
        ({"expires_on": "2023-04-02"}, False),
    ],
)  # fmt: skip
def test_pc19_the_recognition_is_in_force_on_the_decision(
    changes: dict[str, Any], good: bool
) -> None:
    assert _us(_laboratory(**changes)) == (set() if good else {"NRTL_RECOGNITION_ENDED"})


def test_pc19_whom_the_authority_does_not_know_it_does_not_recognise() -> None:
    assert _us(None) == {"NRTL_RECOGNITION_ENDED"}


@pytest.mark.parametrize(
    ("kind", "needs", "code"),
    [
        ("management_system", None, "MS_NOT_PRODUCT"),
        ("management_system", "management_system", "MS_NOT_PRODUCT"),
        ("service", None, "SERVICE_NOT_PRODUCT"),
    ],
)
def test_pc19_no_other_kind_of_certificate_substitutes(
    kind: str, needs: str | None, code: str
) -> None:
    assert _us(_laboratory(), kind=kind, needs=needs) == {code}


TERMINATED = happened("withdrawn", "2026-03-01")


@pytest.mark.parametrize(
    ("on", "made", "found"),
    [
        ("2026-02-28", None, set()),
        ("2026-03-01", None, {"NRTL_RECOGNITION_ENDED"}),
        ("2026-06-15", "2026-02-28", {"MADE_BEFORE_END"}),
        ("2026-06-15", "2026-03-01", {"NRTL_RECOGNITION_ENDED"}),
    ],
)
def test_pc20_a_terminated_laboratory(on: str, made: str | None, found: set[str]) -> None:
    assert _us(_laboratory(events=(TERMINATED,)), on=on, made_on=made) == found


def test_pc20_a_termination_for_fraud_speaks_against_the_units() -> None:
    fraud = _laboratory(events=(happened("withdrawn", "2026-03-01", reason="fraud"),))

    assert _us(fraud, made_on="2026-02-28") == {"NRTL_RECOGNITION_ENDED"}


@pytest.mark.parametrize(
    ("numbers", "confirmed", "good"),
    [
        (("CB-A/2024/0113",), "2026-06-15", True),
        (("CB-A/2024/0113",), "2026-06-16", False),
        (("another",), "2026-04-01", False),
        (("CB-A/2024/0113",), None, True),
    ],
)
def test_pc20_another_laboratory_may_take_over(
    numbers: tuple[str, ...], confirmed: str | None, good: bool
) -> None:
    taken = Adoption("https://nrtl-2.example", numbers,
                     None if confirmed is None else day(confirmed), None)  # fmt: skip
    given = _laboratory(events=(TERMINATED,), adoptions=(taken,))

    assert _us(given) == (set() if good else {"NRTL_RECOGNITION_ENDED"})


@pytest.mark.parametrize(("ended", "good"), [("2023-04-03", False), ("2023-04-04", True)])
def test_pc20_what_was_certified_from_the_end_on_no_takeover_cures(ended: str, good: bool) -> None:
    taken = Adoption("https://nrtl-2.example", ("CB-A/2024/0113",), None, None)
    given = _laboratory(events=(happened("withdrawn", ended),), adoptions=(taken,))

    assert _us(given) == (set() if good else {"NRTL_RECOGNITION_ENDED"})


@pytest.mark.parametrize(
    ("filed", "good"),
    [
        ("2025-03-30", False),
        ("2025-03-31", True),
        ("2025-06-30", True),
        ("2025-07-01", False),
        (None, False),
    ],
)
def test_pc21_a_renewal_filed_in_its_window_keeps_the_recognition(
    filed: str | None, good: bool
) -> None:
    given = _laboratory(expires_on="2026-03-31", renewal_filed_on=filed)

    asked = [_us(given, on=on) for on in ("2026-03-31", "2026-04-01")]

    assert asked == [set(), set() if good else {"NRTL_RECOGNITION_ENDED"}]


def test_pc21_only_such_a_recognition_runs_on() -> None:
    given = accreditation(expires_on="2026-03-31", renewal_filed_on="2025-05-01")

    assert "ACCREDITATION_ENDED_TRANSFER_BY" in codes(judged(case(accreditation=given)))
    osha = case(accreditation=given, ended=PACKS.ended("osha-nrtl"))
    assert codes(judged(osha)) == set()


@pytest.mark.parametrize(
    ("made", "adopted", "code"),
    [
        (None, False, "ACCREDITATION_ENDED"),
        ("2026-02-28", False, "MADE_BEFORE_END"),
        ("2026-03-01", False, "ACCREDITATION_ENDED"),
        (None, True, None),
    ],
)
def test_pc20_the_same_along_the_laboratorys_own_chain(
    made: str | None, adopted: bool, code: str | None
) -> None:
    taken = Adoption("https://nrtl-2.example", ("CB-A/2024/0113",), None, None)
    named = accreditation("product", events=(TERMINATED,), adoptions=(taken,) if adopted else ())
    given = case("product", accreditation=named, ended=PACKS.ended("osha-nrtl"),
                 question=Question(made_on=day(made)) if made else Question())  # fmt: skip

    assert codes(judged(given)) == ({code} if code else set())


def _eu(designation: Accreditation | None, **more: Any) -> set[str]:
    return codes(_for("eu-notified-body", designation, **more))


def _body(**changes: Any) -> Accreditation:
    return _laboratory(**{"norm": "Regulation (EU) 2017/745", **changes})


@pytest.mark.parametrize(
    ("designation", "good"),
    [
        (_body(), True),
        (None, False),
        (_body(granted_on="2023-04-03"), True),
        (_body(granted_on="2023-04-04"), False),
        (_body(scope=(_row(standards=("CS 9",)),)), False),
        (_body(events=(happened("withdrawn", "2023-04-03"),)), False),
        (_body(events=(happened("withdrawn", None),)), False),
        (_body(events=(happened("suspended", "2023-04-01"),)), False),
        (_body(events=(happened("suspended", "2023-04-04"),)), True),
        (_body(expires_on="2023-04-02"), False),
    ],
)
def test_pc22_the_body_is_designated_for_this_on_the_decision(
    designation: Accreditation | None, good: bool
) -> None:
    assert _eu(designation) == (set() if good else {"REGULATORY_MISMATCH"})


def test_pc22_a_scheme_of_another_module_is_another() -> None:
    other = _body(scope=(scope_row("product", scheme="EU-MDR-IX", type="3"),))

    assert _eu(other) == {"REGULATORY_MISMATCH"}


@pytest.mark.parametrize(
    ("on", "code"), [("2026-02-28", None), ("2026-03-01", "ACCREDITATION_ENDED_NO_LIMIT")]
)
def test_pc23_for_most_eu_laws_no_rule_ends_the_certificate(on: str, code: str | None) -> None:
    assert _eu(_body(events=(TERMINATED,)), on=on) == ({code} if code else set())


def test_pc23_it_is_a_matter_of_the_purpose_and_not_of_the_certificate() -> None:
    findings = _for("eu-notified-body", _body(events=(TERMINATED,)))

    assert answer(findings, Axis.IN_FORCE) is Answer.YES
    assert {one.axis for one in findings if one.code} == {Axis.FITS}
