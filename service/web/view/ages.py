"""How fresh the evidence is: each document's age against how long it is good for."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.dates import civil_day
from service.domain.report import Evidence, Report
from service.domain.verdict import Answer
from service.web.view.words import Line, dated, duration, foreign, own

_NAMES: Mapping[str, str] = {
    "status_list": "Status list",
    "record": "Certificate record",
    "accreditation": "Accreditation",
    "recognition": "Recognition",
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
            "One piece is too old to rely on."
            if old == 1
            else "Some pieces are too old to rely on."
        )
    return Ages(stale=bool(old), lead=lead, items=items)


def _age(item: Evidence, report: Report) -> Age:
    names = {link.id: link.name for link in report.chain or ()}
    signer = foreign(names.get(item.signed_by) or item.signed_by)
    age, good = max(item.age_s, 0), max(item.good_for_s, 1)
    over = 100 - 100 * good / age if age > good else 0.0
    used = 100 - over if over else max(_LEAST, 100 * age / good)
    signed = dated(civil_day(item.issued_at, report.zone or "UTC"))
    lives = duration(item.good_for_s)
    return Age(
        outcome="cannot_confirm" if over else "accept",
        name=_NAMES.get(item.kind, item.kind.replace("_", " ").capitalize()),
        age="less than a minute old" if age < 60 else f"{duration(age)} old",
        used=round(used, 1),
        over=round(over, 1),
        limit=(
            (*own(f"Too old: good for {lives}. Signed "), *signed, *own(" by "), *signer, *own("."))
            if over
            else (*own(f"Good for {lives}. Signed by "), *signer, *own("."))
        ),
    )
