"""Whatever a reader was given: digits, links and tokens told apart, anything else refused."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.qr_sizes import SAMPLES, compact_token
from service.credential import packing
from service.credential.packing import is_certificate_code, pack, read_text
from service.domain.reason import Reason
from service.domain.verdict import Refused

TOKEN = compact_token(SAMPLES["management system, one site"][0])


def refusal(text: str) -> Reason:
    with pytest.raises(Refused) as caught:
        read_text(text)
    return caught.value.code


@pytest.mark.parametrize(
    "astray",
    [
        pytest.param(lambda digits: digits + "\n", id="newline after"),
        pytest.param(lambda digits: " " + digits, id="space before"),
        pytest.param(lambda digits: digits[:9] + " " + digits[9:], id="space inside"),
        pytest.param(lambda digits: digits.replace("1", "١"), id="Arabic-Indic"),
        pytest.param(lambda digits: digits.replace("1", "１"), id="fullwidth"),
        pytest.param(lambda digits: "https://v.example/q/" + digits + "\n", id="link, newline"),
        pytest.param(lambda digits: " https://v.example/q/" + digits, id="space, link"),
        pytest.param(lambda digits: "https://v.example/q/" + digits + "١", id="link, Arabic"),
        pytest.param(lambda digits: "https://v.example/q/0" + digits, id="link, zero"),
    ],
)
def test_digits_have_one_spelling(astray: Callable[[str], str]) -> None:
    assert refusal(astray(pack(TOKEN))) is Reason.TOKEN_ENCODING


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://verify.example/q/{}", "verify.example"),
        ("http://verify.example/q/{}", "verify.example"),
        ("HTTPS://Verify.EXAMPLE:8443/q/{}", "verify.example"),
        ("https://registry.example/cb/cb-a/q/{}", "registry.example"),
        ("https://verify.example/q/{}?model=K7&on=2026-03-03", "verify.example"),
        ("https://verify.example/q/{}#top", "verify.example"),
        ("https://prüfung.example/q/{}", "prüfung.example"),
        ("http://[::1]:8000/q/{}", "[::1]"),
        ("{}", None),
    ],
)
def test_digits_are_read_alone_or_from_any_link(link: str, host: str | None) -> None:
    assert read_text(link.format(pack(TOKEN))) == (TOKEN, host)


@pytest.mark.parametrize(
    "link",
    [
        "https://verify.example/",
        "https://verify.example/q/",
        "https://verify.example/q/abc",
        "https://verify.example/c/{}",
        "https://verify.example/q/{}/more",
        "https://verify.example/?next=/q/{}",
        "https://good.example@evil.example/q/{}",
        "https:///q/{}",
        "http://",
    ],
)
def test_a_link_to_something_else_is_no_certificate(link: str) -> None:
    assert refusal(link.format(pack(TOKEN))) is Reason.TOKEN_MALFORMED


@pytest.mark.parametrize("text", [TOKEN, f" {TOKEN}", "", "a.b.c", "javascript:alert(1)", "\ud800"])
def test_anything_else_is_left_to_the_parser_as_it_is(text: str) -> None:
    assert read_text(text) == (text, None)


def test_8192_characters_are_the_longest_text() -> None:
    assert read_text("e" * 8_192) == ("e" * 8_192, None)
    assert refusal("e" * 8_193) is Reason.TOKEN_TOO_LARGE


@pytest.mark.parametrize("fill", ["1", "e", "https://v.example/q/1"])
def test_a_text_of_any_size_is_refused_at_once(fill: str) -> None:
    text = fill * ((22 << 20) // len(fill))

    start = time.perf_counter()
    code = refusal(text)

    assert time.perf_counter() - start < 0.005
    assert code is Reason.TOKEN_TOO_LARGE


@pytest.mark.parametrize(
    "text",
    [
        "1" * 8_191 + "x",
        " " * 8_192,
        "https://" + "a:" * 4_000,
        "https://v.example" + "/q/1" * 2_000 + "x",
        "https://v.example/q/" + "1" * 8_000 + "x",
    ],
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    start = time.perf_counter()
    with suppress(Refused):
        read_text(text)

    assert time.perf_counter() - start < 0.05


@given(
    st.one_of(
        st.text(max_size=200),
        st.from_regex(r"https?://[a-z.]{0,9}/q/[0-9]{0,300}.?", fullmatch=True),
        st.integers(min_value=0, max_value=10**700).map(str),
        st.binary(max_size=200).map(lambda rest: str(int.from_bytes(b"\1" + rest))),
    )
)
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        token, _ = read_text(text)
    except Refused as refused:
        assert refused.facts == {}
    else:
        assert len(token) <= packing.MAX_TEXT_CHARS


@pytest.mark.parametrize(
    ("text", "claims_to_be_one"),
    [
        (pack(TOKEN), True),
        (TOKEN, True),
        ("https://verify-examp1e.com/q/" + pack(TOKEN), True),
        ("9" * packing.MIN_DIGITS, True),
        ("9" * (packing.MIN_DIGITS - 1), False),
        ("05012345678900", False),
        ("https://shop.example/kettle", False),
        ("javascript:alert(1)", False),
        ("WIFI:S:guest;T:WPA;P:1234;;", False),
        ("www.shop.example", False),
        ("", False),
    ],
)
def test_codes_of_certificates_are_told_from_others_on_the_package(
    text: str, claims_to_be_one: bool
) -> None:
    assert is_certificate_code(text) is claims_to_be_one


def test_no_certificate_has_fewer_digits_than_the_fewest() -> None:
    shortest = int.from_bytes(bytes([1]) + bytes(64 + 1))

    assert len(str(shortest)) == packing.MIN_DIGITS
