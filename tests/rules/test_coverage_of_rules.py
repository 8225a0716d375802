"""Every rule is implemented and tested, or stands here with the reason why not.

Implemented: a function or class names it in its docstring, where the rules are kept. Tested: a test
names it, `test_ms6_igms10_…` is one of MS-6 and IG-MS-10.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.data import rule_ids

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("service/rules", "service/domain", "service/trust", "service/status")
IDS = rule_ids()

# Neither implemented nor tested here, and why.
PENDING: dict[str, str] = {}
# Found while the chain is walked, where a line says so and no docstring.
RAISED = {
    "AB-1": ("service/trust/unanchored.py", "Reason.AB_NOT_RECOGNISED"),
    "AB-7": ("service/trust/chain.py", "Reason.SELF_ACCREDITED"),
}
_ID = re.compile(r"\b(?:IG-)?[A-Z]{2}-[0-9]+\b")
_NAME = re.compile(r"def test_((?:(?:igms|igpc|dt|cm|ms|pc|ac|ab|mk)[0-9]+_)+)")
_TABLE = {"IGMS": "IG-MS", "IGPC": "IG-PC"}


def _docstrings() -> Iterator[tuple[str, str]]:
    """The docstring of every function and class in the rooms, with its file."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                text = ast.get_docstring(node) if isinstance(node, kinds) else None
                if text:
                    yield file.name, text


@cache
def _implemented() -> set[str]:
    return {one for _, text in _docstrings() for one in _ID.findall(text)}


@cache
def _tested() -> set[str]:
    sources = (file.read_text("utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    named = (
        one for source in sources for match in _NAME.findall(source) for one in match.split("_")
    )
    return {_id(one) for one in named if one}


def _id(name: str) -> str:
    """`igms4` is IG-MS-4, `ms6` is MS-6."""
    table = name.rstrip("0123456789").upper()
    return f"{_TABLE.get(table, table)}-{name[len(table) :]}"


def test_the_tables_have_their_rules() -> None:
    counted = {table: sum(one.rpartition("-")[0] == table for one in IDS) for table in
               ("DT", "CM", "MS", "PC", "AC", "AB", "MK", "IG-MS", "IG-PC")}  # fmt: skip

    assert counted == {
        "DT": 9, "CM": 11, "MS": 27, "PC": 23, "AC": 17, "AB": 12, "MK": 12, "IG-MS": 16,
        "IG-PC": 11,
    }  # fmt: skip


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_is_implemented_or_stands_here_with_its_reason(rule: str) -> None:
    raised = rule in RAISED and RAISED[rule][1] in (ROOT / RAISED[rule][0]).read_text("utf-8")

    assert (rule in _implemented() or raised) != (rule in PENDING)


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_has_a_test_or_stands_here_with_its_reason(rule: str) -> None:
    assert (rule in _tested()) != (rule in PENDING)


def test_nobody_names_a_rule_that_does_not_exist() -> None:
    prefixes = {one.rpartition("-")[0] for one in IDS}
    named = _implemented() | _tested()

    assert {one for one in named if one.rpartition("-")[0] in prefixes} <= set(IDS)
    assert PENDING.keys() <= set(IDS)
