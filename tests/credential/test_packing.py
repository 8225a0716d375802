"""The packed form: every token comes back as it was, and nothing else gets in."""

import json
import zlib
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.qr_sizes import SAMPLES, compact_token
from service.credential import packing
from service.credential.packing import pack, read_text, unpack
from service.domain.reason import Reason
from service.domain.verdict import Refused
from tools import make_dictionary

FROZEN = Path(packing.__file__).with_name("dictionary_v1.bin").read_bytes()
HEADER = b'{"alg":"ES256","kid":"cb-2026","typ":"certificate+jwt"}'
SIGNATURE = bytes(range(64))
SYSTEM = compact_token(SAMPLES["management system, one site"][0])
PRODUCT = compact_token(SAMPLES["the same, with LEI"][0])


def segment(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def compact(header: bytes, payload: bytes, signature: bytes = SIGNATURE) -> str:
    return ".".join(map(segment, (header, payload, signature)))


def deflated(plain: bytes, level: int = 9) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -15, 9, zdict=FROZEN)
    return compressor.compress(plain) + compressor.flush()


def digits_of(stream: bytes, version: int = 1) -> str:
    return str(int.from_bytes(bytes([version]) + SIGNATURE + stream))


def refusal(text: str) -> Reason:
    with pytest.raises(Refused) as caught:
        read_text(text)
    return caught.value.code


def test_the_dictionary_is_frozen() -> None:
    assert sha256(FROZEN).hexdigest() == (
        "b88534627b5bb4664f15910a72ce647eb16443d423dc09c8ef1d06daed039db0"
    )


def test_the_dictionary_is_what_its_script_writes() -> None:
    assert make_dictionary.dictionary() == FROZEN


@pytest.mark.parametrize("word", ["Harrow", "Leeds", "Mill", "0164", "CABLE", "CS 6004", "5493"])
def test_the_dictionary_knows_nothing_of_the_certificates_that_are_measured(word: str) -> None:
    assert word.encode() not in FROZEN


@pytest.mark.parametrize("name", SAMPLES)
def test_a_certificate_comes_back_from_its_digits(name: str) -> None:
    token = compact_token(SAMPLES[name][0])

    digits = pack(token)

    assert digits.isascii()
    assert digits.isdigit()
    assert unpack(digits) == token


@given(
    kid=st.from_regex(r"[A-Za-z0-9_-]{4,43}", fullmatch=True),
    claims=st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=8),
    signature=st.binary(min_size=64, max_size=64),
)
def test_every_token_comes_back_as_it_was(
    kid: str, claims: dict[str, str], signature: bytes
) -> None:
    header = json.dumps({"alg": "EdDSA", "kid": kid, "typ": "certificate+jwt"}).encode()
    token = compact(header, json.dumps(claims).encode(), signature)

    assert unpack(pack(token)) == token


@given(payload=st.binary(max_size=300))
def test_a_payload_of_any_bytes_comes_back_as_it_was(payload: bytes) -> None:
    token = compact(HEADER, payload)

    assert unpack(pack(token)) == token


@pytest.mark.parametrize("level", [0, 1])
def test_digits_of_another_compressor_carry_the_same_token(level: int) -> None:
    payload = json.dumps(SAMPLES["management system, one site"][0]).encode()
    token = compact(HEADER, payload)

    other = digits_of(deflated(HEADER + payload, level))

    assert other != pack(token)
    assert unpack(other) == token


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(f"{SYSTEM}=", id="padding"),
        pytest.param(f"{SYSTEM}\n", id="white space"),
        pytest.param(f"é{SYSTEM}", id="another letter"),
        pytest.param(SYSTEM.rpartition(".")[0], id="two segments"),
        pytest.param(f"{SYSTEM}.", id="four segments"),
        pytest.param(compact(HEADER, b"{}", SIGNATURE[1:]), id="a signature of 63 bytes"),
        pytest.param(compact(HEADER, b"{}", SIGNATURE + b"\0"), id="a signature of 65 bytes"),
        pytest.param(compact(HEADER, b"{}")[:-1] + "_", id="unused bits that are not zero"),
        pytest.param(compact(b'{"a":{}}', b"{}"), id="a header that is not flat"),
        pytest.param(compact(b"[]", b"[]"), id="a header that is no object"),
        pytest.param(compact(HEADER, b" " * 6_200), id="more than 8,192 characters"),
        pytest.param("", id="nothing"),
    ],
)
def test_the_issuer_packs_only_what_would_come_back(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        pack(token)


def test_the_issuer_packs_no_more_than_the_digits_that_are_read() -> None:
    noise = b"".join(sha256(bytes([i])).digest() for i in range(60))

    assert len(pack(compact(HEADER, noise[:1_500]))) <= packing.MAX_DIGITS
    with pytest.raises(ValueError, match="cannot be packed"):
        pack(compact(HEADER, noise))


def test_a_leading_zero_is_refused() -> None:
    assert refusal("0" + pack(SYSTEM)) is Reason.TOKEN_ENCODING


def test_a_stream_cut_short_is_refused() -> None:
    stream = deflated(HEADER + b"{}")

    assert unpack(digits_of(stream)) == compact(HEADER, b"{}")
    assert refusal(digits_of(stream[:-1])) is Reason.TOKEN_ENCODING
    assert refusal(digits_of(b"")) is Reason.TOKEN_ENCODING


def test_a_byte_after_the_stream_is_refused() -> None:
    assert refusal(digits_of(deflated(HEADER + b"{}") + b"\0")) is Reason.TOKEN_ENCODING


def test_what_is_no_stream_is_refused() -> None:
    assert refusal(digits_of(b"\xff" * 40)) is Reason.TOKEN_ENCODING


def test_a_stream_without_a_header_is_refused() -> None:
    assert refusal(digits_of(deflated(b"no object at all"))) is Reason.TOKEN_ENCODING


@pytest.mark.parametrize("version", [2, 255])
def test_another_version_may_be_genuine_and_is_not_read(version: int) -> None:
    digits = digits_of(deflated(HEADER + b"{}"), version)

    assert refusal(digits) is Reason.TOKEN_VERSION_UNKNOWN


def test_what_inflates_to_more_than_the_bound_is_too_large() -> None:
    bomb = deflated(b" " * 1_000_000)

    assert len(digits_of(bomb)) < packing.MAX_DIGITS
    assert refusal(digits_of(bomb)) is Reason.TOKEN_TOO_LARGE
    assert refusal(digits_of(deflated(HEADER.ljust(8_193)))) is Reason.TOKEN_TOO_LARGE


def test_a_token_of_8192_characters_is_the_longest() -> None:
    longest, longer = (b"{ }", b" " * 6_075), (b"{}", b" " * 6_076)

    assert len(compact(*longest)) == 8_192
    assert unpack(digits_of(deflated(b"".join(longest)))) == compact(*longest)
    assert unpack(pack(compact(*longest))) == compact(*longest)
    assert len(compact(*longer)) == 8_193
    assert refusal(digits_of(deflated(b"".join(longer)))) is Reason.TOKEN_TOO_LARGE


@pytest.mark.parametrize("length", [4_001, 5_000, 8_192])
def test_more_than_4000_digits_are_too_large_and_never_a_crash(length: int) -> None:
    assert refusal("1" * length) is Reason.TOKEN_TOO_LARGE
    assert refusal("1" * 4_000) is not Reason.TOKEN_TOO_LARGE
