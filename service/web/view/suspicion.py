"""The pages of a report: what a suspicion is about, to whom it goes, and its number."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.report import Report
from service.domain.verdict import Answer
from service.registry.suspicions import MAX_PLACE, MAX_REACH, MAX_WORDS
from service.storage.register import Body
from service.web.language import _
from service.web.view.page import WORDS
from service.web.view.subject import heading
from service.web.view.words import Line, foreign, listed, own, say


@dataclass(frozen=True, slots=True)
class Suspected:
    """What is reported: `number` only of a certificate that is proven genuine.

    `action` is where the form goes, `back` the verdict's own page.
    """

    about: Line
    number: Line | None
    mark: str
    word: str
    goes: Line
    action: str
    back: str
    most_words: int = MAX_WORDS
    most_place: int = MAX_PLACE
    most_reach: int = MAX_REACH


def suspected(report: Report, bodies: Sequence[Body], *, action: str, back: str) -> Suspected:
    """What is shown of a suspicion that goes to these bodies."""
    proven = report.certificate if report.genuine is Answer.YES else None
    names = listed(body.name for body in bodies)
    if proven is None:
        goes = say(
            "Nobody is proven to have issued this code, so your report goes to {bodies}.",
            bodies=names,
        )
    elif proven.issuer not in {body.id for body in bodies}:
        goes = say(
            "Its certifier does not work in this register, so your report goes to {bodies}.",
            bodies=names,
        )
    else:
        goes = say("Your report goes to {bodies}.", bodies=names)
    return Suspected(
        about=heading(proven) if proven else own("A code that is not proven genuine"),
        number=foreign(proven.number) if proven else None,
        mark=report.verdict.value.lower(),
        word=_(WORDS[report.verdict]),
        goes=goes,
        action=action,
        back=back,
    )
