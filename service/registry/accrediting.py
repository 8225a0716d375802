"""Accrediting and recognising: what a body above grants one below it, and what becomes of it.

An arrangement recognises accreditation bodies per norm and standard; an accreditation body grants,
extends, reduces, suspends, lifts, withdraws and voids (rules.md 3.2). Each change is an event and a
new statement, published at once: one statement answers for every certificate below it. Nobody
grants more than it is itself recognised for (CM-9).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from keys.jwk import KeyRefused
from service.domain.accreditation import Recognition
from service.domain.dates import civil_day
from service.domain.notice import NoticeKind
from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.domain.verdict import Refused
from service.registry import notices
from service.registry.bodies import named, speak_about
from service.registry.lives import refuse
from service.registry.office import Office
from service.registry.statements import ACCREDITATION, ARRANGEMENT
from service.rules import transition_table
from service.rules.accreditation_life import assess_accreditation_change
from service.rules.accreditation_states import AccreditationAct, AccreditationChange, OnFile
from service.storage import (
    body_keys,
    ledger,
    papers,
    people,
    publications,
    register,
    subscriptions,
)
from service.storage.database import Connection
from service.storage.papers import Paper
from service.trust.grants import read_accreditations, read_recognition

RECOGNITION = "recognition"
POWER: Mapping[str, Power] = {"accreditation": Power.ACCREDIT, RECOGNITION: Power.RECOGNISE}
ROLE: Mapping[str, str] = {"accreditation": ACCREDITATION, RECOGNITION: ARRANGEMENT}


def grant(
    connection: Connection, office: Office, actor: Actor, superior: str, subject: str, kind: str,
    content: Mapping[str, Any], *, name: str, jwks: Mapping[str, Any] | None = None, at: int,
) -> Paper:  # fmt: skip
    """A new accreditation (`content` as in a statement, keys may be left out) or recognition.

    The keys of a body that works here are named as it has them. Raises Denied NOT_ALLOWED,
    ALREADY_EXISTS, SCOPE_WIDENED, and the code of whatever in `content` cannot be.
    """
    people.require(connection, actor, superior, POWER[kind], at=at)
    if register.body(connection, superior).role != ROLE[kind]:
        raise Denied("NOT_ALLOWED", "This body does not grant that.")
    ledger.lock_body(connection, superior)
    full = completed(connection, kind, subject, content)
    check(kind, full, by=superior, of=subject)
    if kind == "accreditation":
        _check_given(connection, office, superior, subject, full, at)
    if not papers.listed(connection, superior, "subordinate", about=subject):
        speak_about(connection, actor, superior, subject, name=name, jwks=jwks, at=at)
    return put(connection, actor, superior, subject, kind, full, at=at)


def put(
    connection: Connection, actor: Actor, superior: str, subject: str, kind: str,
    full: Mapping[str, Any], *, at: int,
) -> Paper:  # fmt: skip
    """What has been granted goes on file, `full` with its keys, unjudged."""
    number = full["number"] if kind == "accreditation" else subject
    paper = Paper(superior, kind, number, subject, "active", full, 1, at)
    papers.add(connection, paper)
    _told(connection, actor, paper, "granted", full, at)
    return paper


def change(
    connection: Connection, actor: Actor, superior: str, kind: str, subject: str, *, type: str,
    content: Mapping[str, Any], state: str, at: int, version: int | None = None,
    effective_on: date | None = None,
) -> Paper:  # fmt: skip
    """The paper with a new content and state, for the event `type` that its caller has allowed."""

    people.require(connection, actor, superior, POWER[kind], at=at)
    ledger.lock_body(connection, superior)
    paper = papers.find(connection, superior, kind, subject)
    if version is not None and paper.version != version:
        raise Denied("VERSION_CONFLICT", "It was changed by somebody else meanwhile.")
    check(kind, content, by=superior, of=paper.about)
    changed = papers.change(connection, paper, state=state, content=content, at=at)
    _told(connection, actor, changed, type, content, at, effective_on)
    return changed


def check(kind: str, content: Mapping[str, Any], *, by: str, of: str) -> None:
    """Raises Denied where no verifier could read what is granted, with the member at fault."""
    try:
        if kind == RECOGNITION:
            read_recognition(dict(content))
        else:
            _, dropped = read_accreditations([dict(content)], by=by, of=of)
            if dropped:
                raise Denied(dropped[0][1], "A key that is named is not fit to sign.", "keys")
    except Refused as refused:
        claim = refused.facts.get("claim")
        raise Denied(str(refused.code), field=str(claim) if claim else None) from None
    except KeyRefused as refused:
        raise Denied(refused.code, "A key that is named is refused.", "keys") from None


def recognition(connection: Connection, office: Office, ab: str, at: int) -> Recognition | None:
    """What an accreditation body may grant at `at`: by the arrangements here, else as published.

    None where none recognises it: it is an anchor itself, or nothing that it grants will hold.
    """
    found = papers.about(connection, RECOGNITION, ab)
    held = [read_recognition(dict(one.content)) for one in found]
    if not held:
        return office.recognition(ab, at)
    return replace(held[0], rows=tuple(row for one in held for row in one.rows))


def _check_given(
    connection: Connection, office: Office, ab: str, subject: str, full: Mapping[str, Any], at: int
) -> None:
    """CM-9. One that was granted before it came on file here is judged as of today."""
    grants, _ = read_accreditations([dict(full)], by=ab, of=subject)
    granted = grants[0].accreditation
    today = civil_day(at, register.body(connection, ab).zone)
    own = recognition(connection, office, ab, at)
    change = AccreditationChange(
        act=AccreditationAct.GRANT, by=transition_table.Actor.ACCREDITATION_BODY, today=today,
        effective_on=max(granted.granted_on, today), rows=granted.scope,
        expires_on=granted.expires_on,
    )  # fmt: skip
    refuse(
        assess_accreditation_change(OnFile(granted.norm, None, own, office.evidence.policy), change)
    )


def completed(
    connection: Connection, kind: str, subject: str, content: Mapping[str, Any]
) -> dict[str, Any]:
    """The content with the keys and origins of a body that works here, where none are given."""
    full = dict(content)
    if kind == RECOGNITION:
        return full
    full.setdefault("events", [])
    full.setdefault("status_origins", [subject])
    if "keys" not in full:
        found = [named(key) for key in body_keys.of(connection, subject)]
        full["keys"] = [row for row in found if row["purposes"]]
    return full


def _told(
    connection: Connection, actor: Actor, paper: Paper, type: str, data: Mapping[str, Any],
    at: int, effective_on: date | None = None,
) -> None:  # fmt: skip
    entry = ledger.append(
        connection, paper.body, kind=paper.kind, subject=paper.subject, type=type, at=at,
        actor=actor.name, data=data, effective_on=effective_on,
    )  # fmt: skip
    publications.mark(connection, paper.body, publications.STATEMENT, paper.about, at=at)
    if paper.kind == "accreditation" and subscriptions.of(connection, paper.about):
        superior = register.body(connection, paper.body)
        facts = {
            "number": paper.subject, "by": superior.name, "change": type.replace("_", " "),
            "effective_on": effective_on or civil_day(at, superior.zone),
        }  # fmt: skip
        notices.queue(
            connection, paper.about, NoticeKind.ACCREDITATION_CHANGED, f"{paper.body} {entry.seq}",
            facts, at,
        )  # fmt: skip
