"""Readers of the evidence in a dossier: audits, findings, tests and inspections."""

from service.domain.evidence import (
    ACCEPTANCE_BASES,
    AUDIT_KINDS,
    GRADES,
    REPLACED,
    RESULTS,
    ROLES,
    Audit,
    AuditFinding,
    Inspection,
    Person,
    Substitute,
    TeamMember,
    TypeTest,
)
from service.issuer.reading import (
    ListOf,
    built,
    day,
    days,
    half_days,
    one_of,
    renamed,
    sha256,
    text,
    texts,
    whole,
    yes_no,
)

_team_member = built(
    TeamMember, {"person": text, "role": one_of(*ROLES), "codes": texts}, "person", "role"
)
audit = built(
    renamed(Audit, days_on_site="half_days_on_site", days_total="half_days_total"),
    {
        "kind": one_of(*AUDIT_KINDS),
        **days("first_day", "last_day"),
        "sites": texts,
        "drawn_sites": texts,
        "days_on_site": half_days,
        "days_total": half_days,
        "team": ListOf(_team_member),
        "internal_audit_seen": yes_no,
        "management_review_seen": yes_no,
        "open_concerns": whole,
        "concerns_accepted": yes_no,
        "report_sha256": sha256,
    },
    "kind",
)
finding = built(
    AuditFinding,
    {
        "grade": one_of(*GRADES),
        **days("raised_on", "correction_verified_on", "action_verified_on", "plan_accepted_on"),
    },
    "grade",
)
test = built(
    renamed(TypeTest, lab="laboratory"),
    {
        **dict.fromkeys(("report", "lab", "site", "standard", "model", "revision"), text),
        "clauses_missing": texts,
        **days("sampled_on", "received_on", "test_start", "test_end", "issued_on"),
        "result": one_of(*RESULTS),
        "acceptance_basis": one_of(*ACCEPTANCE_BASES),
        "people": texts,
    },
)
inspection = built(
    Inspection,
    {
        "kind": text,
        "factory": text,
        "last_day": day,
        "result": one_of(*RESULTS),
        "people": texts,
    },
    "kind",
)
substitute = built(
    Substitute,
    {"what": text, "standard": text, "instead_of": one_of(*REPLACED)},
    "what",
    "instead_of",
)
person = built(Person, {"consulted_client_until": day})
