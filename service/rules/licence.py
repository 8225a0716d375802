"""A product's licence in time (rules.md PC-8 to PC-10, PC-13): when the unit was made decides.

A unit made before the licence ended may stay good, where the scheme keeps units and the reason is
not one that speaks against the units themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from service.domain.certificate import Kind
from service.domain.reason import Reason
from service.domain.surveillance import FINAL
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case
from service.rules.cycle import gap, granted_on, suspensions
from service.rules.life_cycle import End, term_end


def keeps_units(case: Case) -> bool:
    """PC-9: whether the scheme, else the policy, lets units made before an end stay good."""
    keeps = case.row.grandfather_units if case.row is not None else None
    return case.policy.grandfather_units if keeps is None else keeps


def assess_made_on(case: Case) -> Iterator[Finding]:
    """PC-8: a unit made while no licence ran: before, after, in a gap, or during a suspension.

    A suspension that still lasts speaks for itself (PC-13). Of a day to come nobody can say
    anything.
    """
    made, expires = case.question.made_on, case.certificate.expires
    if made is None or case.certificate.kind is not Kind.PRODUCT:
        return
    between, record, ended = gap(case), case.record, _ended_on(case)
    spells = suspensions(record, case.day) if record is not None else ()
    if (
        made < granted_on(case)
        or (ended is not None and made >= ended)
        or (expires is not None and made > expires)
        or (between is not None and between.covers(made))
        or any(first <= made < lifted for first, lifted in spells if lifted is not None)
    ):
        yield Finding.of(Check.FIT, Reason.MADE_OUTSIDE_VALIDITY)
    if made > case.today:
        yield Finding.of(Check.STATUS, Reason.STATUS_UNAVAILABLE)


def _ended_on(case: Case) -> date | None:
    """The first day without a licence on the day judged: by the term, or by the record."""
    end = term_end(case)
    days = [end.on] if end is not None and end.on is not None else []
    if case.record is not None:
        standing = case.record.standing(case.day)
        if standing.state in FINAL and standing.since is not None:
            days.append(standing.since)
    return min(days, default=None)


def assess_ends(case: Case, ends: Sequence[End]) -> list[Finding]:
    """PC-9, PC-10: what has ended, for a unit that was made before; else every end as it is.

    A withdrawal for an unknown reason may have been for one that speaks against the units.
    """
    made = case.question.made_on
    first = min(ends, key=lambda end: end.on or date.min)
    if case.certificate.kind is not Kind.PRODUCT or made is None or first.on is None:
        return [end.finding for end in ends]
    if made >= first.on:
        return [first.finding]
    against = next((end for end in ends if _speaks_against_units(case, end)), None)
    if against is not None:
        return [against.finding]
    if not keeps_units(case):
        return [first.finding]
    return [Finding.of(Check.STATUS, Reason.MADE_BEFORE_END, date=first.on)]


def _speaks_against_units(case: Case, end: End) -> bool:
    """PC-10: ended for safety, non-conforming product or fraud, or for all we know."""
    if end.finding.code is Reason.WITHDRAWN and end.reason is None:
        return True
    return end.reason in case.policy.grandfather_excludes


def assess_suspension(case: Case, findings: list[Finding]) -> list[Finding]:
    """PC-13: a unit made before the suspension began is not touched by it."""
    made = case.question.made_on
    if case.certificate.kind is not Kind.PRODUCT or made is None:
        return findings
    outcome = Outcome.ACCEPT_WITH_WARNING
    if case.policy.suspended_units != "warn":
        outcome = Outcome.REJECT
    return [
        replace(finding, code=Reason.SUSPENDED_LATER, outcome=outcome)
        if finding.code is Reason.SUSPENDED and _began_after(finding, made)
        else finding
        for finding in findings
    ]


def _began_after(suspended: Finding, made: date) -> bool:
    since = suspended.facts.get("date")
    return isinstance(since, date) and made < since
