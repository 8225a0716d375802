"""Surveillance as a picture and a table: what was due, what was held, and where today is.

Positions are percentages along the line; templates write them into SVG attributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from service.domain.certificate import Certificate, Kind
from service.domain.dates import add_months
from service.domain.report import Obligation, Report, SurveillanceSummary
from service.domain.verdict import Outcome
from service.web.language import N_, _, direction, ngettext
from service.web.view.words import Line, Piece, dated, day, own, plain_text, say

# The line does not touch the edges, so that marks at its ends are whole.
_FIRST, _LAST = 2.5, 97.5
# More than this is not legible on a phone: what is older stands in the table only.
_MOST_YEARS = 6
_OUTCOMES: Mapping[str, str] = {
    "met": str(Outcome.ACCEPT),
    "met_late": str(Outcome.ACCEPT_WITH_WARNING),
    "deferred": str(Outcome.ACCEPT_WITH_WARNING),
    "open": "open",
}


class Dot(NamedTuple):
    """A mark on the line."""

    x: float
    outcome: str


class Entry(NamedTuple):
    """A row of the table; without `due`, `held` spans both columns."""

    outcome: str
    name: str
    due: Line | None
    held: Line


class Timeline(NamedTuple):
    """The picture in percent, what it says in words, and the table."""

    title: str
    lead: Line
    label: str
    start: float
    now: float
    now_label: str
    ends: tuple[float, ...]
    years: tuple[tuple[float, int], ...]
    gaps: tuple[tuple[float, float], ...]
    dots: tuple[Dot, ...]
    entries: tuple[Entry, ...]
    missing: bool


@dataclass(frozen=True, slots=True)
class _Span:
    first: date
    last: date

    def x(self, when: date) -> float:
        share = (when - self.first).days / max((self.last - self.first).days, 1)
        x = _FIRST + min(max(share, 0), 1) * (_LAST - _FIRST)
        # Time runs as the language reads.
        return round(100 - x if direction() == "rtl" else x, 1)

    def holds(self, when: date) -> bool:
        return self.first <= when <= self.last


def timeline(report: Report, certificate: Certificate) -> Timeline | None:
    """The surveillance of a genuine certificate; None where nothing is known of it."""
    summary, today = report.surveillance, report.day
    if summary is None or today is None or not summary.obligations:
        return None
    entries = _obligations(summary, today) + _breaks(summary) + _renewal(certificate, today)
    span = _span(certificate, summary, today)
    missing = summary.state == "overdue"
    view = Timeline(
        title=_title(certificate, missing=missing),
        lead=_lead(summary),
        label="",
        start=span.x(span.first),
        now=span.x(today),
        now_label=_("Today") if report.question.on is None else _("That day"),
        ends=_ends(certificate, span),
        years=_years(span),
        gaps=tuple((span.x(first), span.x(last)) for first, last in _gaps(summary, today)),
        dots=tuple(_dots(summary, span)),
        entries=tuple(entry for _, entry in sorted(entries, key=lambda dated: dated[0])),
        missing=missing,
    )
    return _labelled(view, certificate, today)


def _title(certificate: Certificate, *, missing: bool) -> str:
    if missing:
        return _("The check that is missing")
    product = certificate.kind is Kind.PRODUCT
    return _("Kept alive by inspections") if product else _("Kept alive by yearly checks")


def _lead(summary: SurveillanceSummary) -> Line:
    if summary.state == "overdue":
        return own("A certificate lives only as long as someone keeps looking.")
    lead: Line = (*say("Last check: {day}.", day=summary.last), Piece(" ")) if summary.last else ()
    if summary.next_due is None:
        return lead
    text = N_("It was due by {day}.") if summary.days_late else N_("Next due by {day}.")
    return (*lead, *say(text, day=summary.next_due))


def _span(certificate: Certificate, summary: SurveillanceSummary, today: date) -> _Span:
    known = [one.held or one.due for one in summary.obligations]
    last = certificate.expires or add_months(max([today, *known]), 6)
    last = max(last, today)
    first = min(certificate.decided, today)
    if (today.year - first.year) > _MOST_YEARS:
        first = add_months(today, -12 * (_MOST_YEARS - 2))
    return _Span(first, last)


def _ends(certificate: Certificate, span: _Span) -> tuple[float, ...]:
    edges = (certificate.decided, certificate.expires)
    return tuple(span.x(edge) for edge in edges if edge is not None and span.holds(edge))


def _years(span: _Span) -> tuple[tuple[float, int], ...]:
    years = range(span.first.year + 1, span.last.year + 1)
    step = len(years) // 8 + 1
    return tuple((span.x(date(year, 1, 1)), year) for year in years[::step])


def _gaps(summary: SurveillanceSummary, today: date) -> list[tuple[date, date]]:
    return [*summary.gaps, *((first, last or today) for first, last in summary.suspended)]


def _outcome(one: Obligation, summary: SurveillanceSummary) -> str:
    if one.state == "late":
        overdue = summary.state == "overdue"
        return str(Outcome.REJECT if overdue else Outcome.ACCEPT_WITH_WARNING)
    return _OUTCOMES.get(one.state, "open")


def _dots(summary: SurveillanceSummary, span: _Span) -> list[Dot]:
    return [
        Dot(span.x(when), _outcome(one, summary))
        for one in summary.obligations
        if span.holds(when := one.held or one.due)
    ]


def _obligations(summary: SurveillanceSummary, today: date) -> list[tuple[date, Entry]]:
    return [
        (one.held or one.due, _entry(one, _name(one.kind, position), summary, today))
        for position, one in enumerate(summary.obligations)
    ]


def _entry(one: Obligation, name: str, summary: SurveillanceSummary, today: date) -> Entry:
    held: Line = own("Open")
    if one.held is not None:
        held = dated(one.held, short=True)
        if one.state == "met_late":
            held = say("{day}, late", day=held)
    elif one.state == "late":
        days = (today - one.due).days
        text = ngettext("Not on record, {n} day late", "Not on record, {n} days late", days)
        held = own(text.format(n=days))
    elif one.state == "deferred":
        held = own("Put off, with a reason")
    return Entry(_outcome(one, summary), name, dated(one.due, short=True), held)


_PLANNED: Mapping[str, str] = {
    "factory_inspection": N_("Factory inspection {n}"),
    "factory_sample_test": N_("Factory sample test {n}"),
    "market_sample_test": N_("Market sample test {n}"),
    "ms_audit": N_("Management-system audit {n}"),
    "service_check": N_("Service check {n}"),
}


def _name(kind: str, position: int) -> str:
    if kind == "S1":
        return _("First yearly check")
    if kind.startswith("CY-"):
        return _("Check of {year}").format(year=kind.removeprefix("CY-"))
    if kind == "ROLL":
        return _("Next check")
    other = kind.replace("_", " ").capitalize() + " {n}"
    return _(_PLANNED.get(kind, other)).format(n=position + 1)


def _breaks(summary: SurveillanceSummary) -> list[tuple[date, Entry]]:
    gaps = [(_("Not certified"), first, last) for first, last in summary.gaps]
    rows = []
    spells = [(_("Suspended"), *spell) for spell in summary.suspended]
    for name, first, last in [*gaps, *spells]:
        begun = dated(first, short=True)
        if last is None:
            held = say("{first}, not lifted", first=begun)
        else:
            held = say("{first} to {last}", first=begun, last=dated(last, short=True))
        rows.append((first, Entry("not_asked", name, None, held)))
    return rows


def _renewal(certificate: Certificate, today: date) -> list[tuple[date, Entry]]:
    expires = certificate.expires
    if certificate.kind is not Kind.MANAGEMENT_SYSTEM or expires is None or today > expires:
        return []
    due = dated(expires, short=True)
    return [(expires, Entry("open", _("Renewal audit"), due, own("Open")))]


def _labelled(view: Timeline, certificate: Certificate, today: date) -> Timeline:
    """The picture in words, for those who do not see it."""
    first, last = day(certificate.decided), certificate.expires
    if last is None:
        parts = [_("From {first}, without an end").format(first=first)]
    else:
        parts = [_("From {first} to {last}").format(first=first, last=day(last))]
    for entry in view.entries:
        held = plain_text(entry.held)
        if entry.due:
            text = _("{check}: due {due}; held: {held}")
            parts.append(text.format(check=entry.name, due=plain_text(entry.due), held=held))
        else:
            parts.append(f"{entry.name}: {held}")
    parts += [f"{view.now_label}: {day(today)}", _("The table below says the same.")]
    return view._replace(label=". ".join(parts))
