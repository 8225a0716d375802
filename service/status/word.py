"""What status list and record say of one certificate about the day judged (rules.md CM-6, CM-7)."""

from typing import NamedTuple

from service.domain.certificate import Certificate
from service.domain.dates import first_second_after
from service.domain.memory import Memory
from service.domain.reason import Reason
from service.domain.report import Evidence
from service.domain.surveillance import FINAL as FINAL_STATES
from service.domain.surveillance import LifeState, Record
from service.domain.verdict import Check, Finding, Refused
from service.rules.case import Case
from service.status.lookup import Asking, Lookup, final_value
from service.status.status_list import KNOWN, NEVER_ISSUED, TRANSFERRED, WITHDRAWN, StatusList


class Word(NamedTuple):
    """The record, and the list's value about the day; None where there is none that is fresh."""

    record: Record | None
    value: int | None
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]


def ask(lookup: Lookup, case: Case, asking: Asking) -> Word:
    """Look up record and list; the findings say what could not be had or is not understood."""
    certificate = case.certificate
    record = lookup.record(certificate.number, asking)
    if record.document is not None and asking.memory is not None:
        _remember_end(record.document, case, asking.memory)
    listed = lookup.status_list(certificate.status.uri, asking)
    findings = record.findings
    if case.about_now or record.document is None:
        findings += listed.findings
    evidence = tuple(one for one in (listed.evidence, record.evidence) if one is not None)
    value = None
    try:
        if listed.document is not None:
            value = _value(listed.document, certificate, asking.memory)
    except Refused as refused:
        findings += (Finding.of(Check.STATUS, refused.code, **refused.facts),)
    if not case.about_now:
        value, more = _about_day(lookup, case, asking, value, record.document is not None)
        findings += more
    return Word(record.document, value, findings, evidence)


def _remember_end(record: Record, case: Case, memory: Memory) -> None:
    """What is final by the record stays so, whatever a later record says (R12)."""
    pointer, state = case.certificate.status, record.standing(case.today).state
    if state in FINAL_STATES:
        value = TRANSFERRED if state is LifeState.TRANSFERRED else WITHDRAWN
        memory.keep_final(pointer.uri, pointer.idx, value)


def _value(listed: StatusList, certificate: Certificate, memory: Memory | None) -> int:
    """The value at the certificate's index.

    Raises Refused for one without agreed meaning, and STATUS_STALE where the list is older than
    the certificate and does not know its index yet.
    """
    idx = certificate.status.idx
    known = idx < len(listed) and listed.value(idx) != NEVER_ISSUED
    if not known and listed.issued_at < certificate.issued_at:
        raise Refused(Reason.STATUS_STALE, age_s=certificate.issued_at - listed.issued_at)
    value = final_value(listed, idx, memory)
    if value not in KNOWN:
        raise Refused(Reason.STATUS_VALUE_UNKNOWN, value=value)
    return value


def _about_day(
    lookup: Lookup, case: Case, asking: Asking, value: int | None, recorded: bool
) -> tuple[int | None, tuple[Finding, ...]]:
    """The list's value about another day: today's list speaks for today only.

    That an index was never issued holds for every day. A day to come nobody can answer for.
    """
    if case.day > case.today:
        return value, (Finding.of(Check.STATUS, Reason.STATUS_UNAVAILABLE),)
    if value == NEVER_ISSUED or recorded:
        return (value if value == NEVER_ISSUED else None), ()
    moment = first_second_after(case.day, asking.zone) - 1
    past = lookup.status_list(case.certificate.status.uri, asking, time=moment).document
    if past is not None:
        try:
            return _value(past, case.certificate, None), ()
        except Refused as refused:
            return None, (Finding.of(Check.STATUS, refused.code, **refused.facts),)
    if value is None:
        return None, ()
    return None, (Finding.of(Check.STATUS, Reason.RECORD_UNAVAILABLE),)
