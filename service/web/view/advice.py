"""What to do now, by verdict; and, for a wrong kind, what you have drawn beside what you need."""

from collections.abc import Mapping
from typing import NamedTuple

from service.domain.certificate import Certificate, Kind
from service.domain.question import Question
from service.domain.reason import Reason
from service.domain.report import Report
from service.domain.verdict import Answer, Verdict
from service.web.language import N_, _
from service.web.view.findings import has, next_steps
from service.web.view.subject import certifier
from service.web.view.words import Line, own, say

# What each of these was taken for.
_NEEDED: Mapping[Reason, Kind] = {
    Reason.MS_NOT_PRODUCT: Kind.PRODUCT,
    Reason.SERVICE_NOT_PRODUCT: Kind.PRODUCT,
    Reason.PRODUCT_NOT_MS: Kind.MANAGEMENT_SYSTEM,
    Reason.SERVICE_NOT_MS: Kind.MANAGEMENT_SYSTEM,
    Reason.MS_NOT_SERVICE: Kind.SERVICE,
    Reason.PRODUCT_NOT_SERVICE: Kind.SERVICE,
}
_HAVE: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: N_("It says how the company works."),
    Kind.PRODUCT: N_("It speaks for the product it names."),
    Kind.SERVICE: N_("It speaks for the service it names."),
}
_NEED: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: N_("It must name the company."),
    Kind.PRODUCT: N_("It must name the product."),
    Kind.SERVICE: N_("It must name the service."),
}
_A_KIND: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: N_("a management-system certificate"),
    Kind.PRODUCT: N_("a product certificate"),
    Kind.SERVICE: N_("a service certificate"),
}
_ASK: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: N_(
        "Ask the seller for the management-system certificate, and scan the code on it."
    ),
    Kind.PRODUCT: N_("Ask the seller for the product certificate, and scan the code on it."),
    Kind.SERVICE: N_("Ask the seller for the service certificate, and scan the code on it."),
}
_IF_NONE: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: N_(
        "If there is none, nobody independent has checked how this company works."
    ),
    Kind.PRODUCT: N_("If there is none, nobody independent has approved this product."),
    Kind.SERVICE: N_("If there is none, nobody independent has checked this service."),
}


class Side(NamedTuple):
    """One side of the drawing."""

    kind: str
    name: str
    text: Line


class Pair(NamedTuple):
    """What you have, and what you need."""

    have: Side
    need: Side


class Advice(NamedTuple):
    """What to do: `before` and `after` are sentences around the steps, `again` is an address."""

    outcome: str
    before: Line | None
    steps: tuple[Line, ...]
    after: Line | None
    again: str | None
    rescan: bool


def pair(report: Report, certificate: Certificate) -> Pair | None:
    """The drawing for a certificate of another kind than was needed."""
    finding = has(report.reasons, frozenset(_NEEDED))
    if finding is None or finding.code is None:
        return None
    need = _NEEDED[finding.code]
    have = certificate.kind
    model = report.question.model if need is Kind.PRODUCT else None
    text = say("It must name {model}.", model=model) if model else own(_NEED[need])
    return Pair(
        Side(str(have), _(_A_KIND[have]), own(_HAVE[have])),
        Side(str(need), _(_A_KIND[need]), text),
    )


def advice(report: Report, again: str | None = None) -> Advice | None:
    """What to do now; None where nothing needs doing. `again` asks the same once more."""
    verdict = report.verdict
    if verdict is Verdict.ACCEPT:
        return None
    outcome = verdict.value.lower()
    if report.genuine is not Answer.YES:
        return _unproven(report, outcome, again)
    steps = next_steps(report)
    if verdict is Verdict.NOT_FOR_THIS_PURPOSE:
        return _elsewhere(report, outcome, steps)
    if verdict is Verdict.CANNOT_CONFIRM:
        before = own("This is neither a yes nor a no.")
        wait = own("If you cannot wait, set the goods or the paper aside until it is known.")
        return Advice(outcome, before, (*steps, wait), None, again=again, rescan=False)
    if verdict is Verdict.REJECT:
        ask = _ask_certifier(report)
        return Advice(
            outcome, None, (own("Do not rely on it."), *steps, ask), None, again=None, rescan=False
        )
    later = own("Check again on the day you rely on it.")
    return Advice(outcome, None, (*steps, later), None, again=None, rescan=False)


def _unproven(report: Report, outcome: str, again: str | None) -> Advice:
    if report.genuine is Answer.UNKNOWN:
        before = own("This is neither a yes nor a no.")
        steps = next_steps(report) or (own("Try again later, or with a newer verifier."),)
        return Advice(outcome, before, steps, None, again=again, rescan=True)
    steps = (
        own("Do not rely on this code, nor on the paper or label that carries it."),
        own("If it was printed badly or photographed askew, scan it once more."),
        *next_steps(report),
    )
    return Advice(outcome, None, steps, None, again=None, rescan=True)


def _elsewhere(report: Report, outcome: str, steps: tuple[Line, ...]) -> Advice:
    after = own("Nothing is wrong with the certificate itself. It answers another question.")
    finding = has(report.reasons, frozenset(_NEEDED))
    if finding is not None and finding.code is not None:
        need = _NEEDED[finding.code]
        steps = _ask_seller(need, report.question)
    steps = steps or (own("Ask for a certificate that covers what you need, and scan that one."),)
    return Advice(outcome, None, steps, after, again=None, rescan=False)


def _ask_seller(need: Kind, question: Question) -> tuple[Line, ...]:
    model = question.model if need is Kind.PRODUCT else None
    if model is None:
        return own(_ASK[need]), own(_IF_NONE[need])
    first = say(
        "Ask the seller for the product certificate of {model}, and scan the code on it or on the"
        " package.",
        model=model,
    )
    return first, own(_IF_NONE[need])


def _ask_certifier(report: Report) -> Line:
    return say(
        "Ask {holder} or {certifier} what happened, at an address that you look up yourself.",
        holder=report.certificate.holder.name if report.certificate else "",
        certifier=certifier(report),
    )
