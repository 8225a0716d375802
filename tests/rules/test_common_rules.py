"""Rules common to all kinds (rules.md 2.1): what is needed, when it applies, how it ends."""

from typing import Any

import pytest

from service.domain.accreditation import PlanItem
from service.domain.question import Question
from service.domain.surveillance import Removed
from service.rules.policy import Policy
from tests.rules.building import (
    accreditation,
    answer,
    audit,
    case,
    certificate,
    codes,
    day,
    event,
    judged,
    notes,
    only,
    recognised,
    recognition,
    record,
    scope_row,
)

GRANTED = event("granted", "2024-09-10")
HELD = [audit("2025-08-21"), audit("2026-06-02")]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, None),
        ({"needs": "management_system"}, None),
        ({"needs": "product"}, "MS_NOT_PRODUCT"),
        ({"needs": "service"}, "MS_NOT_SERVICE"),
        *(
            ({field: "2025-01-01" if field == "made_on" else "X"}, "MS_NOT_PRODUCT")
            for field in Question.UNIT
        ),
        ({"site": "Leeds"}, None),
        ({"standard": "ISO 9001"}, None),
        ({"standard": "CS 6004"}, "MS_NOT_PRODUCT"),
        ({"standard": "CS 7100:2021"}, "MS_NOT_SERVICE"),
        ({"standard": "XY 1"}, "STANDARD_NOT_THE_ONE_ASKED"),
        ({"holder": "Harrow Bearings Ltd"}, None),
        ({"activity": "iaf:17"}, None),
        # What is needed is said, and the unit is asked about all the same.
        ({"needs": "management_system", "serial": "7"}, "MS_NOT_PRODUCT"),
    ],
)
def test_cm1_the_kind_needed_follows_from_what_is_asked(
    asked: dict[str, Any], code: str | None
) -> None:
    if "made_on" in asked:
        asked["made_on"] = day(asked["made_on"])

    found = codes(judged(case(question=Question(**asked))))

    assert found == ({code} if code else set())


@pytest.mark.parametrize(
    ("kind", "site", "code"),
    [
        ("management_system", "Leeds", set()),
        ("service", "Leeds", set()),
        ("service", "York", {"SITE_NOT_COVERED"}),
        ("product", "Leeds", {"PRODUCT_NOT_MS"}),
    ],
)
def test_cm1_a_service_answers_for_its_sites_itself(kind: str, site: str, code: set[str]) -> None:
    assert codes(judged(case(kind, question=Question(site=site)))) == code


def test_cm1_of_another_kind_the_other_fits_are_not_looked_at() -> None:
    asked = Question(model="K7", holder="Somebody else", activity="iaf:99", standard="ISO 14001")

    assert answer(case(question=asked)) == ("NOT_FOR_THIS_PURPOSE", {"MS_NOT_PRODUCT"})


def test_cm1_of_another_kind_the_other_axes_are_still_answered() -> None:
    given = case(on="2027-09-10", question=Question(model="K7"))

    assert answer(given) == ("REJECT", {"MS_NOT_PRODUCT", "EXPIRED_RESTORABLE"})


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ("ISO 9001", True),
        ("ISO 9001:2015", True),
        ("ISO 9001:2008", False),
        ("ISO 14001", False),
        ("iso 9001", False),
    ],
)
def test_cm2_the_asked_standard_is_among_the_certified(asked: str, fits: bool) -> None:
    found = codes(judged(case(question=Question(standard=asked))))

    assert found == (set() if fits else {"STANDARD_NOT_THE_ONE_ASKED"})


def _starting(on: str, *events: Any, **more: Any) -> tuple[str, set[str]]:
    later = certificate(effective="2024-10-01", expires="2027-09-09")
    return answer(
        case(on=on, today="2026-06-15", certificate=later,
             record=record(*events, audits=HELD), **more)
    )  # fmt: skip


def test_cm3_before_its_first_day_it_is_not_yet_effective() -> None:
    granted = event("granted", "2024-10-01")

    assert _starting("2024-09-30", granted) == ("REJECT", {"NOT_YET_EFFECTIVE"})
    assert _starting("2024-10-01", granted) == ("ACCEPT", set())


def test_cm3_a_record_that_covers_the_day_answers() -> None:
    older = [event("granted", "2024-09-10"), event("extended", "2024-10-01")]

    assert _starting("2024-09-09", *older) == ("REJECT", {"NOT_YET_EFFECTIVE"})
    assert _starting("2024-09-10", *older) == ("ACCEPT", set())
    assert _starting("2024-09-30", *older) == ("ACCEPT", set())


def test_cm3_without_a_grant_on_record_it_is_a_draft() -> None:
    assert _starting("2024-09-30") == ("REJECT", {"DRAFT"})
    assert _starting("2024-10-01") == ("REJECT", {"DRAFT"})


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2024-09-15", "NOT_YET_EFFECTIVE"),  # the end before: nothing shows the cycle before
        ("2024-09-16", "EXPIRED_RESTORABLE"),
        ("2024-09-30", "EXPIRED_RESTORABLE"),
        ("2024-10-01", None),
    ],
)
def test_cm3_without_a_record_the_days_of_the_certificate_decide(on: str, code: str | None) -> None:
    renewed = certificate(effective="2024-10-01", previous_expires="2024-09-15")

    found = codes(judged(case(on=on, certificate=renewed, record=None)))

    assert found == ({code} if code else set())


@pytest.mark.parametrize(("on", "noted"), [("2024-09-30", False), ("2024-10-01", True)])
def test_cm5_a_short_term_ends_soon_from_its_first_day(on: str, noted: bool) -> None:
    short = certificate(effective="2024-10-01", expires="2024-10-31")

    assert ("EXPIRING_SOON" in notes(judged(case(on=on, certificate=short)))) is noted


def test_cm3_between_the_old_end_and_the_start_it_had_expired() -> None:
    restored = certificate(
        decided="2026-02-28", expires="2028-08-31", previous_expires="2025-08-31"
    )
    kept = record(event("granted", "2022-09-01"), event("restored", "2026-02-28"))

    asked = [
        codes(judged(case(on=on, today="2026-03-10", certificate=restored, record=kept), None))
        for on in ("2025-08-31", "2025-09-01", "2026-02-27", "2026-02-28")
    ]

    assert asked == [set(), {"EXPIRED_RESTORABLE"}, {"EXPIRED_RESTORABLE"}, set()]


@pytest.mark.parametrize(("on", "code"), [("2027-04-02", None), ("2027-04-03", "EXPIRED")])
def test_cm4_a_product_is_not_certified_after_its_last_day(on: str, code: str | None) -> None:
    given = certificate("product", expires="2027-04-02")
    inspections = [audit(one, "factory_inspection") for one in
                   ("2024-03-20", "2025-03-12", "2026-03-10", "2027-03-01")]  # fmt: skip
    kept = record(event("granted", "2023-04-03"), audits=inspections)

    found = codes(judged(case("product", on=on, certificate=given, record=kept)))

    assert found == ({code} if code else set())


@pytest.mark.parametrize(
    ("on", "noted"), [("2027-07-10", False), ("2027-07-11", True), ("2027-09-09", True)]
)
def test_cm5_the_last_sixty_days_are_noted(on: str, noted: bool) -> None:
    findings = judged(case(on=on))

    assert ("EXPIRING_SOON" in notes(findings)) is noted
    assert (day("2027-09-09") - day(on)).days <= 60 or not noted


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (0, ("ACCEPT", set())),
        (1, ("REJECT", {"WITHDRAWN"})),
        (2, ("REJECT", {"SUSPENDED"})),
        (12, ("REJECT", {"SURV_OVERDUE"})),
        (13, ("REJECT", {"TRANSFERRED"})),
        (14, ("ACCEPT_WITH_WARNING", {"SUPERSEDED_REVISION"})),
        (15, ("REJECT", {"NOT_ON_REGISTER"})),
    ],
)
def test_cm6_the_list_speaks_where_it_is_worse_than_the_record(
    value: int, found: tuple[str, set[str]]
) -> None:
    assert answer(case(), value) == found


@pytest.mark.parametrize(
    ("events", "value", "code"),
    [
        ([("suspended", "2026-06-15")], 0, "SUSPENDED"),
        ([("suspended", "2026-06-16")], 0, None),
        ([("suspended", "2026-03-01"), ("reinstated", "2026-06-15")], 0, None),
        ([("suspended", "2026-03-01"), ("reinstated", "2026-06-16")], 0, "SUSPENDED"),
        ([("suspended", "2026-03-01"), ("extended", "2026-06-01")], 0, "SUSPENDED"),
        ([("suspended", "2026-03-01"), ("withdrawn", "2026-06-01")], 2, "WITHDRAWN"),
        ([("withdrawn", "2026-03-01"), ("reinstated", "2026-06-01")], 0, "WITHDRAWN"),
        ([("cancelled", "2026-03-01")], 1, "CANCELLED"),
        ([("cancelled", "2026-03-01")], 0, "CANCELLED"),
        ([("transferred", "2026-03-01")], 1, "TRANSFERRED"),
        ([("suspended", "2026-03-01"), ("reinstated", "2026-06-01")], 2, "SUSPENDED"),
    ],
)
def test_cm6_one_state_and_final_ones_beat_suspension(
    events: list[tuple[str, str]], value: int, code: str | None
) -> None:
    kept = record(GRANTED, *(event(*one) for one in events), audits=HELD)

    assert codes(judged(case(record=kept), value)) == ({code} if code else set())


def test_cm6_an_expired_certificate_has_expired_and_is_nothing_else() -> None:
    kept = record(GRANTED, event("suspended", "2027-01-10"), audits=HELD)

    now = case(on="2027-09-10", record=kept)
    then = case(on="2027-09-10", today="2027-09-20", record=kept)

    assert answer(now) == answer(then) == ("REJECT", {"EXPIRED_RESTORABLE"})


@pytest.mark.parametrize(
    ("kind", "question", "missing"),
    [
        ("management_system", Question(), False),
        ("product", Question(), True),
        ("product", Question(made_on=day("2025-01-01")), True),
        ("service", Question(), False),
    ],
)
def test_cm7_without_a_record_the_list_is_relied_on_unless_more_is_needed(
    kind: str, question: Question, missing: bool
) -> None:
    findings = judged(case(kind, question=question, record=None))

    assert "RELIED_ON_LIST" in notes(findings)
    assert codes(findings) == ({"RECORD_UNAVAILABLE"} if missing else set())


def test_cm7_a_unit_made_on_a_day_needs_the_record_though_there_is_a_term() -> None:
    termed = certificate("product", expires="2028-04-02")
    asked = Question(made_on=day("2025-01-01"))

    assert answer(case("product", certificate=termed, record=None)) == ("ACCEPT", set())
    dated = case("product", certificate=termed, record=None, question=asked)
    assert answer(dated) == ("CANNOT_CONFIRM", {"RECORD_UNAVAILABLE"})


def test_cm7_an_older_copy_needs_the_record() -> None:
    assert answer(case(record=None), 14) == (
        "CANNOT_CONFIRM",
        {"SUPERSEDED_REVISION", "RECORD_UNAVAILABLE"},
    )


@pytest.mark.parametrize(("signed", "code"), [("x", None), ("y", "REGISTER_MISMATCH")])
def test_cm8_the_record_has_this_revision_as_it_was_signed(signed: str, code: str | None) -> None:
    kept = record(GRANTED, audits=HELD, revisions=((1, signed),))

    assert codes(judged(case(record=kept))) == ({code} if code else set())


@pytest.mark.parametrize(("known", "code"), [(1, None), (2, "NOT_ON_REGISTER")])
def test_cm8_a_newer_record_knows_every_revision(known: int, code: str | None) -> None:
    kept = record(GRANTED, audits=HELD)

    found = codes(judged(case(certificate=certificate(revision=known), record=kept)))

    assert found == ({code} if code else set())


@pytest.mark.parametrize(("later", "code"), [(-1, None), (0, "NOT_ON_REGISTER")])
def test_cm8_a_record_signed_before_the_certificate_need_not_know_it(
    later: int, code: str | None
) -> None:
    given = certificate(revision=2)
    kept = record(GRANTED, audits=HELD, issued_at=given.issued_at + later)

    assert codes(judged(case(certificate=given, record=kept))) == ({code} if code else set())


def test_cm9_what_an_accreditation_body_gives_beyond_its_own_is_said() -> None:
    narrow = recognition(recognised(standards=("ISO 14001",)))
    granted = accreditation()
    other = accreditation(scope=(scope_row(standards=("ISO 14001:2015",)),))

    widened = codes(judged(case(recognition=narrow, accreditation=granted)))
    never = codes(judged(case(recognition=narrow, accreditation=other)))

    assert widened == {"AB_NOT_RECOGNISED_FOR_THIS_KIND", "SCOPE_WIDENED"}
    assert never == {"AB_NOT_RECOGNISED_FOR_THIS_KIND", "OUT_OF_ACCREDITED_SCOPE"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"expires": None}, "expires"),
        ({"standards": ()}, "standards"),
        ({"standards": ("ISO 9001",)}, "edition"),
    ],
)
def test_cm10_a_system_certificate_states_what_it_must(changes: dict[str, Any], field: str) -> None:
    findings = judged(case(certificate=certificate(**changes)))

    assert only(findings, "INCOMPLETE_CERTIFICATE").facts == {"field": field}


def test_cm10_a_system_certificate_states_its_sites() -> None:
    organisation = certificate().organisation
    assert organisation is not None
    bare = certificate(organisation=organisation._replace(sites=()))

    findings = judged(case(certificate=bare))

    assert only(findings, "INCOMPLETE_CERTIFICATE").facts == {"field": "sites"}


RESTORED = record(event("granted", "2022-09-01"), event("restored", "2025-11-03"))
AFTER_A_LAPSE = {"decided": "2025-11-03", "expires": "2028-08-31"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({**AFTER_A_LAPSE, "previous_expires": "2025-08-31"}, set()),
        (AFTER_A_LAPSE, {"previous_expires"}),
        (
            {"decided": "2022-09-01", "effective": "2025-11-03", "expires": "2028-08-31"},
            {"previous_expires", "recert_audit_end"},
        ),
        (
            {"decided": "2022-09-01", "effective": "2025-11-03", "expires": "2028-08-31",
             "previous_expires": "2025-08-31"},
            {"recert_audit_end"},
        ),
    ],
)  # fmt: skip
def test_cm10_after_a_lapse_the_gap_can_be_seen(changes: dict[str, Any], fields: set[str]) -> None:
    findings = judged(case(on="2026-01-15", certificate=certificate(**changes), record=RESTORED))

    incomplete = [one for one in findings if one.code == "INCOMPLETE_CERTIFICATE"]
    assert {one.facts["field"] for one in incomplete} == fields


@pytest.mark.parametrize(
    ("expires", "code"),
    [("2028-04-03", None), ("2028-04-04", "TERM_TOO_LONG"), (None, "INCOMPLETE_CERTIFICATE")],
)
def test_cm11_a_scheme_may_have_a_longest_term(expires: str | None, code: str | None) -> None:
    row = scope_row("product", max_term_months=60)
    given = certificate("product", expires=expires)

    found = codes(judged(case("product", certificate=given, row=row)))

    assert found == ({code} if code else set())


def test_cm11_a_scheme_fills_what_a_row_leaves_out() -> None:
    known = case("product").catalogue
    row = scope_row("product", plan=None, scheme="EU-MDR-IX", type="3")
    scheme = certificate("product").scheme
    assert scheme is not None

    filled = known.filled(row, scheme._replace(id="EU-MDR-IX", type="3"))
    alone = known.filled(None, scheme)

    assert filled is not None
    assert (filled.max_term_months, filled.plan) == (60, (PlanItem("ms_audit", 12),))
    assert alone is not None
    assert alone.plan == (PlanItem("factory_inspection", 12),)


@pytest.mark.parametrize(("on", "missing"), [("2025-11-02", False), ("2025-11-03", True)])
def test_cm10_a_lapse_is_seen_from_the_day_of_the_restoration(on: str, missing: bool) -> None:
    hidden = certificate(**AFTER_A_LAPSE)

    found = codes(judged(case(on=on, today="2026-01-15", certificate=hidden, record=RESTORED)))

    assert ("INCOMPLETE_CERTIFICATE" in found) is missing


def _reduced(on: str, **out: Any) -> Any:
    return record(GRANTED, event("reduced", on, removed=Removed(**out)), audits=HELD, revision=2)


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        ({"site": "Leeds"}, True),
        ({"activity": "iaf:18"}, True),
        ({"activity": "iaf:17"}, False),
        ({}, False),
    ],
)
def test_ms18_what_was_removed_since_is_not_covered_by_an_older_copy(
    asked: dict[str, Any], gone: bool
) -> None:
    kept = _reduced("2026-03-01", sites=("Leeds",), codes=("iaf:18",))

    found = codes(judged(case(question=Question(**asked), record=kept), 14))

    removed = {"SCOPE_REDUCED_AFTER_THIS_COPY"} if gone else set()
    assert found == {"SUPERSEDED_REVISION"} | removed


@pytest.mark.parametrize(
    ("on", "gone"),
    [("2024-09-09", False), ("2024-09-10", True), ("2026-06-15", True), ("2026-06-16", False)],
)
def test_ms18_only_what_was_removed_after_this_copy_and_by_the_day_counts(
    on: str, gone: bool
) -> None:
    found = codes(
        judged(case(question=Question(site="Leeds"), record=_reduced(on, sites=("Leeds",))))
    )

    assert ("SCOPE_REDUCED_AFTER_THIS_COPY" in found) is gone


def test_ms18_a_removed_model_is_not_covered() -> None:
    kept = record(
        event("granted", "2023-04-03"),
        event("reduced", "2026-03-01", removed=Removed(models=("K7",))),
        audits=case("product").record.surveillance,  # type: ignore[union-attr]
    )

    given = case("product", question=Question(model="K7"), record=kept)

    assert answer(given) == ("NOT_FOR_THIS_PURPOSE", {"SCOPE_REDUCED_AFTER_THIS_COPY"})


def test_cm5_the_policy_says_how_soon() -> None:
    early = Policy(expiring_soon_days=452)

    asked = [notes(judged(case(on=on, policy=early))) for on in ("2026-06-13", "2026-06-14")]

    assert asked == [set(), {"EXPIRING_SOON"}]
