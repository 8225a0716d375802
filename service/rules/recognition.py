"""Recognition of the accreditation body (rules.md 2d): for this norm and standard, then and now.

An arrangement recognises norms; a standard beyond a row's list is a warning where the row says that
the whole norm is recognised, and refused where it does not (AB-3). AB-1, a body outside every
pinned arrangement, is found by the chain.
"""

from datetime import date, timedelta

from service.domain.accreditation import RecognitionRow
from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.scope import any_covers
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case


def assess_recognition(case: Case) -> list[Finding]:
    """AB-2 to AB-6, and what an accreditation body granted beyond its own recognition (CM-9)."""
    if case.recognition is None:
        return []
    rows = [
        row
        for row in case.recognition.rows
        if row.norm in case.norms and (case.policy.continuity or not row.by_continuity)
    ]
    decided = [row for row in rows if row.period.covers(case.certificate.decided)]
    now = [row for row in rows if row.period.covers(case.body_day)]
    if not decided and not now:
        return [_never(case, rows)]
    if not decided:
        return [_found(Reason.AB_NOT_RECOGNISED_FOR_THIS_KIND)]
    findings = [] if now else [_ended(case, decided)]
    for standard in case.certificate.standards:
        findings += _standard(case, decided, standard)
    findings += _suspended(case, rows)
    if case.policy.continuity and any(row.by_continuity for row in now):
        findings.append(_found(Reason.AB_RECOGNISED_BY_CONTINUITY))
    return findings


def _found(code: Reason, /, *, outcome: Outcome | None = None, **facts: object) -> Finding:
    return Finding.of(Check.COVERAGE, code, outcome=outcome, **facts)


def _never(case: Case, rows: list[RecognitionRow]) -> Finding:
    """AB-2, AB-6: recognised neither then nor now; perhaps it had ended before the decision."""
    ends = [row.period.last for row in rows if row.period.last is not None]
    before = [end for end in ends if end < case.certificate.decided]
    if not before:
        return _found(Reason.AB_NOT_RECOGNISED_FOR_THIS_KIND)
    return _found(Reason.AB_RECOGNITION_ENDED, date=max(before) + timedelta(days=1))


def _ended(case: Case, rows: list[RecognitionRow]) -> Finding:
    """AB-6: recognised on the day of the decision, ended since."""
    last = max(row.period.last or date.max for row in rows)
    if case.body_day < last:  # a row that begins after the day judged
        return _found(Reason.AB_NOT_RECOGNISED_FOR_THIS_KIND)
    ended_on = last + timedelta(days=1)
    limit = add_months(ended_on, case.policy.ab_grace_months)
    if case.certificate.expires is not None:
        limit = min(limit, case.certificate.expires)
    code = (
        Reason.AB_RECOGNITION_ENDED_TRANSFER_BY
        if case.body_day <= limit
        else Reason.AB_RECOGNITION_ENDED
    )
    return _found(code, date=ended_on, limit=limit)


def _standard(case: Case, rows: list[RecognitionRow], standard: str) -> list[Finding]:
    """AB-3, CM-9: a standard beyond the list."""
    if any(any_covers(row.standards, standard) for row in rows):
        return []
    if any(row.main_scope for row in rows):
        return [_found(Reason.MAIN_SCOPE_ONLY, standard=standard)]
    findings = [_found(Reason.AB_NOT_RECOGNISED_FOR_THIS_KIND, standard=standard)]
    accreditation = case.accreditation
    if accreditation is not None and any(
        row.covers(standard, case.certificate.scheme) for row in accreditation.scope
    ):
        findings.append(_found(Reason.SCOPE_WIDENED, standard=standard))
    return findings


def _suspended(case: Case, rows: list[RecognitionRow]) -> list[Finding]:
    """AB-5: on the day of the decision it refuses, today it warns; at home it is a remark."""
    spells = [spell for row in rows for spell in row.suspended]
    for spell in spells:
        if spell.covers(case.certificate.decided):
            return [
                _found(Reason.AB_RECOGNITION_SUSPENDED, outcome=Outcome.REJECT, date=spell.first)
            ]
    economy = case.recognition.economy if case.recognition is not None else ()
    home = case.certificate.holder.country in economy
    for spell in spells:
        if spell.covers(case.body_day):
            outcome = Outcome.REJECT if case.policy.ab_suspended == "reject" else None
            outcome = Outcome.NOTE if home else outcome
            return [_found(Reason.AB_RECOGNITION_SUSPENDED, outcome=outcome, date=spell.first)]
    return []
