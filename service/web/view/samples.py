"""Samples for the style guide: one of everything that a page can show, of nobody who exists.

They are the views that the templates take, not reports: so rare states stand beside each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from service.domain.verdict import Outcome, Verdict
from service.storage.register import Certificate
from service.web.view import console, form
from service.web.view.advice import Advice, Pair, Side
from service.web.view.ages import Age, Ages
from service.web.view.ask import Asked, AskForm, Choice, Field, Select
from service.web.view.axes import AxisView
from service.web.view.chain import ChainView, Grant, Plate
from service.web.view.console import GateView, Row
from service.web.view.findings import ChecksView, FindingView
from service.web.view.findings import Row as Fact
from service.web.view.page import WORDS, File, Genuine
from service.web.view.subject import Comparison, Subject
from service.web.view.timeline import Dot, Entry, Timeline
from service.web.view.words import Line, Piece, dated, foreign

_HERE = "/styleguide"
_TODAY = date(2026, 6, 15)
_CERTIFICATE = Certificate(
    body="https://alderway.example", number="CB-A/2024/0113", kind="management_system",
    standards="ISO 9001:2015", holder="Harrow Cables Ltd", state="active", revision=1,
    decided="2024-09-10", effective="2024-09-10", expires="2027-09-09", since=None,
    next_due="2026-12-31", overdue_from="2027-01-01", turns_on=None, migrated=False, likeness="",
    issued_at=0, version=1,
)  # fmt: skip
_LINES: Mapping[Verdict, str] = {
    Verdict.ACCEPT: "Genuine, in force, and the answer to what was asked. Solid line.",
    Verdict.ACCEPT_WITH_WARNING: "Good today; something needs attention. Striped line.",
    Verdict.NOT_FOR_THIS_PURPOSE: "Genuine, but it answers another question. Halves do not meet.",
    Verdict.CANNOT_CONFIRM: "We could not learn enough: no yes and no no. Dotted all round.",
    Verdict.REJECT: "Do not rely on it. Cut line.",
}
_FINDINGS: Mapping[Outcome, str] = {
    Outcome.REJECT: "The signature does not fit what is signed.",
    Outcome.NOT_FOR_THIS_PURPOSE: "It certifies a management system, not a product.",
    Outcome.CANNOT_CONFIRM: "What we know of the accreditation is too old to rely on.",
    Outcome.ACCEPT_WITH_WARNING: "A yearly check is late.",
    Outcome.NOTE: "The printed link leads to another site.",
    Outcome.ACCEPT: "The list of suspended certificates does not name it.",
}
GATES = (
    GateView("IG-MS-5", "Audit time", "failed", "2.5 days were spent; 4 are the least."),
    GateView("DT-9", "Dates in order", "open", "The decision lies 30 days back."),
    GateView("IG-MS-1", "Application and agreement", "passed", ""),
)


@dataclass(frozen=True, slots=True)
class Banner:
    """What the banner takes of a page."""

    verdict: str
    mark: str
    word: str
    line: Line


def banners() -> tuple[Banner, ...]:
    """One of each verdict, and what a verdict that nobody knows looks like."""
    known = [
        Banner(str(verdict), verdict.value.lower(), WORDS[verdict], _said(_LINES[verdict]))
        for verdict in Verdict
    ]
    unknown = _said("A value that the style sheet does not know looks like this, never green.")
    return (*known, Banner("SOMETHING_NEW", "cannot_confirm", "Not known", unknown))


def rows() -> tuple[Row, ...]:
    """A certificate in each of its states."""
    late = replace(_CERTIFICATE, overdue_from="2026-01-01")
    every = [replace(_CERTIFICATE, state=state) for state in console.STATES]
    return tuple(console.named([*every, late], _TODAY))


def sections() -> tuple[form.Section, ...]:
    """Two parts of a dossier's form: plain values, and a list that can grow."""
    content = {
        "kind": "management_system",
        "application": {"received_on": "2026-01-12", "consultancy_by_cb": False},
        "findings": [{"grade": "minor", "raised_on": "2026-03-26"}],
    }
    wanted = ("application", "standards", "findings")
    return tuple(one for one in form.sections(content) if one.name in wanted)


def parts() -> Mapping[str, object]:
    """One of each part of a page, by the name of its template."""
    return {
        "next": Advice(
            str(Outcome.CANNOT_CONFIRM), _said("Until then:"),
            (_said("Check again with a network."), _said("Ask the certifier.")),
            _said("This panel takes the tone of the worst finding."), again=_HERE, rescan=False,
        ),
        "unproven": "We could not prove it, so we show nothing that it says.",
        **_genuine()._asdict(),
        "checks": _checks(), "ages": _ages(), "ask": _form(),
        "file": File(
            "15 June 2026, 13:00 London time", "8c1f 40a7 5d2e 9b63", _HERE, "Style guide"
        ),
    }  # fmt: skip


def _said(text: str) -> Line:
    return (Piece(text),)


def _genuine() -> Genuine:
    need = Side("product", "A product certificate", _said("for the cable in your hand"))
    have = Side("management_system", "An organisation’s certificate", _said("for how it works"))
    return Genuine(
        subject=Subject(
            "management_system", "Management-system certificate", foreign("Harrow Cables Ltd"),
            "that the company works by ISO 9001.", str(Outcome.ACCEPT),
            "that any product was tested, approved or is of good quality.",
        ),
        pair=Pair(have, need),
        beside=(Asked("Model", foreign("K9"), foreign("K7")),),
        compare=Comparison(
            "These words are signed.",
            (
                Fact("Company", foreign("Harrow Cables Ltd")),
                Fact("Company", foreign("شركة الحارث للكابلات")),
                Fact("Company", foreign("哈罗电缆有限公司")),
                Fact("Expires after", dated(date(2027, 9, 9))),
            ),
            (Fact("Models (30)", foreign("K1, K2, K3, K4, K5, K6, K7")),),
            _said("Two of the names look alike. Compare letter by letter."),
            "Days are those of Europe/London.",
        ),
        chain=_chain(), timeline=_timeline(),
    )  # fmt: skip


def axes() -> tuple[AxisView, ...]:
    """The three questions, each answered in another way."""
    return (
        AxisView("genuine", "Genuine?", "Genuine?", "accept", "Yes", _said("Signed by its key.")),
        AxisView("in_force", "In force?", "In force?", "cannot_confirm", "Unknown",
                 _said("The list at hand is too old.")),
        AxisView("fits", "Fits your question?", "Fits?", "not_asked", "Not asked",
                 _said("Tell us what you need it for.")),
    )  # fmt: skip


def _chain() -> ChainView:
    """Longer than any real one, for each way in which a grant can be."""
    grants = (
        Grant("accept", _said("recognises it"), _said(" since 1 May 2016")),
        Grant("accept_with_warning", _said("accredited it"), _said(", reassessment is due")),
        Grant("note", _said("signed"), _said(" it on 12 January 2026")),
        Grant("cannot_confirm", _said("accredited it"), _said(", as of 70 days ago")),
        Grant("reject", _said("accredited it, but not for this field."), _said(" IAF 17 only")),
    )
    bodies = ("Arrangement", "Accreditation body", "Certification body", "Body", "Body")
    plates = [
        Plate(role, foreign(f"{role} of the sample"), (), grant)
        for role, grant in zip(bodies, grants, strict=True)
    ]
    plates[0] = plates[0]._replace(notes=(_said("The anchor: this service knows its key."),))
    end = Plate("Certificate", foreign("CB-A/2026/0004"), (), None)
    return ChainView("The line is cut where a grant fails.", (*plates, end))


def _timeline() -> Timeline:
    held = (
        ("accept", "Check of 2023", date(2023, 12, 31), dated(date(2023, 8, 16), short=True)),
        ("accept_with_warning", "Check of 2024", date(2024, 12, 31), _said("Late, 14 days")),
        ("reject", "Check of 2025", date(2025, 12, 31), _said("Not held")),
        ("open", "Check of 2027", date(2027, 12, 31), _said("Open")),
    )
    entries = [
        Entry(outcome, name, dated(due, short=True), said) for outcome, name, due, said in held
    ]
    gap = Entry("not_asked", "Not certified", None, _said("1 Sept 2025 to 27 Feb 2026"))
    dots = (Dot(17.6, "accept"), Dot(33.4, "accept_with_warning"), Dot(44.0, "reject"),
            Dot(86.9, "open"))  # fmt: skip
    return Timeline(
        title="How it was kept up", lead=_said("A check held, one late, one missed, and a gap."),
        label="From September 2022 to August 2028. The table below says the same.",
        start=2.5, now=58.3, now_label="Today", ends=(2.5, 97.5), gaps=((50.0, 57.8),),
        years=((7.8, 2023), (39.5, 2025), (71.1, 2027)), dots=dots,
        entries=(*entries, gap), missing=True,
    )  # fmt: skip


def _checks() -> ChecksView:
    rows = (Fact("Code", _said("SAMPLE")), Fact("Rule", _said("MS-6"), english=True))
    means, todo = _said("What it means, in a sentence."), _said("The next thing to try.")
    findings = tuple(
        FindingView(str(outcome), _said(text), means, todo, rows)
        for outcome, text in _FINDINGS.items()
    )
    passed = ("It could be read.", "The chain holds.")
    return ChecksView("What we found", "Worst first.", findings, "2 checks passed", passed)


def _ages() -> Ages:
    return Ages(
        stale=True,
        lead="One piece is too old to rely on.",
        items=(
            Age("accept", "Status list", "14 minutes old", 1.5, 0.0, _said("Good for a day.")),
            Age("cannot_confirm", "Record", "8 days old", 87.5, 12.5, _said("Too old.")),
        ),
    )


def _form() -> AskForm:
    return AskForm(
        action=_HERE,
        needs=(Choice("product", "A product", True), Choice("service", "A service", False)),
        first=(Field("model", "Model", "K7", "As printed on the package", "text"),),
        more=(Field("on", "On which day", "", None, "date"),),
        selects=(Select("country", "Country", (Choice("", "Any", True),)),),
        kept=(),
        unfolded=False,
    )
