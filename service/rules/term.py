"""The term of a management-system certificate (rules.md MS-3 to MS-7, MS-26; 17021-1 9.6.3.2).

Three years from the decision; a renewal in time may run on from the old end, a restoration within
six months keeps the old cycle, and after that only a new stage 2 brings a certificate back.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.verdict import Check, Finding
from service.rules.case import Case
from service.rules.cycle import cycle, gap, restored_on
from service.rules.life_cycle import term_end


def assess_term(case: Case) -> Iterator[Finding]:
    """MS-3: not longer than the rules allow from its beginning, whichever that was."""
    certificate, months = case.certificate, case.pack.term_months
    expires, previous, origin = (
        certificate.expires,
        certificate.previous_expires,
        certificate.transferred_from,
    )
    if expires is None:
        return  # CM-10 has said so
    limit = add_months(cycle(case).decision, months)
    if origin is not None and origin.expires is not None and certificate.recert_audit_end is None:
        limit = origin.expires  # MS-26: a transfer keeps the old end
    elif previous is not None and _renewed_by(case, previous) <= previous:
        yield from _renewal(case, expires, previous)
        return
    elif previous is not None:
        yield from _late(case, previous)
        since = _renewed_by(case, previous)
        in_time = case.pack.restoration and since <= _restorable(case, previous)
        limit = add_months(previous if in_time else since, months)
    if expires > limit:
        yield _too_long(limit)


def _too_long(limit: date) -> Finding:
    return Finding.of(Check.CLAIMS, Reason.TERM_TOO_LONG, limit=limit)


def _restorable(case: Case, previous: date) -> date:
    """The last day on which a certificate that ended on `previous` may be restored."""
    if not case.pack.restoration:
        return previous
    return add_months(previous, case.policy.restoration_months)


def _renewed_by(case: Case, previous: date) -> date:
    """The day on which the cycle after `previous` was taken up: as on record, else the decision.

    A later revision (an extension, say) has a decision of its own.
    """
    restored, decided = restored_on(case), case.certificate.decided
    if restored is not None and restored > previous:
        return restored
    return min(decided, previous) if _renewed(case, previous) else decided


def _renewed(case: Case, previous: date) -> bool:
    """Whether the record has the renewal that followed `previous`, effective by the next day."""
    policy, certificate = case.policy, case.certificate
    start = add_months(previous, -case.pack.term_months)
    earliest = add_months(start, policy.recert_earliest_month)
    return any(
        event.type == "renewed"
        and earliest < event.effective_on < certificate.effective
        and (event.effective_on - previous).days <= 1
        for event in (case.record.events if case.record is not None else ())
    )


def _renewal(case: Case, expires: date, previous: date) -> Iterator[Finding]:
    """MS-4: a renewal in time may run from the old end, if its audit was late enough."""
    months = case.pack.term_months
    from_decision = add_months(_renewed_by(case, previous), months)
    limit = max(from_decision, add_months(previous, months))
    if from_decision < expires <= limit:
        audited = _recert_audit(case)
        if audited is None and case.record is None:
            if term_end(case) is None:
                yield Finding.of(Check.STATUS, Reason.RECORD_UNAVAILABLE)
            return
        start = add_months(previous, -months)
        earliest = add_months(start, case.policy.recert_earliest_month)
        if audited is None or audited <= earliest:
            limit = from_decision
    if expires > limit:
        yield _too_long(limit)


def _recert_audit(case: Case) -> date | None:
    """The last day of the recertification audit: as stated, else the last one on record."""
    stated, decided = case.certificate.recert_audit_end, case.certificate.decided
    if stated is not None or case.record is None:
        return stated
    held = [
        one.last_day
        for one in case.record.surveillance
        if one.kind == "recertification" and one.last_day is not None and one.last_day <= decided
    ]
    return max(held, default=None)


def _late(case: Case, previous: date) -> Iterator[Finding]:
    """MS-5, MS-7: not finished by the old end; later than a restoration it needs a new stage 2.

    A pack without restoration has no way back at all: a new certificate, with another number.
    """
    limit = _restorable(case, previous)
    if case.pack.restoration:
        if _renewed_by(case, previous) <= limit or _stage2_after(case, previous):
            return
        if case.record is None:
            if term_end(case) is None:
                yield Finding.of(Check.STATUS, Reason.RECORD_UNAVAILABLE)
            return
    yield Finding.of(Check.CLAIMS, Reason.RESTORED_TOO_LATE, date=limit)


def _stage2_after(case: Case, previous: date) -> bool:
    """MS-7: a new stage 2 between the old end and the decision."""
    events = case.record.events if case.record is not None else ()
    days = (event.stage2_on for event in events if event.stage2_on is not None)
    return any(previous < day <= case.certificate.decided for day in days)


def assess_gap(case: Case) -> list[Finding]:
    """MS-6: valid again, with the days between in plain sight."""
    between = gap(case)
    if between is None or case.day < case.certificate.effective:
        return []
    facts: dict[str, Any] = {"from": between.first, "to": between.last}
    return [Finding.of(Check.STATUS, Reason.CERTIFICATION_GAP, **facts)]
