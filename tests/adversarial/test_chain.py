"""C01 to C28: chains of papers that do not prove what they seem to (security.md section 13)."""

import itertools
from typing import Any

import pytest

from keys.signer import KeySigner
from service.credential import jws
from service.domain.accreditation import EVENT_TYPES
from service.domain.reason import Reason
from service.domain.verdict import Refused, Verdict
from service.trust.statement import (
    Statement,
    check_constraints,
    check_joined,
    parse_link,
    read_statement,
)
from tests.adversarial.expectation import assert_answer, assert_as_expected, finding
from tests.world import DAY_S, GONE, JUNE_15, Claims, World, day, instant
from tests.world.bodies import AccreditationBody, Body, CertificationBody
from tests.world.papers import seed

ISO_27001 = {"standard": "ISO/IEC 27001:2022", "codes": ["iaf:17"], "from": "2016-01-01"}
ISO_14001 = {"standard": "ISO 14001:2015", "codes": ["iaf:28"], "from": "2016-01-01"}


def recognised_for(world: World, *standards: str) -> None:
    """Recognise AB1 for these standards under ISO/IEC 17021-1, and for nothing else."""
    row = {"norm": "ISO/IEC 17021-1", "standards": list(standards), "from": "2014-05-01"}
    world.arrangement.recognise(world.ab, scopes=[row])


def ran_out(world: World, issuer: Body, subject: Body) -> None:
    issuer.about(subject).claims |= {"iat": world.at - 10 * DAY_S, "exp": world.at - 1}


def codes(world: World, *scope: str) -> Claims:
    return {**world.cb.claims()["organisation"], "codes": list(scope)}


# Statements that have run out


def test_c01_the_statement_about_the_certifier_has_run_out(world: World) -> None:
    ran_out(world, world.ab, world.cb)

    report = world.verify(world.cb.issue())

    assert_as_expected(report, "C01")
    facts = finding(report, Reason.CHAIN_LINK_EXPIRED).facts
    assert (facts["link"], facts["date"]) == (1, day("2026-06-15"))


def test_c02_the_statement_about_the_accreditation_body_has_run_out(world: World) -> None:
    ran_out(world, world.arrangement, world.ab)

    report = world.verify(world.cb.issue())

    assert_as_expected(report, "C02")
    assert finding(report, Reason.CHAIN_LINK_EXPIRED).facts["link"] == 2


@pytest.mark.parametrize("link", [1, 2])
def test_c01_c02_a_statement_is_good_until_its_last_second(world: World, link: int) -> None:
    issuer, subject = ((world.ab, world.cb), (world.arrangement, world.ab))[link - 1]
    issuer.about(subject).claims["exp"] = world.at + 1
    token = world.cb.issue()

    assert_answer(world.verify(token), "ACCEPT", None)
    issuer.about(subject).claims["exp"] = world.at
    assert_as_expected(world.verify(token), f"C0{link}")


@pytest.mark.parametrize("type_", ["withdrawn", "resigned", "expired"])
def test_c03_an_end_without_a_date_ends_everything(world: World, type_: str) -> None:
    world.ab.record(type_, world.cb, on=None)

    assert_as_expected(world.verify(world.cb.issue()), "C03")
    assert type_ in EVENT_TYPES


@pytest.mark.parametrize(("on", "row"), [("2026-03-10", 0), ("2026-09-01", 0), ("2026-09-02", 1)])
def test_c04_accreditation_withdrawn_after_the_decision(world: World, on: str, row: int) -> None:
    world.at = instant(f"{on}T12:00:00Z")
    world.ab.withdraw(world.cb, on=day("2026-03-01"))

    report = world.verify(world.cb.issue(decided=day("2026-01-05")))

    assert_as_expected(report, "C04", row)
    assert finding(report, report.codes[0]).facts["limit"] == day("2026-09-01")


# Scope


def test_c05_a_certificate_outside_of_its_certifiers_scope(world: World) -> None:
    token = world.cb.issue(organisation=codes(world, "iaf:28"))

    assert_as_expected(world.verify(token), "C05")


def test_c06_an_accreditation_body_grants_more_than_it_has(world: World) -> None:
    recognised_for(world, "ISO 9001")
    world.ab.of(world.cb)["scope"].append(ISO_27001)

    surplus = world.verify(world.cb.issue(standards=["ISO/IEC 27001:2022"]))
    inside = world.verify(world.cb.issue())

    assert_as_expected(surplus, "C06", 0)
    assert_as_expected(inside, "C06", 1)


@pytest.mark.parametrize("code", ["iaf:170", "iaf:1", "iaf:17 ", "iaf:*", "iaf:17.1", "iaf:１７"])
def test_c07_a_code_that_only_looks_like_it(world: World, code: str) -> None:
    token = world.cb.issue(organisation=codes(world, code))

    assert_as_expected(world.verify(token), "C07")


def test_c14_grants_of_two_bodies_are_not_mixed(world: World) -> None:
    other = world.new_ab("ab2")
    other.grant(world.cb, number="0200", scope=[ISO_14001])
    for by, number in ((world.ab, "0164"), (other, "0200")):
        token = world.cb.issue(
            standards=["ISO 14001:2015"], accreditation={"by": by.id, "number": number}
        )

        assert_as_expected(world.verify(token), "C14")


def test_c19_an_accreditation_body_not_recognised_for_the_standard(world: World) -> None:
    world.ab.of(world.cb)["scope"] = [ISO_27001]
    recognised_for(world, "ISO 9001")

    token = world.cb.issue(standards=["ISO/IEC 27001:2022"])

    assert_as_expected(world.verify(token), "C19")


@pytest.mark.parametrize(("decided", "row"), [("2026-01-15", 0), ("2026-02-15", 1)])
def test_c20_recognition_suspended(world: World, decided: str, row: int) -> None:
    recognition = world.arrangement.recognise(world.ab)
    recognition["scopes"][0]["suspended"] = [{"from": "2026-02-01", "until": None}]

    assert_as_expected(world.verify(world.cb.issue(decided=day(decided))), "C20", row)


# Paths


def test_c08a_bodies_that_vouch_for_each_other(world: World) -> None:
    one, other = _circle(world)
    other.grant(world.cb, number="0200")
    world.arrangement.links.clear()

    for by, number in ((one, "0164"), (other, "0200")):
        token = world.cb.issue(accreditation={"by": by.id, "number": number})
        assert_as_expected(world.verify(token), "C08", 0)
        assert len(world.network.asked_about) <= 16
        world.network.asked_about.clear()


def test_c08b_a_circle_beside_a_good_path_does_no_harm(world: World) -> None:
    _circle(world)

    assert_as_expected(world.verify(world.cb.issue()), "C08", 1)


def _circle(world: World) -> tuple[AccreditationBody, AccreditationBody]:
    one, other = world.ab, world.new_ab("ab2", recognised=False)
    recognition = world.arrangement.about(one).claims
    one.about(other).claims |= recognition
    other.about(one).claims |= recognition
    return one, other


def test_c09_a_path_that_is_too_long(world: World) -> None:
    between = [world.new_ab(f"between{n}", recognised=False) for n in range(5)]
    recognition = world.arrangement.about(world.ab).claims
    path: list[Body] = [world.arrangement, *between, world.ab]
    world.arrangement.links.clear()
    for above, below in itertools.pairwise(path):
        above.about(below).claims |= recognition

    assert_as_expected(world.verify(world.cb.issue()), "C09")


def test_c10a_no_body_may_stand_between(world: World) -> None:
    link = world.arrangement.about(world.ab)
    link.claims["constraints"] = {"max_path_length": 0}
    token = world.cb.issue()

    assert_as_expected(world.verify(token), "C10", 0)
    link.claims["constraints"] = {"max_path_length": 1}
    assert_answer(world.verify(token), "ACCEPT", None)


@pytest.mark.parametrize(("limit", "holds"), [(1, False), (2, True)])
def test_c10bc_the_example_of_the_standard(world: World, limit: int, holds: bool) -> None:
    """By the validator alone: our own roles allow one body between."""
    path = _ordered(world, limit)
    roles = ("certification_body", "accreditation_body", "accreditation_body")

    if holds:
        check_constraints(path, roles)
    else:
        with pytest.raises(Refused) as refused:
            check_constraints(path, roles)
        assert refused.value.code is Reason.CHAIN_CONSTRAINT


def _ordered(world: World, limit: int | None = None) -> list[Statement]:
    """Anchor, a body between, AB1, CB1: the three statements, the certifier's first."""
    between = world.new_ab("between")
    world.arrangement.about(between).claims["constraints"] = {"max_path_length": limit}
    if limit is None:
        world.arrangement.about(between).claims["constraints"] = {}
    between.about(world.ab).claims |= {
        name: value
        for name, value in world.arrangement.about(world.ab).claims.items()
        if name != "constraints"
    }
    links = ((world.ab, world.cb), (between, world.ab), (world.arrangement, between))
    return [_proven(above, below) for above, below in links]


def _proven(issuer: Body, subject: Body) -> Statement:
    token = issuer.about(subject).token()
    parsed, *_ = parse_link(token)
    return read_statement(jws.verify(parsed, issuer.federation.public), token)


def test_c11_a_mill_with_an_anchor_of_its_own(world: World) -> None:
    mill = World(prefix="mill-")
    world.network.papers += mill.network.every()
    token = mill.cb.issue()

    assert_answer(mill.verify(token), "ACCEPT", None)
    assert_as_expected(world.verify(token), "C11")


def test_c12_the_name_of_the_anchor_with_another_key(world: World) -> None:
    mill = World(prefix="mill-")
    mill.arrangement.id = world.arrangement.id
    mill.arrangement.recognise(mill.ab)
    mill.ab.configuration.claims["authority_hints"] = [world.arrangement.id]
    world.network.papers += mill.network.every()

    assert_as_expected(world.verify(mill.cb.issue()), "C12")


def test_c12_a_whole_hierarchy_under_good_names(world: World) -> None:
    attacker = World(owner="attacker")
    token = attacker.cb.issue()

    report = _as_if_by(world, attacker).verify(token)

    assert_as_expected(report, "C12")


def _as_if_by(world: World, attacker: World) -> World:
    """The attacker's world, looked at with the anchors of the real one."""
    attacker.anchors = world.anchors
    return attacker


def test_c13_a_certifier_of_two_accreditation_bodies(world: World) -> None:
    other = world.new_ab("ab2")
    other.grant(world.cb, number="0200")
    other.withdraw(world.cb, on=None)

    good = world.verify(world.cb.issue())
    ended = world.verify(world.cb.issue(accreditation={"by": other.id, "number": "0200"}))

    assert_as_expected(good, "C13", 0)
    assert_as_expected(ended, "C13", 1)
    assert good.chain is not None
    assert [link.id for link in good.chain] == [world.arrangement.id, world.ab.id, world.cb.id]


# Keys of bodies


def _shares_the_key_of_cb1(world: World, since: str) -> CertificationBody:
    other = world.new_cb("cb2")
    row = {**other.names(world.cb.key, "certificate"), "from": since}
    world.ab.of(other)["keys"].append(row)
    return other


@pytest.mark.parametrize("first", ["cb1", "cb2"])
def test_c15_one_key_in_two_bodies_belongs_to_the_earlier(world: World, first: str) -> None:
    other = _shares_the_key_of_cb1(world, "2024-06-01T00:00:00Z")
    honest, shared = world.cb.issue(), other.issue(key=world.cb.key)
    # Whichever is looked at first.
    reports = {name: world.verify(honest if name == "cb1" else shared) for name in (first,)}
    reports |= {
        name: world.verify(honest if name == "cb1" else shared) for name in {"cb1", "cb2"} - {first}
    }

    assert_as_expected(reports["cb2"], "C15", 0)
    assert_as_expected(reports["cb1"], "C15", 1)


def test_c15_a_key_that_is_remembered_cannot_be_claimed_from_earlier(world: World) -> None:
    assert_answer(world.verify(world.cb.issue()), "ACCEPT", None)

    other = _shares_the_key_of_cb1(world, "2023-01-01T00:00:00Z")

    assert_as_expected(world.verify(other.issue(key=world.cb.key)), "C15", 0)
    assert_as_expected(world.verify(world.cb.issue()), "C15", 1)


def test_c15_nobody_takes_a_key_away_by_a_statement_that_does_not_prove_itself(
    world: World,
) -> None:
    attacker = World(owner="attacker")
    other = attacker.new_cb("cb9")
    row = {**other.names(world.cb.key, "certificate"), "from": "2023-01-01T00:00:00Z"}
    attacker.ab.of(other)["keys"].append(row)
    world.network.papers.append(attacker.ab.about(other).token())

    assert_as_expected(world.verify(world.cb.issue()), "C15", 1)


K2 = KeySigner.unsafe_from_seed(seed("cb1", "K2"), "cb1-2026-b")


@pytest.mark.parametrize(
    ("key", "signed_on", "row"),
    [
        ("K1", "2026-02-20", 0),
        ("K2", "2026-02-20", 0),
        ("K1", "2026-03-02", 1),
        ("K2", "2026-02-10", 2),
        ("K1", "2026-02-28T23:59:59Z", 0),
        ("K1", "2026-03-01", 1),
        ("K2", "2026-02-15", 0),
        ("K2", "2026-02-14T23:59:59Z", 2),
    ],
)
def test_c16_keys_that_overlap(world: World, key: str, signed_on: str, row: int) -> None:
    keys = world.ab.of(world.cb)["keys"]
    keys[0]["until"] = "2026-03-01T00:00:00Z"
    later = {"from": "2026-02-15T00:00:00Z"}
    keys.append({**world.cb.names(K2, "certificate"), **later})

    token = world.cb.issue(
        key=K2 if key == "K2" else None, decided=day("2026-02-01"), iat=instant(signed_on)
    )

    assert_as_expected(world.verify(token), "C16", row)


@pytest.mark.parametrize("revoked", ["2026-01-10T00:00:00Z", "2026-01-01T00:00:00Z"])
def test_c17b_a_stolen_key_proves_nothing_whatever_its_tokens_say(
    world: World, revoked: str
) -> None:
    """(a) waits for the log: see the table of what is pending."""
    world.ab.of(world.cb)["keys"][0]["revoked"] = revoked

    token = world.cb.issue(decided=day("2026-01-02"), iat=instant("2026-01-05"))

    assert_as_expected(world.verify(token), "C17", 1)


@pytest.mark.parametrize("decided", ["2026-03-03", "2026-02-27"])
def test_c18_a_former_certifier_still_signs(world: World, decided: str) -> None:
    world.ab.withdraw(world.cb, on=day("2026-03-01"))

    token = world.cb.issue(decided=day(decided), iat=instant("2026-03-03T10:00:00Z"))

    assert_as_expected(world.verify(token), "C18")


# Roles


def test_c21_a_certifier_accredits(world: World) -> None:
    player = world.new_cb("cb9")
    statement = world.ab.about(player)
    world.ab.links.pop(player.id)
    world.cb.about(player).claims |= statement.claims
    player.configuration.claims["authority_hints"] = [world.cb.id]
    player.accreditation = {"by": world.cb.id, "number": "0164"}

    assert_as_expected(world.verify(player.issue()), "C21")


@pytest.mark.parametrize("claimed", ["itself", "the anchor", "nobody"])
def test_c22_an_accreditation_body_certifies(world: World, claimed: str) -> None:
    by = {"itself": world.ab, "the anchor": world.arrangement}.get(claimed)
    token = world.cb.issue(
        key=world.ab.federation,
        iss=world.ab.id,
        accreditation={"by": by.id, "number": "0164"} if by else GONE,
    )

    assert_as_expected(world.verify(token), "C22")


def test_c22_an_accreditation_body_that_accredits_itself_as_a_certifier(world: World) -> None:
    accreditation = world.ab.of(world.cb)
    own = {**accreditation, "keys": [world.cb.names(world.ab.federation, "certificate")]}
    about_itself = world.new_ab("ab2")
    about_itself.about(world.ab).claims |= {"crit": ["accreditations"], "accreditations": [own]}
    token = world.cb.issue(
        key=world.ab.federation,
        iss=world.ab.id,
        accreditation={"by": about_itself.id, "number": "0164"},
    )

    assert_as_expected(world.verify(token), "C22")


# Joining


def test_c23_the_source_answers_about_another_body(world: World) -> None:
    other = world.new_cb("cb2")
    world.network.about_[world.cb.id] = [world.ab.about(other).token()]

    assert_as_expected(world.verify(world.cb.issue()), "C23")


def test_c24_an_ordered_list_is_taken_as_it_stands(world: World) -> None:
    chain = _ordered(world)
    other = world.new_ab("ab3")
    unrelated = _proven(world.arrangement, other)

    check_joined(chain)
    for shuffled in itertools.permutations(chain):
        if list(shuffled) != chain:
            assert _refusal_of(list(shuffled)) is Reason.CHAIN_ISS_SUB_MISMATCH  # (a)
    for n in range(3):
        assert _refusal_of([*chain[: n + 1], *chain[n:]]) is Reason.CHAIN_LOOP  # (b)
    for n in range(3):
        surplus = [*chain[:n], unrelated, *chain[n:]]
        assert _refusal_of(surplus) is Reason.CHAIN_ISS_SUB_MISMATCH  # (c)


def _refusal_of(chain: list[Statement]) -> Reason:
    with pytest.raises(Refused) as refused:
        check_joined(chain)
    return refused.value.code


def test_c24_in_a_folder_order_repetition_and_surplus_do_no_harm(world: World) -> None:
    world.new_ab("ab2")
    world.new_cb("cb2")
    token = world.cb.issue()
    every = list(world.network.every())
    world.network.papers = every + every[::-1]
    world.network.about_[world.cb.id] = every[::-1] * 2

    assert_answer(world.verify(token), "ACCEPT", None)


# Constraints


@pytest.mark.parametrize("link", ["AB about CB", "anchor about AB"])
def test_c25_a_critical_claim_that_nobody_here_understands(world: World, link: str) -> None:
    claims = (
        world.ab.about(world.cb) if link == "AB about CB" else world.arrangement.about(world.ab)
    ).claims
    claims |= {"crit": [*claims["crit"], "geo_limit"], "geo_limit": "GB"}

    assert_as_expected(world.verify(world.cb.issue()), "C25")


def test_c25_limits_that_are_not_called_critical_are_refused_too(world: World) -> None:
    world.ab.about(world.cb).claims["crit"] = GONE

    assert_as_expected(world.verify(world.cb.issue()), "C25")


@pytest.mark.parametrize("accreditation", ["named", "none"])
def test_c26_a_body_with_five_hundred_superiors(world: World, accreditation: str) -> None:
    hints = [f"https://ab{n}.example" for n in range(1, 501)]
    world.cb.configuration.claims["authority_hints"] = hints
    changes: Claims = {} if accreditation == "named" else {"accreditation": GONE}

    report = world.verify(world.cb.issue(**changes))

    assert_as_expected(report, "C26")
    registered = {body.id for body in world.bodies}
    asked = set(world.network.asked_about)
    assert asked <= registered
    assert len(asked - {world.cb.id}) <= 8


def _named(prefix: str) -> tuple[World, CertificationBody]:
    """A world whose accreditation body lets only hosts below ab1.example certify."""
    world = World(prefix="the-")
    cb = CertificationBody(world.clock, prefix, "management_system")
    world.bodies.append(cb)
    world.ab.grant(cb)
    names = {"naming_constraints": {"permitted": [".ab1.example"]}}
    world.ab.about(cb).claims["constraints"] = names
    return world, cb


@pytest.mark.parametrize(("name", "row"), [("evilab1", 0), ("ab1", 0), ("x.ab1", 1)])
def test_c27_a_limit_on_names(name: str, row: int) -> None:
    world, cb = _named(name)

    report = world.verify(cb.issue())

    if row == 0:
        assert_as_expected(report, "C27", 0)
    else:
        assert_as_expected(report, "C27", 1)


@pytest.mark.parametrize(
    "constraints",
    [{"geo": "GB"}, {"max_path_length": -1}, {"max_path_length": "3"}, {"max_path_length": True},
     {"naming_constraints": {"allowed": []}}, "none"],
)  # fmt: skip
def test_c27_a_limit_that_cannot_be_read(world: World, constraints: Any) -> None:
    world.ab.about(world.cb).claims["constraints"] = constraints

    assert_as_expected(world.verify(world.cb.issue()), "C27", 0)


# Rollback


def test_c28_an_older_and_wider_statement_is_never_used_again(world: World) -> None:
    wide = [{"standard": "ISO 9001:2015", "codes": ["iaf:17", "iaf:28"], "from": "2015-11-16"}]
    narrow = world.ab.of(world.cb)["scope"]
    link = world.ab.about(world.cb)
    world.ab.of(world.cb)["scope"] = wide
    link.claims["iat"] = JUNE_15 - 3 * DAY_S
    older = link.token()
    world.ab.of(world.cb)["scope"] = narrow
    link.claims["iat"] = JUNE_15 - 2 * DAY_S
    outside = world.cb.issue(organisation=codes(world, "iaf:28"))
    inside = world.cb.issue()
    assert world.verify(inside).verdict is Verdict.ACCEPT

    world.network.about_[world.cb.id] = [older]
    offered = world.verify(outside)  # a verifier started anew, with the memory of the first

    assert_as_expected(offered, "C28", 0)
    assert_as_expected(world.verify(inside), "C28", 1)
    world.network.about_[world.cb.id] = [older, link.token()]
    assert_answer(world.verify(outside), "REJECT", "OUT_OF_ACCREDITED_SCOPE", in_force="no")
