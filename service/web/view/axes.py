"""The three questions, always shown: is it genuine, is it in force, does it fit what was asked?"""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.certificate import Certificate, Kind
from service.domain.question import Question
from service.domain.report import Report
from service.domain.verdict import Answer, Axis, Check, Outcome
from service.web.view.findings import in_short, worst_on
from service.web.view.subject import certifier
from service.web.view.words import Line, dated, day, foreign, own

_COVERED: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: "how the company works",
    Kind.PRODUCT: "a product",
    Kind.SERVICE: "a service",
}
_ASKED_NOUNS: Mapping[str, str] = {
    "model": "model",
    "gtin": "GTIN",
    "serial": "serial number",
    "lot": "lot",
    "made_on": "day it was made",
    "factory": "factory",
    "revision": "revision",
    "standard": "standard",
    "site": "site",
    "activity": "activity",
    "holder": "company",
    "placement": "place of the mark",
    "purpose": "purpose",
}


@dataclass(frozen=True, slots=True)
class AxisView:
    """One question: its mark, its answer in a word, and why."""

    name: str
    label: str
    more: str
    mark: str
    word: str
    why: Line


def axes(report: Report) -> tuple[AxisView, ...]:
    """The answers; where it is not proven genuine the other two were not judged."""
    return (_genuine(report), _in_force(report), _fits(report))


def _mark(report: Report, axis: Axis) -> str:
    finding = worst_on(report, axis)
    return str(Outcome.ACCEPT if finding is None else finding.outcome)


def _genuine(report: Report) -> AxisView:
    finding = worst_on(report, Axis.GENUINE)
    words = {Answer.YES: "Yes", Answer.NO: "No"}
    why = _signed(report) if finding is None else in_short(finding)
    return AxisView(
        "genuine",
        "Genuine",
        "",
        _mark(report, Axis.GENUINE),
        words.get(report.genuine, "Unknown"),
        why,
    )


def _signed(report: Report) -> Line:
    # Where the accreditation is a finding of its own, only the signature is stated here.
    covered = any(
        f.check is Check.COVERAGE and f.outcome is Outcome.ACCEPT for f in report.findings
    )
    troubled = any(f.check is Check.COVERAGE and f.code is not None for f in report.findings)
    by = foreign(certifier(report))
    if covered and not troubled:
        return (*own("Signed by "), *by, *own(", which a recognised body accredits."))
    return (*own("Signed by "), *by, *own(", and unchanged since."))


def _in_force(report: Report) -> AxisView:
    on = report.question.on
    more = f" on {day(on)}" if on else ""
    if report.genuine is not Answer.YES:
        why = own("Only a genuine certificate can be in force.")
        return AxisView("in_force", "In force", more, "not_asked", "Not checked", why)
    finding = worst_on(report, Axis.IN_FORCE)
    word = {Answer.YES: "Yes", Answer.NO: "No"}.get(report.in_force, "Unknown")
    if finding is not None and report.in_force is Answer.YES:
        word = "Yes, for now" if "limit" in finding.facts else "Yes, with a warning"
    why = _alive(report) if finding is None else in_short(finding)
    return AxisView("in_force", "In force", more, _mark(report, Axis.IN_FORCE), word, why)


def _alive(report: Report) -> Line:
    certificate, summary = report.certificate, report.surveillance
    line: Line = ()
    if summary is not None and summary.last is not None:
        line = (*own("Last checked "), *dated(summary.last), *own(". "))
    if certificate is not None and certificate.expires is not None:
        return (*line, *own("Valid to "), *dated(certificate.expires), *own("."))
    return (*line, *own("No fixed end."))


def _fits(report: Report) -> AxisView:
    label, more = "Fits", " your question"
    if report.genuine is not Answer.YES:
        why = own("Only a genuine certificate can answer a question.")
        return AxisView("fits", label, more, "not_asked", "Not checked", why)
    if report.fits is Answer.NOT_ASKED:
        why = own("Tell us what you need it for and we will check.")
        return AxisView("fits", label, more, "not_asked", "Not asked", why)
    finding = worst_on(report, Axis.FITS)
    word = {Answer.YES: "Yes", Answer.NO: "No"}.get(report.fits, "Unknown")
    if finding is not None and report.fits is Answer.YES:
        word = "Yes, with a warning"
    why = in_short(finding) if finding else own(_answered(report.question, report.certificate))
    return AxisView("fits", label, more, _mark(report, Axis.FITS), word, why)


def _answered(question: Question, certificate: Certificate | None) -> str:
    nouns = [noun for name, noun in _ASKED_NOUNS.items() if getattr(question, name) is not None]
    if nouns:
        *first, last = nouns
        listed = f"{', '.join(first)} and {last}" if first else last
        are = "are the certified ones" if first else "is covered"
        return f"The {listed} {are}."
    if certificate is not None and question.needs:
        what = _COVERED[certificate.kind]
        return f"You asked about {what}. That is what it covers."
    return "It answers what you asked."
