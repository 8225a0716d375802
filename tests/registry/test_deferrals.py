"""A check put off with a reason: how far, for what, and what readers are told meanwhile (MS-14).

Granted on 20 April 2026: the first surveillance is due on 20 April 2027, and may be put off to
20 October 2027.
"""

from typing import Any

import pytest

from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry import laboratories
from service.registry.issuing import Issued
from tests.registry.acting import ON_SQLITE, go_to, held, record, row, tell
from tests.registry.desk import AB, CB, CB_P, SETUP, ZONE, RegisterWorld, dossier

pytestmark = ON_SQLITE
APPROVED = "2027-04-01"


@pytest.fixture
def issued(world: RegisterWorld) -> Issued:
    """A certificate shortly before its first surveillance."""
    one = world.issue(dossier())
    tell(world)
    go_to(world, APPROVED)
    return one


def _put_off(
    world: RegisterWorld, issued: Issued, new_due: str, *, body: str = CB, of: str = "S1",
    kind: str = "surveillance", **changes: Any,
) -> None:  # fmt: skip
    deferral: dict[str, Any] = {
        "of": of, "reason": "season", "new_due": new_due, "approved_on": world.today.isoformat(),
    } | changes  # fmt: skip
    deferral = {name: value for name, value in deferral.items() if value is not None}
    record(world, issued.number, {"kind": kind, "deferral": deferral}, body)
    tell(world)


def _said(world: RegisterWorld, issued: Issued, *days: str) -> list[tuple[str, ...]]:
    found = []
    for day in days:
        go_to(world, day)
        found.append(tuple(str(code) for code in world.verify(issued.token).codes))
    return found


@pytest.mark.parametrize("reason", ["season", "limited_duration", "extraordinary_event"])
def test_a_check_is_put_off_for_a_good_reason_and_readers_are_told(
    world: RegisterWorld, issued: Issued, reason: str
) -> None:
    _put_off(world, issued, "2027-09-30", reason=reason)

    assert _said(world, issued, "2027-04-20", "2027-04-21", "2027-09-30", "2027-10-01") == [
        (), ("SURV_DEFERRED",), ("SURV_DEFERRED",), ("SURV_OVERDUE",),
    ]  # fmt: skip


def test_the_register_plans_by_the_new_day(world: RegisterWorld, issued: Issued) -> None:
    before = row(world, issued.number).overdue_from
    _put_off(world, issued, "2027-09-30")
    go_to(world, "2027-09-30")
    last = row(world, issued.number)
    go_to(world, "2027-10-01")

    assert (before, last.overdue_from) == ("2027-05-22", "2027-10-01")
    assert row(world, issued.number).turns_on != last.turns_on


def test_a_check_held_by_the_new_day_is_held_though_late(
    world: RegisterWorld, issued: Issued
) -> None:
    _put_off(world, issued, "2027-09-30")
    go_to(world, "2027-09-30")
    record(world, issued.number, held("2027-09-29", "2027-09-30"))
    tell(world)
    report = world.verify(issued.token)

    assert report.verdict is Verdict.ACCEPT
    assert "SURV_HELD_LATE" in {one.code for one in report.findings}
    assert _said(world, issued, "2027-10-01") == [()]


@pytest.mark.parametrize(
    ("new_due", "code"),
    [("2027-04-20", "DEFERRAL_NOT_LATER"), ("2027-10-21", "DEFERRAL_TOO_LONG")],
)
def test_a_check_is_put_off_neither_to_its_own_day_nor_beyond_six_months(
    world: RegisterWorld, issued: Issued, new_due: str, code: str
) -> None:
    with pytest.raises(Denied, match=code):
        _put_off(world, issued, new_due)
    assert _said(world, issued, "2027-05-22") == [("SURV_OVERDUE",)]


@pytest.mark.parametrize("new_due", ["2027-04-21", "2027-10-20"])
def test_within_these_limits_any_day_will_do(
    world: RegisterWorld, issued: Issued, new_due: str
) -> None:
    _put_off(world, issued, new_due)

    assert _said(world, issued, new_due) == [("SURV_DEFERRED",)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": "no_auditor"}, "CLAIM_TYPE"),
        ({"approved_on": None}, "DEFERRAL_NOT_APPROVED"),
        ({"approved_on": "2027-04-02"}, "FUTURE_DATED"),
        ({"of": "S2"}, "DEFERRAL_CHECK_UNKNOWN"),
        ({"of": "RECERT", "new_due": "2029-06-01"}, "DEFERRAL_OF_RECERTIFICATION"),
        ({"new_due": None}, "CLAIM_MISSING"),
        ({"until": "2027-09-30"}, "UNKNOWN_FIELD"),
    ],
)
def test_what_is_no_deferral_is_not_recorded(
    world: RegisterWorld, issued: Issued, changes: dict[str, Any], code: str
) -> None:
    asked = {"new_due": "2027-09-30"} | changes
    before = row(world, issued.number)

    with pytest.raises(Denied, match=code):
        _put_off(world, issued, **asked)
    assert row(world, issued.number) == before


def test_what_has_been_held_is_not_put_off(world: RegisterWorld, issued: Issued) -> None:
    record(world, issued.number, held("2027-03-30", "2027-03-31"))

    with pytest.raises(Denied, match="DEFERRAL_CHECK_UNKNOWN"):
        _put_off(world, issued, "2027-09-30")


def test_a_deferral_ends_the_doubt_also_after_the_due_day(
    world: RegisterWorld, issued: Issued
) -> None:
    before = _said(world, issued, "2027-05-01")
    _put_off(world, issued, "2027-09-30", reason="extraordinary_event")

    assert before == [("SURV_UNCONFIRMED",)]
    assert world.verify(issued.token).codes == ("SURV_DEFERRED",)


def test_a_second_deferral_counts_from_the_first_due_day(
    world: RegisterWorld, issued: Issued
) -> None:
    _put_off(world, issued, "2027-09-30")
    go_to(world, "2027-09-20")
    with pytest.raises(Denied, match="DEFERRAL_TOO_LONG"):
        _put_off(world, issued, "2027-10-21")
    _put_off(world, issued, "2027-10-20")

    assert _said(world, issued, "2027-10-20", "2027-10-21") == [
        ("SURV_DEFERRED",), ("SURV_OVERDUE",),
    ]  # fmt: skip


def test_a_deferral_does_not_keep_alive_what_is_suspended(
    world: RegisterWorld, issued: Issued
) -> None:
    _put_off(world, issued, "2027-09-30")
    go_to(world, "2027-05-01")
    world.act(issued.number, "suspend", reason="failure")
    tell(world)

    assert "SUSPENDED" in world.verify(issued.token).codes


def test_the_inspection_of_a_factory_is_put_off_too(world: RegisterWorld) -> None:
    accreditation = {
        "number": "T-310", "norm": "ISO/IEC 17025", "granted_on": "2011-02-01", "zone": ZONE,
        "scope": [{"standards": ["CS 6004:2019"], "from": "2011-02-01"}],
    }  # fmt: skip
    content = {"id": "https://lab-1.example", "by": AB, "accreditation": accreditation}
    world.office.database.write(
        lambda c: laboratories.put(c, SETUP, CB_P, "LAB-1", content, at=world.at)
    )
    day = "2026-04-20"
    cable = dossier("pc-cable5", CB_P, decision={"date": day},
                    certificate={"effective": day, "issued_on": day})  # fmt: skip
    issued = world.issue(cable)
    go_to(world, "2027-04-01")
    _put_off(world, issued, "2027-08-31", body=CB_P, of="factory_inspection",
             kind="factory_inspection")  # fmt: skip

    assert _said(world, issued, "2027-04-21", "2027-08-31", "2027-09-01") == [
        ("SURV_DEFERRED",), ("SURV_DEFERRED",), ("PRODUCT_SURV_OVERDUE",),
    ]  # fmt: skip


def test_a_check_held_after_it_was_overdue_makes_good_what_was_missed(
    world: RegisterWorld, issued: Issued
) -> None:
    _put_off(world, issued, "2027-09-30")
    overdue = _said(world, issued, "2027-10-01")
    go_to(world, "2027-10-05")
    record(world, issued.number, held("2027-10-04", "2027-10-05"))
    tell(world)

    assert overdue == [("SURV_OVERDUE",)]
    assert world.verify(issued.token).verdict is Verdict.ACCEPT
