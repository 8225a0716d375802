"""J01 to J17, J35: headers, algorithms and key names that are not what they seem."""

import hashlib
import hmac
import zlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from keys import b64u
from service.status.record import record_uri
from tests.adversarial.expectation import (
    assert_answer,
    assert_as_expected,
)
from tests.adversarial.forging import (
    ATTACKER,
    ED_KEY,
    header,
    segments,
    signed_as_it_stands,
    with_signature,
    written,
)
from tests.adversarial.watch import watched
from tests.world import GONE, World, signed


def test_base_is_accepted(world: World) -> None:
    assert_answer(world.verify(world.cb.issue()), "ACCEPT", None, genuine="yes", in_force="yes")
    assert_answer(
        world.verify(world.product_cb.issue()), "ACCEPT", None, genuine="yes", in_force="yes"
    )


def test_j01_alg_none_needs_no_signature_and_gets_no_answer(world: World) -> None:
    unsigned = with_signature(world.cb.sign(world.cb.claims(), header=header(alg="none")), b"")

    assert_as_expected(world.verify(unsigned), "J01")


@pytest.mark.parametrize("alg", ["None", "NONE", "nOnE", " none"])
def test_j02_alg_none_in_another_spelling(world: World, alg: str) -> None:
    token = world.cb.sign(world.cb.claims(), header=header(alg=alg))

    assert_as_expected(world.verify(token), "J02")


def _secrets() -> dict[str, bytes]:
    key = World().cb.key
    public, jwk = key._private.public_key(), key.public_jwk()
    encoded = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    point = b64u.decode(jwk["x"]) + b64u.decode(jwk["y"])
    return {
        "PEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "DER": encoded,
        "JWK": written(jwk),
        "JWKS": written({"keys": [jwk]}),
        "x||y": point,
        "04||x||y": b"\4" + point,
        "base64 of DER": b64u.encode(encoded).encode(),
    }


@pytest.mark.parametrize("secret", _secrets().values(), ids=_secrets())
def test_j03_a_mac_keyed_with_the_public_key(
    world: World, secret: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.cb.sign(world.cb.claims(), header=header(alg="HS256"))
    signing_input = token.rpartition(".")[0]
    forged = with_signature(token, hmac.digest(secret, signing_input.encode(), hashlib.sha256))
    computed: list[object] = []
    for name in ("new", "digest", "HMAC"):
        monkeypatch.setattr(hmac, name, lambda *parts, **_: computed.append(parts))

    assert_as_expected(world.verify(forged), "J03")
    assert computed == []


def test_j04_the_algorithm_belongs_to_the_key(world: World) -> None:
    world.ab.of(world.cb)["keys"].append(world.cb.names(ED_KEY, "certificate"))
    claims = world.cb.claims()
    as_eddsa = world.cb.sign(claims, header=header(alg="EdDSA"), key=ED_KEY)
    as_es256 = world.cb.sign(claims, header=header(kid="cb1-2027"))

    assert_answer(world.verify(world.cb.issue(key=ED_KEY)), "ACCEPT", None)
    for token in (as_eddsa, as_es256):
        assert_as_expected(world.verify(token), "J04")


@pytest.mark.parametrize("kid", [None, "cb1-2026"])
def test_j07_a_key_that_the_token_brings_along(world: World, kid: str | None) -> None:
    brought = header(jwk=ATTACKER.public_jwk())
    brought = brought if kid else {name: brought[name] for name in ("alg", "typ", "jwk")}
    token = world.cb.sign(world.cb.claims(), header=brought, key=ATTACKER)

    assert_as_expected(world.verify(token), "J07")


@pytest.mark.parametrize("member", ["jku", "x5u"])
@pytest.mark.parametrize("url", ["https://attacker.example/k.json", "http://169.254.169.254/"])
def test_j08_an_address_where_the_key_could_be_had(world: World, member: str, url: str) -> None:
    token = world.cb.sign(world.cb.claims(), header=header(**{member: url}), key=ATTACKER)

    with watched() as events:
        report = world.verify(token)

    assert_as_expected(report, "J08")
    assert [event for event in events if event.startswith("socket")] == []
    assert (world.network.fetched, world.network.asked_about) == ([], [])


@pytest.mark.parametrize(
    ("member", "value"), [("x5c", ["MIIB"]), ("x5t", "AAAA"), ("x5t#S256", "AAAA")]
)
def test_j09_a_certificate_of_another_kind(world: World, member: str, value: object) -> None:
    token = world.cb.sign(world.cb.claims(), header=header(**{member: value}))

    assert_as_expected(world.verify(token), "J09")


PATHS = ("../../../../dev/null", "/proc/self/environ", "file:///etc/passwd")


SQL = ("x' OR '1'='1", "'; DROP TABLE keys;--", 'x" UNION SELECT 1')


@pytest.mark.parametrize("kid", PATHS)
def test_j10_a_kid_that_is_a_path_opens_nothing(world: World, kid: str) -> None:
    world.verify(world.cb.issue())  # what is read but once is read now
    token = world.cb.sign(world.cb.claims(), header=header(kid=kid))

    with watched() as events:
        report = world.verify(token)

    assert_as_expected(report, "J10")
    assert events == []


@pytest.mark.parametrize("kid", SQL)
def test_j11_a_kid_that_is_sql_is_a_name_that_nobody_has(world: World, kid: str) -> None:
    """That no row changes is asserted where there is a database: in the tests of storage."""
    world.verify(world.cb.issue())
    assert world.memory is not None
    before = dict(world.memory.documents)

    report = world.verify(world.cb.sign(world.cb.claims(), header=header(kid=kid)))

    assert_as_expected(report, "J11")
    assert world.memory.documents == before


@pytest.mark.parametrize("kid", [5, None, [], {}, True])
def test_j12_a_kid_of_another_type(world: World, kid: object) -> None:
    token = world.cb.sign(world.cb.claims(), header=header(kid=kid))

    assert_as_expected(world.verify(token), "J12")


@pytest.mark.parametrize("kid", [GONE, ""])
def test_j13_without_a_kid_no_key_is_tried(world: World, kid: object) -> None:
    named = {name: value for name, value in header(kid=kid).items() if value is not GONE}

    assert_as_expected(world.verify(world.cb.sign(world.cb.claims(), header=named)), "J13")


def test_j14_an_accredited_body_signs_in_the_name_of_another(world: World) -> None:
    other = world.new_cb("cb2")

    assert_answer(world.verify(other.issue()), "ACCEPT", None)
    assert_as_expected(world.verify(world.cb.issue(key=other.key)), "J14")


@pytest.mark.parametrize("crit", [["exp"], [], "b64", ["b64"], ["x", "x"], [1]])
def test_j15_a_header_that_demands_a_treatment(world: World, crit: object) -> None:
    token = world.cb.sign(world.cb.claims(), header=header(crit=crit))

    assert_as_expected(world.verify(token), "J15")


def test_j16a_a_payload_that_is_not_encoded(world: World) -> None:
    demanded = b64u.encode(written(header(b64=False, crit=["b64"])))
    token = signed_as_it_stands(f'{demanded}.{{"iss":"cb1"}}', world.cb.key)

    assert_as_expected(world.verify(token), "J16", 0)


@pytest.mark.parametrize("b64", [False, "false", 0])
def test_j16bcd_a_payload_that_is_said_not_to_be_encoded(world: World, b64: object) -> None:
    token = world.cb.sign(world.cb.claims(), header=header(b64=b64))

    assert_as_expected(world.verify(token), "J16", 1)


def _deflated(plain: bytes, most: int | None = None) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (compressor.compress(plain) + compressor.flush())[:most]


@pytest.mark.parametrize("kind", ["deflated", "bomb", "plain"])
def test_j17_a_compressed_payload_is_not_inflated(
    world: World, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = written(world.cb.claims())
    # As much of a bomb as fits in a token; the whole of it is too large to be looked at.
    bombs = {"deflated": _deflated(claims), "bomb": _deflated(bytes(6 << 20), 6_000)}
    token = world.cb.sign(bombs.get(kind, claims), header=header(zip="DEF"))
    inflated: list[object] = []
    monkeypatch.setattr(zlib, "decompressobj", lambda *parts, **_: inflated.append(parts))
    monkeypatch.setattr(zlib, "decompress", lambda *parts, **_: inflated.append(parts))

    assert_as_expected(world.verify(token), "J17")
    assert inflated == []


def test_j17_a_bomb_of_a_gibibyte_is_too_large_before_it_is_anything_else(world: World) -> None:
    token = world.cb.sign(bytes(1_043_638), header=header(zip="DEF"))

    assert_answer(world.verify(token), "REJECT", "TOKEN_TOO_LARGE", genuine="no")


TYPES = ("certificate+jwt", "certificate-record+jwt", "entity-statement+jwt", "statuslist+jwt")


@pytest.mark.parametrize("typ", TYPES[1:])
def test_j35_at_the_certificate_entry(world: World, typ: str) -> None:
    token = signed(world.cb.claims(), world.cb.key, typ)

    assert_as_expected(world.verify(token), "J35", 0)


@pytest.mark.parametrize("typ", [GONE, "JWT", "CERTIFICATE+JWT", "application/certificate+jwt"])
def test_j35_a_type_in_another_spelling(world: World, typ: object) -> None:
    named = {name: value for name, value in header(typ=typ).items() if value is not GONE}

    assert_as_expected(world.verify(world.cb.sign(world.cb.claims(), header=named)), "J35", 0)


@pytest.mark.parametrize("typ", [typ for typ in TYPES if typ != "entity-statement+jwt"])
def test_j35_at_the_statement_entry(world: World, typ: str) -> None:
    statement = b64u.decode(segments(world.ab.about(world.cb).token())[1])
    world.network.about_[world.cb.id] = [signed(statement, world.ab.federation, typ)]

    assert_as_expected(world.verify(world.cb.issue()), "J35", 0)


@pytest.mark.parametrize("typ", TYPES[:3])
def test_j35_at_the_status_entry(world: World, typ: str) -> None:
    token = world.cb.issue()
    claims = b64u.decode(segments(world.cb.list_token())[1])
    world.network.served[world.cb.list_uri] = signed(claims, world.cb.status_key, typ)

    assert_as_expected(world.verify(token), "J35", 1)


@pytest.mark.parametrize("typ", [TYPES[0], *TYPES[2:]])
def test_j35_at_the_record_entry(world: World, typ: str) -> None:
    token = world.cb.issue()
    (number,) = world.cb.files
    claims = b64u.decode(segments(world.cb.record_token(number))[1])
    uri = record_uri(world.cb.id, number)
    world.network.served[uri] = signed(claims, world.cb.status_key, typ)

    assert_as_expected(world.verify(token), "J35", 1)


def test_the_first_failure_alone_decides(world: World) -> None:
    """All faults at once; then one after the other is mended."""
    world.ab.of(world.cb)["keys"][0] |= {"until": "2024-02-01T00:00:00Z", "revoked": None}
    retired = world.ab.of(world.cb)["keys"][0]
    iat = world.cb.claims()["iat"]
    bad_claims = {"iat": iat, "exp": "soon", "holder": None, "nbf": 1}
    head: dict[str, Any] = header(crit=["b64"], jwk={}, alg="HS256", typ="JWT", kid=5)
    seen = []

    def fails(**mended: Any) -> None:
        head.update(mended)
        token = world.cb.issue(**bad_claims)
        body = b64u.decode(segments(token)[1])
        said = {name: value for name, value in head.items() if value is not GONE}
        report = world.verify(with_signature(world.cb.sign(body, header=said), bytes(64)))
        (code,) = report.codes
        seen.append(str(code))

    fails()
    fails(crit=GONE)
    fails(jwk=GONE)
    fails(alg="ES256")
    fails(typ="certificate+jwt")
    fails(kid="cb1-2025")
    fails(kid="cb1-2026", alg="EdDSA")
    fails(kid="cb1-2026-s", alg="ES256")
    fails(kid="cb1-2026")
    retired |= {"until": None, "revoked": "2026-01-01T00:00:00Z"}
    fails()
    retired["revoked"] = None
    fails()

    assert seen == [
        "JOSE_CRIT_UNSUPPORTED", "JOSE_HEADER_FORBIDDEN", "JOSE_ALG_NOT_ALLOWED",
        "JOSE_TYP_MISMATCH", "TOKEN_MALFORMED", "KEY_UNKNOWN", "JOSE_ALG_KEY_MISMATCH", "KEY_USE",
        "KEY_RETIRED", "KEY_REVOKED", "SIGNATURE_INVALID",
    ]  # fmt: skip


def test_nobody_is_asked_before_the_token_is_well_formed(world: World) -> None:
    for broken in ("", "x", "a.b.c", world.cb.sign(world.cb.claims(), header=header(alg="none"))):
        world.verify(broken)

    assert (world.network.asked_about, world.network.fetched) == ([], [])
