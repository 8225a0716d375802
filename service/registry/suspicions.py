"""Suspicions: what readers report of certificates and marks that look fake or misused.

A report goes to the certification body that is proven to have issued the certificate and to its
accreditation body, as far as they work here; where neither does, or nothing is proven, to the
arrangement here, else to the first body. Each of them has the report as a paper, and closes its own
with a note. A report changes no certificate and no verdict: the bodies decide.

What a reader wrote, and how to reach them, stands in the papers alone: the ledger, which forgets
nothing, has only the hash of it. How to reach them is erased with the closing.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.dates import DAY_S
from service.domain.notice import NoticeKind
from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.domain.report import Report
from service.domain.verdict import Answer
from service.issuer.reading import DossierRefused, prose, text
from service.registry import notices
from service.registry.statements import ACCREDITATION, ARRANGEMENT, CERTIFICATION, superiors_of
from service.storage import ledger, papers, people, register
from service.storage.canonical import digest
from service.storage.database import Connection
from service.storage.papers import Paper
from service.storage.register import Body

KIND = "suspicion"
OPEN, CLOSED = "open", "closed"
MAX_WORDS, MAX_PLACE, MAX_REACH, MAX_NOTE = 1_000, 200, 200, 1_000
# Who decides at a body what becomes of a suspicion, and sees how its reader can be reached.
DECIDES: Mapping[str, Power] = {
    ARRANGEMENT: Power.RECOGNISE, ACCREDITATION: Power.ACCREDIT, CERTIFICATION: Power.DECIDE,
}  # fmt: skip
# Letters and digits that neither look nor sound alike; without vowels they make no words.
_LETTERS = "23456789BCDFGHJKMNPQRTVWXZ"
# Whoever writes has no account; the service takes it down for them.
_FRONT_DESK = Actor("system", "front-desk")
_UNPROVEN = "a code that is not proven genuine"


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader tells: the answer that they saw, the `code` it was about, and their words.

    `code` is the digits, where there are any; `place` is where they saw it, `reach` how they can be
    reached, both empty where they do not say.
    """

    report: Report
    code: str | None
    words: str
    place: str = ""
    reach: str = ""


def receivers(connection: Connection, report: Report) -> tuple[Body, ...]:
    """The bodies here that are told of a suspicion about what was checked.

    Raises Denied NOT_FOUND where no body works here.
    """
    hosted = {one.id: one for one in register.all_bodies(connection) if one.role in DECIDES}
    if not hosted:
        raise Denied("NOT_FOUND")
    proven = report.certificate if report.genuine is Answer.YES else None
    if proven is not None:
        claim = proven.accreditation
        above = [claim.by] if claim is not None else superiors_of(connection, proven.issuer)
        named = dict.fromkeys((proven.issuer, *above))
        if found := [hosted[id] for id in named if id in hosted]:
            return tuple(found)
    ranks = list(DECIDES)
    return (min(hosted.values(), key=lambda one: (ranks.index(one.role), one.id)),)


def report(connection: Connection, told: Told, *, at: int) -> str:
    """Put a suspicion on file at `at` (POSIX seconds); gives its reference number.

    The same, told again within a day, keeps its number. Raises Denied BAD_PARAMETER or
    NAME_CONTROL_CHARS with the member at fault, NOT_FOUND where no body works here.
    """
    content = _content(told, at)
    bodies = sorted(receivers(connection, told.report), key=lambda one: one.id)
    for body in bodies:
        ledger.lock_body(connection, body.id)
    # By this a form that is sent twice is known again.
    likeness = digest([told.report.token_sha256, told.code, *(content[name] for name in _WRITTEN)])
    for known in papers.about(connection, KIND, likeness):
        if at < known.content["reported_at"] + DAY_S:
            return known.subject
    reference = _new_reference()
    for body in bodies:
        paper = Paper(body.id, KIND, reference, likeness, OPEN, content, 1, at)
        papers.add(connection, paper)
        _note(connection, _FRONT_DESK, paper, "reported", at)
        facts = {
            "reference": reference, "about": content["number"] or _UNPROVEN,
            "verdict": content["verdict"],
        }  # fmt: skip
        notices.queue(connection, body.id, NoticeKind.SUSPICION_REPORTED, reference, facts, at)
    return reference


def may_decide(connection: Connection, who: Actor, body: Body, *, at: int) -> bool:
    """Whether somebody may close the suspicions of a body."""
    return DECIDES.get(body.role) in people.powers(connection, who, body.id, at=at)


def close(
    connection: Connection, who: Actor, body: str, reference: str, note: str, *, at: int,
    version: int | None = None,
) -> Paper:  # fmt: skip
    """Close a suspicion with a note on what came of it; that of another body stays as it is.

    How its reader can be reached is erased.

    Raises Denied NOT_FOUND, NOT_ALLOWED, BAD_PARAMETER, NAME_CONTROL_CHARS, VERSION_CONFLICT, and
    STATE_WRONG for one that is closed.
    """
    role = register.body(connection, body).role
    if role not in DECIDES:
        raise Denied("NOT_FOUND")
    people.require(connection, who, body, DECIDES[role], at=at)
    said = _read("note", prose, note, MAX_NOTE)
    ledger.lock_body(connection, body)
    paper = papers.find(connection, body, KIND, reference)
    if version is not None and paper.version != version:
        raise Denied("VERSION_CONFLICT", "It was changed by somebody else meanwhile.")
    if paper.state != OPEN:
        raise Denied("STATE_WRONG", "This suspicion is closed.")
    content = {
        **paper.content, "reach": None, "note": said, "closed_at": at, "closed_by": who.name,
    }  # fmt: skip
    changed = papers.change(connection, paper, state=CLOSED, content=content, at=at)
    _note(connection, who, changed, "closed", at)
    return changed


_WRITTEN = ("words", "place", "reach")


def _content(told: Told, at: int) -> dict[str, Any]:
    proven = told.report.certificate if told.report.genuine is Answer.YES else None
    return {
        "number": None if proven is None else proven.number,
        "issuer": None if proven is None else proven.issuer,
        "verdict": str(told.report.verdict),
        "codes": [str(code) for code in told.report.codes],
        "token_sha256": told.report.token_sha256,
        "code": told.code,
        "words": _read("words", prose, told.words, MAX_WORDS),
        "place": _read("place", text, told.place, MAX_PLACE) if told.place.strip() else None,
        "reach": _read("reach", text, told.reach, MAX_REACH) if told.reach.strip() else None,
        "reported_at": at,
    }


def _read(name: str, reader: Callable[[Any], str], value: str, most: int) -> str:
    """A text of at most `most` characters; a browser sends the end of a line as two."""
    plain = value.replace("\r\n", "\n").strip()
    if len(plain) > most:
        raise Denied("BAD_PARAMETER", "", name)
    try:
        return reader(plain)
    except DossierRefused as refused:
        raise Denied(refused.code, "", name) from None


def _new_reference() -> str:
    """Such as R-7K4M-29QD: one of 26 to the power of 8, so that nobody guesses it."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"R-{letters[:4]}-{letters[4:]}"


def _note(connection: Connection, who: Actor, paper: Paper, type: str, at: int) -> None:
    public = {name: paper.content[name] for name in ("number", "verdict", "codes", "token_sha256")}
    ledger.append(
        connection, paper.body, kind=KIND, subject=paper.subject, type=type, at=at, actor=who.name,
        data={**public, "sha256": digest(paper.content)},
    )  # fmt: skip
