"""A product's or service's surveillance: the plan of its scheme (rules.md PC-11, PC-14).

ISO/IEC 17067 fixes no frequency: each scheme's plan must. A plan item is `rolling`, counted from
the last check, or `anchored`, counted from the grant; it may also want so many checks a year.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from service.domain.accreditation import PlanItem
from service.domain.dates import add_months
from service.domain.surveillance import Record
from service.rules.case import Case
from service.rules.cycle import granted_on

MONTHS_IN_YEAR = 12
# Of what is over, or speaks for samples only, no further check is due.
_ONE_TIME = frozenset({"samples", "batch"})


@dataclass(frozen=True, slots=True)
class Due:
    """A check of a kind, its deadline, and the day it was held, perhaps late."""

    kind: str
    due: date
    held: date | None
    held_late: bool = False


def product_dues(case: Case, record: Record) -> list[Due]:
    """PC-11, PC-14: what was and is due by the plan up to the day judged, and what comes next."""
    plan = case.row.plan if case.row is not None and case.row.plan is not None else ()
    granted = granted_on(case)
    dues: list[Due] = []
    for item in plan:
        held = sorted(
            one.last_day
            for one in record.surveillance
            if one.kind == item.kind and one.last_day and granted < one.last_day <= case.day
        )
        if item.mode == "anchored" and item.months:  # every 0 months is always
            dues += _anchored(case, item, held)
        else:
            dues += _rolling(granted, item, held)
        dues += _per_year(case, item, held)
    return dues


def is_unplanned(case: Case) -> bool:
    """PC-14: without an end and without a plan, nothing says when the next check is due."""
    planned = case.row is not None and bool(case.row.plan)
    endless = case.certificate.expires is None
    return not case.is_ms and endless and not planned and not _ONE_TIME & set(case.functions)


def _rolling(granted: date, item: PlanItem, held: list[date]) -> Iterator[Due]:
    """So many months after the last check or the grant, whichever is later."""
    last = granted
    for day in held:
        due = add_months(last, item.months)
        yield Due(item.kind, due, day, day > due)
        last = day
    yield Due(item.kind, add_months(last, item.months), None)


def _anchored(case: Case, item: PlanItem, held: list[date]) -> Iterator[Due]:
    """DT-4: always from the grant; each turn has a check of its own, held in it or late."""
    anchor, turn = granted_on(case), 1
    since = anchor
    while True:
        due = add_months(anchor, item.months * turn)
        day = next((day for day in held if since < day), None)
        yield Due(item.kind, due, day, day is not None and day > due)
        if due >= case.day and day is None:
            return
        since, turn = max(due, day or due), turn + 1


def _per_year(case: Case, item: PlanItem, held: list[date]) -> Iterator[Due]:
    """At least so many checks in each year since the grant; the last of them may be held late."""
    if not item.min_per_year:
        return
    anchor, turn = granted_on(case), 1
    since = anchor
    while True:
        due = add_months(anchor, MONTHS_IN_YEAR * turn)
        in_year = [day for day in held if since < day]
        day = in_year[item.min_per_year - 1] if len(in_year) >= item.min_per_year else None
        yield Due(item.kind, due, day, day is not None and day > due)
        if due >= case.day and day is None:
            return
        since, turn = max(due, day or due), turn + 1
