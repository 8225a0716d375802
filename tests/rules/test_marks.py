"""Marks (rules.md 2f): where one was seen, and whether it may be there."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.certificate import Mark
from service.domain.question import PLACEMENTS, Question
from service.domain.surveillance import Change
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
    scope_row,
)

ELEMENTS = ("holder", "system_and_standard", "certification_body")


def _seen(kind: str = "management_system", *, given: Any = None, **asked: Any) -> set[str]:
    return codes(judged((given or case(kind))._replace(question=Question(**asked))))


@pytest.mark.parametrize(
    ("placement", "code"),
    [
        ("product", "MS_MARK_ON_PRODUCT"),
        ("packaging", "MS_MARK_ON_PACKAGING"),
        ("report", "MARK_ON_REPORT"),
        ("letterhead", None),
    ],
)
@pytest.mark.parametrize("seen", [(), ("own_mark",), ("own_mark", "accreditation_symbol")])
def test_mk1_mk2_mk5_a_systems_mark_belongs_on_a_letterhead(
    placement: str, code: str | None, seen: tuple[str, ...]
) -> None:
    goods = "accreditation_symbol" in seen and placement in ("product", "packaging")

    found = _seen(placement=placement, seen=seen)

    assert found == ({code} if code else set()) | (
        {"ACCREDITATION_SYMBOL_MISUSED"} if goods else set()
    )


def test_mk1_the_certificates_own_standing_is_unchanged() -> None:
    given = case(question=Question(placement="product"))

    assert answer(given) == ("NOT_FOR_THIS_PURPOSE", {"MS_MARK_ON_PRODUCT"})


@pytest.mark.parametrize(
    ("says", "code"),
    [
        (ELEMENTS, "STATEMENT_ABOUT_ORGANISATION_ONLY"),
        *((tuple(one for one in ELEMENTS if one != left), "STATEMENT_INCOMPLETE")
          for left in ELEMENTS),
        ((*ELEMENTS, "product_claim"), "STATEMENT_INCOMPLETE"),
        ((), "STATEMENT_INCOMPLETE"),
    ],
)  # fmt: skip
def test_mk3_mk4_a_statement_names_three_things_and_claims_no_product(
    says: tuple[str, ...], code: str
) -> None:
    assert _seen(placement="packaging", seen=("statement",), says=says) == {code}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"model": "K7"}, None),
        ({"model": "K9"}, "MODEL_NOT_COVERED"),
        ({"factory": "F2"}, "FACTORY_NOT_COVERED"),
        ({"revision": "D"}, "MODEL_CHANGED_SINCE_CERTIFICATION"),
        ({"made_on": day("2023-04-02")}, "MADE_OUTSIDE_VALIDITY"),
        ({"made_on": day("2023-04-03")}, None),
    ],
)
@pytest.mark.parametrize("placement", ["product", "packaging"])
def test_mk6_a_products_mark_needs_a_licence_for_this_unit(
    asked: dict[str, Any], code: str | None, placement: str
) -> None:
    found = _seen("product", placement=placement, **asked)

    assert found == ({code, "PRODUCT_MARK_WITHOUT_LICENCE"} if code else set())


def test_mk6_a_change_that_is_still_evaluated_does_not_take_the_licence_away() -> None:
    kept = case("product").record
    assert kept is not None
    given = case("product", record=replace(kept, changes=(Change("D", "under_evaluation", None),)))

    assert _seen(given=given, placement="product", revision="D") == {"CHANGE_UNDER_EVALUATION"}


def test_mk6_a_unit_from_after_the_end_bears_no_licensed_mark() -> None:
    ended = record(event("granted", "2023-04-03"), event("cancelled", "2026-03-01"))
    given = case("product", record=ended)

    after = _seen(given=given, placement="product", made_on=day("2026-03-01"))
    before = _seen(given=given, placement="product", made_on=day("2026-02-28"))

    assert after == {
        "CANCELLED", "MADE_OUTSIDE_VALIDITY", "PRODUCT_MARK_WITHOUT_LICENCE", "MARK_STILL_IN_USE",
    }  # fmt: skip
    assert "PRODUCT_MARK_WITHOUT_LICENCE" not in before


def test_mk6_a_services_mark_is_for_no_goods() -> None:
    asked = {one: _seen("service", placement=one) for one in PLACEMENTS}

    without = {"PRODUCT_MARK_WITHOUT_LICENCE"}
    assert asked == {"product": without, "packaging": without, "letterhead": set(), "report": set()}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"functions": ("samples",), "plan": ()}, {"MARK_NOT_LICENSED"}),
        ({"mark_licence": False}, {"MARK_NOT_LICENSED"}),
        ({}, set()),
    ],
)
def test_mk7_a_type_without_a_licence_has_no_mark_on_goods(
    row: dict[str, Any], found: set[str]
) -> None:
    given = case("product", row=scope_row("product", **row))

    assert _seen(given=given, placement="product") == found
    assert _seen(given=given, placement="letterhead") == set()


@pytest.mark.parametrize(
    ("kind", "shape", "licensed", "found"),
    [
        ("management_system", "rectangle", None, {"MS_MARK_ON_PRODUCT"}),
        ("management_system", "rectangle", "management_system", {"MS_MARK_ON_PRODUCT"}),
        ("management_system", "circle", "management_system", {"MARK_KIND_MISMATCH"}),
        ("management_system", "circle", None, {"PRODUCT_MARK_WITHOUT_LICENCE"}),
        ("product", "circle", "product", set()),
        ("product", "rectangle", "product", {"MARK_KIND_MISMATCH"}),
        ("product", "rectangle", None, {"MS_MARK_ON_PRODUCT"}),
        ("service", "circle", None, {"PRODUCT_MARK_WITHOUT_LICENCE"}),
    ],
)
def test_mk8_the_shape_tells_the_kind(
    kind: str, shape: str, licensed: str | None, found: set[str]
) -> None:
    marked = certificate(kind, mark=Mark(kind=licensed) if licensed else None)

    assert _seen(given=case(kind, certificate=marked), placement="product", shape=shape) == found


@pytest.mark.parametrize(
    ("asked", "misused"),
    [
        ({"seen": ("accreditation_symbol",)}, True),
        ({"seen": ("accreditation_symbol",), "placement": "letterhead"}, True),
        ({"seen": ("accreditation_symbol", "own_mark"), "placement": "letterhead"}, False),
        ({"seen": ("own_mark",), "placement": "letterhead"}, False),
    ],
)
def test_mk9_an_accreditation_symbol_does_not_stand_alone(
    asked: dict[str, Any], misused: bool
) -> None:
    assert _seen(**asked) == ({"ACCREDITATION_SYMBOL_MISUSED"} if misused else set())


@pytest.mark.parametrize(
    ("seen", "alone"),
    [(("arrangement_mark",), True), (("arrangement_mark", "accreditation_symbol"), False)],
)
def test_ab10_an_arrangements_mark_that_was_seen_does_not_stand_alone(
    seen: tuple[str, ...], alone: bool
) -> None:
    found = _seen(seen=seen, placement="letterhead")

    assert found == ({"ARRANGEMENT_MARK_ALONE"} if alone else set())


@pytest.mark.parametrize(
    ("type_", "on", "used"),
    [
        ("suspended", "2026-06-15", True),
        ("suspended", "2026-06-16", False),
        ("withdrawn", "2026-06-15", True),
        ("cancelled", "2026-06-15", True),
    ],
)
def test_mk10_no_reference_while_it_is_suspended_or_withdrawn(
    type_: str, on: str, used: bool
) -> None:
    kept = record(event("granted", "2024-09-10"), event(type_, on), audits=[audit("2025-08-21")])

    found = _seen(given=case(record=kept), placement="letterhead")

    assert ("MARK_STILL_IN_USE" in found) is used


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"shown": "declaration", "seen": ("ce",)}, "CE_IS_A_MANUFACTURER_DECLARATION"),
        ({"shown": "declaration"}, "DECLARATION_ONLY"),
        ({"shown": "declaration", "seen": ("ce",), "needs": "product"},
         "CE_IS_A_MANUFACTURER_DECLARATION"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["management_system", "product", "service"])
def test_mk11_ce_is_the_makers_own_word(kind: str, asked: dict[str, Any], code: str) -> None:
    assert _seen(kind, **asked) == {code}


def test_mk12_iso_certifies_nobody() -> None:
    shown = certificate(displays=("iso_logo",))

    assert _seen(seen=("iso_logo",), placement="letterhead") == {"ISO_DOES_NOT_CERTIFY"}
    assert answer(case(certificate=shown)) == ("ACCEPT_WITH_WARNING", {"ISO_DOES_NOT_CERTIFY"})


def test_a_question_that_only_shows_a_mark_is_answered_by_this_table_alone() -> None:
    samples = case("product", row=scope_row("product", functions=("samples",), plan=()))

    assert _seen(given=samples, placement="letterhead") == set()
