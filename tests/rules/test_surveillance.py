"""Surveillance (rules.md MS-9 to MS-14, PC-11 to PC-14, Annex B): due, held, late, put off."""

from datetime import timedelta
from typing import Any

import pytest

from service.domain.accreditation import PlanItem
from service.domain.question import Question
from service.domain.surveillance import Deferral, Surveillance
from service.domain.verdict import Outcome
from service.rules.packs import shipped_packs
from service.rules.policy import Policy
from service.rules.surveillance import assess_surveillance
from tests.rules.building import (
    answer,
    audit,
    case,
    certificate,
    codes,
    day,
    event,
    inspected,
    judged,
    notes,
    only,
    record,
    scope_row,
)

CHINA = shipped_packs().ms("cn-cnca-qms-2026")
FSSC = shipped_packs().ms("fssc")
GRANTED = event("granted", "2024-09-10")


def _ms(on: str, *audits: Surveillance, **more: Any) -> set[str]:
    given = case(on=on, record=record(GRANTED, audits=audits), **more)
    return codes(judged(given))


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2025-09-10", None),
        ("2025-09-11", "SURV_UNCONFIRMED"),
        ("2025-10-11", "SURV_UNCONFIRMED"),
        ("2025-10-12", "SURV_OVERDUE"),
    ],
)
def test_ms9_ms12_ms13_the_first_audit_is_due_within_a_year(on: str, code: str | None) -> None:
    assert _ms(on) == ({code} if code else set())


@pytest.mark.parametrize(
    ("decided", "unconfirmed", "overdue"),
    [("2024-02-29", "2025-03-01", "2025-04-01"), ("2024-08-31", "2025-09-01", "2025-10-02"),
     ("2023-02-28", "2024-02-29", "2024-03-31")],
)  # fmt: skip
def test_ms9_ms12_ms13_leap_days_and_month_ends(
    decided: str, unconfirmed: str, overdue: str
) -> None:
    given = certificate(decided=decided, expires=str(int(decided[:4]) + 3) + decided[4:7] + "-01")
    kept = record(event("granted", decided))

    asked = [
        codes(judged(case(on=day(one) - timedelta(days=back), certificate=given, record=kept)))
        for one in (unconfirmed, overdue)
        for back in (1, 0)
    ]

    assert asked == [set(), {"SURV_UNCONFIRMED"}, {"SURV_UNCONFIRMED"}, {"SURV_OVERDUE"}]


@pytest.mark.parametrize(
    ("held", "late"), [("2025-09-10", False), ("2025-09-11", True), ("2025-12-31", True)]
)
def test_ms9_a_first_audit_held_late_is_held_with_a_remark(held: str, late: bool) -> None:
    findings = judged(case(on="2026-01-15", record=record(GRANTED, audits=[audit(held)])))

    assert codes(findings) == set()
    assert ("SURV_HELD_LATE" in notes(findings)) is late


def test_ms9_an_audit_counts_on_its_own_day() -> None:
    assert _ms("2025-10-12", audit("2025-10-12")) == set()
    assert _ms("2025-10-12", audit("2025-10-13")) == {"SURV_OVERDUE", "EVIDENCE_ORDER_IMPOSSIBLE"}


def test_ms9_an_audit_on_the_day_of_the_decision_is_not_one_of_the_cycle() -> None:
    assert _ms("2025-10-12", audit("2024-09-10")) == {"SURV_OVERDUE"}
    assert _ms("2025-10-12", audit("2024-09-11")) == set()


@pytest.mark.parametrize(
    "kind", ["special_extension", "special_short_notice", "transfer_review", "transition", "stage2"]
)
def test_ms9_ms10_special_audits_are_held_besides_and_not_instead(kind: str) -> None:
    assert _ms("2025-10-12", audit("2025-08-21", kind)) == {"SURV_OVERDUE"}


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ("2025-12-31", set()),
        ("2026-01-01", {"SURV_OVERDUE"}),
    ],
)
def test_ms10_each_calendar_year_has_its_audit_to_its_last_day(held: str, found: set[str]) -> None:
    # 2025 is missed by an audit on New Year's Day, whatever it does for 2026.
    assert _ms("2026-02-01", audit(held)) == found


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("2026-12-31", {"SURV_SECOND_YEAR_LATE"}),
        ("2027-01-01", {"SURV_UNCONFIRMED", "SURV_SECOND_YEAR_LATE"}),
        ("2027-01-31", {"SURV_UNCONFIRMED", "SURV_SECOND_YEAR_LATE"}),
        ("2027-02-01", {"SURV_OVERDUE", "SURV_SECOND_YEAR_LATE"}),
    ],
)
def test_ms10_ms12_a_calendar_years_audit_is_late_in_the_next(on: str, found: set[str]) -> None:
    assert _ms(on, audit("2025-08-21")) == found


def test_ms10_the_year_of_the_end_needs_none() -> None:
    audits = [audit("2025-08-21"), audit("2026-06-02")]

    assert _ms("2027-09-09", *audits) == set()


@pytest.mark.parametrize(
    ("recert", "found"),
    [
        ("2026-12-31", {"SURV_SECOND_YEAR_LATE"}),
        ("2026-09-11", {"SURV_SECOND_YEAR_LATE"}),
        # Up to the 24th month it was a surveillance under another name: 2026 has its audit,
        ("2026-09-10", set()),
        # or has none.
        ("2025-11-03", {"SURV_OVERDUE"}),
    ],
)
def test_ms10_a_recertification_audit_ends_the_cycle_in_its_year(
    recert: str, found: set[str]
) -> None:
    assert _ms("2027-02-01", audit("2025-08-21"), audit(recert, "recertification")) == found


def test_ms9_a_recertified_system_has_no_first_year_of_its_own() -> None:
    renewed = certificate(decided="2024-09-10", previous_expires="2024-09-30",
                          effective="2024-10-01", expires="2027-09-09")  # fmt: skip
    kept = record(event("granted", "2021-10-01"), event("renewed", "2024-10-01"))

    asked = [codes(judged(case(on=on, certificate=renewed, record=kept)))
             for on in ("2025-12-31", "2026-01-01", "2026-02-01")]  # fmt: skip

    assert asked == [set(), {"SURV_UNCONFIRMED"}, {"SURV_OVERDUE"}]


def test_ms9_a_revision_does_not_begin_the_cycle_anew() -> None:
    extended = certificate(decided="2025-09-01", expires="2027-09-09", revision=2, supersedes=1)
    kept = record(GRANTED, event("extended", "2025-09-01"), revision=2)

    found = codes(judged(case(on="2025-10-12", certificate=extended, record=kept)))

    assert found == {"SURV_OVERDUE"}


@pytest.mark.parametrize(
    ("second", "on", "late"),
    [
        ("2026-09-10", "2026-09-11", False),
        ("2026-09-11", "2026-09-10", False),
        ("2026-09-11", "2026-09-11", True),
    ],
)
def test_ms11_two_audits_in_the_first_two_years(second: str, on: str, late: bool) -> None:
    found = _ms(on, audit("2025-08-21"), audit(second)) - {"EVIDENCE_ORDER_IMPOSSIBLE"}

    assert found == ({"SURV_SECOND_YEAR_LATE"} if late else set())


def test_ms11_an_audit_on_the_day_of_the_decision_is_none_of_the_two() -> None:
    assert _ms("2026-09-11", audit("2024-09-10"), audit("2025-08-21")) == {"SURV_SECOND_YEAR_LATE"}


def test_ms11_the_policy_may_leave_the_second_year_alone() -> None:
    audits = [audit("2025-08-21"), audit("2026-12-11")]
    policy = Policy(second_year_rule="ignore")

    assert _ms("2026-12-20", *audits) == {"SURV_SECOND_YEAR_LATE"}
    assert _ms("2026-12-20", *audits, policy=policy) == set()


def test_ms12_the_lag_is_the_policys() -> None:
    asked = [_ms(on, policy=Policy(register_lag_days=1)) for on in ("2025-09-11", "2025-09-12")]

    assert asked == [{"SURV_UNCONFIRMED"}, {"SURV_OVERDUE"}]


def test_ms13_a_policy_may_warn_of_what_is_overdue() -> None:
    given = case(on="2026-06-15", record=record(GRANTED), policy=Policy(surv_overdue="warn"))

    assert answer(given) == ("ACCEPT_WITH_WARNING", {"SURV_OVERDUE"})


def _put_off(new_due: str, *, of: str = "S1", reason: str = "season",
             approved: str | None = "2025-09-01") -> Surveillance:  # fmt: skip
    until = Deferral(of, reason, day(new_due), None if approved is None else day(approved))
    return Surveillance("surveillance", (), None, None, None, until)


@pytest.mark.parametrize("reason", ["season", "limited_duration", "extraordinary_event"])
@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2025-09-10", None),
        ("2025-09-11", "SURV_DEFERRED"),
        ("2026-03-10", "SURV_DEFERRED"),
    ],
)
def test_ms14_a_check_may_be_put_off_for_a_reason(on: str, code: str | None, reason: str) -> None:
    # The calendar year is met by the deferral's own audit only if it is put off as well.
    audits = [_put_off("2026-03-10", reason=reason), _put_off("2026-03-10", of="CY-2025")]

    assert _ms(on, *audits) == ({code} if code else set())


@pytest.mark.parametrize(
    "audits",
    [
        [_put_off("2026-03-11")],  # longer than six months
        [_put_off("2026-03-10", reason="too_busy")],
        [_put_off("2026-03-10", of="CY-2026")],
        [_put_off("2025-10-20")],  # over by then
        [_put_off("2026-03-10", approved="2025-11-02")],  # not approved by then
    ],
)
def test_ms14_a_deferral_that_does_not_hold_changes_nothing(audits: list[Surveillance]) -> None:
    found = codes(judged(case(on="2025-11-01", today="2025-12-01",
                              record=record(GRANTED, audits=audits)), None))  # fmt: skip

    assert found == {"SURV_OVERDUE"}


def test_ms14_what_was_put_off_is_met_by_an_audit_until_then() -> None:
    put_off = _put_off("2026-06-30", of="CY-2025", approved="2025-12-01")
    without = record(event("granted", "2024-12-10"), audits=[put_off, audit("2026-06-30")])
    given = certificate(decided="2024-12-10", expires="2027-12-09")
    late = record(event("granted", "2024-12-10"), audits=[put_off, audit("2026-07-01")])

    held = case(on="2026-08-15", certificate=given, record=without)
    missed = case(on="2026-08-15", certificate=given, record=late)

    assert answer(held) == ("ACCEPT", set())
    assert "SURV_HELD_LATE" in notes(judged(held))
    assert answer(missed) == ("REJECT", {"SURV_OVERDUE"})


def test_ms14_one_deferral_does_not_excuse_another_check() -> None:
    given = record(GRANTED, audits=[_put_off("2026-03-10")])

    found = codes(judged(case(on="2026-02-01", record=given)))

    assert found == {"SURV_OVERDUE"}


@pytest.mark.parametrize(("on", "code"), [("2025-09-20", None), ("2025-09-21", "SURV_OVERDUE")])
def test_ms9_in_china_the_first_year_counts_from_the_issue_without_grace(
    on: str, code: str | None
) -> None:
    issued = certificate(issued_on="2024-09-20")
    given = case(on=on, certificate=issued, record=record(GRANTED), pack=CHINA)

    assert codes(judged(given)) == ({code} if code else set())


@pytest.mark.parametrize(("on", "code"), [("2026-08-21", None), ("2026-08-22", "SURV_OVERDUE")])
def test_ms9_in_china_each_next_is_due_a_year_after_the_last(on: str, code: str | None) -> None:
    kept = record(GRANTED, audits=[audit("2025-08-21")])

    assert codes(judged(case(on=on, record=kept, pack=CHINA))) == ({code} if code else set())


@pytest.mark.parametrize(("second", "late"), [("2026-08-21", False), ("2026-08-22", True)])
def test_ms9_in_china_a_next_one_held_late_is_held_with_a_remark(second: str, late: bool) -> None:
    kept = record(GRANTED, audits=[audit("2025-08-21"), audit(second)])

    findings = judged(case(on="2026-09-01", record=kept, pack=CHINA))

    assert codes(findings) == set()
    assert ("SURV_HELD_LATE" in notes(findings)) is late


def test_ms9_in_china_a_recertified_system_has_a_first_year_again() -> None:
    renewed = certificate(previous_expires="2024-09-30", effective="2024-10-01")
    kept = record(event("granted", "2021-10-01"), event("renewed", "2024-10-01"))

    asked = [codes(judged(case(on=on, certificate=renewed, record=kept, pack=CHINA)))
             for on in ("2025-09-10", "2025-09-11")]  # fmt: skip

    assert asked == [set(), {"SURV_OVERDUE"}]


def test_ms9_in_china_a_revision_is_no_new_issue() -> None:
    revised = certificate(revision=2, supersedes=1, issued_on="2025-06-01")
    kept = record(GRANTED, revision=2)

    found = codes(judged(case(on="2025-09-11", certificate=revised, record=kept, pack=CHINA)))

    assert found == {"SURV_OVERDUE"}


def test_ms9_for_food_safety_the_first_year_counts_from_stage_2() -> None:
    kept = record(event("granted", "2024-09-10", stage2_on="2024-08-20"))

    asked = [codes(judged(case(on=on, record=kept, pack=FSSC)))
             for on in ("2025-08-20", "2025-08-21")]  # fmt: skip

    assert asked == [set(), {"SURV_UNCONFIRMED"}]


# ---- products ----

LICENSED = event("granted", "2023-04-03")


def _product(on: str, *audits: Surveillance, **row: Any) -> set[str]:
    kept = record(LICENSED, audits=audits)
    return codes(judged(case("product", on=on, record=kept, row=scope_row("product", **row))))


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2024-04-03", None),
        ("2024-04-04", "SURV_UNCONFIRMED"),
        ("2024-05-04", "SURV_UNCONFIRMED"),
        ("2024-05-05", "PRODUCT_SURV_OVERDUE"),
    ],
)
def test_pc11_the_first_inspection_counts_from_the_grant(on: str, code: str | None) -> None:
    assert _product(on) == ({code} if code else set())


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2027-03-10", None),
        ("2027-03-11", "SURV_UNCONFIRMED"),
        ("2027-04-10", "SURV_UNCONFIRMED"),
        ("2027-04-11", "PRODUCT_SURV_OVERDUE"),
    ],
)
def test_pc11_pc14_the_next_inspection_counts_from_the_last(on: str, code: str | None) -> None:
    held = inspected("2024-03-20", "2025-03-12", "2026-03-10")

    assert _product(on, *held) == ({code} if code else set())


def test_pc11_only_the_kinds_of_the_plan_count_and_each_of_them() -> None:
    held = inspected("2024-03-20", "2025-03-12", "2026-03-10")
    plan = (PlanItem("factory_inspection", 12), PlanItem("market_sample_test", 24))
    sampled = inspected("2025-04-03", kind="market_sample_test")

    assert _product("2026-06-15", *inspected("2026-03-10", kind="ms_audit")) == {
        "PRODUCT_SURV_OVERDUE"
    }
    assert _product("2026-06-15", *held, plan=plan) == {"PRODUCT_SURV_OVERDUE"}
    assert _product("2026-06-15", *held, *sampled, plan=plan) == set()


@pytest.mark.parametrize(
    ("mode", "on", "code"),
    [
        # Held on 2024-02-10, some weeks early: rolling counts from there, anchored does not.
        ("rolling", "2025-02-10", None),
        ("rolling", "2025-02-11", "SURV_UNCONFIRMED"),
        ("anchored", "2025-02-11", None),
        ("anchored", "2025-04-03", None),
        ("anchored", "2025-04-04", "SURV_UNCONFIRMED"),
    ],
)
def test_pc11_dt4_a_plan_is_rolling_or_anchored(mode: str, on: str, code: str | None) -> None:
    plan = (PlanItem("factory_inspection", 12, mode),)

    assert _product(on, *inspected("2024-02-10"), plan=plan) == ({code} if code else set())


def test_pc11_an_anchored_check_held_late_does_not_move_the_next() -> None:
    plan = (PlanItem("factory_inspection", 12, "anchored"),)
    held = inspected("2024-09-01")

    assert _product("2025-04-03", *held, plan=plan) == set()
    assert _product("2025-04-04", *held, plan=plan) == {"SURV_UNCONFIRMED"}
    assert _product("2025-08-31", *held, plan=(PlanItem("factory_inspection", 12),)) == set()


@pytest.mark.parametrize(
    ("held", "code"),
    [
        (("2023-07-01", "2023-10-01", "2024-01-02", "2024-04-03"), None),
        (("2023-07-01", "2023-10-01", "2024-01-02"), "SURV_UNCONFIRMED"),
        (("2023-07-01", "2023-10-01", "2024-01-02", "2024-04-04"), None),  # late, but held
    ],
)
def test_pc11_a_plan_may_want_several_checks_a_year(
    held: tuple[str, ...], code: str | None
) -> None:
    plan = (PlanItem("factory_inspection", 12, "rolling", 4),)

    assert _product("2024-04-10", *inspected(*held), plan=plan) == ({code} if code else set())


def test_pc11_a_deferral_of_a_plans_check_holds_too() -> None:
    put_off = _put_off("2024-10-03", of="factory_inspection", approved="2024-03-01")

    asked = [_product(on, put_off) for on in ("2024-04-04", "2024-10-03", "2024-10-04")]

    assert asked == [{"SURV_DEFERRED"}, {"SURV_DEFERRED"}, {"PRODUCT_SURV_OVERDUE"}]


def test_pc11_a_revision_does_not_move_the_grant() -> None:
    revised = certificate("product", decided="2024-03-01", revision=2, supersedes=1)
    kept = record(LICENSED, event("extended", "2024-03-01"), revision=2)

    found = codes(judged(case("product", on="2024-05-05", certificate=revised, record=kept)))

    assert found == {"PRODUCT_SURV_OVERDUE"}


ROLLING = (PlanItem("factory_inspection", 12),)
ANCHORED = (PlanItem("factory_inspection", 12, "anchored"),)


@pytest.mark.parametrize(
    ("plan", "held", "shown"),
    [
        (ROLLING, ("2024-04-03",), ["2024-04-03 met", "2025-04-03 open"]),
        (ROLLING, ("2024-04-04",), ["2024-04-03 met_late", "2025-04-04 open"]),
        (ANCHORED, ("2024-04-03",), ["2024-04-03 met", "2025-04-03 open"]),
        (ANCHORED, ("2024-04-04",), ["2024-04-03 met_late", "2025-04-03 open"]),
        (ANCHORED, ("2024-02-01", "2024-04-04"),
         ["2024-04-03 met", "2025-04-03 met", "2026-04-03 open"]),
        # Before the licence, or on the day of its grant, production is not yet watched.
        (ROLLING, ("2023-04-02", "2023-04-03"), ["2024-04-03 open"]),
        (ROLLING, ("2023-04-04",), ["2024-04-03 met", "2024-04-04 open"]),
    ],
)  # fmt: skip
def test_pc11_every_turn_of_a_plan_is_shown(
    plan: tuple[PlanItem, ...], held: tuple[str, ...], shown: list[str]
) -> None:
    kept = record(LICENSED, audits=inspected(*held))
    on = "2024-04-10" if held[0] > "2023-05" else "2024-01-10"
    given = case("product", on=on, record=kept, row=scope_row("product", plan=plan))

    _, summary = assess_surveillance(given)

    assert [f"{one.due} {one.state}" for one in summary.obligations] == shown


@pytest.mark.parametrize(
    ("second", "state"), [("2024-04-03", "met"), ("2024-04-04", "met_late"), (None, "late")]
)
def test_pc11_of_two_checks_a_year_the_second_tells(second: str | None, state: str) -> None:
    held = inspected("2023-09-01", *([second] if second else []))
    row = scope_row("product", plan=(PlanItem("factory_inspection", 1200, "rolling", 2),))
    given = case("product", on="2024-04-10", record=record(LICENSED, audits=held), row=row)

    _, summary = assess_surveillance(given)

    turns = {one.due.isoformat(): one.state for one in summary.obligations}
    assert turns["2024-04-03"] == state
    assert turns["2025-04-03"] == "open"


@pytest.mark.parametrize("mode", ["rolling", "anchored"])
def test_pc11_an_interval_of_nothing_is_no_leave_to_do_nothing(mode: str) -> None:
    plan = (PlanItem("factory_inspection", 0, mode),)

    assert _product("2023-06-01", plan=plan) == {"PRODUCT_SURV_OVERDUE"}


@pytest.mark.parametrize(("held", "code"), [("2024-05-05", None), (None, "PRODUCT_SURV_OVERDUE")])
def test_pc11_an_inspection_counts_on_its_own_day(held: str | None, code: str | None) -> None:
    assert _product("2024-05-05", *inspected(*([held] if held else []))) == (
        {code} if code else set()
    )


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"plan": ()}, {"MARK_WITHOUT_SURVEILLANCE", "SURV_UNCONFIRMED"}),
        ({"plan": (), "mark_licence": False}, {"SURV_UNCONFIRMED"}),
        ({"plan": (), "mark_licence": False, "functions": ("samples",)}, {"SAMPLE_ONLY"}),
        ({"plan": (), "functions": ("batch", "mark")}, set()),
        ({}, set()),
    ],
)
def test_pc12_pc14_a_licence_on_production_has_a_plan(row: dict[str, Any], found: set[str]) -> None:
    held = inspected("2024-03-20", "2025-03-12", "2026-03-10")

    assert _product("2026-06-15", *held, **row) == found


def test_pc14_without_an_end_and_a_plan_nothing_is_confirmed() -> None:
    row = scope_row("product", plan=(), mark_licence=False)
    endless = case("product", row=row)
    termed = case("product", row=row, certificate=certificate("product", expires="2027-04-02"))

    assert answer(endless) == ("CANNOT_CONFIRM", {"SURV_UNCONFIRMED"})
    assert only(judged(endless), "SURV_UNCONFIRMED").outcome is Outcome.CANNOT_CONFIRM
    assert answer(termed) == ("ACCEPT", set())


def test_pc11_a_service_has_its_plan_too() -> None:
    kept = record(event("granted", "2024-09-10"))

    asked = [codes(judged(case("service", on=on, record=kept)))
             for on in ("2025-09-10", "2025-09-11", "2025-10-12")]  # fmt: skip

    assert asked == [set(), {"SURV_UNCONFIRMED"}, {"PRODUCT_SURV_OVERDUE"}]


# ---- what a reader is shown ----


def test_the_summary_shows_every_obligation_and_the_next_deadline() -> None:
    _, shown = assess_surveillance(case())

    assert [(one.kind, one.due.isoformat(), one.state) for one in shown.obligations] == [
        ("S1", "2025-09-10", "met"),
        ("CY-2025", "2025-12-31", "met"),
        ("CY-2026", "2026-12-31", "met"),
    ]
    assert (shown.state, shown.next_due, shown.last) == ("current", None, day("2026-06-02"))


@pytest.mark.parametrize(
    ("on", "state", "late"),
    [
        ("2025-09-10", "current", 0),
        ("2025-09-11", "unconfirmed", 1),
        ("2025-10-12", "overdue", 32),
    ],
)
def test_the_summary_says_how_late_it_is(on: str, state: str, late: int) -> None:
    _, shown = assess_surveillance(case(on=on, record=record(GRANTED)))

    assert (shown.state, shown.days_late) == (state, late)


def test_the_summary_shows_suspensions_and_gaps() -> None:
    restored = certificate(decided="2026-02-28", expires="2028-08-31", effective="2026-03-02",
                           previous_expires="2025-08-31")  # fmt: skip
    kept = record(event("granted", "2022-09-01"), event("suspended", "2023-01-10"),
                  event("reinstated", "2023-03-01"), event("restored", "2026-03-02"))  # fmt: skip

    _, shown = assess_surveillance(case(on="2026-03-10", certificate=restored, record=kept))

    assert shown.suspended == ((day("2023-01-10"), day("2023-03-01")),)
    assert shown.gaps == ((day("2025-09-01"), day("2026-03-01")),)


@pytest.mark.parametrize(("on", "shown"), [("2026-02-28", 0), ("2026-03-01", 1)])
def test_the_summary_shows_a_suspension_from_its_first_day(on: str, shown: int) -> None:
    kept = record(GRANTED, event("suspended", "2026-03-01"), audits=[audit("2025-08-21")])

    _, summary = assess_surveillance(case(on=on, record=kept))

    assert len(summary.suspended) == shown


def test_a_question_of_the_past_is_answered_by_what_was_held_by_then() -> None:
    audits = [audit("2025-10-20"), audit("2026-06-02")]
    given = case(on="2025-10-19", today="2026-06-15", record=record(GRANTED, audits=audits),
                 question=Question(on=day("2025-10-19")))  # fmt: skip

    assert answer(given, None) == ("REJECT", {"SURV_OVERDUE"})
