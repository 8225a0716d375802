"""What was checked and found: sentences with what they mean and what to do; codes are folded."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from service.domain.reason import Reason
from service.domain.report import Report
from service.domain.verdict import (
    SEVERITY,
    Answer,
    Axis,
    Check,
    Finding,
    Outcome,
    Verdict,
    code_table,
)
from service.web.language import N_, _, language, ngettext
from service.web.view.words import Line, first_sentence, foreign, number, own, sentence

# What a passed check established, in the order in which the checks are made.
_PASSED: Mapping[Check, str] = {
    Check.READ: N_("The code could be read in full."),
    Check.PARSE: N_("It is written exactly as certificates are."),
    Check.CHAIN: N_("The bodies behind it lead to an authority that this service knows."),
    Check.KEY: N_("The key belongs to the certifier, for certificates, at the time of signing."),
    Check.SIGNATURE: N_("The signature fits, so nothing was changed since."),
    Check.CLAIMS: N_("Its statements and dates are complete and agree."),
    Check.COVERAGE: N_("The certifier was accredited for this when it decided it, and since."),
    Check.STATUS: N_("Within its dates, not suspended and not withdrawn."),
    Check.SURVEILLANCE: N_("The regular checks that keep it alive were made."),
    Check.FIT: N_("It answers what you asked."),
    Check.MARK: N_("The mark may be used as you saw it."),
}
# Texts that say what a finding is about; the others name its rule.
_ABOUT = frozenset({"short", "means", "next"})
# Groups of codes that any signed paper can meet with.
_OF_TOKENS = frozenset({"token", "key", "claims"})
# More steps than these are no advice.
_MOST_STEPS = 3


class Row(NamedTuple):
    """A label and its value, which may be in English for professionals of every country."""

    label: str
    value: Line
    english: bool = False


class FindingView(NamedTuple):
    """One finding as it is shown."""

    outcome: str
    text: Line
    means: Line | None
    next: Line | None
    rows: tuple[Row, ...]


class ChecksView(NamedTuple):
    """The findings, and the checks that passed."""

    title: str
    lead: str | None
    findings: tuple[FindingView, ...]
    passed_title: str
    passed: tuple[str, ...]


def said(finding: Finding, text: str) -> Line | None:
    """One of the texts that the code table has for a finding; None if there is none."""
    code = _speaker(finding) if text in _ABOUT else finding.code
    if code is None or (template := code_table()[code].texts.get(text)) is None:
        return None
    return sentence(_(template).replace("`", ""), finding.facts)


def _speaker(finding: Finding) -> Reason | None:
    """The code whose texts say what a finding means; None where it means nothing for the reader.

    Codes of a token are worded for certificates. Found on a paper about a body, or on a list or
    record, it is that paper that is missing (security.md section 4, "whose token is at fault").
    """
    if finding.code is None:
        return None
    entry = code_table()[finding.code]
    if finding.check is Check.STATUS and entry.outcome is not finding.outcome:
        if finding.outcome is Outcome.NOTE:  # a fresh one was at hand in its place
            return None
        if finding.outcome is Outcome.CANNOT_CONFIRM:
            return Reason.STATUS_UNAVAILABLE
    if finding.check is Check.CHAIN and entry.group in _OF_TOKENS:
        return Reason.CHAIN_NO_ANCHOR
    return finding.code


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


def has(reasons: tuple[Finding, ...], codes: frozenset[Reason]) -> Finding | None:
    """The worst of a report's reasons with one of these codes."""
    return next((f for f in reasons if f.code in codes), None)


def next_steps(report: Report) -> tuple[Line, ...]:
    """What the worst findings say to do, each once."""
    reasons = shown(report)
    worst = max((SEVERITY[f.outcome] for f in reasons), default=0)
    lines = (said(f, "next") for f in reasons if SEVERITY[f.outcome] == worst)
    return tuple(dict.fromkeys(line for line in lines if line))[:_MOST_STEPS]


def checks(report: Report) -> ChecksView:
    """Every finding, worst first, and the checks that passed.

    What the advice above has said is not said again; an accepted certificate has none.
    """
    reasons = shown(report)
    told = () if report.verdict is Verdict.ACCEPT else next_steps(report)
    proven, spoken = report.genuine is Answer.YES, language()
    findings = tuple(_finding(f, told, spoken, proven=proven) for f in reasons)
    graver = any(SEVERITY[f.outcome] for f in reasons)
    passed = _passed(report)
    return ChecksView(
        title=_("What we found") if graver else _("What we checked"),
        lead=None if graver else _all_passed(len(passed), len(findings)),
        findings=findings,
        passed_title=_passed_title(len(passed), graver=graver),
        passed=passed,
    )


def _all_passed(count: int, remarks: int) -> str:
    checks = ngettext("{n} check, all passed", "{n} checks, all passed", count)
    shown = checks.format(n=number(count))
    if remarks:
        more = ngettext("{n} remark", "{n} remarks", remarks).format(n=number(remarks))
        shown = _("{checks}; {remarks}").format(checks=shown, remarks=more)
    return _("{sentence}.").format(sentence=_capital(shown))


def _passed_title(count: int, *, graver: bool) -> str:
    if graver:
        text = ngettext("{n} other check passed", "{n} other checks passed", count)
    else:
        text = ngettext("The {n} check", "The {n} checks", count)
    return _capital(text.format(n=number(count)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _passed(report: Report) -> tuple[str, ...]:
    # A check with a finding that is more than a note has not passed, whatever else it found.
    failed = {f.check for f in report.findings if SEVERITY[f.outcome]}
    held = {f.check for f in report.findings if f.outcome is Outcome.ACCEPT} - failed
    if report.fits is Answer.NOT_ASKED:
        held.discard(Check.FIT)
    return tuple(_(text) for check, text in _PASSED.items() if check in held)


@lru_cache(1_024)
def _finding(
    finding: Finding, told: tuple[Line, ...], _spoken: str, *, proven: bool
) -> FindingView:
    to_do = said(finding, "next")
    return FindingView(
        outcome=str(finding.outcome),
        text=said(finding, "sentence") or (),
        means=said(finding, "means"),
        next=None if to_do in told else to_do,
        rows=tuple(_rows(finding, proven=proven)),
    )


def _rows(finding: Finding, *, proven: bool) -> list[Row]:
    """Code, rule and facts; of what is not proven genuine no facts (R14).

    Its rule is left out too: a rejection is one sheet of paper, and the clause is said in full.
    """
    rows = [Row(_("Code"), own(str(finding.code)))]
    rule = ((_("Rule"), "source"),) if proven else ()
    for label, text in (*rule, (_("For professionals"), "professional")):
        if line := said(finding, text):
            rows.append(Row(label, line, english=True))
    if proven:
        for name, value in finding.facts.items():
            if value is not None:
                label = name.replace("_", " ").capitalize()
                rows.append(Row(label, sentence("{value}", {"value": value})))
    return rows


def row(label: str, text: str | None) -> list[Row]:
    """A row with somebody else's words; none where there are none."""
    return [Row(label, foreign(text))] if text else []
