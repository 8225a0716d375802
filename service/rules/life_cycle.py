"""Rules common to all kinds (rules.md 2.1): term, life cycle, revisions."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.surveillance import LifeState, RecordEvent, Standing
from service.domain.verdict import Check, Finding
from service.rules.case import Case

_OF_STATE = {
    LifeState.DRAFT: Reason.DRAFT,
    LifeState.SUSPENDED: Reason.SUSPENDED,
    LifeState.WITHDRAWN: Reason.WITHDRAWN,
    LifeState.CANCELLED: Reason.CANCELLED,
    LifeState.TRANSFERRED: Reason.TRANSFERRED,
}
# Status list values as codes (security.md 4.6); 12 and 14 have rules of their own.
_OF_VALUE = {
    1: Reason.WITHDRAWN,
    2: Reason.SUSPENDED,
    13: Reason.TRANSFERRED,
    15: Reason.NOT_ON_REGISTER,
}
# Worst last: where list and record disagree, the worse counts (CM-6, `status_disagreement`).
_RANK = (
    None,
    Reason.SUSPENDED,
    Reason.TRANSFERRED,
    Reason.CANCELLED,
    Reason.WITHDRAWN,
    Reason.DRAFT,
    Reason.NOT_ON_REGISTER,
)
_ENDED = frozenset({Reason.WITHDRAWN, Reason.CANCELLED, Reason.TRANSFERRED})


@dataclass(frozen=True, slots=True)
class End:
    """How a licence ended: the first day without it, the finding that says so, and the reason."""

    on: date | None
    finding: Finding
    reason: str | None = None


def term_end(case: Case) -> End | None:
    """CM-3, CM-4, MS-8: the end by expiry, if the day judged lies after it (DT-2: inclusive)."""
    certificate, day = case.certificate, case.day
    expires = certificate.expires
    if day < certificate.effective:
        expires = certificate.previous_expires
    if expires is None or day <= expires:
        return None
    limit = add_months(expires, case.policy.restoration_months)
    restorable = case.is_ms and case.pack.restoration and day <= limit
    finding = (
        Finding.of(Check.STATUS, Reason.EXPIRED_RESTORABLE, date=expires, limit=limit)
        if restorable
        else Finding.of(Check.STATUS, Reason.EXPIRED, date=expires)
    )
    return End(expires + timedelta(days=1), finding)


def assess_start(case: Case) -> list[Finding]:
    """CM-3: not in force before `effective`, unless the record's events cover that day.

    After the end of the cycle before, `term_end` answers.
    """
    previous = case.certificate.previous_expires
    if case.day >= case.certificate.effective or (previous is not None and previous < case.day):
        return []
    if case.record is not None:
        if case.record.standing(case.day).state is not LifeState.DRAFT:
            return []
        if not any(event.type == "granted" for event in case.record.events):
            return [Finding.of(Check.STATUS, Reason.DRAFT)]
    return [Finding.of(Check.STATUS, Reason.NOT_YET_EFFECTIVE, date=case.certificate.effective)]


def assess_ending_soon(case: Case) -> list[Finding]:
    """CM-5: a note on the last days of a term."""
    expires = case.certificate.expires
    if expires is None or case.day < case.certificate.effective:
        return []
    if 0 <= (expires - case.day).days <= case.policy.expiring_soon_days:
        return [Finding.of(Check.STATUS, Reason.EXPIRING_SOON, date=expires)]
    return []


def assess_statement(case: Case) -> list[Finding]:
    """MS-2, PC-2, CM-10, CM-11: no date before the decision, no term beyond the scheme's longest.

    Where a scheme has a longest term, a certificate must state its end.
    """
    certificate = case.certificate
    findings = []
    if certificate.effective < certificate.decided or case.issued_on < certificate.decided:
        findings.append(Finding.of(Check.CLAIMS, Reason.BACKDATED))
    longest = case.row.max_term_months if case.row is not None else None
    if longest is None:
        return findings
    limit = add_months(certificate.decided, longest)
    if certificate.expires is None:
        findings.append(Finding.of(Check.CLAIMS, Reason.INCOMPLETE_CERTIFICATE, field="expires"))
    elif certificate.expires > limit:
        findings.append(Finding.of(Check.CLAIMS, Reason.TERM_TOO_LONG, limit=limit))
    return findings


def life_end(case: Case, value: int | None) -> tuple[list[Finding], End | None]:
    """CM-6, MS-15, MS-17: the state on the day judged, by the record's events and the list's value.

    Events count from `effective_on`, whenever they were learnt (DT-7). `value` is the list's word
    about the day judged, or None where it has none. Gives the findings
    of a state that has not ended (a suspension), and the end if there is one.
    """
    standing = case.record.standing(case.day) if case.record is not None else None
    by_record = None if standing is None else _OF_STATE.get(standing.state)
    by_list = None if value is None else _OF_VALUE.get(value)
    if standing is not None and by_list is Reason.WITHDRAWN and by_record in _ENDED:
        by_list = None  # the record says which of the endings it was
    if by_record is Reason.DRAFT and case.day < case.certificate.effective:
        by_record = None  # `assess_start` has said so
    code = max(by_record, by_list, key=_RANK.index)
    if code is None:
        return [], None
    agreed = standing if standing is not None and code is by_record else None
    finding = _life_finding(code, agreed)
    if code in _ENDED:
        reason = agreed.event.reason if agreed and agreed.event else None
        return [], End(agreed.since if agreed else None, finding, reason)
    since = agreed.since if agreed and code is Reason.SUSPENDED else None
    return [finding, *_suspended_too_long(case, since)], None


def _suspended_too_long(case: Case, since: date | None) -> list[Finding]:
    """MS-16: so many months of suspension are the usual limit; nothing ends by itself."""
    if since is None or not case.is_ms:
        return []
    limit = add_months(since, case.policy.suspension_limit_months)
    if case.day <= limit:
        return []
    return [Finding.of(Check.STATUS, Reason.SUSPENSION_OVERDUE, date=limit)]


def _life_finding(code: Reason, standing: Standing | None) -> Finding:
    facts: dict[str, Any] = {}
    if standing is not None:
        facts["date"] = standing.since
        if code is Reason.TRANSFERRED and standing.event is not None:
            facts["body"] = standing.event.to_body
            facts["number"] = standing.event.to_number
    return Finding.of(Check.STATUS, code, **facts)


def assess_revision(case: Case, value: int | None) -> list[Finding]:
    """MS-18: an older copy; what was removed since decides. Value 14 alone never accepts."""
    record = case.record
    newer = record is not None and record.revision > case.certificate.revision
    findings = [_removed(case, event) for event in record.events] if record is not None else []
    gone = [finding for finding in findings if finding is not None][:1]
    if not newer and value != 14:
        return gone
    older = Finding.of(Check.STATUS, Reason.SUPERSEDED_REVISION)
    if record is None:
        return [older, Finding.of(Check.STATUS, Reason.RECORD_UNAVAILABLE), *gone]
    return [older, *gone]


def _removed(case: Case, event: RecordEvent) -> Finding | None:
    """MS-18: a reduction after this copy was signed that took out what is asked about."""
    removed, asked = event.removed, case.question
    if removed is None or not case.issued_on <= event.effective_on <= case.day:
        return None
    parts = (
        (asked.activity, removed.codes),
        (asked.site, removed.sites),
        (asked.model, removed.models),
    )
    if not any(part is not None and part in out for part, out in parts):
        return None
    return Finding.of(Check.FIT, Reason.SCOPE_REDUCED_AFTER_THIS_COPY, date=event.effective_on)


def assess_record(case: Case, token_sha256: str) -> list[Finding]:
    """CM-8: the record knows this revision, and as it was signed."""
    record = case.record
    if record is None:
        return []
    revisions, revision = dict(record.revisions), case.certificate.revision
    if revision in revisions:
        if revisions[revision] != token_sha256:
            return [Finding.of(Check.STATUS, Reason.REGISTER_MISMATCH)]
    elif (revisions or revision > record.revision) and (
        record.issued_at >= case.certificate.issued_at
    ):  # signed after the certificate, the record must know it
        return [Finding.of(Check.STATUS, Reason.NOT_ON_REGISTER)]
    return []


def in_use(case: Case) -> bool:
    """Whether marks and references may be used on the day judged: neither suspended nor ended.

    By the record alone; where there is none, the life cycle has its own finding.
    """
    if case.record is None:
        return True
    return case.record.standing(case.day).state in (LifeState.ACTIVE, LifeState.DRAFT)
