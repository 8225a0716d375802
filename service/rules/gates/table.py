"""The table of gates: title, sentence and source of each, and for which kinds and acts it stands.

Data of `gates.json`, for the gates themselves and for whoever shows or explains them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from service.domain.certificate import Kind
from service.domain.dossier import Act


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate of the table; `sentence` says in plain words what must be true."""

    id: str
    kinds: frozenset[Kind]
    acts: frozenset[Act]
    title: str
    clause: str
    sentence: str


@cache
def _file() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(
        Path(__file__).parents[1].joinpath("gates.json").read_text("utf-8")
    )
    return found


@cache
def gate_rows() -> Mapping[str, GateRow]:
    """Every gate by id, in the order in which gates are shown."""
    return {
        row["id"]: GateRow(
            row["id"],
            frozenset(map(Kind, row["kinds"])),
            frozenset(map(Act, row["acts"])),
            row["title"],
            row["clause"],
            row["sentence"],
        )
        for row in _file()["gates"]
    }


def audit_tables_of(designator: str) -> tuple[str, ...]:
    """The tables of audit time for a standard; empty if none is held here."""
    return tuple(_file()["audit_tables"].get(designator, ()))


@cache
def outside_production() -> frozenset[str]:
    """Modules whose notified body does not act in production (PC-22)."""
    return frozenset(_file()["outside_production"])
