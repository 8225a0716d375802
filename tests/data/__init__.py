"""Vectors that the tests are held to, copied from the specification."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@cache
def _load(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text("utf-8"))


def cases() -> dict[str, dict[str, Any]]:
    """The adversarial cases by id."""
    return {case["id"]: case for case in _load("adversarial.json")["cases"]}


def status_vectors() -> dict[str, Any]:
    """The status list vectors: published and derived."""
    vectors: dict[str, Any] = _load("vectors/status_list.json")
    return vectors


def code_tables() -> dict[str, dict[str, Any]]:
    """The tables of codes in security.md and rules.md, section 4 of each."""
    codes: dict[str, dict[str, Any]] = _load("codes.json")["codes"]
    return codes


def rule_ids() -> tuple[str, ...]:
    """Every rule id of rules.md, in its order."""
    tables = _load("rule_ids.json")["tables"]
    return tuple(one for table in tables for one in table["ids"])
