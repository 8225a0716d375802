"""What may be done with a certificate when (rules.md 3.1), and what its status list then says."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.certificate import Kind
from service.domain.surveillance import EVENT_TYPES, RecordEvent, Removed
from service.rules import transition_table
from service.rules.certificate_life import FINAL, Act, CertificateState, OnRecord, Transition
from service.rules.packs import shipped_packs
from service.rules.policy import Policy
from service.rules.transition_table import Actor, TransitionRefusal, act_rows, code_rows
from service.rules.transitions import RevisionFacts, assess_transition, list_value
from service.status import record as records
from service.status import status_list
from tests.rules.building import day, event

steady = settings(max_examples=300, deadline=None, derandomize=True)
PACKS = shipped_packs()
TODAY = "2026-06-15"
GRANTED = event("granted", "2024-09-10")
SUSPENDED = event("suspended", "2026-06-01", reason="failure")
ENDED = {name: event(name, "2026-06-01") for name in ("withdrawn", "cancelled", "transferred")}
# What an act needs beside its day, so that nothing else is wrong with it.
NEEDS: dict[str, dict[str, Any]] = {
    "suspend": {"reason": "failure"},
    "withdraw": {"reason": "fraud"},
    "reinstate": {"cause_resolved": True},
    "reduce": {"removed": Removed(codes=("iaf:17",))},
    "restore": {"cause_resolved": True},
    "transfer_out": {"to_body": "https://cb-v.example", "to_number": "CB-V/2026/0001"},
}


def known(*events: RecordEvent, kind: Kind = Kind.MANAGEMENT_SYSTEM,
          expires: str | None = "2027-09-09", pack: str = "iso-17021-1",
          **more: Any) -> OnRecord:  # fmt: skip
    return OnRecord(kind, events, None if expires is None else day(expires), PACKS.ms(pack), **more)


def wish(act: str, on: str = TODAY, *, today: str = TODAY, **more: Any) -> Transition:
    for name in ("decided_on", "stage2_on"):
        if isinstance(more.get(name), str):
            more[name] = day(more[name])
    given_ = {"by": Actor.DECISION_MAKER, **NEEDS.get(act, {}), **more}
    return Transition(act=Act(act), effective_on=day(on), today=day(today), **given_)


def asked(state: OnRecord, act: str, on: str = TODAY, **more: Any) -> list[str]:
    """The codes that refuse an act."""
    return [one.code for one in assess_transition(state, wish(act, on, **more))]


def only(state: OnRecord, act: str, on: str = TODAY, **more: Any) -> TransitionRefusal:
    (one,) = assess_transition(state, wish(act, on, **more))
    return one


ACTIVE, PAUSED = known(GRANTED), known(GRANTED, SUSPENDED)
LAPSED = known(GRANTED, expires="2026-03-31")
STATES = {
    "draft": known(),
    "active": ACTIVE,
    "suspended": PAUSED,
    "expired": LAPSED,
}
ALLOWED = {
    "draft": {"grant", "refuse"},
    "active": {"suspend", "reduce", "extend", "change", "renew", "withdraw", "cancel",
               "transfer_out"},
    "suspended": {"reinstate", "reduce", "withdraw", "cancel"},
    "expired": {"restore"},
}  # fmt: skip
ACTS = sorted(set(Act) - {Act.ERRATUM})


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_ms15_ms17_each_act_leads_from_the_states_of_the_table_only(state: str, act: str) -> None:
    found = asked(STATES[state], act)

    if act in ALLOWED[state]:
        assert found == []
    elif state == "expired":
        assert found == ["EXPIRED"]
    else:
        suspended = state == "suspended" and act == "transfer_out"
        assert found == ["MS-26" if suspended else "STATE_WRONG"]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("name", sorted(ENDED))
def test_ms17_what_is_final_stays(name: str, act: str) -> None:
    refused = only(known(GRANTED, ENDED[name]), act)

    assert refused.code == "STATE_FINAL"
    assert f"It was {name} on 2026-06-01" in refused.sentence


@pytest.mark.parametrize("act", ACTS)
def test_ms17_a_refused_draft_is_final(act: str) -> None:
    assert asked(known(refused_on=day(TODAY)), act) == ["STATE_FINAL"]


def test_ms17_a_final_end_that_was_announced_leaves_the_days_before_it() -> None:
    state = known(GRANTED, event("cancelled", "2026-08-31"))

    assert asked(state, "suspend", "2026-06-15") == []
    assert asked(state, "withdraw", "2026-06-15") == []
    assert asked(state, "suspend", "2026-08-31", today="2026-08-01") == ["STATE_FINAL"]
    assert asked(state, "suspend", "2026-08-01", today="2026-09-01") == ["STATE_FINAL"]


# Expiry (T09)


def test_ms19_a_suspended_certificate_that_has_expired_is_not_reinstated() -> None:
    paused = event("suspended", "2026-03-01", reason="failure")
    state = known(event("granted", "2023-05-21"), paused, expires="2026-05-20")

    refused = only(state, "reinstate", "2026-06-01", today="2026-06-01")

    assert refused.code == "MS-19"
    assert refused.clause == "MS-19; ISO/IEC 17021-1 9.6.5"
    assert "It ended on 2026-05-20 while it was suspended" in refused.sentence


@pytest.mark.parametrize(("on", "found"), [("2026-05-20", []), ("2026-05-21", ["MS-19"])])
@pytest.mark.parametrize("act", ["reinstate", "reduce"])
def test_ms19_a_suspension_ends_on_the_last_day_or_not_at_all(
    act: str, on: str, found: list[str]
) -> None:
    state = known(GRANTED, event("suspended", "2026-03-01"), expires="2026-05-20")

    assert asked(state, act, on, today=on) == found


@pytest.mark.parametrize(("on", "found"), [("2026-03-31", []), ("2026-04-01", ["EXPIRED"])])
@pytest.mark.parametrize("act", ["suspend", "extend", "change", "withdraw", "cancel"])
def test_ms5_nothing_is_done_to_what_has_expired(act: str, on: str, found: list[str]) -> None:
    assert asked(LAPSED, act, on, today=on) == found


def test_ms5_what_happened_before_the_end_may_be_recorded_after_it() -> None:
    assert asked(LAPSED, "withdraw", "2026-03-31") == []


# Renewal


@pytest.mark.parametrize(
    ("decided", "on", "found"),
    [
        ("2026-03-31", "2026-03-31", []),
        ("2026-03-31", "2026-04-01", []),
        ("2026-03-31", "2026-04-02", ["MS-4"]),
        ("2026-04-01", "2026-04-01", ["EXPIRED"]),
        ("2026-03-31", "2026-03-30", ["BACKDATED"]),
    ],
)
def test_ms4_ms5_a_renewal_is_decided_by_the_end_and_leaves_no_gap(
    decided: str, on: str, found: list[str]
) -> None:
    assert asked(LAPSED, "renew", on, decided_on=decided, today=decided) == found


def test_ms4_a_certificate_without_an_end_is_renewed_on_the_day() -> None:
    endless = known(GRANTED, kind=Kind.PRODUCT, expires=None)

    assert asked(endless, "renew", "2026-06-15") == []
    assert asked(endless, "renew", "2026-06-16") == ["EFFECTIVE_IN_FUTURE"]


def test_ms19_what_expired_while_suspended_is_not_renewed_either() -> None:
    state = known(GRANTED, event("suspended", "2026-03-01"), expires="2026-05-20")

    assert asked(state, "renew", "2026-06-01") == ["MS-19"]


# Restoration


@pytest.mark.parametrize(
    ("decided", "stage2", "found"),
    [
        ("2026-03-31", None, ["STATE_WRONG"]),
        ("2026-04-01", None, []),
        ("2026-09-30", None, []),
        ("2026-10-01", None, ["RESTORED_TOO_LATE"]),
        ("2026-10-01", "2026-10-01", []),
        ("2026-10-01", "2026-04-01", []),
        ("2026-10-01", "2026-03-31", ["RESTORED_TOO_LATE"]),
        ("2026-10-01", "2026-10-02", ["EVIDENCE_ORDER_IMPOSSIBLE", "RESTORED_TOO_LATE"]),
    ],
)
def test_ms6_ms7_what_expired_is_restored_in_time_or_after_a_new_stage_2(
    decided: str, stage2: str | None, found: list[str]
) -> None:
    assert asked(LAPSED, "restore", decided, today=decided, stage2_on=stage2) == found


def test_ms6_the_way_back_is_as_long_as_the_policy_says() -> None:
    state = known(GRANTED, expires="2026-03-31", policy=Policy(restoration_months=2))

    assert asked(state, "restore", "2026-05-31", today="2026-05-31") == []
    assert asked(state, "restore", "2026-06-01", today="2026-06-01") == ["RESTORED_TOO_LATE"]


def test_ms6_a_restoration_does_not_reach_back_into_the_gap() -> None:
    assert asked(LAPSED, "restore", "2026-04-01", decided_on="2026-06-15") == ["BACKDATED"]


def test_ms5_in_china_nothing_is_restored() -> None:
    state = known(GRANTED, expires="2026-03-31", pack="cn-cnca-qms-2026")

    refused = only(state, "restore", "2026-04-01", today="2026-04-01")

    assert refused.code == "RESTORED_TOO_LATE"
    assert "cn-cnca-qms-2026" in refused.sentence
    assert asked(state, "restore", stage2_on="2026-05-01") == ["RESTORED_TOO_LATE"]


@pytest.mark.parametrize("kind", [Kind.PRODUCT, Kind.SERVICE])
def test_ms6_only_management_systems_are_restored(kind: Kind) -> None:
    assert asked(known(GRANTED, kind=kind, expires="2026-03-31"), "restore") == ["MS-6"]


@pytest.mark.parametrize(("resolved", "found"), [(True, []), (False, ["MS-19"])])
def test_ms19_what_expired_while_suspended_is_restored_with_the_cause_resolved(
    resolved: bool, found: list[str]
) -> None:
    state = known(GRANTED, event("suspended", "2026-03-01"), expires="2026-03-31")

    assert asked(state, "restore", cause_resolved=resolved) == found


def test_ms6_what_was_not_suspended_has_no_cause_to_resolve() -> None:
    assert asked(LAPSED, "restore", cause_resolved=False) == []


@pytest.mark.parametrize(
    ("stage2", "found"), [(TODAY, []), ("2026-06-16", ["EVIDENCE_ORDER_IMPOSSIBLE"])]
)
def test_dt9_no_stage_2_lies_ahead_of_what_rests_on_it(stage2: str, found: list[str]) -> None:
    assert asked(known(), "grant", "2026-07-01", stage2_on=stage2) == found


# Reasons and who asks

SUSPENDS = {"failure", "audit_refused", "voluntary", "fees", "safety", "nonconforming_product",
            "fraud"}  # fmt: skip


@pytest.mark.parametrize("reason", records.REASONS)
def test_ms15_ms17_a_clients_leaving_is_no_reason(reason: str) -> None:
    suspends = [] if reason in SUSPENDS else ["REASON_NOT_ALLOWED"]
    withdraws = [] if reason in SUSPENDS - {"voluntary"} else ["REASON_NOT_ALLOWED"]

    assert asked(ACTIVE, "suspend", reason=reason) == suspends
    assert asked(ACTIVE, "withdraw", reason=reason) == withdraws


def test_ms26_the_clause_against_suspending_who_leaves_is_named() -> None:
    refused = only(ACTIVE, "suspend", reason="client_request")

    assert (refused.code, refused.clause) == ("REASON_NOT_ALLOWED", "IAF MD 2 2.4")


@pytest.mark.parametrize("act", ["suspend", "withdraw"])
@pytest.mark.parametrize("reason", [None, "", "transfer_notice", "imposed"])
def test_ms15_ms17_a_reason_class_is_needed(act: str, reason: str | None) -> None:
    assert asked(ACTIVE, act, reason=reason) == ["REASON_UNKNOWN"]


@pytest.mark.parametrize("reason", records.REASONS)
def test_ms17_a_cancellation_is_the_clients_wish(reason: str) -> None:
    found = [] if reason in {"client_request", "voluntary"} else ["REASON_NOT_ALLOWED"]

    assert asked(ACTIVE, "cancel", reason=reason) == found


@pytest.mark.parametrize("act", ["extend", "change", "renew"])
def test_ms4_what_gives_more_takes_no_reason_class(act: str) -> None:
    assert asked(ACTIVE, act, reason="failure") == ["REASON_NOT_ALLOWED"]


@pytest.mark.parametrize(("act", "may"), [
    ("suspend", {"decision_maker", "holder"}),
    ("cancel", {"decision_maker", "holder"}),
    ("transfer_out", {"decision_maker", "accepting_body"}),
    ("withdraw", {"decision_maker"}),
    ("extend", {"decision_maker"}),
    ("renew", {"decision_maker"}),
])  # fmt: skip
@pytest.mark.parametrize("by", list(Actor))
def test_ms15_the_decision_maker_decides_and_never_the_accreditation_body(
    act: str, may: set[str], by: Actor
) -> None:
    assert asked(ACTIVE, act, by=by) == ([] if by in may else ["ACTOR_NOT_ALLOWED"])


# Days


@pytest.mark.parametrize(
    ("act", "last"),
    [
        ("suspend", "2026-07-16"),
        ("cancel", "2026-09-15"),
        ("withdraw", TODAY),
        ("extend", TODAY),
        ("reduce", TODAY),
        ("change", TODAY),
        ("transfer_out", TODAY),
    ],
)
def test_ms15_an_act_may_be_announced_only_so_far_ahead(act: str, last: str) -> None:
    beyond = (day(last) + timedelta(days=1)).isoformat()

    assert asked(ACTIVE, act, last) == []
    assert asked(ACTIVE, act, beyond) == ["EFFECTIVE_IN_FUTURE"]


def test_ms15_a_reinstatement_is_not_announced() -> None:
    assert asked(PAUSED, "reinstate", "2026-06-16") == ["EFFECTIVE_IN_FUTURE"]


@pytest.mark.parametrize(("on", "found"), [("2026-09-15", []),
                                           ("2026-09-16", ["EFFECTIVE_IN_FUTURE"])])  # fmt: skip
def test_ms2_a_grant_may_take_effect_later(on: str, found: list[str]) -> None:
    assert asked(known(), "grant", on) == found


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("2026-05-31", ["EFFECTIVE_BEFORE_LAST_EVENT"]),
        ("2026-06-01", ["SAME_DAY_EVENT"]),
        ("2026-06-02", []),
    ],
)
def test_ms15_an_act_comes_after_what_has_happened(on: str, found: list[str]) -> None:
    extended = known(GRANTED, event("extended", "2026-06-01"))

    assert asked(extended, "suspend", on) == found


def test_ms15_what_happened_today_is_the_last_event() -> None:
    extended = known(GRANTED, event("extended", TODAY))

    assert asked(extended, "suspend", "2026-06-14") == ["EFFECTIVE_BEFORE_LAST_EVENT"]


def test_ms17_a_withdrawal_may_share_a_day_because_it_is_final_in_either_order() -> None:
    assert asked(PAUSED, "withdraw", "2026-06-01") == []
    for events in ((SUSPENDED, ENDED["withdrawn"]), (ENDED["withdrawn"], SUSPENDED)):
        state, _ = known(GRANTED, *events).state(day("2026-06-01"))
        assert state is CertificateState.WITHDRAWN


def test_ms18_details_may_change_on_the_day_of_an_event() -> None:
    assert asked(known(GRANTED, event("extended", TODAY)), "change") == []


def test_ms15_what_is_announced_does_not_bar_what_comes_before_it() -> None:
    announced = known(GRANTED, event("suspended", "2026-07-01", reason="failure"))

    assert asked(announced, "withdraw") == []
    assert asked(announced, "suspend") == []
    assert asked(announced, "extend") == []
    assert asked(announced, "suspend", "2026-07-01") == ["STATE_WRONG", "SAME_DAY_EVENT"]
    assert asked(announced, "reinstate") == ["STATE_WRONG"]


@pytest.mark.parametrize("act", ["withdraw", "cancel"])
def test_ms17_what_is_granted_and_not_yet_in_force_can_be_ended(act: str) -> None:
    assert asked(known(event("granted", "2026-07-01")), act) == []
    assert asked(known(), act) == ["STATE_WRONG"]


def test_ms2_what_is_not_yet_in_force_is_not_suspended() -> None:
    assert asked(known(event("granted", "2026-07-01")), "suspend") == ["STATE_WRONG"]


@pytest.mark.parametrize(("decided", "found"), [(TODAY, []), ("2026-06-16", ["FUTURE_DATED"])])
def test_dt9_no_decision_lies_in_the_future(decided: str, found: list[str]) -> None:
    assert asked(ACTIVE, "suspend", "2026-07-01", decided_on=decided) == found


@pytest.mark.parametrize(("on", "found"), [(TODAY, []), ("2026-06-14", ["BACKDATED"])])
@pytest.mark.parametrize("act", ["extend", "reduce", "change", "renew"])
def test_ms2_nothing_is_valid_before_it_was_decided(act: str, on: str, found: list[str]) -> None:
    assert asked(ACTIVE, act, on, decided_on=TODAY) == found


def test_dt7_a_withdrawal_may_be_recorded_for_a_day_that_has_passed() -> None:
    assert asked(ACTIVE, "withdraw", "2026-06-14", decided_on=TODAY) == []


# What one act alone needs


def test_ms15_a_cause_that_is_not_resolved_stays_one() -> None:
    assert asked(PAUSED, "reinstate", cause_resolved=False) == ["CAUSE_NOT_RESOLVED"]


@pytest.mark.parametrize("state", [ACTIVE, PAUSED])
@pytest.mark.parametrize(
    ("removed", "found"),
    [
        (None, ["NOTHING_REMOVED"]),
        (Removed(), ["NOTHING_REMOVED"]),
        (Removed(codes=("iaf:17",)), []),
        (Removed(sites=("Leeds",)), []),
        (Removed(models=("K7",)), []),
    ],
)
def test_ms18_a_reduction_takes_something_out(
    state: OnRecord, removed: Removed | None, found: list[str]
) -> None:
    assert asked(state, "reduce", removed=removed) == found


@pytest.mark.parametrize("missing", ["to_body", "to_number"])
def test_ms26_a_transfer_names_the_new_certificate(missing: str) -> None:
    without: dict[str, Any] = {missing: None}

    assert asked(ACTIVE, "transfer_out", **without) == ["MS-26"]


def test_ms26_a_suspended_certificate_is_not_transferred() -> None:
    refused = only(PAUSED, "transfer_out")

    assert refused.code == "MS-26"
    assert "suspended since 2026-06-01" in refused.sentence


# Errata


def _erratum(state: OnRecord, wrong: RecordEvent | None, on: str, **more: Any) -> list[str]:
    given_ = {"by": Actor.REGISTER_OFFICER, "second": True, "reason": "failure", **more}
    return asked(state, "erratum", on, corrects=wrong, **given_)


BETWEEN = event("suspended", "2026-05-10", reason="fees")
AROUND = known(GRANTED, event("extended", "2026-05-01"), BETWEEN, event("reinstated", "2026-06-01"))


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("2026-04-30", ["EFFECTIVE_BEFORE_LAST_EVENT"]),
        ("2026-05-01", ["SAME_DAY_EVENT"]),
        ("2026-05-02", []),
        ("2026-05-10", []),
        ("2026-05-31", []),
        ("2026-06-01", ["SAME_DAY_EVENT"]),
        ("2026-06-02", ["EFFECTIVE_AFTER_NEXT_EVENT"]),
    ],
)
def test_dt7_an_erratum_keeps_the_order_of_events(on: str, found: list[str]) -> None:
    assert _erratum(AROUND, BETWEEN, on) == found


def test_dt7_an_erratum_comes_before_the_next_event_not_only_before_the_last() -> None:
    extended = AROUND.events[1]

    assert _erratum(AROUND, extended, "2026-05-09", reason=None) == []
    assert _erratum(AROUND, extended, "2026-05-11", reason=None) == ["EFFECTIVE_AFTER_NEXT_EVENT"]


def test_dt7_an_erratum_needs_four_eyes() -> None:
    assert _erratum(AROUND, BETWEEN, "2026-05-10", second=False) == ["DUAL_CONTROL_REQUIRED"]


@pytest.mark.parametrize("by", sorted(set(Actor) - {Actor.REGISTER_OFFICER}))
def test_dt7_an_erratum_is_the_register_officers(by: Actor) -> None:
    assert _erratum(AROUND, BETWEEN, "2026-05-10", by=by) == ["ACTOR_NOT_ALLOWED"]


@pytest.mark.parametrize("wrong", [None, event("suspended", "2026-05-11", reason="fees")])
def test_dt7_an_erratum_corrects_what_is_on_record(wrong: RecordEvent | None) -> None:
    assert _erratum(AROUND, wrong, "2026-05-12") == ["NOT_ON_RECORD"]


def test_dt7_an_erratum_may_correct_what_is_final_and_does_not_put_it_off() -> None:
    ended = known(GRANTED, ENDED["withdrawn"])

    assert _erratum(ended, ENDED["withdrawn"], "2026-05-30") == []
    assert _erratum(ended, ENDED["withdrawn"], TODAY) == []
    assert _erratum(ended, ENDED["withdrawn"], "2026-06-16") == ["EFFECTIVE_IN_FUTURE"]


def test_dt7_an_announced_suspension_may_be_moved_and_a_begun_one_may_not() -> None:
    ahead, begun = event("suspended", "2026-06-16"), event("suspended", TODAY)

    assert _erratum(known(GRANTED, ahead), ahead, "2026-07-16") == []
    assert _erratum(known(GRANTED, ahead), ahead, "2026-07-17") == ["EFFECTIVE_IN_FUTURE"]
    assert _erratum(known(GRANTED, begun), begun, "2026-06-16") == ["EFFECTIVE_IN_FUTURE"]


def test_ms17_an_erratum_keeps_to_the_reasons_of_the_act() -> None:
    assert _erratum(AROUND, BETWEEN, "2026-05-10", reason="client_request") == [
        "REASON_NOT_ALLOWED"
    ]


@pytest.mark.parametrize(
    ("name", "code"), [("reduced", "NOTHING_REMOVED"), ("transferred", "MS-26")]
)
def test_ms18_ms26_an_erratum_leaves_no_event_without_its_content(name: str, code: str) -> None:
    wrong = event(name, "2026-06-01")

    assert _erratum(known(GRANTED, wrong), wrong, "2026-06-02", reason=None) == [code]


def test_ms26_an_erratum_of_a_transfer_names_the_new_certificate() -> None:
    moved = known(GRANTED, ENDED["transferred"])
    to: dict[str, Any] = {"to_body": "https://cb-v.example", "reason": None}
    right = {**to, "to_number": "CB-V/2026/0001"}

    assert _erratum(moved, ENDED["transferred"], "2026-06-02", **to) == ["MS-26"]
    assert _erratum(moved, ENDED["transferred"], "2026-06-02", **right) == []


# The status list


def _value(*events: RecordEvent, on: str = TODAY, issued: str | None = "2024-09-10",
           **more: Any) -> int:  # fmt: skip
    for name in ("superseded_on", "overdue_from"):
        if isinstance(more.get(name), str):
            more[name] = day(more[name])
    facts = RevisionFacts(known(*events), None if issued is None else day(issued), **more)
    return list_value(facts, day(on))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("suspended", status_list.SUSPENDED),
        ("withdrawn", status_list.WITHDRAWN),
        ("cancelled", status_list.WITHDRAWN),
        ("transferred", status_list.TRANSFERRED),
    ],
)
def test_cm6_the_list_says_the_state_from_its_day_on(name: str, value: int) -> None:
    events = (GRANTED, event(name, "2026-06-01"))

    assert [_value(*events, on=on) for on in ("2026-05-31", "2026-06-01")] == [0, value]


def test_cm6_the_list_says_when_a_suspension_is_over() -> None:
    events = (GRANTED, SUSPENDED, event("reinstated", "2026-06-10"))

    assert [_value(*events, on=on) for on in ("2026-06-09", "2026-06-10")] == [2, 0]


def test_cm8_an_index_that_was_not_given_out_says_so() -> None:
    asked_ = [_value(GRANTED, on=on) for on in ("2024-09-09", "2024-09-10")]

    assert asked_ == [status_list.NEVER_ISSUED, status_list.VALID]
    assert _value(GRANTED, issued=None) == status_list.NEVER_ISSUED


def test_cm3_what_is_issued_and_not_yet_in_force_is_no_fault_of_the_list() -> None:
    assert _value(event("granted", "2026-07-01"), issued="2026-06-15") == status_list.VALID


def test_ms13_pc11_an_overdue_surveillance_is_on_the_list_unless_worse_is() -> None:
    late: dict[str, Any] = {"overdue_from": "2026-06-01"}
    values = [_value(GRANTED, on=on, **late) for on in ("2026-05-31", "2026-06-01")]

    assert values == [status_list.VALID, status_list.SURV_OVERDUE]
    assert _value(GRANTED, SUSPENDED, **late) == status_list.SUSPENDED
    assert _value(GRANTED, ENDED["withdrawn"], **late) == status_list.WITHDRAWN


def test_ms18_an_older_revision_is_superseded_from_the_day_of_the_newer() -> None:
    newer: dict[str, Any] = {"superseded_on": "2026-06-01"}
    values = [_value(GRANTED, on=on, **newer) for on in ("2026-05-31", "2026-06-01")]

    assert values == [status_list.VALID, status_list.SUPERSEDED]
    assert _value(GRANTED, event("suspended", "2026-06-02"), **newer) == status_list.SUPERSEDED


@pytest.mark.parametrize(
    ("superseded", "value"), [("2026-05-31", 14), ("2026-06-01", 1), ("2026-06-02", 1)]
)
def test_ms17_ms18_of_two_ends_the_first_counts(superseded: str, value: int) -> None:
    assert _value(GRANTED, ENDED["withdrawn"], superseded_on=superseded) == value


@pytest.mark.parametrize("published", sorted(status_list.FINAL))
def test_cm6_what_is_published_and_final_stays(published: int) -> None:
    assert _value(GRANTED, published=published) == published
    assert _value(GRANTED, ENDED["transferred"], published=published) == published


@pytest.mark.parametrize("published", sorted(status_list.KNOWN - status_list.FINAL))
def test_cm6_what_is_not_final_follows_the_record(published: int) -> None:
    assert _value(GRANTED, published=published) == status_list.VALID


def test_cm4_expiry_is_no_value_of_the_list() -> None:
    assert _value(GRANTED, on="2027-09-10") == status_list.VALID


# The table


def test_every_act_has_a_row_and_every_event_an_act() -> None:
    rows = act_rows("certificate")

    assert rows.keys() == {str(act) for act in Act}
    assert {row.event for row in rows.values() if row.event} == EVENT_TYPES


def test_every_reason_class_of_a_record_is_one_of_an_act() -> None:
    named = {one for row in act_rows("certificate").values() for one in row.reasons}

    assert named == set(records.REASONS)


def test_every_state_and_actor_of_the_table_exists() -> None:
    for row in act_rows("certificate").values():
        assert set(row.states) <= {str(one) for one in CertificateState}
        assert not set(row.states) & FINAL
        assert set(row.by) <= {str(one) for one in Actor}


def test_no_sentence_is_left_over() -> None:
    folder = Path(transition_table.__file__).parent
    sources = "".join(file.read_text("utf-8") for file in sorted(folder.glob("*.py")))

    assert [code for code in code_rows() if f'"{code}"' not in sources] == []


def test_the_table_is_the_file() -> None:
    file = Path(transition_table.__file__).with_name("transitions.json")

    assert json.loads(file.read_text("utf-8"))["codes"].keys() == code_rows().keys()


DAYS = st.dates(day("2024-09-10"), day("2027-12-31"))
REASON = st.sampled_from([None, *records.REASONS])


@steady
@given(
    steps=st.lists(st.tuples(st.sampled_from(sorted(Act)), DAYS, DAYS, REASON), max_size=30),
    pack=st.sampled_from(sorted(PACKS.ms_packs)),
    kind=st.sampled_from(list(Kind)),
)
def test_ms15_ms17_ms19_whatever_is_asked_no_life_goes_on_after_its_end(
    steps: Any, pack: str, kind: Kind
) -> None:
    state = known(event("granted", "2024-09-10"), kind=kind, pack=pack)
    today = day("2024-09-10")
    for act, on, now, reason in steps:
        today = max(today, now)
        before, _ = state.state(today)
        asked_ = wish(act, on.isoformat(), today=today.isoformat(), reason=reason)
        refused = assess_transition(state, asked_)
        for one in refused:
            assert one.sentence and "{" not in one.sentence and "…" not in one.sentence
        row = act_rows("certificate")[act]
        if refused or row.event is None:
            continue
        assert before not in FINAL
        days = [known_.effective_on for known_ in state.events]
        assert on not in days or act == Act.WITHDRAW
        added = RecordEvent(row.event, on, None, reason=reason)
        state = known(*state.events, added, kind=kind, pack=pack)
        if before is CertificateState.EXPIRED and act != Act.RESTORE:
            assert on <= day("2027-09-09")
