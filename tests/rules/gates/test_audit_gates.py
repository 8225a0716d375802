"""Gates about audits, findings and people (rules.md IG-MS-1, 3 to 9, 13, 16)."""

from typing import Any

import pytest

from service.domain.gate import GateOutcome
from service.rules.policy import DEFAULT, parse_policy
from tests.rules.building import day
from tests.rules.gates.building import (
    RECERTIFICATION,
    dossier,
    gates,
    merged,
    old_certificate,
    outcome,
    recertification,
    refusals,
    stages,
)

INITIAL = "ms-initial"
EXPERT = {"person": "p8", "role": "expert", "codes": []}
LEAD = {"person": "p1", "role": "lead", "codes": ["iaf:19"]}


def _only(gate: str, given: Any, **ground: Any) -> bool:
    return refusals(given, **ground) == {gate: gate}


@pytest.mark.parametrize(
    "patch",
    [
        {"reviewed_on": None},
        {"agreement_signed_on": None},
        {"reviewed_on": "2026-04-21"},
        {"agreement_signed_on": "2026-04-21"},
    ],
)
def test_igms1_an_application_is_reviewed_and_agreed_by_the_decision(patch: Any) -> None:
    found = refusals(dossier(INITIAL, {"application": patch}), today=day("2026-04-21"))

    assert found == {"IG-MS-1": "IG-MS-1"}


def test_igms1_agreed_on_the_day_of_the_decision_is_in_time() -> None:
    given = dossier(INITIAL, {"application": {"agreement_signed_on": "2026-04-20"}})

    assert not refusals(given)


@pytest.mark.parametrize(
    "patch",
    [
        stages(stage1={"report_sha256": None}),
        stages(stage2={"report_sha256": None}),
        stages(stage1={"internal_audit_seen": False}),
        stages(stage1={"internal_audit_seen": None}),
        stages(stage1={"management_review_seen": False}),
    ],
)
def test_igms3_both_stages_are_reported_and_stage_1_saw_what_it_must(patch: Any) -> None:
    assert _only("IG-MS-3", dossier(INITIAL, patch))


def test_igms3_without_a_stage_1_there_is_no_certification() -> None:
    found = refusals(dossier(INITIAL, {"audits": stages()["audits"][1:]}))

    assert found["IG-MS-3"] == "IG-MS-3"


def test_igms4_a_concern_that_is_open_must_be_closed_or_accepted() -> None:
    assert _only("IG-MS-4", dossier(INITIAL, stages(stage1={"open_concerns": 2})))
    assert _only("IG-MS-4", dossier(INITIAL, stages(stage1={"open_concerns": None})))
    accepted = stages(stage1={"open_concerns": 2, "concerns_accepted": True})
    assert not refusals(dossier(INITIAL, accepted))


def test_igms4_of_two_visits_of_stage_2_none_comes_before_stage_1() -> None:
    first, second = stages()["audits"]
    early = merged(second, {"first_day": "2026-02-24", "last_day": "2026-02-26"})

    assert _only("IG-MS-4", dossier(INITIAL, {"audits": [early, first, second]}))


def test_igms4_after_a_new_stage_1_a_new_stage_2_follows() -> None:
    first, second = stages()["audits"]
    again = merged(first, {"first_day": "2026-04-07", "last_day": "2026-04-08"})

    assert "IG-MS-4" in refusals(dossier(INITIAL, {"audits": [first, second, again]}))


@pytest.mark.parametrize(("start", "end", "late"), [
    ("2026-09-03", "2026-09-05", False), ("2026-09-04", "2026-09-06", True),
])  # fmt: skip
def test_igms5_the_last_good_day_is_six_months_after_stage_1(
    start: str, end: str, late: bool
) -> None:
    patch = {
        **stages(stage2={"first_day": start, "last_day": end}),
        "findings": [],
        "decision": {"date": "2026-09-20"},
        "certificate": {"effective": "2026-09-20", "expires": "2029-09-19"},
    }

    assert ("IG-MS-5" in refusals(dossier(INITIAL, patch))) is late
    justified = {**patch, "stage_gap_justification": "The client moved.\nAgreed in June."}
    assert not refusals(dossier(INITIAL, justified))


def _major(**days: str | None) -> Any:
    usual = {
        "grade": "major",
        "raised_on": "2026-03-26",
        "correction_verified_on": "2026-04-10",
        "action_verified_on": "2026-04-10",
    }
    return {"findings": [merged(usual, days)]}


@pytest.mark.parametrize(
    "days",
    [
        {"correction_verified_on": None},
        {"action_verified_on": None},
        {"action_verified_on": "2026-04-21"},
        {"raised_on": None},
        {"correction_verified_on": "2026-03-25"},
    ],
)
def test_igms6_a_major_is_verified_between_its_day_and_the_decision(days: Any) -> None:
    found = refusals(dossier(INITIAL, _major(**days)), today=day("2026-04-21"))

    assert found == {"IG-MS-6": "IG-MS-6"}


def test_igms6_a_major_verified_on_the_day_of_the_decision_is_closed() -> None:
    assert not refusals(dossier(INITIAL, _major(action_verified_on="2026-04-20")))


def test_igms6_another_stage_2_gives_new_time_for_a_major() -> None:
    first, second = stages()["audits"]
    again = merged(second, {"first_day": "2026-10-05", "last_day": "2026-10-06"})
    patch = {
        "audits": [first, second, again],
        "stage_gap_justification": "a second stage 2 after the major",
        **_major(correction_verified_on="2026-10-06", action_verified_on="2026-10-06"),
        "decision": {"date": "2026-10-20"},
        "certificate": {"effective": "2026-10-20", "expires": "2029-10-19"},
    }

    assert not refusals(dossier(INITIAL, patch))
    assert _only("IG-MS-6", dossier(INITIAL, {**patch, "audits": [first, second]}))


def test_ms5_igms6_at_a_renewal_a_major_is_closed_by_the_old_end() -> None:
    found = _major(raised_on="2026-03-12", action_verified_on="2026-04-20")
    end = {"previous": old_certificate(expires="2026-04-19")}
    certificate = {"certificate": {"expires": "2029-04-19"}}

    assert not refusals(dossier("renew", found))
    assert "IG-MS-6" in refusals(dossier("renew", {**found, **certificate}), **end)


def test_igms7_every_minor_has_a_plan_accepted_by_the_decision() -> None:
    def minor(**days: Any) -> Any:
        return dossier(
            INITIAL, {"findings": [{"grade": "minor", "raised_on": "2026-03-26", **days}]}
        )

    assert _only("IG-MS-7", minor())
    assert _only("IG-MS-7", minor(plan_accepted_on="2026-03-25"))
    assert not refusals(minor(plan_accepted_on="2026-04-20"))
    assert refusals(minor(plan_accepted_on="2026-04-21"), today=day("2026-04-21")) == {
        "IG-MS-7": "IG-MS-7"
    }


@pytest.mark.parametrize(
    "patch",
    [
        {"decision": {"by_cb": False}},
        {"decision": {"by_cb": None}},
        {"decision": {"makers": ["p2"]}},
        {"decision": {"makers": ["p9", "nobody"]}},
        {"people": {"p9": {"consulted_client_until": "2024-04-21"}}},
    ],
)
def test_igms8_who_decides_is_independent_and_the_certifiers_own(patch: Any) -> None:
    assert _only("IG-MS-8", dossier(INITIAL, patch))


def test_igms8_nobody_at_all_decided() -> None:
    found = refusals(dossier(INITIAL, {"decision": {"makers": []}}))

    assert found == {"IG-MS-8": "IG-MS-8", "CM-10": "INCOMPLETE_CERTIFICATE"}


def test_igms8_a_consultant_of_24_months_ago_may_decide() -> None:
    given = dossier(INITIAL, {"people": {"p9": {"consulted_client_until": "2024-04-20"}}})

    assert not refusals(given)


def test_igms8_whoever_audited_earlier_in_the_cycle_does_not_decide() -> None:
    assert _only("IG-MS-8", dossier("renew"), cycle_people=frozenset({"p9"}))


@pytest.mark.parametrize(("until", "free"), [("2024-03-02", True), ("2024-03-03", False)])
def test_igms9_24_months_after_advising_somebody_may_audit(until: str, free: bool) -> None:
    given = dossier(INITIAL, {"people": {"p1": {"consulted_client_until": until}}})

    assert refusals(given) == ({} if free else {"IG-MS-9": "IG-MS-9"})


def test_igms9_an_expert_counts_and_must_be_known() -> None:
    team = [*stages()["audits"][1]["team"], EXPERT]

    assert _only("IG-MS-9", dossier(INITIAL, stages(stage2={"team": team})))


def test_igms9_the_certifier_never_advises() -> None:
    assert _only("IG-MS-9", dossier(INITIAL, {"application": {"consultancy_by_cb": True}}))


def test_igms13_the_team_covers_every_code() -> None:
    assert _only("IG-MS-13", dossier(INITIAL, {"codes": ["iaf:19", "iaf:18"]}))
    team = [{**LEAD, "codes": []}, {"person": "p2", "role": "expert", "codes": ["iaf:19"]}]
    experts = stages(stage2={"team": team, "days_on_site": 2.5, "days_total": 3})
    assert "IG-MS-13" not in refusals(dossier(INITIAL, experts))


def test_igms13_a_team_has_a_lead() -> None:
    team = [{**LEAD, "role": "auditor"}, {"person": "p2", "role": "auditor", "codes": []}]

    assert _only("IG-MS-13", dossier(INITIAL, stages(stage2={"team": team})))


def test_igms13_each_visit_covers_the_codes_of_its_site() -> None:
    sites = [{"name": "main", "codes": ["iaf:18"], "central": True}]
    given = dossier(INITIAL, {"organisation": {"sites": sites}})

    assert _only("IG-MS-13", given)


def test_igms16_an_extension_is_audited_for_what_is_new() -> None:
    audits = dossier("extend")["audits"]
    unable = [merged(audits[0], {"team": [{"person": "p1", "role": "lead", "codes": ["iaf:17"]}]})]

    assert not refusals(dossier("extend"))
    assert refusals(dossier("extend", {"audits": unable})).keys() == {"IG-MS-13", "IG-MS-16"}
    assert refusals(dossier("extend", {"audits": []})).keys() == {"IG-MS-13", "IG-MS-16"}


def test_igms16_a_new_site_is_visited() -> None:
    sites = {"organisation": {"sites": ["main", "Hull"], "sampled": False}}

    assert _only("IG-MS-16", dossier("extend", sites))
    audit = merged(dossier("extend")["audits"][0], {"sites": ["main", "Hull"]})
    assert not refusals(dossier("extend", {**sites, "audits": [audit]}))


def test_igms16_an_extension_has_a_decision_of_its_own() -> None:
    before = old_certificate(decided="2026-04-20", expires="2026-05-21")

    assert _only("IG-MS-16", dossier("extend"), previous=before)


def test_igms16_a_reduction_or_a_change_adds_nothing() -> None:
    wider = {"codes": ["iaf:19", "iaf:18"]}

    assert not refusals(dossier("reduce"))
    assert _only("IG-MS-16", dossier("reduce", wider))
    assert _only("IG-MS-16", dossier("reduce", {**wider, "act": "change"}))
    assert _only("IG-MS-16", dossier("reduce"), previous=None)


def test_a_renewal_without_its_audit_is_refused_by_every_gate_that_looks_at_it() -> None:
    found = refusals(dossier("renew", {"audits": []}))

    assert found.keys() == {"IG-MS-10", "IG-MS-11", "IG-MS-12", "IG-MS-13", "MS-5"}


def test_a_gate_that_is_not_needed_says_why() -> None:
    gate = gates(dossier(INITIAL))["IG-MS-6"]

    assert (gate.outcome, gate.code) == (GateOutcome.NOT_NEEDED, None)
    assert gate.missing == "There is no major finding."


def test_a_policy_may_set_another_gap_between_the_stages() -> None:
    strict = parse_policy({"stage_gap_months": 0})

    assert DEFAULT.stage_gap_months == 6
    assert _only("IG-MS-5", dossier(INITIAL), policy=strict)


def test_a_recertification_passes_by_its_own_audit() -> None:
    assert outcome("IG-MS-13", dossier("renew", recertification())) is GateOutcome.PASSED
    assert RECERTIFICATION["kind"] == "recertification"
