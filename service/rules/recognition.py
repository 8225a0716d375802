"""Recognition of the accreditation body (rules.md 2d): for this norm and standard, then and now.

An arrangement recognises norms; a standard beyond a row's list is a warning where the row says that
the whole norm is recognised, and refused where it does not (AB-3). AB-1, a body outside every
pinned arrangement, AB-7, one that accredits itself, and AB-8, one that bears another's name, are
found by the chain.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from service.domain.accreditation import RecognitionRow
from service.domain.dates import Period, add_months
from service.domain.reason import Reason
from service.domain.scope import any_covers
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case

# From this day Global ACI recognises, and IAF and ILAC no longer do (AB-4).
ARRANGEMENTS_JOINED = date(2026, 1, 1)
_ONE_DAY = timedelta(days=1)


def assess_recognition(case: Case) -> list[Finding]:
    """AB-2 to AB-6, and what an accreditation body granted beyond its own recognition (CM-9)."""
    if case.recognition is None:
        return []
    rows = [*_rows(case)]
    decided = [row for row in rows if row.period.covers(case.certificate.decided)]
    if not decided:
        return [_not_then(case, rows)]
    findings: list[Finding] = []
    for standard in case.certificate.standards:
        findings += (one for one in _standard(case, rows, standard) if one not in findings)
    findings += _suspended(case, rows)
    joined = case.body_day >= ARRANGEMENTS_JOINED
    if joined and any(row.by_continuity for row in _in_force(rows, case.body_day)):
        findings.append(_found(Reason.AB_RECOGNISED_BY_CONTINUITY))
    return findings


def _rows(case: Case) -> Iterator[RecognitionRow]:
    """AB-4: the rows of the norm; without `continuity` the old arrangements' end with them."""
    last = ARRANGEMENTS_JOINED - _ONE_DAY
    for row in case.recognition.rows if case.recognition is not None else ():
        if row.norm not in case.norms:
            continue
        if case.policy.continuity or not row.by_continuity or _ends_by(row, last):
            yield row
        elif row.period.first <= last:
            yield replace(row, period=Period(row.period.first, last))


def _ends_by(row: RecognitionRow, day: date) -> bool:
    return row.period.last is not None and row.period.last <= day


def assess_displays(case: Case) -> Iterator[Finding]:
    """AB-9, AB-10: marks of an arrangement that the certificate shows; none at all is no fault."""
    shown, launch = case.certificate.displays, case.policy.global_aci_mark_launch
    if "global_aci_mra" in shown and (launch is None or case.certificate.issued_at < launch):
        yield _found(Reason.ARRANGEMENT_MARK_TOO_EARLY)
    if {"iaf_mla", "ilac_mra"} & set(shown) and "ab_symbol" not in shown:
        yield _found(Reason.ARRANGEMENT_MARK_ALONE)


def _found(code: Reason, /, *, outcome: Outcome | None = None, **facts: object) -> Finding:
    return Finding.of(Check.COVERAGE, code, outcome=outcome, **facts)


def _in_force(rows: Iterable[RecognitionRow], day: date) -> list[RecognitionRow]:
    return [row for row in rows if row.period.covers(day)]


def _not_then(case: Case, rows: list[RecognitionRow]) -> Finding:
    """AB-2, AB-6: not recognised on the day of the decision; perhaps it had just ended."""
    ends = [row.period.last for row in rows if row.period.last is not None]
    before = [end for end in ends if end < case.certificate.decided]
    if not before or _in_force(rows, case.body_day):
        return _found(Reason.AB_NOT_RECOGNISED_FOR_THIS_KIND)
    return _found(Reason.AB_RECOGNITION_ENDED, date=max(before) + _ONE_DAY)


def _standard(case: Case, rows: list[RecognitionRow], standard: str) -> Iterator[Finding]:
    """AB-3, AB-6, CM-9: one standard, on the day of the decision and on the day judged.

    The rows that list it count; else those that recognise the whole norm.
    """
    decided = case.certificate.decided
    listing = [row for row in rows if any_covers(row.standards, standard)]
    whole = [row for row in rows if row.main_scope]
    then = _in_force(listing, decided) or _in_force(whole, decided)
    if not then:
        yield _found(Reason.AB_NOT_RECOGNISED_FOR_THIS_KIND, standard=standard)
        if _accredited_for(case, standard):
            yield _found(Reason.SCOPE_WIDENED, standard=standard)
        return
    now = _in_force(listing, case.body_day) or _in_force(whole, case.body_day)
    if not now:
        yield _ended(case, then)
    elif not all(any_covers(row.standards, standard) for row in (*then, *now)):
        yield _found(Reason.MAIN_SCOPE_ONLY, standard=standard)


def _accredited_for(case: Case, standard: str) -> bool:
    accreditation = case.accreditation
    return accreditation is not None and any(
        row.covers(standard, case.certificate.scheme) for row in accreditation.scope
    )


def _ended(case: Case, rows: list[RecognitionRow]) -> Finding:
    """AB-6: recognised on the day of the decision, ended since."""
    last = max(row.period.last or date.max for row in rows)
    if case.body_day < last:  # a row that begins after the day judged
        return _found(Reason.AB_NOT_RECOGNISED_FOR_THIS_KIND)
    ended_on = last + _ONE_DAY
    limit = add_months(ended_on, case.policy.ab_grace_months)
    if case.certificate.expires is not None:
        limit = min(limit, case.certificate.expires)
    in_time = case.body_day <= limit
    code = Reason.AB_RECOGNITION_ENDED
    return _found(
        Reason.AB_RECOGNITION_ENDED_TRANSFER_BY if in_time else code, date=ended_on, limit=limit
    )


def _suspended(case: Case, rows: list[RecognitionRow]) -> list[Finding]:
    """AB-5: on the day of the decision it refuses, today it warns; at home it is a remark."""
    standards = case.certificate.standards
    listing = [row for row in rows if any(any_covers(row.standards, one) for one in standards)]
    concerned = listing or [row for row in rows if row.main_scope]
    spells = [spell for row in concerned for spell in row.suspended]
    for spell in spells:
        if spell.covers(case.certificate.decided):
            outcome = Outcome.REJECT
            return [_found(Reason.AB_RECOGNITION_SUSPENDED, outcome=outcome, date=spell.first)]
    economy = case.recognition.economy if case.recognition is not None else ()
    home = case.certificate.holder.country in economy
    for spell in spells:
        if spell.covers(case.body_day):
            rejects = case.policy.ab_suspended == "reject"
            outcome = Outcome.REJECT if rejects else Outcome.ACCEPT_WITH_WARNING
            outcome = Outcome.NOTE if home else outcome
            return [_found(Reason.AB_RECOGNITION_SUSPENDED, outcome=outcome, date=spell.first)]
    return []
