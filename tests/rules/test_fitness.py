"""What never stands for what (rules.md 2g): the whole matrix, and nothing asked that is ignored."""

from typing import Any

import pytest

from service.domain.question import NEEDS, SHOWN, Question
from service.domain.verdict import Axis
from service.rules.assessment import assess_fit
from tests.rules.building import case, codes, day, known

KINDS = ("management_system", "product", "service")
MATRIX = {
    ("product", "management_system"): "MS_NOT_PRODUCT",
    ("product", "product"): None,
    ("product", "service"): "SERVICE_NOT_PRODUCT",
    ("management_system", "management_system"): None,
    ("management_system", "product"): "PRODUCT_NOT_MS",
    ("management_system", "service"): "SERVICE_NOT_MS",
    ("service", "management_system"): "MS_NOT_SERVICE",
    ("service", "product"): "PRODUCT_NOT_SERVICE",
    ("service", "service"): None,
}
OF_NO_KIND = {
    "test_report": "REPORT_NOT_CERTIFICATE",
    "accreditation": "ACCREDITATION_NOT_CERTIFICATION",
    "declaration": "DECLARATION_ONLY",
}


def _fit(kind: str, **asked: Any) -> set[str]:
    return codes(assess_fit(case(kind, question=Question(**asked))))


def test_the_matrix_has_every_pair() -> None:
    assert MATRIX.keys() == {(needed, shown) for needed in NEEDS for shown in KINDS}
    assert OF_NO_KIND.keys() | {"certificate"} == set(SHOWN)


@pytest.mark.parametrize(("needed", "shown"), MATRIX)
def test_pc16_pc18_one_kind_never_answers_for_another(needed: str, shown: str) -> None:
    code = MATRIX[needed, shown]

    assert _fit(shown, needs=needed) == ({code} if code else set())
    assert _fit(shown, needs=needed, shown="certificate") == ({code} if code else set())


@pytest.mark.parametrize("needs", [*NEEDS, None])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shown", OF_NO_KIND)
def test_what_is_no_certificate_stands_for_none(kind: str, shown: str, needs: str | None) -> None:
    assert _fit(kind, shown=shown, needs=needs) == {OF_NO_KIND[shown]}


@pytest.mark.parametrize("kind", ["management_system", "service"])
def test_a_us_workplace_needs_a_product_certificate(kind: str) -> None:
    code = MATRIX["product", kind]

    assert _fit(kind, purpose="us-workplace") == {code}
    assert _fit(kind, purpose="us-workplace", needs=kind) == {code}


# Every field that asks for something, with a value that no certificate here has.
FOREIGN: dict[str, Any] = {
    "model": "no such model",
    "gtin": "00000000000000",
    "serial": "no such serial",
    "lot": "no such lot",
    "made_on": day("1999-01-01"),
    "factory": "no such factory",
    "revision": "no such revision",
    "standard": "XY 1:1999",
    "site": "no such site",
    "activity": "no such code",
    "holder": "no such holder",
    "purpose": "eu-authority",
    "shown": "declaration",
}
# A serial number or a lot of a type that certifies all production says nothing against it.
HARMLESS = {("product", "serial"), ("product", "lot")}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", FOREIGN)
def test_cm1_no_question_is_ignored(kind: str, field: str) -> None:
    found = _fit(kind, **{field: FOREIGN[field]})

    assert bool(found) is ((kind, field) not in HARMLESS), found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("needs", NEEDS)
@pytest.mark.parametrize("field", FOREIGN)
def test_cm1_no_question_is_ignored_whatever_is_needed(kind: str, needs: str, field: str) -> None:
    found = _fit(kind, needs=needs, **{field: FOREIGN[field]})

    assert bool(found) is ((kind, field) not in HARMLESS or needs != kind), found


def test_an_empty_question_asks_nothing() -> None:
    for kind in KINDS:
        assert assess_fit(case(kind)) == []


@pytest.mark.parametrize(
    ("kind", "standard", "code"),
    [
        ("management_system", "CS 6004:2019", "MS_NOT_PRODUCT"),
        ("product", "ISO 9001", "PRODUCT_NOT_MS"),
        ("product", "CS 7100", "PRODUCT_NOT_SERVICE"),
        ("service", "ISO 14001", "SERVICE_NOT_MS"),
        ("service", "CS 6004", "SERVICE_NOT_PRODUCT"),
        ("product", "CS 6004:2012", "STANDARD_NOT_THE_ONE_ASKED"),
        ("product", "CS 6004:1999", "STANDARD_NOT_THE_ONE_ASKED"),
        ("product", "ISO 26000", "STANDARD_NOT_THE_ONE_ASKED"),
    ],
)
def test_cm1_cm2_a_standard_implies_its_kind(kind: str, standard: str, code: str) -> None:
    assert known().kind(standard) is not None
    assert _fit(kind, standard=standard) == {code}


def test_what_does_not_fit_is_found_about_the_fit() -> None:
    for kind in KINDS:
        for needed in NEEDS:
            findings = assess_fit(case(kind, question=Question(needs=needed)))
            assert {one.axis for one in findings if one.code} <= {Axis.FITS}
