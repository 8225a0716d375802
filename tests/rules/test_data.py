"""The data of the rules: words, packs and policies, and what is refused when they are read."""

import json
from pathlib import Path
from typing import Any

import pytest

from service.rules import wording
from service.rules.packs import Packs, shipped_file, shipped_packs
from service.rules.policy import DEFAULT, parse_policy
from service.rules.purpose import RULES
from service.rules.reading import MAX_MONTHS, PackRefused
from service.rules.wording import misleading
from tests.rules.building import known

WORDS: Any = json.loads(Path(wording.__file__).with_name("wording.json").read_text("utf-8"))
LISTS = ("products", "superlatives", "product_standards", "as_written", "anywhere")


@pytest.mark.parametrize("words", [word for name in LISTS for word in WORDS[name]])
def test_ms25_every_word_of_the_list_is_found(words: str) -> None:
    assert misleading(f"goods ({words}), 7", known()) is not None
    assert misleading(f"x{words}x", known()) is None or words in WORDS["anywhere"]


def test_ms25_no_word_stands_there_twice() -> None:
    for name in (*LISTS, "accredited"):
        folded = [word.casefold() for word in WORDS[name]]
        assert len(folded) == len(set(folded))


def test_every_rule_of_a_purpose_has_its_function() -> None:
    assert {purpose.rule for purpose in shipped_packs().purposes.values()} == RULES


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"restoration_months": MAX_MONTHS + 1}, "at most"),
        ({"recert_earliest_month": MAX_MONTHS + 1}, "at most"),
        ({"restoration_months": -1}, "range"),
        ({"restoration_months": "6"}, "type"),
        ({"restoration_months": True}, "type"),
        ({"grace": 6}, "unknown parameter"),
        ({"ms_pack": "no-such-pack"}, "no pack"),
        ({"surv_overdue": "ignore"}, "is one of"),
        ({"transfer_keeps_cycle": False}, "can only be"),
        ({"suspension_stops_clock": True}, "can only be"),
    ],
)
def test_a_policy_that_no_rule_keeps_is_refused(raw: dict[str, Any], says: str) -> None:
    with pytest.raises(PackRefused, match=says):
        parse_policy(raw)


def test_a_policy_says_only_what_differs() -> None:
    assert parse_policy({}) == DEFAULT
    assert parse_policy({"restoration_months": MAX_MONTHS}).restoration_months == MAX_MONTHS
    assert parse_policy({"grandfather_excludes": ["fraud"]}).grandfather_excludes == ("fraud",)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ({"packs": []}, "no member"),
        ({"ms_packs": {}}, "is a list"),
        ({"ms_packs": [{"name": "x"}]}, "needs title, source"),
        ({"ms_packs": [{"name": "x", "title": "x", "source": "x", "s1_anchor": "birth"}]},
         "is one of"),
        ({"ms_packs": [{"name": "x", "title": "x", "source": "x", "term_months": 9999}]},
         "at most"),
        ({"purposes": [{"name": "x", "title": "x", "source": "x", "rule": "magic"}]}, "is one of"),
        ({"purposes": [{"name": "x", "title": "x", "source": "x", "rule": "nrtl",
                        "ended_pack": "no-such"}]}, "no pack"),
    ],
)  # fmt: skip
def test_a_pack_that_does_not_validate_is_refused(file: dict[str, Any], says: str) -> None:
    with pytest.raises(PackRefused, match=says):
        Packs(shipped_file(), file)


def test_an_operators_pack_wins_over_one_of_the_same_name() -> None:
    stricter = {"name": "iaf-md2", "title": "Three months", "source": "ours", "months": 3}

    packs = Packs(shipped_file(), {"ended_packs": [stricter]})

    assert packs.ended("iaf-md2").months == 3
    assert packs.ended("fr-decree").months == 6
