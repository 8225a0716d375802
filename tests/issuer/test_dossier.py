"""Reading a dossier: a closed set, strictly typed; what is refused is named by its full path."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.credential.reading import MAX_TEXT_CHARS
from service.domain.certificate import Holder, Kind, Site
from service.domain.dossier import Act, Dossier
from service.issuer.dossier import DossierRefused, read_dossier
from service.issuer.reading import MAX_NUMBER
from tests.rules.gates.building import base, merged, stages

BARE = {"act": "grant", "kind": "management_system"}
RLO, ZWSP = chr(0x202E), chr(0x200B)
ZWNJ = chr(0x200C)


def _refusal(patch: Any, of: str | None = None) -> tuple[str, str]:
    raw = merged(base(of) if of is not None else BARE, patch)
    with pytest.raises(DossierRefused) as refused:
        read_dossier(raw)
    return refused.value.code, refused.value.field


def test_a_dossier_may_lack_everything_but_act_and_kind() -> None:
    assert read_dossier(BARE) == Dossier(Act.GRANT, Kind.MANAGEMENT_SYSTEM)
    assert _refusal({"act": None}) == ("CLAIM_MISSING", "act")
    assert _refusal({"kind": None}) == ("CLAIM_MISSING", "kind")


def test_null_is_the_same_as_absent() -> None:
    assert read_dossier({**BARE, "audit_time": None, "audits": None}) == read_dossier(BARE)


def test_a_whole_dossier_is_read_with_everything_in_it() -> None:
    found = read_dossier(base("ms-initial"))

    assert found.holder == Holder(
        "Harrow Bearings Ltd", "GB", "4 Mill Lane, Leeds LS1 4AB", "lei:529900T8BM49AURSDO55"
    )
    assert found.organisation.sites == (Site("main"),)
    assert [audit.half_days_total for audit in found.audits] == [3, 7]
    assert found.audits[1].first_day == date(2026, 3, 24)
    assert found.people["p9"].consulted_client_until is None
    assert (found.decision.on, found.decision.makers) == (date(2026, 4, 20), ("p9",))


def test_a_product_and_a_transfer_are_read_too() -> None:
    product, transfer = read_dossier(base("pc-cable5")), read_dossier(base("ms-transfer"))

    assert product.tests[0].laboratory == "LAB-1"
    assert product.product.factories == ("F1",)
    assert product.review.on == date(2026, 3, 2)
    assert transfer.transfer is not None and transfer.transfer.by == "https://cb-v.example"


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"colour": "red"}, "colour"),
        ({"holder": {"nickname": "x"}}, "holder.nickname"),
        ({"people": {"p1": {"age": 7}}}, "people.p1.age"),
        ({"organisation": {"sites": ["main", {"name": "Hull", "size": 3}]}},
         "organisation.sites[1].size"),
        ({"x" * 90: 1}, "x" * 40),
        ({f"a{RLO}b": 1}, "a[U+202E]b"),
    ],
)  # fmt: skip
def test_an_unknown_member_is_named_by_its_path(patch: Any, path: str) -> None:
    assert _refusal(patch) == ("UNKNOWN_FIELD", path)


@pytest.mark.parametrize(
    ("patch", "code", "path"),
    [
        (stages(stage2={"team": [{"person": "p1", "role": "boss"}]}), "BAD_PARAMETER",
         "audits[1].team[0].role"),
        (stages(stage2={"team": [{"person": "p1"}]}), "CLAIM_MISSING", "audits[1].team[0].role"),
        (stages(stage2={"team": [{"person": 1, "role": "lead"}]}), "CLAIM_TYPE",
         "audits[1].team[0].person"),
        (stages(stage2={"first_day": "2026-02-30"}), "BAD_PARAMETER", "audits[1].first_day"),
        (stages(stage2={"first_day": "1949-12-31"}), "TIME_RANGE", "audits[1].first_day"),
        (stages(stage2={"first_day": "2100-01-01"}), "TIME_RANGE", "audits[1].first_day"),
        (stages(stage2={"first_day": 20260324}), "CLAIM_TYPE", "audits[1].first_day"),
        (stages(stage2={"report_sha256": "6E" * 32}), "BAD_PARAMETER", "audits[1].report_sha256"),
        (stages(stage1={"internal_audit_seen": 1}), "CLAIM_TYPE", "audits[0].internal_audit_seen"),
        (stages(stage1={"open_concerns": True}), "CLAIM_TYPE", "audits[0].open_concerns"),
        (stages(stage1={"open_concerns": -1}), "BAD_PARAMETER", "audits[0].open_concerns"),
        ({"audits": {}}, "CLAIM_TYPE", "audits"),
        ({"audits": ["x"]}, "CLAIM_TYPE", "audits[0]"),
        ({"audits": [{}]}, "CLAIM_MISSING", "audits[0].kind"),
        ({"act": "suspend"}, "BAD_PARAMETER", "act"),
        ({"kind": ["product"]}, "CLAIM_TYPE", "kind"),
        ({"holder": {"country": "Britain"}}, "BAD_PARAMETER", "holder.country"),
        ({"holder": {"name": " "}}, "BAD_PARAMETER", "holder.name"),
        ({"holder": {"name": "x" * (MAX_TEXT_CHARS + 1)}}, "BAD_PARAMETER", "holder.name"),
        ({"organisation": {"personnel": MAX_NUMBER + 1}}, "BAD_PARAMETER",
         "organisation.personnel"),
        ({"codes": ["x"] * 501}, "BAD_PARAMETER", "codes"),
        ({"scheme": {"id": "CABLE-5"}}, "CLAIM_MISSING", "scheme.type"),
        ({"product": {"gtins": ["12345"]}}, "BAD_PARAMETER", "product.gtins[0]"),
        ({"product": {"batch": {"serials": [["1"]]}}}, "BAD_PARAMETER",
         "product.batch.serials[0]"),
        ({"displays": ["gold_star"]}, "BAD_PARAMETER", "displays[0]"),
        ({"languages": []}, "CLAIM_TYPE", "languages"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_by_its_path(patch: Any, code: str, path: str) -> None:
    assert _refusal(patch, "ms-initial") == (code, path)


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"holder": {"name": f"Harrow{RLO}Ltd"}}, "holder.name"),
        ({"holder": {"name": f"Har{ZWSP}row Ltd"}}, "holder.name"),
        ({"holder": {"name": f"Har{ZWNJ}row Ltd"}}, "holder.name"),
        ({"holder": {"name": "Harrow\nLtd"}}, "holder.name"),
        ({"holder": {"name": "Harrow\x00"}}, "holder.name"),
        ({"holder": {"name": "Harrow\u3164"}}, "holder.name"),
        ({"holder": {"name": "H" + "\u0301" * 5}}, "holder.name"),
        ({"holder": {"name": "\u0301Harrow"}}, "holder.name"),
        ({"holder": {"name": "Harrow\ud800"}}, "holder.name"),
        ({"holder": {"address": f"4 Mill Lane{RLO}"}}, "holder.address"),
        ({"organisation": {"scope": f"looms{RLO}"}}, "organisation.scope"),
        ({"organisation": {"sites": [f"main{RLO}"]}}, "organisation.sites[0]"),
        ({"product": {"brand": f"x{RLO}"}}, "product.brand"),
        ({"product": {"models": ["K7", f"K{ZWSP}8"]}}, "product.models[1]"),
        ({"languages": {"de": f"x{RLO}"}}, "languages.de"),
        ({"languages": {f"d{RLO}": "x"}}, "languages.d[U+202E]"),
        ({"stage_gap_justification": f"moved{RLO}"}, "stage_gap_justification"),
    ],
)
def test_text_that_hides_or_turns_is_refused(patch: Any, path: str) -> None:
    assert _refusal(patch) == ("NAME_CONTROL_CHARS", path)


@pytest.mark.parametrize(
    "name",
    ["Müller & Söhne GmbH", "شرکت نمونه", f"می{ZWNJ}خواهم", "株式会社 例", "Vie\u0323\u0302t"],
)
def test_names_in_every_script_are_read(name: str) -> None:
    found = read_dossier({**BARE, "holder": {"name": name}})

    assert found.holder is not None and found.holder.name == name


def test_a_justification_may_have_several_lines() -> None:
    text = "The client moved.\r\n\tAgreed in June."

    assert read_dossier({**BARE, "stage_gap_justification": text}).stage_gap_justification == text


@pytest.mark.parametrize(
    ("value", "half_days"), [(0, 0), (3, 6), (1.5, 3), (2.0, 4), ("1.5", 3), ("4", 8)]
)
def test_audit_time_is_read_to_the_half_day(value: Any, half_days: int) -> None:
    found = read_dossier({**BARE, "audits": [{"kind": "stage1", "days_total": value}]})

    assert found.audits[0].half_days_total == half_days


@pytest.mark.parametrize(
    "value", [1.25, -1, -0.5, float("nan"), float("inf"), 10**400, "1.25", "one", "1,5", 1e-9]
)
def test_other_fractions_of_a_day_are_refused(value: Any) -> None:
    found = _refusal({"audits": [{"kind": "stage1", "days_total": value}]})

    assert found == ("BAD_PARAMETER", "audits[0].days_total")


def test_true_is_no_number_of_days() -> None:
    found = _refusal({"audits": [{"kind": "stage1", "days_total": True}]})

    assert found == ("CLAIM_TYPE", "audits[0].days_total")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*base("ms-initial"), *base("pc-cable5"), "x"]), _JSON)
def test_whatever_stands_in_a_member_is_read_or_refused_under_its_name(
    name: str, value: Any
) -> None:
    try:
        read_dossier({**BARE, name: value})
    except DossierRefused as refused:
        assert refused.field == name or refused.field.startswith((f"{name}.", f"{name}["))


@pytest.mark.parametrize("value", [None, [], "x", 7])
def test_what_is_no_object_is_no_dossier(value: Any) -> None:
    with pytest.raises(DossierRefused) as refused:
        read_dossier(value)

    assert (refused.value.code, refused.value.field) == ("CLAIM_TYPE", "")
