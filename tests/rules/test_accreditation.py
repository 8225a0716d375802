"""Accreditation of the certifier (rules.md 2c): for this, on the day of the decision, and since."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.accreditation import Accreditation, Adoption, Part
from service.domain.certificate import Organisation, Site
from service.domain.dates import Period
from service.domain.question import Question
from service.rules.packs import shipped_packs
from service.rules.policy import Policy
from tests.rules.building import (
    accreditation,
    answer,
    case,
    certificate,
    codes,
    day,
    happened,
    judged,
    notes,
    only,
    scope_row,
)


def _under(given: Accreditation | None, **more: Any) -> set[str]:
    """The codes of a certificate under this accreditation; surveillance is another matter."""
    found = codes(judged(case(accreditation=given, **more)))
    return found - {"SURV_OVERDUE", "SURV_UNCONFIRMED", "SURV_SECOND_YEAR_LATE"}


def test_ac1_the_claimed_accreditation_exists() -> None:
    assert answer(case(accreditation=None)) == ("REJECT", {"CB_NOT_ACCREDITED"})


BARE = certificate(accreditation=None)


@pytest.mark.parametrize(
    ("granted", "code"),
    [
        ((accreditation(),), "UNACCREDITED_INSIDE_SCOPE"),
        ((), "UNACCREDITED"),
        ((accreditation("product"),), "UNACCREDITED"),
        ((accreditation(scope=(scope_row(standards=("ISO 14001",)),)),), "UNACCREDITED"),
        ((accreditation(granted_on="2024-09-10"),), "UNACCREDITED_INSIDE_SCOPE"),
        ((accreditation(granted_on="2024-09-11"),), "UNACCREDITED"),
        ((accreditation(events=(happened("withdrawn", "2024-09-11"),)),),
         "UNACCREDITED_INSIDE_SCOPE"),
        ((accreditation(events=(happened("withdrawn", "2024-09-10"),)),), "UNACCREDITED"),
    ],
)  # fmt: skip
def test_ac2_unaccredited_or_unaccredited_although_it_could_not_be(
    granted: tuple[Accreditation, ...], code: str
) -> None:
    given = case(certificate=BARE, accreditation=None, granted=granted)

    assert answer(given) == ("REJECT", {code})
    warned = answer(given._replace(policy=Policy(unaccredited="warn")))[0]
    assert warned == ("REJECT" if code != "UNACCREDITED" else "ACCEPT_WITH_WARNING")


@pytest.mark.parametrize("kind", ["management_system", "product", "service"])
def test_ac3_the_accreditation_is_for_this_kind(kind: str) -> None:
    other = accreditation("product" if kind == "management_system" else "management_system")

    found = codes(judged(case(kind, accreditation=other)))

    assert "WRONG_ACCREDITATION_NORM" in found


def test_ac3_a_regulator_has_a_norm_of_its_own() -> None:
    law = "29 CFR 1910.7"
    named = accreditation("product", norm=law)

    assert answer(case("product", accreditation=named, norms=(law,))) == ("ACCEPT", set())


@pytest.mark.parametrize(
    ("granted", "code"), [("2024-09-10", None), ("2024-09-11", "ISSUED_BEFORE_ACCREDITATION")]
)
def test_ac4_nothing_is_decided_before_the_grant(granted: str, code: str | None) -> None:
    assert _under(accreditation(granted_on=granted)) == ({code} if code else set())


@pytest.mark.parametrize(
    ("issued", "supersedes", "good"),
    [
        ("2025-02-28", 1, True),
        ("2025-02-27", 1, False),
        ("2026-02-28", 1, True),
        ("2026-03-01", 1, False),
        ("2025-02-28", None, False),
    ],
)
def test_ac4_an_older_decision_may_be_issued_again_within_a_year(
    issued: str, supersedes: int | None, good: bool
) -> None:
    again = certificate(issued_on=issued, supersedes=supersedes)

    found = _under(accreditation(granted_on="2025-02-28"), certificate=again)

    assert found == (set() if good else {"ISSUED_BEFORE_ACCREDITATION"})


def _row(**changes: Any) -> Accreditation:
    return accreditation(scope=(scope_row(**changes),))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (_row(standards=("ISO 9001",)), None),
        (_row(standards=None), None),
        (_row(standards=("ISO 9001:2008",)), "OUT_OF_ACCREDITED_SCOPE"),
        (_row(standards=("ISO 14001:2015",)), "OUT_OF_ACCREDITED_SCOPE"),
        (_row(codes=frozenset({"iaf:17"})), "PARTLY_ACCREDITED"),
        (_row(codes=frozenset({"iaf:28"})), "OUT_OF_ACCREDITED_SCOPE"),
        (_row(codes=frozenset()), "OUT_OF_ACCREDITED_SCOPE"),
        (_row(codes=None), None),
        (_row(period=Period(day("2024-09-10"), day("2024-09-10"))), None),
        (_row(period=Period(day("2024-09-11"), None)), "OUT_OF_ACCREDITED_SCOPE"),
        (_row(period=Period(day("2015-01-01"), day("2024-09-09"))), "OUT_OF_ACCREDITED_SCOPE"),
        (accreditation(scope=()), "OUT_OF_ACCREDITED_SCOPE"),
    ],
)
def test_ac5_standard_edition_and_codes_lie_in_the_scope_of_the_decision(
    given: Accreditation, code: str | None
) -> None:
    assert _under(given) == ({code} if code else set())


def test_ac5_two_rows_together_cover_what_neither_does() -> None:
    rows = tuple(scope_row(codes=frozenset({one})) for one in ("iaf:17", "iaf:18"))

    assert _under(accreditation(scope=rows)) == set()


def test_ac5_the_part_that_is_accredited_is_named() -> None:
    findings = judged(case(accreditation=_row(codes=frozenset({"iaf:17"}))))

    assert only(findings, "PARTLY_ACCREDITED").facts == {"codes": ["iaf:17"]}


@pytest.mark.parametrize(
    ("activity", "found"),
    [("iaf:17", {"PARTLY_ACCREDITED"}), ("iaf:18", {"OUT_OF_ACCREDITED_SCOPE"})],
)
def test_ac5_the_asked_activity_must_be_inside(activity: str, found: set[str]) -> None:
    given = _row(codes=frozenset({"iaf:17"}))

    assert _under(given, question=Question(activity=activity)) == found


@pytest.mark.parametrize(
    ("codes_", "sites", "limited", "code"),
    [
        ((), (Site("Leeds"),), True, "OUT_OF_ACCREDITED_SCOPE"),
        ((), (Site("Leeds"),), False, None),
        ((), (Site("Leeds", codes=("iaf:17",)),), True, None),
        ((), (Site("Leeds", codes=("iaf:17",)), Site("York")), True, "OUT_OF_ACCREDITED_SCOPE"),
        (("iaf:17",), (Site("Leeds", codes=("iaf:28",)),), True, "PARTLY_ACCREDITED"),
    ],
)
def test_ac5_who_names_no_codes_claims_every_field(
    codes_: tuple[str, ...], sites: tuple[Site, ...], limited: bool, code: str | None
) -> None:
    given = certificate(organisation=Organisation("Bearings", codes_, sites))
    rows = _row() if limited else _row(codes=None)

    assert _under(rows, certificate=given) == ({code} if code else set())


def test_ac5_a_scheme_with_its_type_lies_in_the_scope() -> None:
    named = accreditation("product")
    other = [replace(named, scope=(scope_row("product", **changes),)) for changes in
             ({"type": "3"}, {"scheme": "CABLE-3"}, {"type": None}, {"scheme": None})]  # fmt: skip

    outside = {"OUT_OF_ACCREDITED_SCOPE"}
    assert [codes(judged(case("product", accreditation=one))) for one in other] == [
        outside, outside, set(), set(),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("office", "offices", "code"),
    [
        ("London", ("London", "Oslo"), None),
        ("Lagos", ("London", "Oslo"), "OFFICE_NOT_COVERED"),
        ("Lagos", None, None),
        (None, ("London",), None),
    ],
)
def test_ac6_it_was_decided_at_an_accredited_office(
    office: str | None, offices: tuple[str, ...] | None, code: str | None
) -> None:
    found = _under(accreditation(offices=offices), certificate=certificate(office=office))

    assert found == ({code} if code else set())


def test_ac6_a_policy_may_refuse() -> None:
    given = case(accreditation=accreditation(offices=()), certificate=certificate(office="Lagos"),
                 policy=Policy(office_check="reject"))  # fmt: skip

    assert answer(given) == ("REJECT", {"OFFICE_NOT_COVERED"})


SPELL = (happened("suspended", "2026-02-10"), happened("lifted", "2026-05-04"))


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2026-02-09", None),
        ("2026-02-10", "ACCREDITATION_SUSPENDED"),
        ("2026-05-03", "ACCREDITATION_SUSPENDED"),
        ("2026-05-04", None),
    ],
)
def test_ac7_ac15_a_suspension_warns_while_it_lasts(on: str, code: str | None) -> None:
    assert _under(accreditation(events=SPELL), on=on) == ({code} if code else set())


@pytest.mark.parametrize(
    ("on", "verdict"), [("2026-05-10", "ACCEPT_WITH_WARNING"), ("2026-05-11", "REJECT")]
)
def test_ac7_a_policy_may_refuse_after_some_months(on: str, verdict: str) -> None:
    given = case(on=on, accreditation=accreditation(events=SPELL[:1]),
                 policy=Policy(accr_suspended_reject_after_months=3))  # fmt: skip

    assert answer(given) == (verdict, {"ACCREDITATION_SUSPENDED"})


@pytest.mark.parametrize(
    ("decided", "code"),
    [
        ("2026-02-09", None),
        ("2026-02-10", "ISSUED_WHILE_SUSPENDED"),
        ("2026-05-03", "ISSUED_WHILE_SUSPENDED"),
        ("2026-05-04", None),
    ],
)
def test_ac8_ac15_what_was_decided_during_a_suspension_is_not_cured_by_lifting(
    decided: str, code: str | None
) -> None:
    given = certificate(decided=decided, expires="2028-12-31")

    found = _under(accreditation(events=SPELL), certificate=given)

    assert found == ({code} if code else set())


def test_ac8_with_the_written_leave_of_the_accreditation_body_it_warns() -> None:
    given = certificate(decided="2026-03-02", expires="2028-12-31")
    leave = accreditation(events=SPELL, approvals={given.number: day("2026-02-20")})
    other = accreditation(events=SPELL, approvals={"another": day("2026-02-20")})

    assert _under(leave, certificate=given) == {"ISSUED_WITH_AB_APPROVAL"}
    assert _under(other, certificate=given) == {"ISSUED_WHILE_SUSPENDED"}


@pytest.mark.parametrize(("on", "code"), [("2026-05-03", "ISSUED_WHILE_SUSPENDED"),
                                          ("2026-05-04", None)])  # fmt: skip
def test_ac15_a_policy_may_let_the_lifting_cure(on: str, code: str | None) -> None:
    given = certificate(decided="2026-03-02", expires="2028-12-31")

    found = _under(accreditation(events=SPELL), on=on, certificate=given,
                   policy=Policy(lifting_cures_decisions=True))  # fmt: skip

    assert found == ({code} if code else set())


def test_ac8_a_suspension_without_a_day_is_not_taken_for_none() -> None:
    given = accreditation(events=(happened("suspended", None),))

    assert _under(given) == {"ISSUED_WHILE_SUSPENDED"}


def test_ac7_inactive_is_like_suspended() -> None:
    spell = (happened("inactive", "2026-02-10"), happened("reactivated", "2026-06-15"))

    asked = [_under(accreditation(events=spell), on=on) for on in ("2026-06-14", "2026-06-15")]

    assert asked == [{"ACCREDITATION_SUSPENDED"}, set()]


def _gone(type_: str = "withdrawn", on: str = "2026-01-31") -> Accreditation:
    return accreditation(events=(happened(type_, on),))


@pytest.mark.parametrize("type_", ["withdrawn", "resigned", "expired"])
@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2026-01-30", None),
        ("2026-01-31", "ACCREDITATION_ENDED_TRANSFER_BY"),
        ("2026-07-31", "ACCREDITATION_ENDED_TRANSFER_BY"),
        ("2026-08-01", "ACCREDITATION_ENDED"),
    ],
)
def test_ac9_ac10_six_months_to_move(type_: str, on: str, code: str | None) -> None:
    assert _under(_gone(type_), on=on) == ({code} if code else set())


@pytest.mark.parametrize(
    ("on", "code"),
    [("2026-01-31", None), ("2026-02-01", "ACCREDITATION_ENDED_TRANSFER_BY"),
     ("2026-08-01", "ACCREDITATION_ENDED_TRANSFER_BY"), ("2026-08-02", "ACCREDITATION_ENDED")],
)  # fmt: skip
def test_ac9_ac10_an_accreditation_ends_after_its_last_day(on: str, code: str | None) -> None:
    assert _under(accreditation(expires_on="2026-01-31"), on=on) == ({code} if code else set())


def test_ac9_the_limit_is_the_certificates_end_if_that_is_sooner() -> None:
    soon = certificate(expires="2026-06-30")

    found = only(judged(case(certificate=soon, accreditation=_gone())),
                 "ACCREDITATION_ENDED_TRANSFER_BY")  # fmt: skip

    assert found.facts == {"date": day("2026-01-31"), "limit": day("2026-06-30")}


def test_ac10_a_policy_may_warn_after_that() -> None:
    given = case(on="2026-08-01", accreditation=_gone(), policy=Policy(after_grace="warn"))

    assert answer(given) == ("ACCEPT_WITH_WARNING", {"ACCREDITATION_ENDED"})


@pytest.mark.parametrize(
    ("decided", "issued", "after"),
    [
        ("2026-01-30", "2026-01-30", False),
        ("2026-01-30", "2026-01-31", True),
        ("2026-01-31", "2026-01-31", True),
        ("2026-02-01", "2026-02-01", True),
    ],
)
def test_ac11_nothing_is_decided_or_signed_from_the_end_on(
    decided: str, issued: str, after: bool
) -> None:
    given = certificate(decided=decided, issued_on=issued, expires="2028-12-31")

    found = _under(_gone(), certificate=given)

    ended = "ISSUED_AFTER_ACCREDITATION_ENDED" if after else "ACCREDITATION_ENDED_TRANSFER_BY"
    assert found == {ended}


@pytest.mark.parametrize("on", ["2026-01-30", "2026-06-15"])
def test_ac11_what_was_decided_after_the_end_is_refused_on_every_day(on: str) -> None:
    given = certificate(decided="2024-09-10", issued_on="2026-01-31")

    assert _under(_gone(), on=on, certificate=given) == {"ISSUED_AFTER_ACCREDITATION_ENDED"}


@pytest.mark.parametrize(
    ("event", "void"),
    [
        (happened("voided", "2026-03-01", void_from=day("2024-09-10")), True),
        (happened("voided", "2026-03-01", void_from=day("2024-09-11")), False),
        (happened("voided", "2026-03-01", void_numbers=("CB-A/2024/0113",)), True),
        (happened("voided", "2026-03-01", void_numbers=("CB-A/2024/0114",)), False),
        (happened("voided", "2026-03-01"), False),
    ],
)
def test_ac12_the_accreditation_body_may_declare_it_void(event: Any, void: bool) -> None:
    found = _under(accreditation(events=(event,)))

    assert found == ({"VOIDED_BY_ACCREDITATION_BODY"} if void else set())


@pytest.mark.parametrize(
    ("part", "touched"),
    [
        (Part(standard="ISO 14001"), False),
        (Part(standard="ISO 9001"), True),
        (Part(standard="ISO 9001:2015"), True),
        (Part(codes=frozenset({"iaf:28"})), False),
        (Part(codes=frozenset({"iaf:18", "iaf:28"})), True),
        (Part(scheme="CABLE-5"), False),
        (Part(standard="ISO 9001", codes=frozenset({"iaf:28"})), False),
        (Part(), True),
    ],
)
@pytest.mark.parametrize(
    ("type_", "code"),
    [("suspended", "ACCREDITATION_SUSPENDED"), ("reduced", "ACCREDITATION_ENDED_TRANSFER_BY"),
     ("withdrawn", "ACCREDITATION_ENDED_TRANSFER_BY")],
)  # fmt: skip
def test_ac13_what_touches_another_part_has_no_effect(
    part: Part, touched: bool, type_: str, code: str
) -> None:
    event = happened(type_, "2026-02-10", parts=(part,))

    assert _under(accreditation(events=(event,))) == ({code} if touched else set())


@pytest.mark.parametrize(
    ("on", "decided", "code"),
    [
        ("2026-03-01", "2024-09-10", "ACCREDITATION_ENDED_TRANSFER_BY"),
        ("2026-05-03", "2024-09-10", "ACCREDITATION_ENDED_TRANSFER_BY"),
        ("2026-05-04", "2024-09-10", None),
        ("2026-06-15", "2026-02-10", "ISSUED_AFTER_ACCREDITATION_ENDED"),
        ("2026-06-15", "2026-05-03", "ISSUED_AFTER_ACCREDITATION_ENDED"),
        ("2026-06-15", "2026-05-04", None),
    ],
)
def test_ac13_a_reduction_that_was_taken_back_no_longer_counts(
    on: str, decided: str, code: str | None
) -> None:
    events = (happened("reduced", "2026-02-10"), happened("extended", "2026-05-04"))
    given = certificate(decided=decided, expires="2027-09-09")

    found = _under(accreditation(events=events), on=on, certificate=given)

    assert found == ({code} if code else set())


def test_ac13_what_was_extended_on_the_day_of_a_reduction_does_not_take_it_back() -> None:
    events = (happened("reduced", "2026-02-10"), happened("extended", "2026-02-10"))

    assert _under(accreditation(events=events)) == {"ACCREDITATION_ENDED_TRANSFER_BY"}


@pytest.mark.parametrize(
    ("decided", "code"),
    [
        ("2026-01-30", "ACCREDITATION_ENDED_TRANSFER_BY"),
        ("2026-01-31", "ISSUED_AFTER_ACCREDITATION_ENDED"),
    ],
)
def test_ac11_the_decision_alone_is_enough(decided: str, code: str) -> None:
    given = certificate(decided=decided, issued_on="2026-01-30", expires="2028-12-31")

    assert _under(_gone(), certificate=given) - {"BACKDATED"} == {code}


def test_cm9_an_end_without_a_day_is_an_end() -> None:
    assert _under(accreditation(events=(happened("withdrawn", None),))) == {"CHAIN_LINK_REVOKED"}


@pytest.mark.parametrize(
    ("reassessed", "granted", "expires", "overdue"),
    [
        ("2021-06-15", "2015-03-02", None, False),
        ("2021-06-14", "2015-03-02", None, True),
        ("2021-06-14", "2015-03-02", "2027-01-01", False),
        (None, "2021-06-15", None, False),
        (None, "2021-06-14", None, True),
    ],
)
def test_ac14_an_accreditation_without_an_end_is_reassessed(
    reassessed: str | None, granted: str, expires: str | None, overdue: bool
) -> None:
    given = accreditation(reassessed_on=reassessed, granted_on=granted, expires_on=expires)

    assert _under(given) == ({"REASSESSMENT_OVERDUE"} if overdue else set())


@pytest.mark.parametrize(
    ("scope", "noted"),
    [
        ("Manufacture of bearings, ISO 9001 accredited", True),
        ("Bearings, certified by ISO", True),
        ("Testing by an ISO/IEC 17025 accredited laboratory", False),
        ("Manufacture of bearings", False),
    ],
)
def test_ac16_a_company_is_certified_and_not_accredited(scope: str, noted: bool) -> None:
    organisation = Organisation(scope, ("iaf:17",), (Site("Leeds"),))

    findings = judged(case(certificate=certificate(organisation=organisation)))

    assert codes(findings) == set()
    assert ("CERTIFIED_NOT_ACCREDITED" in notes(findings)) is noted


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (None, ("ACCEPT", set())),
        (31, ("ACCEPT", set())),
        (32, ("ACCEPT_WITH_WARNING", {"ACCREDITATION_AGEING"})),
        (62, ("ACCEPT_WITH_WARNING", {"ACCREDITATION_AGEING"})),
        (63, ("CANNOT_CONFIRM", {"ACCREDITATION_STALE"})),
    ],
)
def test_ac17_what_is_known_of_the_accreditation_grows_old(
    days: int | None, found: tuple[str, set[str]]
) -> None:
    assert answer(case(papers_age_days=days)) == found


PACKS = shipped_packs()
NOTIFIED = happened("withdrawn", "2026-01-31", notified_on=day("2026-02-15"))


@pytest.mark.parametrize(
    ("pack", "on", "code"),
    [
        ("fr-decree", "2026-08-15", "ACCREDITATION_ENDED_TRANSFER_BY"),
        ("fr-decree", "2026-08-16", "ACCREDITATION_ENDED"),
        ("certsearch", "2026-04-30", "ACCREDITATION_ENDED_TRANSFER_BY"),
        ("certsearch", "2026-05-01", "ACCREDITATION_ENDED"),
        ("uk-lenient", "2026-01-31", "ACCREDITATION_ENDED_NO_LIMIT"),
        ("uk-lenient", "2027-09-09", "ACCREDITATION_ENDED_NO_LIMIT"),
        ("eu-generic", "2027-09-09", "ACCREDITATION_ENDED_NO_LIMIT"),
        ("iaf-md2", "2026-07-31", "ACCREDITATION_ENDED_TRANSFER_BY"),
        ("iaf-md2", "2026-08-01", "ACCREDITATION_ENDED"),
        ("eu-mdr", "2026-01-31", "ACCREDITATION_ENDED"),
    ],
)
def test_ac9_ac10_seven_answers_are_named_packs(pack: str, on: str, code: str) -> None:
    given = accreditation(events=(NOTIFIED,))

    assert _under(given, on=on, ended=PACKS.ended(pack)) == {code}
    assert _under(given, on="2026-01-30", ended=PACKS.ended(pack)) == set()


ADOPTED = Adoption(
    "https://nb-s.example", ("CB-A/2024/0113",), day("2026-02-14"), day("2026-02-20")
)


@pytest.mark.parametrize(
    ("adoption", "on", "code"),
    [
        (ADOPTED, "2026-02-19", "ACCREDITATION_ENDED"),
        (ADOPTED, "2026-02-20", "ACCREDITATION_ENDED_TRANSFER_BY"),
        (ADOPTED, "2026-10-31", "ACCREDITATION_ENDED_TRANSFER_BY"),
        (ADOPTED, "2026-11-01", "ACCREDITATION_ENDED"),
        (replace(ADOPTED, confirmed_on=None), "2026-06-15", "ACCREDITATION_ENDED"),
        (replace(ADOPTED, no_safety_issue_on=None), "2026-06-15", "ACCREDITATION_ENDED"),
        (replace(ADOPTED, numbers=("another",)), "2026-06-15", "ACCREDITATION_ENDED"),
    ],
)
def test_pc23_nine_months_only_with_a_takeover_in_writing(
    adoption: Adoption, on: str, code: str
) -> None:
    given = replace(accreditation(events=(NOTIFIED,)), adoptions=(adoption,))

    assert _under(given, on=on, ended=PACKS.ended("eu-mdr")) == {code}
