"""The strict door: what is no token of ours is refused, for the first reason there is."""

import hmac
import json
import time
import zlib
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from keys import b64u
from keys.jwk import P256_ORDER, PublicKey
from keys.signer import KeySigner
from service.credential import jws
from service.domain.reason import Reason
from service.domain.verdict import Refused

CERTIFICATE = "certificate+jwt"
TYPES = (CERTIFICATE, "certificate-record+jwt", "entity-statement+jwt", "statuslist+jwt")
SIGNER = KeySigner.unsafe_from_seed(b"tests/jws", "cb1-2026")
ED_SIGNER = KeySigner.unsafe_from_seed(b"tests/jws", "cb1-2027", "EdDSA")
HEADER: dict[str, Any] = {"alg": "ES256", "kid": "cb1-2026", "typ": CERTIFICATE}
CLAIMS: dict[str, Any] = {
    "iss": "https://cb-a.example",
    "jti": "CB-A/2024/0113",
    "iat": 1_725_955_200,
    "holder": {"name": "Łódź Bearings ‒ 軸受", "country": "PL"},
    "standards": ["ISO 9001:2015"],
}
TOKEN = jws.sign(CLAIMS, SIGNER, typ=CERTIFICATE)


def compact(header: object = HEADER, claims: object = CLAIMS, signer: KeySigner = SIGNER) -> str:
    """A validly signed token of any header and claims; bytes stand as they are."""
    parts = (
        part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()
        for part in (header, claims)
    )
    signing_input = ".".join(map(b64u.encode, parts))
    return f"{signing_input}.{b64u.encode(signer.sign(signing_input.encode()))}"


def resigned(segments: str) -> str:
    """A token of two segments as they stand, validly signed."""
    return f"{segments}.{b64u.encode(SIGNER.sign(segments.encode()))}"


def with_signature(signature: bytes) -> str:
    return f"{TOKEN.rpartition('.')[0]}.{b64u.encode(signature)}"


def refusal(text: str, key: PublicKey = SIGNER.public, typ: str = CERTIFICATE) -> Reason:
    with pytest.raises(Refused) as refused:
        jws.verify(jws.parse(text, typ=typ), key)
    return refused.value.code


# What is accepted


@pytest.mark.parametrize("signer", [SIGNER, ED_SIGNER])
def test_a_token_that_we_sign_is_proven_with_its_key(signer: KeySigner) -> None:
    token = jws.sign(CLAIMS, signer, typ=CERTIFICATE)
    proven = jws.verify(jws.parse(token, typ=CERTIFICATE), signer.public)

    assert proven.claims == CLAIMS
    assert (proven.kid, proven.thumbprint) == (signer.kid, signer.public.thumbprint)


@pytest.mark.parametrize("order", [("alg", "kid", "typ"), ("typ", "alg", "kid")])
def test_the_header_has_its_members_in_any_order(order: tuple[str, ...]) -> None:
    token = compact({name: HEADER[name] for name in order})

    assert jws.verify(jws.parse(token, typ=CERTIFICATE), SIGNER.public).claims == CLAIMS


def test_our_tokens_are_tokens_to_others_and_theirs_to_us() -> None:
    theirs = jwt.encode(
        CLAIMS, SIGNER._private, "ES256", headers={"kid": "cb1-2026", "typ": CERTIFICATE}
    )
    read = jwt.PyJWS(algorithms=["ES256"]).decode_complete(
        TOKEN, key=jwt.PyJWK(SIGNER.public_jwk()), algorithms=["ES256"]
    )

    assert jws.verify(jws.parse(theirs, typ=CERTIFICATE), SIGNER.public).claims == CLAIMS
    assert read["header"] == HEADER
    assert json.loads(read["payload"]) == CLAIMS


def test_the_token_of_the_formats_page_is_written_and_read_to_the_letter() -> None:
    signer = KeySigner.unsafe_from_seed(b"proofmark-formats/cb-status", "a-2024-s")
    claims = {
        "sub": "https://cb-a.example/status/1",
        "iat": 1781481600,
        "exp": 1781568000,
        "ttl": 3600,
        "status_list": {"bits": 4, "lst": "eNoTOPSWgen___8AEWYEvw"},
    }
    token = (
        "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEtMjAyNC1zIiwidHlwIjoic3RhdHVzbGlzdCtqd3QifQ."
        "eyJzdWIiOiJodHRwczovL2NiLWEuZXhhbXBsZS9zdGF0dXMvMSIsImlhdCI6MTc4MTQ4MTYwMCwiZXhwIjoxNzgxNT"
        "Y4MDAwLCJ0dGwiOjM2MDAsInN0YXR1c19saXN0Ijp7ImJpdHMiOjQsImxzdCI6ImVOb1RPUFNXZ2VuX19fOEFFV1lF"
        "dncifX0."
        "If2wjUCj4CIJa0agRunGLB2Fwsb76TimnYq-M7SKjNrS8BevNvpDdW5XFQG-CcG9r0xHKX4X58fdibKqmGbqrw"
    )

    assert jws.sign(claims, signer, typ="statuslist+jwt") == token
    proven = jws.verify(jws.parse(token, typ="statuslist+jwt"), signer.public)
    assert proven.claims == claims


def test_a_twin_with_another_signature_is_the_same_token() -> None:
    signing_input, _, signature = TOKEN.rpartition(".")
    raw = b64u.decode(signature)
    twin = with_signature(raw[:32] + (P256_ORDER - int.from_bytes(raw[32:])).to_bytes(32))
    one, two = (
        jws.verify(jws.parse(text, typ=CERTIFICATE), SIGNER.public) for text in (TOKEN, twin)
    )

    assert twin != TOKEN
    assert one == two
    assert one.signing_input_sha256 == b64u.encode(sha256(signing_input.encode()).digest())


# Algorithms and keys (J01 to J14)


def test_a_token_without_a_signature_algorithm_is_refused() -> None:
    token = compact({**HEADER, "alg": "none"})

    assert refusal(token.rpartition(".")[0] + ".") is Reason.JOSE_ALG_NOT_ALLOWED
    assert refusal(token) is Reason.JOSE_ALG_NOT_ALLOWED


@pytest.mark.parametrize(
    "alg",
    [
        "None", "NONE", "nOnE", " none", "", "es256", "ES384", "ES256K", "RS256", "PS256",
        "Ed25519", "Ed448", None, 256, True, ["ES256"], {"ES256": 1},
    ],
)  # fmt: skip
def test_only_two_algorithms_are_known_by_their_exact_names(alg: object) -> None:
    assert refusal(compact({**HEADER, "alg": alg})) is Reason.JOSE_ALG_NOT_ALLOWED


def test_a_header_names_its_algorithm() -> None:
    assert refusal(compact({"kid": "cb1-2026", "typ": CERTIFICATE})) is Reason.JOSE_ALG_NOT_ALLOWED


@pytest.mark.parametrize(
    "secret",
    [
        json.dumps(SIGNER.public_jwk()).encode(),
        json.dumps({"keys": [SIGNER.public_jwk()]}).encode(),
        b64u.decode(SIGNER.public_jwk()["x"]) + b64u.decode(SIGNER.public_jwk()["y"]),
        b"\4" + b64u.decode(SIGNER.public_jwk()["x"]) + b64u.decode(SIGNER.public_jwk()["y"]),
    ],
)
def test_a_mac_keyed_with_the_public_key_is_no_signature(secret: bytes) -> None:
    signing_input = compact({**HEADER, "alg": "HS256"}).rpartition(".")[0]
    mac = hmac.digest(secret, signing_input.encode(), "sha256")

    assert refusal(f"{signing_input}.{b64u.encode(mac)}") is Reason.JOSE_ALG_NOT_ALLOWED


def test_the_algorithm_is_fixed_by_the_key() -> None:
    as_eddsa = compact({**HEADER, "alg": "EdDSA"}, signer=ED_SIGNER)
    as_es256 = compact({**HEADER, "kid": "cb1-2027"})

    assert refusal(as_eddsa, SIGNER.public) is Reason.JOSE_ALG_KEY_MISMATCH
    assert refusal(as_es256, ED_SIGNER.public) is Reason.JOSE_ALG_KEY_MISMATCH


@pytest.mark.parametrize("kid", [5, None, [], {}, True])
def test_a_kid_that_is_no_text_is_refused(kid: object) -> None:
    assert refusal(compact({**HEADER, "kid": kid})) is Reason.TOKEN_MALFORMED


@pytest.mark.parametrize("kid", ["", "cb1-2027", "../../../../dev/null", "x' OR '1'='1"])
def test_a_token_is_not_tried_with_a_key_of_another_name(kid: str) -> None:
    assert refusal(compact({**HEADER, "kid": kid})) is Reason.KEY_UNKNOWN


def test_a_token_that_names_no_key_is_read_and_never_proven() -> None:
    token = compact({"alg": "ES256", "typ": CERTIFICATE})

    assert jws.parse(token, typ=CERTIFICATE).kid is None
    assert refusal(token) is Reason.KEY_UNKNOWN


# The closed header (J07 to J09, J15 to J17)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("jwk", ED_SIGNER.public_jwk()),
        ("jku", "https://attacker.example/k.json"),
        ("jku", "http://169.254.169.254/"),
        ("x5u", "https://attacker.example/k.json"),
        ("x5c", ["MIIB"]),
        ("x5t", "AAAA"),
        ("x5t#S256", "AAAA"),
        ("b64", False),
        ("b64", "false"),
        ("b64", 0),
        ("zip", "DEF"),
        ("cty", "JWT"),
        ("Alg", "ES256"),
        ("", ""),
    ],
)
def test_a_header_gives_no_other_instruction(member: str, value: object) -> None:
    assert refusal(compact({**HEADER, member: value})) is Reason.JOSE_HEADER_FORBIDDEN


def test_a_compressed_payload_is_not_inflated() -> None:
    bomb = zlib.compress(bytes(1 << 20), 9)

    assert refusal(compact({**HEADER, "zip": "DEF"}, bomb)) is Reason.JOSE_HEADER_FORBIDDEN


@pytest.mark.parametrize("crit", [["exp"], [], "b64", ["b64"], ["x", "x"], [1], None, False])
def test_a_header_that_demands_a_treatment_is_refused(crit: object) -> None:
    assert refusal(compact({**HEADER, "crit": crit})) is Reason.JOSE_CRIT_UNSUPPORTED


def test_an_unencoded_payload_is_refused_for_its_demand() -> None:
    header = b64u.encode(json.dumps({**HEADER, "crit": ["b64"], "b64": False}).encode())

    assert refusal(resigned(f'{header}.{{"iss": "x"}}')) is Reason.JOSE_CRIT_UNSUPPORTED


# Types (J35)


@pytest.mark.parametrize("entry", TYPES)
@pytest.mark.parametrize("typ", TYPES)
def test_each_entry_takes_one_type(entry: str, typ: str) -> None:
    token = jws.sign(CLAIMS, SIGNER, typ=typ)

    if entry == typ:
        assert jws.parse(token, typ=entry).unproven_claims == CLAIMS
    else:
        assert refusal(token, typ=entry) is Reason.JOSE_TYP_MISMATCH


@pytest.mark.parametrize(
    "typ",
    ["JWT", "CERTIFICATE+JWT", "application/certificate+jwt", "certificate+jwt ", "", None, 1, []],
)
def test_a_type_is_spelled_exactly(typ: object) -> None:
    assert refusal(compact({**HEADER, "typ": typ})) is Reason.JOSE_TYP_MISMATCH


def test_a_header_states_its_type() -> None:
    token = compact({"alg": "ES256", "kid": "cb1-2026"})

    assert refusal(token) is Reason.JOSE_TYP_MISMATCH


def test_a_header_once_read_for_one_type_is_not_remembered_for_another() -> None:
    for _ in range(2):
        jws.parse(TOKEN, typ=CERTIFICATE)
        assert refusal(TOKEN, typ="statuslist+jwt") is Reason.JOSE_TYP_MISMATCH


# JSON in header and payload (J18, J19, J26 to J30, J32)


@pytest.mark.parametrize(
    ("header", "payload", "code"),
    [
        (b'{"alg":"none","alg":"ES256","kid":"cb1-2026","typ":"certificate+jwt"}', b"{}",
         Reason.JSON_DUPLICATE_MEMBER),
        (b'{"kid":"a","kid":"cb1-2026","alg":"ES256","typ":"certificate+jwt"}', b"{}",
         Reason.JSON_DUPLICATE_MEMBER),
        (HEADER, b'{"standards":["ISO 9001"],"standards":[]}', Reason.JSON_DUPLICATE_MEMBER),
        (HEADER, b'{"exp":1,"exp":2}', Reason.JSON_DUPLICATE_MEMBER),
        (json.dumps(HEADER).encode("utf-16"), b"{}", Reason.JSON_ENCODING),
        (json.dumps(HEADER).encode("utf-8-sig"), b"{}", Reason.JSON_ENCODING),
        (HEADER, json.dumps(CLAIMS).encode("utf-32"), Reason.JSON_ENCODING),
        (HEADER, b'{"name":"\xff"}', Reason.JSON_ENCODING),
        (HEADER, b'{"name":"\xc0\xaf"}', Reason.JSON_ENCODING),
        (HEADER, b'{"name":"\\ud800"}', Reason.JSON_ENCODING),
        (b'["alg"]', b"{}", Reason.JSON_ENCODING),
        (HEADER, [CLAIMS], Reason.JSON_ENCODING),
        (b'{"a":' + b"[" * 17 + b"]" * 17 + b"}", b"{}", Reason.JSON_TOO_DEEP),
        (HEADER, b'{"a":' + b"[" * 2_900 + b"]" * 2_900 + b"}", Reason.JSON_TOO_DEEP),
        (HEADER, b'{"exp":1' + b"0" * 16 + b"}", Reason.JSON_NUMBER_RANGE),
        (HEADER, b'{"exp":1781481660.5}', Reason.JSON_NUMBER_RANGE),
        (HEADER, b'{"exp":NaN}', Reason.JSON_NON_FINITE),
        (HEADER, b'{"other":1e999}', Reason.JSON_NON_FINITE),
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_refused_though_it_is_signed(
    header: object, payload: object, code: Reason
) -> None:
    assert refusal(compact(header, payload)) is code


# The compact form (J20 to J25, J47)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_unused_bits_are_zero(place: int) -> None:
    padded = {**CLAIMS, "pad": ""}
    while len(json.dumps(padded, separators=(",", ":")).encode()) % 3 == 0:
        padded["pad"] += "x"
    header = {**HEADER, "kid": "cb1-2026x"}
    while len(json.dumps(header, separators=(",", ":"))) % 3 == 0:
        header["kid"] += "x"
    segments = compact(header, padded).split(".")
    jws.parse(".".join(segments), typ=CERTIFICATE)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(segments[place][-1])
    segments[place] = segments[place][:-1] + alphabet[last + 1]
    text = ".".join(segments)

    assert refusal(text if place == 2 else resigned(text.rpartition(".")[0])) is (
        Reason.TOKEN_ENCODING
    )


def changed(place: int, change: Callable[[str], str]) -> str:
    segments = TOKEN.split(".")
    segments[place] = change(segments[place])
    return ".".join(segments)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("padding", ["=", "=="])
def test_there_is_no_padding(place: int, padding: str) -> None:
    text = changed(place, lambda segment: segment + padding)

    assert refusal(text if place == 2 else resigned(text.rpartition(".")[0])) is (
        Reason.TOKEN_ENCODING
    )


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "stranger",
    [" ", "\n", "\r\n", "\t", "\0", "\ufeff", "\u200b", "é", "\ud800", "+", "/", "%", "Ａ", "٣"],
)
def test_no_stranger_stands_anywhere_in_the_text(place: int, stranger: str) -> None:
    for change in (
        lambda segment: stranger + segment,
        lambda segment: segment + stranger,
        lambda segment: segment[:9] + stranger + segment[9 + len(stranger) :],
    ):
        assert refusal(changed(place, change)) is Reason.TOKEN_ENCODING


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "..", "...", "....", " ", "eyJ", TOKEN + ".", "." + TOKEN, TOKEN + ".AAAA.AAAA",
        TOKEN.rpartition(".")[0], TOKEN.replace(".", "..", 1), "." + TOKEN.partition(".")[2],
        TOKEN.replace(".", "", 2), ".".join([TOKEN.split(".")[0], "", TOKEN.split(".")[2]]),
        TOKEN.replace(".", "\u3002"), TOKEN.replace(".", " "),
    ],
)  # fmt: skip
def test_a_token_has_three_parts(text: str) -> None:
    assert refusal(text) is Reason.TOKEN_MALFORMED


def test_the_json_forms_of_jws_are_no_tokens() -> None:
    header, payload, signature = TOKEN.split(".")
    signed = {"protected": header, "signature": signature}

    assert refusal(json.dumps({"payload": payload, **signed})) is Reason.TOKEN_MALFORMED
    assert refusal(json.dumps({"payload": payload, "signatures": [signed]})) is (
        Reason.TOKEN_MALFORMED
    )


def test_a_token_of_8192_characters_is_read_and_one_of_8193_is_not() -> None:
    def of_length(characters: int) -> str:
        for kid in ("cb1-2026", "cb1-2026x", "cb1-2026xx"):
            header, claims = {**HEADER, "kid": kid}, {"a": "x" * 5_900}
            while len(text := compact(header, claims)) < characters:
                claims["a"] += "x"
            if len(text) == characters:
                return text
        raise AssertionError

    longest = of_length(jws.MAX_TOKEN_CHARS)
    longer = of_length(jws.MAX_TOKEN_CHARS + 1)

    assert (len(longest), len(longer)) == (8_192, 8_193)
    assert jws.parse(longest, typ=CERTIFICATE)
    assert refusal(longer) is Reason.TOKEN_TOO_LARGE
    assert jws.parse(longer, typ=CERTIFICATE, max_chars=8_193)


@pytest.mark.parametrize("characters", [8_193, 1 << 20, 22 << 20])
def test_what_is_too_large_is_refused_before_it_is_looked_at(characters: int) -> None:
    text = (TOKEN + "." * characters)[:characters]
    started = time.perf_counter()
    code = refusal(text)

    assert code is Reason.TOKEN_TOO_LARGE
    assert time.perf_counter() - started < 0.005


# Signatures (J36 to J38, J48)


@pytest.mark.parametrize("length", [0, 1, 63, 65, 96, 128])
def test_a_signature_of_another_length_is_invalid(length: int) -> None:
    raw = b64u.decode(TOKEN.rpartition(".")[2])

    assert refusal(with_signature((raw + raw)[:length])) is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize("number", [0, 1, P256_ORDER - 1, P256_ORDER, 2**256 - 1])
def test_a_signature_out_of_range_is_invalid(number: int) -> None:
    raw = b64u.decode(TOKEN.rpartition(".")[2])
    edge = number.to_bytes(32)

    for forged in (edge + edge, edge + raw[32:], raw[:32] + edge):
        assert refusal(with_signature(forged)) is Reason.SIGNATURE_INVALID


def test_a_signature_in_der_is_invalid() -> None:
    raw = b64u.decode(TOKEN.rpartition(".")[2])
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    negative = b"".join(b"\2\x21" + (-n).to_bytes(33, signed=True) for n in (r, s))

    for der in (encode_dss_signature(r, s), b"\x30\x46" + negative):
        assert refusal(with_signature(der)) is Reason.SIGNATURE_INVALID


@pytest.mark.parametrize("claim", ["iss", "jti", "holder", "standards", "iat"])
def test_a_change_of_one_claim_breaks_the_signature(claim: str) -> None:
    altered = {**CLAIMS, claim: "altered"}
    header, _, signature = TOKEN.split(".")
    payload = b64u.encode(json.dumps(altered).encode())

    assert refusal(f"{header}.{payload}.{signature}") is Reason.SIGNATURE_INVALID


def test_a_signature_of_another_token_or_by_another_key_is_invalid() -> None:
    other = KeySigner.unsafe_from_seed(b"another", "cb1-2026")
    moved = jws.sign({**CLAIMS, "iat": 1}, SIGNER, typ=CERTIFICATE).rpartition(".")[2]

    assert refusal(TOKEN, other.public) is Reason.SIGNATURE_INVALID
    assert refusal(f"{TOKEN.rpartition('.')[0]}.{moved}") is Reason.SIGNATURE_INVALID


# Order, memory, whatever comes


def test_the_first_failure_decides() -> None:
    bad_json, bad_text = b64u.encode(b"[]"), "A=="

    def header(**changes: object) -> str:
        return b64u.encode(json.dumps({**HEADER, **changes}).encode())

    wrong: dict[str, object] = {"crit": [], "jwk": {}, "alg": "none", "typ": "JWT", "kid": 5}
    texts = [
        f"{bad_text}.{bad_text}.{bad_text}.",
        f"{bad_text}.{bad_text}.{bad_text}",
        f"{bad_json}.{bad_text}.{bad_text}",
    ]
    while wrong:
        texts.append(f"{header(**wrong)}.{bad_text}.{bad_text}")
        del wrong[next(iter(wrong))]
    texts += [f"{header()}.{part}.{bad_text}" for part in (bad_text, bad_json, b64u.encode(b"{}"))]

    assert [refusal(text) for text in texts] == [
        Reason.TOKEN_MALFORMED, Reason.TOKEN_ENCODING, Reason.JSON_ENCODING,
        Reason.JOSE_CRIT_UNSUPPORTED, Reason.JOSE_HEADER_FORBIDDEN, Reason.JOSE_ALG_NOT_ALLOWED,
        Reason.JOSE_TYP_MISMATCH, Reason.TOKEN_MALFORMED, Reason.TOKEN_ENCODING,
        Reason.JSON_ENCODING, Reason.TOKEN_ENCODING,
    ]  # fmt: skip


def test_a_stranger_with_long_headers_fills_no_memory() -> None:
    jws._recall_header.cache_clear()
    jws.parse(compact({**HEADER, "kid": "k" * 4_000}), typ=CERTIFICATE)
    assert jws._recall_header.cache_info().currsize == 0

    jws.parse(TOKEN, typ=CERTIFICATE)
    jws.parse(TOKEN, typ=CERTIFICATE)
    assert jws._recall_header.cache_info().hits == 1


def test_one_reading_does_not_change_the_next() -> None:
    jws.parse(TOKEN, typ=CERTIFICATE).unproven_claims.clear()

    assert jws.parse(TOKEN, typ=CERTIFICATE).unproven_claims == CLAIMS


@given(
    st.one_of(
        st.text(), st.lists(st.binary(), max_size=4).map(lambda p: ".".join(map(b64u.encode, p)))
    )
)
def test_any_text_is_a_token_or_refused(text: str) -> None:
    with pytest.raises(Refused):
        jws.parse(text, typ=CERTIFICATE)


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_no_character_of_a_token_can_be_another(place: int, letter: str) -> None:
    text = TOKEN[:place] + letter + TOKEN[place + 1 :]

    if text != TOKEN:
        refusal(text)


# Signing


@pytest.mark.parametrize(
    "claims",
    [
        {"a": float("nan")}, {"a": float("inf")}, {"a": 1.5}, {"a": 10**16}, {"a": "\ud800"},
        {"a": "\0"}, {"a": "x" * 8_192}, {1: "a", "1": "b"},
        {"a": [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]},
    ],
)  # fmt: skip
def test_what_we_would_refuse_we_do_not_sign(claims: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        jws.sign(claims, SIGNER, typ=CERTIFICATE)


def test_names_are_written_in_their_own_script_for_they_travel_in_a_small_code() -> None:
    assert "軸受".encode() in b64u.decode(TOKEN.split(".")[1])


def test_a_longer_token_is_signed_where_its_readers_take_it() -> None:
    claims = {"a": "x" * 8_192}
    token = jws.sign(claims, SIGNER, typ="statuslist+jwt", max_chars=20_000)

    assert jws.parse(token, typ="statuslist+jwt", max_chars=20_000).unproven_claims == claims


def test_a_signer_that_returns_something_else_than_64_bytes_signs_nothing() -> None:
    class DerSigner:
        kid, algorithm = SIGNER.kid, SIGNER.algorithm

        def public_jwk(self) -> dict[str, str]:
            return SIGNER.public_jwk()

        def sign(self, message: bytes) -> bytes:
            raw = SIGNER.sign(message)
            return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))

    with pytest.raises(ValueError, match="64 bytes"):
        jws.sign(CLAIMS, DerSigner(), typ=CERTIFICATE)
