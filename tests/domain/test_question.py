"""Questions: text from strangers, read into closed choices and real days."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.question import (
    EMPTY,
    FIELDS,
    MAX_FIELD_CHARS,
    MAX_LIST_ITEMS,
    Question,
    QuestionRefused,
    parse_question,
)
from tests.world import day


def refusal(asked: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(QuestionRefused) as refused:
        parse_question(asked)
    return refused.value.code, refused.value.field


def test_nothing_asked_is_the_empty_question() -> None:
    assert parse_question({}) == EMPTY
    assert EMPTY.to_json() == {}


def test_everything_that_can_be_asked_is_read_and_shown_again() -> None:
    asked = {
        "model": "K7", "gtin": "05012345678900", "serial": "1", "lot": "L", "made_on": "2026-05-02",
        "factory": "F1", "revision": "C", "standard": "ISO 9001:2015", "site": "Leeds",
        "activity": "iaf:17", "holder": "lei:529900T8BM49AURSDO55", "needs": "product",
        "placement": "letterhead", "on": "2026-03-03", "purpose": "us-workplace",
        "seen": ["own_mark", "ce"], "says": ["holder"], "shape": "circle", "shown": "certificate",
    }  # fmt: skip

    question = parse_question(asked)

    assert question.to_json() == asked
    assert asked.keys() == FIELDS == {item.name for item in fields(Question)}
    assert (question.on, question.made_on) == (day("2026-03-03"), day("2026-05-02"))


def test_lists_are_written_with_commas_or_as_lists() -> None:
    assert parse_question({"seen": "own_mark, ce"}) == parse_question({"seen": ["own_mark", "ce"]})


def test_white_space_around_an_answer_is_not_part_of_it() -> None:
    assert parse_question({"model": " K7\u2003"}).model == "K7"


@pytest.mark.parametrize("name", ["Model", "model ", "", "at", "UNIT", "__class__", "x" * 100])
def test_a_field_that_does_not_exist_is_named_but_not_at_length(name: str) -> None:
    assert refusal({name: "x"}) == ("UNKNOWN_FIELD", name[:40])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", ""), ("model", "  "), ("model", 7), ("model", None), ("model", ["K7"]),
        ("model", "x" * (MAX_FIELD_CHARS + 1)), ("model", "K7\0"), ("model", "K\n7"),
        ("model", "K\ud800"), ("on", "tomorrow"), ("on", "2026-02-29"), ("on", "03/03/2026"),
        ("made_on", "2026-06-15T00:00:00Z"), ("needs", "everything"), ("needs", "Product"),
        ("placement", "wall"), ("shape", "star"), ("shown", "diploma"), ("says", "nothing"),
        ("says", ["holder", "x"]), ("seen", []), ("seen", ""), ("seen", ["ce", ""]), ("seen", 5),
        ("seen", ["x"] * (MAX_LIST_ITEMS + 1)), ("seen", {"ce": 1}),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_refused_by_its_field(name: str, value: object) -> None:
    assert refusal({name: value}) == ("BAD_PARAMETER", name)


def test_the_longest_value_and_list_are_read() -> None:
    assert parse_question({"model": "x" * MAX_FIELD_CHARS}).model == "x" * MAX_FIELD_CHARS
    assert len(parse_question({"seen": ["x"] * MAX_LIST_ITEMS}).seen) == MAX_LIST_ITEMS


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)) | st.text(max_size=5), json_values))
def test_whatever_is_asked_is_a_question_or_refused(asked: dict[str, Any]) -> None:
    try:
        question = parse_question(asked)
    except QuestionRefused as refused:
        assert refused.code in {"UNKNOWN_FIELD", "BAD_PARAMETER"}
    else:
        assert parse_question(question.to_json()) == question


@pytest.mark.parametrize("name", Question.UNIT)
def test_a_unit_is_asked_about_by_any_of_its_fields(name: str) -> None:
    value = "2026-05-02" if name == "made_on" else "x"

    assert parse_question({name: value}).asks_unit
    assert not EMPTY.asks_unit


@pytest.mark.parametrize(
    ("asked", "only"),
    [
        ({"placement": "product"}, True),
        ({"seen": "ce"}, True),
        ({"shape": "circle", "says": "holder"}, True),
        ({"placement": "product", "model": "K7"}, False),
        ({"placement": "product", "needs": "product"}, False),
        ({"placement": "product", "on": "2026-03-03"}, True),
        ({}, False),
        ({"standard": "ISO 9001"}, False),
    ],
)
def test_a_question_that_only_shows_a_mark(asked: dict[str, str], only: bool) -> None:
    assert parse_question(asked).only_marks is only
