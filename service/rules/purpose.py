"""Purposes: what a law demands beyond a good certificate (rules.md PC-19 to PC-23, AB-11).

Genuine and in force are judged along the certificate's own chain; the purpose along one chain from
its own anchor, whose statement names the signing key. What fails there is a finding about fitness.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from service.domain.accreditation import Accreditation, AccreditationEvent
from service.domain.certificate import Certificate
from service.domain.reason import Reason
from service.domain.verdict import Axis, Check, Finding, Outcome
from service.rules.case import Case
from service.rules.ended import (
    adopted,
    after_end,
    ending_for,
    first_day_without,
    made_before,
    suspended_on,
)
from service.rules.marks import seen
from service.rules.packs import Purpose

_PEER = "EA"


def assess_purpose(
    case: Case, purpose: Purpose, designation: Accreditation | None
) -> list[Finding]:
    """The findings of a purpose's rule; `designation` is what its regulator granted the certifier.

    None where the regulator says nothing of the certifier, or does not name the signing key.
    """
    return list(_RULES[purpose.rule](case, purpose, designation))


def _found(code: Reason, /, *, outcome: Outcome | None = None, **facts: object) -> Finding:
    return Finding.of(Check.FIT, code, outcome=outcome, **facts)


def _nrtl(case: Case, _: Purpose, recognition: Accreditation | None) -> Iterator[Finding]:
    """PC-19: own mark, recognised standard and site, recognition in force on the decision."""
    certificate, decided = case.certificate, case.certificate.decided
    if recognition is None or decided < recognition.granted_on:
        yield _found(Reason.NRTL_RECOGNITION_ENDED)
        return
    if not _bears_own_mark(case, recognition):
        yield _found(Reason.NRTL_MARK_MISSING)
    for standard in certificate.standards:
        if not _covers(recognition, certificate, standard):
            yield _found(Reason.NRTL_STANDARD, standard=standard)
    if recognition.offices is not None and certificate.office not in recognition.offices:
        yield _found(Reason.NRTL_SITE, office=certificate.office)
    if suspended_on(_touching(case, recognition), decided):
        yield _found(Reason.NRTL_RECOGNITION_ENDED, date=decided)
    else:
        yield from _nrtl_end(case, recognition)


def _bears_own_mark(case: Case, recognition: Accreditation) -> bool:
    """PC-19 a: a mark registered for the laboratory, and the one that the certificate licenses."""
    registered = {mark for row in recognition.scope for mark in row.marks or ()}
    licensed = case.certificate.mark.id if case.certificate.mark is not None else None
    if licensed is not None and registered:
        if licensed not in registered:
            return False
        registered = {licensed}
    return bool(set(seen(case.question)) & (registered | {"own_mark"}))


def _covers(designation: Accreditation, certificate: Certificate, standard: str) -> bool:
    """PC-19 b, PC-22: a row for that standard, under that scheme, on the day of the decision."""
    return any(
        row.period.covers(certificate.decided) and row.covers(standard, certificate.scheme)
        for row in designation.scope
    )


def _touching(case: Case, designation: Accreditation) -> tuple[AccreditationEvent, ...]:
    certificate = case.certificate
    scheme = certificate.scheme.id if certificate.scheme is not None else None
    return designation.touching(certificate.standards, case.codes, scheme)


def _nrtl_end(case: Case, recognition: Accreditation) -> Iterator[Finding]:
    """PC-19 d, PC-20, PC-21: ended before the decision, or since, and what stays good of it."""
    decided = case.certificate.decided
    event = ending_for(_touching(case, recognition), decided, case.body_day)
    if event is not None and event.effective_on is None:
        yield _found(Reason.NRTL_RECOGNITION_ENDED)
        return
    ended_on = first_day_without(recognition, event, runs_on=True)
    if ended_on is None or (case.body_day < ended_on and decided < ended_on):
        return
    if decided >= ended_on:
        yield _found(Reason.NRTL_RECOGNITION_ENDED, date=ended_on)
    elif not adopted(case, recognition):
        made = made_before(case, ended_on, event)
        code = Reason.MADE_BEFORE_END if made else Reason.NRTL_RECOGNITION_ENDED
        yield _found(code, date=ended_on)


def _notified_body(
    case: Case, purpose: Purpose, designation: Accreditation | None
) -> Iterator[Finding]:
    """PC-22, PC-23: designated for that law and product on the decision, and what came since.

    A certificate names no module: where a law has several, its scheme says which. Whether the
    body's number may stand by the CE cannot be seen from a certificate.
    """
    certificate, decided = case.certificate, case.certificate.decided
    if designation is None:
        yield _found(Reason.REGULATORY_MISMATCH)
        return
    events = _touching(case, designation)
    event = ending_for(events, decided, case.body_day)
    undated = event is not None and event.effective_on is None
    ended_on = first_day_without(designation, event)
    if (
        undated
        or decided < designation.granted_on
        or suspended_on(events, decided)
        or (ended_on is not None and ended_on <= decided)
        or not all(_covers(designation, certificate, one) for one in certificate.standards)
    ):
        yield _found(Reason.REGULATORY_MISMATCH)
    elif ended_on is not None and ended_on <= case.body_day:
        pack = case.catalogue.packs.ended(purpose.ended_pack or case.policy.ended_pack)
        for finding in after_end(case, designation, pack, ended_on, event):
            yield replace(finding, check=Check.FIT, axis=Axis.FITS)


def _eu_authority(case: Case, _: Purpose, __: Accreditation | None) -> Iterator[Finding]:
    """AB-11: accredited by a Member State's national body, peer-evaluated by EA.

    The cases of article 7, in which another state's body may do, cannot be seen from here.
    """
    body = case.recognition
    if body is None or not body.eu_nab or _PEER not in body.peer_evaluated_by:
        yield _found(Reason.NOT_AN_EU_NAB)


_RULES: Mapping[str, Callable[[Case, Purpose, Accreditation | None], Iterator[Finding]]] = {
    "nrtl": _nrtl,
    "notified_body": _notified_body,
    "eu_authority": _eu_authority,
}
RULES = frozenset(_RULES)
