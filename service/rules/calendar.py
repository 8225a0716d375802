"""The surveillance calendar: every check that will fall due, and when a verifier would say so.

What a certification body plans by must be what a verifier judges by, so the checks are those of
`surveillance`, asked about the end of the cycle; a test holds the two together. Of what has not
been held, the day stands on which it becomes overdue: due day, lag and deferrals counted. All days
are civil days in the issuer's zone.

- A rolling check counts from the last one held. The next is certain; those after it are planned as
  if each were held on its last day. Of a product's plan the next two are shown.
- The recertification stands there too. Missed, it is no overdue surveillance: the certificate ends.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from service.domain.dates import add_months
from service.domain.report import Obligation
from service.domain.surveillance import Deferral, Record
from service.rules.case import Case
from service.rules.cycle import cycle, granted_on
from service.rules.surveillance import DEFERRAL_REASONS, assess_surveillance
from service.rules.transition_table import TransitionRefusal, refusal

RECERTIFICATION = "RECERT"
# What falls due within two months is to be done now: a team and a date must be found.
DUE_SOON_DAYS = 60
_ONE_DAY = timedelta(days=1)
# The checks of a product's plan that are shown ahead.
_AHEAD = 2


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check that was or will be due: `id` is `S1`, `CY-2027`, `ROLL`, `RECERT` or a plan's kind.

    `held` is the first day on which it counts as held. `deferrals` are (first day, last day) of
    each that holds; `lag_days` how late it may come on record, None where it is never overdue.
    """

    id: str
    due: date
    lag_days: int | None
    held: date | None = None
    deferrals: tuple[tuple[date, date], ...] = ()

    @property
    def overdue_from(self) -> date | None:
        """The first day on which a verifier would call it overdue; None if on no day."""
        if self.lag_days is None:
            return None
        day = self.due + timedelta(days=self.lag_days + 1)
        while (until := self._put_off(day)) is not None:
            day = until + _ONE_DAY
        return day if self.held is None or day < self.held else None

    def _put_off(self, day: date) -> date | None:
        return max((last for first, last in self.deferrals if first <= day <= last), default=None)

    def state_on(self, day: date) -> str:
        """`planned`, `due`, `unconfirmed`, `deferred`, `held` or `overdue` on a civil day."""
        if self.held is not None and self.held <= day:
            return "held"
        if day <= self.due:
            soon = self.due - timedelta(days=DUE_SOON_DAYS)
            return "due" if day >= soon else "planned"
        if self._put_off(day) is not None:
            return "deferred"
        lag = timedelta(days=self.lag_days or 0)
        return "unconfirmed" if day <= self.due + lag else "overdue"


def surveillance_calendar(case: Case) -> tuple[PlannedCheck, ...]:
    """MS-9, MS-10, PC-11: every check of the cycle, in order of its due day.

    A case without a record has just been issued. `case.day` decides only how far ahead the plan of
    a product without an end is followed.
    """
    record = case.record or Record("", "", case.certificate.revision, 0, 0, (), ())
    horizon = _horizon(case, record)
    far = case._replace(day=horizon, today=max(case.today, horizon), record=record)
    expires = case.certificate.expires
    checks = list(_known(far, record))
    checks += _projected(far, record, checks)
    if case.is_ms and expires is not None:
        checks.append(_recertification(case, record, expires))
    shown = [one for one in checks if one.held or expires is None or one.due <= expires]
    return tuple(sorted(_next_of_plan(case, shown), key=lambda one: (one.due, one.id)))


def overdue_from(checks: tuple[PlannedCheck, ...]) -> date | None:
    """MS-13, PC-11: the first day on which any of them is overdue; None if on no day."""
    days = [day for one in checks if (day := one.overdue_from) is not None]
    return min(days, default=None)


def _horizon(case: Case, record: Record) -> date:
    """A day by which all that is on record has happened and everything of the cycle is due."""
    plan = case.row.plan if case.row is not None and case.row.plan else ()
    longest = max((item.months for item in plan), default=0)
    expires = case.certificate.expires
    end = add_months(case.day, _AHEAD * max(longest, 12)) if expires is None else expires
    put_off = [one.deferral for one in record.surveillance if one.deferral is not None]
    days = [
        *(one.last_day for one in record.surveillance),
        *(one.approved_on for one in put_off),
        *(one.new_due for one in put_off),
    ]
    return max([case.day, end, *(day for day in days if day is not None)])


def _lag_days(case: Case) -> int:
    """MS-12, PC-11: the pack's own days of grace, else the policy's."""
    lag = case.pack.lag_days if case.is_ms else None
    return case.policy.register_lag_days if lag is None else lag


def _known(case: Case, record: Record) -> Iterator[PlannedCheck]:
    """The checks as the rule sees them at the end of the cycle, with and without deferrals.

    What only a deferral lets count is held from the day on which that was approved.
    """
    bare = replace(
        record, surveillance=tuple(replace(one, deferral=None) for one in record.surveillance)
    )
    without = assess_surveillance(case._replace(record=bare))[1].obligations
    for one, alone in zip(assess_surveillance(case)[1].obligations, without, strict=True):
        valid = tuple(_deferrals(case, record, one))
        held = one.held
        if held is not None and alone.held is None:
            held = max(held, min(first for first, until in valid if held <= until))
        yield PlannedCheck(one.kind, one.due, _lag_days(case), held, valid)


def _deferrals(case: Case, record: Record, one: Obligation) -> Iterator[tuple[date, date]]:
    """MS-14: the deferrals that hold, each from its approval to its new day.

    One approved after that day puts nothing off, yet lets an audit count that was held by then.
    """
    limit = add_months(one.due, case.policy.deferral_max_months)
    for entry in record.surveillance:
        put_off = entry.deferral
        if put_off is None or put_off.of != one.kind or put_off.reason not in DEFERRAL_REASONS:
            continue
        approved = put_off.approved_on or date.min
        if one.due < put_off.new_due <= limit:
            yield approved, put_off.new_due


def _projected(case: Case, record: Record, checks: list[PlannedCheck]) -> Iterator[PlannedCheck]:
    """What follows a rolling check, if each were held on its last day."""
    lag, expires = _lag_days(case), case.certificate.expires
    if not case.is_ms:
        for item in case.row.plan or () if case.row is not None else ():
            if item.mode == "rolling" and item.months:
                held = [o.last_day for o in record.surveillance if o.kind == item.kind]
                last = max([granted_on(case), *(day for day in held if day is not None)])
                due = add_months(add_months(last, item.months), item.months)
                yield PlannedCheck(item.kind, due, lag)
        return
    months = case.pack.rolling_months
    open_ = [one.due for one in checks if one.held is None and one.id in ("ROLL", "S1")]
    if not months or expires is None or not open_:
        return
    due = add_months(max(open_), months)
    while due <= expires:
        yield PlannedCheck("ROLL", due, lag)
        due = add_months(due, months)


def _recertification(case: Case, record: Record, expires: date) -> PlannedCheck:
    """MS-5, MS-10: by the last day; held too early it was a surveillance under another name."""
    earliest = add_months(cycle(case).decision, case.policy.recert_earliest_month)
    held = [
        one.last_day
        for one in record.surveillance
        if one.kind == "recertification" and one.last_day is not None and one.last_day > earliest
    ]
    return PlannedCheck(RECERTIFICATION, expires, None, min(held, default=None))


def _next_of_plan(case: Case, checks: list[PlannedCheck]) -> Iterator[PlannedCheck]:
    """Of a product's plan what has passed, and the next two of each kind."""
    ahead: dict[str, int] = {}
    for one in sorted(checks, key=lambda one: one.due):
        if case.is_ms or one.held is not None or one.due < case.day:
            yield one
        elif ahead.setdefault(one.id, 0) < _AHEAD:
            ahead[one.id] += 1
            yield one


def assess_deferral(case: Case, asked: Deferral) -> tuple[TransitionRefusal, ...]:
    """MS-14: what speaks against putting off a check; nothing if it is allowed.

    `case.day` is the day on which it is asked, in the issuer's zone.
    """
    clause = "MS-14; ISO/IEC 17021-1 9.1.3.3"
    if asked.of == RECERTIFICATION:
        return (refusal("DEFERRAL_OF_RECERTIFICATION", clause, due=case.certificate.expires),)
    checks = surveillance_calendar(case)
    due = next((one.due for one in checks if one.id == asked.of and one.held is None), None)
    wrong = []
    if due is None:
        wrong.append(refusal("DEFERRAL_CHECK_UNKNOWN", clause, of=asked.of))
    else:
        wrong += _new_day(case, asked.new_due, due, clause)
    if asked.reason not in DEFERRAL_REASONS:
        allowed = sorted(DEFERRAL_REASONS)
        wrong.append(refusal("DEFERRAL_REASON_UNKNOWN", clause, allowed=allowed))
    if asked.approved_on is None:
        wrong.append(refusal("DEFERRAL_NOT_APPROVED", clause))
    elif asked.approved_on > case.day:
        facts = {"decided": asked.approved_on, "today": case.day}
        wrong.append(refusal("FUTURE_DATED", clause, **facts))
    return tuple(wrong)


def _new_day(case: Case, new_due: date, due: date, clause: str) -> Iterator[TransitionRefusal]:
    """MS-14: later than the due day, and at most six months after it."""
    limit = add_months(due, case.policy.deferral_max_months)
    if new_due <= due:
        yield refusal("DEFERRAL_NOT_LATER", clause, due=due)
    elif new_due > limit:
        yield refusal("DEFERRAL_TOO_LONG", clause, due=due, limit=limit, new_due=new_due)
