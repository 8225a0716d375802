"""Surveillance: what is due, what was held, and what that says today (rules.md Annex B).

A management system has two rules: the first audit within 12 months of the initial decision, then
one in each calendar year except that of recertification (MS-9, MS-10). A product has the plan of
its scheme (PC-11, PC-14). Every parameter is the pack's or the policy's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.report import Obligation, SurveillanceSummary
from service.domain.surveillance import LifeState, Record
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case

DEFERRAL_REASONS = frozenset({"season", "limited_duration", "extraordinary_event"})


@dataclass(frozen=True, slots=True)
class _Due:
    kind: str
    due: date
    held: date | None
    held_late: bool = False


def _held_days(record: Record, until: date) -> list[date]:
    """The counting days of audits: each counts on its last day (DT-6)."""
    return sorted(
        one.last_day
        for one in record.surveillance
        if one.last_day is not None and one.last_day <= until
    )


def _cycle(case: Case) -> tuple[date, bool]:
    """The decision that began the cycle, and whether it was an initial one."""
    origin = case.certificate.transferred_from
    if origin is not None and origin.decided is not None:
        return origin.decided, True
    return case.certificate.decided, case.certificate.previous_expires is None


def _ms_obligations(case: Case, record: Record) -> list[_Due]:
    certificate, pack = case.certificate, case.pack
    decision, initial = _cycle(case)
    held = [day for day in _held_days(record, case.day) if day > decision]
    obligations: list[_Due] = []
    if initial or pack.s1_after_recert:
        due = add_months(_s1_anchor(case, record, decision), pack.s1_months)
        first = held[0] if held else None
        obligations.append(_Due("S1", due, first, first is not None and first > due))
    if pack.calendar_year and certificate.expires is not None:
        recert = [
            one.last_day
            for one in record.surveillance
            if one.kind == "recertification"
            and one.last_day
            and decision < one.last_day <= case.day
        ]
        last_year = (max(recert) if recert else certificate.expires).year
        for year in range(decision.year + 1, last_year):
            in_year = next((day for day in held if day.year == year), None)
            obligations.append(_Due(f"CY-{year}", date(year, 12, 31), in_year))
    if pack.rolling_months is not None and held:
        obligations.append(_Due("ROLL", add_months(held[-1], pack.rolling_months), None))
    return obligations


def _s1_anchor(case: Case, record: Record, decision: date) -> date:
    """What the first surveillance is counted from: decision, issue, or the end of stage 2."""
    anchor = case.pack.s1_anchor or case.policy.s1_anchor
    if anchor == "issue":
        return case.issued_on
    audits = [event.stage2_on for event in record.events if event.stage2_on is not None]
    return audits[-1] if anchor == "stage2_end" and audits else decision


def _product_obligations(case: Case, record: Record) -> list[_Due]:
    """PC-11, PC-14: for each kind of the plan, so many months after the last one or the grant."""
    plan = case.row.plan if case.row is not None and case.row.plan is not None else ()
    grant = case.certificate.effective
    obligations: list[_Due] = []
    for item in plan:
        held = sorted(
            one.last_day
            for one in record.surveillance
            if one.kind == item.kind and one.last_day and one.last_day <= case.day
        )
        last = grant
        for day in held:
            due = add_months(last, item.months)
            obligations.append(_Due(item.kind, due, day, day > due))
            last = max(last, day)
        obligations.append(_Due(item.kind, add_months(last, item.months), None))
    return obligations


def _deferral(case: Case, record: Record, due: _Due) -> date | None:
    """MS-14: a recorded deferral with a good reason, not beyond its own limit."""
    limit = add_months(due.due, case.policy.deferral_max_months)
    for one in record.surveillance:
        put_off = one.deferral
        if put_off is None or put_off.of != due.kind or put_off.reason not in DEFERRAL_REASONS:
            continue
        if put_off.new_due <= limit and case.day <= put_off.new_due:
            return put_off.new_due
    return None


def assess_surveillance(case: Case) -> tuple[list[Finding], SurveillanceSummary]:
    """MS-9 to MS-14, PC-11: judged by a fresh record; the case must have one."""
    record = case.record
    if record is None:
        raise ValueError("surveillance is computed from a record")
    dues = _ms_obligations(case, record) if case.is_ms else _product_obligations(case, record)
    active = record.standing(case.day).state is LifeState.ACTIVE
    late = [due for due in dues if due.held is None and case.day > due.due]
    findings: list[Finding] = []
    state = "current"
    deferred: dict[_Due, date] = {}
    if late:
        deferred = {due: new for due in late if (new := _deferral(case, record, due)) is not None}
        state, finding = _late(case, [due for due in late if due not in deferred], deferred)
        findings.append(finding)
    findings += [
        Finding.of(Check.SURVEILLANCE, Reason.SURV_HELD_LATE, date=due.due)
        for due in dues
        if due.held_late and active and case.is_ms
    ]
    findings += _second_year(case, record)
    held = _held_days(record, case.day)
    return findings, SurveillanceSummary(
        state=state,
        last=held[-1] if held else None,
        next_due=min((due.due for due in dues if due.held is None), default=None),
        days_late=max(((case.day - due.due).days for due in late), default=0),
        source="record",
        obligations=tuple(_shown(due, case.day, due in deferred) for due in dues),
        suspended=_suspensions(record, case.day),
        gaps=tuple(_gaps(case)),
    )


def _late(case: Case, late: list[_Due], deferred: dict[_Due, date]) -> tuple[str, Finding]:
    if not late:
        new_due = min(deferred.values())
        return "deferred", Finding.of(Check.SURVEILLANCE, Reason.SURV_DEFERRED, date=new_due)
    due = min(one.due for one in late)
    lag = case.pack.lag_days if case.is_ms else None
    lag = case.policy.register_lag_days if lag is None else lag
    days = (case.day - due).days
    if days <= lag:
        return "unconfirmed", Finding.of(
            Check.SURVEILLANCE, Reason.SURV_UNCONFIRMED, date=due, days=days
        )
    return "overdue", overdue(case, date=due, days=days)


def overdue(case: Case, **facts: Any) -> Finding:
    """MS-13, PC-11: a check that is long overdue, by kind of certificate."""
    if not case.is_ms:
        return Finding.of(Check.SURVEILLANCE, Reason.PRODUCT_SURV_OVERDUE, **facts)
    warns = case.policy.surv_overdue == "warn"
    outcome = Outcome.ACCEPT_WITH_WARNING if warns else None
    return Finding.of(Check.SURVEILLANCE, Reason.SURV_OVERDUE, outcome=outcome, **facts)


def _second_year(case: Case, record: Record) -> list[Finding]:
    """MS-11: fewer than two audits in the first two years of the cycle."""
    decision, _ = _cycle(case)
    limit = add_months(decision, 24)
    if not case.is_ms or not case.pack.second_year or case.policy.second_year_rule != "warn":
        return []
    if case.day <= limit or len([d for d in _held_days(record, limit) if d > decision]) >= 2:
        return []
    return [Finding.of(Check.SURVEILLANCE, Reason.SURV_SECOND_YEAR_LATE, date=limit)]


def _shown(due: _Due, day: date, deferred: bool) -> Obligation:
    if due.held is not None:
        state = "met_late" if due.held_late else "met"
    elif day <= due.due:
        state = "open"
    else:
        state = "deferred" if deferred else "late"
    return Obligation(due.kind, due.due, due.held, state)


def _suspensions(record: Record, until: date) -> tuple[tuple[date, date | None], ...]:
    spells: list[tuple[date, date | None]] = []
    events = sorted(record.events, key=lambda event: event.effective_on)
    for event in events:
        if event.effective_on > until:
            break
        open_spell = bool(spells) and spells[-1][1] is None
        if event.type == "suspended" and not open_spell:
            spells.append((event.effective_on, None))
        elif open_spell and event.type not in {"suspended", "extended", "renewed"}:
            spells[-1] = (spells[-1][0], event.effective_on)
    return tuple(spells)


def _gaps(case: Case) -> Iterable[tuple[date, date]]:
    previous, effective = case.certificate.previous_expires, case.certificate.effective
    one = timedelta(days=1)
    if previous is not None and effective > previous + one:
        yield previous + one, effective - one
