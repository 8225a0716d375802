"""How fresh the evidence is: each document's age against how long it is good for."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.dates import civil_day
from service.domain.report import Evidence, Report
from service.domain.verdict import Answer
from service.web.language import N_, _
from service.web.view.words import Line, duration, own, say

_NAMES: Mapping[str, str] = {
    "status_list": N_("Status list"),
    "record": N_("Certificate record"),
    "accreditation": N_("Accreditation"),
    "recognition": N_("Recognition"),
}
# A bar shorter than this cannot be seen, in percent.
_LEAST = 1.5


@dataclass(frozen=True, slots=True)
class Age:
    """One document; `used` and `over` are widths in percent of the bar."""

    outcome: str
    name: str
    age: str
    used: float
    over: float
    limit: Line


@dataclass(frozen=True, slots=True)
class Ages:
    """All documents; `stale` where one is too old, and then they are shown first."""

    stale: bool
    lead: str | None
    items: tuple[Age, ...]


def ages(report: Report) -> Ages:
    """The ages of what the answer rests on; none of what is not proven genuine."""
    shown = report.evidence if report.genuine is Answer.YES else ()
    items = tuple(_age(item, report) for item in shown)
    old = sum(item.age_s > item.good_for_s for item in shown)
    lead = None
    if old:
        lead = (
            _("One piece is too old to rely on.")
            if old == 1
            else _("Some pieces are too old to rely on.")
        )
    return Ages(stale=bool(old), lead=lead, items=items)


def _age(item: Evidence, report: Report) -> Age:
    names = {link.id: link.name for link in report.chain or ()}
    signer = names.get(item.signed_by) or item.signed_by
    age, good = max(item.age_s, 0), max(item.good_for_s, 1)
    over = 100 - 100 * good / age if age > good else 0.0
    used = 100 - over if over else max(_LEAST, 100 * age / good)
    signed = civil_day(item.issued_at, report.zone or "UTC")
    lives = own(duration(item.good_for_s))
    return Age(
        outcome="cannot_confirm" if over else "accept",
        name=_(_NAMES.get(item.kind, item.kind.replace("_", " ").capitalize())),
        age=(
            _("less than a minute old")
            if age < 60
            else _("{duration} old").format(duration=duration(age))
        ),
        used=round(used, 1),
        over=round(over, 1),
        limit=(
            say("Too old: good for {duration}. Signed {day} by {signer}.",
                duration=lives, day=signed, signer=signer)
            if over
            else say("Good for {duration}. Signed by {signer}.", duration=lives, signer=signer)
        ),
    )  # fmt: skip
