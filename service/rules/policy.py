"""The policy: every parameter of the rules, with its default (rules.md 2.0).

What is marked there as inferred is our reading and no public text, so it stands here under its
name, never as a constant in a rule. A parameter with only one choice names the convention that the
rules follow; another value would be a promise that nothing keeps, and is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from service.domain.dates import DAY_S
from service.rules.audit_time import PERCENT
from service.rules.packs import Packs, shipped_packs
from service.rules.reading import PackRefused, built


@dataclass(frozen=True, slots=True)
class Policy:
    """The parameters that a verifier may set; ages in seconds, days or months as named.

    From `stage2_after` on they are those of the issuing gates (rules.md 2e).
    """

    ms_pack: str = "iso-17021-1"
    ended_pack: str = "iaf-md2"
    date_convention: str = "civil-inclusive-clamped"
    audit_counts_on: str = "last_day"
    facts_judged_by: str = "effective_on"
    future_evidence: str = "reject"
    register_lag_days: int = 31
    expiring_soon_days: int = 60
    status_max_age_online_s: int = DAY_S
    status_max_age_offline_s: int = 7 * DAY_S
    status_disagreement: str = "worse"
    s1_anchor: str = "decision"
    recert_year: str = "audit_or_expiry"
    recert_earliest_month: int = 24
    second_year_rule: str = "warn"
    surv_overdue: str = "reject"
    deferral_max_months: int = 6
    restoration_months: int = 6
    suspension_limit_months: int = 6
    auto_withdraw: bool = False
    suspension_stops_clock: bool = False
    edition_warning_months: int = 6
    edition_test: str = "on"
    holder_match: str = "registration_id"
    transfer_keeps_cycle: bool = True
    factory_listed: str = "must_match"
    unit_date: str = "must_fall_inside"
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
    continuity: bool = True
    ab_suspended: str = "warn"
    ab_grace_months: int = 6
    lookalike_distance: int = 2
    global_aci_mark_launch: int | None = None
    stage2_after: str = "next_day"
    stage_gap_months: int = 6
    major_close_months: int = 6
    consultancy_months: int = 24
    audit_time_max_reduction: int = 30
    audit_time_rounding: str = "half_up"
    on_site_min: int = 80
    mill_ratio: int | None = None
    lab_must_be_accredited: bool = True
    report_max_age_months: int = 36
    inspection_max_age_months: int = 12
    suspended_lab_reports: str = "refuse"
    decision_back_days: int = 5


_WARN_OR_REJECT = frozenset({"warn", "reject"})
_WARNS = (
    "surv_overdue suspended_units unaccredited partly_accredited office_check after_grace "
    "ab_suspended"
).split()
CHOICES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_WARNS, _WARN_OR_REJECT),
    "date_convention": frozenset({"civil-inclusive-clamped"}),
    "audit_counts_on": frozenset({"last_day"}),
    "facts_judged_by": frozenset({"effective_on"}),
    "future_evidence": frozenset({"reject"}),
    "status_disagreement": frozenset({"worse"}),
    "s1_anchor": frozenset({"decision", "issue", "stage2_end"}),
    "recert_year": frozenset({"audit_or_expiry"}),
    "second_year_rule": frozenset({"warn", "ignore"}),
    "edition_test": frozenset({"on", "made_on"}),
    "holder_match": frozenset({"registration_id"}),
    "factory_listed": frozenset({"must_match", "ignore"}),
    "unit_date": frozenset({"must_fall_inside"}),
    "stage2_after": frozenset({"next_day"}),
    "audit_time_rounding": frozenset({"half_up"}),
    "suspended_lab_reports": frozenset({"refuse"}),
}
# Conventions with one value that is no text.
_FIXED: Mapping[str, bool] = {
    "auto_withdraw": False,
    "suspension_stops_clock": False,
    "transfer_keeps_cycle": True,
}
_PERCENT = ("audit_time_max_reduction", "on_site_min")
DEFAULT = Policy()


def parse_policy(
    raw: Mapping[str, Any], base: Policy = DEFAULT, packs: Packs | None = None
) -> Policy:
    """A policy from plain JSON values over `base`; its packs must exist. Raises PackRefused."""
    given = built(Policy, raw, "policy", choices=CHOICES)
    policy = replace(base, **{name: getattr(given, name) for name in raw})
    for name, only in _FIXED.items():
        if getattr(policy, name) is not only:
            raise PackRefused(f"policy: {name} can only be {str(only).lower()}")
    for name in _PERCENT:
        if getattr(policy, name) > PERCENT:
            raise PackRefused(f"policy: {name} is at most {PERCENT}")
    known = packs or shipped_packs()
    known.ms(policy.ms_pack)
    known.ended(policy.ended_pack)
    return policy


PARAMETERS = tuple(item.name for item in fields(Policy))
