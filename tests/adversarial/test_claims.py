"""The claims of a certificate are a closed set, and each has one type (security.md R7).

Here the body itself signs them: it is careless, or wants to be read in two ways.
"""

from typing import Any

import pytest

from service.credential.claims import CLAIM_NAMES
from service.domain.verdict import Unavailable
from tests.adversarial.expectation import assert_answer
from tests.world import GONE, Claims, World

TRANSFER = {"by": "https://cb2.example", "number": "7"}
ANNEX = {"url": "https://cb1.example/annex/7", "sha256": "x"}


def refused(world: World, code: str, /, certifier: str = "cb", **changes: Any) -> None:
    report = world.verify(getattr(world, certifier).issue(**changes))

    assert_answer(report, "REJECT", code, genuine="no")
    assert report.codes == (code,)
    assert world.network.fetched == []


def part(world: World, claim: str, /, certifier: str = "cb", **changes: Any) -> Claims:
    """One object of the base claims with members changed or gone."""
    claims = getattr(world, certifier).claims()[claim]
    return {one: value for one, value in {**claims, **changes}.items() if value is not GONE}


@pytest.mark.parametrize(
    "name", ["jti", "rev", "kind", "standards", "decided", "effective", "holder", "organisation"]
)
@pytest.mark.parametrize("value", [GONE, None])
def test_what_every_certificate_states_must_be_there(
    world: World, name: str, value: object
) -> None:
    exp = world.cb.claims()["exp"]

    refused(world, "CLAIM_MISSING", **{name: value, "exp": exp})


@pytest.mark.parametrize(
    "name", ["scheme", "nbf", "aud", "sub", "ISS", "status_list", "", "x-note"]
)
def test_an_unknown_claim_is_refused(world: World, name: str) -> None:
    refused(world, "CLAIM_UNKNOWN", **{name: "x"})


# The issuer is looked for first, and a status has codes of its own.
@pytest.mark.parametrize("name", [name for name in CLAIM_NAMES if name not in ("iss", "status")])
@pytest.mark.parametrize("value", [{"x": [True]}, [[]], True])
def test_no_claim_is_without_a_type(world: World, name: str, value: Any) -> None:
    report = world.verify(world.cb.issue(**{"exp": 1_820_530_800, name: value}))

    assert (report.verdict, report.genuine) == ("REJECT", "no")
    assert report.codes in (("CLAIM_TYPE",), ("CLAIM_UNKNOWN",))


@pytest.mark.parametrize(
    "status",
    [
        {"status_list": {"idx": 7, "uri": "https://cb1.example/status/1", "bits": 4}},
        {"status_list": {"idx": 7, "uri": "https://cb1.example/status/1"}, "crl": "x"},
    ],
)
def test_a_status_is_a_closed_set_too(world: World, status: Claims) -> None:
    refused(world, "CLAIM_UNKNOWN", status=status)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("rev", -1, "CLAIM_TYPE"),
        ("rev", "1", "CLAIM_TYPE"),
        ("jti", "", "CLAIM_TYPE"),
        ("jti", "x" * 4_001, "CLAIM_TYPE"),
        ("kind", "person", "CLAIM_TYPE"),
        ("kind", "Product", "CLAIM_TYPE"),
        ("standards", "ISO 9001:2015", "CLAIM_TYPE"),
        ("standards", [9001], "CLAIM_TYPE"),
        ("standards", [""], "CLAIM_TYPE"),
        ("decided", "1949-12-31", "TIME_RANGE"),
        ("decided", "2100-01-01", "TIME_RANGE"),
        ("languages", ["de"], "CLAIM_TYPE"),
        ("languages", {"de": ""}, "CLAIM_TYPE"),
        ("languages", {"": "x"}, "CLAIM_TYPE"),
        ("displays", ["ce"], "CLAIM_TYPE"),
        ("displays", "ab_symbol", "CLAIM_TYPE"),
        ("mark", {"colour": "red"}, "CLAIM_UNKNOWN"),
        ("annex", {**ANNEX, "size": 1}, "CLAIM_UNKNOWN"),
        ("annex", {"url": "x"}, "CLAIM_MISSING"),
        ("transferred_from", {"by": "x"}, "CLAIM_MISSING"),
        ("transferred_from", {**TRANSFER, "decided": "yesterday"}, "CLAIM_TYPE"),
        ("supersedes", "1", "CLAIM_TYPE"),
        ("previous_expires", 5, "CLAIM_TYPE"),
    ],
)
def test_a_claim_of_another_kind_is_refused(world: World, name: str, value: Any, code: str) -> None:
    refused(world, code, **{name: value})


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("holder", {"name": GONE}, "CLAIM_MISSING"),
        ("holder", {"country": GONE}, "CLAIM_MISSING"),
        ("holder", {"vat": "x"}, "CLAIM_UNKNOWN"),
        ("holder", {"address": []}, "CLAIM_TYPE"),
        ("organisation", {"scope": GONE}, "CLAIM_MISSING"),
        ("organisation", {"codes": "iaf:17"}, "CLAIM_TYPE"),
        ("organisation", {"products": []}, "CLAIM_UNKNOWN"),
        ("organisation", {"sites": [{}]}, "CLAIM_MISSING"),
        ("organisation", {"sites": [{"name": "x", "floor": 1}]}, "CLAIM_UNKNOWN"),
        ("organisation", {"sites": [{"name": "x", "central": 1}]}, "CLAIM_TYPE"),
        ("organisation", {"sites": [{"name": "x", "linked": "friendship"}]}, "CLAIM_TYPE"),
        ("organisation", {"sites": [{"name": "x"}] * 501}, "TOKEN_TOO_LARGE"),
        ("accreditation", {"since": "2015-03-02"}, "CLAIM_UNKNOWN"),
    ],
)
def test_an_object_is_a_closed_set_too(world: World, name: str, changes: Claims, code: str) -> None:
    changed: Any = part(world, name, **changes)

    refused(world, code, **{name: changed})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scheme": GONE}, "CLAIM_MISSING"),
        ({"scheme": {"id": "CABLE-5"}}, "CLAIM_MISSING"),
        ({"scheme": {"id": "CABLE-5", "type": "5", "x": 1}}, "CLAIM_UNKNOWN"),
        ({"models": "K7"}, "CLAIM_TYPE"),
        ({"scope": "x"}, "CLAIM_UNKNOWN"),
        ({"batch": {"serials": ["1-9"]}}, "CLAIM_TYPE"),
        ({"batch": {"serials": [["1"]]}}, "CLAIM_TYPE"),
        ({"batch": {"serials": [["1", 9]]}}, "CLAIM_TYPE"),
        ({"batch": {"serials": [["1", "5", "9"]]}}, "CLAIM_TYPE"),
        ({"batch": {"year": 2026}}, "CLAIM_UNKNOWN"),
    ],
)
def test_a_product_is_a_closed_set_too(world: World, changes: Claims, code: str) -> None:
    product = part(world, "product", "product_cb", **changes)

    refused(world, code, "product_cb", product=product)


def test_a_certificate_is_of_one_kind(world: World) -> None:
    product = world.product_cb.claims()["product"]

    refused(world, "CLAIM_INCONSISTENT", product=product)
    refused(world, "CLAIM_MISSING", kind="product")
    refused(world, "CLAIM_MISSING", kind="product", organisation=GONE)


@pytest.mark.parametrize("iss", [GONE, None, 5, [], {}, True])
def test_a_certificate_says_who_issued_it(world: World, iss: object) -> None:
    report = world.verify(world.cb.issue(iss=iss))

    assert report.codes in (("CLAIM_MISSING",), ("CLAIM_TYPE",))
    assert world.network.asked_about == []


@pytest.mark.parametrize(
    "claim",
    ["", 0, False, [], {}, "https://ab1.example", {"by": "https://ab1.example"},
     {"by": "https://ab1.example", "number": 164}, {"by": ["https://ab1.example"], "number": "7"}],
)  # fmt: skip
def test_nobody_is_asked_about_an_accreditation_that_cannot_be_read(
    world: World, claim: object
) -> None:
    refused(world, "CLAIM_TYPE", accreditation=claim)
    assert world.network.asked_about == []


def test_papers_that_cannot_be_had_leave_everything_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(subject: str) -> list[str]:
        raise Unavailable(subject)

    monkeypatch.setattr(world.network, "about", down)

    report = world.verify(world.cb.issue())

    assert_answer(
        report, "CANNOT_CONFIRM", "CHAIN_UNAVAILABLE", genuine="unknown", in_force="unknown"
    )
