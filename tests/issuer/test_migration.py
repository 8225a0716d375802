"""Rows of a body's former register: what is taken over, and everything that is wrong with a row."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.certificate import Holder, Kind, Organisation, Product, SchemeReference, Site
from service.domain.countries import countries, country_code
from service.domain.migration import (
    BESIDE,
    BY_KEY,
    COLUMNS,
    SENTENCES,
    CellProblem,
    Migrated,
    headings,
)
from service.domain.sheet import Cell, Row, folded
from service.domain.surveillance import LifeState
from service.domain.text import clean
from service.issuer.migration import Numbers, read_row, unproven_gates
from service.issuer.typed_days import DayOrder
from service.rules.catalogue import catalogue
from service.storage.migration_template import template_csv

TODAY = date(2026, 6, 15)
ZONE = "Europe/London"
KNOWN = catalogue(
    [
        {"designator": "IEC 60227-5", "kind": "product"},
        {"designator": "ISO 14001", "edition": "2004", "kind": "management_system",
         "transition_end": "2026-06-14"},
        {"designator": "ISO 14001", "edition": "2015", "kind": "management_system",
         "transition_end": "2026-06-15"},
    ],
    [{"id": "SHORT-5", "type": "5", "max_term_months": 12}],
)  # fmt: skip

SYSTEM: dict[str, str | date] = {
    "number": "MS-1",
    "state": "Active",
    "kind": "Management System",
    "standards": "ISO 9001:2015",
    "scope": "Design and manufacture of plain bearings",
    "issued": "2026-02-10",
    "expires": "2029-02-09",
    "holder": "Harrow Bearings Ltd",
    "country": "GB",
    "street": "4 Mill Lane",
    "city": "Leeds",
    "postcode": "LS1 4AB",
}
PRODUCT: dict[str, str | date] = {
    **{key: SYSTEM[key] for key in ("state", "issued", "holder", "country")},
    "number": "PC-1",
    "kind": "Product",
    "standards": "IEC 60227-5:2024",
    "scheme": "CABLE-5",
    "scheme_type": "5",
    "brand": "Harrow",
    "models": "HB-1; HB-2",
}


def row(base: Mapping[str, str | date], at: int = 17, /, **more: str | date) -> Row:
    cells = {key: Cell(f"{key}{at}", value) for key, value in {**base, **more}.items()}
    return Row(at, cells)


def read(base: Mapping[str, str | date], /, **more: Any) -> Migrated | tuple[CellProblem, ...]:
    """The base with other cells; `order` and `zone` are the reader's."""
    order, zone = more.pop("order", None), more.pop("zone", ZONE)
    return read_row(row(base, **more), zone=zone, catalogue=KNOWN, today=TODAY, order=order)


def taken(base: Mapping[str, str | date], /, **more: Any) -> Migrated:
    found = read(base, **more)
    assert isinstance(found, Migrated), found
    return found


def wrong(base: Mapping[str, str | date], /, **more: Any) -> list[tuple[str, str]]:
    """The cell and code of every problem of a row."""
    found = read(base, **more)
    assert isinstance(found, tuple), found
    return [(problem.cell, problem.code) for problem in found]


# What is taken over


def test_a_management_system_certificate_is_taken_over_with_all_it_states() -> None:
    found = taken(
        SYSTEM, identity="ID-7", original="2020-02-11", sectors="17; IAF 18\nnace:25.4",
        accredited="Accredited", holder_id="529900T8BM49AURSDO55", website="https://h.example",
        sites="Works; 9 Canal Street; Ireland\nYard; ; ",
    )  # fmt: skip

    assert found == Migrated(
        row=17, number="MS-1", kind=Kind.MANAGEMENT_SYSTEM, standards=("ISO 9001:2015",),
        decided=date(2026, 2, 10), effective=date(2026, 2, 10), expires=date(2029, 2, 9),
        original=date(2020, 2, 11), previous_expires=None, state=LifeState.ACTIVE,
        state_since=None,
        holder=Holder("Harrow Bearings Ltd", "GB", "4 Mill Lane, Leeds LS1 4AB",
                      "lei:529900T8BM49AURSDO55"),
        part=Organisation(
            "Design and manufacture of plain bearings", ("iaf:17", "iaf:18", "nace:25.4"),
            (Site("Leeds", "GB", "4 Mill Lane, Leeds LS1 4AB"),
             Site("Works", "IE", "9 Canal Street"), Site("Yard", "GB", None)),
        ),
        accredited=True, beside={"identity": "ID-7", "website": "https://h.example"},
        unproven=unproven_gates(Kind.MANAGEMENT_SYSTEM),
    )  # fmt: skip


def test_a_product_certificate_is_taken_over_without_an_end() -> None:
    found = taken(PRODUCT, gtins="4012345678901", factories="Works, Leeds", scope="Cables")

    assert found.part == Product(
        SchemeReference("CABLE-5", "5"), "Harrow", ("HB-1", "HB-2"), gtins=("4012345678901",),
        factories=("Works, Leeds",),
    )  # fmt: skip
    assert found.expires is None
    assert found.beside == {"scope": "Cables"}


def test_a_service_certificate_has_scope_and_scheme() -> None:
    found = taken(PRODUCT, kind="Service", brand="", models="", scope="Care", standards="EN 1:2015")

    assert found.kind is Kind.SERVICE
    assert found.part is not None


def test_the_site_of_a_row_stands_for_the_holders_address() -> None:
    found = taken(SYSTEM, site_name="Works", site_address="9 Canal Street", site_country="France")

    assert isinstance(found.part, Organisation)
    assert found.part.sites == (Site("Works", "FR", "9 Canal Street"),)


def test_decision_and_effect_may_have_days_of_their_own() -> None:
    found = taken(SYSTEM, decided="2026-02-01", effective="2026-02-12", expires="2029-02-01")

    assert (found.decided, found.effective) == (date(2026, 2, 1), date(2026, 2, 12))


def test_line_breaks_and_spaces_within_a_text_become_one_space_and_accents_are_composed() -> None:
    found = taken(SYSTEM, holder="  Mu\u0308ller \n\u00a0 GmbH ")

    assert found.holder.name == "Müller GmbH"


@pytest.mark.parametrize(
    ("word", "state"),
    [("active", "active"), ("SUSPENDED", "suspended"), ("Withdrawn", "withdrawn"),
     ("Cancelled", "cancelled"), ("Transferred", "transferred")],
)  # fmt: skip
def test_the_words_of_the_register_are_states_of_ours(word: str, state: str) -> None:
    assert taken(SYSTEM, state=word).state == state


@pytest.mark.parametrize(
    ("text", "standards"),
    [
        ("ISO9001 : 2015", ("ISO 9001:2015",)),
        ("ISO 9001:2015; ISO/IEC 27001:2022", ("ISO 9001:2015", "ISO/IEC 27001:2022")),
        ("ISO 9001:2015, ISO 14001:2015", ("ISO 9001:2015", "ISO 14001:2015")),
        ("ISO 9001:2015\nISO 9001:2015", ("ISO 9001:2015",)),
    ],
)
def test_standards_are_spelt_as_in_the_catalogue(text: str, standards: tuple[str, ...]) -> None:
    assert taken(SYSTEM, standards=text).standards == standards


def test_a_product_standard_that_nobody_listed_is_taken_as_it_is() -> None:
    assert taken(PRODUCT, standards="UL 508A, 3rd:2018").standards == ("UL 508A, 3rd:2018",)


def test_a_scope_that_hints_at_approved_products_leaves_its_gate_unproven() -> None:
    plain = taken(SYSTEM)
    hinting = taken(SYSTEM, scope="Manufacture of certified products")

    assert "IG-MS-15" not in plain.unproven
    assert hinting.unproven == (*plain.unproven, "IG-MS-15")


@pytest.mark.parametrize("kind", list(Kind))
def test_the_gates_that_cannot_be_proven_are_gates_of_the_rules(kind: Kind) -> None:
    listed = json.loads(Path("tests/data/rule_ids.json").read_text("utf-8"))["tables"]
    ids = {one for table in listed for one in table["ids"] if one.startswith("IG-")}
    table = "IG-MS-" if kind is Kind.MANAGEMENT_SYSTEM else "IG-PC-"

    proven = {one for one in ids if one.startswith(table)} - set(unproven_gates(kind))

    assert proven == ({"IG-MS-15"} if table == "IG-MS-" else {"IG-PC-9"})


# What is wrong


def test_every_problem_of_a_row_is_told_at_once_in_the_order_of_the_columns() -> None:
    found = wrong(SYSTEM, number="", state="Odd", standards="ISO 9001", issued="soon", country="X")

    assert found == [
        ("number17", "MISSING"),
        ("state17", "STATUS_UNKNOWN"),
        ("standards17", "EDITION_MISSING"),
        ("issued17", "NOT_A_DATE"),
        ("country17", "COUNTRY_UNKNOWN"),
    ]


def test_a_problem_names_cell_column_code_and_the_value_and_says_it_plainly() -> None:
    found = read(SYSTEM, country="Atlantis")

    assert found == (
        CellProblem(
            17, "country17", "Certified Entity Country/Economy", "COUNTRY_UNKNOWN",
            "Atlantis is neither an ISO 3166 code nor the English name of a country.", "Atlantis",
        ),
    )  # fmt: skip


def test_a_column_that_the_sheet_does_not_have_is_told_by_its_row() -> None:
    without = {key: value for key, value in SYSTEM.items() if key != "expires"}

    assert wrong(without) == [("17", "MISSING")]


@pytest.mark.parametrize(
    "key",
    ["number", "state", "kind", "standards", "issued", "holder", "country", "scope", "expires"],
)
def test_what_a_management_system_certificate_needs(key: str) -> None:
    assert wrong(SYSTEM, **{key: " "}) == [(f"{key}17", "MISSING")]


def test_the_main_office_is_needed_and_any_part_of_an_address_will_do() -> None:
    assert wrong(SYSTEM, street="", city="") == [("street17", "MISSING")]
    assert taken(SYSTEM, street="", city="", address="Leeds").holder.address == "Leeds"


@pytest.mark.parametrize("key", ["scheme", "scheme_type", "models"])
def test_what_a_product_certificate_needs(key: str) -> None:
    assert wrong(PRODUCT, **{key: ""}) == [(f"{key}17", "MISSING")]


def test_a_family_stands_for_models() -> None:
    assert isinstance(taken(PRODUCT, models="", family="HB").part, Product)


@pytest.mark.parametrize(
    ("base", "key", "value", "code"),
    [
        (SYSTEM, "kind", "Person", "KIND_UNKNOWN"),
        (SYSTEM, "state", "Draft", "STATUS_UNKNOWN"),
        (SYSTEM, "state", "Inactive", "STATUS_UNKNOWN"),
        (SYSTEM, "accredited", "yes", "ACCREDITATION_UNKNOWN"),
        (SYSTEM, "standards", "ISO 99999:2020", "STANDARD_UNKNOWN"),
        (SYSTEM, "standards", "IEC 60227-5:2024", "STANDARD_KIND_MISMATCH"),
        (SYSTEM, "standards", "ISO/IEC 17065:2012", "STANDARD_KIND_MISMATCH"),
        (PRODUCT, "standards", "ISO 9001:2015", "STANDARD_KIND_MISMATCH"),
        (PRODUCT, "standards", "IEC 60227-5", "EDITION_MISSING"),
        (SYSTEM, "sectors", "40", "SECTOR_UNKNOWN"),
        (SYSTEM, "sectors", "iaf:99", "SECTOR_UNKNOWN"),
        (SYSTEM, "country", "Korea", "COUNTRY_UNKNOWN"),
        (SYSTEM, "site_country", "Nowhere", "COUNTRY_UNKNOWN"),
        (SYSTEM, "sites", "Works; 9 Canal Street; Nowhere", "COUNTRY_UNKNOWN"),
        (SYSTEM, "sites", "; 9 Canal Street; GB", "SITE_FORMAT"),
        (SYSTEM, "sites", "Works; 9 Canal Street; Leeds; GB", "SITE_FORMAT"),
        (SYSTEM, "holder_id", "529900T8BM49AURSDO54", "IDENTIFIER_UNKNOWN"),
        (SYSTEM, "models", "HB-1", "NOT_FOR_THIS_TYPE"),
        (SYSTEM, "holder", "Harrow\u202eLtd", "NAME_CONTROL_CHARS"),
        (SYSTEM, "scope", "Bear\x00ings", "NAME_CONTROL_CHARS"),
        (SYSTEM, "holder", "#REF!", "CELL_ERROR"),
        (SYSTEM, "number", date(2026, 3, 1), "NOT_TEXT"),
        (PRODUCT, "scheme_type", "9", "SCHEME_TYPE_UNKNOWN"),
        (PRODUCT, "gtins", "4012345678902", "GTIN_INVALID"),
        (PRODUCT, "gtins", "4.01235E+12", "GTIN_INVALID"),
        (PRODUCT, "models", ";".join(f"HB-{number}" for number in range(501)), "TOO_MANY"),
    ],
)
def test_one_wrong_cell_has_one_problem(
    base: dict[str, str | date], key: str, value: str | date, code: str
) -> None:
    assert wrong(base, **{key: value}) == [(f"{key}17", code)]


def test_what_is_shown_again_cannot_hide_anything_and_is_short() -> None:
    (hidden,) = read(SYSTEM, holder="Harrow\u202eLtd")  # type: ignore[misc]
    (long,) = read(SYSTEM, country="x" * 100)  # type: ignore[misc]

    assert hidden.seen == "Harrow[U+202E]Ltd"
    assert long.seen == "x" * 80 + "…"


@pytest.mark.parametrize(
    ("key", "longest"), [("number", 60), ("holder", 300), ("scope", 4_000), ("city", 100)]
)
def test_a_text_has_so_many_characters_and_no_more(key: str, longest: int) -> None:
    taken(SYSTEM, **{key: "x" * longest})

    assert wrong(SYSTEM, **{key: "x" * (longest + 1)}) == [(f"{key}17", "TOO_LONG")]


def test_a_model_has_so_many_characters_and_no_more() -> None:
    taken(PRODUCT, models="x" * 4_000)

    assert wrong(PRODUCT, models="x" * 4_001) == [("models17", "TOO_LONG")]


def test_a_number_stands_once_in_a_sheet_whatever_its_case() -> None:
    numbers = Numbers()

    def told(number: str, at: int) -> Migrated | tuple[CellProblem, ...]:
        return read_row(
            row(SYSTEM, at, number=number), zone=ZONE, catalogue=KNOWN, today=TODAY, numbers=numbers
        )

    assert isinstance(told("MS-1", 2), Migrated)
    assert isinstance(told("MS-2", 3), Migrated)
    (again,) = told("ms-1", 4)  # type: ignore[misc]
    assert (again.code, again.sentence) == (
        "DUPLICATE_NUMBER",
        "ms-1 stands in row 2 already.",
    )


# Days


@pytest.mark.parametrize(
    "text",
    ["2026-02-10", "20260210", "2026/2/10", "2026.02.10", "2026-02-10 00:00:00", "10 Feb 2026",
     "10-Feb-2026", "10. February 2026", "February 10, 2026", "Feb 10 2026",
     "2026-02-10T12:00:00Z", date(2026, 2, 10)],
)  # fmt: skip
def test_a_day_may_be_written_in_any_way_that_has_one_meaning(text: str | date) -> None:
    assert taken(SYSTEM, issued=text).decided == date(2026, 2, 10)


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/London", date(2026, 2, 10)), ("Asia/Tokyo", date(2026, 2, 11))]
)
def test_an_instant_is_its_civil_day_in_the_bodys_zone(zone: str, day: date) -> None:
    assert taken(SYSTEM, issued="2026-02-10T23:59:59Z", zone=zone).decided == day


@pytest.mark.parametrize("text", ["03/04/2026", "3-4-2026", "03.04.2026"])
def test_a_day_with_two_meanings_is_refused_unless_somebody_says_what_stands_first(
    text: str,
) -> None:
    assert wrong(SYSTEM, issued=text) == [("issued17", "DATE_AMBIGUOUS")]
    assert taken(SYSTEM, issued=text, order=DayOrder.DAY_FIRST).decided == date(2026, 4, 3)
    assert taken(SYSTEM, issued=text, order=DayOrder.MONTH_FIRST).decided == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "day"),
    [("13/02/2026", date(2026, 2, 13)), ("02/13/2026", date(2026, 2, 13)),
     ("02/02/2026", date(2026, 2, 2))],
)  # fmt: skip
def test_a_part_above_twelve_or_equal_parts_have_one_meaning(text: str, day: date) -> None:
    assert taken(SYSTEM, issued=text, expires="2029-02-01").decided == day


def test_a_day_against_the_said_order_is_refused() -> None:
    assert wrong(SYSTEM, issued="02/13/2026", order=DayOrder.DAY_FIRST) == [
        ("issued17", "NOT_A_DATE")
    ]


@pytest.mark.parametrize(
    "text",
    ["46063", "10/02/26", "2026-02-30", "2026-13-01", "2026-02/10", "1949-12-31", "2100-01-01",
     "10 Foo 2026", "yesterday", "٢٠٢٦-02-10", "2026-02-10T25:00:00Z"],
)  # fmt: skip
def test_what_is_no_day_is_refused(text: str) -> None:
    assert wrong(SYSTEM, issued=text) == [("issued17", "NOT_A_DATE")]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"original": "2026-02-11"}, "issued17"),
        ({"decided": "2026-02-11"}, "issued17"),
        ({"effective": "2026-02-09"}, "effective17"),
        ({"previous_expires": "2020-01-01", "original": "2020-01-02"}, "previous_expires17"),
        ({"state_since": "2026-02-09"}, "state_since17"),
        ({"expires": "2026-02-09", "state": "Withdrawn"}, "expires17"),
    ],
)
def test_days_stand_in_their_order(more: dict[str, str | date], problem: str) -> None:
    assert wrong(SYSTEM, **more) == [(problem, "DATE_ORDER")]


@pytest.mark.parametrize(
    "more",
    [
        {"original": "2026-02-10"},
        {"decided": "2026-02-10", "effective": "2026-02-10"},
        {"state_since": "2026-02-10"},
        {"expires": "2026-02-10", "state": "Withdrawn"},
    ],
)
def test_days_may_be_the_same(more: dict[str, str | date]) -> None:
    assert taken(SYSTEM, **more).decided == date(2026, 2, 10)


@pytest.mark.parametrize("key", ["issued", "state_since"])
def test_what_is_done_is_done_by_today(key: str) -> None:
    taken(SYSTEM, **{key: "2026-06-15"})

    assert wrong(SYSTEM, **{key: "2026-06-16"}) == [(f"{key}17", "DATE_IN_FUTURE")]


def test_a_certificate_that_ended_is_expired_and_one_that_did_not_is_not() -> None:
    ended = {"issued": "2023-06-15", "expires": "2026-06-14"}

    assert wrong(SYSTEM, **ended) == [("expires17", "EXPIRED")]
    assert taken(SYSTEM, **ended, state="Expired").expires == date(2026, 6, 14)
    last_day = {**ended, "expires": "2026-06-15"}
    assert taken(SYSTEM, **last_day).state is LifeState.ACTIVE
    assert wrong(SYSTEM, **last_day, state="Expired") == [("state17", "NOT_EXPIRED")]


def test_an_expired_product_says_when() -> None:
    assert wrong(PRODUCT, state="Expired") == [("17", "MISSING")]


def test_an_edition_ends_with_its_last_day() -> None:
    assert taken(SYSTEM, standards="ISO 14001:2015").standards == ("ISO 14001:2015",)
    assert wrong(SYSTEM, standards="ISO 14001:2004") == [("standards17", "EDITION_ENDED")]
    withdrawn = taken(SYSTEM, standards="ISO 14001:2004", state="Withdrawn")
    assert withdrawn.state is LifeState.WITHDRAWN


@pytest.mark.parametrize(
    ("more", "last", "first_bad"),
    [
        ({}, "2029-02-10", "2029-02-11"),
        ({"previous_expires": "2026-05-01"}, "2029-05-01", "2029-05-02"),
        ({"previous_expires": "2025-08-10"}, "2028-08-10", "2028-08-11"),
        ({"previous_expires": "2025-08-09"}, "2029-02-10", "2029-02-11"),
    ],
    ids=["initial", "renewed in time", "restored", "anew"],
)
def test_a_cycle_has_three_years_from_where_it_may_begin(
    more: dict[str, str | date], last: str, first_bad: str
) -> None:
    assert taken(SYSTEM, **more, expires=last).expires == date.fromisoformat(last)
    assert wrong(SYSTEM, **more, expires=first_bad) == [("expires17", "TERM_TOO_LONG")]


def test_a_product_has_the_term_of_its_scheme_or_any() -> None:
    assert taken(PRODUCT, expires="2099-12-31").expires == date(2099, 12, 31)
    assert taken(PRODUCT, scheme="SHORT-5", expires="2027-02-10").expires == date(2027, 2, 10)
    assert wrong(PRODUCT, scheme="SHORT-5", scheme_type="Type 5", expires="2027-02-11") == [
        ("expires17", "TERM_TOO_LONG")
    ]


# The tables


def test_no_title_stands_for_two_columns() -> None:
    titles = [folded(title) for heading in headings() for title in heading.titles]

    assert len(titles) == len(set(titles))


def test_what_is_kept_beside_are_columns() -> None:
    assert set(BESIDE) <= BY_KEY.keys()


def test_every_name_of_a_country_is_one_countrys() -> None:
    for code, names in countries().items():
        assert [country_code(name) for name in (code, code.lower(), *names)] == [code] * (
            2 + len(names)
        )
    assert len(countries()) == 249


@pytest.mark.parametrize("kind", list(Kind))
def test_the_example_of_the_template_is_a_good_certificate_and_nobodys(kind: Kind) -> None:
    titles, values = csv.reader(io.StringIO(template_csv(kind).decode("utf-8-sig")))
    keys = {column.title: column.key for column in COLUMNS}
    example: dict[str, str | date] = {
        keys[title]: value for title, value in zip(titles, values, strict=True)
    }

    assert wrong(example) == [("identity17", "EXAMPLE_LINE")]
    assert taken(example, identity="ID-1").kind is kind


_ANY = st.one_of(
    st.text(max_size=40),
    st.dates(),
    st.sampled_from(["Active", "Product", "ISO 9001:2015", "GB", "20260210", "{seen}", "#N/A"]),
)


@given(st.dictionaries(st.sampled_from(sorted(BY_KEY)), _ANY))
def test_no_row_raises_and_a_row_is_taken_or_told_why_not(cells: dict[str, str | date]) -> None:
    for base in ({}, SYSTEM, PRODUCT):
        found = read(base, **cells)

        assert isinstance(found, Migrated) or found
        if isinstance(found, tuple):
            assert all(
                problem.code in SENTENCES and clean(problem.seen) == problem.seen
                for problem in found
            )
