"""Gates about the certifier's standing and what is stated.

rules.md IG-MS-2, IG-MS-15, IG-PC-1, AC-5, AB-2, PC-22, MS-1, MS-20, CM-10.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.domain.accreditation import Accreditation, ScopeRow
from service.domain.dates import Period
from service.domain.gate import GateOutcome
from service.issuer.dossier import read_dossier
from service.rules.gates import accreditation_for
from service.rules.policy import parse_policy
from tests.rules.building import happened, recognised
from tests.rules.building import recognition as recognition_of
from tests.rules.gates.building import (
    accredited,
    dossier,
    gates,
    ground,
    known,
    merged,
    outcome,
    refusals,
)

MS, PC = "ms-initial", "pc-cable5"


def _with(key: str = "CB-A", **changes: Any) -> dict[str, Any]:
    return {"granted": (replace(accredited(key), **changes),)}


def _narrowed(key: str, **changes: Any) -> dict[str, Any]:
    scope = tuple(replace(row, **changes) for row in accredited(key).scope)
    return _with(key, scope=scope)


SUSPENDED = (happened("suspended", "2026-04-20"),)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"events": SUSPENDED}, "CB_SUSPENDED"),
        ({"events": (happened("withdrawn", "2026-04-20"),)}, "ISSUED_AFTER_ACCREDITATION_ENDED"),
        ({"events": (happened("withdrawn", None),)}, "CHAIN_LINK_REVOKED"),
        ({"expires_on": date(2026, 4, 19)}, "ISSUED_AFTER_ACCREDITATION_ENDED"),
        ({"granted_on": date(2026, 4, 21)}, "ISSUED_BEFORE_ACCREDITATION"),
        ({"norm": "ISO/IEC 17065"}, "WRONG_ACCREDITATION_NORM"),
    ],
)
def test_igms2_the_accreditation_is_active_on_the_day_of_the_decision(
    changes: Any, code: str
) -> None:
    assert refusals(dossier(MS), **_with(**changes)) == {"IG-MS-2": code}


@pytest.mark.parametrize(
    "changes",
    [
        {"events": (happened("suspended", "2026-04-21"),)},
        {"events": (happened("withdrawn", "2026-04-21"),)},
        {"expires_on": date(2026, 4, 20)},
        {"granted_on": date(2026, 4, 20)},
    ],
)
def test_igms2_the_last_and_the_first_day_of_an_accreditation_count(changes: Any) -> None:
    assert not refusals(dossier(MS), **_with(**changes))


def test_igms2_a_body_without_any_accreditation_cannot_claim_one() -> None:
    assert refusals(dossier(MS), granted=()) == {"IG-MS-2": "CB_NOT_ACCREDITED"}


@pytest.mark.parametrize(
    ("type_", "code"),
    [("suspended", "CB_SUSPENDED"), ("withdrawn", "ISSUED_AFTER_ACCREDITATION_ENDED")],
)
def test_igms2_a_body_suspended_or_gone_since_the_decision_signs_nothing(
    type_: str, code: str
) -> None:
    since = _with(events=(happened(type_, "2026-04-22"),))

    assert not refusals(dossier(MS), today=date(2026, 4, 21), **since)
    assert refusals(dossier(MS), today=date(2026, 4, 22), **since) == {"IG-MS-2": code}


@pytest.mark.parametrize(("on", "allowed"), [("2026-04-20", True), ("2026-04-21", False)])
def test_igms2_with_the_bodys_written_leave_a_suspended_certifier_may_decide(
    on: str, allowed: bool
) -> None:
    leave = _with(events=SUSPENDED, approvals={"CB-A/2026/0077": date.fromisoformat(on)})

    gate = gates(dossier(MS), **leave)["IG-MS-2"]

    expected = (
        (GateOutcome.WARNING, "ISSUED_WITH_AB_APPROVAL")
        if allowed
        else (GateOutcome.REFUSED, "CB_SUSPENDED")
    )
    assert (gate.outcome, gate.code) == expected


def test_igms2_leave_for_another_number_is_none() -> None:
    leave = _with(events=SUSPENDED, approvals={"CB-A/2026/0078": date(2026, 4, 1)})

    assert refusals(dossier(MS), **leave) == {"IG-MS-2": "CB_SUSPENDED"}


def test_igms2_every_code_is_accredited() -> None:
    row = accredited("CB-A").scope[0]
    partly = {"granted": (replace(accredited("CB-A"), scope=(
        replace(row, codes=frozenset({"iaf:18"})),)),)}  # fmt: skip
    team = {"codes": ["iaf:19", "iaf:18"]}

    assert refusals(dossier(MS), **partly) == {"IG-MS-2": "OUT_OF_ACCREDITED_SCOPE"}
    found = gates(dossier(MS, team), **partly)["IG-MS-2"]
    assert (found.code, found.missing) == (
        "OUT_OF_ACCREDITED_SCOPE",
        "The accreditation does not cover iaf:19.",
    )


def test_igms2_a_standard_or_an_edition_outside_the_scope_is_refused() -> None:
    for standard in ("ISO 14001:2015", "ISO 9001:2008"):
        found = refusals(dossier(MS, {"standards": [standard]}))
        assert found["IG-MS-2"] == "OUT_OF_ACCREDITED_SCOPE"


def test_igms2_no_codes_at_all_claims_every_field() -> None:
    assert refusals(dossier(MS, {"codes": []})) == {"IG-MS-2": "OUT_OF_ACCREDITED_SCOPE"}


def test_igms2_none_is_claimed_only_outside_the_accreditation() -> None:
    bare = {"certificate": {"accredited": False}}
    inside = dossier(MS, bare)
    partly = dossier(MS, {**bare, "codes": ["iaf:38", "iaf:19"]})
    outside = dossier(MS, {**bare, "codes": ["iaf:38"]})

    assert refusals(inside) == {"IG-MS-2": "UNACCREDITED_INSIDE_SCOPE"}
    assert refusals(partly)["IG-MS-2"] == "UNACCREDITED_INSIDE_SCOPE"
    gate = gates(outside)["IG-MS-2"]
    assert (gate.outcome, gate.code) == (GateOutcome.WARNING, "UNACCREDITED")


def test_igms2_whether_an_accreditation_is_claimed_is_said() -> None:
    assert refusals(dossier(MS, {"certificate": {"accredited": None}})) == {"IG-MS-2": "IG-MS-2"}


def test_igms2_what_the_body_declared_void_is_not_issued() -> None:
    void = happened("reduced", "2026-01-01", void_from=date(2026, 4, 20))

    assert "IG-MS-2" in refusals(dossier(MS), **_with(events=(void,)))


def test_igms2_of_two_accreditations_the_fitting_one_is_used() -> None:
    both = (accredited("CB-P"), accredited("CB-A"))
    given = dossier(MS)

    assert not refusals(given, granted=both)
    best = accreditation_for(read_dossier(given), ground(given, granted=both))
    assert best is not None and best.number == "0164"


def test_igms2_an_overdue_reassessment_is_a_warning() -> None:
    gate = gates(dossier(MS), **_with(reassessed_on=date(2021, 4, 19)))["IG-MS-2"]

    assert (gate.outcome, gate.code) == (GateOutcome.WARNING, "REASSESSMENT_OVERDUE")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (_narrowed("CB-P", standards=("CS 6004:2012",)), "OUT_OF_ACCREDITED_SCOPE"),
        (_narrowed("CB-P", scheme="OTHER-5"), "OUT_OF_ACCREDITED_SCOPE"),
        (_narrowed("CB-P", type="3"), "OUT_OF_ACCREDITED_SCOPE"),
        (_with("CB-P", events=(happened("suspended", "2026-03-09"),)), "CB_SUSPENDED"),
        (_with("CB-P", norm="ISO/IEC 17021-1"), "WRONG_ACCREDITATION_NORM"),
    ],
)
def test_igpc1_accredited_for_scheme_standard_and_edition(changes: Any, code: str) -> None:
    assert refusals(dossier(PC), **changes) == {"IG-PC-1": code}


def test_igpc1_a_row_counts_on_its_days_only() -> None:
    until = Period(date(2019, 11, 4), date(2026, 3, 9))
    before = Period(date(2019, 11, 4), date(2026, 3, 8))

    assert not refusals(dossier(PC), **_narrowed("CB-P", period=until))
    found = refusals(dossier(PC), **_narrowed("CB-P", period=before))
    assert found == {"IG-PC-1": "OUT_OF_ACCREDITED_SCOPE"}


@pytest.mark.parametrize(
    ("categories", "stated", "good"),
    [
        (("cables",), None, True),  # the scheme's own
        (("cables",), "cables", True),
        (("cables",), "plugs", False),
        (("plugs",), None, False),
        (("plugs",), "plugs", True),
        (None, "anything", True),
    ],
)
def test_ac5_the_product_is_of_an_accredited_category(
    categories: Any, stated: str | None, good: bool
) -> None:
    given = dossier(PC, {"product": {"category": stated}})

    found = refusals(given, **_narrowed("CB-P", categories=categories))

    assert found == ({} if good else {"AC-5": "OUT_OF_ACCREDITED_SCOPE"})


def test_ac5_a_category_that_nobody_knows_is_refused() -> None:
    scheme = {"id": "NEW-5", "type": "5"}
    row = _narrowed("CB-P", scheme="NEW-5")

    assert refusals(dossier(PC, {"scheme": scheme}), **row) == {"AC-5": "OUT_OF_ACCREDITED_SCOPE"}


def test_ab2_somebody_recognises_the_accreditation_body() -> None:
    assert refusals(dossier(MS), recognition=None) == {"AB-2": "AB_NOT_RECOGNISED"}
    assert outcome("AB-2", dossier(MS), recognition=None, anchored=True) is GateOutcome.NOT_NEEDED


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"norm": "ISO/IEC 17065"}, "AB_NOT_RECOGNISED_FOR_THIS_KIND"),
        ({"standards": ("ISO 14001",)}, "AB_NOT_RECOGNISED_FOR_THIS_KIND"),
        ({"until": "2026-04-19"}, "AB_RECOGNITION_ENDED"),
        ({"suspended": (Period(date(2026, 4, 20), None),)}, "AB_RECOGNITION_SUSPENDED"),
    ],
)
def test_ab2_it_is_recognised_for_norm_and_standard_on_the_decision(row: Any, code: str) -> None:
    assert refusals(dossier(MS), recognition=recognition_of(recognised(**row))) == {"AB-2": code}


def test_ab2_a_recognition_that_ended_since_the_decision_is_refused() -> None:
    ending = recognition_of(recognised(until="2026-04-20"))

    assert not refusals(dossier(MS), recognition=ending)
    found = refusals(dossier(MS), recognition=ending, today=date(2026, 4, 21))
    assert found == {"AB-2": "AB_RECOGNITION_ENDED"}


def test_ab2_recognised_for_the_norm_only_is_a_warning() -> None:
    whole = recognition_of(recognised(standards=("ISO 14001",), main_scope=True))

    gate = gates(dossier(MS), recognition=whole)["AB-2"]

    assert (gate.outcome, gate.code) == (GateOutcome.WARNING, "MAIN_SCOPE_ONLY")


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"organisation": {"scope": "Sale of certified products"}}, "SCOPE_TEXT_MISLEADING"),
        ({"languages": {"de": "Handel mit zertifizierten Produkten"}}, "SCOPE_TEXT_MISLEADING"),
        ({"standards": ["CS 6004:2019"]}, "STANDARD_KIND_MISMATCH"),
        ({"standards": ["ISO 26000:2010"]}, "STANDARD_KIND_MISMATCH"),
        ({"standards": ["ISO/IEC 17025:2017"]}, "STANDARD_IS_AN_ACCREDITATION_STANDARD"),
    ],
)
def test_igms15_ms25_scope_and_standard_are_those_of_a_management_system(
    patch: Any, code: str
) -> None:
    assert refusals(dossier(MS, patch))["IG-MS-15"] == code


def test_igms15_a_standard_that_nobody_knows_is_a_warning() -> None:
    assert outcome("IG-MS-15", dossier(MS, {"standards": ["ACME 1:2020"]})) is GateOutcome.WARNING


@pytest.mark.parametrize(
    ("standard", "code"),
    [
        ("ISO 9001:2015", "STANDARD_KIND_MISMATCH"),
        ("ISO/IEC 17025:2017", "STANDARD_IS_AN_ACCREDITATION_STANDARD"),
    ],
)
def test_ms1_no_product_is_certified_to_a_system_standard(standard: str, code: str) -> None:
    assert refusals(dossier(PC, {"standards": [standard]}))["MS-1"] == code


def _ending(kind: str, end: str, **more: Any) -> Any:
    name = "ISO 9001" if kind == "management_system" else "CS 6004"
    edition = "2015" if kind == "management_system" else "2019"
    row = {"designator": name, "edition": edition, "kind": kind, "transition_end": end}
    return {"catalogue": known({**row, **more})}


def test_ms20_an_edition_holds_on_the_day_of_signing() -> None:
    last = gates(dossier(MS), **_ending("management_system", "2026-04-20"))["MS-20"]

    assert (last.outcome, last.code) == (GateOutcome.WARNING, "EDITION_ENDING")
    assert refusals(dossier(MS), **_ending("management_system", "2026-04-19")) == {
        "MS-20": "EDITION_ENDED"
    }
    later = dossier(MS, {"certificate": {"effective": "2026-04-21"}})
    assert refusals(later, **_ending("management_system", "2026-04-20")) == {
        "MS-20": "EDITION_ENDED"
    }


def test_pc15_an_edition_of_a_product_standard_holds_too() -> None:
    assert outcome("PC-15", dossier(PC), **_ending("product", "2026-03-09")) == "warning"
    assert refusals(dossier(PC), **_ending("product", "2026-03-08")) == {"PC-15": "EDITION_ENDED"}
    newer = {"catalogue": known({"designator": "CS 6004", "edition": "2019", "kind": "product",
                                 "superseded_by": "CS 6004:2026"})}  # fmt: skip
    assert gates(dossier(PC), **newer)["PC-15"].code == "NEWER_EDITION_EXISTS"


@pytest.mark.parametrize(
    ("name", "patch"),
    [
        (MS, {"holder": None}),
        (MS, {"holder": {"country": None}}),
        (MS, {"organisation": {"scope": None}}),
        (MS, {"organisation": {"sites": []}}),
        (MS, {"certificate": {"expires": None}}),
        (MS, {"certificate": {"effective": None}}),
        (MS, {"standards": []}),
        (PC, {"product": {"models": []}}),
        (PC, {"scheme": None}),
        (PC, {"decision": {"makers": []}}),
        ("service", {"service": {"scope": None}}),
    ],
)
def test_cm10_pc1_nothing_is_left_out_that_a_certificate_must_state(name: str, patch: Any) -> None:
    assert refusals(dossier(name, patch))["CM-10"] == "INCOMPLETE_CERTIFICATE"


def test_cm10_a_standard_is_named_with_its_edition() -> None:
    found = gates(dossier(PC, {"standards": ["CS 6004"]}))["CM-10"]

    assert found.code == "INCOMPLETE_CERTIFICATE"
    assert found.facts == {"fields": ["the edition of every standard"]}


def test_cm10_a_family_or_a_batch_will_do_for_models() -> None:
    for instead in ({"family": "K"}, {"batch": {"lot": "L1"}}):
        given = dossier(PC, {"product": {"models": [], **instead}})
        assert "CM-10" not in refusals(given)


LAW = {"purpose": "eu-notified-body", "module": "D"}


def _designation(**changes: Any) -> Accreditation:
    row = ScopeRow(
        Period(date(2020, 1, 1), None), ("CS 6004:2019",), scheme="CABLE-5", modules=("B", "D")
    )
    usual = accredited("CB-P")
    return replace(usual, **{"norm": "REG", "scope": (row,), **changes})


def test_pc22_a_product_for_a_law_needs_a_designation() -> None:
    assert outcome("PC-22", dossier(PC)) is GateOutcome.NOT_NEEDED
    assert refusals(dossier(PC, LAW)) == {"PC-22": "REGULATORY_MISMATCH"}
    assert not refusals(dossier(PC, LAW), designation=_designation())


@pytest.mark.parametrize(
    ("patch", "changes"),
    [
        ({"module": "H"}, {}),
        ({"module": None}, {}),
        ({}, {"granted_on": date(2026, 3, 10)}),
        ({}, {"expires_on": date(2026, 3, 8)}),
        ({}, {"events": (happened("withdrawn", "2026-03-09"),)}),
        ({}, {"events": (happened("suspended", "2026-03-09"),)}),
        ({}, {"scope": (ScopeRow(Period(date(2020, 1, 1), None), ("DS 200",)),)}),
        ({"module": "B", "mark": {"body_number": True}}, {}),
    ],
)
def test_pc22_module_product_and_day_lie_in_the_designation(patch: Any, changes: Any) -> None:
    given = dossier(PC, {**LAW, **patch} if patch.get("module", "") is not None
                    else {"purpose": LAW["purpose"]})  # fmt: skip

    found = refusals(given, designation=_designation(**changes))

    assert found == {"PC-22": "REGULATORY_MISMATCH"}


def test_pc22_the_bodys_number_stands_by_the_ce_where_it_acts_in_production() -> None:
    given = dossier(PC, merged(LAW, {"mark": {"body_number": True}}))

    assert not refusals(given, designation=_designation())


def test_igms2_a_lenient_policy_changes_nothing_for_who_is_accredited() -> None:
    lenient = parse_policy({"partly_accredited": "warn", "unaccredited": "warn"})
    bare = dossier(MS, {"certificate": {"accredited": False}})

    assert refusals(bare, policy=lenient) == {"IG-MS-2": "UNACCREDITED_INSIDE_SCOPE"}
