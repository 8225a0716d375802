"""Audit time and samples of sites (rules.md Annexes C and D): whole numbers only."""

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.rules.audit_time import audit_tables, enough_on_site, least_half_days
from service.rules.sampling import (
    initial_sample,
    random_share,
    recertification_sample,
    surveillance_sample,
    unlike_sample,
)

# Annex C as it is printed there: people up to, days.
QMS = (
    "5: 1.5; 10: 2; 15: 2.5; 25: 3; 45: 4; 65: 5; 85: 6; 125: 7; 175: 8; 275: 9; 425: 10; 625: 11; "
    "875: 12; 1175: 13; 1550: 14; 2025: 15; 2675: 16; 3450: 17; 4350: 18; 5450: 19; 6800: 20; "
    "8500: 21; 10700: 22"
)
OHS = (
    "5: 3/2.5/2.5; 10: 3.5/3/3; 15: 4.5/3.5/3; 25: 5.5/4.5/3.5; 45: 7/5.5/4; 65: 8/6/4.5; "
    "85: 9/7/5; 125: 11/8/5.5; 175: 12/9/6; 275: 13/10/7; 425: 15/11/8; 625: 16/12/9"
)


def _printed(text: str, column: int = 0) -> list[tuple[int, int]]:
    """Rows of a printed table, days as half days."""
    rows = (row.split(": ") for row in text.split("; "))
    return [(int(people), int(2 * Fraction(days.split("/")[column]))) for people, days in rows]


@pytest.mark.parametrize(
    ("name", "rows"),
    [("QMS-1", _printed(QMS)), ("OHS-high", _printed(OHS)), ("OHS-medium", _printed(OHS, 1)),
     ("OHS-low", _printed(OHS, 2))],
)  # fmt: skip
def test_the_tables_are_those_of_annex_c(name: str, rows: list[tuple[int, int]]) -> None:
    assert list(audit_tables()[name].rows) == rows


def test_each_table_says_where_it_comes_from_and_a_working_copy_says_so() -> None:
    assert all(table.source for table in audit_tables().values())
    assert "working copy" in audit_tables()["QMS-1"].source
    assert not audit_tables()["QMS-1"].confirmed


@pytest.mark.parametrize(
    ("people", "days"), [(1, "1.5"), (5, "1.5"), (6, "2"), (55, "5"), (65, "5"), (66, "6"),
                         (10700, "22")],
)  # fmt: skip
def test_a_row_reaches_up_to_its_people(people: int, days: str) -> None:
    assert audit_tables()["QMS-1"].half_days(people) == 2 * Fraction(days)


@pytest.mark.parametrize("people", [0, -1, 10_701])
def test_what_no_table_knows_is_not_guessed(people: int) -> None:
    with pytest.raises(ValueError, match="people"):
        audit_tables()["QMS-1"].half_days(people)


@pytest.mark.parametrize(
    ("table", "least"),
    [("1.5", "1"), ("2.5", "2"), ("3", "2"), ("5", "3.5"), ("7", "5"), ("9", "6.5"), ("11", "7.5")],
)
def test_dt8_the_least_audit_time_in_half_days(table: str, least: str) -> None:
    half_days = int(2 * Fraction(table))

    assert Fraction(least_half_days(half_days, reduction_percent=30), 2) == Fraction(least)


def test_dt8_ties_are_rounded_up() -> None:
    assert least_half_days(5, reduction_percent=30) == 4  # 3.5 half days
    assert least_half_days(5, reduction_percent=31) == 3
    assert least_half_days(7, reduction_percent=0) == 7


@pytest.mark.parametrize(
    ("on_site", "total", "enough"), [(8, 10, True), (7, 10, False), (4, 5, True), (79, 99, False),
                                     (80, 100, True), (0, 0, True)],
)  # fmt: skip
def test_dt8_four_fifths_are_on_site(on_site: int, total: int, enough: bool) -> None:
    assert enough_on_site(on_site, total, percent=80) is enough


@pytest.mark.parametrize(
    ("n", "initial", "surveillance", "recertification", "unlike"),
    [(4, 2, 2, 2, 2), (10, 4, 2, 3, 3), (17, 5, 3, 4, 6), (25, 5, 3, 4, 8), (26, 6, 4, 5, 8),
     (0, 0, 0, 0, 0), (1, 1, 1, 1, 1)],
)  # fmt: skip
def test_dt8_samples_of_sites(
    n: int, initial: int, surveillance: int, recertification: int, unlike: int
) -> None:
    assert initial_sample(n) == initial
    assert surveillance_sample(n) == surveillance
    assert recertification_sample(n) == recertification
    assert unlike_sample(n) == unlike


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 10**18))
def test_dt8_a_sample_is_the_least_number_that_suffices(n: int) -> None:
    for sample, share in ((initial_sample, 25), (surveillance_sample, 9),
                          (recertification_sample, 16)):  # fmt: skip
        k = sample(n)
        assert 25 * k * k >= share * n
        assert k == 0 or 25 * (k - 1) ** 2 < share * n
    assert unlike_sample(n) == ceil(Fraction(3 * n, 10))
    assert random_share(n) == ceil(Fraction(n, 4))


def test_a_number_of_sites_is_not_negative() -> None:
    for sample in (initial_sample, surveillance_sample, recertification_sample, unlike_sample,
                   random_share):  # fmt: skip
        with pytest.raises(ValueError, match="negative"):
            sample(-1)
