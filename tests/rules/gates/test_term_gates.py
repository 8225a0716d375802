"""Gates about days and terms, and transfers (rules.md IG-MS-10, MS-4 to 7, MS-26, MS-27, DT-9)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.domain.certificate import Organisation, Site
from service.domain.gate import GateOutcome
from service.rules.gates import Body
from service.rules.packs import shipped_packs
from tests.rules.building import day, event, happened, recognised, record
from tests.rules.building import recognition as recognition_of
from tests.rules.gates.building import (
    accredited,
    decided,
    dossier,
    gates,
    merged,
    old_certificate,
    outcome,
    recertification,
    recognition,
    refusals,
    stages,
)

INITIAL = "ms-initial"
LATER = {"today": date(2026, 4, 25)}


def _stage2(first: str, last: str) -> Any:
    return stages(stage2={"first_day": first, "last_day": last})


def test_igms10_an_initial_certificate_ends_within_three_years_of_its_decision() -> None:
    assert not refusals(dossier(INITIAL, {"certificate": {"expires": "2029-04-20"}}))
    assert refusals(dossier(INITIAL, {"certificate": {"expires": "2029-04-21"}})) == {
        "IG-MS-10": "TERM_TOO_LONG"
    }


def test_igms10_the_decision_follows_the_last_audit() -> None:
    early = {**decided("2026-03-26"), "findings": []}

    assert not refusals(dossier(INITIAL, {**early, "certificate": {
        "effective": "2026-03-26", "expires": "2029-03-25"}}))  # fmt: skip
    found = refusals(
        dossier(INITIAL, {**early, **_stage2("2026-03-24", "2026-03-27")}),
        today=date(2026, 3, 27),
    )
    assert found["IG-MS-10"] == "EVIDENCE_ORDER_IMPOSSIBLE"


@pytest.mark.parametrize("name", ["effective", "issued_on"])
def test_igms10_nothing_applies_or_is_issued_before_its_decision(name: str) -> None:
    assert not refusals(dossier(INITIAL, {"certificate": {name: "2026-04-20"}}))
    assert refusals(dossier(INITIAL, {"certificate": {name: "2026-04-19"}})) == {
        "IG-MS-10": "BACKDATED"
    }


def test_igms10_a_certificate_may_apply_later_but_not_after_its_end() -> None:
    assert not refusals(dossier(INITIAL, {"certificate": {"effective": "2026-05-01"}}))
    assert "IG-MS-10" in refusals(dossier(INITIAL, {"certificate": {"effective": "2029-04-20"}}))


def test_igms10_without_a_decision_there_is_no_certificate() -> None:
    found = refusals(dossier(INITIAL, {"decision": {"date": None}}), today=date(2026, 4, 20))

    assert found == {"IG-MS-10": "IG-MS-10"}


def test_ms4_igms10_a_renewal_in_time_runs_on_from_the_old_end() -> None:
    assert not refusals(dossier("renew", {"certificate": {"expires": "2029-05-21"}}))
    assert refusals(dossier("renew", {"certificate": {"expires": "2029-05-22"}})) == {
        "IG-MS-10": "TERM_TOO_LONG"
    }


def test_ms4_igms10_a_recertification_audit_too_early_gives_no_more_than_three_years() -> None:
    # The cycle began on 2023-05-21; its 24th month ends on 2025-05-21.
    def renewed(audit_end: str, expires: str) -> Any:
        patch = recertification(first_day=audit_end, last_day=audit_end, days_on_site=2,
                                days_total=2)  # fmt: skip
        patch["audit_time"] = {"table": "QMS-1", "reduction_reason": "small"}
        patch["organisation"] = {"personnel": 15}
        return dossier("renew", {**patch, "certificate": {"expires": expires}})

    assert not refusals(renewed("2025-05-22", "2029-05-21"))
    assert refusals(renewed("2025-05-21", "2029-05-21")) == {"IG-MS-10": "TERM_TOO_LONG"}
    assert not refusals(renewed("2025-05-21", "2029-04-20"))


def test_ms5_a_renewal_is_audited_and_decided_by_the_old_end() -> None:
    last = decided("2026-05-21")
    assert not refusals(dossier("renew", last))
    found = refusals(dossier("renew", decided("2026-05-22")))
    assert found == {"IG-MS-10": "TERM_TOO_LONG", "MS-5": "EXPIRED"}
    audit = recertification(first_day="2026-05-20", last_day="2026-05-22")
    found = refusals(dossier("renew", {**last, **audit}), today=date(2026, 5, 22))
    assert found["MS-5"] == "MS-5"


def test_ms5_a_renewal_needs_the_report_of_its_audit_and_the_old_certificate() -> None:
    assert refusals(dossier("renew", recertification(report_sha256=None))) == {"MS-5": "MS-5"}
    assert refusals(dossier("renew"), previous=None)["MS-5"] == "MS-5"


def _restored(on: str, expires: str) -> Any:
    return dossier("restore", decided(on, expires=expires))


def test_ms6_a_restoration_is_decided_within_six_months_and_keeps_the_cycle() -> None:
    assert not refusals(_restored("2026-11-21", "2029-05-21"))
    assert refusals(_restored("2026-11-21", "2029-05-22")) == {"IG-MS-10": "TERM_TOO_LONG"}
    assert refusals(_restored("2026-11-22", "2029-05-21")) == {"MS-6": "RESTORED_TOO_LATE"}


def test_ms7_later_a_new_stage_2_brings_it_back_for_three_years() -> None:
    def late(start: str) -> Any:
        audit = merged(_stage2(start, "2026-11-26")["audits"][1],
                       {"days_on_site": 4, "days_total": 5})  # fmt: skip
        return dossier("restore", {**decided("2026-11-30", expires="2029-11-30"),
                                   "audits": [audit]})  # fmt: skip

    assert not refusals(late("2026-11-24"))
    assert not refusals(late("2026-05-22"))
    assert refusals(late("2026-05-21")) == {"MS-6": "RESTORED_TOO_LATE"}


def test_ms6_what_has_not_expired_is_not_restored() -> None:
    assert refusals(_restored("2026-05-21", "2029-05-21")) == {"MS-6": "MS-6"}
    assert refusals(_restored("2026-05-22", "2029-05-21")) == {}


def test_ms6_a_restoration_needs_its_audit_reported() -> None:
    assert refusals(dossier("restore", recertification(report_sha256=None))) == {"MS-6": "MS-6"}
    assert refusals(dossier("restore"), previous=None)["MS-6"] == "MS-6"


def test_ms6_some_packs_know_no_way_back() -> None:
    pack = shipped_packs().ms("cn-cnca-qms-2026")

    assert refusals(dossier("restore"), pack=pack) == {"MS-6": "RESTORED_TOO_LATE"}


def test_igms10_a_change_within_a_cycle_never_ends_later() -> None:
    longer = {"certificate": {"expires": "2026-05-22"}}

    assert refusals(dossier("reduce", longer)) == {"IG-MS-10": "TERM_TOO_LONG"}
    assert refusals(dossier("extend", longer)) == {"IG-MS-10": "TERM_TOO_LONG"}


def test_dt9_a_decision_far_back_needs_a_second_approval() -> None:
    given = dossier(INITIAL)

    assert not refusals(given, today=date(2026, 4, 25))  # five days
    assert refusals(given, today=date(2026, 4, 26)) == {"DT-9": "BACKDATED"}
    approved = gates(given, today=date(2026, 4, 26), second_approval=True)["DT-9"]
    assert (approved.outcome, approved.code) == (GateOutcome.WARNING, "DT-9")


def test_dt9_a_decision_cannot_lie_ahead() -> None:
    assert not refusals(dossier(INITIAL), today=date(2026, 4, 20))
    assert refusals(dossier(INITIAL), today=date(2026, 4, 19)) == {"DT-9": "FUTURE_DATED"}
    assert refusals(dossier(INITIAL), today=date(2026, 3, 11))["DT-9"] == "FUTURE_DATED"


@pytest.mark.parametrize(
    "patch",
    [
        {"application": {"received_on": "2026-04-21"}},
        stages(stage1={"first_day": "2026-03-04"}),
    ],
)
def test_dt9_no_evidence_lies_ahead_or_ends_before_it_starts(patch: Any) -> None:
    assert refusals(dossier(INITIAL, patch))["DT-9"] == "EVIDENCE_ORDER_IMPOSSIBLE"


def test_dt9_a_day_of_issue_cannot_lie_ahead() -> None:
    given = dossier(INITIAL, {"certificate": {"issued_on": "2026-04-21"}})

    assert refusals(given) == {"DT-9": "FUTURE_DATED"}


def _moved(**patch: Any) -> Any:
    return dossier("ms-transfer", patch)


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"certificate": {"expires": "2027-04-01"}}, "TERM_TOO_LONG"),
        ({"certificate": {"expires": "2027-03-30"}}, "MS-26"),
        ({"transfer": {"state": "EXPIRED"}}, "MS-26"),
        ({"transfer": {"state": None}}, "MS-26"),
        ({"transfer": {"review_done_on": None}}, "MS-26"),
        ({"transfer": {"codes": ["iaf:18"]}}, "MS-26"),
        ({"transfer": {"standards": ["ISO 9001:2008"]}}, "MS-26"),
        ({"transfer": {"decided": None}}, "MS-26"),
        ({"transfer": {"number": None}}, "MS-26"),
        ({"transfer": {"decided": "2026-05-05"}}, "MS-26"),
        ({"transfer": {"with_recertification": True}}, "MS-26"),
    ],
)
def test_ms26_what_is_taken_over_is_sound_and_stays_as_it_was(patch: Any, code: str) -> None:
    assert refusals(_moved(**patch)) == {"MS-26": code}


def test_ms26_a_transfer_names_what_it_takes_over() -> None:
    assert refusals(_moved(transfer=None)) == {"MS-26": "MS-26"}


def test_ms26_the_review_is_done_by_the_decision() -> None:
    later = {"today": date(2026, 5, 5)}

    assert not refusals(_moved(transfer={"review_done_on": "2026-05-04"}), **later)
    assert refusals(_moved(transfer={"review_done_on": "2026-05-05"}), **later) == {
        "MS-26": "MS-26"
    }


def test_ms26_the_old_one_is_valid_on_the_day_of_the_transfer() -> None:
    last = {"transfer": {"expires": "2026-05-04"}, "certificate": {"expires": "2026-05-04"}}
    over = {"transfer": {"expires": "2026-05-03"}, "certificate": {"expires": "2026-05-03"}}

    assert not refusals(_moved(**last))
    assert refusals(_moved(**over))["MS-26"] == "MS-26"


def test_ms26_the_old_bodys_recognition_is_known_and_in_force() -> None:
    given = _moved()
    norm = recognition_of(recognised(until="2026-05-03"))

    assert refusals(given, origin=Body()) == {"MS-26": "MS-26"}
    assert refusals(given, origin=Body(None, norm)) == {"MS-26": "MS-26"}
    assert not refusals(given, origin=Body(None, recognition_of(recognised(until="2026-05-04"))))


def test_ms26_the_old_record_must_agree() -> None:
    active = record(event("granted", "2024-04-01"))
    paused = record(event("granted", "2024-04-01"), event("suspended", "2026-05-04"))

    assert not refusals(_moved(), record=active)
    assert refusals(_moved(), record=paused) == {"MS-26": "MS-26"}


def test_ms26_no_site_is_added_on_the_way() -> None:
    known = old_certificate(
        organisation=Organisation("Looms", ("iaf:19",), (Site("main"),)), expires="2027-03-31"
    )
    sites = {"sites": ["main", "Hull"], "sampled": False}

    assert not refusals(_moved(), previous=known)
    assert refusals(_moved(organisation=sites), previous=known) == {"MS-26": "MS-26"}


def test_ms26_joined_with_a_recertification_audit_a_transfer_begins_a_new_term() -> None:
    audits = recertification(first_day="2026-04-20", last_day="2026-04-22")
    joined = {
        **audits,
        "people": {"p1": {}, "p2": {}},
        "audit_time": {"table": "QMS-1"},
        "transfer": {"with_recertification": True},
    }

    assert not refusals(_moved(**joined, certificate={"expires": "2029-05-04"}))
    assert refusals(_moved(**joined, certificate={"expires": "2029-05-05"})) == {
        "MS-26": "TERM_TOO_LONG"
    }


def _lost(on: str, **transfer: str) -> Any:
    return _moved(transfer={"issuer_ended_on": on, "ab_informed_on": "2026-04-20", **transfer})


def test_ms27_from_a_lost_certifier_the_transfer_is_complete_within_six_months() -> None:
    assert not refusals(_lost("2025-11-04"))
    assert refusals(_lost("2025-11-03")) == {"MS-27": "MS-27"}


def test_ms27_the_new_certificate_is_in_effect_by_then() -> None:
    late = merged(_lost("2025-11-04"), {"certificate": {"effective": "2026-05-05"}})

    assert refusals(late) == {"MS-27": "MS-27"}


def test_ms27_the_accreditation_body_is_told_before_the_decision() -> None:
    assert not refusals(_lost("2026-01-31", ab_informed_on="2026-05-03"))
    assert refusals(_lost("2026-01-31", ab_informed_on="2026-05-04")) == {"MS-27": "MS-27"}
    told = merged(_lost("2026-01-31"), {"transfer": {"ab_informed_on": None}})
    assert refusals(told) == {"MS-27": "MS-27"}


@pytest.mark.parametrize("type_", ["withdrawn", "suspended"])
def test_ms27_what_is_known_of_the_old_accreditation_counts_too(type_: str) -> None:
    lost = replace(accredited("CB-V"), events=(happened(type_, "2025-11-03"),))
    in_time = replace(lost, events=(happened(type_, "2025-11-04"),))
    told = _moved(transfer={"ab_informed_on": "2026-04-20"})

    assert refusals(told, origin=Body(lost, recognition())) == {"MS-27": "MS-27"}
    assert not refusals(told, origin=Body(in_time, recognition()))


def test_ms27_a_suspension_that_was_lifted_is_over() -> None:
    events = (happened("suspended", "2025-03-03"), happened("lifted", "2025-06-02"))
    back = Body(replace(accredited("CB-V"), events=events), recognition())

    assert outcome("MS-27", _moved(), origin=back) is GateOutcome.NOT_NEEDED
    assert day("2025-06-02") < date(2026, 5, 4)
