"""Rules of management-system certificates (rules.md 2a; ISO/IEC 17021-1)."""

from datetime import date, timedelta
from typing import Any

from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.scope import standard
from service.domain.verdict import Check, Finding
from service.rules.case import Case


def assess_statement(case: Case) -> list[Finding]:
    """MS-1, MS-3, MS-4, MS-6, MS-7, CM-10: what the certificate itself must be."""
    certificate = case.certificate
    findings = [*_kinds(case)]
    for name, missing in (
        ("expires", certificate.expires is None),
        ("edition", any(standard(one).edition is None for one in certificate.standards)),
        ("standards", not certificate.standards),
        ("sites", not certificate.sites),
    ):
        if missing:
            findings.append(Finding.of(Check.CLAIMS, Reason.INCOMPLETE_CERTIFICATE, field=name))
    if certificate.expires is not None:
        findings += _term(case, certificate.expires)
    return findings


def _kinds(case: Case) -> list[Finding]:
    """MS-1: only management-system standards are certified by this kind."""
    findings = []
    for named in case.certificate.standards:
        kind = case.catalogue.kind(named)
        if kind == "accreditation_norm":
            code = Reason.STANDARD_IS_AN_ACCREDITATION_STANDARD
        elif kind not in (None, "management_system"):
            code = Reason.STANDARD_KIND_MISMATCH
        else:
            continue
        findings.append(Finding.of(Check.CLAIMS, code, standard=named))
    return findings


def _term(case: Case, expires: date) -> list[Finding]:
    certificate, policy = case.certificate, case.policy
    decided, previous = certificate.decided, certificate.previous_expires
    months = case.pack.term_months
    limit = add_months(decided, months)
    findings = []
    origin = certificate.transferred_from
    if origin is not None and origin.expires is not None and certificate.recert_audit_end is None:
        limit = origin.expires  # MS-26: a transfer keeps the old end
    elif previous is not None and decided <= previous:
        limit = _renewal_limit(case, previous, limit)
    elif previous is not None:
        restored_by = add_months(previous, policy.restoration_months)
        if case.pack.restoration and decided <= restored_by:
            limit = add_months(previous, months)
            findings.append(_gap(previous, certificate.effective))
        elif case.record is None:
            findings.append(Finding.of(Check.STATUS, Reason.RECORD_UNAVAILABLE))
        elif not _stage2_after(case, previous):
            findings.append(Finding.of(Check.CLAIMS, Reason.RESTORED_TOO_LATE, date=restored_by))
    if expires > limit:
        findings.append(Finding.of(Check.CLAIMS, Reason.TERM_TOO_LONG, limit=limit))
    return findings


def _renewal_limit(case: Case, previous: date, from_decision: date) -> date:
    """MS-4: a renewal in time may run from the old end, if its audit was late enough."""
    audit_end = case.certificate.recert_audit_end
    if audit_end is not None:
        months = case.pack.term_months
        cycle_start = add_months(previous, -months)
        if audit_end <= add_months(cycle_start, case.policy.recert_earliest_month):
            return from_decision
    return max(from_decision, add_months(previous, case.pack.term_months))


def _gap(previous: date, effective: date) -> Finding:
    """MS-6: valid again, with the days between in plain sight."""
    one = timedelta(days=1)
    facts: dict[str, Any] = {"from": previous + one, "to": effective - one}
    return Finding.of(Check.STATUS, Reason.CERTIFICATION_GAP, **facts)


def _stage2_after(case: Case, previous: date) -> bool:
    """MS-7: after the time for restoration only a new stage 2 brings a certificate back."""
    events = case.record.events if case.record is not None else ()
    return any(event.stage2_on is not None and event.stage2_on > previous for event in events)
