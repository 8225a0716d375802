"""The order of evidence (rules.md DT-9): what came before what, and nothing after the check.

Evidence that contradicts itself is an answer, `EVIDENCE_ORDER_IMPOSSIBLE`, and no exception.
"""

from collections.abc import Iterator
from datetime import date

from service.domain.reason import Reason
from service.domain.surveillance import Record
from service.domain.verdict import Check, Finding
from service.rules.case import Case


def assess_order(case: Case) -> list[Finding]:
    """DT-9: no decision, audit or test lies after the check, no audit after what it supports.

    The day of the check counts, not the day asked about. Announced events (a suspension from next
    month) are no evidence of the past and may lie ahead.
    """
    findings = []
    if (wrong := _in_certificate(case)) is not None:
        findings.append(Finding.of(Check.CLAIMS, Reason.EVIDENCE_ORDER_IMPOSSIBLE, date=wrong))
    if case.record is not None and (wrong := next(_in_record(case, case.record), None)):
        findings.append(
            Finding.of(Check.SURVEILLANCE, Reason.EVIDENCE_ORDER_IMPOSSIBLE, date=wrong)
        )
    return findings


def _in_certificate(case: Case) -> date | None:
    """A day that the certificate states and that cannot be."""
    certificate = case.certificate
    decided, audited = certificate.decided, certificate.recert_audit_end
    origin = certificate.transferred_from
    if decided > case.today:
        return decided
    if audited is not None and audited > decided:
        return audited
    if origin is not None and origin.decided is not None and origin.decided > decided:
        return origin.decided
    return None


def _in_record(case: Case, record: Record) -> Iterator[date]:
    """Days of audits and tests that the record states and that cannot be."""
    today = case.today
    for one in record.surveillance:
        done = one.last_day or one.first_day
        stated = (one.first_day, one.last_day, one.maintained_on)
        yield from (day for day in stated if day is not None and day > today)
        if one.maintained_on is not None and done is not None and done > one.maintained_on:
            yield done  # the audit ended after the decision that it supports
        approved = one.deferral.approved_on if one.deferral is not None else None
        if approved is not None and approved > today:
            yield approved
    for event in record.events:
        if event.stage2_on is not None and event.stage2_on > min(today, event.effective_on):
            yield event.stage2_on
