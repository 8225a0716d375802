"""Key import: what a body publishes is believed only after every check (security.md section 7)."""

import json
import time
from hashlib import sha512
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from hypothesis import given
from hypothesis import strategies as st

from keys import b64u
from keys.jwk import (
    P256_FIELD,
    P256_ORDER,
    KeyRefused,
    import_public,
    import_set,
    thumbprint,
)
from keys.signer import KeySigner

SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I"
EC_SIGNER = KeySigner.unsafe_from_seed(b"tests/jwk", "cb1-2026")
ED_SIGNER = KeySigner.unsafe_from_seed(b"tests/jwk", "cb1-2027", "EdDSA")
EC_JWK: dict[str, Any] = EC_SIGNER.public_jwk()
ED_JWK: dict[str, Any] = ED_SIGNER.public_jwk()
MESSAGE = b"a certificate"

RFC_7515_A3 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
RFC_8037 = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def refusal(jwk: dict[str, Any]) -> KeyRefused:
    with pytest.raises(KeyRefused) as refused:
        import_public(jwk)
    return refused.value


def without(jwk: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in jwk.items() if key != name}


# Names and thumbprints


@pytest.mark.parametrize(
    ("jwk", "name"),
    [
        (RFC_7515_A3, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"),
        (RFC_8037, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
    ],
)
def test_a_thumbprint_is_that_of_the_standard(jwk: dict[str, str], name: str) -> None:
    assert thumbprint(jwk) == name
    assert import_public(jwk, require_kid=False).kid == name
    assert import_public({**jwk, "kid": "other", "use": "sig"}).thumbprint == name


def test_there_is_no_thumbprint_for_another_kind_of_key() -> None:
    with pytest.raises(ValueError, match="kind"):
        thumbprint({"kty": "oct", "k": SECRET})


@pytest.mark.parametrize("kid", ["cb-1", "A" * 43, "_-_-"])
def test_a_kid_of_4_to_43_characters_is_a_name(kid: str) -> None:
    assert import_public({**EC_JWK, "kid": kid}).kid == kid


@pytest.mark.parametrize(
    "kid", ["abc", "A" * 44, "", "a b c", "k\u00e9y1", "key1\n", "a/../b", 5, None, []]
)
def test_another_kid_is_no_name(kid: object) -> None:
    assert refusal({**EC_JWK, "kid": kid}).code == "KEY_INVALID"
    with pytest.raises(KeyRefused):
        import_public({**EC_JWK, "kid": kid}, require_kid=False)


def test_a_key_needs_a_name_unless_told_otherwise() -> None:
    assert refusal(without(EC_JWK, "kid")).code == "KEY_INVALID"
    assert import_public(without(EC_JWK, "kid"), require_kid=False).kid == thumbprint(EC_JWK)


def test_only_public_members_are_published_again() -> None:
    key = import_public({**ED_JWK, "alg": "Ed25519", "use": "sig", "x5u": "https://e.example"})

    assert key.jwk == {**RFC_8037, "x": ED_JWK["x"], "kid": "cb1-2027", "alg": "EdDSA"}
    assert import_public(dict(key.jwk)) == key


# J05: other kinds of key


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "EC", "crv": "P-384", "x": "A" * 64, "y": "A" * 64},
        {"kty": "EC", "crv": "P-521", "x": "A" * 88, "y": "A" * 88},
        {"kty": "EC", "crv": "secp256k1", "x": EC_JWK["x"], "y": EC_JWK["y"]},
        {"kty": "OKP", "crv": "X25519", "x": ED_JWK["x"]},
        {"kty": "OKP", "crv": "Ed448", "x": "A" * 76},
        {"kty": "RSA", "n": "A" * 342, "e": "AQAB"},
        {"kty": "oct"},
        {"kty": "EC", "crv": "Ed25519", "x": ED_JWK["x"]},
        {"kty": "ec", "crv": "P-256", "x": EC_JWK["x"], "y": EC_JWK["y"]},
        without(EC_JWK, "crv"),
        without(EC_JWK, "kty"),
        {**EC_JWK, "crv": ["P-256"]},
        {},
    ],
)
def test_a_key_of_another_kind_is_not_imported(jwk: dict[str, Any]) -> None:
    refused = refusal({"kid": "cb1-2026", **jwk})

    assert (refused.codes, refused.kid) == (("KEY_TYPE_NOT_ALLOWED",), "cb1-2026")


# J43: private keys


@pytest.mark.parametrize("member", ["d", "k", "p", "q"])
@pytest.mark.parametrize("jwk", [EC_JWK, ED_JWK])
def test_a_key_published_with_its_secret_is_refused(jwk: dict[str, Any], member: str) -> None:
    assert refusal({**jwk, member: SECRET}).codes == ("KEY_PRIVATE_PUBLISHED",)


@pytest.mark.parametrize("jwk", [{"kty": "oct", "k": SECRET}, {"kty": "RSA", "d": SECRET}])
def test_a_published_secret_is_told_beside_the_wrong_kind_of_key(jwk: dict[str, Any]) -> None:
    assert refusal(jwk).codes == ("KEY_PRIVATE_PUBLISHED", "KEY_TYPE_NOT_ALLOWED")


@pytest.mark.parametrize(
    "jwk",
    [
        {**EC_JWK, "d": SECRET},
        {**EC_JWK, "d": SECRET, "x": SECRET},
        {"kty": "oct", "k": SECRET, "kid": "cb1-2026"},
        {**EC_JWK, "x": SECRET},
        {**EC_JWK, "x": SECRET + "\ud800"},
        {**EC_JWK, "kid": SECRET + "/"},
        {**EC_JWK, "use": SECRET},
    ],
)
def test_a_refusal_shows_nothing_of_the_key(jwk: dict[str, Any]) -> None:
    refused: BaseException | None = refusal(jwk)
    while refused is not None:
        assert SECRET not in f"{refused} {refused!r} {refused.args} {vars(refused)}"
        refused = refused.__context__


# J42: broken P-256 keys


def point_with_small_x() -> tuple[int, int]:
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    for x in range(1, P256_FIELD):
        squared = (x**3 - 3 * x + b) % P256_FIELD
        y = pow(squared, (P256_FIELD + 1) // 4, P256_FIELD)
        if y * y % P256_FIELD == squared:
            return x, y
    raise AssertionError


def p256(x: int, y: int) -> dict[str, Any]:
    return {**EC_JWK, "x": b64u.encode(x.to_bytes(32)), "y": b64u.encode(y.to_bytes(32))}


def test_coordinates_beyond_the_field_are_refused_though_the_layer_below_reduces_them() -> None:
    x, y = point_with_small_x()

    assert import_public(p256(x, y)).algorithm == "ES256"
    assert refusal(p256(x + P256_FIELD, y)).code == "KEY_INVALID"


def test_a_point_off_the_curve_is_no_key() -> None:
    x, y = point_with_small_x()

    assert import_public(p256(x, P256_FIELD - y))
    for wrong in ((x, y + 1), (0, 0), (0, y), (x, 0), (x, P256_FIELD)):
        assert refusal(p256(*wrong)).code == "KEY_INVALID"


@pytest.mark.parametrize("member", ["x", "y"])
@pytest.mark.parametrize(
    "value",
    ["A" * 42, b64u.encode(bytes(31)), b64u.encode(bytes(33)), "A" * 43 + "=", "A" * 42 + "B", 5],
)
def test_a_coordinate_is_exactly_32_bytes_of_base64url(member: str, value: object) -> None:
    assert refusal({**EC_JWK, member: value}).code == "KEY_INVALID"


def test_a_leading_zero_byte_of_a_coordinate_may_neither_be_dropped_nor_added() -> None:
    x, y = point_with_small_x()
    jwk = p256(x, y)

    assert refusal({**jwk, "x": b64u.encode(x.to_bytes(31))}).code == "KEY_INVALID"
    assert refusal({**jwk, "x": b64u.encode(x.to_bytes(33))}).code == "KEY_INVALID"


@pytest.mark.parametrize("jwk", [without(EC_JWK, "x"), without(EC_JWK, "y"), without(ED_JWK, "x")])
def test_a_missing_coordinate_is_no_key(jwk: dict[str, Any]) -> None:
    assert refusal(jwk).code == "KEY_INVALID"


# J40: Ed25519 keys of small order, found by computation

Q = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, Q) % Q
Point = tuple[int, int]


def add(one: Point, two: Point) -> Point:
    cross = D * one[0] * two[0] * one[1] * two[1]
    x = (one[0] * two[1] + two[0] * one[1]) * pow(1 + cross, -1, Q)
    y = (one[1] * two[1] + one[0] * two[0]) * pow(1 - cross, -1, Q)
    return x % Q, y % Q


def times(factor: int, point: Point) -> Point:
    total = (0, 1)
    for bit in f"{factor:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def point_of(y: int) -> Point | None:
    squared = (y * y - 1) * pow(D * y * y + 1, -1, Q) % Q
    root = pow(squared, (Q + 3) // 8, Q)
    for x in (root, root * pow(2, (Q - 1) // 4, Q) % Q):
        if x * x % Q == squared:
            return x, y
    return None


def small_order_points() -> set[Point]:
    for y in range(2, 1000):
        if point := point_of(y):
            torsion = {times(factor * L, point) for factor in range(1, 9)}
            if len(torsion) == 8:
                return torsion
    raise AssertionError


SMALL = small_order_points()
CANONICAL = {(y, x & 1) for x, y in SMALL}
NOT_CANONICAL = {
    (y + beyond, sign)
    for x, y in SMALL
    for beyond in (0, Q)
    for sign in ({x & 1} if x else {0, 1})
    if y + beyond < 2**255
} - CANONICAL


def ed25519_jwk(y: int, sign: int) -> dict[str, Any]:
    return {**ED_JWK, "x": b64u.encode((y | sign << 255).to_bytes(32, "little"))}


def test_eight_points_have_fourteen_encodings() -> None:
    assert (len(SMALL), len(CANONICAL), len(NOT_CANONICAL)) == (8, 8, 6)


@pytest.mark.parametrize(("y", "sign"), sorted(CANONICAL))
def test_a_key_for_which_anyone_can_sign_is_refused(y: int, sign: int) -> None:
    assert refusal(ed25519_jwk(y, sign)).code == "KEY_LOW_ORDER"


@pytest.mark.parametrize(("y", "sign"), sorted(NOT_CANONICAL))
def test_a_worthless_key_in_another_spelling_is_broken(y: int, sign: int) -> None:
    assert refusal(ed25519_jwk(y, sign)).code == "KEY_INVALID"


def test_an_encoding_beyond_the_field_or_off_the_curve_is_broken() -> None:
    off_curve = next(y for y in range(2, 100) if point_of(y) is None)
    beyond = [Q + y for y in range(2, 19)]

    for y in (off_curve, *beyond):
        for sign in (0, 1):
            assert refusal(ed25519_jwk(y, sign)).code == "KEY_INVALID"


def test_an_honest_key_and_its_negative_are_imported() -> None:
    honest = int.from_bytes(b64u.decode(ED_JWK["x"]), "little")

    for sign in (0, 1):
        assert import_public(ed25519_jwk(honest & (1 << 255) - 1, sign)).algorithm == "EdDSA"


def test_the_check_of_a_key_takes_less_than_10_ms() -> None:
    started = time.perf_counter()
    for _ in range(10):
        import_public(ED_JWK)

    assert (time.perf_counter() - started) / 10 < 0.010


# J44, J45: labels


@pytest.mark.parametrize(
    "label",
    [
        {"use": "enc"}, {"use": None}, {"use": ["sig"]}, {"key_ops": ["encrypt"]}, {"key_ops": []},
        {"key_ops": "verify"}, {"key_ops": None}, {"key_ops": {"verify": 1}},
    ],
)  # fmt: skip
@pytest.mark.parametrize("jwk", [EC_JWK, ED_JWK])
def test_a_key_for_something_else_is_dropped_alone(
    jwk: dict[str, Any], label: dict[str, Any]
) -> None:
    assert refusal({**jwk, **label}).code == "KEY_USE"

    ring = import_set([{**jwk, **label}, {**EC_JWK, "kid": "cb1-other"}])

    assert ring.dropped == ((jwk["kid"], "KEY_USE"),)
    assert list(ring.keys) == ["cb1-other"]


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "EdDSA", "Ed25519", "es256", None, []])
def test_a_key_that_claims_another_algorithm_is_dropped_alone(alg: object) -> None:
    ring = import_set([{**EC_JWK, "alg": alg}, ED_JWK])

    assert ring.dropped == (("cb1-2026", "KEY_ALG_MISMATCH"),)
    assert list(ring.keys) == ["cb1-2027"]


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
def test_both_names_of_eddsa_are_read_in_a_key(alg: str) -> None:
    assert import_public({**ED_JWK, "alg": alg}).algorithm == "EdDSA"
    assert refusal({**ED_JWK, "alg": "ES256"}).code == "KEY_ALG_MISMATCH"


@pytest.mark.parametrize("label", [{"use": "sig"}, {"key_ops": ["verify", "sign"]}, {}])
def test_a_key_for_signatures_is_imported(label: dict[str, Any]) -> None:
    assert import_public({**without(EC_JWK, "alg"), **label}) == EC_SIGNER.public


# J46 and sets


def test_two_keys_under_one_name_refuse_the_set() -> None:
    with pytest.raises(KeyRefused) as refused:
        import_set([EC_JWK, {**ED_JWK, "kid": "cb1-2026"}])

    assert (refused.value.code, refused.value.kid) == ("KEY_DUPLICATE_KID", "cb1-2026")


def test_the_name_of_a_dropped_key_is_taken_too() -> None:
    pair = [EC_JWK, {**ED_JWK, "kid": "cb1-2026", "use": "enc"}]

    for keys in (pair, pair[::-1]):
        with pytest.raises(KeyRefused, match="KEY_DUPLICATE_KID"):
            import_set(keys)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({**EC_JWK, "kid": "cb1-bad", "y": EC_JWK["x"]}, "KEY_INVALID"),
        ({**ed25519_jwk(1, 0), "kid": "cb1-bad"}, "KEY_LOW_ORDER"),
        ({"kty": "RSA", "n": "A" * 342, "e": "AQAB", "kid": "cb1-bad"}, "KEY_TYPE_NOT_ALLOWED"),
        ({**EC_JWK, "kid": "cb1-bad", "d": SECRET}, "KEY_PRIVATE_PUBLISHED"),
        ("not an object", "KEY_INVALID"),
        (None, "KEY_INVALID"),
    ],
)
def test_a_broken_key_refuses_the_whole_set(broken: object, code: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        import_set([EC_JWK, broken])

    assert refused.value.code == code


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([EC_JWK["x"], "sig"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.sampled_from([EC_JWK, ED_JWK]),
    st.dictionaries(st.sampled_from("kty crv x y kid use key_ops alg d".split()), JSON, max_size=3),
)
def test_any_published_object_is_imported_or_refused(
    jwk: dict[str, Any], changes: dict[str, Any]
) -> None:
    try:
        key = import_public({**jwk, **changes})
    except KeyRefused as refused:
        assert refused.code.startswith("KEY_")
    else:
        assert json.loads(json.dumps(dict(key.jwk))) == key.jwk


# Signatures


@pytest.mark.parametrize("signer", [EC_SIGNER, ED_SIGNER])
def test_a_key_verifies_what_was_signed_with_it_and_nothing_else(signer: KeySigner) -> None:
    signature = signer.sign(MESSAGE)

    assert signer.public.verify(signature, MESSAGE)
    assert not signer.public.verify(signature, MESSAGE + b".")
    assert not KeySigner.generate(algorithm=signer.algorithm).public.verify(signature, MESSAGE)


def test_the_signed_examples_of_the_standards_verify() -> None:
    es256 = import_public(RFC_7515_A3, require_kid=False).verify(
        b64u.decode(
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        ),
        b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
        b"cGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
    )
    eddsa = import_public(RFC_8037, require_kid=False).verify(
        b64u.decode(
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        ),
        b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
    )

    assert (es256, eddsa) == (True, True)


def test_a_signature_over_another_hash_is_not_es256() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    key = KeySigner.of(private).public

    def signed(algorithm: SHA256 | SHA512) -> bytes:
        r, s = decode_dss_signature(private.sign(MESSAGE, ec.ECDSA(algorithm)))
        return r.to_bytes(32) + s.to_bytes(32)

    assert key.verify(signed(SHA256()), MESSAGE)
    assert not key.verify(signed(SHA512()), MESSAGE)


EDGES = (0, 1, P256_ORDER - 1, P256_ORDER, P256_ORDER + 1, P256_FIELD, 2**256 - 1)


@pytest.mark.parametrize("r", EDGES)
@pytest.mark.parametrize("s", EDGES)
def test_numbers_at_and_beyond_the_edge_are_no_signature(r: int, s: int) -> None:
    good = EC_SIGNER.sign(MESSAGE)

    assert not EC_SIGNER.public.verify(r.to_bytes(32) + s.to_bytes(32), MESSAGE)
    assert not EC_SIGNER.public.verify(good[:32] + s.to_bytes(32), MESSAGE)
    assert not EC_SIGNER.public.verify(r.to_bytes(32) + good[32:], MESSAGE)


def test_the_twin_of_an_ecdsa_signature_is_one_too() -> None:
    good = EC_SIGNER.sign(MESSAGE)
    twin = good[:32] + (P256_ORDER - int.from_bytes(good[32:])).to_bytes(32)

    assert EC_SIGNER.public.verify(twin, MESSAGE)


@pytest.mark.parametrize("signer", [EC_SIGNER, ED_SIGNER])
@pytest.mark.parametrize("length", [0, 1, 63, 65, 96, 128])
def test_a_signature_has_64_bytes(signer: KeySigner, length: int) -> None:
    good = signer.sign(MESSAGE)

    assert not signer.public.verify((good + good)[:length], MESSAGE)


def test_a_number_of_31_or_33_bytes_is_no_part_of_a_signature() -> None:
    messages = (str(n).encode() for n in range(10_000))
    message = next(one for one in messages if EC_SIGNER.sign(one)[32] == 0)
    good = EC_SIGNER.sign(message)

    assert EC_SIGNER.public.verify(good, message)
    assert not EC_SIGNER.public.verify(good[:32] + good[33:], message)
    assert not EC_SIGNER.public.verify(good[:32] + b"\0" + good[32:], message)


def test_der_is_no_signature() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    der = [private.sign(MESSAGE, ec.ECDSA(SHA256())) for _ in range(100)]

    assert {len(one) for one in der} >= {70, 71, 72}
    assert not any(KeySigner.of(private).public.verify(one, MESSAGE) for one in der)


def test_an_ed25519_signature_has_no_second_spelling() -> None:
    good = ED_SIGNER.sign(MESSAGE)
    s = int.from_bytes(good[32:], "little")
    twins = [good[:32] + (s + n * L).to_bytes(32, "little") for n in range(1, 15)]

    assert ED_SIGNER.public.verify(good, MESSAGE)
    assert not any(ED_SIGNER.public.verify(twin, MESSAGE) for twin in twins)


@pytest.mark.parametrize(("y", "sign"), sorted(CANONICAL | NOT_CANONICAL))
def test_a_signature_made_without_any_key_is_refused(y: int, sign: int) -> None:
    forged = (y | sign << 255).to_bytes(32, "little") + bytes(32)

    assert not ED_SIGNER.public.verify(forged, MESSAGE)


def test_ed25519_is_not_prehashed() -> None:
    private = ed25519.Ed25519PrivateKey.generate()
    signature = private.sign(sha512(MESSAGE).digest())

    assert not KeySigner.of(private).public.verify(signature, MESSAGE)


def test_equal_keys_are_one_in_a_set() -> None:
    again = import_public(EC_JWK)

    assert {EC_SIGNER.public, again} == {again}
