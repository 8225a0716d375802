"""The catalogue: standards, schemes and packs by name, and what is known of each.

Shipped as data (`standards.json`, `schemes.json`, `packs.json`), each entry with its source and the
day it was checked; a bundle's `policy.json` may add entries, which win over those of the same name.
A standard that is not listed is not known: the rules that need its kind then stay silent, and the
accreditation must name it all the same.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from service.domain.accreditation import PlanItem, ScopeRow
from service.domain.certificate import Certificate, SchemeReference
from service.domain.dates import Period
from service.domain.scope import standard
from service.rules.packs import MsPack, Packs, shipped_file, shipped_packs
from service.rules.reading import PackRefused, built

KINDS = frozenset({"product", "management_system", "service", "accreditation_norm", "guidance"})


@dataclass(frozen=True, slots=True)
class StandardEntry:
    """One standard, or one edition of it; `transition_end` is the last valid day.

    `pack` names the management-system pack that its certificates follow, if not the usual one.
    """

    designator: str
    kind: str
    edition: str | None = None
    title: str | None = None
    published: date | None = None
    superseded_by: str | None = None
    transition_end: date | None = None
    pack: str | None = None
    source: str | None = None
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A certification scheme; what an accreditation's scope row leaves out is filled from here."""

    id: str
    type: str
    title: str | None = None
    owner: str | None = None
    object: str | None = None
    functions: tuple[str, ...] | None = None
    plan: tuple[PlanItem, ...] | None = None
    mark_licence: bool | None = None
    grandfather_units: bool | None = None
    lists_factories: bool | None = None
    max_term_months: int | None = None
    report_max_age_months: int | None = None
    edition_test: str | None = None
    prerequisites: tuple[str, ...] = ()
    source: str | None = None
    checked_on: date | None = None


# What a scheme can fill in a scope row.
_FILLS = (
    "functions", "plan", "mark_licence", "grandfather_units", "lists_factories",
    "max_term_months", "report_max_age_months", "edition_test",
)  # fmt: skip


def _plan(value: Any) -> tuple[PlanItem, ...]:
    if not isinstance(value, list):
        raise PackRefused("a plan is a list")
    choices = {"mode": frozenset({"rolling", "anchored"})}
    return tuple(built(PlanItem, row, "plan", choices=choices) for row in value)


def _standards(rows: Iterable[Any]) -> Iterable[StandardEntry]:
    for row in rows:
        name = row.get("designator") if isinstance(row, Mapping) else None
        yield built(StandardEntry, row, str(name or "standard"), choices={"kind": KINDS})


def _schemes(rows: Iterable[Any]) -> Iterable[Scheme]:
    for row in rows:
        name = row.get("id") if isinstance(row, Mapping) else None
        yield built(Scheme, row, str(name or "scheme"), readers={"plan": _plan})


class Catalogue:
    """Standards by designator and edition, schemes by id and type, and packs."""

    def __init__(
        self, standards: Iterable[Any], schemes: Iterable[Any] = (), packs: Packs | None = None
    ) -> None:
        self.packs = packs or shipped_packs()
        self.standards = tuple(_standards(standards))
        self.schemes = tuple(_schemes(schemes))
        self._by_name = {(one.designator, one.edition): one for one in self.standards}
        self._by_scheme = {(one.id, one.type): one for one in self.schemes}
        for entry in self.standards:
            if entry.pack is not None:
                self.packs.ms(entry.pack)

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

    def scheme(self, reference: SchemeReference | None) -> Scheme | None:
        """What is known of a scheme with this type."""
        return self._by_scheme.get((reference.id, reference.type)) if reference else None

    def pack(self, certificate: Certificate, usual: str) -> MsPack:
        """The pack of a management-system certificate: that of its standard, else the usual one."""
        for named in certificate.standards:
            entry = self.find(named)
            if entry is not None and entry.pack is not None:
                return self.packs.ms(entry.pack)
        return self.packs.ms(usual)

    def filled(self, row: ScopeRow | None, reference: SchemeReference | None) -> ScopeRow | None:
        """A scope row with what it leaves out taken from its scheme: the row wins.

        Where no accreditation has a row for it, what is known of the scheme still holds.
        """
        scheme = self.scheme(reference)
        if scheme is None:
            return row
        row = row or ScopeRow(Period(date.min, None))
        missing = [name for name in _FILLS if getattr(row, name) is None]
        return replace(row, **{name: getattr(scheme, name) for name in missing})


@cache
def _shipped(name: str) -> tuple[Any, ...]:
    """The rows of a shipped file; the day it was checked holds for those without their own."""
    raw = json.loads(Path(__file__).with_name(f"{name}.json").read_text("utf-8"))
    return tuple({"checked_on": raw["checked_on"], **row} for row in raw[name])


@cache
def _usual() -> Catalogue:
    return Catalogue(_shipped("standards"), _shipped("schemes"))


def catalogue(
    standards: Iterable[Any] = (),
    schemes: Iterable[Any] = (),
    packs: Mapping[str, Any] | None = None,
) -> Catalogue:
    """The shipped catalogue with further rows and packs over it. Raises PackRefused."""
    standards, schemes = tuple(standards), tuple(schemes)
    if not standards and not schemes and not packs:
        return _usual()
    return Catalogue(
        (*_shipped("standards"), *standards),
        (*_shipped("schemes"), *schemes),
        Packs(shipped_file(), packs) if packs else None,
    )


# What the type labels of ISO/IEC 17067:2013 table 1 stand for; decide by these flags, for the
# labels move with the next edition (rules.md 2b, surprise 13).
TYPE_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "1a": ("samples",),
    "1b": ("batch", "mark"),
    "2": ("production", "mark", "market_samples"),
    "3": ("initial_production", "production", "mark", "factory_samples", "assessment"),
    "4": ("initial_production", "production", "mark", "samples_either", "assessment"),
    "5": ("initial_production", "production", "mark", "assessment", "ms_audit"),
    "6": ("service", "mark", "assessment", "ms_audit"),
}


def functions(row: ScopeRow | None, type_label: str | None) -> tuple[str, ...]:
    """The function flags of a scheme: the accreditation's row wins over the type label."""
    if row is not None and row.functions is not None:
        return row.functions
    return TYPE_FUNCTIONS.get(type_label or "", ())
