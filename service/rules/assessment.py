"""The tables together: what all of them say of one case, in the order in which findings are shown.

Pure functions, like the tables; the verifier calls them with evidence that is proven and fresh.
"""

from dataclasses import replace

from service.domain.accreditation import Accreditation
from service.domain.question import EMPTY
from service.domain.reason import Reason
from service.domain.report import SurveillanceSummary
from service.domain.verdict import Check, Finding, Outcome
from service.rules import fitness, licence, life_cycle, management_system, product
from service.rules.accreditation import assess_accreditation
from service.rules.case import Case
from service.rules.editions import assess_editions
from service.rules.evidence_order import assess_order
from service.rules.life_cycle import End
from service.rules.marks import assess_iso_logo
from service.rules.purpose import assess_purpose
from service.rules.recognition import assess_displays, assess_recognition
from service.rules.surveillance import assess_surveillance, overdue
from service.rules.wording import assess_titles

# Of another kind altogether: what a law demands besides does not matter any more (CM-1).
_OTHER_KIND = frozenset({*fitness.MATRIX.values(), *fitness.NO_CERTIFICATE.values()})
_PAUSES = frozenset({Reason.SUSPENDED, Reason.SUSPENSION_OVERDUE})
# Of what has ended nobody asks whether the next check is late.
_ENDS = frozenset(
    {
        Reason.EXPIRED,
        Reason.EXPIRED_RESTORABLE,
        Reason.WITHDRAWN,
        Reason.CANCELLED,
        Reason.TRANSFERRED,
        Reason.MADE_BEFORE_END,
    }
)
# Status list values with a rule of their own (security.md 4.6).
SURV_OVERDUE, SUPERSEDED = 12, 14


def assess_coverage(case: Case) -> list[Finding]:
    """Step 7: recognition and accreditation, on the day of the decision and on the day judged."""
    findings = [*assess_recognition(case), *assess_accreditation(case), *assess_displays(case)]
    return _passed_if_none(findings, Check.COVERAGE)


def assess_statement(case: Case) -> list[Finding]:
    """What the certificate says and shows of itself, whatever is asked."""
    of_kind = management_system if case.is_ms else product
    findings = [
        *life_cycle.assess_statement(case),
        *assess_order(case),
        *of_kind.assess_statement(case),
        *assess_titles(case),
        *assess_iso_logo(case),
    ]
    return _passed_if_none(findings, Check.CLAIMS)


def assess_fit(case: Case, designation: Accreditation | None = None) -> list[Finding]:
    """Step 9: the question; an empty one may still meet a certificate for samples only.

    `designation` is what the regulator of the asked purpose granted the certifier.
    """
    asked = case.question
    findings = fitness.assess_fit(case)
    if asked is EMPTY or asked == EMPTY:
        return findings
    meant = case.catalogue.packs.purpose(asked.purpose)
    if meant is not None and not any(finding.code in _OTHER_KIND for finding in findings):
        findings += assess_purpose(case, meant, designation)
    return _passed_if_none(findings, Check.FIT)


def ended_by_term(case: Case) -> End | None:
    """CM-6: an expired certificate asked about now; then nothing further is looked up."""
    if not case.about_now or case.question.made_on is not None:
        return None
    return life_cycle.term_end(case)


def assess_life(
    case: Case, value: int | None, token_sha256: str
) -> tuple[list[Finding], SurveillanceSummary | None]:
    """Step 8: dates, life cycle and surveillance on the day judged.

    `value` is the status list's word about that day, None where it has none; the case has the
    record if there is one. Surveillance is computed from the record; where the list says that it
    is overdue, the worse counts (CM-6, `status_disagreement`).
    """
    findings = [
        *life_cycle.assess_record(case, token_sha256),
        *life_cycle.assess_start(case),
        *life_cycle.assess_ending_soon(case),
        *life_cycle.assess_revision(case, value),
        *assess_editions(case),
    ]
    findings += _assess_state(case, value)
    if _rests_on_record(case, value):
        findings.append(Finding.of(Check.STATUS, Reason.RECORD_UNAVAILABLE))
    late, summary = _surveillance(case, value)
    ended = any(finding.code in _ENDS for finding in findings)
    return [*_unique(findings), *([] if ended else late)], summary


def _assess_state(case: Case, value: int | None) -> list[Finding]:
    """CM-6, MS-19: one state on the day judged, expiry first.

    A suspension that runs past the end ends with it; of a unit made on a known day both are asked.
    """
    states, life = life_cycle.life_end(case, value)
    term = life_cycle.term_end(case)
    ends = [end for end in (term, life) if end is not None]
    if term is not None and case.question.made_on is None:
        states = [finding for finding in states if finding.code not in _PAUSES]
    found = licence.assess_suspension(case, states)
    return [*found, *(licence.assess_ends(case, ends) if ends else ())]


def _rests_on_record(case: Case, value: int | None) -> bool:
    """CM-7: what the list alone cannot answer, though it was at hand."""
    if case.record is not None or value is None or value == SUPERSEDED:
        return False  # 14 without a record is said by `assess_revision`
    endless = case.certificate.product is not None and case.certificate.expires is None
    return endless or case.question.made_on is not None


def _surveillance(
    case: Case, value: int | None
) -> tuple[list[Finding], SurveillanceSummary | None]:
    check = Check.SURVEILLANCE
    if case.record is not None:
        findings, summary = assess_surveillance(case)
        if value == SURV_OVERDUE and summary.state != "overdue":
            return [*findings, overdue(case)], replace(summary, state="overdue")
        return _passed_if_none(findings, check), summary
    if value is None:
        return [], None
    if value == SURV_OVERDUE:
        return [overdue(case)], SurveillanceSummary("overdue", source="status_list")
    relied = Finding.of(Check.STATUS, Reason.RELIED_ON_LIST)
    summary = SurveillanceSummary("current", source="status_list")
    return [relied, Finding.passed(check)], summary


def _unique(findings: list[Finding]) -> list[Finding]:
    """Two tables may find the same; it is said once."""
    kept: list[Finding] = []
    for finding in findings:
        if finding not in kept:
            kept.append(finding)
    return kept


def _passed_if_none(findings: list[Finding], check: Check) -> list[Finding]:
    """The findings, with a passed check where none of them is more than a note."""
    if all(finding.outcome is Outcome.NOTE for finding in findings):
        return [*findings, Finding.passed(check)]
    return findings
