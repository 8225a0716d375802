"""How fresh the evidence is: each document's age against how long it is good for."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from service.domain.dates import civil_day
from service.domain.report import Evidence, Report
from service.domain.verdict import Answer
from service.web.language import N_, _, language
from service.web.view.words import Line, duration, own, say

_NAMES: Mapping[str, str] = {
    "status_list": N_("Status list"),
    "record": N_("Certificate record"),
    "accreditation": N_("Accreditation"),
    "recognition": N_("Recognition"),
}
# A bar shorter than this cannot be seen, in percent.
_LEAST = 1.5


class Age(NamedTuple):
    """One document; `used` and `over` are widths in percent of the bar."""

    outcome: str
    name: str
    age: str
    used: float
    over: float
    limit: Line


class Ages(NamedTuple):
    """All documents; `stale` where one is too old, and then they are shown first."""

    stale: bool
    lead: str | None
    items: tuple[Age, ...]


def ages(report: Report) -> Ages:
    """The ages of what the answer rests on; none of what is not proven genuine."""
    shown = report.evidence if report.genuine is Answer.YES else ()
    names = {link.id: link.name for link in report.chain or ()}
    spoken = language()
    items = tuple(
        _age(item.kind, *_lived(item, report), item.good_for_s,
             names.get(item.signed_by) or item.signed_by, spoken)
        for item in shown
    )  # fmt: skip
    old = sum(item.age_s > item.good_for_s for item in shown)
    lead = None
    if old:
        lead = (
            _("One piece is too old to rely on.")
            if old == 1
            else _("Some pieces are too old to rely on.")
        )
    return Ages(stale=bool(old), lead=lead, items=items)


def _lived(item: Evidence, report: Report) -> tuple[int, date | None]:
    """Its age in seconds, of what is fresh in whole minutes; and when it was signed, if too old."""
    if item.age_s > item.good_for_s:
        return item.age_s, civil_day(item.issued_at, report.zone or "UTC")
    return max(item.age_s, 0) // 60 * 60, None


@lru_cache(256)
def _age(kind: str, age: int, signed: date | None, good: int, signer: str, _spoken: str) -> Age:
    over = 0.0 if signed is None else 100 - 100 * max(good, 1) / age
    used = max(_LEAST, 100 * age / max(good, 1)) if signed is None else 100 - over
    lives = own(duration(good))
    return Age(
        outcome="accept" if signed is None else "cannot_confirm",
        name=_(_NAMES.get(kind, kind.replace("_", " ").capitalize())),
        age=(
            _("less than a minute old")
            if age < 60
            else _("{duration} old").format(duration=duration(age))
        ),
        used=round(used, 1),
        over=round(over, 1),
        limit=(
            say("Good for {duration}. Signed by {signer}.", duration=lives, signer=signer)
            if signed is None
            else say("Too old: good for {duration}. Signed {day} by {signer}.",
                     duration=lives, day=signed, signer=signer)
        ),
    )  # fmt: skip
