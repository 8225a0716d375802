"""Application, agreement and decision (rules.md IG-MS-1, IG-PC-8, DT-9)."""

from collections.abc import Iterator
from datetime import date

from service.domain.dossier import Dossier
from service.domain.reason import Reason
from service.rules.gates.ground import Ground, decision_day
from service.rules.gates.problem import Problem, beware, late, wrong
from service.rules.gates.prospect import signing_day


def application(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-1: the application was reviewed and the agreement signed, both by the decision."""
    decided, given = decision_day(dossier, ground), dossier.application
    for what, day in (
        ("The review of the application", given.reviewed_on),
        ("The signing of the agreement", given.agreement_signed_on),
    ):
        if day is None:
            yield wrong(f"{what} is not on file.")
        elif day > decided:
            yield wrong(f"{what} on {day} is later than the decision on {decided}.", date=day)


def documents(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-PC-8: nothing is handed out before the decision is made and the agreement signed.

    That the certificate is not dated before its decision is the end of IG-PC-5.
    """
    decision, agreed = dossier.decision, dossier.application.agreement_signed_on
    if decision.on is None:
        yield wrong("The day of the decision is not on file.")
    if not decision.makers:
        yield wrong("Nobody is named who made the decision.")
    if agreed is None:
        yield wrong("The signing of the agreement is not on file.")
    elif late(agreed, signing_day(dossier, ground)):
        yield wrong(f"The agreement is signed on {agreed}, after the certificate.", date=agreed)


def decision_date(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """DT-9: no evidence lies ahead, and a decision far back needs a second approval.

    Ahead of today is refused at once (security.md A13). Days back are counted from the decision to
    today; the last allowed one is `decision_back_days` later (inferred).
    """
    decided, today, most = dossier.decision.on, ground.today, ground.policy.decision_back_days
    if decided is not None and decided > today:
        yield wrong(
            f"The decision is dated {decided}, which lies ahead.", "FUTURE_DATED", date=decided
        )
    elif decided is not None and (today - decided).days > most:
        text = f"The decision on {decided} lies more than {most} days back"
        if ground.second_approval:
            yield beware(f"{text}; a second person has approved it.", date=decided)
        else:
            yield wrong(
                f"{text}; a second person must approve it.", str(Reason.BACKDATED), date=decided
            )
    issued = dossier.certificate.issued_on
    if issued is not None and issued > today:
        yield wrong(f"The day of issue, {issued}, lies ahead.", "FUTURE_DATED", date=issued)
    for what, day in _days(dossier):
        if day is not None and day > today:
            yield _impossible(f"{what} is dated {day}, which lies ahead.", day)
    for audit in dossier.audits:
        first, last = audit.first_day, audit.last_day
        if first is not None and last is not None and last < first:
            yield _impossible(f"The {audit.kind} audit ends on {last}, before it starts.", last)


def _impossible(text: str, day: date) -> Problem:
    return wrong(text, str(Reason.EVIDENCE_ORDER_IMPOSSIBLE), date=day)


def _days(dossier: Dossier) -> Iterator[tuple[str, date | None]]:
    """Every day of something that must have happened."""
    yield "The application", dossier.application.received_on
    yield "The review of the application", dossier.application.reviewed_on
    yield "The agreement", dossier.application.agreement_signed_on
    yield "The review", dossier.review.on
    for audit in dossier.audits:
        yield f"The {audit.kind} audit", audit.last_day or audit.first_day
    for one in dossier.findings:
        yield f"A {one.grade} finding", one.raised_on
        for day in (one.correction_verified_on, one.action_verified_on, one.plan_accepted_on):
            yield f"The closing of a {one.grade} finding", day
    for test in dossier.tests:
        for day in (test.sampled_on, test.received_on, test.test_start, test.test_end):
            yield f"The test {test.report or 'without a number'}", day
        yield f"The report {test.report or 'without a number'}", test.issued_on
    for inspection in dossier.inspections:
        yield f"The {inspection.kind}", inspection.last_day
    if dossier.transfer is not None:
        yield "The review before the transfer", dossier.transfer.review_done_on
        yield "The word to the accreditation body", dossier.transfer.ab_informed_on
