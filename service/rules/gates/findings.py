"""What became of the findings of the audits (rules.md IG-MS-6, IG-MS-7)."""

from collections.abc import Iterator
from datetime import date

from service.domain.dates import add_months
from service.domain.dossier import Act, Dossier
from service.domain.evidence import AuditFinding
from service.rules.gates.audits import last
from service.rules.gates.ground import Ground, decision_day
from service.rules.gates.problem import Problem, idle, wrong


def majors(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-6: correction and action of every major are verified in time, and by the decision.

    In time is within `major_close_months` of the last day of the last stage 2; at a renewal by the
    old end too (MS-5). Later, another stage 2 is needed. The limit is inclusive (DT-2).
    """
    found = [one for one in dossier.findings if one.grade == "major"]
    if not found:
        yield idle("There is no major finding.")
    limit = _limit(dossier, ground)
    for one in found:
        if one.raised_on is None:
            yield wrong("The day on which a major finding was raised is not on file.")
        for what, day in (
            ("correction", one.correction_verified_on),
            ("corrective action", one.action_verified_on),
        ):
            yield from _verified(one, what, day, limit)


def _limit(dossier: Dossier, ground: Ground) -> date:
    days = [decision_day(dossier, ground)]
    stage2 = last(dossier.held("stage2"))
    if stage2 is not None and stage2.last_day is not None:
        days.append(add_months(stage2.last_day, ground.policy.major_close_months))
    before = ground.previous.expires if ground.previous is not None else None
    if dossier.act is Act.RENEW and before is not None:
        days.append(before)
    return min(days)


def _verified(finding: AuditFinding, what: str, day: date | None, limit: date) -> Iterator[Problem]:
    raised = finding.raised_on
    if day is None:
        yield wrong(f"The {what} of the major finding of {raised or 'an unknown day'} is not"
                    " verified.")  # fmt: skip
    elif raised is not None and day < raised:
        yield wrong(f"The {what} was verified on {day}, before the finding was raised.", date=day)
    elif day > limit:
        yield wrong(
            f"The {what} was verified on {day}, after {limit}: another stage 2 is needed"
            " if that is past the six months, else a later decision.",
            date=day,
            limit=limit,
        )


def minors(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-7: for every minor a plan is accepted, by the decision at the latest."""
    found = [one for one in dossier.findings if one.grade == "minor"]
    if not found:
        yield idle("There is no minor finding.")
    decided = decision_day(dossier, ground)
    for one in found:
        accepted, raised = one.plan_accepted_on, one.raised_on
        if accepted is None:
            yield wrong(f"No plan is accepted for the minor finding of {raised or '(no day)'}.")
        elif accepted > decided or (raised is not None and accepted < raised):
            yield wrong(
                f"The plan was accepted on {accepted}, not between the finding and the decision.",
                date=accepted,
            )
