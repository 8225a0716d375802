"""Recognition of the accreditation body (rules.md 2d): for this norm and standard, then and now."""

from typing import Any

import pytest

from service.domain.accreditation import Recognition
from service.domain.dates import Period
from service.domain.question import Question
from service.domain.verdict import Outcome
from service.rules.lookalike import resembles
from service.rules.policy import Policy
from tests.rules.building import (
    accreditation,
    answer,
    case,
    certificate,
    codes,
    day,
    judged,
    notes,
    only,
    recognised,
    recognition,
    scope_row,
)
from tests.world import World

ROW = recognised()


def _by(*rows: Any, kind: str = "management_system", **more: Any) -> set[str]:
    found = codes(judged(case(kind, recognition=recognition(*rows), **more)))
    return found - {"SURV_OVERDUE", "SURV_UNCONFIRMED", "SURV_SECOND_YEAR_LATE"}


def test_ab1_a_body_outside_every_pinned_arrangement_is_not_recognised() -> None:
    world = World()
    outside = world.new_ab("elsewhere", recognised=False)
    token = world.new_cb("cbx", by=outside).issue()

    assert list(world.verify(token).codes) == ["AB_NOT_RECOGNISED"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((ROW,), None),
        ((), "AB_NOT_RECOGNISED_FOR_THIS_KIND"),
        ((recognised(norm="ISO/IEC 17065", standards=None),), "AB_NOT_RECOGNISED_FOR_THIS_KIND"),
        ((recognised(since="2024-09-10"),), None),
        ((recognised(since="2024-09-11"),), "AB_NOT_RECOGNISED_FOR_THIS_KIND"),
        ((recognised(since="2026-07-01"),), "AB_NOT_RECOGNISED_FOR_THIS_KIND"),
    ],
)
def test_ab2_the_norm_is_recognised_then_and_now(rows: tuple[Any, ...], code: str | None) -> None:
    assert _by(*rows) == ({code} if code else set())


@pytest.mark.parametrize("kind", ["product", "service"])
def test_ab2_being_recognised_for_systems_is_nothing_for_products(kind: str) -> None:
    assert _by(ROW, kind=kind) == {"AB_NOT_RECOGNISED_FOR_THIS_KIND"}
    both = (ROW, recognised(norm="ISO/IEC 17065", standards=None))
    assert _by(*both, kind=kind) == set()


@pytest.mark.parametrize(
    ("main_scope", "standards", "found"),
    [
        (True, ("ISO 14001",), {"MAIN_SCOPE_ONLY"}),
        (False, ("ISO 14001",), {"AB_NOT_RECOGNISED_FOR_THIS_KIND", "SCOPE_WIDENED"}),
        (True, (), {"MAIN_SCOPE_ONLY"}),
        (False, (), {"AB_NOT_RECOGNISED_FOR_THIS_KIND", "SCOPE_WIDENED"}),
        (False, None, set()),
        (False, ("ISO 9001:2015",), set()),
        (False, ("ISO 9001:2008",), {"AB_NOT_RECOGNISED_FOR_THIS_KIND", "SCOPE_WIDENED"}),
        (False, ("ISO 14001", "ISO 9001"), set()),
    ],
)
def test_ab3_a_standard_beyond_the_list(
    main_scope: bool, standards: tuple[str, ...] | None, found: set[str]
) -> None:
    assert _by(recognised(main_scope=main_scope, standards=standards)) == found


def test_ab3_each_standard_of_a_certificate_is_looked_at() -> None:
    both = certificate(standards=("ISO 9001:2015", "ISO 14001:2015"))
    named = accreditation(scope=(scope_row(standards=None),))
    whole = recognised(main_scope=True)

    assert _by(ROW, certificate=both, accreditation=named) == {
        "AB_NOT_RECOGNISED_FOR_THIS_KIND", "SCOPE_WIDENED",
    }  # fmt: skip
    assert _by(whole, certificate=both, accreditation=named) == {"MAIN_SCOPE_ONLY"}


@pytest.mark.parametrize(
    ("on", "noted"), [("2025-12-31", False), ("2026-01-01", True), ("2026-06-15", True)]
)
def test_ab4_the_new_arrangement_carries_the_old_ones_bodies_over(on: str, noted: bool) -> None:
    carried = recognition(recognised(by_continuity=True))

    findings = judged(case(on=on, recognition=carried))

    assert codes(findings) == set()
    assert ("AB_RECOGNISED_BY_CONTINUITY" in notes(findings)) is noted


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2025-12-31", None),
        ("2026-01-01", "AB_RECOGNITION_ENDED_TRANSFER_BY"),
        ("2026-07-01", "AB_RECOGNITION_ENDED_TRANSFER_BY"),
        ("2026-07-02", "AB_RECOGNITION_ENDED"),
    ],
)
def test_ab4_ab6_a_policy_without_continuity_ends_with_the_old_arrangements(
    on: str, code: str | None
) -> None:
    found = _by(recognised(by_continuity=True), on=on, policy=Policy(continuity=False))

    assert found == ({code} if code else set())


@pytest.mark.parametrize(
    ("since", "code"),
    [
        ("2025-12-31", "AB_RECOGNITION_ENDED_TRANSFER_BY"),
        ("2026-01-01", "AB_NOT_RECOGNISED_FOR_THIS_KIND"),
    ],
)
def test_ab4_without_continuity_only_what_the_old_arrangements_granted_holds(
    since: str, code: str
) -> None:
    given = certificate(decided=since, expires="2028-12-30")

    found = _by(recognised(by_continuity=True, since=since), certificate=given,
                policy=Policy(continuity=False))  # fmt: skip

    assert found == {code}


def test_ab4_what_the_new_arrangement_grants_needs_no_continuity() -> None:
    assert _by(ROW, policy=Policy(continuity=False)) == set()


def _suspended(first: str, last: str | None, **more: Any) -> Recognition:
    spell = Period(day(first), None if last is None else day(last))
    return recognition(recognised(suspended=(spell,)), **more)


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("2026-02-28", None),
        ("2026-03-01", Outcome.ACCEPT_WITH_WARNING),
        ("2026-05-31", Outcome.ACCEPT_WITH_WARNING),
        ("2026-06-01", None),
    ],
)
def test_ab5_a_suspended_recognition_warns_on_its_days(on: str, found: Outcome | None) -> None:
    given = case(on=on, recognition=_suspended("2026-03-01", "2026-05-31"))

    outcomes = [one.outcome for one in judged(given) if one.code == "AB_RECOGNITION_SUSPENDED"]

    assert outcomes == ([found] if found else [])


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        ("2024-09-11", "2024-12-31", False),
        ("2024-09-10", "2024-12-31", True),
        ("2024-01-01", "2024-09-10", True),
        ("2024-01-01", "2024-09-09", False),
    ],
)
def test_ab5_what_was_decided_during_it_is_refused(first: str, last: str, refused: bool) -> None:
    given = case(recognition=_suspended(first, last))

    assert answer(given) == (
        ("REJECT", {"AB_RECOGNITION_SUSPENDED"}) if refused else ("ACCEPT", set())
    )


def test_ab5_at_home_it_is_a_remark_and_a_policy_may_refuse_elsewhere() -> None:
    at_home = _suspended("2026-03-01", None, economy=("GB",))
    abroad = _suspended("2026-03-01", None, economy=("NZ",))
    strict = Policy(ab_suspended="reject")

    assert answer(case(recognition=at_home)) == ("ACCEPT", set())
    assert "AB_RECOGNITION_SUSPENDED" in notes(judged(case(recognition=at_home, policy=strict)))
    assert answer(case(recognition=abroad, policy=strict)) == (
        "REJECT", {"AB_RECOGNITION_SUSPENDED"},
    )  # fmt: skip


def test_ab5_a_suspension_for_another_standard_is_none() -> None:
    spell = (Period(day("2026-03-01"), None),)

    assert _by(ROW, recognised(standards=("ISO 14001",), suspended=spell)) == set()
    assert _by(ROW, recognised(standards=None, suspended=spell)) == {"AB_RECOGNITION_SUSPENDED"}


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2026-01-31", None),
        ("2026-02-01", "AB_RECOGNITION_ENDED_TRANSFER_BY"),
        ("2026-08-01", "AB_RECOGNITION_ENDED_TRANSFER_BY"),
        ("2026-08-02", "AB_RECOGNITION_ENDED"),
    ],
)
@pytest.mark.parametrize(
    "others", [(), (recognised(standards=("ISO 14001",)),)], ids=["alone", "another-standard"]
)
def test_ab6_a_recognition_ended_and_the_holder_must_move(
    on: str, code: str | None, others: tuple[Any, ...]
) -> None:
    assert _by(recognised(until="2026-01-31"), *others, on=on) == ({code} if code else set())


@pytest.mark.parametrize(
    ("decided", "code"),
    [
        ("2026-01-31", "AB_RECOGNITION_ENDED_TRANSFER_BY"),
        ("2026-02-01", "AB_RECOGNITION_ENDED"),
    ],
)
def test_ab6_nothing_is_decided_from_the_end_on(decided: str, code: str) -> None:
    given = certificate(decided=decided, expires="2028-12-31")

    assert _by(recognised(until="2026-01-31"), certificate=given) == {code}


def test_ab6_the_limit_is_the_certificates_end_if_that_is_sooner() -> None:
    soon = case(certificate=certificate(expires="2026-06-30"),
                recognition=recognition(recognised(until="2026-01-31")))  # fmt: skip

    found = only(judged(soon), "AB_RECOGNITION_ENDED_TRANSFER_BY")

    assert found.facts == {"date": day("2026-02-01"), "limit": day("2026-06-30")}


def test_ab6_a_row_that_goes_on_under_another_name_is_no_end() -> None:
    rows = (recognised(until="2025-12-31"), recognised(since="2026-01-01"))

    assert [_by(*rows, on=on) for on in ("2025-12-31", "2026-01-01", "2026-06-15")] == [set()] * 3


def test_ab7_a_body_does_not_accredit_itself() -> None:
    world = World()
    world.cb.id = world.ab.id
    world.cb.accreditation = {"by": world.ab.id, "number": "0164"}
    token = world.cb.issue()

    report = world.verify(token)

    assert str(report.verdict) == "REJECT"
    assert {"SELF_ACCREDITED", "CHAIN_ROLE"} & {str(code) for code in report.codes}


def test_ab7_who_signs_for_both_is_one_body() -> None:
    world = World()
    rows = world.ab.of(world.cb)
    rows["keys"] = [world.cb.names(world.ab.federation, "certificate")]
    token = world.cb.issue(key=world.ab.federation)

    assert list(world.verify(token).codes) == ["SELF_ACCREDITED"]


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("Northland Accreditation", True),
        ("Northlands Accreditation", True),
        ("Northlandz Accreditatiom", True),
        ("Nordland Akkreditation", False),
        ("NAS", True),
        ("New Accreditation Service", True),
        ("Southland Certification", False),
    ],
)
def test_ab8_a_name_two_letters_away_or_with_the_same_acronym(name: str, alike: bool) -> None:
    known = (
        "Northland Accreditation Service" if name in ("NAS", "New Accreditation Service")
        else "Northland Accreditation"
    )  # fmt: skip

    assert resembles(name, known, distance=2) is alike


def _shows(*displays: str, policy: Policy | None = None) -> set[str]:
    given = certificate(displays=displays)
    return codes(judged(case(certificate=given, policy=policy or Policy())))


def test_ab9_an_arrangements_mark_is_not_shown_before_its_launch() -> None:
    signed = certificate().issued_at
    early = {"ARRANGEMENT_MARK_TOO_EARLY"}

    assert _shows("ab_symbol", "global_aci_mra") == early
    assert _shows("global_aci_mra", policy=Policy(global_aci_mark_launch=signed + 1)) == early
    assert _shows("global_aci_mra", policy=Policy(global_aci_mark_launch=signed)) == set()


@pytest.mark.parametrize(
    ("displays", "alone"),
    [
        ((), False),
        (("ab_symbol",), False),
        (("iaf_mla",), True),
        (("ilac_mra",), True),
        (("iaf_mla", "ab_symbol"), False),
    ],
)
def test_ab10_an_arrangements_mark_stands_beside_the_bodys_symbol(
    displays: tuple[str, ...], alone: bool
) -> None:
    assert _shows(*displays) == ({"ARRANGEMENT_MARK_ALONE"} if alone else set())


@pytest.mark.parametrize(
    ("nab", "peers", "good"),
    [(True, ("EA",), True), (True, ("APAC",), False), (False, ("EA",), False),
     (None, ("EA",), False), (True, (), False)],
)  # fmt: skip
def test_ab11_an_eu_authority_wants_the_national_body(
    nab: bool | None, peers: tuple[str, ...], good: bool
) -> None:
    body = recognition(ROW, eu_nab=nab, peer_evaluated_by=peers)

    found = answer(case(recognition=body, question=Question(purpose="eu-authority")))

    assert found == (("ACCEPT", set()) if good else ("REJECT", {"NOT_AN_EU_NAB"}))


def test_ab11_where_no_body_stands_between_there_is_no_national_body() -> None:
    asked = Question(purpose="eu-authority")

    assert "NOT_AN_EU_NAB" in codes(judged(case(recognition=None, question=asked)))
