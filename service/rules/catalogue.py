"""The catalogue: what kind of thing a standard is, and until when an edition can be certified.

Shipped as data (`standards.json`) with sources; a bundle's `policy.json` or the configuration may
add entries. A standard that is not listed is not known: the rules that need its kind then stay
silent, and the accreditation must name it all the same.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from service.domain.accreditation import ScopeRow
from service.domain.dates import parse_day
from service.domain.scope import standard
from service.rules.policy import PackRefused

KINDS = ("product", "management_system", "service", "accreditation_norm", "guidance")
_MEMBERS = frozenset(
    "designator edition kind superseded_by transition_end published source checked_on".split()
)


@dataclass(frozen=True, slots=True)
class StandardEntry:
    """One standard, or one edition of it; `transition_end` is the last valid day."""

    designator: str
    edition: str | None
    kind: str
    superseded_by: str | None = None
    transition_end: date | None = None


def _entry(row: Any) -> StandardEntry:
    if not isinstance(row, Mapping) or not isinstance(row.get("designator"), str):
        raise PackRefused("a standard needs a designator")
    name = row["designator"]
    if unknown := set(row) - _MEMBERS:
        raise PackRefused(f"{name}: unknown member {min(unknown)}")
    if row.get("kind") not in KINDS:
        raise PackRefused(f"{name}: kind is one of {', '.join(KINDS)}")
    end = row.get("transition_end")
    try:
        return StandardEntry(
            designator=name,
            edition=row.get("edition"),
            kind=row["kind"],
            superseded_by=row.get("superseded_by"),
            transition_end=None if end is None else parse_day(end),
        )
    except (TypeError, ValueError):
        raise PackRefused(f"{name}: transition_end is a day or null") from None


class Catalogue:
    """Standards by designator and edition; later entries win over earlier ones."""

    def __init__(self, rows: Iterable[Any]) -> None:
        entries = [_entry(row) for row in rows]
        self._by_name = {(one.designator, one.edition): one for one in entries}

    def find(self, text: str) -> StandardEntry | None:
        """The entry of `ISO 9001:2015`, of its edition or else of its designator."""
        named = standard(text)
        return self._by_name.get((named.designator, named.edition)) or self._by_name.get(
            (named.designator, None)
        )

    def kind(self, text: str) -> str | None:
        """The kind of a standard: product, management_system, service, …; None if not known."""
        if (entry := self.find(text)) is not None:
            return entry.kind
        designator = standard(text).designator
        kinds = {one.kind for (name, _), one in self._by_name.items() if name == designator}
        return kinds.pop() if len(kinds) == 1 else None


@cache
def shipped() -> tuple[Any, ...]:
    """The rows of the catalogue that is shipped."""
    raw = json.loads(Path(__file__).with_name("standards.json").read_text("utf-8"))
    return tuple(raw["standards"])


def catalogue(more: Iterable[Any] = ()) -> Catalogue:
    """The shipped catalogue with `more` rows over it. Raises PackRefused."""
    return Catalogue((*shipped(), *more))


# What the type labels of ISO/IEC 17067:2013 table 1 stand for; decide by these flags, for the
# labels move with the next edition (rules.md 2b, surprise 13).
TYPE_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "1a": ("samples",),
    "1b": ("batch", "mark"),
    "2": ("production", "mark"),
    "3": ("production", "mark"),
    "4": ("production", "mark"),
    "5": ("production", "mark"),
    "6": ("service", "mark"),
}


def functions(row: ScopeRow | None, type_label: str | None) -> tuple[str, ...]:
    """The function flags of a scheme: the accreditation's row wins over the type label."""
    if row is not None and row.functions is not None:
        return row.functions
    return TYPE_FUNCTIONS.get(type_label or "", ())
