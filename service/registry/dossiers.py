"""Dossiers under work: application, audits, findings, tests, review, decision, piece by piece.

A dossier may be incomplete for months; its gates are shown at any time. Who evaluates does not
decide: the decision is written by a decision maker, with their own name, and only after the last
piece of evidence is in. Once it is decided, only another decision changes it.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from service.domain.gate import Gate
from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.registry import grounds, lives
from service.registry.office import Office
from service.storage import ledger, papers, people
from service.storage.canonical import digest
from service.storage.database import Connection
from service.storage.papers import Paper

KIND = "dossier"
OPEN, DECIDED, REFUSED, ISSUED = "open", "decided", "refused", "issued"


def open_dossier(
    connection: Connection, who: Actor, body: str, content: Mapping[str, Any], *, at: int
) -> Paper:
    """A new dossier. Raises Denied where it cannot be read or a decision stands in it."""
    people.require(connection, who, body, Power.APPLY, at=at)
    ledger.lock_body(connection, body)
    _check(body, content, decided=False)
    subject = secrets.token_hex(8)
    about = str((content.get("holder") or {}).get("name", ""))
    paper = Paper(body, KIND, subject, about, OPEN, dict(content), 1, at)
    papers.add(connection, paper)
    _told(connection, who, paper, "opened", paper.content, at)
    return paper


def amend(
    connection: Connection, who: Actor, body: str, subject: str, changes: Mapping[str, Any], *,
    at: int, version: int | None = None,
) -> Paper:  # fmt: skip
    """Change an open dossier by a merge patch (RFC 7396): null removes a member.

    What an applicant may not write (audits, tests, findings, reviews) needs an evaluator.
    """
    ledger.lock_body(connection, body)
    paper = papers.find(connection, body, KIND, subject)
    power = Power.APPLY if set(changes) <= _APPLICANTS else Power.EVALUATE
    people.require(connection, who, body, power, at=at)
    _check_open(paper, version)
    content = merged(paper.content, changes)
    _check(body, content, decided=False)
    changed = papers.change(connection, paper, state=OPEN, content=content, at=at)
    _told(connection, who, changed, "amended", changes, at)
    return changed


def decide(
    connection: Connection, office: Office, who: Actor, body: str, subject: str,
    decision: Mapping[str, Any], term: Mapping[str, Any], *, at: int, refused: bool = False,
    version: int | None = None,
) -> Paper:  # fmt: skip
    """Grant or refuse, by whoever is logged in; a grant passes every gate or is not written.

    `decision` has `date`, `makers` (if others than who is logged in) and, of who is logged in,
    `consulted_client_until`: the last day of advice to the client, null for none (IG-MS-8). `term`
    has the days of the certificate.
    """
    people.require(connection, who, body, Power.DECIDE, at=at)
    ledger.lock_body(connection, body)
    paper = papers.find(connection, body, KIND, subject)
    _check_open(paper, version)
    told = {name: value for name, value in decision.items() if name != _DECLARED}
    makers = [*told.get("makers", []), *([] if told.get("makers") else [who.id])]
    content = merged(
        paper.content,
        {"decision": {**told, "makers": makers, "by_cb": True}, "certificate": dict(term)},
    )
    if _DECLARED in decision:
        declared = {_DECLARED: decision[_DECLARED]}
        content["people"] = {**content.get("people", {}), who.id: declared}
    dossier = _check(body, content, decided=True)
    if not refused:
        life = None
        if (number := paper.content.get("number")) is not None:
            life = lives.load(connection, office, body, str(number), at=at)
        grounds.of(connection, office, body, at=at).pass_gates(dossier, life, content)
    state = REFUSED if refused else DECIDED
    changed = papers.change(connection, paper, state=state, content=content, at=at)
    _told(connection, who, changed, state, {"decision": content["decision"]}, at)
    return changed


def gates(
    connection: Connection, office: Office, body: str, paper: Paper, *, at: int
) -> tuple[Gate, ...]:
    """Every gate of a dossier as it stands."""
    dossier = grounds.read(body, paper.content)
    return grounds.of(connection, office, body, at=at).gates(dossier, None, paper.content)


def issued(connection: Connection, who: Actor, paper: Paper, number: str, *, at: int) -> Paper:
    """Note the certificate that came of a dossier."""
    ledger.lock_body(connection, paper.body)
    current = papers.find(connection, paper.body, KIND, paper.subject)
    changed = papers.change(connection, current, state=ISSUED, content=current.content, at=at)
    _told(connection, who, changed, ISSUED, {"number": number}, at)
    return changed


def merged(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A merge patch (RFC 7396): objects are merged, null removes, everything else replaces."""
    result = dict(before)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            old = result.get(name)
            result[name] = merged(old if isinstance(old, Mapping) else {}, value)
        else:
            result[name] = value
    return result


_DECLARED = "consulted_client_until"
# What a client tells; the rest is found out by others.
_APPLICANTS = frozenset(
    "holder application organisation product service scheme standards codes languages".split()
)


def _check(body: str, content: Mapping[str, Any], *, decided: bool) -> Any:
    if not decided and content.get("decision"):
        raise Denied("NOT_ALLOWED", "A decision is written by who decides.", "decision")
    return grounds.read(body, {name: v for name, v in content.items() if name != "number"})


def _check_open(paper: Paper, version: int | None) -> None:
    if version is not None and paper.version != version:
        raise Denied("VERSION_CONFLICT", "It was changed by somebody else meanwhile.")
    if paper.state != OPEN:
        raise Denied("STATE_WRONG", f"This dossier is {paper.state}; it does not change any more.")


def _told(
    connection: Connection, who: Actor, paper: Paper, type: str, data: Mapping[str, Any], at: int
) -> None:
    ledger.append(
        connection, paper.body, kind=KIND, subject=paper.subject, type=type, at=at,
        actor=who.name, data={"sha256": digest(paper.content), "change": data},
    )  # fmt: skip


__all__ = ["amend", "decide", "gates", "issued", "open_dossier"]
