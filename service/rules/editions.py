"""Editions of standards: until when one can be certified (rules.md MS-20, PC-15).

The catalogue's last day counts, whatever the certificate says.
"""

from datetime import date

from service.domain.dates import add_months
from service.domain.reason import Reason
from service.domain.verdict import Check, Finding
from service.rules.case import Case
from service.rules.catalogue import StandardEntry


def assess_editions(case: Case) -> list[Finding]:
    """MS-20, PC-15: an edition that has ended, is about to, or has a successor."""
    findings = []
    for named in case.certificate.standards:
        entry = case.catalogue.find(named)
        code = None if entry is None else _code(case, entry)
        if entry is not None and code is not None:
            facts = {"date": entry.transition_end, "standard": named}
            findings.append(Finding.of(Check.STATUS, code, outcome=None, **facts))
    return findings


def _code(case: Case, entry: StandardEntry) -> Reason | None:
    end = entry.transition_end
    if end is None:
        superseded = entry.superseded_by is not None and not case.is_ms
        return Reason.NEWER_EDITION_EXISTS if superseded else None
    if end < _tested(case):
        return Reason.EDITION_ENDED
    about_unit = _tested(case) != case.day  # what was made in time stays so
    soon = case.day >= add_months(end, -case.policy.edition_warning_months)
    return Reason.EDITION_ENDING if soon and not about_unit else None


def _tested(case: Case) -> date:
    """The day on which the edition must still hold: of a product the scheme may say when made."""
    row, made = case.row, case.question.made_on
    test = (row.edition_test if row else None) or case.policy.edition_test
    return made if made is not None and test == "made_on" and not case.is_ms else case.day
