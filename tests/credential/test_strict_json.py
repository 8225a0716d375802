"""Strict JSON: one text, one meaning (security.md R3)."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.credential.strict_json import loads
from service.domain.reason import Reason
from service.domain.verdict import Refused

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-999_999_999_999_999, 9_999_999_999_999_999)
    | st.text(st.characters(exclude_characters="\0", codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_characters="\0", codec="utf-8")), inner)
    ),
    max_leaves=20,
)


def refusal(raw: bytes) -> Reason:
    with pytest.raises(Refused) as refused:
        loads(raw)
    return refused.value.code


@given(st.dictionaries(st.sampled_from("abc"), VALUES), st.booleans())
def test_what_is_written_well_is_read_as_it_is(value: dict[str, Any], escaped: bool) -> None:
    raw = json.dumps(value, ensure_ascii=escaped).encode()

    try:
        assert loads(raw) == value
    except Refused as refused:
        assert refused.code is Reason.JSON_TOO_DEEP


@given(st.one_of(st.binary(), st.text('{}[]":,\\u019aeN-. ').map(str.encode)))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        value = loads(raw)
    except Refused as refused:
        assert refused.code.startswith("JSON_")
    else:
        assert value == json.loads(raw)


# Duplicate members (J18, J19)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"b":2,"a":2}',
        b'{"exp":1,"\\u0065xp":2}',
        b'{"a":[{"b":{"c":1,"c":2}}]}',
        b'{"":1,"":2}',
        b'{"a/b":1,"a\\/b":2}',
    ],
)
def test_a_member_stands_once_at_every_level_however_it_is_spelled(raw: bytes) -> None:
    assert refusal(raw) is Reason.JSON_DUPLICATE_MEMBER


def test_one_name_at_two_levels_is_no_duplicate() -> None:
    assert loads(b'{"a":{"a":1},"A":2}') == {"a": {"a": 1}, "A": 2}


# Encodings (J26, J27)

TEXT = '{"name":"Harrow"}'


@pytest.mark.parametrize(
    "raw",
    [
        *map(TEXT.encode, ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig")),
        b'{"name":"\xff"}',
        b'{"name":"\xc0\xaf"}',
        b'{"name":"\xed\xa0\x80"}',
        b'{"name":"\xf4\x90\x80\x80"}',
    ],
)
def test_only_utf_8_without_a_mark_is_read(raw: bytes) -> None:
    assert refusal(raw) is Reason.JSON_ENCODING


@pytest.mark.parametrize(
    "value",
    [
        r'"\ud800"', r'"\uDFFF"', r'"\udc00\ud800"', r'"\ud83d"', r'"a\u0000"', r'["x", "\ud800"]',
        r'{"\ud800": 1}', r'{"\u0000": 1}', r'[[{"b": ["\u0000"]}]]', r'"\ud83d\u0041"',
    ],
)  # fmt: skip
def test_half_a_character_and_nul_are_refused_wherever_they_stand(value: str) -> None:
    assert refusal(f'{{"a": {value}}}'.encode()) is Reason.JSON_ENCODING


def test_a_whole_pair_of_surrogates_and_an_escaped_backslash_are_text() -> None:
    assert loads(rb'{"a":"\ud83d\ude00","b":"\\ud800 \\u0000 \u00e9"}') == {
        "a": "😀",
        "b": r"\ud800 \u0000 é",
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"", b" ", b"{", b"}", b'{"a":1}x', b'{"a":1}{"b":2}', b"{'a':1}", b'{"a":1,}', b'{"a"}',
        b'{a:1}', b'{"a":01}', b'{"a":+1}', b'{"a":1.}', b'{"a":.5}', b'{"a":0x1}', b'{"a":tru}',
        b'{"a":"\n"}', b'{"a":"\x00"}', b'{"a":"\\x41"}', b'{"a":1}//', b'{"a":1}\x00', b'{"a":-}',
        b'{"a":\xc2\xa01}', '{"a":١}'.encode(), b'{"a":"\\u12"}', b'{"a":"\\u+123"}', b'{"a":1_0}',
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    assert refusal(raw) is Reason.JSON_ENCODING


@pytest.mark.parametrize("raw", [b"[]", b"[{}]", b'"text"', b"1", b"true", b"null"])
def test_at_the_top_stands_an_object(raw: bytes) -> None:
    assert refusal(raw) is Reason.JSON_ENCODING


# Depth (J28)


def nested(arrays: int) -> bytes:
    return b'{"a":' + b"[" * arrays + b"]" * arrays + b"}"


def test_sixteen_levels_are_read_and_seventeen_are_not() -> None:
    assert loads(nested(15))
    assert loads(b'{"b":[],' + nested(15)[1:])
    assert refusal(b'{"b":[],' + nested(16)[1:]) is Reason.JSON_TOO_DEEP
    assert refusal(nested(16)) is Reason.JSON_TOO_DEEP
    assert loads(b'{"a":' * 15 + b"{}" + b"}" * 15)
    assert refusal(b'{"a":' * 16 + b"{}" + b"}" * 16) is Reason.JSON_TOO_DEEP


@pytest.mark.parametrize("arrays", [17, 900, 5_000, 100_000])
def test_deep_nesting_is_counted_and_not_tried(arrays: int) -> None:
    assert refusal(nested(arrays)) is Reason.JSON_TOO_DEEP
    assert refusal(b'{"a":' + b"[" * arrays) is Reason.JSON_TOO_DEEP


def test_many_brackets_side_by_side_or_in_texts_are_not_deep() -> None:
    wide = {"a": [[], {}] * 50, '[{"\\': "[" * 50 + '"' + "{" * 50 + "\\"}

    assert loads(json.dumps(wide).encode()) == wide


def test_brackets_after_a_text_that_ends_in_a_backslash_count() -> None:
    assert refusal(b'{"a":"\\\\","b":' + b"[" * 16 + b"]" * 16 + b"}") is Reason.JSON_TOO_DEEP


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":' + b"[" * 20 + b'\\"' * 1_000_000,
        b'{"' * 500_000,
        b"{" * 17 + b'"' * 2_000_000,
        b"[" * 17 + b'"' + b"\\" * 2_000_000,
    ],
    ids=range(4),
)
def test_no_text_makes_counting_slow(raw: bytes) -> None:
    started = time.perf_counter()
    refusal(raw)

    assert time.perf_counter() - started < 2


# Numbers (J29, J30, J32)


@pytest.mark.parametrize("text", ["0", "-1", "9" * 16, "-" + "9" * 15, "9007199254740991"])
def test_an_integer_of_16_characters_is_read(text: str) -> None:
    assert loads(f'{{"exp":{text}}}'.encode()) == {"exp": int(text)}


@pytest.mark.parametrize(
    "text",
    [
        "1" + "0" * 16, "-" + "9" * 16, "1" + "0" * 400, "1" + "0" * 5_000, "-0", "1781481660.5",
        "1.0", "0.0", "-0.0", "1e3", "1E+3", "1e-999", "-1.5e300",
    ],
)  # fmt: skip
def test_longer_integers_fractions_exponents_and_minus_zero_are_refused(text: str) -> None:
    for raw in (f'{{"exp":{text}}}', f'{{"other":[{{"x":{text}}}]}}'):
        assert refusal(raw.encode()) is Reason.JSON_NUMBER_RANGE


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1.5E+400"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    for raw in (f'{{"exp":{text}}}', f'{{"other":[{{"x":{text}}}]}}'):
        assert refusal(raw.encode()) is Reason.JSON_NON_FINITE
