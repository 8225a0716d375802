"""Purposes: what a law demands beyond a good certificate (rules.md PC-19 to PC-23, AB-11).

Genuine and in force are judged along the certificate's own chain; the purpose along one chain from
its own anchor, whose statement names the signing key. What fails there is a finding about fitness.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from service.domain.accreditation import Accreditation, ending
from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case

# Renewal is filed so many months before the end (29 CFR 1910.7 App. A II.C).
_FILED_MONTHS = (12, 9)
_PEER = "EA"


def assess_purpose(case: Case, rule: str, designation: Accreditation | None) -> list[Finding]:
    """The findings of a purpose's rule; `designation` is what its regulator granted the certifier.

    None where the regulator says nothing of the certifier, or does not name the signing key.
    """
    return list(_RULES[rule](case, designation))


def _found(code: Reason, /, *, outcome: Outcome | None = None, **facts: object) -> Finding:
    return Finding.of(Check.FIT, code, outcome=outcome, **facts)


def _nrtl(case: Case, recognition: Accreditation | None) -> Iterator[Finding]:
    """PC-19 to PC-21: own mark, recognised standard and site, recognition in force."""
    certificate, decided = case.certificate, case.certificate.decided
    if recognition is None or decided < recognition.granted_on:
        yield _found(Reason.NRTL_RECOGNITION_ENDED)
        return
    marks = {mark for row in recognition.scope for mark in row.marks or ()}
    if certificate.mark is not None and certificate.mark.id is not None:
        marks &= {certificate.mark.id}
    if not set(case.question.seen) & (marks | {"own_mark"}):
        yield _found(Reason.NRTL_MARK_MISSING)
    for standard in certificate.standards:
        if not any(
            row.period.covers(decided) and row.covers(standard, certificate.scheme)
            for row in recognition.scope
        ):
            yield _found(Reason.NRTL_STANDARD, standard=standard)
    if recognition.offices is not None and certificate.office not in recognition.offices:
        yield _found(Reason.NRTL_SITE, office=certificate.office)
    yield from _nrtl_end(case, recognition)


def _nrtl_end(case: Case, recognition: Accreditation) -> Iterator[Finding]:
    certificate = case.certificate
    ended_on = _ended_on(recognition)
    if ended_on is None or case.body_day < ended_on:
        return
    if certificate.decided >= ended_on:
        yield _found(Reason.NRTL_RECOGNITION_ENDED, date=ended_on)
        return
    adopted = any(certificate.number in one.numbers for one in recognition.adoptions)
    made = case.question.made_on
    if adopted:
        return
    if made is not None and made < ended_on:
        yield _found(Reason.MADE_BEFORE_END, date=ended_on)
    else:
        yield _found(Reason.NRTL_RECOGNITION_ENDED, date=ended_on)


def _ended_on(recognition: Accreditation) -> date | None:
    """The first day without it; past its term it runs on where renewal was filed in time."""
    event = ending(recognition.events)
    if event is not None:
        return event.effective_on or date.min
    expires, filed = recognition.expires_on, recognition.renewal_filed_on
    if expires is None:
        return None
    first, last = (add_months(expires, -months) for months in _FILED_MONTHS)
    if filed is not None and first <= filed <= last:
        return None
    return expires + timedelta(days=1)


def _notified_body(case: Case, designation: Accreditation | None) -> Iterator[Finding]:
    """PC-22: designated for that law and product on the day of the decision."""
    certificate, decided = case.certificate, case.certificate.decided
    if (
        designation is None
        or decided < designation.granted_on
        or ((end := _ended_on(designation)) is not None and end <= decided)
        or not all(
            any(
                row.period.covers(decided) and row.covers(standard, certificate.scheme)
                for row in designation.scope
            )
            for standard in certificate.standards
        )
    ):
        yield _found(Reason.REGULATORY_MISMATCH)


def _eu_authority(case: Case, _: Accreditation | None) -> Iterator[Finding]:
    """AB-11: accredited by a Member State's national body, peer-evaluated by EA."""
    body = case.recognition
    if body is None or not body.eu_nab or _PEER not in body.peer_evaluated_by:
        yield _found(Reason.NOT_AN_EU_NAB)


_RULES: Mapping[str, Callable[[Case, Accreditation | None], Iterator[Finding]]] = {
    "nrtl": _nrtl,
    "notified_body": _notified_body,
    "eu_authority": _eu_authority,
}
RULES = frozenset(_RULES)
