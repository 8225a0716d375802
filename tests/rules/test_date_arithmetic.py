"""Date arithmetic and its zones (rules.md DT-1 to DT-9, Annex D)."""

from datetime import date

import pytest

from service.domain.certificate import TransferOrigin
from service.domain.dates import Period, add_months, first_second_after
from service.domain.question import Question
from service.domain.surveillance import Deferral, Surveillance
from tests.rules.building import (
    answer,
    audit,
    case,
    certificate,
    codes,
    day,
    event,
    judged,
    record,
)
from tests.world import World, instant


def _world(zone: str) -> World:
    world = World()
    world.ab.of(world.cb)["zone"] = world.cb.zone = zone
    return world


@pytest.mark.parametrize(
    ("zone", "last_second"),
    [
        ("Europe/London", "2027-09-09T22:59:59Z"),
        ("Pacific/Auckland", "2027-09-09T11:59:59Z"),
        ("Pacific/Honolulu", "2027-09-10T09:59:59Z"),
        ("Pacific/Kiritimati", "2027-09-09T09:59:59Z"),
        ("Asia/Kathmandu", "2027-09-09T18:14:59Z"),
    ],
)
def test_dt1_dt2_the_last_second_of_the_last_day_is_the_issuers(
    zone: str, last_second: str
) -> None:
    world = _world(zone)
    token = world.cb.issue()

    before = world.verify(token, at=instant(last_second))
    after = world.verify(token, at=instant(last_second) + 1)

    assert str(before.verdict) == "ACCEPT", before.codes
    assert before.day == day("2027-09-09")
    assert list(after.codes) == ["EXPIRED_RESTORABLE"]


@pytest.mark.parametrize(
    ("zone", "first_second"),
    [
        ("Pacific/Auckland", "2026-02-09T11:00:00Z"),
        ("Europe/London", "2026-02-10T00:00:00Z"),
        ("Pacific/Honolulu", "2026-02-10T10:00:00Z"),
    ],
)
def test_dt1_an_accreditation_is_suspended_by_the_calendar_of_its_body(
    zone: str, first_second: str
) -> None:
    world = World()
    world.arrangement.recognise(world.ab, zone=zone)
    world.ab.suspend(world.cb, on=day("2026-02-10"))
    token = world.cb.issue()

    before = world.verify(token, at=instant(first_second) - 1)
    after = world.verify(token, at=instant(first_second))

    assert list(before.codes) == []
    assert list(after.codes) == ["ACCREDITATION_SUSPENDED"]


@pytest.mark.parametrize(
    ("iat", "code"),
    [
        ("2026-02-09T10:59:59Z", "ACCREDITATION_ENDED_TRANSFER_BY"),
        ("2026-02-09T11:00:00Z", "ISSUED_AFTER_ACCREDITATION_ENDED"),
    ],
)
def test_dt1_ac11_it_was_signed_before_or_after_the_end_by_the_bodys_calendar(
    iat: str, code: str
) -> None:
    world = World()
    world.arrangement.recognise(world.ab, zone="Pacific/Auckland")
    world.ab.withdraw(world.cb, on=day("2026-02-10"))
    token = world.cb.issue(decided=day("2026-02-09"), iat=instant(iat))

    report = world.verify(token, at=instant("2026-06-15"))

    assert list(report.codes) == [code]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Honolulu"])
def test_dt1_dt2_a_check_falls_overdue_at_the_issuers_midnight(zone: str) -> None:
    world = _world(zone)
    token = world.cb.issue(decided=day("2025-03-10"))
    world.cb.file().surveillance = []
    # Due on 2026-03-10; 31 days of lag end with 2026-04-10.
    ends = {day(one): first_second_after(day(one), zone) for one in ("2026-03-10", "2026-04-10")}

    seen = [list(world.verify(token, at=end + by).codes) for end in ends.values() for by in (-1, 0)]

    assert seen == [[], ["SURV_UNCONFIRMED"], ["SURV_UNCONFIRMED"], ["SURV_OVERDUE"]]


@pytest.mark.parametrize(
    ("anchor", "months", "end"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
    ],
)
def test_dt3_dt4_months_are_counted_from_the_anchor(anchor: str, months: int, end: str) -> None:
    assert add_months(day(anchor), months) == day(end)


def test_dt4_a_clamped_day_is_never_counted_from() -> None:
    assert add_months(add_months(day("2024-02-29"), 12), 36) == day("2028-02-28")
    assert add_months(day("2024-02-29"), 48) == day("2028-02-29")


@pytest.mark.parametrize(
    ("last_day", "zone", "exp"),
    [("2026-05-31", "Pacific/Auckland", 1780228800), ("2027-09-09", "Europe/London", 1820530800)],
)
def test_dt2_exp_is_the_first_second_after(last_day: str, zone: str, exp: int) -> None:
    assert first_second_after(day(last_day), zone) == exp


def test_dt5_a_window_has_both_its_ends() -> None:
    anchor = day("2025-02-28")
    window = Period(anchor, add_months(anchor, 6))

    assert [window.covers(day(one)) for one in ("2025-02-27", "2025-02-28")] == [False, True]
    # A Thursday or a Sunday: nothing rolls over.
    assert [window.covers(day(one)) for one in ("2025-08-28", "2025-08-29")] == [True, False]


@pytest.mark.parametrize(("last", "due_met"), [("2025-09-10", True), ("2025-09-11", False)])
def test_dt6_an_audit_counts_on_its_last_day(last: str, due_met: bool) -> None:
    held = Surveillance("surveillance", (), day("2025-09-09"), day(last))
    given = case(on="2025-09-20", record=record(event("granted", "2024-09-10"), audits=[held]))

    findings = judged(given)

    assert ("SURV_HELD_LATE" in {str(one.code) for one in findings}) is not due_met


def test_dt7_what_happened_counts_from_its_effect_whenever_it_was_learnt() -> None:
    late = event("withdrawn", "2026-03-01")
    known_on_june_1 = record(event("granted", "2024-09-10"), late, audits=[audit("2025-08-21")])

    asked = [
        answer(case(on=on, today="2026-06-15", record=known_on_june_1), value=None)
        for on in ("2026-02-28", "2026-03-01")
    ]

    assert asked == [("ACCEPT", set()), ("REJECT", {"WITHDRAWN"})]


@pytest.mark.parametrize(
    ("today", "wrong"), [("2026-06-14", True), ("2026-06-15", False), ("2026-06-16", False)]
)
def test_dt9_no_audit_lies_after_the_check(today: str, wrong: bool) -> None:
    audits = [audit("2025-08-21"), audit("2026-06-15")]
    given = case(on=today, record=record(event("granted", "2024-09-10"), audits=audits))

    assert ("EVIDENCE_ORDER_IMPOSSIBLE" in codes(judged(given))) is wrong


def test_dt9_the_day_of_the_check_counts_and_not_the_day_asked_about() -> None:
    audits = [audit("2025-08-21"), audit("2026-06-10")]
    kept = record(event("granted", "2024-09-10"), audits=audits)

    assert answer(case(on="2026-01-15", today="2026-06-15", record=kept)) == ("ACCEPT", set())


@pytest.mark.parametrize(("today", "wrong"), [("2026-06-14", True), ("2026-06-15", False)])
def test_dt9_no_decision_lies_after_the_check(today: str, wrong: bool) -> None:
    given = case(on=today, certificate=certificate(decided="2026-06-15", expires="2029-06-14"))

    assert ("EVIDENCE_ORDER_IMPOSSIBLE" in codes(judged(given))) is wrong


@pytest.mark.parametrize(("audited", "wrong"), [("2024-09-10", False), ("2024-09-11", True)])
def test_dt9_an_audit_does_not_end_after_the_decision_that_it_supports(
    audited: str, wrong: bool
) -> None:
    renewed = certificate(previous_expires="2024-09-30", recert_audit_end=audited)

    assert ("EVIDENCE_ORDER_IMPOSSIBLE" in codes(judged(case(certificate=renewed)))) is wrong


@pytest.mark.parametrize(("decided", "wrong"), [("2024-09-10", False), ("2024-09-11", True)])
def test_dt9_what_was_moved_was_decided_before_it_was_moved(decided: str, wrong: bool) -> None:
    origin = TransferOrigin("https://cb-v.example", "V-1", day(decided), day("2027-09-09"))

    found = codes(judged(case(certificate=certificate(transferred_from=origin))))

    assert ("EVIDENCE_ORDER_IMPOSSIBLE" in found) is wrong


@pytest.mark.parametrize(("maintained", "wrong"), [("2025-08-20", True), ("2025-08-21", False)])
def test_dt9_a_certificate_is_not_maintained_before_its_audit_ended(
    maintained: str, wrong: bool
) -> None:
    held = [audit("2025-08-21", maintained_on=day(maintained))]
    given = case(on="2026-01-15", record=record(event("granted", "2024-09-10"), audits=held))

    assert ("EVIDENCE_ORDER_IMPOSSIBLE" in codes(judged(given))) is wrong


@pytest.mark.parametrize(("stage2", "wrong"), [("2024-09-10", False), ("2024-09-11", True)])
def test_dt9_a_stage_2_is_not_after_the_grant(stage2: str, wrong: bool) -> None:
    granted = event("granted", "2024-09-10", stage2_on=stage2)
    given = case(on="2025-01-15", record=record(granted))

    assert ("EVIDENCE_ORDER_IMPOSSIBLE" in codes(judged(given))) is wrong


def test_dt9_a_deferral_is_not_approved_in_the_future() -> None:
    put_off = Deferral("S1", "season", date(2025, 12, 1), date(2025, 10, 2))
    one = Surveillance("surveillance", (), None, None, None, put_off)
    kept = record(event("granted", "2024-09-10"), audits=[one])

    asked = [codes(judged(case(on=on, record=kept))) for on in ("2025-10-01", "2025-10-02")]

    assert asked == [{"EVIDENCE_ORDER_IMPOSSIBLE", "SURV_UNCONFIRMED"}, {"SURV_DEFERRED"}]


def test_dt9_an_announced_suspension_is_no_evidence_of_the_past() -> None:
    announced = record(
        event("granted", "2024-09-10"),
        event("suspended", "2026-07-01"),
        audits=[audit("2025-08-21"), audit("2026-06-02")],
    )

    assert answer(case(record=announced)) == ("ACCEPT", set())


def test_dt9_a_unit_from_the_future_nobody_can_answer_for() -> None:
    asked = Question(model="K7", made_on=day("2026-06-16"))

    assert answer(case("product", question=asked)) == ("CANNOT_CONFIRM", {"STATUS_UNAVAILABLE"})
    made = Question(model="K7", made_on=day("2026-06-15"))
    assert answer(case("product", question=made)) == ("ACCEPT", set())
