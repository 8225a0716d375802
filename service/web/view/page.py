"""The verdict page: a report as everything that the template shows, in its order."""

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple

from keys import b64u
from service.domain.report import ACCEPTED, Report
from service.domain.verdict import Answer, Verdict
from service.web.language import N_, _
from service.web.view.advice import Pair, advice, pair
from service.web.view.ages import Ages, ages
from service.web.view.ask import Asked, AskForm, again, ask_form, asked, beside, suspect
from service.web.view.axes import AxisView, axes
from service.web.view.chain import ChainView, chain
from service.web.view.findings import checks, said, shown
from service.web.view.subject import Comparison, Subject, comparison, named, subject
from service.web.view.timeline import Timeline, timeline
from service.web.view.words import Line, first_sentence, listed, moment, plain_text, say

WORDS: Mapping[Verdict, str] = {
    Verdict.ACCEPT: N_("Valid"),
    Verdict.ACCEPT_WITH_WARNING: N_("Valid, with a warning"),
    Verdict.NOT_FOR_THIS_PURPOSE: N_("Not for this"),
    Verdict.CANNOT_CONFIRM: N_("Cannot confirm"),
    Verdict.REJECT: N_("Rejected"),
}


class Part(NamedTuple):
    """A part of the page: the name of its template, and all that it shows."""

    name: str
    view: Hashable


class File(NamedTuple):
    """What is kept for the record: `again` is the address of this check, `title` its name."""

    checked: str
    fingerprint: str | None
    again: str | None
    title: str


class Genuine(NamedTuple):
    """What is shown only of a certificate that is proven genuine."""

    subject: Subject
    pair: Pair | None
    beside: tuple[Asked, ...]
    compare: Comparison
    chain: ChainView | None
    timeline: Timeline | None


class VerdictPage(NamedTuple):
    """A verdict page; `main` and `aside` are its parts in their order."""

    main: tuple[Part, ...]
    aside: tuple[Part, ...]
    verdict: str
    mark: str
    word: str
    title: str
    line: Line
    asked: Line | None
    axes: tuple[AxisView, ...]
    genuine: Genuine | None
    form: AskForm | None
    suspect: str | None
    checked: str


def verdict_page(report: Report, *, link: str | None, here: bool = False) -> VerdictPage:
    """The page of a report whose certificate has the address `link` here, if it has one.

    `here` where the page itself stands at that address.
    """
    genuine = _genuine(report)
    fresh = ages(report)
    word = _(WORDS[report.verdict])
    title = _("{verdict}: {about}").format(verdict=word, about=_about(report, genuine))
    checked = moment(report.checked_at, report.zone if genuine else None)
    same = again(report.question, link) if link else None
    form = ask_form(report.question, None if here else link) if link and genuine else None
    file = File(checked, fingerprint(report.token_sha256), same, title)
    shown: dict[str, Hashable] = {
        "next": advice(report, same),
        "checks": checks(report),
        "ages": fresh if fresh.items else None,
        "ask": form,
        "file": file,
    }
    if genuine is None:
        shown["unproven"] = _unproven(report)
    else:
        shown.update(genuine._asdict())
    return VerdictPage(
        main=_parts(_main(report, genuine, fresh), shown),
        aside=_parts(("ask", *(() if fresh.stale else ("ages",)), "file"), shown),
        verdict=str(report.verdict),
        mark=report.verdict.value.lower(),
        word=word,
        title=title,
        line=_line(report),
        asked=asked(report.question),
        axes=axes(report),
        genuine=genuine,
        form=form,
        suspect=suspect(report.question, link) if link else None,
        checked=checked,
    )


def _parts(names: Iterable[str], shown: Mapping[str, Hashable]) -> tuple[Part, ...]:
    """Those of the parts that there is something to show in."""
    return tuple(Part(f"_{name}.html", view) for name in names if (view := shown[name]))


def _genuine(report: Report) -> Genuine | None:
    certificate = report.certificate
    if report.genuine is not Answer.YES or certificate is None:
        return None
    return Genuine(
        subject=subject(report, certificate),
        pair=pair(report, certificate),
        beside=beside(report, certificate) if report.fits is Answer.NO else (),
        compare=comparison(report, certificate),
        chain=chain(report, certificate) if report.chain else None,
        timeline=timeline(report, certificate),
    )


def _main(report: Report, genuine: Genuine | None, fresh: Ages) -> tuple[str, ...]:
    """What helps most comes first: what to do, what is missing, what it is; then the rest."""
    if genuine is None:
        return ("next", "unproven", "checks")
    if report.verdict is Verdict.ACCEPT:
        return ("subject", "compare", "chain", "timeline", "checks")
    missing = genuine.timeline is not None and genuine.timeline.missing
    stale = ["ages"] if fresh.stale else []
    first = ["pair", "next", *(["timeline"] if missing else []), *stale, "subject", "beside"]
    return (*first, "checks", "chain", *([] if missing else ["timeline"]), "compare")


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


def _about(report: Report, genuine: Genuine | None) -> str:
    if genuine is not None:
        return plain_text(genuine.subject.heading)
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


def fingerprint(sha256: str | None) -> str | None:
    """A hash as people compare it: hexadecimal, in groups of four."""
    return None if sha256 is None else b64u.decode(sha256).hex(" ", 2)
