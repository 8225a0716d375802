"""Chains: one for each anchor that speaks, never mixed, and only what proves itself counts."""

import pytest

from service.domain.reason import Reason
from service.domain.verdict import Refused, Unavailable
from service.trust.anchors import parse_anchors
from service.trust.chain import Chain, ChainResolver
from tests.world import DAY_S, GONE, World
from tests.world.bodies import Arrangement, Body


def resolver(world: World) -> ChainResolver:
    anchors = parse_anchors({"anchors": world.anchors})
    return ChainResolver(anchors, world.network, world.memory)


def resolve(world: World, *, by: Body | None = None, remember: bool = True) -> tuple[Chain, ...]:
    accreditor = by or world.ab
    return resolver(world).resolve(world.cb.id, accreditor.id, at=world.at, remember=remember)


def refusal(world: World, issuer: str | None = None, by: str | None = None) -> Reason:
    with pytest.raises(Refused) as refused:
        resolver(world).resolve(
            issuer or world.cb.id, by or world.ab.id, at=world.at, remember=True
        )
    return refused.value.code


def second_arrangement(world: World, *, pinned: bool = True) -> Arrangement:
    other = Arrangement(world.clock, "regulator")
    world.bodies.append(other)
    if pinned:
        world.anchors.append({**other.as_anchor(), "kind": "regulatory"})
    return other


# What is found


def test_a_chain_names_its_bodies_as_their_superiors_do(world: World) -> None:
    (chain,) = resolve(world)

    assert chain.anchor.id == world.arrangement.id
    assert [one.subject for one in chain.statements] == [world.cb.id, world.ab.id]
    assert (chain.body_name, chain.body_name_vouched) == (world.cb.title, True)
    assert chain.accreditor_name == world.ab.title


def test_a_name_that_no_superior_vouches_for_is_the_bodys_own(world: World) -> None:
    world.ab.about(world.cb).claims["metadata"] = GONE

    (chain,) = resolve(world)

    assert (chain.body_name, chain.body_name_vouched) == (world.cb.title, False)


def test_the_end_of_a_chain_is_its_least(world: World) -> None:
    world.arrangement.about(world.ab).claims["exp"] = world.at + 1

    assert resolve(world)[0].ends_at == world.at + 1


def test_each_anchor_that_speaks_gives_one_chain(world: World) -> None:
    second_arrangement(world).recognise(world.ab)

    assert [chain.anchor.id for chain in resolve(world)] == [
        "https://arrangement.example",
        "https://regulator.example",
    ]


def test_an_arrangement_that_is_not_pinned_gives_none(world: World) -> None:
    second_arrangement(world, pinned=False).recognise(world.ab)

    assert len(resolve(world)) == 1


def test_an_anchor_may_accredit_by_itself(world: World) -> None:
    regulator = second_arrangement(world)
    accreditation = world.ab.of(world.cb)
    claims = {"crit": ["accreditations"], "accreditations": [accreditation]}
    regulator.about(world.cb).claims |= claims

    (chain,) = resolve(world, by=regulator)

    assert chain.recognised is None
    assert [one.issuer for one in chain.statements] == [regulator.id]


def test_without_a_claimed_body_the_certifiers_own_hints_are_followed(world: World) -> None:
    other = world.new_ab("ab2")
    other.grant(world.cb, number="0200")

    chains = resolver(world).resolve(world.cb.id, None, at=world.at, remember=True)

    assert [chain.accredited.issuer for chain in chains] == [world.ab.id, other.id]


def test_without_hints_whoever_speaks_about_it_is_asked(world: World) -> None:
    world.network.about_[world.cb.id] = [world.ab.about(world.cb).token()]

    (chain,) = resolver(world).resolve(world.cb.id, None, at=world.at, remember=True)

    assert chain.accredited.issuer == world.ab.id


# What may be missing, and what may be too much


def test_configurations_may_be_missing(world: World) -> None:
    world.network.about_[world.cb.id] = [world.ab.about(world.cb).token()]
    world.network.about_[world.ab.id] = [world.arrangement.about(world.ab).token()]

    assert len(resolve(world)) == 1


def test_a_configuration_that_does_not_prove_itself_counts_as_absent(world: World) -> None:
    world.cb.configuration.signer = world.product_cb.federation
    world.cb.configuration.claims["authority_hints"] = ["https://elsewhere.example"]

    assert len(resolve(world)) == 1


def test_a_configuration_that_does_not_name_its_superior_refuses(world: World) -> None:
    world.cb.configuration.claims["authority_hints"] = ["https://elsewhere.example"]

    assert refusal(world) is Reason.CHAIN_ISS_SUB_MISMATCH


def test_eight_superiors_are_looked_at_and_nine_are_not(world: World) -> None:
    hints = [world.ab.id, *(f"https://ab{n}.example" for n in range(2, 9))]
    world.cb.configuration.claims["authority_hints"] = hints

    assert len(resolve(world)) == 1
    world.cb.configuration.claims["authority_hints"] = [*hints, "https://ab9.example"]
    assert refusal(world) is Reason.CHAIN_TOO_LARGE


@pytest.mark.parametrize("rubbish", ["", "x", "a.b.c", "eyJ.eyJ.eyJ", "x" * 300_000, "é.é.é"])
def test_rubbish_beside_a_good_statement_does_no_harm(world: World, rubbish: str) -> None:
    good = world.ab.about(world.cb).token()
    world.network.about_[world.cb.id] = [rubbish, good, rubbish]

    assert len(resolve(world)) == 1


def test_a_forged_statement_beside_a_good_one_does_no_harm(world: World) -> None:
    forged = World(owner="attacker")
    forged.ab.about(forged.cb).claims["iat"] = world.at
    world.network.papers += forged.network.every()

    (chain,) = resolve(world)

    assert chain.accredited.token == world.ab.about(world.cb).token()


# Who is refused, and how it is called


def test_an_issuer_that_nobody_speaks_about_is_unknown(world: World) -> None:
    world.network.about_["https://nobody.example"] = []

    assert refusal(world, issuer="https://nobody.example") is Reason.ISSUER_UNKNOWN


def test_a_recognised_body_that_does_not_know_the_issuer(world: World) -> None:
    other = world.new_ab("ab2")

    assert refusal(world, by=other.id) is Reason.CB_NOT_ACCREDITED


def test_a_body_that_no_anchor_recognises(world: World) -> None:
    stranger = world.new_ab("ab2", recognised=False)
    stranger.grant(world.cb, number="0200")

    assert refusal(world, by=stranger.id) is Reason.AB_NOT_RECOGNISED


def test_a_body_that_names_itself_as_its_accreditation_body(world: World) -> None:
    assert refusal(world, by=world.cb.id) is Reason.SELF_ACCREDITED


@pytest.mark.parametrize("key", ["certificate", "federation"])
def test_a_body_that_signs_with_the_key_of_its_accreditation_body(world: World, key: str) -> None:
    if key == "federation":
        world.cb.federation = world.ab.federation
    else:
        row = world.cb.names(world.ab.federation, "certificate")
        world.ab.of(world.cb)["keys"].append(row)

    assert refusal(world) is Reason.SELF_ACCREDITED


@pytest.mark.parametrize(
    "name",
    ["https://CB1.example", "https://cb1.example/", "http://cb1.example", " https://cb1.example",
     "https://cb1.example:443", "https://cb1.example#", "https://xn--cb1.example"],
)  # fmt: skip
def test_a_name_is_compared_as_it_stands(world: World, name: str) -> None:
    assert refusal(world, issuer=name) is Reason.ISSUER_UNKNOWN
    assert refusal(world, by=name.replace("cb1", "ab1")) is Reason.ISSUER_UNKNOWN


def test_a_statement_that_grants_nothing_is_no_accreditation(world: World) -> None:
    world.ab.about(world.cb).claims.clear()

    assert refusal(world) is Reason.CHAIN_ROLE


def test_a_recognition_that_recognises_nothing_is_none(world: World) -> None:
    world.arrangement.about(world.ab).claims.clear()

    assert refusal(world) is Reason.CHAIN_ROLE


def test_a_statement_that_is_not_yet_signed_is_not_used(world: World) -> None:
    link = world.ab.about(world.cb)
    link.claims["iat"] = world.at + 121

    assert refusal(world) is Reason.TIME_IN_FUTURE
    link.claims["iat"] = world.at + 120
    assert len(resolve(world)) == 1


def test_a_source_that_is_down_says_nothing_about_anybody(world: World) -> None:
    class Down:
        version = 0

        def about(self, subject: str) -> list[str]:
            raise Unavailable(subject)

        def every(self) -> list[str]:
            raise Unavailable

    anchors = parse_anchors({"anchors": world.anchors})
    with pytest.raises(Unavailable):
        ChainResolver(anchors, Down(), None).resolve(
            world.cb.id, world.ab.id, at=world.at, remember=False
        )


def test_without_an_anchor_nothing_is_resolved(world: World) -> None:
    with pytest.raises(ValueError, match="anchor"):
        ChainResolver([], world.network, None)


# Newest first, and never back


def two_versions(world: World) -> tuple[str, str]:
    link = world.ab.about(world.cb)
    link.claims["iat"] = world.at - 3 * DAY_S
    older = link.token()
    link.claims["iat"] = world.at - 2 * DAY_S
    return older, link.token()


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_statements_the_newer_counts(world: World, order: int) -> None:
    older, newer = two_versions(world)
    world.network.about_[world.cb.id] = [older, newer][::order]

    assert resolve(world)[0].accredited.token == newer


def test_the_newer_counts_when_it_is_only_remembered(world: World) -> None:
    older, newer = two_versions(world)
    world.network.about_[world.cb.id] = [newer]
    resolve(world)

    world.network.about_[world.cb.id] = [older]
    (chain,) = resolve(world)

    assert chain.accredited.token == newer
    assert chain.superseded is not None
    assert chain.superseded.token == older


def test_what_is_asked_about_another_instant_teaches_nothing(world: World) -> None:
    older, newer = two_versions(world)
    world.network.about_[world.cb.id] = [newer]
    resolve(world, remember=False)

    world.network.about_[world.cb.id] = [older]

    assert resolve(world)[0].accredited.token == older


def test_what_was_resolved_is_kept_until_the_source_changes(world: World) -> None:
    one = resolver(world)
    first = one.resolve(world.cb.id, world.ab.id, at=world.at, remember=True)

    assert one.resolve(world.cb.id, world.ab.id, at=world.at + 5, remember=True) is first
    world.ab.withdraw(world.cb, on=None)
    (changed,) = one.resolve(world.cb.id, world.ab.id, at=world.at + 5, remember=True)
    assert changed.accredited.token == world.ab.about(world.cb).token()


def test_what_was_resolved_is_not_kept_beyond_the_instant_at_which_it_changes(
    world: World,
) -> None:
    older, newer = two_versions(world)
    world.network.about_[world.cb.id] = [older, newer]
    world.arrangement.about(world.ab).claims["iat"] = world.at - 5 * DAY_S
    one = resolver(world)

    def at(instant: int) -> str:
        (chain,) = one.resolve(world.cb.id, world.ab.id, at=instant, remember=False)
        return chain.accredited.token

    turn = world.at - 2 * DAY_S - 120
    assert [at(turn - 1), at(turn), at(turn - 1), at(turn)] == [older, newer, older, newer]
