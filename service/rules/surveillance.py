"""Surveillance: what is due, what was held, and what that says today (rules.md Annex B).

A management system has two rules: the first audit within 12 months of the initial decision, then
one in each calendar year except that of recertification (MS-9, MS-10). A product has the plan of
its scheme (PC-11, PC-14). Every parameter is the pack's or the policy's.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.report import Obligation, SurveillanceSummary
from service.domain.surveillance import Record
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case
from service.rules.cycle import cycle, gap, is_active, suspensions
from service.rules.plan import Due, is_unplanned, product_dues

DEFERRAL_REASONS = frozenset({"season", "limited_duration", "extraordinary_event"})
# Special audits and transfer reviews are held besides, never instead (17021-1 9.6.4).
_COUNTS = frozenset({"surveillance", "recertification"})


def _audits(case: Case, record: Record) -> list[date]:
    """DT-6: the last days of the audits that count, in order, up to the day judged."""
    return sorted(
        one.last_day
        for one in record.surveillance
        if one.last_day is not None
        and one.last_day <= case.day
        and (one.kind in _COUNTS or not case.is_ms)
    )


def _ms_dues(case: Case, record: Record) -> Iterator[Due]:
    """MS-9, MS-10: what the pack wants in this cycle, each met by the first audit that can.

    DT-5: within so many months of an anchor means up to its last day, with no roll-over.
    """
    pack, (decision, initial) = case.pack, cycle(case)
    held = [day for day in _audits(case, record) if day > decision]
    if initial or pack.s1_after_recert:
        due = add_months(_s1_anchor(case, record, decision), pack.s1_months)
        first = held[0] if held else None
        yield Due("S1", due, first, first is not None and first > due)
    if pack.calendar_year and case.certificate.expires is not None:
        for year in range(decision.year + 1, _last_year(case, record, decision)):
            in_year = next((day for day in held if day.year == year), None)
            yield Due(f"CY-{year}", date(year, 12, 31), in_year)
    if pack.rolling_months is not None and held:
        for day, after in zip(held, [*held[1:], None], strict=True):
            due = add_months(day, pack.rolling_months)
            yield Due("ROLL", due, after, after is not None and after > due)


def _last_year(case: Case, record: Record, decision: date) -> int:
    """MS-10: the year of this cycle's recertification audit if held, else that of its end.

    One held before `recert_earliest_month` was a surveillance under another name.
    """
    earliest = add_months(decision, case.policy.recert_earliest_month)
    held = [
        one.last_day
        for one in record.surveillance
        if one.kind == "recertification"
        and one.last_day is not None
        and earliest < one.last_day <= case.day
    ]
    expires = case.certificate.expires or date.max
    return min([expires, *held]).year


def _s1_anchor(case: Case, record: Record, decision: date) -> date:
    """MS-9: the first surveillance counts from the decision, the issue, or the end of stage 2.

    A later revision is issued anew but begins nothing: it counts from the start of its cycle.
    """
    anchor = case.pack.s1_anchor or case.policy.s1_anchor
    if anchor == "issue":
        first = case.certificate.supersedes is None and case.certificate.revision <= 1
        return case.issued_on if first else min(case.issued_on, _started(record, decision))
    audits = [event.stage2_on for event in record.events if event.stage2_on is not None]
    audits = [day for day in audits if day <= decision]
    return max(audits) if anchor == "stage2_end" and audits else decision


def _started(record: Record, decision: date) -> date:
    """The first day of the cycle on record, else the decision."""
    began = [
        event.effective_on
        for event in record.events
        if event.type in {"granted", "renewed", "restored"} and event.effective_on >= decision
    ]
    return min(began, default=decision)


def _deferral(case: Case, record: Record, due: Due) -> date | None:
    """MS-14: a recorded deferral with a good reason, approved, and within its own limit."""
    limit = add_months(due.due, case.policy.deferral_max_months)
    until = [
        put_off.new_due
        for one in record.surveillance
        if (put_off := one.deferral) is not None
        and put_off.of == due.kind
        and put_off.reason in DEFERRAL_REASONS
        and due.due < put_off.new_due <= limit
        and (put_off.approved_on is None or put_off.approved_on <= case.day)
    ]
    return max(until, default=None)


def _put_off(case: Case, record: Record, due: Due) -> tuple[Due, date | None]:
    """MS-14: a late check with its new deadline; one held by then is held, though late."""
    until = _deferral(case, record, due)
    if until is None:
        return due, None
    kinds = _COUNTS if case.is_ms else {due.kind}
    held = [
        one.last_day
        for one in record.surveillance
        if one.kind in kinds and one.last_day and due.due < one.last_day <= min(until, case.day)
    ]
    if held:
        return replace(due, held=min(held), held_late=True), None
    return due, until if case.day <= until else None


def assess_surveillance(case: Case) -> tuple[list[Finding], SurveillanceSummary]:
    """MS-9 to MS-14, PC-11, PC-14: judged by a fresh record; the case must have one."""
    record = case.record
    if record is None:
        raise ValueError("surveillance is computed from a record")
    dues = list(_ms_dues(case, record)) if case.is_ms else product_dues(case, record)
    deferred: dict[Due, date] = {}
    for place, due in enumerate(dues):
        if due.held is None and case.day > due.due:
            dues[place], until = _put_off(case, record, due)
            if until is not None:
                deferred[due] = until
    late = [due for due in dues if due.held is None and case.day > due.due]
    state, findings = _late(case, late, deferred)
    findings += _held_late(case, record, dues)
    findings += _second_year(case, record)
    held, between = _audits(case, record), gap(case)
    return findings, SurveillanceSummary(
        state=state,
        last=held[-1] if held else None,
        next_due=min((due.due for due in dues if due.held is None), default=None),
        days_late=max(((case.day - due.due).days for due in late), default=0),
        source="record",
        obligations=tuple(_shown(due, case.day, due in deferred) for due in dues),
        suspended=suspensions(record, case.day),
        gaps=() if between is None else ((between.first, between.last or date.max),),
    )


def _late(case: Case, late: list[Due], deferred: dict[Due, date]) -> tuple[str, list[Finding]]:
    """MS-12 to MS-14, PC-11: the longest overdue decides, unless every late check was put off."""
    check = Check.SURVEILLANCE
    if not late:
        if is_unplanned(case):
            outcome = Outcome.CANNOT_CONFIRM
            return "unknown", [Finding.of(check, Reason.SURV_UNCONFIRMED, outcome=outcome)]
        return "current", []
    due = min((one.due for one in late if one not in deferred), default=None)
    if due is None:
        return "deferred", [Finding.of(check, Reason.SURV_DEFERRED, date=min(deferred.values()))]
    lag = case.pack.lag_days if case.is_ms else None
    lag = case.policy.register_lag_days if lag is None else lag
    days = (case.day - due).days
    if days <= lag:
        return "unconfirmed", [Finding.of(check, Reason.SURV_UNCONFIRMED, date=due, days=days)]
    return "overdue", [overdue(case, date=due, days=days)]


def overdue(case: Case, **facts: Any) -> Finding:
    """MS-13, PC-11: a check that is long overdue, by kind of certificate."""
    if not case.is_ms:
        return Finding.of(Check.SURVEILLANCE, Reason.PRODUCT_SURV_OVERDUE, **facts)
    warns = case.policy.surv_overdue == "warn"
    outcome = Outcome.ACCEPT_WITH_WARNING if warns else None
    return Finding.of(Check.SURVEILLANCE, Reason.SURV_OVERDUE, outcome=outcome, **facts)


def _held_late(case: Case, record: Record, dues: list[Due]) -> list[Finding]:
    """MS-9: what was held late is held, if the certificate is still in force."""
    if not case.is_ms or not is_active(record, case.day):
        return []
    return [
        Finding.of(Check.SURVEILLANCE, Reason.SURV_HELD_LATE, date=due.due)
        for due in dues
        if due.held_late
    ]


def _second_year(case: Case, record: Record) -> list[Finding]:
    """MS-11: fewer than two audits in the first two years of the cycle."""
    if not case.is_ms or not case.pack.second_year or case.policy.second_year_rule != "warn":
        return []
    decision, _ = cycle(case)
    limit = add_months(decision, 24)
    held = [day for day in _audits(case, record) if decision < day <= limit]
    if case.day <= limit or len(held) >= 2:
        return []
    return [Finding.of(Check.SURVEILLANCE, Reason.SURV_SECOND_YEAR_LATE, date=limit)]


def _shown(due: Due, day: date, deferred: bool) -> Obligation:
    if due.held is not None:
        state = "met_late" if due.held_late else "met"
    elif day <= due.due:
        state = "open"
    else:
        state = "deferred" if deferred else "late"
    return Obligation(due.kind, due.due, due.held, state)
