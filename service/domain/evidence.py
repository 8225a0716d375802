"""The evidence for a decision: audits, findings, tests and inspections, as frozen values.

Every member may be absent while a dossier is under work; absent means "not known", and a gate that
needs it says so. Audit time is counted in half days, as whole numbers (rules.md DT-8); days are
civil days in the certifier's zone.
"""

from dataclasses import dataclass
from datetime import date

AUDIT_KINDS = (
    "stage1 stage2 surveillance recertification special_extension special_short_notice "
    "transfer_review transition"
).split()
ROLES = ("lead", "auditor", "expert")
GRADES = ("major", "minor")
RESULTS = ("pass", "fail")
ACCEPTANCE_BASES = ("accredited", "multilateral_scheme", "cb_assessed", "witnessed", "none")
REPLACED = ("type_test", "factory_inspection", "prerequisite")


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody in an audit team, and the codes that they are competent for."""

    person: str
    role: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit of a management system; `drawn_sites` are those of its sites drawn at random.

    Half days are person-time: of two people in one day there are four.
    """

    kind: str
    first_day: date | None = None
    last_day: date | None = None
    sites: tuple[str, ...] = ()
    drawn_sites: tuple[str, ...] = ()
    half_days_on_site: int | None = None
    half_days_total: int | None = None
    team: tuple[TeamMember, ...] = ()
    internal_audit_seen: bool | None = None
    management_review_seen: bool | None = None
    open_concerns: int | None = None
    concerns_accepted: bool | None = None
    report_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """A nonconformity and what became of it; which days count depends on its grade."""

    grade: str
    raised_on: date | None = None
    correction_verified_on: date | None = None
    action_verified_on: date | None = None
    plan_accepted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody's past with the client; None is known to be nothing."""

    consulted_client_until: date | None = None


@dataclass(frozen=True, slots=True)
class TypeTest:
    """A test report; `laboratory` is the name under which the laboratory is known."""

    report: str | None = None
    laboratory: str | None = None
    site: str | None = None
    standard: str | None = None
    clauses_missing: tuple[str, ...] | None = None
    model: str | None = None
    revision: str | None = None
    sampled_on: date | None = None
    received_on: date | None = None
    test_start: date | None = None
    test_end: date | None = None
    issued_on: date | None = None
    result: str | None = None
    acceptance_basis: str | None = None
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """A look at production or at the service: what kind, where, when, by whom, and how it went."""

    kind: str
    factory: str | None = None
    last_day: date | None = None
    result: str | None = None
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Substitute:
    """Something that the client offers in place of a test, an inspection or a prerequisite."""

    what: str
    instead_of: str
    standard: str | None = None
