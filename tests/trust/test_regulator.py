"""A regulator in the chain (PC-19, PC-22), and how old its papers and others may be (AC-17)."""

from dataclasses import replace
from typing import Any

import pytest

from service.domain.question import Question
from service.domain.reason import Reason
from service.domain.verdict import Verdict
from service.rules.policy import DEFAULT
from tests.adversarial.expectation import finding
from tests.world import DAY_S, World
from tests.world.bodies import AccreditationBody

ROW = {"scheme": None, "type": None, "standards": ["CS 6004:2019"], "from": "2016-05-04"}
LAW = {"number": "US-1", "norm": "29 CFR 1910.7", "scope": [{**ROW, "marks": ["NRTL-1"]}]}
ASKED = Question(purpose="us-workplace", seen=("NRTL-1",))


def regulator(world: World) -> AccreditationBody:
    body = AccreditationBody(world.clock, "regulator")
    world.bodies.append(body)
    world.anchors.append(
        {
            "id": body.id,
            "jwks": {"keys": [body.federation.public_jwk()]},
            "kind": "regulatory",
            "norms": {"product": ["29 CFR 1910.7"]},
            "purpose": "us-workplace",
        }
    )
    return body


def fits(world: World, *grants: dict[str, Any]) -> set[str]:
    body, kept = regulator(world), world.product_cb.accreditation
    for grant in grants:
        body.grant(world.product_cb, **grant)
    world.product_cb.accreditation = kept

    report = world.verify(world.product_cb.issue(), question=ASKED)

    return {str(one.code) for one in report.findings if one.code and one.code.startswith("NRTL")}


@pytest.mark.parametrize(
    ("grants", "heard"),
    [
        ([LAW], set()),
        ([{"number": "EL-1"}, LAW], set()),
        ([{**LAW, "number": "US-0", "scope": [{**ROW, "standards": ["CS 1:2019"]}]}, LAW], set()),
        ([{**LAW, "scope": [{**ROW, "standards": ["CS 1:2019"], "marks": ["NRTL-1"]}]}],
         {"NRTL_STANDARD"}),
        ([], {"NRTL_RECOGNITION_ENDED"}),
    ],
    ids=["recognised", "under another law first", "for others first", "for others", "not at all"],
)  # fmt: skip
def test_a_regulator_is_asked_for_what_it_granted_for_the_certificate(
    world: World, grants: list[dict[str, Any]], heard: set[str]
) -> None:
    assert fits(world, *grants) == heard


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (5, None),
        (6, Reason.ACCREDITATION_AGEING),
        (10, Reason.ACCREDITATION_AGEING),
        (11, Reason.ACCREDITATION_STALE),
    ],
)
def test_ac17_a_stricter_policy_hears_how_old_the_papers_are(
    world: World, days: int, code: Reason | None
) -> None:
    world.policy = replace(DEFAULT, accreditation_warn_age_days=5, accreditation_max_age_days=10)
    told = {"iat": world.at - days * DAY_S, "exp": world.at + DAY_S}
    world.arrangement.about(world.ab).claims |= told

    report = world.verify(world.cb.issue())

    if code is None:
        assert report.verdict is Verdict.ACCEPT
    else:
        assert finding(report, code).facts["days"] == days


def test_ac17_an_end_of_its_own_speaks_before_the_age(world: World) -> None:
    world.policy = replace(DEFAULT, accreditation_warn_age_days=5, accreditation_max_age_days=10)
    told = {"iat": world.at - 20 * DAY_S, "exp": world.at - 1}
    world.arrangement.about(world.ab).claims |= told

    report = world.verify(world.cb.issue())

    heard = {one.code for one in report.findings}
    assert Reason.CHAIN_LINK_EXPIRED in heard
    assert not heard & {Reason.ACCREDITATION_AGEING, Reason.ACCREDITATION_STALE}
