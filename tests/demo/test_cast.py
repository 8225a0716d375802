"""The cast of the example world: who is trusted, and by which keys."""

from urllib.parse import urlsplit

from service.demo import ORIGIN
from service.demo.bodies import ACCREDITATION, CERTIFICATION, PRODUCTS, SYSTEMS, TESTING
from service.demo.cast import BODIES
from service.demo.firms import Firm
from service.demo.plan import PLAN


def test_every_address_is_one_that_nobody_can_own() -> None:
    for body in BODIES.values():
        assert str(urlsplit(body.id).hostname).endswith(".example")


def test_one_arrangement_is_pinned_and_recognises_two_bodies_one_for_systems_only() -> None:
    pinned = [body.key for body in BODIES.values() if body.pinned]
    recognised = {body.key: body for body in BODIES.values() if body.by in pinned}

    assert len(pinned) == 1
    assert {body.role for body in recognised.values()} == {ACCREDITATION}
    norms = [{row["norm"] for row in body.scope} for body in recognised.values()]
    assert sorted(norms, key=len) == [{SYSTEMS}, {SYSTEMS, PRODUCTS, TESTING}]


def test_honest_bodies_live_here_and_impostors_elsewhere() -> None:
    def honest(key: str | None) -> bool:
        return key is not None and (BODIES[key].pinned or honest(BODIES[key].by))

    for key, body in BODIES.items():
        assert body.id.startswith(f"{ORIGIN}/") == (honest(key) and not body.unheard)


def test_every_key_has_one_owner_and_one_use() -> None:
    prints = [
        body.signer(purpose).public.thumbprint
        for body in BODIES.values()
        for purpose in ("federation", "certificate", "evidence")
    ]

    assert len(set(prints)) == len(prints)


def test_one_certifier_signs_with_ed25519() -> None:
    algorithms = {key: body.signer("certificate").algorithm for key, body in BODIES.items()}

    assert [key for key, name in algorithms.items() if name == "EdDSA"] == ["wolkenried"]
    assert all(body.signer("evidence").algorithm == "ES256" for body in BODIES.values())


def test_holders_come_from_several_countries_and_scripts() -> None:
    firms: set[Firm] = {paper.firm for paper in PLAN}
    zones = {body.zone for body in BODIES.values() if body.role == CERTIFICATION}

    assert len({firm.country for firm in firms}) >= 6
    assert sum(not firm.name.isascii() for firm in firms) >= 4
    assert len(zones) >= 4
