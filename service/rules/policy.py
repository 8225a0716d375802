"""The policy: every parameter of the rules with its default, and the named packs it chooses.

Defaults are those of rules.md 2.0; packs and their sources stand as data in `packs.json`. A pack or
parameter that does not validate is refused when it is read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class MsPack:
    """Surveillance and renewal of management-system certificates; months, and days of grace.

    `s1_anchor` is `decision`, `issue` or `stage2_end`; `lag_days` None takes the policy's.
    """

    name: str
    title: str
    source: str
    s1_months: int = 12
    s1_anchor: str = "decision"
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
    (product units made before the end). `counted_from` is `end` or `notification`.
    """

    name: str
    title: str
    source: str
    limit: str = "months"
    months: int = 6
    counted_from: str = "end"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a question may be asked for, by name (rules.md 1.1).

    `rule` names its extra rules, `needs` the kind of certificate it takes (None: any). Where it is
    `anchored`, it is judged along a chain from the anchor of that purpose.
    """

    name: str
    title: str
    source: str
    rule: str
    needs: str | None = None
    anchored: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The parameters that a verifier may set; ages in seconds, days or months as named."""

    ms_pack: str = "iso-17021-1"
    ended_pack: str = "iaf-md2"
    register_lag_days: int = 31
    expiring_soon_days: int = 60
    status_max_age_online_s: int = DAY_S
    status_max_age_offline_s: int = 7 * DAY_S
    recert_earliest_month: int = 24
    second_year_rule: str = "warn"
    surv_overdue: str = "reject"
    deferral_max_months: int = 6
    restoration_months: int = 6
    suspension_limit_months: int = 6
    edition_warning_months: int = 6
    edition_test: str = "on"
    holder_match: str = "registration_id"
    factory_listed: str = "must_match"
    grandfather_units: bool = False
    grandfather_excludes: tuple[str, ...] = ("safety", "nonconforming_product", "fraud")
    suspended_units: str = "warn"
    unaccredited: str = "reject"
    reissue_window_months: int = 12
    partly_accredited: str = "warn"
    office_check: str = "warn"
    accr_suspended_reject_after_months: int | None = None
    withdrawal_grace_months: int = 6
    after_grace: str = "reject"
    lifting_cures_decisions: bool = False
    accreditation_warn_age_days: int = 31
    accreditation_max_age_days: int = 62
    reassessment_months: int = 60
    ab_suspended: str = "warn"
    ab_grace_months: int = 6
    lookalike_distance: int = 2
    global_aci_mark_launch: int | None = None


DEFAULT = Policy()
_Built = TypeVar("_Built")


class PackRefused(ValueError):
    """A pack or policy that does not validate; the text names what is wrong."""


def _built(kind: type[_Built], row: Mapping[str, Any], where: str) -> _Built:
    known = {item.name: item.type for item in fields(kind)}  # type: ignore[arg-type]
    for name, value in row.items():
        if name not in known:
            raise PackRefused(f"{where}: unknown parameter {name}")
        wanted = str(known[name])
        allowed: list[type] = [
            found
            for word, found in (("int", int), ("str", str), ("bool", bool), ("tuple", tuple))
            if word in wanted
        ]
        if "None" in wanted:
            allowed.append(type(None))
        if type(value) not in allowed or (type(value) is int and value < 0):
            raise PackRefused(f"{where}: {name} has the wrong type or range")
    try:
        return kind(**row)
    except TypeError as error:
        raise PackRefused(f"{where}: {error}") from None


class _Packs(NamedTuple):
    ms: Mapping[str, MsPack]
    ended: Mapping[str, EndedPack]
    purposes: Mapping[str, Purpose]


@cache
def _packs() -> _Packs:
    raw = json.loads(Path(__file__).with_name("packs.json").read_text("utf-8"))
    return _Packs(
        {row["name"]: _built(MsPack, row, row["name"]) for row in raw["ms_packs"]},
        {row["name"]: _built(EndedPack, row, row["name"]) for row in raw["ended_packs"]},
        {row["name"]: _built(Purpose, row, row["name"]) for row in raw["purposes"]},
    )


def ms_pack(name: str) -> MsPack:
    """The management-system pack of that name. Raises PackRefused."""
    try:
        return _packs().ms[name]
    except KeyError:
        raise PackRefused(f"there is no management-system pack {name}") from None


def ended_pack(name: str) -> EndedPack:
    """The pack for ended accreditations of that name. Raises PackRefused."""
    try:
        return _packs().ended[name]
    except KeyError:
        raise PackRefused(f"there is no ended pack {name}") from None


def purpose(name: str) -> Purpose | None:
    """The purpose of that name; None if there is none."""
    return _packs().purposes.get(name)


def parse_policy(raw: Mapping[str, Any], base: Policy = DEFAULT) -> Policy:
    """A policy from plain JSON values over `base`. Raises PackRefused."""
    row: dict[str, Any] = {
        name: tuple(value) if type(value) is list else value for name, value in raw.items()
    }
    _built(Policy, row, "policy")
    policy = replace(base, **row)
    ms_pack(policy.ms_pack)
    ended_pack(policy.ended_pack)
    return policy
