"""Management-system certificates (rules.md 2a): what they are, how long, and what they cover."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from service.domain.certificate import Organisation, Site, TransferOrigin
from service.domain.question import Question
from service.rules.packs import shipped_packs
from service.rules.policy import Policy
from service.rules.wording import misleading
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
    known,
    notes,
    only,
    record,
    scope_row,
)

CHINA = shipped_packs().ms("cn-cnca-qms-2026")


def _found(on: str = "2026-06-15", *, kept: Any = None, **changes: Any) -> set[str]:
    """The codes about the certificate itself: no audit is asked about."""
    given = case(on=on, certificate=certificate(**changes), accreditation=_wide())
    given = given._replace(record=kept if kept is not None else given.record)
    late = {"SURV_OVERDUE", "SURV_UNCONFIRMED", "SURV_SECOND_YEAR_LATE"}
    return codes(judged(given)) - late


def _wide() -> Any:
    return accreditation(scope=(scope_row(standards=None, codes=None),), reassessed_on="2026-01-01")


@pytest.mark.parametrize(
    ("standard", "code"),
    [
        ("ISO 9001:2015", None),
        ("ISO/IEC 27001:2022", None),
        ("XY 1:2020", None),
        ("CS 6004:2019", "STANDARD_KIND_MISMATCH"),
        ("ISO 26000:2010", "STANDARD_KIND_MISMATCH"),
        ("ISO/IEC 17025:2017", "STANDARD_IS_AN_ACCREDITATION_STANDARD"),
        ("ISO/IEC 17021-1:2015", "STANDARD_IS_AN_ACCREDITATION_STANDARD"),
        ("ISO/IEC 17065:2012", "STANDARD_IS_AN_ACCREDITATION_STANDARD"),
        ("ISO/IEC 17020:2012", "STANDARD_IS_AN_ACCREDITATION_STANDARD"),
        ("ISO/IEC 17024:2012", "STANDARD_IS_AN_ACCREDITATION_STANDARD"),
        ("ISO 15189:2022", "STANDARD_IS_AN_ACCREDITATION_STANDARD"),
    ],
)
def test_ms1_only_management_system_standards_are_certified(
    standard: str, code: str | None
) -> None:
    assert _found(standards=(standard,)) == ({code} if code else set())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"effective": "2024-09-10"}, None),
        ({"effective": "2024-09-09"}, "BACKDATED"),
        ({"issued_on": "2024-09-09"}, "BACKDATED"),
        ({"issued_on": "2024-09-11"}, None),
    ],
)
def test_ms2_nothing_applies_from_before_its_decision(
    changes: Mapping[str, str], code: str | None
) -> None:
    assert _found(**changes) == ({code} if code else set())


@pytest.mark.parametrize(
    ("decided", "expires", "code"),
    [
        ("2024-09-10", "2027-09-09", None),
        ("2024-09-10", "2027-09-10", None),
        ("2024-09-10", "2027-09-11", "TERM_TOO_LONG"),
        ("2024-02-29", "2027-02-28", None),
        ("2024-02-29", "2027-03-01", "TERM_TOO_LONG"),
        ("2025-08-31", "2028-08-31", None),
        ("2025-08-31", "2028-09-01", "TERM_TOO_LONG"),
    ],
)
def test_ms3_three_years_are_the_most(decided: str, expires: str, code: str | None) -> None:
    assert _found(decided=decided, expires=expires) == ({code} if code else set())


def test_ms3_a_revision_does_not_begin_the_term_anew() -> None:
    extended: dict[str, Any] = {"decided": "2025-11-03", "revision": 2, "supersedes": 1}
    kept = record(event("granted", "2024-09-10"), event("extended", "2025-11-03"), revision=2)

    assert _found(kept=kept, expires="2027-09-10", **extended) == set()
    assert _found(kept=kept, expires="2027-09-11", **extended) == {"TERM_TOO_LONG"}


RENEWED: dict[str, Any] = {
    "decided": "2026-05-11",
    "effective": "2026-06-10",
    "previous_expires": "2026-06-09",
}


@pytest.mark.parametrize(
    ("audited", "expires", "code"),
    [
        # The cycle began on 2023-06-09; its audit must end after 2025-06-09.
        ("2025-06-10", "2029-06-09", None),
        ("2025-06-10", "2029-06-10", "TERM_TOO_LONG"),
        ("2025-06-09", "2029-06-09", "TERM_TOO_LONG"),
        ("2025-06-09", "2029-05-11", None),
        ("2025-06-09", "2029-05-12", "TERM_TOO_LONG"),
    ],
)
def test_ms4_a_renewal_in_time_may_run_on_from_the_old_end(
    audited: str, expires: str, code: str | None
) -> None:
    found = _found(recert_audit_end=audited, expires=expires, **RENEWED)

    assert found == ({code} if code else set())


def test_ms4_the_day_of_the_audit_may_stand_in_the_record() -> None:
    granted = event("granted", "2023-06-10")
    kept = record(granted, event("renewed", "2026-06-10"),
                  audits=[audit("2026-04-02", "recertification")])  # fmt: skip
    without = record(granted, event("renewed", "2026-06-10"))
    on_the_day, after = (
        record(granted, audits=[audit(one, "recertification")]) for one in
        ("2026-05-11", "2026-05-12")
    )  # fmt: skip

    assert _found(kept=kept, expires="2029-06-09", **RENEWED) == set()
    assert _found(kept=on_the_day, expires="2029-06-09", **RENEWED) == set()
    assert _found(kept=after, expires="2029-06-09", **RENEWED) == {"TERM_TOO_LONG"}
    assert _found(kept=without, expires="2029-06-09", **RENEWED) == {"TERM_TOO_LONG"}


def test_ms4_what_needs_the_audits_day_is_not_confirmed_without_it() -> None:
    given = case(certificate=certificate(expires="2029-06-09", **RENEWED), record=None)
    short = case(certificate=certificate(expires="2029-05-11", **RENEWED), record=None)

    assert answer(given) == ("CANNOT_CONFIRM", {"RECORD_UNAVAILABLE"})
    assert answer(short) == ("ACCEPT", set())


@pytest.mark.parametrize(
    ("decided", "limit", "late"),
    [
        ("2025-08-31", "2028-08-31", False),  # in time
        ("2025-09-01", "2028-08-31", False),  # restored, in the old cycle
        ("2026-02-28", "2028-08-31", False),
        ("2026-03-01", "2029-03-01", True),  # only with a new stage 2, then for three years
    ],
)
def test_ms5_ms6_ms7_what_was_not_finished_by_the_end_is_restored_or_too_late(
    decided: str, limit: str, late: bool
) -> None:
    effective = max(decided, "2025-09-01")
    renewed = {"decided": decided, "effective": effective, "previous_expires": "2025-08-31"}
    kept = record(event("granted", "2022-09-01"), audits=[audit("2025-08-20", "recertification")])

    found = [
        _found(kept=kept, expires=expires, **renewed)
        for expires in (limit, (day(limit) + timedelta(days=1)).isoformat())
    ]

    too_late = {"RESTORED_TOO_LATE"} if late else set()
    assert found == [too_late, too_late | {"TERM_TOO_LONG"}]


@pytest.mark.parametrize(
    ("effective", "between"),
    [
        ("2025-09-01", None),
        ("2025-09-02", ("2025-09-01", "2025-09-01")),
        ("2026-02-28", ("2025-09-01", "2026-02-27")),
    ],
)
def test_ms6_the_gap_is_shown_from_the_day_after_to_the_day_before(
    effective: str, between: tuple[str, str] | None
) -> None:
    restored = certificate(decided="2025-09-01", effective=effective, expires="2028-08-31",
                           previous_expires="2025-08-31")  # fmt: skip

    findings = judged(case(on="2026-03-10", certificate=restored))

    if between is None:
        assert "CERTIFICATION_GAP" not in notes(findings)
    else:
        first, last = map(day, between)
        assert only(findings, "CERTIFICATION_GAP").facts == {"from": first, "to": last}


@pytest.mark.parametrize(
    ("expires", "code"), [("2028-08-31", None), ("2028-09-01", "TERM_TOO_LONG")]
)
def test_ms6_a_restored_certificate_keeps_its_old_cycle(expires: str, code: str | None) -> None:
    found = _found(
        on="2026-03-10", decided="2026-02-28", expires=expires, previous_expires="2025-08-31"
    )

    assert found == ({code} if code else set())


@pytest.mark.parametrize(
    ("stage2", "code"),
    [
        (None, "RESTORED_TOO_LATE"),
        ("2025-08-31", "RESTORED_TOO_LATE"),
        ("2025-09-01", None),
        ("2026-03-01", None),
    ],
)
def test_ms7_later_only_a_new_stage_2_brings_it_back(stage2: str | None, code: str | None) -> None:
    kept = record(event("granted", "2022-09-01"),
                  event("restored", "2026-03-01", stage2_on=stage2))  # fmt: skip
    restored = {"decided": "2026-03-01", "previous_expires": "2025-08-31"}

    assert _found(kept=kept, expires="2029-03-01", **restored) == ({code} if code else set())
    too_long = {"TERM_TOO_LONG"} | ({code} if code else set())
    assert _found(kept=kept, expires="2029-03-02", **restored) == too_long


def test_ms7_whether_there_was_a_stage_2_only_the_record_knows() -> None:
    restored = certificate(decided="2026-03-01", expires="2029-02-28",
                           previous_expires="2025-08-31")  # fmt: skip

    assert answer(case(certificate=restored, record=None)) == (
        "CANNOT_CONFIRM",
        {"RECORD_UNAVAILABLE"},
    )


def test_ms7_an_extension_long_after_a_timely_restoration_is_no_late_one() -> None:
    kept = record(event("granted", "2022-09-01"), event("restored", "2026-02-28"),
                  event("extended", "2026-06-01"), revision=2)  # fmt: skip

    found = _found(kept=kept, decided="2026-06-01", expires="2028-08-31", revision=2,
                   previous_expires="2025-08-31")  # fmt: skip

    assert found == set()


@pytest.mark.parametrize(
    "older",
    [
        [event("granted", "2019-09-01"), event("renewed", "2022-09-01")],
        [event("granted", "2016-09-01"), event("restored", "2019-11-03"),
         event("renewed", "2022-09-01")],
        [event("granted", "2019-09-01"), event("restored", "2022-11-03")],
    ],
)  # fmt: skip
def test_ms7_a_renewal_of_an_earlier_cycle_does_not_make_this_one_timely(older: list[Any]) -> None:
    late = {"decided": "2026-03-01", "previous_expires": "2025-08-31", "expires": "2028-08-31"}

    assert _found(kept=record(*older), **late) == {"RESTORED_TOO_LATE"}


@pytest.mark.parametrize(
    ("renewed", "late"), [("2025-09-01", False), ("2025-09-02", True), ("2025-08-01", False)]
)
def test_ms7_an_extension_long_after_a_timely_renewal_is_no_late_one(
    renewed: str, late: bool
) -> None:
    kept = record(event("granted", "2022-09-01"), event("renewed", renewed),
                  event("extended", "2026-06-01"), revision=2)  # fmt: skip

    found = _found(kept=kept, decided="2026-06-01", expires="2028-08-31", revision=2,
                   previous_expires="2025-08-31")  # fmt: skip

    assert found == ({"RESTORED_TOO_LATE"} if late else set())


@pytest.mark.parametrize(
    ("began", "last"),
    [
        (event("renewed", "2025-09-01"), "2028-08-31"),
        (event("restored", "2025-11-03"), "2028-08-31"),
        (event("restored", "2026-03-10", stage2_on="2026-02-02"), "2029-03-10"),
    ],
)
def test_ms4_ms6_ms7_an_extension_does_not_lengthen_the_cycle(began: Any, last: str) -> None:
    kept = record(event("granted", "2022-09-01"), began, event("extended", "2026-06-01"),
                  revision=2)  # fmt: skip
    after = (day(last) + timedelta(days=1)).isoformat()

    found = [
        _found(kept=kept, decided="2026-06-01", expires=expires, revision=2,
               previous_expires="2025-08-31")
        for expires in (last, after)
    ]  # fmt: skip

    assert found == [set(), {"TERM_TOO_LONG"}]


@pytest.mark.parametrize(("on", "noted"), [("2026-02-27", False), ("2026-02-28", True)])
def test_ms6_the_gap_is_noted_from_the_first_day_on(on: str, noted: bool) -> None:
    restored = certificate(decided="2026-02-28", expires="2028-08-31",
                           previous_expires="2025-08-31")  # fmt: skip

    findings = judged(case(on=on, certificate=restored))

    assert ("CERTIFICATION_GAP" in notes(findings)) is noted


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2027-09-09", None),
        ("2027-09-10", "EXPIRED_RESTORABLE"),
        ("2028-03-09", "EXPIRED_RESTORABLE"),
        ("2028-03-10", "EXPIRED"),
    ],
)
def test_ms8_for_six_months_it_could_be_restored(on: str, code: str | None) -> None:
    assert _found(on=on) == ({code} if code else set())


@pytest.mark.parametrize(
    ("expires", "last"), [("2025-08-31", "2026-02-28"), ("2025-08-30", "2026-02-28"),
                          ("2025-03-31", "2025-09-30")],
)  # fmt: skip
def test_ms8_six_months_from_a_month_end(expires: str, last: str) -> None:
    found = only(judged(case(on=last, certificate=certificate(expires=expires))),
                 "EXPIRED_RESTORABLE")  # fmt: skip

    assert found.facts["limit"] == day(last)


@pytest.mark.parametrize(
    ("decided", "code"), [("2025-08-31", None), ("2025-09-01", "RESTORED_TOO_LATE")]
)
def test_ms7_ms8_in_china_there_is_no_restoration(decided: str, code: str | None) -> None:
    renewed = certificate(decided=decided, effective="2025-09-01", expires="2028-08-31",
                          previous_expires="2025-08-31", recert_audit_end="2025-08-20")  # fmt: skip
    kept = record(event("granted", "2022-09-01"), event("renewed", "2025-09-01"))
    given = case(on="2026-01-10", certificate=renewed, record=kept, pack=CHINA)

    assert (codes(judged(given)) & {"RESTORED_TOO_LATE"}) == ({code} if code else set())
    ended = case(on="2027-09-10", pack=CHINA)
    assert answer(ended) == ("REJECT", {"EXPIRED"})


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("2026-02-28", set()),
        ("2026-03-01", {"SUSPENDED"}),
        ("2026-09-01", {"SUSPENDED"}),
        ("2026-09-02", {"SUSPENDED", "SUSPENSION_OVERDUE"}),
    ],
)
def test_ms15_ms16_suspended_and_suspended_too_long(on: str, found: set[str]) -> None:
    kept = record(event("granted", "2024-09-10"), event("suspended", "2026-03-01"),
                  audits=[audit("2025-08-21"), audit("2026-02-02")])  # fmt: skip

    assert codes(judged(case(on=on, record=kept))) == found


def test_ms16_nothing_is_withdrawn_by_itself() -> None:
    kept = record(event("granted", "2024-09-10"), event("suspended", "2025-01-10"))

    assert "WITHDRAWN" not in codes(judged(case(on="2027-09-09", record=kept)))


@pytest.mark.parametrize(
    ("type_", "code"), [("withdrawn", "WITHDRAWN"), ("cancelled", "CANCELLED")]
)
@pytest.mark.parametrize(("on", "ended"), [("2026-05-31", False), ("2026-06-01", True)])
def test_ms17_withdrawn_or_cancelled_from_its_day_on(
    type_: str, code: str, on: str, ended: bool
) -> None:
    kept = record(event("granted", "2024-09-10"), event(type_, "2026-06-01"),
                  audits=[audit("2025-08-21"), audit("2026-02-02")])  # fmt: skip

    assert codes(judged(case(on=on, record=kept))) == ({code} if ended else set())


def test_ms19_a_suspension_does_not_stop_the_clock() -> None:
    kept = record(event("granted", "2024-09-10"), event("suspended", "2027-06-01"),
                  event("reinstated", "2027-10-01"), audits=[audit("2025-08-21"),
                  audit("2026-06-02")])  # fmt: skip

    asked = [codes(judged(case(on=on, today="2027-12-01", record=kept), None))
             for on in ("2027-09-09", "2027-09-10", "2027-10-01")]  # fmt: skip

    assert asked == [{"SUSPENDED"}, {"EXPIRED_RESTORABLE"}, {"EXPIRED_RESTORABLE"}]


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2025-04-29", None),
        ("2025-04-30", "EDITION_ENDING"),
        ("2025-10-31", "EDITION_ENDING"),
        ("2025-11-01", "EDITION_ENDED"),
    ],
)
def test_ms20_an_edition_ends_whatever_the_certificate_says(on: str, code: str | None) -> None:
    found = _found(on=on, standards=("ISO/IEC 27001:2013",), decided="2023-03-02",
                   expires="2026-03-01")  # fmt: skip

    assert found == ({code} if code else set())


SITES = (
    Site("Leeds", "GB", codes=("iaf:17",)),
    Site("York", "GB"),
    Site("Head office", "GB", central=True),
)


def _multi_site(**asked: Any) -> set[str]:
    organisation = Organisation("Manufacture of plain bearings", ("iaf:17", "iaf:18"), SITES)
    given = certificate(organisation=organisation)
    return codes(judged(case(certificate=given, question=Question(**asked))))


@pytest.mark.parametrize(
    ("site", "code"),
    [("Leeds", None), ("York", None), ("Head office", "SITE_NOT_COVERED"),
     ("Hull", "SITE_NOT_COVERED"), ("leeds", "SITE_NOT_COVERED")],
)  # fmt: skip
def test_ms21_the_asked_site_is_listed_for_more_than_central_functions(
    site: str, code: str | None
) -> None:
    assert _multi_site(site=site) == ({code} if code else set())


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"activity": "iaf:17"}, None),
        ({"activity": "iaf:19"}, "ACTIVITY_NOT_COVERED"),
        ({"activity": "iaf:18", "site": "York"}, None),
        ({"activity": "iaf:18", "site": "Leeds"}, "ACTIVITY_NOT_COVERED"),
        ({"activity": "iaf:17", "site": "Leeds"}, None),
    ],
)
def test_ms22_the_asked_activity_is_in_the_scope_of_that_site(
    asked: dict[str, str], code: str | None
) -> None:
    assert _multi_site(**asked) == ({code} if code else set())


def test_ms22_ac5_the_codes_of_a_site_are_never_more_than_the_accreditation_gives() -> None:
    organisation = Organisation("Bearings", ("iaf:17",), (Site("Leeds", codes=("iaf:28",)),))
    given = case(certificate=certificate(organisation=organisation),
                 question=Question(site="Leeds", activity="iaf:28"))  # fmt: skip

    assert answer(given) == ("REJECT", {"OUT_OF_ACCREDITED_SCOPE"})


@pytest.mark.parametrize("kind", ["management_system", "product", "service"])
@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ("lei:529900T8BM49AURSDO55", True),
        ("lei:529900T8BM49AURSDO56", False),
        ("Harrow Bearings Ltd", True),
        ("Harrow Bearings Holding Ltd", False),
        ("harrow bearings ltd", False),
    ],
)
def test_ms23_the_holder_is_one_legal_person(kind: str, asked: str, fits: bool) -> None:
    found = codes(judged(case(kind, question=Question(holder=asked))))

    assert found == (set() if fits else {"HOLDER_MISMATCH"})


def test_ms23_a_name_that_looks_like_a_registration_is_none() -> None:
    holder = certificate().holder._replace(name="lei:529900T8BM49AURSDO99")
    asked = Question(holder="lei:529900T8BM49AURSDO99")

    assert codes(judged(case(certificate=certificate(holder=holder), question=asked))) == {
        "HOLDER_MISMATCH"
    }


@pytest.mark.parametrize(
    ("site", "matrix"),
    [
        (Site("York"), False),
        (Site("York", entity="Dunholt Ltd"), True),
        (Site("York", entity="Dunholt Ltd", linked="ownership"), False),
        (Site("York", entity="Dunholt Ltd", linked="contract"), False),
        (Site("York", entity="Harrow Bearings Ltd"), False),
        (Site("York", entity="lei:529900T8BM49AURSDO55"), False),
    ],
)
def test_ms24_unrelated_companies_do_not_share_a_certificate(site: Site, matrix: bool) -> None:
    organisation = Organisation("Bearings", ("iaf:17",), (Site("Leeds"), site))

    found = codes(judged(case(certificate=certificate(organisation=organisation))))

    assert found == ({"MATRIX_CERTIFICATE"} if matrix else set())


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("Manufacture of CE marked toys", "CE marked"),
        ("Design of CE certified pumps", "CE certified"),
        ("Toys with CE", "CE"),
        ("Sale of certified products", "certified products"),
        ("Goods of GUARANTEED quality", "GUARANTEED quality"),
        ("World-class bearings", "World-class"),
        ("Production of cables to CS 6004", "CS 6004"),
        ("Panels to UL 508A", "UL 508A"),
        ("Lampen nach EN 60598-1", "EN 60598"),
        ("Herstellung zertifizierter Produkte", "zertifizierter Produkte"),
        ("Lager mit CE-Kennzeichnung", "CE-Kennzeichnung"),
        ("Fabrication de produits certifiés", "produits certifiés"),
        ("Venta de productos certificados", "productos certificados"),
        ("Vendita di prodotti certificati", "prodotti certificati"),
        ("销售认证产品", "认证产品"),
        ("認証製品の販売", "認証製品"),
        # What honest scopes say.
        ("Design and manufacture of plain bearings", None),
        ("Certification of products", None),
        ("Ce que nous faisons", None),
        ("FABRICATION DE CE MATERIEL", None),
        ("Provision of laboratory services", None),
        ("Lending of excellence", None),
        ("Handel mit Lagern bester Bauart", None),
    ],
)
def test_ms25_a_scope_does_not_hint_at_approved_products(scope: str, words: str | None) -> None:
    assert misleading(scope, known()) == words


@pytest.mark.parametrize("claims", [{}, {"languages": {"de": "Lager, garantiert gut"}}])
def test_ms25_a_reader_is_warned_of_the_wording_in_any_language(claims: dict[str, Any]) -> None:
    organisation = certificate().organisation
    assert organisation is not None
    scope = organisation.scope if claims else "Manufacture of certified products"
    worded = certificate(organisation=organisation._replace(scope=scope), claims=claims)

    given = case(certificate=worded)

    assert answer(given) == ("ACCEPT_WITH_WARNING", {"SCOPE_TEXT_MISLEADING"})


MOVED = TransferOrigin("https://cb-v.example", "V-1", day("2024-04-01"), day("2027-03-31"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expires": "2027-03-31"}, None),
        ({"expires": "2027-04-01"}, "TERM_TOO_LONG"),
        ({"expires": "2029-05-04", "recert_audit_end": "2026-05-01"}, None),
        ({"expires": "2029-05-05", "recert_audit_end": "2026-05-01"}, "TERM_TOO_LONG"),
        ({"expires": "2027-03-31", "transferred_from": MOVED._replace(expires=None)},
         "INCOMPLETE_CERTIFICATE"),
        ({"expires": "2027-03-31", "transferred_from": MOVED._replace(decided=None)},
         "INCOMPLETE_CERTIFICATE"),
    ],
)  # fmt: skip
def test_ms26_a_transfer_keeps_the_old_end(changes: dict[str, Any], code: str | None) -> None:
    found = _found(**{"decided": "2026-05-04", "transferred_from": MOVED, **changes})

    assert found == ({code} if code else set())


def test_ms26_the_old_cycles_surveillance_runs_on() -> None:
    moved = certificate(decided="2026-05-04", expires="2027-03-31", transferred_from=MOVED)
    kept = record(event("granted", "2026-05-04"), audits=[audit("2025-03-20")])

    assert answer(case(certificate=moved, record=kept))[1] == {"SURV_SECOND_YEAR_LATE"}
    assert "SURV_OVERDUE" in answer(case(on="2027-02-01", certificate=moved, record=kept))[1]
    without = record(event("granted", "2026-05-04"))
    assert "SURV_OVERDUE" in answer(case(certificate=moved, record=without))[1]


def test_ms4_the_policy_says_how_late_the_audit_must_be() -> None:
    policy = Policy(recert_earliest_month=30)
    renewed = certificate(recert_audit_end="2025-12-09", expires="2029-06-09", **RENEWED)
    later = certificate(recert_audit_end="2025-12-10", expires="2029-06-09", **RENEWED)

    assert "TERM_TOO_LONG" in codes(judged(case(certificate=renewed, policy=policy)))
    assert "TERM_TOO_LONG" not in codes(judged(case(certificate=later, policy=policy)))
