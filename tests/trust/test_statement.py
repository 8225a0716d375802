"""Entity statements: shape, critical claims, constraints; what is not understood is refused."""

import json
from hashlib import sha256
from typing import Any

import pytest

from keys.signer import KeySigner
from service.credential import jws
from service.domain.reason import Reason
from service.domain.verdict import Refused
from service.trust.statement import (
    MAX_LIFE_S,
    Statement,
    check_constraints,
    check_joined,
    parse_link,
    read_statement,
    sign_statement,
)
from tests.trust.worked_chain import AB, ANCHOR, CB, CERTIFICATE, ENDS, ES0, ES1, ES2, ES3, ISSUED
from tests.world import GONE, Claims, signed
from tests.world.network import claimed
from tests.world.papers import changed

SIGNERS = {ES0: CB, ES1: AB, ES2: ANCHOR, ES3: ANCHOR}


def proven(token: str, signer: KeySigner) -> Statement:
    parsed, *_ = parse_link(token)
    return read_statement(jws.verify(parsed, signer.public), token)


def changed_statement(token: str, **changes: Any) -> Statement:
    signer = SIGNERS[token]
    return proven(signed(changed(claimed(token), changes), signer, "entity-statement+jwt"), signer)


def refusal(token: str, **changes: Any) -> Reason:
    with pytest.raises(Refused) as refused:
        changed_statement(token, **changes)
    return refused.value.code


def without(changes: Claims, token: str = ES1) -> Claims:
    return changed(claimed(token)["accreditations"][0], changes)


# The worked chain of formats.md 2.6


@pytest.mark.parametrize(
    ("token", "hashed", "length"),
    [
        (ES0, "18db2531cd0a78ed", 834),
        (ES1, None, 2162),
        (ES2, "01f42fe59adb071c", 1211),
        (ES3, "2804161a1b10b332", 1062),
    ],
)
def test_the_worked_chain_is_written_to_the_letter(
    token: str, hashed: str | None, length: int
) -> None:
    assert len(token) == length
    assert hashed is None or sha256(token.encode()).hexdigest()[:16] == hashed


def test_the_worked_chain_is_proven_link_by_link() -> None:
    chain = [proven(token, signer) for token, signer in SIGNERS.items()]

    check_joined(chain)
    check_constraints(chain[1:3], ("certification_body", "accreditation_body"))
    assert chain[0].hints == ("https://ab-n.example",)
    assert chain[0].name == "CB A Certification Ltd"
    assert chain[1].name is None  # the superior does not vouch for it
    assert chain[2].recognition is not None
    assert chain[1].grants is not None


def test_the_worked_accreditation_reads_as_it_stands() -> None:
    (grant,) = proven(ES1, AB).grants or ()
    accreditation = grant.accreditation

    assert (accreditation.by, accreditation.of) == ("https://ab-n.example", "https://cb-a.example")
    assert accreditation.scope[0].codes == frozenset({"iaf:17", "iaf:18", "iaf:19"})
    assert [event.type for event in accreditation.events] == ["suspended", "lifted"]
    assert accreditation.status_origins == ("https://cb-a.example",)
    found = grant.keyring.find(
        "a-2024-1", algorithm="ES256", purpose="certificate", signed_at=ISSUED
    )
    assert found == CERTIFICATE.public


def test_what_we_sign_as_a_statement_is_what_stands_in_the_worked_chain() -> None:
    claims = claimed(ES2)
    assert sign_statement(changed(claims, {"crit": GONE}), ANCHOR) != ES2  # crit stands last
    assert sign_statement(claims, ANCHOR) == ES2
    assert sign_statement(claimed(ES3), ANCHOR) == ES3


def test_a_statement_that_we_would_refuse_is_not_signed() -> None:
    with pytest.raises(ValueError, match="CLAIM_MISSING"):
        sign_statement(changed(claimed(ES2), {"jwks": GONE}), ANCHOR)


# Shape (formats.md 2.1)


@pytest.mark.parametrize("name", ["iat", "exp", "jwks"])
@pytest.mark.parametrize("value", [GONE, None])
@pytest.mark.parametrize("token", [ES0, ES1])
def test_what_every_statement_states_must_be_there(token: str, name: str, value: object) -> None:
    assert refusal(token, **{name: value}) is Reason.CLAIM_MISSING


@pytest.mark.parametrize("name", ["iss", "sub"])
@pytest.mark.parametrize("value", [GONE, None, 5, "", ["https://ab-n.example"]])
def test_a_statement_says_whose_and_about_whom_it_is(name: str, value: object) -> None:
    with pytest.raises(Refused, match="CLAIM_TYPE"):
        changed_statement(ES1, **{name: value})


@pytest.mark.parametrize(
    ("token", "name", "value"),
    [
        (ES1, "authority_hints", ["https://arrangement.example"]),
        (ES1, "trust_marks", []),
        (ES1, "trust_mark_issuers", {}),
        (ES0, "constraints", {"max_path_length": 0}),
        (ES0, "source_endpoint", "https://ab-n.example/fetch"),
    ],
)
def test_a_claim_of_the_other_kind_of_statement_is_refused(
    token: str, name: str, value: object
) -> None:
    assert refusal(token, **{name: value}) is Reason.CLAIM_UNKNOWN


@pytest.mark.parametrize("name", ["recognition", "accreditations"])
def test_nobody_grants_anything_to_himself(name: str) -> None:
    granted = claimed(ES2)["recognition"] if name == "recognition" else []

    assert refusal(ES0, **{name: granted, "crit": [name]}) is Reason.CLAIM_UNKNOWN


@pytest.mark.parametrize("name", ["metadata_policy", "metadata_policy_crit"])
@pytest.mark.parametrize("token", [ES0, ES1])
def test_a_policy_is_refused_and_not_half_applied(token: str, name: str) -> None:
    assert refusal(token, **{name: {}}) is Reason.CHAIN_CONSTRAINT


@pytest.mark.parametrize(
    ("iat", "exp", "code"),
    [
        (ISSUED, ISSUED, Reason.CLAIM_INCONSISTENT),
        (ENDS, ISSUED, Reason.CLAIM_INCONSISTENT),
        (ISSUED, ISSUED + MAX_LIFE_S + 1, Reason.CLAIM_INCONSISTENT),
        ("1781049600", ENDS, Reason.CLAIM_TYPE),
        (ISSUED, True, Reason.CLAIM_TYPE),
        (0, ENDS, Reason.TIME_RANGE),
    ],
)
def test_a_statement_lives_thirty_days_at_most(iat: object, exp: object, code: Reason) -> None:
    assert refusal(ES1, iat=iat, exp=exp) is code


def test_a_statement_may_live_thirty_days() -> None:
    assert changed_statement(ES1, exp=ISSUED + MAX_LIFE_S).ends_at == ISSUED + MAX_LIFE_S


@pytest.mark.parametrize("jwks", [[], {}, {"keys": {}}, {"keys": None}, "x"])
def test_federation_keys_stand_in_a_set(jwks: object) -> None:
    assert refusal(ES1, jwks=jwks) is Reason.CLAIM_TYPE


def test_a_broken_federation_key_refuses_its_statement() -> None:
    broken = {**claimed(ES1)["jwks"]["keys"][0], "crv": "P-384"}

    assert refusal(ES1, jwks={"keys": [broken]}) is Reason.KEY_TYPE_NOT_ALLOWED


def test_a_broken_certificate_key_leaves_a_statement_that_grants_nothing() -> None:
    jwk = {**CERTIFICATE.public_jwk(), "x": "AAAA"}
    window = {"from": "2024-01-01T00:00:00Z"}
    named = without({"keys": [{"jwk": jwk, "purposes": ["certificate"], **window}]})

    statement = changed_statement(ES1, accreditations=[named])

    assert statement.grants == ()
    assert statement.refused == (Reason.KEY_INVALID,)


def test_unknown_claims_are_ignored_where_they_are_not_critical() -> None:
    assert changed_statement(ES1, geo_limit="GB").grants == proven(ES1, AB).grants


# crit (formats.md 2.4)


@pytest.mark.parametrize(
    "crit",
    [
        GONE, [], None, "accreditations", ["accreditations", "accreditations"], ["geo_limit"],
        ["accreditations", "geo_limit"], ["accreditations", "exp"], ["recognition"],
        ["accreditations", "recognition"], [1], ["accreditations", 1], {"accreditations": 1},
    ],
)  # fmt: skip
def test_what_is_critical_must_be_ours_there_and_named_once(crit: object) -> None:
    assert refusal(ES1, crit=crit, geo_limit="GB") is Reason.CHAIN_CONSTRAINT


@pytest.mark.parametrize("crit", [[], ["authority_hints"], ["geo_limit"], ["recognition"]])
def test_nothing_is_critical_in_a_configuration(crit: object) -> None:
    assert refusal(ES0, crit=crit, geo_limit="GB") is Reason.CHAIN_CONSTRAINT


# Constraints (formats.md 2.4, 2.5)


@pytest.mark.parametrize(
    "constraints",
    [
        {"max_path_length": -1}, {"max_path_length": "3"}, {"max_path_length": True},
        {"max_path_length": 1.0}, {"geo": "GB"}, [], "none",
        {"naming_constraints": []}, {"naming_constraints": {"permitted": "a"}},
        {"naming_constraints": {"permitted": [1]}}, {"naming_constraints": {"required": []}},
        {"allowed_entity_types": "certification_body"}, {"allowed_entity_types": [1]},
        {"allowed_entity_types": ["federation_entity", "certification_body"]},
    ],
)  # fmt: skip
def test_a_constraint_that_cannot_be_read_refuses(constraints: object) -> None:
    if "1.0" in json.dumps(constraints):
        assert refusal(ES1, constraints=constraints) is Reason.JSON_NUMBER_RANGE
    else:
        assert refusal(ES1, constraints=constraints) is Reason.CHAIN_CONSTRAINT


def path(length: int, *constraints: Claims) -> list[Statement]:
    """`length` statements from the subject up, the last of them the anchor's, with constraints."""
    limits = [*[{}] * (length - len(constraints)), *constraints]
    ids = [f"https://b{n}.example" for n in range(length + 1)]
    return [
        changed_statement(ES1, iss=ids[n + 1], sub=ids[n], constraints=limit)
        for n, limit in enumerate(limits)
    ]


ROLES = ("certification_body", "accreditation_body", "accreditation_body")


@pytest.mark.parametrize(
    ("length", "limit", "holds"),
    [(1, 0, True), (2, 0, False), (2, 1, True), (3, 1, False), (3, 2, True)],
)
def test_path_length_counts_the_bodies_between(length: int, limit: int, holds: bool) -> None:
    chain = path(length, {"max_path_length": limit})

    if holds:
        check_constraints(chain, ROLES)
    else:
        with pytest.raises(Refused, match="CHAIN_CONSTRAINT"):
            check_constraints(chain, ROLES)


@pytest.mark.parametrize(
    ("names", "host", "holds"),
    [
        ({"permitted": [".ab1.example"]}, "x.ab1.example", True),
        ({"permitted": [".ab1.example"]}, "x.y.ab1.example", True),
        ({"permitted": [".ab1.example"]}, "ab1.example", False),
        ({"permitted": [".ab1.example"]}, "evilab1.example", False),
        ({"permitted": ["ab1.example"]}, "ab1.example", True),
        ({"permitted": ["ab1.example"]}, "x.ab1.example", False),
        ({"permitted": []}, "ab1.example", False),
        ({"excluded": [".ab1.example"]}, "x.ab1.example", False),
        ({"excluded": [".ab1.example"]}, "ab1.example", True),
        ({"permitted": ["ab1.example"], "excluded": ["ab1.example"]}, "ab1.example", False),
        ({}, "anything.example", True),
    ],
)
def test_names_are_limited_by_host(names: Claims, host: str, holds: bool) -> None:
    statement = changed_statement(
        ES1, sub=f"https://{host}/cb/a", constraints={"naming_constraints": names}
    )

    if holds:
        check_constraints([statement], ROLES)
    else:
        with pytest.raises(Refused, match="CHAIN_CONSTRAINT"):
            check_constraints([statement], ROLES)


@pytest.mark.parametrize(
    ("types", "holds"),
    [
        (["certification_body"], True),
        (["certification_body", "accreditation_body"], True),
        (["accreditation_body"], False),
        ([], False),
    ],
)
def test_a_role_that_is_stripped_cannot_be_played(types: list[str], holds: bool) -> None:
    (statement,) = path(1, {"allowed_entity_types": types})

    if holds:
        check_constraints([statement], ROLES)
    else:
        with pytest.raises(Refused, match="CHAIN_CONSTRAINT"):
            check_constraints([statement], ROLES)


def test_a_limit_binds_everyone_below() -> None:
    chain = path(2, {"allowed_entity_types": ["accreditation_body"]})

    with pytest.raises(Refused, match="CHAIN_CONSTRAINT"):
        check_constraints(chain, ROLES)


# An ordered list of statements


def test_an_ordered_list_is_joined_from_the_subject_up() -> None:
    check_joined([proven(ES1, AB), proven(ES2, ANCHOR)])


def test_an_ordered_list_in_the_wrong_order_does_not_join() -> None:
    with pytest.raises(Refused, match="CHAIN_ISS_SUB_MISMATCH"):
        check_joined([proven(ES2, ANCHOR), proven(ES1, AB)])
