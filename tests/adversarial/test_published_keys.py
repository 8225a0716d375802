"""J05, J40, J42 to J46: keys that a body publishes and nobody should believe."""

import hashlib
import json
import logging
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from keys import b64u
from keys.signer import KeySigner
from service.domain.reason import Reason
from tests.adversarial.expectation import (
    assert_answer,
    assert_as_expected,
)
from tests.adversarial.forging import (
    ATTACKER,
    header,
    with_signature,
)
from tests.keys.test_jwk import CANONICAL, NOT_CANONICAL, ed25519_jwk
from tests.world import World


def _foreign_keys() -> dict[str, dict[str, Any]]:
    def on(curve: ec.EllipticCurve) -> dict[str, Any]:
        return ECAlgorithm.to_jwk(ec.derive_private_key(7, curve).public_key(), as_dict=True)

    x = x25519.X25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    modulus = rsa.generate_private_key(65537, 2048).public_key()
    return {
        "P-384": on(ec.SECP384R1()),
        "P-521": on(ec.SECP521R1()),
        "secp256k1": on(ec.SECP256K1()),
        "X25519": {"kty": "OKP", "crv": "X25519", "x": b64u.encode(x)},
        "RSA": RSAAlgorithm.to_jwk(modulus, as_dict=True),
        "oct": {"kty": "oct", "k": b64u.encode(bytes(32))},
    }


@pytest.mark.parametrize("jwk", _foreign_keys().values(), ids=_foreign_keys())
def test_j05_a_key_of_another_kind_refuses_its_statement(world: World, jwk: dict[str, Any]) -> None:
    assert world.memory is not None
    world.ab.of(world.cb)["keys"][0]["jwk"] = {**jwk, "kid": "cb1-2026"}

    report = world.verify(world.cb.issue())

    assert_as_expected(report, "J05")
    assert Reason.KEY_UNKNOWN in report.codes
    assert world.memory.recall("statement", f"{world.ab.id} {world.cb.id}") is None


def _small_order(world: World, y: int, sign: int) -> str:
    jwk = {**ed25519_jwk(y, sign), "kid": "cb1-2028"}
    row = world.cb.names(world.cb.key, "certificate")
    world.ab.of(world.cb)["keys"].append({**row, "jwk": jwk})
    # Under the identity point every message verifies with R = identity and S = 0.
    signing_input = world.cb.sign(world.cb.claims(), header=header(alg="EdDSA", kid="cb1-2028"))
    return with_signature(signing_input, b64u.decode(jwk["x"]) + bytes(32))


@pytest.mark.parametrize(
    ("y", "sign", "row"),
    [
        *((y, sign, 0) for y, sign in sorted(CANONICAL)),
        *((y, sign, 1) for y, sign in sorted(NOT_CANONICAL)),
    ],
)
def test_j40_a_key_for_which_anyone_can_sign(world: World, y: int, sign: int, row: int) -> None:
    report = world.verify(_small_order(world, y, sign))

    assert_as_expected(report, "J40", row)
    assert_as_expected(report, "J40", 2)
    assert len({*CANONICAL, *NOT_CANONICAL}) == 14


def _broken(jwk: dict[str, str]) -> dict[str, dict[str, Any]]:
    x = b64u.decode(jwk["x"])
    without = {name: {k: v for k, v in jwk.items() if k != name} for name in ("y", "crv")}
    return {
        "off the curve": {**jwk, "y": jwk["x"]},
        "(0,0)": {**jwk, "x": b64u.encode(bytes(32)), "y": b64u.encode(bytes(32))},
        "31 bytes": {**jwk, "x": b64u.encode(x[:31])},
        "33 bytes": {**jwk, "x": b64u.encode(b"\0" + x)},
        "padded": {**jwk, "x": jwk["x"] + "="},
        "a number": {**jwk, "x": int.from_bytes(x[:6])},
        "no y": without["y"],
        "no crv": without["crv"],
    }


@pytest.mark.parametrize("fault", _broken(ATTACKER.public_jwk()))
def test_j42_a_broken_key_refuses_its_statement(world: World, fault: str) -> None:
    token = world.cb.issue()
    world.ab.of(world.cb)["keys"][0]["jwk"] = _broken(world.cb.key.public_jwk())[fault]

    report = world.verify(token)

    assert_as_expected(report, "J42", 1 if fault == "no crv" else 0)
    assert Reason.KEY_UNKNOWN in report.codes


@pytest.mark.parametrize("kind", ["d", "oct"])
def test_j43_a_body_publishes_its_secret(
    world: World, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    secret = b64u.encode(hashlib.sha256(b"tests/adversarial/secret").digest())
    jwk = {**world.cb.key.public_jwk(), "d": secret}
    world.ab.of(world.cb)["keys"][0]["jwk"] = (
        jwk if kind == "d" else {"kty": "oct", "k": secret, "kid": "cb1-2026"}
    )

    with caplog.at_level(logging.DEBUG):
        report = world.verify(world.cb.issue())

    assert_as_expected(report, "J43")
    assert secret not in caplog.text + json.dumps(report.to_json()) + repr(report)


@pytest.mark.parametrize("label", [{"use": "enc"}, {"key_ops": ["encrypt"]}, {"key_ops": []}])
def test_j44a_a_key_labelled_for_something_else_is_dropped_alone(
    world: World, label: dict[str, Any]
) -> None:
    keys = world.ab.of(world.cb)["keys"]
    other = KeySigner.unsafe_from_seed(b"tests/adversarial/other", "cb1-2025")
    keys.append(world.cb.names(other, "certificate"))
    keys[0]["jwk"] |= label

    assert_as_expected(world.verify(world.cb.issue()), "J44", 0)
    assert_answer(world.verify(world.cb.issue(key=other)), "ACCEPT", None)


def test_j44b_a_certificate_signed_with_the_key_for_lists(world: World) -> None:
    assert_as_expected(world.verify(world.cb.issue(key=world.cb.status_key)), "J44", 1)


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384"])
def test_j45_a_key_that_claims_another_algorithm_is_dropped_alone(world: World, alg: str) -> None:
    keys = world.ab.of(world.cb)["keys"]
    other = KeySigner.unsafe_from_seed(b"tests/adversarial/other", "cb1-2025")
    keys.append(world.cb.names(other, "certificate"))
    keys[0]["jwk"]["alg"] = alg

    assert_as_expected(world.verify(world.cb.issue()), "J45")
    assert_answer(world.verify(world.cb.issue(key=other)), "ACCEPT", None)


def test_j46_two_keys_under_one_name_refuse_the_statement(world: World) -> None:
    keys = world.ab.of(world.cb)["keys"]
    keys.append(world.cb.names(ATTACKER, "certificate"))

    for key in (world.cb.key, ATTACKER):
        report = world.verify(world.cb.issue(key=key))
        assert_as_expected(report, "J46")
        assert Reason.KEY_UNKNOWN in report.codes
