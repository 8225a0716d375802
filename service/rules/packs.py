"""Packs: named sets of rules that a policy, an anchor, a standard or a question chooses.

Shipped as data (`packs.json`) with title and source. An operator adds packs in the same form, in
`policy.json` beside the policy; one that does not validate is refused when it is read.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from service.rules.reading import PackRefused, built


@dataclass(frozen=True, slots=True)
class MsPack:
    """Surveillance and renewal of management-system certificates; months, and days of grace.

    `s1_anchor` is `decision`, `issue` or `stage2_end`; None takes the policy's, and so does
    `lag_days` None.
    """

    name: str
    title: str
    source: str
    s1_months: int = 12
    s1_anchor: str | None = None
    s1_after_recert: bool = False
    calendar_year: bool = True
    second_year: bool = True
    rolling_months: int | None = None
    lag_days: int | None = None
    restoration: bool = True
    term_months: int = 36


@dataclass(frozen=True, slots=True)
class EndedPack:
    """What old certificates are worth once accreditation has ended (rules.md 2c).

    `limit` is `months`, `none`, `adoption_months` (only with a written takeover) or `units`
    (product units made before the end). `counted_from` is `end` or `notification`. `months` None
    takes the policy's `withdrawal_grace_months`.
    """

    name: str
    title: str
    source: str
    limit: str = "months"
    months: int | None = None
    counted_from: str = "end"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a question may be asked for, by name (rules.md 1.1).

    `rule` names its extra rules, `needs` the kind of certificate it takes (None: any). Where it is
    `anchored`, it is judged along a chain from the anchor of that purpose. `ended_pack` says what
    certificates are worth for it once the certifier's designation has ended (None: the policy's).
    """

    name: str
    title: str
    source: str
    rule: str
    needs: str | None = None
    anchored: bool = False
    ended_pack: str | None = None


_Pack = TypeVar("_Pack", MsPack, EndedPack, Purpose)
# Member of the file -> its kind of pack, and the choices of its texts.
_KINDS: Mapping[str, type[Any]] = {
    "ms_packs": MsPack,
    "ended_packs": EndedPack,
    "purposes": Purpose,
}
_CHOICES: Mapping[str, frozenset[str]] = {
    "s1_anchor": frozenset({"decision", "issue", "stage2_end"}),
    "limit": frozenset({"months", "none", "adoption_months", "units"}),
    "counted_from": frozenset({"end", "notification"}),
    "rule": frozenset({"nrtl", "notified_body", "eu_authority"}),
    "needs": frozenset({"product", "management_system", "service"}),
}


class Packs:
    """Packs by name, of three kinds; later ones win over earlier ones of the same name."""

    def __init__(self, *files: Mapping[str, Any]) -> None:
        found: dict[str, dict[str, Any]] = {member: {} for member in _KINDS}
        for file in files:
            for member, rows in file.items():
                found[_known(member)].update((one.name, one) for one in _rows(member, rows))
        self.ms_packs: Mapping[str, MsPack] = found["ms_packs"]
        self.ended_packs: Mapping[str, EndedPack] = found["ended_packs"]
        self.purposes: Mapping[str, Purpose] = found["purposes"]
        for purpose in self.purposes.values():
            if purpose.ended_pack is not None:
                self.ended(purpose.ended_pack)

    def ms(self, name: str) -> MsPack:
        """The management-system pack of that name. Raises PackRefused."""
        return _find(self.ms_packs, name)

    def ended(self, name: str) -> EndedPack:
        """The pack for ended accreditations of that name. Raises PackRefused."""
        return _find(self.ended_packs, name)

    def purpose(self, name: str | None) -> Purpose | None:
        """The purpose of that name; None if there is none."""
        return self.purposes.get(name or "")


def _find(known: Mapping[str, _Pack], name: str) -> _Pack:
    try:
        return known[name]
    except KeyError:
        raise PackRefused(f"there is no pack {name}") from None


def _known(member: str) -> str:
    if member not in _KINDS:
        raise PackRefused(f"packs have no member {member}")
    return member


def _rows(member: str, rows: Any) -> Iterable[Any]:
    if not isinstance(rows, list):
        raise PackRefused(f"{member} is a list")
    for row in rows:
        name = row.get("name") if isinstance(row, Mapping) else None
        yield built(_KINDS[_known(member)], row, str(name or member), choices=_CHOICES)


@cache
def shipped_packs() -> Packs:
    """The packs that are shipped."""
    return Packs(shipped_file())


@cache
def shipped_file() -> Mapping[str, Any]:
    """The file of shipped packs, as it stands."""
    found: Mapping[str, Any] = json.loads(Path(__file__).with_name("packs.json").read_text("utf-8"))
    return found
