"""The history of the example world, replayed through its register in the order of time.

Bodies are enrolled, recognised and accredited; certificates are issued from complete dossiers that
pass every gate; surveillance is held, and sanctions fall: each by the use case that serves it, on
its day. Before each step the statements that it rests on are published anew where they have changed
or would soon be too old. What no honest register lets through is written by `unchecked`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from itertools import groupby

from service.demo import unchecked
from service.demo.accrediting import accreditation_steps, found
from service.demo.cast import BODIES
from service.demo.dossiers import dossier
from service.demo.papers import Event, Made, Paper, offset
from service.demo.plan import PLAN
from service.demo.step import HISTORY, Step, afternoon, noon
from service.domain.dates import DAY_S
from service.domain.refusal import Denied
from service.registry import issuing, lives, surveying
from service.registry.caretaker import care
from service.registry.intending import Wish
from service.registry.office import Office
from service.registry.publishing import publish
from service.storage import register
from service.storage.publications import STATEMENT, Due
from service.storage.register import Revision
from service.trust.statement import MAX_LIFE_S

# A statement that will live for so long at least is good enough for a step.
_LEFT_S = 2 * DAY_S
# That a check keeps its certificate alive is decided a week later.
_MAINTAINED = 7
_ALL = 10_000


class DemoBroken(Exception):
    """A step is refused, or an answer is not the planned one: a fault of ours, in the plan or the
    rules.
    """


def replay(office: Office, built_on: date, *, at: int) -> Mapping[str, str]:
    """Everything that happened up to `at` (POSIX seconds); gives the papers' tokens by slug.

    `built_on` is the day that offsets count from. Raises DemoBroken where a step is refused.
    """
    found(office, built_on)
    steps = [*accreditation_steps(built_on), *_certificates(built_on)]
    spoken: dict[str, int] = {}
    for step in sorted(steps, key=lambda step: step.at):
        _speak(office, step, spoken)
        try:
            step.work(office)
        except Denied as denied:
            raise DemoBroken(f"{step.about}: {denied}") from None
        if step.restated is not None:
            spoken.pop(BODIES[step.restated].id, None)
    if failed := keep_fresh(office, at=at):
        raise DemoBroken(f"not published: {'; '.join(failed)}")
    return _tokens(office, built_on)


def keep_fresh(office: Office, *, at: int) -> list[str]:
    """What the register does by itself at `at` (POSIX seconds), as often as there is work.

    Gives back what could not be published.
    """
    done = care(office, at=at)
    while done.more and not done.failed:
        done = care(office, at=at)
    return done.failed


def _speak(office: Office, step: Step, spoken: dict[str, int]) -> None:
    """Publish what is stated of the bodies that a step rests on, and of those above them.

    `spoken` is when something was last stated of a body, in POSIX seconds; what is said still and
    will be good for a while is not said again.
    """
    needed = {BODIES[key].id for key in step.rests_on}
    needed |= {BODIES[str(BODIES[key].by)].id for key in step.rests_on}
    silent = {id for id in needed if spoken.get(id, 0) < step.at + _LEFT_S - MAX_LIFE_S}
    if not silent:
        return

    def wanted(due: Due) -> bool:
        return due.kind == STATEMENT and due.name in silent and due.name != due.body

    publish(office, at=step.at, limit=_ALL, wanted=wanted)
    spoken.update(dict.fromkeys(silent, step.at))


def _certificates(built_on: date) -> Iterator[Step]:
    yield from _honest(built_on)
    for paper in PLAN:
        if paper.made is Made.CARELESS:
            at = noon(built_on, paper.decided, BODIES[paper.body].zone)
            work = partial(unchecked.write, paper=paper, built_on=built_on, at=at)
            yield Step(at, paper.slug, (paper.body,), work)
    for paper in PLAN:
        if paper.made is not Made.FORGED:
            yield from (_check(paper, day, built_on) for day in paper.checks)
            yield from (_event(paper, event, built_on) for event in paper.events)
    yield from unchecked.silences(built_on)


def _honest(built_on: date) -> Iterator[Step]:
    """What one body decided on one day is issued together."""

    def together(paper: Paper) -> tuple[int, str, str]:
        return paper.decided, paper.body, paper.list_name

    honest = sorted((paper for paper in PLAN if paper.made is Made.HONEST), key=together)
    for (decided, key, list_name), group in groupby(honest, key=together):
        papers, at = tuple(group), noon(built_on, decided, BODIES[key].zone)
        origins = {paper.moved_from.body for paper in papers if paper.moved_from}
        about = ", ".join(paper.slug for paper in papers)
        if list_name != "1":
            yield Step(at, about, (), partial(unchecked.begin_list, body=key, name=list_name))
        work = partial(_issue, papers=papers, built_on=built_on, at=at)
        yield Step(at, about, (key, *origins), work)


def _issue(office: Office, papers: tuple[Paper, ...], built_on: date, at: int) -> None:
    wishes = [Wish(dossier(paper, built_on), paper.number) for paper in papers]
    issuing.issue(office, HISTORY, BODIES[papers[0].body].id, wishes, at=at)


def _check(paper: Paper, day: int, built_on: date) -> Step:
    """A check of two days, written down when it is decided that the certificate stays."""
    body, last = BODIES[paper.body], offset(built_on, day)
    at = afternoon(built_on, day + _MAINTAINED, body.zone)
    check = {
        "kind": paper.check,
        "first_day": offset(last, -1).isoformat(),
        "last_day": last.isoformat(),
        "maintained_on": offset(last, _MAINTAINED).isoformat(),
    }

    def work(office: Office) -> None:
        office.database.write(
            lambda connection: surveying.record_check(
                connection, office, HISTORY, body.id, paper.number, check, at=at
            )
        )

    return Step(at, f"{paper.check} of {paper.number}", (paper.body,), work)


def _event(paper: Paper, event: Event, built_on: date) -> Step:
    body = BODIES[paper.body]
    at = afternoon(built_on, event.on, body.zone)
    asked: dict[str, object] = {"act": event.act, "reason": event.reason}
    if event.to is not None:
        asked["to"] = {"by": BODIES[event.to[0]].id, "number": event.to[1]}

    def work(office: Office) -> None:
        office.database.write(
            lambda connection: lives.act(
                connection, office, HISTORY, body.id, paper.number, asked, at=at
            )
        )

    return Step(at, f"{event.act} {paper.number}", (paper.body,), work)


def _tokens(office: Office, built_on: date) -> Mapping[str, str]:
    """The token of each paper: the register's, a genuine one altered, or one that was forged."""
    tokens = {}
    for paper in PLAN:
        issued = _issued(office, paper)
        if paper.made is Made.FORGED:
            copied = issued.idx if issued is not None else None
            tokens[paper.slug] = unchecked.forge(paper, built_on, copied=copied)
        elif issued is not None:
            tokens[paper.slug] = unchecked.altered(str(issued.token), paper.altered)
    return tokens


def _issued(office: Office, paper: Paper) -> Revision | None:
    """What the register has under the number of a paper."""
    body = BODIES[paper.body].id
    try:
        return office.database.read(
            lambda connection: register.revision(connection, body, paper.number, paper.rev)
        )
    except Denied:
        return None
