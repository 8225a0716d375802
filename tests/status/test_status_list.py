"""Status lists: the published vectors to the bit, and nothing that only looks like a list."""

import bz2
import gzip
import time
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import b64u
from keys.jwk import PublicKey, import_public
from keys.signer import KeySigner
from service.credential import jws
from service.domain.reason import Reason
from service.domain.verdict import Refused
from service.status.status_list import (
    LONGEST_TTL_S,
    MAX_LIST_CHARS,
    MAX_RAW_BYTES,
    SHORTEST_TTL_S,
    TYP,
    StatusList,
    inflate,
    parse_list,
    read_list,
    read_value,
    sign_list,
    write_value,
)
from tests.data import status_vectors

VECTORS = status_vectors()
PUBLISHED = {vector["name"]: vector for vector in VECTORS["published"]}
DERIVED = {vector["name"]: vector for vector in VECTORS["derived"] if vector["lst"] is not None}
SMALL = bytes.fromhex(PUBLISHED["1bit_small"]["compressed_hex"])
SIGNER = KeySigner.unsafe_from_seed(b"proofmark-formats/cb-status", "a-2024-s")
URI = "https://cb-a.example/status/1"
AT = 1_781_481_600
CLAIMS: dict[str, Any] = {
    "sub": URI,
    "iat": AT,
    "exp": AT + 86_400,
    "ttl": 3600,
    "status_list": {"bits": 4, "lst": "eNoTOPSWgen___8AEWYEvw"},
}


def read(**changes: Any) -> StatusList:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not Ellipsis}
    return read_list(claims, uri=URI, token="")


def refusal(**changes: Any) -> Reason:
    with pytest.raises(Refused) as refused:
        read(**changes)
    return refused.value.code


def refusal_of_lst(packed: bytes) -> Reason:
    return refusal(status_list={"bits": 1, "lst": b64u.encode(packed)})


# The vectors (S18, S01)


def test_all_pairs_of_the_published_vectors_are_here() -> None:
    assert sum(len(vector["pairs"]) for vector in PUBLISHED.values()) == 321
    assert VECTORS["pairs_total"] == 321


@pytest.mark.parametrize("vector", PUBLISHED.values(), ids=PUBLISHED)
def test_a_published_vector_reads_to_the_bit(vector: dict[str, Any]) -> None:
    raw, bits = inflate(vector["lst"]), vector["bits"]

    assert [[idx, read_value(raw, bits, idx)] for idx, _ in vector["pairs"]] == vector["pairs"]
    # As one little-endian integer the array is the sum of its entries: every other index is 0.
    assert int.from_bytes(raw, "little") == sum(v << idx * bits for idx, v in vector["pairs"])
    beside = {near for idx, _ in vector["pairs"] for near in (idx - 1, idx + 1)}
    beside = {idx for idx in beside if 0 <= idx < vector["entries"]}
    for idx in beside - {idx for idx, _ in vector["pairs"]}:
        assert read_value(raw, bits, idx) == 0


@pytest.mark.parametrize("vector", PUBLISHED.values(), ids=PUBLISHED)
def test_the_first_index_outside_is_refused_and_so_is_every_other(vector: dict[str, Any]) -> None:
    size = vector["first_index_out_of_range"]
    listed = read(status_list={"bits": vector["bits"], "lst": vector["lst"]})

    assert len(listed) == size == vector["entries"]
    listed.value(size - 1)
    for idx in (size, size + 7, 2**31, 2**53 - 1, -1):
        with pytest.raises(Refused) as refused:
            listed.value(idx)
        assert refused.value.code is Reason.STATUS_INDEX_RANGE


@pytest.mark.parametrize(
    ("lst", "values"),
    [
        ("eNrbuRgAAhcBXQ", (1, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1])),
        ("eNo76fITAAPfAgc", (2, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3])),
        ("eNoTOPSWgen___8AEWYEvw", (4, [0, 1, 2, 12, 13, 14, 0, 0, 2, 0, *[15] * 6])),
        (
            "eNpjEGAAAwWGUTAKiAcE0suB_6NgSAAA41yneA",
            (4, [{3: 1, 17: 2, 1137: 2, 1199: 12}.get(n, 0) for n in range(1200)] + [15] * 848),
        ),
    ],
)
def test_the_arrays_of_the_formats_page_read_as_they_stand_there(
    lst: str, values: tuple[int, list[int]]
) -> None:
    bits, expected = values
    listed = read(status_list={"bits": bits, "lst": lst})

    assert [listed.value(idx) for idx in range(len(listed))] == expected
    assert zlib.compress(listed.raw, 9) == b64u.decode(lst)


def test_the_published_token_is_proven_by_its_key_and_lives_too_long() -> None:
    vector = VECTORS["published_token"]
    # Its kid is shorter than ours may be, so its key is handed over under that name.
    key = import_public({**vector["public_key"], "kid": "0012"})
    key = PublicKey("12", key.algorithm, key.thumbprint, key.jwk, key._key)

    proven = jws.verify(parse_list(vector["jwt"]), key)
    listed = read_list(proven.claims, uri=proven.claims["sub"], token=vector["jwt"])

    assert proven.claims == vector["claims"]
    assert [listed.value(idx) for idx in range(16)] == [
        v for _, v in PUBLISHED["1bit_small"]["pairs"]
    ]
    assert listed.ends_at - listed.issued_at > 6_900 * 86_400


# What we publish


@given(st.dictionaries(st.integers(0, 300), st.integers(0, 15), max_size=40))
def test_what_is_written_is_read_back_and_all_between_was_never_issued(
    entries: dict[int, int],
) -> None:
    raw = bytearray()
    for idx, value in entries.items():
        write_value(raw, idx, value)

    token = sign_list(URI, bytes(raw), SIGNER, at=AT)
    listed = read_list(jws.verify(parse_list(token), SIGNER.public).claims, uri=URI, token=token)

    assert len(listed) == 2 * (max(entries, default=-1) // 2 + 1)
    assert [listed.value(idx) for idx in range(len(listed))] == [
        entries.get(idx, 15) for idx in range(len(listed))
    ]


@pytest.mark.parametrize(("idx", "value"), [(-1, 0), (0, 16), (0, -1), (MAX_RAW_BYTES * 2, 0)])
def test_an_entry_that_cannot_be_is_not_written(idx: int, value: int) -> None:
    raw = bytearray(b"\xff")

    with pytest.raises(ValueError, match="no such entry"):
        write_value(raw, idx, value)
    assert raw == b"\xff"


def test_a_list_lives_a_week_unless_said() -> None:
    listed = jws.verify(parse_list(sign_list(URI, b"", SIGNER, at=AT)), SIGNER.public).claims

    assert (listed["exp"] - listed["iat"], listed["ttl"]) == (7 * 86_400, 3600)


# Streams that are none (S08 to S12)


@pytest.mark.parametrize("length", range(10))
def test_a_truncated_stream_is_refused(length: int) -> None:
    assert refusal_of_lst(SMALL[:length]) is Reason.STATUS_ENCODING


@pytest.mark.parametrize("bit", range(32))
def test_a_checksum_with_one_bit_flipped_is_refused(bit: int) -> None:
    flipped = bytearray(SMALL)
    flipped[-4 + bit // 8] ^= 1 << bit % 8

    assert refusal_of_lst(bytes(flipped)) is Reason.STATUS_ENCODING


@pytest.mark.parametrize("more", [b"\0", SMALL])
def test_bytes_after_the_stream_are_refused(more: bytes) -> None:
    assert refusal_of_lst(SMALL + more) is Reason.STATUS_ENCODING


def _with_dictionary() -> bytes:
    compressor = zlib.compressobj(zdict=b"\xb9\xa3")
    return compressor.compress(b"\xb9\xa3") + compressor.flush()


@pytest.mark.parametrize(
    "packed",
    [SMALL[2:-4], gzip.compress(b"\xb9\xa3"), _with_dictionary(), bz2.compress(b"\xb9\xa3"),
     b"\xb9\xa3", b""],
    ids=["raw DEFLATE", "gzip", "dictionary", "bzip2", "nothing done", "nothing"],
)  # fmt: skip
def test_another_compression_is_refused(packed: bytes) -> None:
    assert refusal_of_lst(packed) is Reason.STATUS_ENCODING


@pytest.mark.parametrize(
    "lst", ["eNrbuRgAAhcBXQ==", "eNrbuRgAAhcBXR", "eNrb uRgAAhcBXQ", "é", 5, None]
)
def test_the_text_of_a_list_has_one_spelling(lst: object) -> None:
    assert refusal(status_list={"bits": 1, "lst": lst}) is Reason.STATUS_ENCODING


def _bomb(mebibytes: int) -> str:
    compressor, zeros = zlib.compressobj(9), bytes(1 << 20)
    packed = b"".join(compressor.compress(zeros) for _ in range(mebibytes)) + compressor.flush()
    return b64u.encode(packed)


@pytest.fixture(scope="module", params=[64, 1024], ids=["64 MiB", "1 GiB"])
def bomb(request: pytest.FixtureRequest) -> str:
    return _bomb(request.param)


def test_a_bomb_is_refused_before_it_goes_off(bomb: str) -> None:
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(Refused) as refused:
        inflate(bomb)
    elapsed = time.process_time() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert refused.value.code is Reason.STATUS_TOO_LARGE
    assert peak < 32 * 1024 * 1024
    assert elapsed < 0.25


def test_the_largest_list_is_read_and_one_byte_more_is_not() -> None:
    largest = b64u.encode(zlib.compress(bytes(MAX_RAW_BYTES)))

    assert len(inflate(largest)) == MAX_RAW_BYTES
    with pytest.raises(Refused) as refused:
        inflate(b64u.encode(zlib.compress(bytes(MAX_RAW_BYTES + 1))))
    assert refused.value.code is Reason.STATUS_TOO_LARGE


def test_a_token_above_the_bound_is_not_parsed() -> None:
    with pytest.raises(Refused) as refused:
        parse_list("x" * (MAX_LIST_CHARS + 1))
    assert refused.value.code is Reason.STATUS_TOO_LARGE


# Claims (S07, S14, S15, S23)


@pytest.mark.parametrize("bits", [3, 0, -1, 16, "1", True, None, [4]])
def test_entries_have_one_two_four_or_eight_bits(bits: object) -> None:
    assert refusal(status_list={"bits": bits, "lst": "eNrbuRgAAhcBXQ"}) is Reason.STATUS_BITS


def test_a_list_that_does_not_say_its_bits_is_refused() -> None:
    assert refusal(status_list={"lst": "eNrbuRgAAhcBXQ"}) is Reason.STATUS_BITS


def test_bits_written_as_a_fraction_are_refused_when_they_are_parsed() -> None:
    payload = b'{"sub":"x","status_list":{"bits":1.0,"lst":"eNrbuRgAAhcBXQ"}}'
    header = b64u.encode(b'{"alg":"ES256","kid":"a-2024-s","typ":"statuslist+jwt"}')

    with pytest.raises(Refused) as refused:
        parse_list(f"{header}.{b64u.encode(payload)}.")
    assert refused.value.code is Reason.JSON_NUMBER_RANGE


@pytest.mark.parametrize("name", ["sub", "iat", "exp", "status_list"])
@pytest.mark.parametrize("value", [None, ...])
def test_what_every_list_states_must_be_there(name: str, value: object) -> None:
    assert refusal(**{name: value}) is Reason.CLAIM_MISSING


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("sub", 5, Reason.CLAIM_TYPE),
        ("sub", "https://cb-a.example/status/1/", Reason.STATUS_SUB_MISMATCH),
        ("sub", "https://cb-a.example/status/2", Reason.STATUS_SUB_MISMATCH),
        ("sub", "https://CB-A.example/status/1", Reason.STATUS_SUB_MISMATCH),
        ("iat", "1781481600", Reason.CLAIM_TYPE),
        ("iat", True, Reason.CLAIM_TYPE),
        ("iat", 0, Reason.TIME_RANGE),
        ("exp", AT * 1000, Reason.TIME_RANGE),
        ("ttl", "60", Reason.CLAIM_TYPE),
        ("ttl", True, Reason.CLAIM_TYPE),
        ("status_list", [], Reason.CLAIM_TYPE),
    ],
)
def test_a_claim_of_another_kind_is_refused(name: str, value: object, code: Reason) -> None:
    assert refusal(**{name: value}) is code


@pytest.mark.parametrize(
    ("ttl", "clamped"),
    [(0, SHORTEST_TTL_S), (-5, SHORTEST_TTL_S), (60, 60), (3600, 3600), (10**9, LONGEST_TTL_S)],
)
def test_the_wish_to_be_fetched_again_is_clamped(ttl: int, clamped: int) -> None:
    assert read(ttl=ttl).ttl == clamped


def test_a_list_that_wishes_nothing_is_fetched_again_in_an_hour() -> None:
    assert read(ttl=...).ttl == 3600


def test_other_claims_may_appear() -> None:
    assert read(iss="https://cb-a.example", other=[]).value(3) == 12


@pytest.mark.parametrize("name", DERIVED)
def test_a_derived_vector_is_refused_or_has_the_value_in_its_name(name: str) -> None:
    vector = DERIVED[name]
    expected, entry = vector["expect"]["code"], {"bits": vector["bits"], "lst": vector["lst"]}

    if name.startswith("value_"):
        assert str(read(status_list=entry).value(vector["idx"])) == name.split("_")[1]
    elif expected == "STATUS_INDEX_RANGE":
        with pytest.raises(Refused, match=expected):
            read(status_list=entry).value(vector["idx"])
    elif expected != "STATUS_INDEX_TYPE":  # the certificate's fault, and refused there
        assert refusal(status_list=entry) == expected


# The signature of the list, and the type of its token


def test_a_certificate_is_no_list() -> None:
    with pytest.raises(Refused) as refused:
        parse_list(jws.sign(CLAIMS, SIGNER, typ="certificate+jwt"))
    assert refused.value.code is Reason.JOSE_TYP_MISMATCH
    assert parse_list(jws.sign(CLAIMS, SIGNER, typ=TYP)).kid == "a-2024-s"
