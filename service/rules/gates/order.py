"""The order of a product's evidence, and what a change may not bring (rules.md IG-PC-5, PC-5)."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from service.domain.dossier import Act, Dossier
from service.domain.evidence import TypeTest
from service.domain.reason import Reason
from service.rules.gates.ground import Ground, decision_day
from service.rules.gates.problem import Problem, named, wrong
from service.rules.gates.prospect import added, flags, signing_day

_Steps = list[tuple[str, date | None]]
# A scheme may accept results from before the application (17065 7.4.5).
EARLIER_RESULTS = "earlier_results"


def evidence_order(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-PC-5: application, sample, receipt, test, report, review, decision, certificate: in order.

    Equal days are in order. Strictly: every day must be on file, an inspection comes before the
    review too, and results from before the application count only where the scheme says so.
    """
    reviewed, decided = dossier.review.on, decision_day(dossier, ground)
    received = dossier.application.received_on
    if received is None and dossier.act not in (Act.REDUCE, Act.CHANGE):
        yield wrong("The day on which the application was received is not on file.")
    earlier = EARLIER_RESULTS in flags(dossier, ground)
    for test in dossier.tests:
        yield from _in_order([*([] if earlier else [("application", received)]), *_steps(test),
                              ("review", reviewed)])  # fmt: skip
        if missing := [what for what, day in _steps(test) if day is None]:
            yield wrong(f"Report {test.report or 'without a number'} does not tell the day of:"
                        f" {named(missing)}.", report=test.report)  # fmt: skip
    for one in dossier.inspections:
        yield from _in_order([(one.kind.replace("_", " "), one.last_day), ("review", reviewed)])
    yield from _in_order([("application", received), ("review", reviewed), ("decision", decided)])
    for what, day in (
        ("applies from", dossier.certificate.effective),
        ("is issued on", signing_day(dossier, ground)),
    ):
        if day is None:
            yield wrong("The day from which the certificate applies is not on file.")
        elif day < decided and dossier.decision.on is not None and decided <= ground.today:
            yield wrong(f"The certificate {what} {day}, before its decision on {decided}.",
                        str(Reason.BACKDATED), date=day)  # fmt: skip


def _steps(test: TypeTest) -> _Steps:
    return [
        ("sample", test.sampled_on),
        ("receipt of the sample", test.received_on),
        ("start of the test", test.test_start),
        ("end of the test", test.test_end),
        ("report", test.issued_on),
    ]


def _in_order(steps: _Steps) -> Iterator[Problem]:
    known = [(what, day) for what, day in steps if day is not None]
    for (what, day), (next_, later) in pairwise(known):
        if later < day:
            yield wrong(
                f"The {next_} on {later} comes before the {what} on {day}.",
                str(Reason.EVIDENCE_ORDER_IMPOSSIBLE),
                date=later,
            )


def unchanged(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """PC-5: a change or reduction adds no model, factory, standard or revision of the design.

    Strictly: whatever was not evaluated before needs the gates of an extension.
    """
    new = added(dossier, ground)
    if ground.previous is None:
        yield wrong("The certificate that is changed is not on file.")
        return
    beyond = (*new.standards, *new.models, *new.factories, *new.codes, *new.sites)
    if dossier.act is not Act.EXTEND and beyond:
        yield wrong(f"{named(beyond)} would be added: that is an extension.", added=beyond)
    if dossier.act is not Act.EXTEND and new.redesigned:
        yield wrong(f"Revision {dossier.product.revision or 'without a name'} was not evaluated.")
