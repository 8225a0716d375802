"""The surveillance calendar: what will be due, when it is overdue, and what may be put off.

It says the same as the rule that verifiers judge by (`service.rules.surveillance`).
"""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.accreditation import PlanItem
from service.domain.reason import Reason
from service.domain.surveillance import Deferral, Surveillance
from service.rules.calendar import (
    PlannedCheck,
    assess_deferral,
    overdue_from,
    surveillance_calendar,
)
from service.rules.case import Case
from service.rules.packs import shipped_packs
from service.rules.policy import Policy
from service.rules.surveillance import assess_surveillance
from tests.rules.building import audit, case, certificate, day, event, inspected, record, scope_row

steady = settings(max_examples=100, deadline=None, derandomize=True)
PACKS = shipped_packs()
GRANTED = event("granted", "2024-09-10")
OVERDUE = {Reason.SURV_OVERDUE, Reason.PRODUCT_SURV_OVERDUE}


def issued(kind: str = "management_system", **more: Any) -> Case:
    """A case on the day of its issue, before anything was recorded."""
    on = {"product": "2023-04-03"}.get(kind, "2024-09-10")
    return case(kind, on=more.pop("on", on), **{"record": None, **more})


def planned(given: Case) -> list[tuple[str, str]]:
    return [(one.id, one.due.isoformat()) for one in surveillance_calendar(given)]


def check(given: Case, id_: str) -> PlannedCheck:
    return next(one for one in surveillance_calendar(given) if one.id == id_)


def put_off(of: str, new_due: str, approved: str | None = "2025-09-01",
            reason: str = "season") -> Surveillance:  # fmt: skip
    until = Deferral(of, reason, day(new_due), None if approved is None else day(approved))
    return Surveillance("surveillance", (), None, None, None, until)


def test_ms9_ms10_at_issue_every_check_of_the_cycle_is_known() -> None:
    assert planned(issued()) == [
        ("S1", "2025-09-10"),
        ("CY-2025", "2025-12-31"),
        ("CY-2026", "2026-12-31"),
        ("RECERT", "2027-09-09"),
    ]


def test_ms9_a_recertified_system_has_no_first_year_of_its_own() -> None:
    renewed = certificate(decided="2024-09-10", previous_expires="2024-09-30",
                          effective="2024-10-01", expires="2027-09-30")  # fmt: skip

    assert planned(issued(certificate=renewed)) == [
        ("CY-2025", "2025-12-31"),
        ("CY-2026", "2026-12-31"),
        ("RECERT", "2027-09-30"),
    ]


def test_ms9_in_china_checks_roll_from_the_issue_and_there_is_no_grace() -> None:
    given = issued(
        pack=PACKS.ms("cn-cnca-qms-2026"),
        certificate=certificate(decided="2026-02-10", issued_on="2026-02-28", expires="2029-02-09"),
        on="2026-02-28",
    )

    assert planned(given) == [
        ("S1", "2027-02-28"),
        ("ROLL", "2028-02-28"),
        ("RECERT", "2029-02-09"),
    ]
    assert check(given, "S1").overdue_from == date(2027, 3, 1)


def test_ms9_a_rolling_check_on_the_last_day_is_one_of_the_cycle() -> None:
    given = issued(pack=PACKS.ms("cn-cnca-qms-2026"), certificate=certificate(expires="2027-09-10"))

    assert planned(given) == [
        ("S1", "2025-09-10"),
        ("ROLL", "2026-09-10"),
        ("RECERT", "2027-09-10"),
        ("ROLL", "2027-09-10"),
    ]


def test_ms9_without_an_end_a_rolling_check_is_followed_no_further() -> None:
    given = issued(pack=PACKS.ms("cn-cnca-qms-2026"), certificate=certificate(expires=None))

    assert planned(given) == [("S1", "2025-09-10")]


def test_ms9_a_rolling_check_counts_from_the_one_held() -> None:
    given = issued(
        pack=PACKS.ms("cn-cnca-qms-2026"),
        record=record(GRANTED, audits=[audit("2025-06-01")]),
        on="2025-06-02",
    )

    assert planned(given) == [
        ("S1", "2025-09-10"),
        ("ROLL", "2026-06-01"),
        ("ROLL", "2027-06-01"),
        ("RECERT", "2027-09-09"),
    ]


def test_ms9_under_fssc_the_first_check_counts_from_stage_2() -> None:
    given = issued(
        pack=PACKS.ms("fssc"), record=record(event("granted", "2024-09-10", stage2_on="2024-07-31"))
    )

    assert planned(given)[0] == ("S1", "2025-07-31")


def test_pc11_of_a_products_plan_the_next_two_are_shown() -> None:
    assert planned(issued("product")) == [
        ("factory_inspection", "2024-04-03"),
        ("factory_inspection", "2025-04-03"),
    ]


def test_pc11_every_kind_of_a_plan_has_its_own_checks() -> None:
    row = scope_row("product", plan=(PlanItem("factory_inspection", 12, "anchored"),
                                     PlanItem("market_sample_test", 6)))  # fmt: skip

    assert planned(issued("product", row=row)) == [
        ("market_sample_test", "2023-10-03"),
        ("factory_inspection", "2024-04-03"),
        ("market_sample_test", "2024-04-03"),
        ("factory_inspection", "2025-04-03"),
    ]


def test_pc11_an_anchored_check_counts_from_the_grant_whenever_it_was_held() -> None:
    row = scope_row("product", plan=(PlanItem("factory_inspection", 6, "anchored"),
                                     PlanItem("market_sample_test", 24)))  # fmt: skip
    kept = record(event("granted", "2023-04-03"), audits=inspected("2023-09-01"))

    assert planned(issued("product", row=row, record=kept, on="2023-09-02")) == [
        ("factory_inspection", "2023-10-03"),
        ("factory_inspection", "2024-04-03"),
        ("factory_inspection", "2024-10-03"),
        ("market_sample_test", "2025-04-03"),
        ("market_sample_test", "2027-04-03"),
    ]


def test_pc11_two_turns_of_a_long_plan_are_shown() -> None:
    row = scope_row("product", plan=(PlanItem("factory_inspection", 36, "anchored"),
                                     PlanItem("market_sample_test", 12)))  # fmt: skip
    shown = planned(issued("product", row=row))

    assert [due for id_, due in shown if id_ == "factory_inspection"] == [
        "2026-04-03",
        "2029-04-03",
    ]


def test_pc11_no_check_is_planned_after_the_end() -> None:
    given = issued("product", certificate=certificate("product", expires="2024-04-03"))

    assert planned(given) == [("factory_inspection", "2024-04-03")]


def test_pc11_what_was_held_stays_and_the_next_counts_from_it() -> None:
    kept = record(event("granted", "2023-04-03"), audits=inspected("2024-03-20"))
    given = issued("product", record=kept, on="2024-04-01")

    assert planned(given) == [
        ("factory_inspection", "2024-04-03"),
        ("factory_inspection", "2025-03-20"),
        ("factory_inspection", "2026-03-20"),
    ]


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2025-07-11", "planned"),
        ("2025-07-12", "due"),
        ("2025-09-10", "due"),
        ("2025-09-11", "unconfirmed"),
        ("2025-10-11", "unconfirmed"),
        ("2025-10-12", "overdue"),
    ],
)
def test_ms12_ms13_a_check_has_a_state_on_every_day(on: str, state: str) -> None:
    first = check(issued(), "S1")

    assert first.state_on(day(on)) == state
    assert first.overdue_from == date(2025, 10, 12)


def test_ms9_a_check_is_held_from_its_day() -> None:
    first = check(issued(record=record(GRANTED, audits=[audit("2025-08-21")])), "S1")

    assert [first.state_on(date(2025, 8, one)) for one in (20, 21)] == ["due", "held"]
    assert first.overdue_from is None


def test_ms9_a_check_held_late_was_overdue_until_then() -> None:
    first = check(issued(record=record(GRANTED, audits=[audit("2025-10-13")])), "S1")

    assert first.overdue_from == date(2025, 10, 12)
    assert [first.state_on(date(2025, 10, one)) for one in (12, 13)] == ["overdue", "held"]


def test_ms12_a_check_held_on_the_first_day_it_would_be_overdue_never_was() -> None:
    first = check(issued(record=record(GRANTED, audits=[audit("2025-10-12")])), "S1")

    assert first.overdue_from is None


@pytest.mark.parametrize(
    "entry", [put_off("CY-2025", "2026-03-10"), put_off("S1", "2026-03-10", reason="too_busy")]
)
def test_ms14_a_deferral_of_another_check_or_for_no_reason_puts_nothing_off(
    entry: Surveillance,
) -> None:
    first = check(issued(record=record(GRANTED, audits=[entry])), "S1")

    assert first.state_on(date(2025, 9, 11)) == "unconfirmed"
    assert first.overdue_from == date(2025, 10, 12)


def test_ms14_a_check_that_is_put_off_is_overdue_the_day_after() -> None:
    first = check(issued(record=record(GRANTED, audits=[put_off("S1", "2026-03-10")])), "S1")

    states = [first.state_on(day(on)) for on in ("2025-09-11", "2026-03-10", "2026-03-11")]
    assert states == ["deferred", "deferred", "overdue"]
    assert first.overdue_from == date(2026, 3, 11)


def test_ms14_a_short_deferral_does_not_shorten_the_lag() -> None:
    first = check(issued(record=record(GRANTED, audits=[put_off("S1", "2025-09-20")])), "S1")

    assert first.state_on(date(2025, 9, 21)) == "unconfirmed"
    assert first.overdue_from == date(2025, 10, 12)


def test_ms14_a_deferral_approved_too_late_leaves_the_days_before_it_overdue() -> None:
    late = put_off("S1", "2026-03-10", approved="2025-11-02")
    first = check(issued(record=record(GRANTED, audits=[late])), "S1")

    assert first.overdue_from == date(2025, 10, 12)
    assert [first.state_on(date(2025, 11, one)) for one in (1, 2)] == ["overdue", "deferred"]


@pytest.mark.parametrize(
    ("approved", "new_due", "held_from"),
    [
        ("2026-02-15", "2026-03-05", "2026-03-01"),
        ("2026-03-10", "2026-03-05", "2026-03-10"),
        ("2026-03-10", "2026-03-01", "2026-03-10"),
        ("2026-03-10", "2026-02-28", "2026-05-05"),
        (None, "2026-03-05", "2026-03-01"),
    ],
)
def test_ms14_an_audit_counts_once_the_deferral_that_lets_it_is_approved(
    approved: str | None, new_due: str, held_from: str
) -> None:
    later = put_off("CY-2025", "2026-06-30", approved="2026-05-05")
    kept = record(
        event("granted", "2024-12-10"),
        audits=[put_off("CY-2025", new_due, approved=approved), later, audit("2026-03-01")],
    )
    given = certificate(decided="2024-12-10", expires="2027-12-09")

    assert check(issued(certificate=given, record=kept), "CY-2025").held == day(held_from)


def test_ms5_a_missed_recertification_is_no_overdue_surveillance() -> None:
    last = check(issued(), "RECERT")

    assert last.overdue_from is None
    assert last.state_on(date(2027, 9, 9)) == "due"


@pytest.mark.parametrize(("on", "held"), [("2026-09-10", False), ("2026-09-11", True)])
def test_ms10_a_recertification_audit_that_is_too_early_is_a_surveillance(
    on: str, held: bool
) -> None:
    given = issued(record=record(GRANTED, audits=[audit(on, "recertification")]))

    assert (check(given, "RECERT").held is not None) is held


# The calendar and the rule


def _first_overdue(given: Case, until: date) -> date | None:
    """The first day on which the rule itself says overdue, day by day."""
    on = given.certificate.decided
    while on <= until:
        findings, _ = assess_surveillance(given._replace(day=on, today=on))
        if any(one.code in OVERDUE for one in findings):
            return on
        on += timedelta(days=1)
    return None


def _agree(given: Case, until: date) -> None:
    says = overdue_from(surveillance_calendar(given))
    assert (says if says is not None and says <= until else None) == _first_overdue(given, until)


offsets = st.integers(1, 1150)
audits_ = st.lists(
    st.tuples(offsets, st.sampled_from(["surveillance", "surveillance", "recertification",
                                        "special_extension"])), max_size=5)  # fmt: skip
put_offs = st.lists(
    st.tuples(
        st.sampled_from(["S1", "CY-2025", "CY-2026", "ROLL"]),
        st.integers(200, 1100),
        st.none() | st.integers(100, 1100),
        st.sampled_from(["season", "limited_duration", "too_busy"]),
    ),
    max_size=3,
)


@steady
@given(
    begin=st.dates(date(2024, 1, 1), date(2025, 3, 31)),
    term=st.integers(300, 1400),
    held=audits_,
    off=put_offs,
    pack=st.sampled_from(["iso-17021-1", "cn-cnca-qms-2026", "fssc"]),
    lag=st.sampled_from([0, 5, 31]),
    again=st.booleans(),
)
def test_ms9_ms13_the_calendar_calls_overdue_what_the_rule_does(
    begin: date, term: int, held: Any, off: Any, pack: str, lag: int, again: bool
) -> None:
    def after(days: int) -> date:
        return begin + timedelta(days=days)

    entries = [audit(after(days).isoformat(), kind) for days, kind in held]
    entries += [
        put_off(of, after(new).isoformat(), None if ok is None else after(ok).isoformat(), why)
        for of, new, ok, why in off
    ]
    previous = begin - timedelta(days=1) if again else None
    of = certificate(decided=begin, effective=begin, expires=after(term), issued_on=after(3),
                     previous_expires=previous)  # fmt: skip
    kept = record(event("renewed" if again else "granted", begin.isoformat()), audits=entries)

    _agree(
        case(on=begin, certificate=of, record=kept, pack=PACKS.ms(pack),
             policy=Policy(register_lag_days=lag)),
        after(term),
    )  # fmt: skip


@steady
@given(
    begin=st.dates(date(2024, 1, 1), date(2024, 12, 31)),
    term=st.none() | st.integers(300, 1200),
    held=st.lists(offsets, max_size=5),
    off=st.lists(st.tuples(st.integers(200, 1100), st.none() | st.integers(100, 1100)), max_size=3),
    plan=st.lists(
        st.builds(
            PlanItem,
            st.sampled_from(["factory_inspection", "market_sample_test"]),
            st.sampled_from([0, 6, 12]),
            st.sampled_from(["rolling", "anchored"]),
            st.none() | st.integers(1, 2),
        ),
        min_size=1,
        max_size=2,
    ),
)
def test_pc11_the_calendar_calls_overdue_what_the_rule_does(
    begin: date, term: int | None, held: Any, off: Any, plan: Any
) -> None:
    def after(days: int) -> str:
        return (begin + timedelta(days=days)).isoformat()

    kinds = ["factory_inspection", "market_sample_test"]
    entries = [audit(after(days), kinds[days % 2]) for days in held]
    entries += [
        put_off("factory_inspection", after(new), None if ok is None else after(ok))
        for new, ok in off
    ]
    expires = None if term is None else after(term)
    of = certificate("product", decided=begin, effective=begin, expires=expires)
    kept = record(event("granted", begin.isoformat()), audits=entries)
    given_ = case("product", on=begin, certificate=of, record=kept,
                  row=scope_row("product", plan=tuple(plan)))  # fmt: skip

    _agree(given_, day(after(term or 900)))


# Deferrals that are asked for


def _asked(**changes: Any) -> Deferral:
    usual: dict[str, Any] = {"of": "S1", "reason": "season", "new_due": "2026-03-10",
                             "approved_on": "2025-08-01"}  # fmt: skip
    found = {**usual, **changes}
    for name in ("new_due", "approved_on"):
        found[name] = None if found[name] is None else day(found[name])
    return Deferral(**found)


def _refused(given: Case | None = None, **changes: Any) -> list[str]:
    given = issued(on="2025-08-01") if given is None else given
    return [one.code for one in assess_deferral(given, _asked(**changes))]


@pytest.mark.parametrize("reason", ["season", "limited_duration", "extraordinary_event"])
def test_ms14_a_check_may_be_put_off_for_a_reason(reason: str) -> None:
    assert _refused(reason=reason) == []


@pytest.mark.parametrize(
    ("new_due", "found"),
    [
        ("2025-09-10", ["DEFERRAL_NOT_LATER"]),
        ("2025-09-11", []),
        ("2026-03-10", []),
        ("2026-03-11", ["DEFERRAL_TOO_LONG"]),
    ],
)
def test_ms14_a_deferral_is_later_and_at_most_six_months(new_due: str, found: list[str]) -> None:
    assert _refused(new_due=new_due) == found


def test_ms14_the_longest_deferral_is_the_policys() -> None:
    given = issued(on="2025-08-01", policy=Policy(deferral_max_months=3))

    assert _refused(given, new_due="2025-12-10") == []
    assert _refused(given, new_due="2025-12-11") == ["DEFERRAL_TOO_LONG"]


@pytest.mark.parametrize("reason", ["too_busy", "", "failure"])
def test_ms14_convenience_is_no_reason(reason: str) -> None:
    assert _refused(reason=reason) == ["DEFERRAL_REASON_UNKNOWN"]


@pytest.mark.parametrize(
    ("approved", "found"),
    [
        (None, ["DEFERRAL_NOT_APPROVED"]),
        ("2025-08-01", []),
        ("2025-08-02", ["FUTURE_DATED"]),
    ],
)
def test_ms14_a_deferral_has_been_approved(approved: str | None, found: list[str]) -> None:
    assert _refused(approved_on=approved) == found


@pytest.mark.parametrize("of", ["CY-2024", "CY-2027", "ROLL", "factory_inspection", ""])
def test_ms14_only_a_check_of_this_cycle_is_put_off(of: str) -> None:
    assert _refused(of=of) == ["DEFERRAL_CHECK_UNKNOWN"]


def test_ms14_what_was_held_is_not_put_off() -> None:
    held = issued(record=record(GRANTED, audits=[audit("2025-07-31")]), on="2025-08-01")

    assert _refused(held) == ["DEFERRAL_CHECK_UNKNOWN"]
    assert _refused(held, of="CY-2026", new_due="2027-06-30") == []


def test_ms5_the_recertification_is_not_put_off() -> None:
    assert _refused(of="RECERT") == ["DEFERRAL_OF_RECERTIFICATION"]


def test_ms14_a_refusal_says_the_days() -> None:
    (one,) = assess_deferral(issued(on="2025-08-01"), _asked(new_due="2026-04-01"))

    assert one.sentence == (
        "The check of 2025-09-10 may be put off until 2026-03-10, not until 2026-04-01."
    )
    assert one.clause == "MS-14"
