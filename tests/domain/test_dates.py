"""Civil days and instants: every deadline to the second, in every zone (rules.md 2.0, Annex D)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.dates import (
    Period,
    add_months,
    civil_day,
    first_second,
    first_second_after,
    parse_day,
    parse_instant,
    show_instant,
    zone,
)

ZONES = (
    "UTC", "Europe/London", "Pacific/Auckland", "Pacific/Kiritimati", "America/St_Johns",
    "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Havana",
    "Pacific/Apia", "Australia/Lord_Howe", "America/Asuncion",
)  # fmt: skip
days = st.dates(date(2000, 1, 2), date(2099, 12, 30))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        # Annex D
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2023-02-28", 12, "2024-02-28"),
        # and others
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-01-01", -1, "2023-12-01"),
        ("2024-05-15", 0, "2024-05-15"),
        ("2028-02-29", 36, "2031-02-28"),
        ("2026-01-31", 6, "2026-07-31"),
    ],
)
def test_months_are_counted_on_the_calendar(start: str, months: int, end: str) -> None:
    assert add_months(parse_day(start), months) == parse_day(end)


def test_months_are_counted_from_the_anchor_and_not_from_a_clamped_day() -> None:
    anchor = parse_day("2024-02-29")
    by_steps = anchor
    for _ in range(4):
        by_steps = add_months(by_steps, 12)

    assert (by_steps, add_months(anchor, 48)) == (parse_day("2028-02-28"), parse_day("2028-02-29"))


@given(days, st.integers(-600, 600))
def test_a_month_more_is_never_another_months_matter(day: date, months: int) -> None:
    later = add_months(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (
        later.day < day.day and (later + timedelta(days=1)).month != later.month
    )


@given(days, days, st.integers(0, 120))
def test_an_earlier_start_has_no_later_deadline(one: date, other: date, months: int) -> None:
    early, late = sorted((one, other))

    assert add_months(early, months) <= add_months(late, months)


# Days and instants as text


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-6-15", "20260615", "2026-02-29", "2026-00-10", "2026-13-01", "2026-06-31",
     "2026-06-15 ", " 2026-06-15", "2026-06-15T00:00:00Z", "2026-W25-1", "２０２６-06-15",
     "0000-01-01", "-026-06-15", "2026/06/15"],
)  # fmt: skip
def test_what_is_no_real_day_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|range|month"):
        parse_day(text)


@given(days)
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    assert parse_day(day.isoformat()) == day


@pytest.mark.parametrize("text", ["2024-02-29", "2028-02-29", "2000-02-29"])
def test_leap_days_are_days(text: str) -> None:
    assert parse_day(text).isoformat() == text


@given(st.integers(946_684_800, 4_102_444_799))
def test_an_instant_is_read_as_it_is_shown(instant: int) -> None:
    assert parse_instant(show_instant(instant)) == instant


@pytest.mark.parametrize(
    "text",
    ["2026-06-15T12:00:00", "2026-06-15T12:00:00+00:00", "2026-06-15T12:00:00.0Z",
     "2026-06-15 12:00:00Z", "2026-06-15T24:00:00Z", "2026-06-15T23:59:60Z", "2026-06-15",
     "2026-02-29T00:00:00Z", "2026-06-15T12:00Z", "2026-06-15t12:00:00z", ""],
)  # fmt: skip
def test_what_is_no_instant_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"instant|hour|second|day"):
        parse_instant(text)


@pytest.mark.parametrize(
    "name", ["", "London", "Europe/Atlantis", "Europe", "../UTC", "/etc/passwd", "\0", "x" * 999]
)
def test_what_is_no_zone_is_a_mistake(name: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)zone|null byte"):
        zone(name)


# The first and the last second of a day


@pytest.mark.parametrize(
    ("day", "name", "ends"),
    [
        ("2026-05-31", "Pacific/Auckland", 1_780_228_800),
        ("2027-09-09", "Europe/London", 1_820_530_800),
        ("2027-03-31", "Europe/London", 1_806_534_000),
        ("2027-03-31", "Pacific/Auckland", 1_806_490_800),
    ],
)
def test_a_last_day_ends_where_its_issuer_is(day: str, name: str, ends: int) -> None:
    assert first_second_after(parse_day(day), name) == ends
    assert civil_day(ends - 1, name) == parse_day(day)
    assert civil_day(ends, name) == parse_day(day) + timedelta(days=1)


@given(days, st.sampled_from(ZONES))
def test_a_day_begins_with_its_first_second_and_has_none_before(day: date, name: str) -> None:
    start = first_second(day, name)
    skipped = name == "Pacific/Apia" and day == date(2011, 12, 30)  # the line was moved over it

    assert skipped or civil_day(start, name) == day
    assert civil_day(start - 1, name) < day


@given(days, st.sampled_from(ZONES))
def test_days_follow_each_other_without_a_gap(day: date, name: str) -> None:
    length = first_second_after(day, name) - first_second(day, name)

    assert 0 <= length <= 26 * 3600


@pytest.mark.parametrize(
    ("day", "name", "first"),
    [
        # Clocks that skip midnight: the day begins at the first instant that exists.
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
        ("2023-03-26", "Asia/Beirut", "2023-03-25T22:00:00Z"),
        ("2024-04-26", "Africa/Cairo", "2024-04-25T22:00:00Z"),
        # A midnight that comes twice is meant the first time.
        ("2018-02-18", "America/Sao_Paulo", "2018-02-18T03:00:00Z"),
        ("2023-11-05", "America/Havana", "2023-11-05T04:00:00Z"),
    ],
)
def test_a_day_whose_midnight_is_missing_or_doubled(day: str, name: str, first: str) -> None:
    start = first_second(parse_day(day), name)

    assert show_instant(start) == first
    assert datetime.fromtimestamp(start, ZoneInfo(name)).date() == parse_day(day)
    assert datetime.fromtimestamp(start - 1, UTC).astimezone(ZoneInfo(name)).date() < parse_day(day)


# Periods


def test_both_ends_of_a_period_are_inside() -> None:
    period = Period(parse_day("2026-02-01"), parse_day("2026-02-28"))

    days = [parse_day(f"2026-{text}") for text in ("01-31", "02-01", "02-28", "03-01")]

    assert [period.covers(day) for day in days] == [False, True, True, False]


def test_a_period_of_one_day_and_one_without_end() -> None:
    one = parse_day("2026-02-01")

    assert Period(one, one).covers(one)
    assert Period(one, None).covers(date.max)


def test_a_period_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Period(parse_day("2026-02-02"), parse_day("2026-02-01"))
