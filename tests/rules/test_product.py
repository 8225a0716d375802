"""Product certificates (rules.md 2b): the unit, its factory, its design, and when it was made."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.accreditation import ScopeRow
from service.domain.certificate import Batch
from service.domain.question import Question
from service.domain.surveillance import Change, Record
from service.rules.policy import Policy
from tests.rules.building import (
    answer,
    case,
    certificate,
    codes,
    day,
    event,
    inspected,
    judged,
    record,
    scope_row,
)

GRANTED = event("granted", "2023-04-03")
HELD = inspected("2024-03-20", "2025-03-12", "2026-03-10")


def _fits(**asked: Any) -> set[str]:
    return codes(judged(case("product", question=Question(**asked))))


def _unit(
    made_on: str, *events: Any, on: str = "2026-06-15", row: ScopeRow | None = None,
    value: int | None = None, policy: Policy | None = None, **changes: Any,
) -> set[str]:  # fmt: skip
    """The codes about a unit of K7 made on a day, with these events since the grant."""
    given = case(
        "product",
        on=on,
        today="2026-06-15",
        question=Question(model="K7", made_on=day(made_on)),
        certificate=certificate("product", **changes),
        record=record(GRANTED, *events, audits=HELD),
        row=row or scope_row("product"),
        policy=policy or Policy(),
    )
    return codes(judged(given, value))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"models": (), "family": "K"}, None),
        ({"models": (), "batch": Batch("L1")}, None),
        ({"models": ()}, "INCOMPLETE_CERTIFICATE"),
    ],
)
def test_pc1_a_certificate_names_what_it_is_for(changes: dict[str, Any], code: str | None) -> None:
    part = certificate("product").product
    assert part is not None
    given = certificate("product", product=part._replace(**changes))

    assert codes(judged(case("product", certificate=given))) == ({code} if code else set())


@pytest.mark.parametrize("kind", ["product", "service"])
@pytest.mark.parametrize("standards", [(), ("CS 6004",), ("CS 7100",)])
def test_pc1_a_certificate_names_standards_with_editions(
    kind: str, standards: tuple[str, ...]
) -> None:
    given = case(kind, certificate=certificate(kind, standards=standards))

    assert "INCOMPLETE_CERTIFICATE" in codes(judged(given))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"effective": "2023-04-02"}, "BACKDATED"),
        ({"issued_on": "2023-04-02"}, "BACKDATED"),
        ({"issued_on": "2023-04-04"}, None),
    ],
)
def test_pc2_nothing_applies_from_before_its_decision(
    changes: dict[str, str], code: str | None
) -> None:
    given = case("product", certificate=certificate("product", **changes))

    assert codes(judged(given)) == ({code} if code else set())


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"model": "K7"}, True),
        ({"model": "K9"}, False),
        ({"model": "k7"}, False),
        ({"gtin": "05012345678900"}, True),
        ({"gtin": "5012345678900"}, True),
        ({"gtin": "5012345678917"}, False),
        ({"model": "K7", "gtin": "5012345678917"}, False),
    ],
)
def test_pc3_the_asked_model_is_among_the_certified(asked: dict[str, str], fits: bool) -> None:
    assert _fits(**asked) == (set() if fits else {"MODEL_NOT_COVERED"})


def test_pc3_a_family_is_asked_for_by_its_name() -> None:
    part = certificate("product").product
    assert part is not None
    given = certificate("product", product=part._replace(models=(), family="K-line"))

    asked = [codes(judged(case("product", certificate=given, question=Question(model=model))))
             for model in ("K-line", "K7")]  # fmt: skip

    assert asked == [set(), {"MODEL_NOT_COVERED"}]


@pytest.mark.parametrize(
    ("factory", "factories", "lists", "covered"),
    [
        ("F1", ("F1",), True, True),
        ("F2", ("F1",), True, False),
        ("F2", ("F1",), False, False),
        ("F2", None, False, True),
        ("F2", None, True, False),
    ],
)
def test_pc4_the_units_factory_is_listed_where_factories_are(
    factory: str, factories: tuple[str, ...] | None, lists: bool, covered: bool
) -> None:
    part = certificate("product").product
    assert part is not None
    given = case("product", certificate=certificate("product",
                 product=part._replace(factories=factories)),
                 row=scope_row("product", lists_factories=lists),
                 question=Question(factory=factory))  # fmt: skip

    assert codes(judged(given)) == (set() if covered else {"FACTORY_NOT_COVERED"})


def test_pc4_a_policy_may_leave_factories_alone() -> None:
    given = case("product", question=Question(factory="F2"), policy=Policy(factory_listed="ignore"))

    assert codes(judged(given)) == set()


@pytest.mark.parametrize(
    ("certified", "asked", "changes", "code"),
    [
        ("C", "C", (), None),
        ("C", "D", (), "MODEL_CHANGED_SINCE_CERTIFICATION"),
        ("C", "D", (Change("D", "approved", day("2026-06-15")),), None),
        ("C", "D", (Change("D", "approved", day("2026-06-16")),),
         "MODEL_CHANGED_SINCE_CERTIFICATION"),
        ("C", "D", (Change("D", "under_evaluation", None),), "CHANGE_UNDER_EVALUATION"),
        ("C", "D", (Change("E", "approved", None),), "MODEL_CHANGED_SINCE_CERTIFICATION"),
        ("C", "D", (Change("D", "under_evaluation", None), Change("D", "approved", None)), None),
        (None, "D", (), None),
        (None, "D", (Change("D", "under_evaluation", None),), "CHANGE_UNDER_EVALUATION"),
    ],
)  # fmt: skip
def test_pc5_the_unit_is_of_the_certified_design(
    certified: str | None, asked: str, changes: tuple[Change, ...], code: str | None
) -> None:
    part = certificate("product").product
    assert part is not None
    given = case("product", certificate=certificate("product",
                 product=part._replace(revision=certified)), question=Question(revision=asked),
                 record=record(GRANTED, audits=HELD, changes=changes))  # fmt: skip

    assert codes(judged(given)) == ({code} if code else set())


BATCH = Batch("L1", (("0100", "0199"), ("0300", "0300")))


def _of_type(label: str, batch: Batch | None, **asked: Any) -> tuple[str, set[str]]:
    part = certificate("product").product
    assert part is not None
    scheme = part.scheme._replace(id="SAMPLE", type=label)
    given = certificate("product", product=part._replace(scheme=scheme, batch=batch))
    row = scope_row("product", scheme="SAMPLE", type=label, plan=(), mark_licence=None)
    named = case("product").accreditation
    assert named is not None
    return answer(
        case("product", certificate=given, row=row, accreditation=replace(named, scope=(row,)),
             question=Question(**asked))
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        ({}, "ACCEPT_WITH_WARNING"),
        ({"standard": "CS 6004"}, "ACCEPT_WITH_WARNING"),
        ({"needs": "product"}, "NOT_FOR_THIS_PURPOSE"),
        ({"model": "K7"}, "NOT_FOR_THIS_PURPOSE"),
        ({"serial": "0200"}, "NOT_FOR_THIS_PURPOSE"),
        ({"serial": "0100"}, "ACCEPT"),
    ],
)
def test_pc6_a_certificate_for_samples_speaks_for_samples(
    asked: dict[str, str], verdict: str
) -> None:
    found = _of_type("1a", BATCH, **asked)

    assert found == (verdict, set() if verdict == "ACCEPT" else {"SAMPLE_ONLY"})


@pytest.mark.parametrize(
    ("batch", "asked", "inside"),
    [
        (BATCH, {"lot": "L1"}, True),
        (BATCH, {"lot": "L2"}, False),
        (BATCH, {"serial": "0099"}, False),
        (BATCH, {"serial": "0100"}, True),
        (BATCH, {"serial": "0199"}, True),
        (BATCH, {"serial": "0200"}, False),
        (BATCH, {"serial": "0300"}, True),
        (BATCH, {"serial": "0301"}, False),
        (BATCH, {"serial": "150"}, False),
        (BATCH, {"serial": "0150", "lot": "L2"}, False),
        (BATCH, {"serial": "0150", "lot": "L1"}, True),
        (Batch("L1"), {"serial": "0150", "lot": "L1"}, True),
        (Batch("L1"), {"serial": "0150"}, False),
        (Batch(None, (("1", "9"),)), {"lot": "L1"}, False),
        (None, {"lot": "L1"}, False),
        (BATCH, {}, True),
    ],
)
def test_pc7_a_batch_has_its_lot_and_its_serials(
    batch: Batch | None, asked: dict[str, str], inside: bool
) -> None:
    verdict, found = _of_type("1b", batch, **asked)

    assert found == (set() if inside else {"OUTSIDE_BATCH"})
    assert verdict == ("ACCEPT" if inside else "NOT_FOR_THIS_PURPOSE")


@pytest.mark.parametrize(("made", "outside"), [("2023-04-02", True), ("2023-04-03", False)])
def test_pc8_a_unit_made_before_the_grant_is_not_covered(made: str, outside: bool) -> None:
    assert _unit(made) == ({"MADE_OUTSIDE_VALIDITY"} if outside else set())


def test_pc8_a_later_revision_has_the_grant_of_the_first() -> None:
    revised = {"decided": "2025-09-01", "revision": 2, "supersedes": 1}
    given = case("product", certificate=certificate("product", **revised),
                 question=Question(made_on=day("2024-01-15")),
                 record=record(GRANTED, audits=HELD, revision=2))  # fmt: skip

    assert codes(judged(given)) == set()


ENDED = event("cancelled", "2026-03-01", reason="client_request")


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("2026-02-28", {"MADE_BEFORE_END"}),
        ("2026-03-01", {"CANCELLED", "MADE_OUTSIDE_VALIDITY"}),
        ("2026-03-02", {"CANCELLED", "MADE_OUTSIDE_VALIDITY"}),
    ],
)
def test_pc8_pc9_a_unit_made_before_the_end_may_stay_good(made: str, found: set[str]) -> None:
    assert _unit(made, ENDED) == found


def test_pc9_only_where_the_scheme_keeps_units() -> None:
    keeps = Policy(grandfather_units=True)
    silent = scope_row("product", grandfather_units=None)
    refuses = scope_row("product", grandfather_units=False)

    assert _unit("2026-02-28", ENDED, row=refuses, policy=keeps) == {"CANCELLED"}
    assert _unit("2026-02-28", ENDED, row=silent) == {"CANCELLED"}
    assert _unit("2026-02-28", ENDED, row=silent, policy=keeps) == {"MADE_BEFORE_END"}


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("2026-04-30", {"MADE_BEFORE_END"}),
        ("2026-05-01", {"EXPIRED", "MADE_OUTSIDE_VALIDITY"}),
    ],
)
def test_pc9_an_expiry_is_an_end_too(made: str, found: set[str]) -> None:
    assert _unit(made, expires="2026-04-30") == found


def test_pc8_a_unit_from_after_the_last_day_is_outside_even_before_that_day() -> None:
    assert _unit("2026-06-12", on="2026-06-10", expires="2026-06-11", value=0) == {
        "MADE_OUTSIDE_VALIDITY"
    }


@pytest.mark.parametrize(
    ("reason", "good"),
    [
        ("failure", True),
        ("fees", True),
        ("safety", False),
        ("nonconforming_product", False),
        ("fraud", False),
        (None, False),  # for all we know
    ],
)
def test_pc10_some_reasons_speak_against_the_units(reason: str | None, good: bool) -> None:
    found = _unit("2026-02-28", event("withdrawn", "2026-03-01", reason=reason))

    assert found == ({"MADE_BEFORE_END"} if good else {"WITHDRAWN"})


def test_pc10_a_withdrawal_for_safety_counts_after_an_expiry_too() -> None:
    withdrawn = event("withdrawn", "2026-05-20", reason="safety")

    assert _unit("2026-02-28", withdrawn, expires="2026-04-30") == {"WITHDRAWN"}


SUSPENDED = event("suspended", "2026-03-01", reason="failure")


@pytest.mark.parametrize(
    ("made", "code"),
    [("2026-02-28", "SUSPENDED_LATER"), ("2026-03-01", "SUSPENDED"), ("2026-03-02", "SUSPENDED")],
)
def test_pc13_a_suspension_touches_what_is_made_from_then_on(made: str, code: str) -> None:
    assert _unit(made, SUSPENDED) == {code}


def test_pc13_where_nobody_asks_when_it_was_made_it_is_suspended() -> None:
    kept = record(GRANTED, SUSPENDED, audits=HELD)

    assert answer(case("product", record=kept)) == ("REJECT", {"SUSPENDED"})
    asked = case("product", record=kept, question=Question(made_on=day("2026-02-28")))
    assert answer(asked) == ("ACCEPT_WITH_WARNING", {"SUSPENDED_LATER"})
    strict = asked._replace(policy=Policy(suspended_units="reject"))
    assert answer(strict) == ("REJECT", {"SUSPENDED_LATER"})


@pytest.mark.parametrize(
    ("made", "found"),
    [
        ("2026-02-28", set()),
        ("2026-03-01", {"MADE_OUTSIDE_VALIDITY"}),
        ("2026-04-30", {"MADE_OUTSIDE_VALIDITY"}),
        ("2026-05-01", set()),
    ],
)
def test_pc8_pc13_a_unit_made_during_a_suspension_stays_outside(made: str, found: set[str]) -> None:
    assert _unit(made, SUSPENDED, event("reinstated", "2026-05-01")) == found


def test_pc8_pc13_a_second_suspension_does_not_cover_up_the_first() -> None:
    again = event("suspended", "2026-06-01")

    found = _unit("2026-04-01", SUSPENDED, event("reinstated", "2026-05-01"), again)

    assert found == {"MADE_OUTSIDE_VALIDITY", "SUSPENDED_LATER"}


def test_pc8_a_unit_made_in_the_gap_between_two_terms_is_outside() -> None:
    restored: dict[str, Any] = {"decided": "2026-02-01", "previous_expires": "2025-12-31"}

    asked = [_unit(made, **restored) - {"BACKDATED"} for made in
             ("2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01")]  # fmt: skip

    outside = {"MADE_OUTSIDE_VALIDITY"}
    assert asked == [set(), outside, outside, set()]


@pytest.mark.parametrize(
    ("standard", "on", "made", "test", "code"),
    [
        ("CS 6004:2012", "2022-10-31", None, "on", "EDITION_ENDING"),
        ("CS 6004:2012", "2022-11-01", None, "on", "EDITION_ENDED"),
        ("CS 6004:2012", "2022-11-01", "2022-10-31", "on", "EDITION_ENDED"),
        ("CS 6004:2012", "2022-11-01", "2022-10-31", "made_on", None),
        ("CS 6004:2012", "2022-11-02", "2022-11-01", "made_on", "EDITION_ENDED"),
        ("CS 6004:2018", "2026-06-15", None, "on", "NEWER_EDITION_EXISTS"),
        ("CS 6004:2019", "2026-06-15", None, "on", None),
    ],
)
def test_pc15_an_edition_ends_or_has_a_successor(
    standard: str, on: str, made: str | None, test: str, code: str | None
) -> None:
    row = scope_row("product", standards=None, edition_test=test)
    named = case("product").accreditation
    assert named is not None
    given = certificate("product", standards=(standard,), decided="2022-01-10")
    asked = Question(made_on=day(made)) if made else Question()
    found = codes(judged(case("product", on=on, certificate=given, row=row, question=asked,
                              accreditation=replace(named, scope=(row,)))))  # fmt: skip

    assert found & {"EDITION_ENDED", "EDITION_ENDING", "NEWER_EDITION_EXISTS"} == (
        {code} if code else set()
    )


def test_pc17_a_step_of_a_scheme_is_no_licence() -> None:
    step = certificate(prerequisite_for="CABLE-5")

    assert codes(judged(case(certificate=step, question=Question(model="K7")))) == {
        "PREREQUISITE_ONLY"
    }
    assert codes(judged(case(certificate=step, question=Question(needs="service")))) == {
        "MS_NOT_SERVICE"
    }


def test_what_the_record_of_a_product_does_not_have_is_not_made_up() -> None:
    empty: Record = record()

    assert "DRAFT" in codes(judged(case("product", record=empty)))
