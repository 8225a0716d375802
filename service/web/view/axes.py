"""The three questions, always shown: is it genuine, is it in force, does it fit what was asked?"""

from collections.abc import Mapping
from typing import NamedTuple

from service.domain.certificate import Certificate, Kind
from service.domain.question import Question
from service.domain.report import Report
from service.domain.verdict import Answer, Axis, Check, Outcome
from service.web.language import N_, _
from service.web.view.findings import in_short, worst_on
from service.web.view.subject import certifier
from service.web.view.words import Line, Piece, day, own, say

_COVERED: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: N_("You asked about how the company works. That is what it covers."),
    Kind.PRODUCT: N_("You asked about a product. That is what it covers."),
    Kind.SERVICE: N_("You asked about a service. That is what it covers."),
}
_ASKED_NOUNS: Mapping[str, str] = {
    "model": N_("model"),
    "gtin": N_("GTIN"),
    "serial": N_("serial number"),
    "lot": N_("lot"),
    "made_on": N_("day it was made"),
    "factory": N_("factory"),
    "revision": N_("revision"),
    "standard": N_("standard"),
    "site": N_("site"),
    "activity": N_("activity"),
    "holder": N_("company"),
    "placement": N_("place of the mark"),
    "purpose": N_("purpose"),
}


class AxisView(NamedTuple):
    """One question, in full and for a narrow screen: its mark, its answer in a word, and why."""

    name: str
    label: str
    short: str
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
    why = _signed(report) if finding is None else in_short(finding)
    return AxisView(
        "genuine",
        _("Genuine?"),
        _("Genuine?"),
        _mark(report, Axis.GENUINE),
        _word(report.genuine),
        why,
    )


def _word(answer: Answer) -> str:
    if answer is Answer.YES:
        return _("Yes")
    return _("No") if answer is Answer.NO else _("Unknown")


def _signed(report: Report) -> Line:
    # Where the accreditation is a finding of its own, only the signature is stated here.
    covered = any(
        f.check is Check.COVERAGE and f.outcome is Outcome.ACCEPT for f in report.findings
    )
    troubled = any(f.check is Check.COVERAGE and f.code is not None for f in report.findings)
    by = certifier(report)
    if covered and not troubled:
        return say("Signed by {certifier}, which a recognised body accredits.", certifier=by)
    return say("Signed by {certifier}, and unchanged since.", certifier=by)


def _in_force(report: Report) -> AxisView:
    on = report.question.on
    label = _("In force on {day}?").format(day=day(on)) if on else _("In force?")
    if report.genuine is not Answer.YES:
        why = own("Only a genuine certificate can be in force.")
        return AxisView("in_force", label, _("In force?"), "not_asked", _("Not checked"), why)
    finding = worst_on(report, Axis.IN_FORCE)
    word = _word(report.in_force)
    if finding is not None and report.in_force is Answer.YES:
        word = _("Yes, for now") if "limit" in finding.facts else _("Yes, with a warning")
    why = _alive(report) if finding is None else in_short(finding)
    return AxisView("in_force", label, _("In force?"), _mark(report, Axis.IN_FORCE), word, why)


def _alive(report: Report) -> Line:
    certificate, summary = report.certificate, report.surveillance
    line: Line = ()
    if summary is not None and summary.last is not None:
        line = (*say("Last checked {day}.", day=summary.last), Piece(" "))
    if certificate is not None and certificate.expires is not None:
        return (*line, *say("Valid to {day}.", day=certificate.expires))
    return (*line, *own("No fixed end."))


def _fits(report: Report) -> AxisView:
    label = _("Fits your question?")
    if report.genuine is not Answer.YES:
        why = own("Only a genuine certificate can answer a question.")
        return AxisView("fits", label, _("Fits?"), "not_asked", _("Not checked"), why)
    if report.fits is Answer.NOT_ASKED:
        why = own("Tell us what you need it for and we will check.")
        return AxisView("fits", label, _("Fits?"), "not_asked", _("Not asked"), why)
    finding = worst_on(report, Axis.FITS)
    word = _word(report.fits)
    if finding is not None and report.fits is Answer.YES:
        word = _("Yes, with a warning")
    why = in_short(finding) if finding else _answered(report.question, report.certificate)
    return AxisView("fits", label, _("Fits?"), _mark(report, Axis.FITS), word, why)


def _answered(question: Question, certificate: Certificate | None) -> Line:
    nouns = [_(noun) for name, noun in _ASKED_NOUNS.items() if getattr(question, name) is not None]
    if len(nouns) == 1:
        return say("Covered: the {thing}.", thing=own(nouns[0]))
    if nouns:
        things = ", ".join(nouns)
        return say("All covered: {things}.", things=own(things))
    if certificate is not None and question.needs:
        return own(_COVERED[certificate.kind])
    return own("It answers what you asked.")
