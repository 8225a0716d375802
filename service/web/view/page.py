"""The verdict page: a report as everything that the template shows, in its order."""

from collections.abc import Mapping
from dataclasses import dataclass

from keys import b64u
from service.domain.report import ACCEPTED, Report
from service.domain.verdict import Answer, Verdict
from service.web.language import N_, _
from service.web.view.advice import Advice, Pair, advice, pair
from service.web.view.ages import Ages, ages
from service.web.view.ask import Asked, AskForm, again, ask_form, asked, beside, suspect
from service.web.view.axes import AxisView, axes
from service.web.view.chain import ChainView, chain
from service.web.view.findings import ChecksView, checks, said, shown
from service.web.view.subject import Comparison, Subject, comparison, heading, named, subject
from service.web.view.timeline import Timeline, timeline
from service.web.view.words import Line, first_sentence, listed, moment, plain_text, say

WORDS: Mapping[Verdict, str] = {
    Verdict.ACCEPT: N_("Valid"),
    Verdict.ACCEPT_WITH_WARNING: N_("Valid, with a warning"),
    Verdict.NOT_FOR_THIS_PURPOSE: N_("Not for this"),
    Verdict.CANNOT_CONFIRM: N_("Cannot confirm"),
    Verdict.REJECT: N_("Rejected"),
}


@dataclass(frozen=True, slots=True)
class Genuine:
    """What is shown only of a certificate that is proven genuine."""

    subject: Subject
    pair: Pair | None
    beside: tuple[Asked, ...]
    comparison: Comparison
    chain: ChainView | None
    timeline: Timeline | None


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """A verdict page; `main` and `aside` name its parts in their order."""

    main: tuple[str, ...]
    aside: tuple[str, ...]
    verdict: str
    mark: str
    word: str
    title: str
    line: Line
    asked: Line | None
    axes: tuple[AxisView, ...]
    advice: Advice | None
    genuine: Genuine | None
    unproven: str | None
    checks: ChecksView
    ages: Ages
    form: AskForm | None
    again: str | None
    suspect: str | None
    checked: str
    zone_note: str | None
    fingerprint: str | None


def verdict_page(report: Report, *, link: str | None) -> VerdictPage:
    """The page of a report whose certificate has the address `link` here, if it has one."""
    genuine = _genuine(report)
    fresh = ages(report)
    word = _(WORDS[report.verdict])
    return VerdictPage(
        main=_main(report, genuine, fresh),
        aside=_aside(genuine, fresh, linked=link is not None),
        verdict=str(report.verdict),
        mark=report.verdict.value.lower(),
        word=word,
        title=_("{verdict}: {about}").format(verdict=word, about=_about(report)),
        line=_line(report),
        asked=asked(report.question),
        axes=axes(report),
        advice=advice(report),
        genuine=genuine,
        unproven=None if genuine else _unproven(report),
        checks=checks(report),
        ages=fresh,
        form=ask_form(report.question, link) if link and genuine else None,
        again=again(report.question, link) if link else None,
        suspect=suspect(report.question, link) if link else None,
        checked=moment(report.checked_at, report.zone if genuine else None),
        zone_note=_zone_note(report) if genuine else None,
        fingerprint=fingerprint(report.token_sha256),
    )


def _genuine(report: Report) -> Genuine | None:
    certificate = report.certificate
    if report.genuine is not Answer.YES or certificate is None:
        return None
    return Genuine(
        subject=subject(report, certificate),
        pair=pair(report, certificate),
        beside=beside(report, certificate) if report.fits is Answer.NO else (),
        comparison=comparison(report, certificate),
        chain=chain(report, certificate) if report.chain else None,
        timeline=timeline(report, certificate),
    )


def _main(report: Report, genuine: Genuine | None, fresh: Ages) -> tuple[str, ...]:
    """What helps most comes first: what to do, what is missing, what it is; then the rest."""
    if genuine is None:
        return ("next", "unproven", "checks")
    if report.verdict is Verdict.ACCEPT:
        wanted = ["subject", "compare", "chain", "timeline", "checks"]
    else:
        missing = genuine.timeline is not None and genuine.timeline.missing
        stale = ["ages"] if fresh.stale else []
        first = ["pair", "next", *(["timeline"] if missing else []), *stale, "subject", "beside"]
        wanted = [*first, "checks", "chain", *([] if missing else ["timeline"]), "compare"]
    absent = {
        "pair": genuine.pair is None,
        "beside": not genuine.beside,
        "chain": genuine.chain is None,
        "timeline": genuine.timeline is None,
    }
    return tuple(part for part in wanted if not absent.get(part, False))


def _aside(genuine: Genuine | None, fresh: Ages, *, linked: bool) -> tuple[str, ...]:
    asks = ["ask"] if genuine is not None and linked else []
    return (*asks, *(["ages"] if fresh.items and not fresh.stale else []), "file")


def _line(report: Report) -> Line:
    """The sentence under the word: of a longer one the first part, for a screen is short."""
    if report.verdict is Verdict.ACCEPT:
        return _accepted(report)
    line = said(shown(report)[0], "sentence") or ()
    return first_sentence(line)


def _accepted(report: Report) -> Line:
    """What an accepted certificate says (`Report.headline`), with its words kept apart."""
    certificate = report.certificate
    if certificate is None:
        raise ValueError("an accepted report has a certificate")
    product = certificate.product
    return say(
        ACCEPTED[certificate.kind],
        holder=certificate.holder.name,
        standards=listed(certificate.standards),
        subject=() if product is None else named(product, limit=None),
    )


def _about(report: Report) -> str:
    if report.genuine is Answer.YES and report.certificate is not None:
        return plain_text(heading(report.certificate))
    return _("not genuine") if report.genuine is Answer.NO else _("not proven genuine")


def _unproven(report: Report) -> str:
    if report.genuine is Answer.NO:
        return _(
            "The code claims to come from someone. We could not prove it, so we show nothing that "
            "it says: no company, no certifier, no number. Whoever made it wanted you to read them."
        )
    return _(
        "We could not find out who signed this code, so we show nothing that it says: no company, "
        "no certifier, no number. That is caution, not an accusation."
    )


def _zone_note(report: Report) -> str | None:
    if report.zone is None:
        return None
    text = _("Days are those of {zone}, where the certifier works.")
    return text.format(zone=report.zone.replace("_", " "))


def fingerprint(sha256: str | None) -> str | None:
    """A hash as people compare it: hexadecimal, in groups of four."""
    return None if sha256 is None else b64u.decode(sha256).hex(" ", 2)
