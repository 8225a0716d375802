"""The life of a certificate in the register: what is on record, which acts it allows, what follows.

An act is an event. What follows from it (the state, the next surveillance, the entries of the
status list, what has to be published) is computed anew from all events each time, by the same rules
that verifiers use, and never set by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from service.credential.claims import parse_certificate
from service.domain.certificate import Certificate as Stated
from service.domain.certificate import Kind
from service.domain.dates import civil_day
from service.domain.people import Actor as Who
from service.domain.people import Power
from service.domain.question import EMPTY
from service.domain.refusal import Denied
from service.domain.surveillance import Record, Removed
from service.registry import records
from service.registry.office import Office
from service.rules.calendar import PlannedCheck, surveillance_calendar
from service.rules.calendar import overdue_from as first_overdue
from service.rules.case import Case, scheme_row
from service.rules.certificate_life import Act, OnRecord, Transition
from service.rules.packs import MsPack
from service.rules.transition_table import Actor, TransitionRefusal, act_rows
from service.rules.transitions import RevisionFacts, assess_transition, list_value
from service.storage import ledger, people, publications, register
from service.storage.database import Connection
from service.storage.register import Certificate, Revision
from service.trust.standing import NORMS, Standing


@dataclass(frozen=True, slots=True)
class Life:
    """A certificate with everything that is on record of it, as of `today` in the issuer's zone."""

    row: Certificate
    revisions: tuple[Revision, ...]
    record: Record
    stated: Stated
    known: OnRecord
    case: Case
    today: date
    zone: str

    @property
    def newest(self) -> Revision:
        """The newest revision that was issued."""
        return next(one for one in reversed(self.revisions) if one.state == "issued")


def load(connection: Connection, office: Office, body: str, number: str, *, at: int) -> Life:
    """The life of a certificate at `at` (POSIX seconds). Raises Denied NOT_FOUND.

    One that was never issued whole is not found.
    """
    row = register.certificate(connection, body, number)
    revisions = tuple(register.revisions_of(connection, body, row.number))
    issued = [one for one in revisions if one.state == "issued"]
    if not issued:
        raise Denied("NOT_FOUND")
    record = records.record_of(connection, body, row.number, at=at)
    standing = office.standing(body, at)
    claim = issued[-1].claims.get("accreditation")
    zone = _zone(connection, body, standing, claim["number"] if claim else None)
    claims = issued[-1].claims
    # On a clock that went back our own certificates are not from the future.
    stated = parse_certificate(claims, zone=zone, at=max(at, int(claims["iat"])))
    case = _case(office, standing, stated, record, zone, at)
    known = OnRecord(stated.kind, record.events, stated.expires, case.pack, case.policy)
    return Life(row, revisions, record, stated, known, case, civil_day(at, zone), zone)


def act(
    connection: Connection, office: Office, who: Who, body: str, number: str,
    asked: Mapping[str, Any], *, at: int, version: int | None = None,
) -> Life:  # fmt: skip
    """Do an act that needs no dossier: suspend, reinstate, withdraw, cancel or transfer out.

    `asked` has `act`, `effective_on` (today if absent), `reason`, `to`, `cause_resolved`. Raises
    Denied: NOT_FOUND, NOT_ALLOWED, VERSION_CONFLICT, and the code of the rule that speaks against
    it, with every refusal in `refusals`.
    """
    people.require(connection, who, body, Power.DECIDE, at=at)
    ledger.lock_body(connection, body)
    life = load(connection, office, body, number, at=at)
    check_version(life.row, version)
    to = asked.get("to") or {}
    transition = Transition(
        act=Act(asked["act"]), by=Actor.DECISION_MAKER, today=life.today,
        effective_on=asked.get("effective_on") or life.today, reason=asked.get("reason"),
        to_body=to.get("by"), to_number=to.get("number"),
        cause_resolved=bool(asked.get("cause_resolved")),
    )  # fmt: skip
    refuse(assess_transition(life.known, transition))
    data = {name: asked[name] for name in ("reason", "to") if asked.get(name)}
    return told(connection, office, who, life, transition, data, at=at)


def told(
    connection: Connection, office: Office, who: Who, life: Life, transition: Transition,
    data: Mapping[str, Any], *, at: int,
) -> Life:  # fmt: skip
    """Write down an act that is allowed, and everything that follows from it."""
    row = act_rows("certificate")[transition.act]
    ledger.append(
        connection, life.row.body, kind="certificate", subject=life.row.number,
        type=row.event or row.act, at=at, actor=who.name, data=data,
        effective_on=transition.effective_on,
    )  # fmt: skip
    return settle(connection, office, life.row.body, life.row.number, at=at)


def settle(connection: Connection, office: Office, body: str, number: str, *, at: int) -> Life:
    """Bring everything that is derived from a certificate's events up to date."""
    life = load(connection, office, body, number, at=at)
    checks = calendar(life)
    open_checks = [check for check in checks if check.state_on(life.today) != "held"]
    # Of a migrated certificate earlier surveillance is not known: nothing is said of it yet.
    untold = life.row.migrated and not life.record.surveillance
    overdue_from = None if untold else first_overdue(tuple(open_checks))
    state, since = life.known.state(life.today)
    turns = _settle_entries(connection, life, overdue_from, at)
    due = min((check.due for check in open_checks), default=None)
    over = str(state) not in ("active", "suspended")
    row = replace(
        life.row,
        state=str(state),
        since=_iso(since),
        standards="; ".join(life.stated.standards),
        holder=life.stated.holder.name,
        revision=life.newest.rev,
        decided=life.stated.decided.isoformat(),
        effective=life.stated.effective.isoformat(),
        expires=_iso(life.stated.expires),
        next_due=None if over else _iso(due),
        overdue_from=None if over else _iso(overdue_from),
        turns_on=_iso(min([day for day in (turns, _next_state(life)) if day], default=None)),
    )
    changed = register.change_certificate(connection, row)
    if not untold:
        publications.mark(connection, body, publications.RECORD, life.row.number, at=at)
    return replace(life, row=changed, revisions=tuple(
        register.revisions_of(connection, body, life.row.number)
    ))  # fmt: skip


def _next_state(life: Life) -> date | None:
    """The next day on which the state changes by itself: an announced act, or the end."""
    days = {event.effective_on for event in life.known.events}
    days |= {life.stated.expires + timedelta(days=1)} if life.stated.expires else set()
    state, _ = life.known.state(life.today)
    ahead = sorted(day for day in days if day > life.today)
    return next((day for day in ahead if life.known.state(day)[0] != state), None)


def _settle_entries(
    connection: Connection, life: Life, overdue_from: date | None, at: int
) -> date | None:
    """The list entries as they are today; gives the next day on which one changes by itself."""
    issued = [one for one in life.revisions if one.state == "issued"]
    days = {event.effective_on for event in life.known.events}
    days |= {overdue_from} if overdue_from is not None else set()
    turns: date | None = None
    for place, one in enumerate(issued):
        newer = issued[place + 1] if place + 1 < len(issued) else None
        facts = RevisionFacts(
            known=life.known,
            issued_on=civil_day(int(one.claims["iat"]), life.zone),
            superseded_on=civil_day(int(newer.claims["iat"]), life.zone) if newer else None,
            overdue_from=overdue_from,
            published=one.value,
        )
        value = list_value(facts, life.today)
        if value != one.value:
            register.change_revision(connection, replace(one, value=value), was="issued")
            publications.mark(connection, one.body, publications.STATUS, str(one.list), at=at)
        ahead = [day for day in sorted(days) if day > life.today]
        turn = next((day for day in ahead if list_value(facts, day) != value), None)
        turns = min([day for day in (turn, turns) if day is not None], default=None)
    return turns


def calendar(life: Life) -> tuple[PlannedCheck, ...]:
    """What surveillance keeps this certificate alive, held and to come."""
    return surveillance_calendar(life.case)


def turn(
    connection: Connection, office: Office, body: str, number: str, who: Who, *, at: int
) -> Life:
    """What a day has brought by itself: an announced act, or an overdue surveillance."""
    ledger.lock_body(connection, body)
    before = register.certificate(connection, body, number)
    life = settle(connection, office, body, number, at=at)
    ledger.append(
        connection, body, kind="certificate", subject=life.row.number, type="turned", at=at,
        actor=who.name, data={"due": before.turns_on, "value": life.newest.value},
        effective_on=life.today,
    )  # fmt: skip
    return life


def refuse(refusals: Sequence[TransitionRefusal]) -> None:
    """Raises Denied with the first refusal's code, all of them in `refusals`; nothing if none."""
    if refusals:
        shown = [
            {"code": one.code, "clause": one.clause, "sentence": one.sentence} for one in refusals
        ]
        raise Denied(refusals[0].code, refusals[0].sentence, refusals=shown)


def check_version(row: Certificate, version: int | None) -> None:
    """Raises Denied VERSION_CONFLICT where somebody else has changed it since."""
    if version is not None and row.version != version:
        raise Denied("VERSION_CONFLICT", "It was changed by somebody else meanwhile.")


def removed_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Removed:
    """What a revision takes out: codes, names of sites, models."""

    def gone(part: str, name: str) -> tuple[str, ...]:
        old, new = (claims.get(part, {}).get(name, []) for claims in (before, after))
        names = [
            [one["name"] if isinstance(one, dict) else one for one in two] for two in (old, new)
        ]
        return tuple(one for one in names[0] if one not in names[1])

    parts = ("organisation", "service")
    return Removed(
        codes=tuple(one for part in parts for one in gone(part, "codes")),
        sites=tuple(one for part in parts for one in gone(part, "sites")),
        models=gone("product", "models"),
    )


def _case(
    office: Office, standing: Standing | None, stated: Stated, record: Record, zone: str, at: int
) -> Case:
    """The case as a verifier has it, for the rules that only look at the certificate's own life."""
    evidence = office.evidence
    policy, known = evidence.policy, evidence.catalogue
    anchor = standing.chain.anchor if standing is not None else None
    claim = stated.accreditation
    accreditation = standing.accreditation(claim.number) if standing and claim else None
    today = civil_day(at, zone)
    return Case(
        certificate=stated,
        question=EMPTY,
        day=today,
        today=today,
        issued_on=civil_day(stated.issued_at, zone),
        body_day=today,
        policy=policy,
        pack=_pack(office, stated, anchor.ms_pack if anchor else None),
        ended=known.packs.ended((anchor.ended_pack if anchor else None) or policy.ended_pack),
        catalogue=known,
        norms=standing.norms(stated.kind) if standing else NORMS[Kind(stated.kind)],
        granted=standing.granted if standing else (),
        accreditation=accreditation,
        recognition=standing.recognition if standing else None,
        row=known.filled(scheme_row(stated, accreditation), stated.scheme),
        record=record,
    )


def _pack(office: Office, stated: Stated, named: str | None) -> MsPack:
    return office.evidence.catalogue.pack(stated, named or office.evidence.policy.ms_pack)


def _zone(connection: Connection, body: str, standing: Standing | None, number: str | None) -> str:
    if standing is not None and standing.granted:
        return standing.zone(number)
    return register.body(connection, body).zone


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


__all__ = ["Life", "act", "calendar", "load", "settle", "told", "turn"]
