"""Every case of the groups that this level can show has a test, or stands here with its reason.

A test names its case: `test_j16bcd_...` is the inputs (b), (c), (d) of J16.
"""

import re

import pytest

from service.domain.reason import Reason
from service.domain.verdict import Answer, Verdict
from tests.adversarial import (
    test_chain,
    test_published_keys,
    test_signatures,
    test_status,
    test_time,
    test_token_text,
    test_tokens,
)
from tests.data import cases

MODULES = {
    "J": (test_tokens, test_token_text, test_signatures, test_published_keys),
    "C": (test_chain,),
    "S": (test_status,),
    "T": (test_time,),
}
LOG = "when the log exists: there is no transparency log yet, so no proof and no time of one"

# Case (with the input it is about), and why there is no test of it.
PENDING = {"T05": LOG, "T06": LOG, "C17a": LOG}

_NAME = re.compile(r"test_(?P<ids>(?:[jcst][0-9]{2}[a-e]*_)+)")
HERE = [case for case in cases() if case[0] in MODULES]


def _tested(group: str) -> set[str]:
    names = (_NAME.match(name) for module in MODULES[group] for name in vars(module))
    return {one[:3].upper() for name in names if name for one in name["ids"].split("_") if one}


def test_all_cases_are_here() -> None:
    numbers = {"J": 48, "C": 28, "S": 24, "T": 11}

    assert [f"{one}{n:02}" for one, last in numbers.items() for n in range(1, last + 1)] == HERE


@pytest.mark.parametrize("case", HERE)
def test_a_case_has_a_test_or_a_reason_why_not(case: str) -> None:
    assert (case in _tested(case[0])) != (case in PENDING)


@pytest.mark.parametrize("case", HERE)
def test_what_waits_for_the_log_is_what_the_case_says(case: str) -> None:
    found = cases()[case]
    waiting = {row.get("when", found.get("when")) for row in found["expect"]} - {None}

    assert bool(waiting) == any(pending.startswith(case) for pending in PENDING)
    assert waiting <= {"when the log exists"}


@pytest.mark.parametrize("case", HERE)
def test_what_a_case_expects_are_words_that_we_know(case: str) -> None:
    for row in cases()[case]["expect"]:
        if "http" in row:
            continue
        Verdict(row["verdict"])
        for code in (row.get("code"), *row.get("with", ())):
            assert code is None or Reason(code)
        for answer in row.get("axis", {}).values():
            Answer(answer)
