"""Gates of products and services (rules.md IG-PC-2 to IG-PC-11, PC-5, PC-14, CM-11, AB-12)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.domain.accreditation import PlanItem, ScopeRow
from service.domain.certificate import Product, SchemeReference
from service.domain.dates import Period
from service.domain.gate import GateOutcome
from service.rules.catalogue import catalogue
from service.rules.gates import Body
from service.rules.policy import parse_policy
from tests.rules.building import certificate, happened, recognised
from tests.rules.building import recognition as recognition_of
from tests.rules.gates.building import (
    accredited,
    decided,
    dossier,
    gates,
    laboratories,
    merged,
    outcome,
    recognition,
    refusals,
    report,
)
from tests.rules.scenarios import scenarios

PC = "pc-cable5"
LABORATORY = laboratories()["LAB-1"]


def _only(gate: str, given: Any, **ground: Any) -> bool:
    return refusals(given, **ground) == {gate: gate}


def _row(**changes: Any) -> dict[str, Any]:
    """The certifier with another row for its scheme."""
    given = accredited("CB-P")
    return {"granted": (replace(given, scope=(replace(given.scope[0], **changes),)),)}


def _laboratory(**changes: Any) -> dict[str, Any]:
    assert LABORATORY.accreditation is not None
    given = replace(LABORATORY.accreditation, **changes)
    return {"laboratories": {"LAB-1": Body(given, recognition())}}


@pytest.mark.parametrize(
    "changes",
    [
        {"result": "fail"},
        {"result": None},
        {"clauses_missing": ["5.4"]},
        {"clauses_missing": None},
        {"lab": "nobody"},
        {"lab": None},
    ],
)
def test_igpc2_every_clause_is_passed_at_a_known_laboratory(changes: Any) -> None:
    assert _only("IG-PC-2", dossier(PC, report(**changes)))


def test_igpc2_two_reports_may_share_the_clauses() -> None:
    one, other = report(clauses_missing=["5.4"])["tests"], report(clauses_missing=["7"])["tests"]

    assert not refusals(dossier(PC, {"tests": [*one, *other]}))
    assert _only("IG-PC-2", dossier(PC, {"tests": [*one, *one]}))


@pytest.mark.parametrize(
    ("changes", "accredited_then"),
    [
        ({"granted_on": date(2026, 1, 23)}, True),
        ({"granted_on": date(2026, 1, 24)}, False),
        ({"expires_on": date(2026, 1, 23)}, True),
        ({"expires_on": date(2026, 1, 22)}, False),
        ({"events": (happened("withdrawn", "2026-01-24"),)}, True),
        ({"events": (happened("withdrawn", "2026-01-23"),)}, False),
        ({"events": (happened("withdrawn", None),)}, False),
        ({"norm": "ISO 15189"}, False),
        ({"scope": ()}, False),
        ({"scope": (ScopeRow(Period(date(2026, 1, 24), None), ("CS 6004",)),)}, False),
        ({"scope": (ScopeRow(Period(date(2026, 1, 23), None), ("CS 6004",)),)}, True),
    ],
)
def test_igpc2_the_laboratory_was_accredited_on_the_day_of_its_report(
    changes: Any, accredited_then: bool
) -> None:
    found = refusals(dossier(PC), **_laboratory(**changes))

    assert found == ({} if accredited_then else {"IG-PC-2": "IG-PC-2"})


def test_igpc2_the_site_that_tested_is_an_accredited_one() -> None:
    sites = _laboratory(offices=("Hull",))

    assert not refusals(dossier(PC, report(site="Hull")), **sites)
    assert _only("IG-PC-2", dossier(PC, report(site="Leeds")), **sites)
    assert _only("IG-PC-2", dossier(PC), **sites)


@pytest.mark.parametrize(
    ("row", "good"),
    [
        ({"norm": "ISO/IEC 17025", "standards": None}, True),
        ({"norm": "ISO/IEC 17065", "standards": None}, False),
        ({"norm": "ISO/IEC 17025", "standards": None, "until": "2026-01-23"}, True),
        ({"norm": "ISO/IEC 17025", "standards": None, "until": "2026-01-22"}, False),
        ({"norm": "ISO/IEC 17025", "standards": None,
          "suspended": (Period(date(2026, 1, 23), None),)}, False),
        ({"norm": "ISO/IEC 17025", "standards": ("DS 200",)}, False),
    ],
)  # fmt: skip
def test_ab12_igpc2_the_laboratorys_own_body_was_recognised_for_testing(
    row: Any, good: bool
) -> None:
    bodies = {"LAB-1": Body(LABORATORY.accreditation, recognition_of(recognised(**row)))}

    assert refusals(dossier(PC), laboratories=bodies) == ({} if good else {"IG-PC-2": "IG-PC-2"})


def test_ab12_without_continuity_an_old_arrangement_does_not_count_from_2026() -> None:
    strict = parse_policy({"continuity": False})

    assert refusals(dossier(PC), policy=strict)["IG-PC-2"] == "IG-PC-2"


def test_igpc2_a_policy_may_accept_a_laboratory_that_is_not_accredited() -> None:
    lenient = parse_policy({"lab_must_be_accredited": False})
    witnessed = dossier(PC, report(lab="LAB-2", acceptance_basis="witnessed"))
    unseen = dossier(PC, report(lab="LAB-2", acceptance_basis="none"))

    assert outcome("IG-PC-2", witnessed, policy=lenient) is GateOutcome.WARNING
    assert _only("IG-PC-2", unseen, policy=lenient)
    assert _only("IG-PC-2", witnessed)


@pytest.mark.parametrize("changes", [{"model": "K9"}, {"revision": "D"}, {"revision": None}])
def test_igpc3_what_was_tested_is_what_is_certified(changes: Any) -> None:
    assert _only("IG-PC-3", dossier(PC, report(**changes)))


def test_igpc3_every_model_has_its_report_unless_a_family_is_shown() -> None:
    two = {"product": {"models": ["K7", "K8"]}}

    assert _only("IG-PC-3", dossier(PC, two))
    assert not refusals(dossier(PC, merged(two, {"product": {"family": "K"}})))
    tests = [*report()["tests"], *report(model="K8", report="R-882")["tests"]]
    assert not refusals(dossier(PC, {**two, "tests": tests}))


def test_igpc3_without_a_report_nothing_is_shown() -> None:
    assert refusals(dossier(PC, {"tests": []})).keys() == {"IG-PC-2", "IG-PC-3"}


OLD = certificate(
    "product",
    decided="2024-03-04",
    product=Product(SchemeReference("CABLE-5", "5"), None, ("K7",), None, (), "C", ("F1",)),
)


def test_igpc3_of_an_extension_only_what_is_new_is_tested_and_inspected() -> None:
    wider = {"act": "extend", "product": {"models": ["K7", "K8"]}}
    tested = report(model="K8")

    assert not refusals(dossier(PC, {**wider, **tested, "inspections": []}), previous=OLD)
    missing = refusals(dossier(PC, {**wider, "tests": []}), previous=OLD)
    assert missing.keys() == {"IG-PC-2", "IG-PC-3"}
    factory = merged(wider, {"product": {"factories": ["F1", "F2"]}})
    assert _only("IG-PC-6", dossier(PC, {**factory, **tested}), previous=OLD)


def test_pc5_a_change_or_reduction_brings_nothing_that_was_not_evaluated() -> None:
    for act in ("change", "reduce"):
        given = dossier(PC, {"act": act, "tests": [], "inspections": []})
        assert not refusals(given, previous=OLD)
        for more in ({"models": ["K8"]}, {"revision": "D"}, {"factories": ["F2"]}):
            assert _only("PC-5", merged(given, {"product": more}), previous=OLD)
    assert _only("PC-5", dossier(PC, {"act": "reduce"}))


@pytest.mark.parametrize(("issued", "good"), [("2023-03-09", True), ("2023-03-08", False)])
def test_igpc4_a_report_is_no_older_than_36_months_at_the_decision(issued: str, good: bool) -> None:
    dates = {"sampled_on": "2023-02-01", "received_on": "2023-02-01", "test_start": "2023-02-01",
             "test_end": "2023-02-01", "issued_on": issued}  # fmt: skip
    given = dossier(PC, {**report(**dates), "application": {
        "received_on": "2023-01-01", "agreement_signed_on": "2023-01-01"}})  # fmt: skip

    assert refusals(given) == ({} if good else {"IG-PC-4": "IG-PC-4"})


def test_igpc4_a_scheme_may_want_newer_reports() -> None:
    assert _only("IG-PC-4", dossier(PC), **_row(report_max_age_months=1))
    assert not refusals(dossier(PC), **_row(report_max_age_months=2))
    assert outcome("IG-PC-4", dossier(PC, {"tests": []})) is GateOutcome.NOT_NEEDED


STEPS = ["sampled_on", "received_on", "test_start", "test_end", "issued_on"]


@pytest.mark.parametrize("name", STEPS[:-1])
def test_igpc5_each_day_of_a_test_is_on_file(name: str) -> None:
    assert _only("IG-PC-5", dossier(PC, report(**{name: None})))


@pytest.mark.parametrize("earlier", STEPS[1:])
def test_igpc5_no_step_comes_before_the_one_before_it(earlier: str) -> None:
    before = STEPS[STEPS.index(earlier) - 1]
    equal = report()["tests"][0][before]

    assert not refusals(dossier(PC, report(**{earlier: equal})))
    sooner = date.fromisoformat(equal).replace(day=date.fromisoformat(equal).day - 1) if (
        date.fromisoformat(equal).day > 1) else date(2025, 11, 30)  # fmt: skip
    found = refusals(dossier(PC, report(**{earlier: sooner.isoformat()})))
    assert found["IG-PC-5"] == "EVIDENCE_ORDER_IMPOSSIBLE"


@pytest.mark.parametrize(
    ("patch", "good"),
    [
        ({"application": {"received_on": "2025-12-01"}}, True),
        ({"application": {"received_on": "2025-12-02"}}, False),
        ({"review": {"date": "2026-02-11"}}, True),
        ({"review": {"date": "2026-02-10"}}, False),  # before the inspection
        ({"review": {"date": "2026-03-09"}}, True),
    ],
)
def test_igpc5_application_evidence_review_decision_follow_one_another(
    patch: Any, good: bool
) -> None:
    found = refusals(dossier(PC, patch))

    assert found == ({} if good else {"IG-PC-5": "EVIDENCE_ORDER_IMPOSSIBLE"})


def test_igpc5_a_decision_does_not_come_before_its_review() -> None:
    given = dossier(PC, {"review": {"date": "2026-03-10"}})

    assert refusals(given, today=date(2026, 3, 10)) == {"IG-PC-5": "EVIDENCE_ORDER_IMPOSSIBLE"}


@pytest.mark.parametrize("name", ["effective", "issued_on"])
def test_pc2_igpc5_a_certificate_is_not_dated_before_its_decision(name: str) -> None:
    assert refusals(dossier(PC, {"certificate": {name: "2026-03-08"}})) == {"IG-PC-5": "BACKDATED"}


def test_igpc5_results_from_before_the_application_count_where_the_scheme_says_so() -> None:
    late = dossier(PC, {"application": {"received_on": "2026-02-01"}})
    flags = ("initial_production", "production", "mark", "earlier_results")

    assert refusals(late) == {"IG-PC-5": "EVIDENCE_ORDER_IMPOSSIBLE"}
    assert not refusals(late, **_row(functions=flags))


def test_igpc5_the_application_has_its_day() -> None:
    assert _only("IG-PC-5", dossier(PC, {"application": {"received_on": None}}))


def _inspection(**changes: Any) -> Any:
    return {"inspections": [merged(dossier(PC)["inspections"][0], changes)]}


@pytest.mark.parametrize(
    ("patch", "good"),
    [
        (_inspection(last_day="2025-03-09"), True),
        (_inspection(last_day="2025-03-08"), False),
        (_inspection(result="fail"), False),
        (_inspection(result=None), False),
        (_inspection(last_day=None), False),
        (_inspection(factory="F2"), False),
        (_inspection(kind="ms_audit"), False),
        ({"product": {"factories": []}}, False),
    ],
)
def test_igpc6_every_factory_was_inspected_and_passed_in_the_last_year(
    patch: Any, good: bool
) -> None:
    assert refusals(dossier(PC, patch)) == ({} if good else {"IG-PC-6": "IG-PC-6"})


def test_igpc6_the_last_inspection_of_a_factory_counts() -> None:
    passed = dossier(PC)["inspections"][0]
    failed = merged(passed, {"last_day": "2026-02-20", "result": "fail"})

    assert _only("IG-PC-6", dossier(PC, {"inspections": [passed, failed]}))


def test_igpc6_an_inspection_after_the_decision_does_not_support_it() -> None:
    given = dossier(PC, _inspection(last_day="2026-03-10"))

    assert "IG-PC-6" in refusals(given, today=date(2026, 3, 10))


def test_igpc6_samples_need_no_look_at_production() -> None:
    patch: Any = {
        "scheme": {"id": "SAMPLE-1A", "type": "1a"},
        "inspections": [],
        "mark": None,
        "product": {"factories": None},
    }

    assert outcome("IG-PC-6", dossier(PC, patch)) is GateOutcome.NOT_NEEDED
    assert not refusals(dossier(PC, patch))


def test_igpc6_of_a_scheme_that_nobody_knows_nothing_is_passed() -> None:
    given = dossier(PC, {"scheme": {"id": "MYSTERY", "type": "9"}})

    assert refusals(given)["IG-PC-6"] == "IG-PC-6"


def test_igpc6_a_service_is_checked_too() -> None:
    assert not refusals(dossier("service"))
    assert _only("IG-PC-6", dossier("service", {"inspections": []}))


@pytest.mark.parametrize(
    "patch",
    [
        {"review": {"people": ["t1"]}},
        {"decision": {"makers": ["t2"]}},
        {"review": {"people": []}},
        {"review": {"date": None}},
        {"decision": {"by_cb": None}},
        _inspection(people=[]),
        {"audits": [{"kind": "surveillance", "team": [{"person": "p9", "role": "expert"}]}]},
    ],
)
def test_igpc7_who_reviews_or_decides_took_no_part(patch: Any) -> None:
    assert _only("IG-PC-7", dossier(PC, patch))


def test_igpc7_reviewer_and_decision_maker_may_be_one_person_or_two() -> None:
    assert not refusals(dossier(PC))
    assert not refusals(dossier(PC, {"review": {"people": ["p8"]}}))


@pytest.mark.parametrize(("agreed", "good"), [("2026-03-09", True), ("2026-03-10", False)])
def test_igpc8_the_agreement_is_signed_by_the_day_of_issue(agreed: str, good: bool) -> None:
    given = dossier(PC, {"application": {"agreement_signed_on": agreed}})

    found = refusals(given, today=date(2026, 3, 10))

    assert found == ({} if good else {"IG-PC-8": "IG-PC-8"})


def test_igpc8_nothing_is_handed_out_before_the_decision() -> None:
    undecided = dossier(PC, {"decision": {"date": None}})

    assert _only("IG-PC-8", undecided, today=date(2026, 3, 9))
    assert _only("IG-PC-8", dossier(PC, {"application": {"agreement_signed_on": None}}))


def test_igpc9_a_mark_needs_a_scheme_that_licenses_one_and_a_plan() -> None:
    none = _row(mark_licence=False)

    assert refusals(dossier(PC), **none) == {"IG-PC-9": "MARK_NOT_LICENSED"}
    assert outcome("IG-PC-9", dossier(PC, {"mark": None}), **none) is GateOutcome.NOT_NEEDED
    found = refusals(dossier(PC), **_row(plan=()))
    assert found == {"IG-PC-9": "MARK_WITHOUT_SURVEILLANCE", "PC-14": "PRODUCT_SURV_OVERDUE"}


def test_igpc9_a_scheme_with_marks_and_no_plan_is_refused_even_without_a_mark() -> None:
    ends = {"mark": None, "certificate": {"expires": "2027-03-08"}}

    assert refusals(dossier(PC, ends), **_row(plan=())) == {"IG-PC-9": "MARK_WITHOUT_SURVEILLANCE"}


def test_igpc9_a_batch_bears_its_mark_without_a_plan() -> None:
    batch = _row(plan=(), functions=("batch", "mark"))
    given = dossier(PC, {"product": {"batch": {"lot": "L1"}}})

    assert not refusals(given, **batch)


def test_pc14_without_an_end_there_is_a_plan() -> None:
    row = _row(plan=(), functions=("production",), mark_licence=False)
    given = dossier(PC, {"mark": None})

    assert refusals(given, **row) == {"PC-14": "PRODUCT_SURV_OVERDUE"}
    assert not refusals(merged(given, {"certificate": {"expires": "2027-03-08"}}), **row)
    planned = _row(plan=(PlanItem("market_sample_test", 12),), functions=("production",))
    assert not refusals(given, **planned)


@pytest.mark.parametrize("instead_of", ["type_test", "factory_inspection"])
def test_igpc10_nothing_stands_for_tests_or_inspections(instead_of: str) -> None:
    offered = [{"what": "other_report", "instead_of": instead_of}]

    assert _only("IG-PC-10", dossier(PC, {"offered_instead": offered}))


def test_igpc10_a_system_certificate_may_meet_a_prerequisite_of_the_scheme() -> None:
    def offer(standard: str) -> Any:
        what = {"what": "management_system_certificate", "standard": standard}
        return dossier(PC, {"offered_instead": [{**what, "instead_of": "prerequisite"}]})

    scheme = {"id": "CABLE-5", "type": "5", "object": "cables", "prerequisites": ["ISO 9001:2015"]}
    wants = {"catalogue": catalogue(scenarios()["world"]["standards"], [scheme])}
    assert not refusals(offer("ISO 9001:2015"), **wants)
    assert _only("IG-PC-10", offer("ISO 14001:2015"), **wants)
    assert not refusals(offer("ISO 14001:2015"))


@pytest.mark.parametrize(("on", "good"), [("2026-01-24", True), ("2026-01-23", False)])
def test_igpc11_a_report_from_before_a_suspension_stays(on: str, good: bool) -> None:
    found = refusals(dossier(PC), **_laboratory(events=(happened("suspended", on),)))

    assert found == ({} if good else {"IG-PC-11": "IG-PC-11"})


def test_igpc11_a_report_from_after_the_lifting_counts() -> None:
    back = (happened("suspended", "2025-06-02"), happened("lifted", "2026-01-23"))

    assert not refusals(dossier(PC), **_laboratory(events=back))


@pytest.mark.parametrize(("expires", "good"), [("2027-03-09", True), ("2027-03-10", False)])
def test_cm11_a_certificate_ends_within_the_longest_term_of_its_scheme(
    expires: str, good: bool
) -> None:
    given = dossier(PC, {"certificate": {"expires": expires}})

    found = refusals(given, **_row(max_term_months=12))

    assert found == ({} if good else {"CM-11": "TERM_TOO_LONG"})


def test_cm11_where_the_scheme_sets_a_term_there_is_an_end() -> None:
    assert refusals(dossier(PC), **_row(max_term_months=12)) == {"CM-11": "TERM_TOO_LONG"}
    early = dossier(PC, {"certificate": {"expires": "2026-03-08"}})
    assert _only("CM-11", early)


def test_a_product_is_decided_and_signed_within_days_like_any_other() -> None:
    assert refusals(dossier(PC, decided("2026-03-09")), today=date(2026, 3, 15)) == {
        "DT-9": "BACKDATED"
    }
    assert gates(dossier(PC), today=date(2026, 3, 14))["DT-9"].outcome is GateOutcome.PASSED
