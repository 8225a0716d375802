"""Time, places and plausibility of audits (rules.md IG-MS-11, IG-MS-12, IG-MS-14).

Time is counted in half days and whole numbers (DT-8).
"""

from collections.abc import Generator, Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from service.domain.dossier import Act, Dossier
from service.domain.evidence import Audit
from service.domain.scope import standard
from service.rules.audit_time import PERCENT, audit_tables, enough_on_site
from service.rules.gates.audits import last
from service.rules.gates.ground import Ground
from service.rules.gates.problem import Problem, beware, idle, named, wrong
from service.rules.gates.table import audit_tables_of

_INITIAL, _RECERTIFICATION, _SURVEILLANCE = Fraction(1), Fraction(2, 3), Fraction(1, 3)
_HALF = Fraction(1, 2)


def measured(dossier: Dossier) -> tuple[tuple[Audit, ...], Fraction]:
    """The audits whose time is measured, and their share of an initial audit's time.

    Of an initial audit these are the last stage 1 and what followed it. A restoration that needed a
    new stage 2 is measured like an initial audit: the strict reading.
    """
    if dossier.act is Act.EXTEND:
        held = last(dossier.held("surveillance"))
        return ((held,) if held is not None else ()), _SURVEILLANCE
    if dossier.act is Act.GRANT or (dossier.act is Act.RESTORE and dossier.held("stage2")):
        first = last(dossier.held("stage1"))
        start = first.first_day if first is not None else None
        seconds = [
            audit
            for audit in dossier.held("stage2")
            if start is None or audit.first_day is None or audit.first_day >= start
        ]
        return (*([first] if first is not None else []), *seconds), _INITIAL
    return dossier.held("recertification"), _RECERTIFICATION


def audit_time(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-11: enough time by the table, a reduction only with a reason, most of it on site.

    The least is the table's time, times the share, less the largest reduction, to the half day and
    rounded once, ties up. The share on site is that of the time spent, not of the least time.
    """
    audits, share = measured(dossier)
    if not audits:
        yield _nothing(dossier)
        return
    if any(audit.half_days_total is None or audit.half_days_on_site is None for audit in audits):
        yield wrong("The audit time, in all and on site, is not on file for every audit.")
        return
    total = sum(audit.half_days_total or 0 for audit in audits)
    on_site = sum(audit.half_days_on_site or 0 for audit in audits)
    table = yield from _table_half_days(dossier)
    if table is not None:
        yield from _enough(dossier, ground, total, table, share)
    if not enough_on_site(on_site, total, percent=ground.policy.on_site_min):
        yield wrong(
            f"{_days(on_site)} of {_days(total)} days were on site;"
            f" at least {ground.policy.on_site_min} % must be.",
            on_site=_days(on_site),
            total=_days(total),
        )


def _nothing(dossier: Dossier) -> Problem:
    if dossier.act in (Act.EXTEND, Act.TRANSFER_IN):
        return idle("No audit is joined with it whose time a table gives.")
    return wrong("There is no audit whose time could be measured.")


def _table_half_days(dossier: Dossier) -> Generator[Problem, None, int | None]:
    """The half days that the table gives for the organisation; None, and why, if none can be told.

    A standard that has a table here is measured by it. What an official table gives that is not
    held here is taken from the dossier, with a warning.
    """
    given, people = dossier.audit_time, dossier.organisation.personnel
    known = audit_tables().get(given.table or "")
    proper = {name for one in dossier.standards for name in audit_tables_of(standard(one)[0])}
    if given.table is None:
        yield wrong("The table of audit time is not named.")
    elif not people:
        yield wrong("The effective number of personnel is not on file.")
    elif proper and given.table not in proper:
        yield wrong(f"The table for this standard is {named(sorted(proper))}.", tables=proper)
    elif known is not None and people <= known.rows[-1][0] and len(dossier.standards) == 1:
        return known.half_days(people)
    elif given.half_days:
        least = known.half_days(people) if known and people <= known.rows[-1][0] else 0
        yield beware(f"The time by {given.table}, {_days(given.half_days)} days, is the dossier's.")
        return max(given.half_days, least)
    else:
        yield wrong(f"The time that {given.table} gives for {people} people is not on file.")
    return None


def _enough(
    dossier: Dossier, ground: Ground, total: int, table: int, share: Fraction
) -> Iterator[Problem]:
    kept = Fraction(PERCENT - ground.policy.audit_time_max_reduction, PERCENT)
    full, least = _rounded(table * share), _rounded(table * share * kept)
    if total < least:
        yield wrong(
            f"{_days(total)} days were spent; at least {_days(least)} of {_days(full)} are needed.",
            total=_days(total),
            least=_days(least),
        )
    elif total < full and dossier.audit_time.reduction_reason is None:
        yield wrong(
            f"{_days(total)} days are less than the {_days(full)} of the table,"
            " and no reason is recorded.",
            total=_days(total),
        )


def _rounded(half_days: Fraction) -> int:
    """To the half day, ties up (inferred `audit_time_rounding`)."""
    return int((half_days + _HALF) // 1)


def _days(half_days: int) -> str:
    """Half days as days: 3 is `1.5`."""
    return f"{half_days // 2}{'.5' if half_days % 2 else ''}"


def plausible(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-14: nobody on two audits in different places on one day, no more time than people had.

    Strictly: audits of which one day is common clash if their sites differ at all, and experts give
    no audit time. How many certificates a day may yield is judged if `mill_ratio` is set.
    """
    audits = [one for one in dossier.audits if one.first_day is not None and one.last_day]
    if not audits:
        yield idle("There is no audit with its days.")
    for one, other in combinations(audits, 2):
        yield from _clash(one, other)
    for audit in audits:
        yield from _too_many_days(audit)
    ratio, load = ground.policy.mill_ratio, ground.load
    if ratio is not None and load is not None and 2 * load[0] > ratio * load[1]:
        yield wrong(
            f"{load[0]} certificates from {_days(load[1])} days of audit in a year are too many."
        )


def _clash(one: Audit, other: Audit) -> Iterator[Problem]:
    if one.first_day is None or one.last_day is None:
        return
    if other.first_day is None or other.last_day is None or set(one.sites) == set(other.sites):
        return
    start, end = max(one.first_day, other.first_day), min(one.last_day, other.last_day)
    both = {member.person for member in one.team} & {member.person for member in other.team}
    if start <= end and both:
        people = sorted(both)
        yield wrong(f"On {start} {named(people)} would be in two places.", people=people)


def _too_many_days(audit: Audit) -> Iterator[Problem]:
    if audit.first_day is None or audit.last_day is None:
        return
    auditors = {member.person for member in audit.team if member.role != "expert"}
    days = (audit.last_day - audit.first_day).days + 1
    most = 2 * len(auditors) * max(days, 0)
    spent = max(audit.half_days_total or 0, audit.half_days_on_site or 0)
    if spent > most:
        yield wrong(
            f"The {audit.kind} audit took {_days(spent)} days of people;"
            f" {len(auditors)} in {days} days give {_days(most)}.",
            kind=audit.kind,
        )
    if (audit.half_days_on_site or 0) > (audit.half_days_total or spent):
        yield wrong(f"The {audit.kind} audit has more days on site than in all.", kind=audit.kind)


def unknown_sites(dossier: Dossier, audits: Sequence[Audit]) -> list[str]:
    """Sites that were audited and would not stand on the certificate."""
    listed = {site.name for site in dossier.sites}
    return sorted({site for audit in audits for site in audit.sites if site not in listed})
