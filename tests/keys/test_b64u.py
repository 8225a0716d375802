"""Base64url: one text for one string of bytes."""

from itertools import product
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import b64u

ALPHABET = ascii_letters + digits + "-_"


def reads(text: str) -> bool:
    try:
        b64u.decode(text)
    except ValueError:
        return False
    return True


@given(st.binary())
def test_what_is_written_is_read_back(raw: bytes) -> None:
    assert b64u.decode(b64u.encode(raw)) == raw


@given(st.one_of(st.text(), st.text(ALPHABET)))
def test_a_text_that_is_read_is_the_only_one_for_its_bytes(text: str) -> None:
    if reads(text):
        assert b64u.encode(b64u.decode(text)) == text


def test_of_all_short_texts_exactly_those_with_zero_unused_bits_are_read() -> None:
    two = sum(reads("".join(pair)) for pair in product(ALPHABET, repeat=2))
    three = sum(reads("AA" + last) for last in ALPHABET)

    assert (two, three) == (256, 16)


@pytest.mark.parametrize("place", range(4))
def test_no_other_character_is_read_in_any_place(place: int) -> None:
    letters = {
        chr(point)
        for point in (*range(0x500), 0x200B, 0xD800, 0xFEFF, 0xFF21, 0x1D7CE)
        if reads("AAAA"[:place] + chr(point) + "AAAA"[place + 1 :])
    }

    assert letters == set(ALPHABET)


@pytest.mark.parametrize(
    "text", ["A", "AAAAA", "AA==", "AAA=", "AA=", "=", "====", "AAAA\n", " AA"]
)
def test_padding_white_space_and_impossible_lengths_are_refused(text: str) -> None:
    assert not reads(text)


def test_a_refusal_does_not_quote_the_text() -> None:
    with pytest.raises(ValueError, match="base64") as refused:
        b64u.decode("c2VjcmV0\ud800LXNlY3JldA")

    assert "c2Vjc" not in repr(refused.value.args)
