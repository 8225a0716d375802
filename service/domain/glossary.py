"""The codes as a glossary: in groups with titles, with texts that can be read without any fact.

Web pages, the command line and docs/codes.md list the codes from here; the texts themselves stand
in `codes.json`, the one table to translate.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.reason import Reason
from service.domain.verdict import CodeEntry, code_table

# Group in the table -> its title, in the order in which a certificate is checked and read.
TITLES: Mapping[str, str] = {
    "token": "The code itself",
    "chain": "Who vouches for whom",
    "key": "Keys and signature",
    "genuine": "Is it genuine?",
    "claims": "Its statements and dates",
    "in_force": "Is it in force?",
    "status": "What happened since",
    "fits": "Does it fit the question?",
}
# An aside that holds a fact; without the fact nothing of it is said.
_ASIDE = re.compile(r" \([^()]*\{\w+\}[^()]*\)")
_FACT = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Group:
    """The codes of one group, in the order of the table."""

    name: str
    title: str
    entries: Mapping[Reason, CodeEntry]


def groups() -> tuple[Group, ...]:
    """Every code, in its group."""
    table = code_table()
    return tuple(
        Group(name, title, {code: one for code, one in table.items() if one.group == name})
        for name, title in TITLES.items()
    )


def bare(text: str) -> str:
    """A text of the table without facts: asides dropped, three dots where a fact would stand."""
    return _FACT.sub("…", _ASIDE.sub("", text))


def entry_json(code: Reason) -> dict[str, Any]:
    """A code with everything the table says of it, as plain JSON values."""
    entry = code_table()[code]
    return {
        "code": str(code),
        "group": entry.group,
        "outcome": str(entry.outcome),
        "axis": None if entry.axis is None else str(entry.axis),
        **entry.texts,
    }
