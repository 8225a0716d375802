"""What a statement grants: closed sets, exact types; and anchors as they are configured."""

from typing import Any

import pytest

from keys.jwk import KeyRefused
from keys.signer import KeySigner
from service.domain.accreditation import EVENT_TYPES
from service.domain.reason import Reason
from service.domain.verdict import Refused
from service.trust.anchors import Anchor, parse_anchor, parse_anchors
from service.trust.grants import Grant, read_accreditations, read_recognition
from tests.trust.worked_chain import ACCREDITATION, RECOGNITION
from tests.world import GONE, Claims, day
from tests.world.papers import changed

KEY = KeySigner.unsafe_from_seed(b"tests/grants", "cb1-2026")
ROW = ACCREDITATION["scope"][0]
EVENT = {"type": "suspended", "effective_on": "2026-02-10"}
NAMED = {"jwk": KEY.public_jwk(), "purposes": ["certificate"], "from": "2024-01-01T00:00:00Z"}


def read(*accreditations: Claims) -> tuple[Grant, ...]:
    grants, _ = read_accreditations(list(accreditations), by="https://ab", of="https://cb")
    return grants


def refusal(value: Any) -> Reason:
    with pytest.raises(Refused) as refused:
        read_accreditations(value, by="https://ab", of="https://cb")
    return refused.value.code


def accreditation(**changes: Any) -> Claims:
    return changed(ACCREDITATION, changes)


def with_row(**changes: Any) -> Claims:
    return accreditation(scope=[changed(ROW, changes)])


def with_event(**changes: Any) -> Claims:
    return accreditation(events=[changed(EVENT, changes)])


def with_key(**changes: Any) -> Claims:
    return accreditation(keys=[changed(NAMED, changes)])


# Accreditations


@pytest.mark.parametrize(
    "name", ["number", "norm", "granted_on", "zone", "scope", "keys", "status_origins"]
)
@pytest.mark.parametrize("value", [GONE, None])
def test_what_every_accreditation_states_must_be_there(name: str, value: object) -> None:
    assert refusal([accreditation(**{name: value})]) is Reason.CLAIM_MISSING


@pytest.mark.parametrize("name", ["expires_on", "reassessed_on", "events", "offices"])
def test_what_may_be_absent_may_be_null(name: str) -> None:
    assert read(accreditation(**{name: GONE})) == read(accreditation(**{name: None}))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({}, Reason.CLAIM_TYPE),
        ("all", Reason.CLAIM_TYPE),
        ([[]], Reason.CLAIM_TYPE),
        ([accreditation(scheme="x")], Reason.CLAIM_UNKNOWN),
        ([accreditation(zone="Europe/Atlantis")], Reason.CLAIM_TYPE),
        ([accreditation(zone="../../etc/passwd")], Reason.CLAIM_TYPE),
        ([accreditation(zone="")], Reason.CLAIM_TYPE),
        ([accreditation(granted_on="2015-13-02")], Reason.CLAIM_TYPE),
        ([accreditation(status_origins="https://cb-a.example")], Reason.CLAIM_TYPE),
        ([with_row(codes="iaf:17")], Reason.CLAIM_TYPE),
        ([with_row(codes=[17])], Reason.CLAIM_TYPE),
        ([with_row(country="GB")], Reason.CLAIM_UNKNOWN),
        ([with_row(until="2015-11-15")], Reason.CLAIM_INCONSISTENT),
        ([with_row(**{"from": GONE})], Reason.CLAIM_MISSING),
        ([with_row(max_term_months=-1)], Reason.CLAIM_TYPE),
        ([with_row(plan=[{"kind": "x"}])], Reason.CLAIM_MISSING),
        ([with_row(plan=[{"kind": "x", "months": 12, "mode": "sometimes"}])], Reason.CLAIM_TYPE),
        ([with_row(edition_test="never")], Reason.CLAIM_TYPE),
        ([with_event(type="forgiven")], Reason.CLAIM_TYPE),
        ([with_event(type=GONE)], Reason.CLAIM_MISSING),
        ([with_event(note="x")], Reason.CLAIM_UNKNOWN),
        ([with_event(scope=[{"country": "GB"}])], Reason.CLAIM_UNKNOWN),
        ([with_event(recorded_at="2026-02-10")], Reason.CLAIM_TYPE),
        ([with_event(void_numbers="7")], Reason.CLAIM_TYPE),
        ([with_key(purposes=["everything"])], Reason.CLAIM_TYPE),
        ([with_key(purposes=GONE)], Reason.CLAIM_MISSING),
        ([with_key(jwk=None)], Reason.CLAIM_MISSING),
        ([with_key(**{"from": "2024-01-01"})], Reason.CLAIM_TYPE),
        ([with_key(revoked=True)], Reason.CLAIM_TYPE),
        ([with_key(owner="x")], Reason.CLAIM_UNKNOWN),
        ([accreditation(approvals=[{"number": "7"}])], Reason.CLAIM_MISSING),
        ([accreditation(adoptions=[{"by": "x", "numbers": [], "x": 1}])], Reason.CLAIM_UNKNOWN),
        ([accreditation(), accreditation()], Reason.CLAIM_INCONSISTENT),
    ],
)
def test_what_is_not_understood_is_refused(value: Any, code: Reason) -> None:
    assert refusal(value) is code


@pytest.mark.parametrize("type_", sorted(EVENT_TYPES))
def test_every_event_of_the_table_is_read(type_: str) -> None:
    (grant,) = read(with_event(type=type_))

    assert grant.accreditation.events[0].type == type_


def test_an_empty_list_is_nothing_and_null_is_everything() -> None:
    def codes(value: Any) -> frozenset[str] | None:
        return read(with_row(codes=value))[0].accreditation.scope[0].codes

    assert codes([]) == frozenset()
    assert codes(None) is codes(GONE) is None


def test_an_event_touches_the_whole_or_the_parts_it_names() -> None:
    part = {"standard": "ISO 9001", "codes": ["iaf:17"]}
    (whole,) = read(with_event(scope=None))
    (one,), (listed,) = read(with_event(scope=part)), read(with_event(scope=[part]))

    assert whole.accreditation.events[0].parts is None
    assert one == listed
    for codes, touched in ((("iaf:17",), 1), (("iaf:18",), 0), ((), 1)):
        assert len(one.accreditation.touching(("ISO 9001:2015",), codes, None)) == touched


def test_one_key_may_stand_in_several_accreditations() -> None:
    second = accreditation(number="0165", keys=[{**NAMED, "purposes": ["status"]}])
    grants = read(accreditation(keys=[NAMED]), second)

    assert [grant.keyring.entries[0].key for grant in grants] == [KEY.public] * 2


def test_two_keys_under_one_name_refuse_all() -> None:
    other = KeySigner.unsafe_from_seed(b"tests/grants/other", "cb1-2026").public_jwk()
    second = accreditation(number="0165", keys=[{**NAMED, "jwk": other}])

    with pytest.raises(KeyRefused, match="KEY_DUPLICATE_KID"):
        read(accreditation(keys=[NAMED]), second)


@pytest.mark.parametrize("jwk", ["x", [], 5, {}, {"kid": ["cb1-2026"]}, {"kty": {}, "crv": []}])
def test_what_is_no_key_at_all_is_refused(jwk: object) -> None:
    with pytest.raises(KeyRefused):
        read(with_key(jwk=jwk))


def test_a_key_for_something_else_is_not_in_the_ring() -> None:
    labelled = {**KEY.public_jwk(), "use": "enc"}
    grants, dropped = read_accreditations(
        [with_key(jwk=labelled)], by="https://ab", of="https://cb"
    )

    assert grants[0].keyring.entries == ()
    assert dropped == (("cb1-2026", "KEY_USE"),)


# Recognition


def recognised(**changes: Any) -> Any:
    rows: Any = RECOGNITION["scopes"]
    return {**RECOGNITION, "scopes": [changed(rows[0], changes)]}


def test_a_recognition_reads_as_it_stands() -> None:
    found = read_recognition(RECOGNITION)

    assert found.arrangement == "GLOBAL-ACI-MRA"
    assert [row.standards for row in found.rows] == [("ISO 9001", "ISO 14001"), None]
    assert [row.main_scope for row in found.rows] == [True, False]


def test_recognition_of_no_standard_is_not_recognition_of_all() -> None:
    assert read_recognition(recognised(standards=[])).rows[0].standards == ()
    assert read_recognition(recognised(main_scope=GONE)).rows[0].main_scope is False


def test_a_suspension_of_recognition_has_a_first_day() -> None:
    spell = {"from": "2026-02-01", "until": "2026-03-01"}
    (row,) = read_recognition(recognised(suspended=[spell])).rows

    assert row.suspended[0].covers(day("2026-03-01"))
    assert not row.suspended[0].covers(day("2026-03-02"))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([], Reason.CLAIM_TYPE),
        ({}, Reason.CLAIM_MISSING),
        ({"scopes": {}}, Reason.CLAIM_TYPE),
        ({"scopes": [], "region": "EU"}, Reason.CLAIM_UNKNOWN),
        (recognised(norm=GONE), Reason.CLAIM_MISSING),
        (recognised(main_scope="yes"), Reason.CLAIM_TYPE),
        (recognised(standards="ISO 9001"), Reason.CLAIM_TYPE),
        (recognised(until="2016-04-30"), Reason.CLAIM_INCONSISTENT),
        (recognised(suspended=[{"until": "2026-03-01"}]), Reason.CLAIM_MISSING),
        (recognised(suspended=[{"from": "2026-03-02", "until": "2026-03-01"}]),
         Reason.CLAIM_INCONSISTENT),
        (recognised(level=5), Reason.CLAIM_UNKNOWN),
    ],
)  # fmt: skip
def test_a_recognition_that_is_not_understood_is_refused(value: Any, code: Reason) -> None:
    with pytest.raises(Refused) as refused:
        read_recognition(value)
    assert refused.value.code is code


# Anchors

ENTRY: Claims = {"id": "https://arrangement.example", "jwks": {"keys": [KEY.public_jwk()]}}


def test_an_anchor_is_pinned_by_its_keys() -> None:
    anchor = parse_anchor(ENTRY)

    assert anchor == Anchor("https://arrangement.example", {"cb1-2026": KEY.public})
    assert anchor.kind == "voluntary_mra"


def test_a_regulator_has_norms_a_purpose_and_packs_of_its_own() -> None:
    anchor = parse_anchor(
        {
            **ENTRY,
            "kind": "regulatory",
            "norms": {"product": ["29 CFR 1910.7"]},
            "purpose": "us-workplace",
            "ended_pack": "osha-nrtl",
        }
    )

    assert anchor.norms == {"product": ("29 CFR 1910.7",)}
    assert (anchor.purpose, anchor.ended_pack) == ("us-workplace", "osha-nrtl")


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("x", "id"),
        ({"jwks": ENTRY["jwks"]}, "id"),
        ({**ENTRY, "id": 5}, "id"),
        ({**ENTRY, "trusted": True}, "trusted"),
        ({"id": "x"}, "jwks.keys"),
        ({**ENTRY, "jwks": {"keys": []}}, "jwks.keys"),
        ({**ENTRY, "jwks": []}, "jwks.keys"),
        ({**ENTRY, "jwks": {"keys": [{}]}}, "KEY_TYPE_NOT_ALLOWED"),
        ({**ENTRY, "jwks": {"keys": [{**KEY.public_jwk(), "d": "AAAA"}]}}, "KEY_PRIVATE_PUBLISHED"),
        ({**ENTRY, "jwks": {"keys": [{**KEY.public_jwk(), "use": "enc"}]}}, "usable"),
        ({**ENTRY, "kind": "royal"}, "kind"),
        ({**ENTRY, "name": 5}, "name"),
        ({**ENTRY, "norms": []}, "norms"),
        ({**ENTRY, "norms": {"product": "x"}}, "norms"),
        ({**ENTRY, "norms": {"product": [5]}}, "norms"),
    ],
)
def test_an_anchor_that_cannot_be_read_is_refused_by_its_member(entry: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_anchor(entry)


@pytest.mark.parametrize("raw", [{}, [], {"anchors": []}, {"anchors": {}}, {"anchors": "x"}, None])
def test_there_is_no_empty_list_of_anchors(raw: Any) -> None:
    with pytest.raises(ValueError, match="not empty"):
        parse_anchors(raw)


def test_an_anchor_is_named_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        parse_anchors({"anchors": [ENTRY, ENTRY]})
