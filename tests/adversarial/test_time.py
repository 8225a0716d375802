"""T01 to T11: instants, civil days, and clocks that are wrong (security.md section 13)."""

from datetime import date, timedelta

import pytest

from service.domain.dates import add_months, first_second_after
from service.domain.reason import Reason
from service.domain.verdict import Verdict
from tests.adversarial import table
from tests.adversarial.expectation import assert_answer, assert_as_expected, finding
from tests.elsewhere import ZONES, in_every_zone
from tests.world import DAY_S, World, day, instant
from tests.world.bodies import CertificationBody


@pytest.mark.parametrize(("ahead", "row"), [(60, 0), (120, 0), (121, 1)])
def test_t01_a_token_from_the_future(world: World, ahead: int, row: int) -> None:
    assert_as_expected(world.verify(world.cb.issue(iat=world.at + ahead)), "T01", row)


@pytest.mark.parametrize(("after", "row"), [(-1, 0), (0, 1), (1, 1)])
def test_t02_the_end_has_no_leeway(world: World, after: int, row: int) -> None:
    token = world.product_cb.issue()
    exp = world.product_cb.file().claims["exp"]

    assert_as_expected(world.verify(token, at=exp + after), "T02", row)


@pytest.mark.parametrize("after", [0, 1])
def test_t02_a_management_system_that_ended_may_be_restored(world: World, after: int) -> None:
    token = world.cb.issue()
    exp = world.cb.file().claims["exp"]

    assert_answer(world.verify(token, at=exp + after), "REJECT", "EXPIRED_RESTORABLE")


@pytest.mark.parametrize(
    ("zone", "first_second"),
    [
        ("Europe/London", "2026-06-30T23:00:00Z"),
        ("Pacific/Auckland", "2026-06-30T12:00:00Z"),
        ("America/St_Johns", "2026-07-01T02:30:00Z"),
    ],
)
def test_t03_a_start_has_no_leeway(world: World, zone: str, first_second: str) -> None:
    _move(world, world.cb, zone)
    token = world.cb.issue(decided=day("2026-06-10"), effective=day("2026-07-01"))
    start = instant(first_second)

    before = world.verify(token, at=start - 1)
    assert_as_expected(before, "T03", 0)
    assert finding(before, Reason.NOT_YET_EFFECTIVE).facts["date"] == day("2026-07-01")
    assert_as_expected(world.verify(token, at=start), "T03", 1)


def _move(world: World, cb: CertificationBody, zone: str) -> None:
    world.ab.of(cb)["zone"] = cb.zone = zone


def test_t03c_there_is_no_nbf(world: World) -> None:
    assert_as_expected(world.verify(world.cb.issue(nbf=world.at)), "T03", 2)


def test_t04a_dates_that_contradict_each_other(world: World) -> None:
    exp = world.cb.claims()["exp"]
    for contradiction in (
        {"iat": world.at, "expires": day("2026-06-14")},
        {"effective": day("2027-09-10"), "iat": world.at},
        {"exp": exp + 1},
        {"exp": exp - 1},
        {"exp": exp + 3600},  # the midnight of UTC, in summer
    ):
        assert_as_expected(world.verify(world.cb.issue(**contradiction)), "T04", 0)


def test_t04a_signed_at_the_very_end(world: World) -> None:
    world.at = world.cb.claims()["exp"]

    assert_as_expected(world.verify(world.cb.issue(iat=world.at)), "T04", 0)


def test_t04b_effective_or_signed_before_the_decision(world: World) -> None:
    decided = day("2025-09-10")
    for backdated in ({"effective": day("2025-09-09")}, {"iat": instant("2025-09-09T22:59:59Z")}):
        token = world.cb.issue(decided=decided, **backdated)
        assert_as_expected(world.verify(token), "T04", 1)

    signed_at_once = world.cb.issue(decided=decided, iat=instant("2025-09-09T23:00:00Z"))
    assert_answer(world.verify(signed_at_once), "ACCEPT", None)


@pytest.mark.parametrize(("expires", "row"), [("2027-09-10", None), ("2027-09-11", 2)])
def test_t04c_longer_than_the_cycle(world: World, expires: str, row: int | None) -> None:
    report = world.verify(world.cb.issue(expires=day(expires)))

    if row is None:
        assert_answer(report, "ACCEPT", None)
    else:
        assert_as_expected(report, "T04", row)


@pytest.mark.parametrize(
    ("zone", "exp", "last_second"),
    [
        ("Europe/London", 1806534000, "2027-03-31T22:59:59Z"),
        ("Pacific/Auckland", 1806490800, "2027-03-31T10:59:59Z"),
    ],
)
def test_t07_the_last_day_ends_where_the_issuer_is(
    world: World, zone: str, exp: int, last_second: str
) -> None:
    _move(world, world.product_cb, zone)
    token = world.product_cb.issue(expires=day("2027-03-31"))
    assert world.product_cb.file().claims["exp"] == exp == instant(last_second) + 1

    assert_as_expected(world.verify(token, at=exp - 1), "T07", 0)
    assert_as_expected(world.verify(token, at=exp), "T07", 1)


def test_t08_the_zone_of_this_machine_is_nobodys_business() -> None:
    expected = table.verdicts()
    answers = in_every_zone("tests.adversarial.table")

    assert len(expected) >= 40
    assert {answer["verdict"] for answer in expected.values()} == set(Verdict)
    assert answers == [expected] * len(ZONES)


@pytest.mark.parametrize(("expires", "row"), [("2031-02-28", 0), ("2031-03-01", 1)])
def test_t09_three_years_from_a_leap_day(world: World, expires: str, row: int) -> None:
    world.at = instant("2028-06-15T12:00:00Z")
    world.ab.of(world.cb)["reassessed_on"] = "2028-02-01"
    token = world.cb.issue(decided=day("2028-02-29"), expires=day(expires))

    assert_as_expected(world.verify(token), "T09", row)


def test_t09_the_day_before_the_anniversary_is_what_an_issuer_proposes() -> None:
    anniversary = add_months(day("2028-02-29"), 36)

    assert anniversary == day("2031-02-28")
    assert anniversary - timedelta(days=1) == day("2031-02-27")
    assert first_second_after(day("2031-02-27"), "Europe/London") == instant("2031-02-28")


@pytest.mark.parametrize("behind", [121, 3600, 30 * DAY_S])
def test_t10_a_clock_that_runs_behind(world: World, behind: int) -> None:
    token = world.cb.issue()
    world.cb.list_changes["iat"] = newest = world.at
    assert world.verify(token).verdict is Verdict.ACCEPT

    report = world.verify(token, at=newest - behind)

    assert_as_expected(report, "T10")


def test_t10_a_clock_may_run_behind_by_two_minutes(world: World) -> None:
    token = world.cb.issue()
    world.cb.list_changes["iat"] = newest = world.at
    assert world.verify(token).verdict is Verdict.ACCEPT

    assert_answer(world.verify(token, at=newest - 120), "ACCEPT", None)


def test_t10_an_instant_given_by_the_caller_says_nothing_about_the_clock(world: World) -> None:
    token = world.cb.issue()
    assert world.memory is not None
    assert world.verify(token).verdict is Verdict.ACCEPT
    known = dict(world.memory.documents)

    report = world.verify(token, at=world.at - 30 * DAY_S, remember=False)

    assert_answer(report, "ACCEPT", None)
    assert world.memory.documents == known


@pytest.mark.parametrize(("days", "row"), [(1, 0), (31, 0), (32, 1)])
def test_t11_surveillance_overdue(world: World, days: int, row: int) -> None:
    token = world.cb.issue(decided=day("2025-03-10"))
    world.cb.file().surveillance = []
    due = instant("2026-03-10T12:00:00Z")

    on_the_day = world.verify(token, at=due)
    assert_answer(on_the_day, "ACCEPT", None)
    report = world.verify(token, at=due + days * DAY_S)

    assert_as_expected(report, "T11", row)
    assert finding(report, report.codes[0]).facts["date"] == date(2026, 3, 10)
