"""What was checked and found: sentences with what they mean and what to do; codes are folded."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.reason import Reason
from service.domain.report import Report
from service.domain.verdict import SEVERITY, Answer, Axis, Check, Finding, Outcome, code_table
from service.web.view.words import Line, first_sentence, foreign, number, own, sentence

# What a passed check established, in the order in which the checks are made.
_PASSED: Mapping[Check, str] = {
    Check.READ: "The code could be read in full.",
    Check.PARSE: "It is written exactly as certificates are.",
    Check.CHAIN: "The bodies behind it lead to an authority that this service knows.",
    Check.KEY: "The key belongs to the certifier, for certificates, at the time of signing.",
    Check.SIGNATURE: "The signature fits, so nothing was changed since.",
    Check.CLAIMS: "Its statements and dates are complete and agree.",
    Check.COVERAGE: "The certifier was accredited for this when it decided it, and since.",
    Check.STATUS: "Within its dates, not suspended and not withdrawn.",
    Check.SURVEILLANCE: "The regular checks that keep it alive were made.",
    Check.FIT: "It answers what you asked.",
    Check.MARK: "The mark may be used as you saw it.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value."""

    label: str
    value: Line


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding as it is shown."""

    outcome: str
    text: Line
    means: Line | None
    next: Line | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ChecksView:
    """The findings, and the checks that passed."""

    title: str
    lead: str | None
    findings: tuple[FindingView, ...]
    passed_title: str
    passed: tuple[str, ...]


def said(finding: Finding, text: str) -> Line | None:
    """One of the texts that the code table has for a finding; None if there is none."""
    if finding.code is None or (template := code_table()[finding.code].texts.get(text)) is None:
        return None
    return sentence(template, finding.facts)


def in_short(finding: Finding) -> Line:
    """A finding in a few words, or in its first sentence."""
    return said(finding, "short") or first_sentence(said(finding, "sentence") or ())


def shown(report: Report) -> tuple[Finding, ...]:
    """The findings that may be shown: of what is not proven genuine only why it is not (R14)."""
    if report.genuine is Answer.YES:
        return report.reasons
    return tuple(f for f in report.reasons if f.axis in (Axis.GENUINE, None))


def worst_on(report: Report, axis: Axis) -> Finding | None:
    """The worst finding about one of the three questions; None if there are only notes."""
    found = [f for f in report.reasons if f.axis is axis and SEVERITY[f.outcome]]
    return found[0] if found else None


def has(report: Report, codes: frozenset[Reason]) -> Finding | None:
    """The worst finding with one of these codes."""
    return next((f for f in report.reasons if f.code in codes), None)


def checks(report: Report) -> ChecksView:
    """Every finding, worst first, and the checks that passed."""
    reasons = shown(report)
    findings = tuple(_finding(f, proven=report.genuine is Answer.YES) for f in reasons)
    graver = any(SEVERITY[f.outcome] for f in reasons)
    passed = _passed(report)
    count = f"{number(len(passed))} check{'' if len(passed) == 1 else 's'}"
    lead = None
    if not graver:
        lead = f"{count.capitalize()}, all passed."
        if findings:
            remarks = "one remark" if len(findings) == 1 else f"{number(len(findings))} remarks"
            lead = f"{count.capitalize()}, all passed; {remarks}."
    other = f"{number(len(passed))} other check{'' if len(passed) == 1 else 's'} passed"
    return ChecksView(
        title="What we found" if graver else "What we checked",
        lead=lead,
        findings=findings,
        passed_title=other.capitalize() if graver else f"The {count}",
        passed=passed,
    )


def _passed(report: Report) -> tuple[str, ...]:
    # A check with a finding that is more than a note has not passed, whatever else it found.
    failed = {f.check for f in report.findings if SEVERITY[f.outcome]}
    held = {f.check for f in report.findings if f.outcome is Outcome.ACCEPT} - failed
    if report.fits is Answer.NOT_ASKED:
        held.discard(Check.FIT)
    return tuple(text for check, text in _PASSED.items() if check in held)


def _finding(finding: Finding, *, proven: bool) -> FindingView:
    return FindingView(
        outcome=str(finding.outcome),
        text=said(finding, "sentence") or (),
        means=said(finding, "means"),
        next=said(finding, "next"),
        rows=tuple(_rows(finding, proven=proven)),
    )


def _rows(finding: Finding, *, proven: bool) -> list[Row]:
    """Code, rule and facts; of what is not proven genuine no facts (R14)."""
    rows = [Row("Code", own(str(finding.code)))]
    for label, text in (("Rule", "source"), ("For professionals", "professional")):
        if line := said(finding, text):
            rows.append(Row(label, line))
    if proven:
        for name, value in finding.facts.items():
            if value is not None:
                label = name.replace("_", " ").capitalize()
                rows.append(Row(label, sentence("{value}", {"value": value})))
    return rows


def row(label: str, text: str | None) -> list[Row]:
    """A row with somebody else's words; none where there are none."""
    return [Row(label, foreign(text))] if text else []
