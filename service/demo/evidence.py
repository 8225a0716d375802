"""The signed evidence of the example world at an instant: statements, lists and records.

What they say is that of the day of building; only their age is that of the signing, so that a
service that runs for days has fresh evidence, and what is meant to be stale stays stale.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from keys.signer import KeySigner
from service.demo.bodies import ACCREDITATION, ARRANGEMENT, CERTIFICATION, Body
from service.demo.cast import BODIES
from service.demo.issuing import Signed, offset, signed_at, status_uri
from service.demo.papers import Event, Paper
from service.domain.dates import DAY_S, first_second, show_instant
from service.domain.surveillance import Record, RecordEvent, Removed, Surveillance
from service.status import record, status_list
from service.trust.statement import MAX_LIFE_S, sign_statement

# Since when the bodies' keys may be used, and how long after an event it was written down.
_KEYS_SINCE = "2015-01-01T00:00:00Z"
_NOTED_AFTER_S = 15 * 3600
# Lists are a little longer than what was issued, as real ones are.
_LIST_ENTRIES = 64


@dataclass(frozen=True, slots=True)
class Document:
    """A signed document with its place in a bundle."""

    kind: str
    name: str
    token: str


def anchors() -> Mapping[str, Any]:
    """The pinned anchors, as `anchors.json` has them."""
    return {
        "anchors": [
            {"id": body.id, "name": body.name, "kind": "voluntary_mra", "jwks": _jwks(body)}
            for body in BODIES.values()
            if body.pinned
        ]
    }


def evidence(signed: tuple[Signed, ...], *, built_on: date, at: int) -> Iterator[Document]:
    """Every document, signed at `at` (POSIX seconds), about the world built on `built_on`."""
    for body in BODIES.values():
        if not body.unheard:
            yield from _statements(body, built_on, at)
    for body in BODIES.values():
        if body.role == CERTIFICATION and not body.unheard:
            yield from _lists(body, signed, at)
    yield from _records(signed, built_on, at)


def _jwks(body: Body) -> Mapping[str, Any]:
    return {"keys": [body.signer("federation").public_jwk()]}


def _statements(body: Body, built_on: date, at: int) -> Iterator[Document]:
    """What a body says of itself, and what its superior says of it."""
    yield Document("statements", body.key, sign_statement(_own(body, at), _federation(body)))
    if body.by is not None:
        superior, signed_on = BODIES[body.by], at - body.statement_age * DAY_S
        claims = _about(body, superior, built_on, signed_on)
        name = f"{superior.key}-about-{body.key}"
        yield Document("statements", name, sign_statement(claims, _federation(superior)))


def _federation(body: Body) -> KeySigner:
    return body.signer("federation")


def _own(body: Body, at: int) -> Mapping[str, Any]:
    entity = {"organization_name": body.name}
    if body.role != CERTIFICATION:
        for endpoint in ("fetch", "list"):
            entity[f"federation_{endpoint}_endpoint"] = f"{body.id}/federation/{endpoint}"
    claims = {"iss": body.id, "sub": body.id, "iat": at, "exp": at + MAX_LIFE_S}
    hints = {"authority_hints": [BODIES[body.by].id]} if body.by else {}
    metadata = {"federation_entity": entity, body.role: {}}
    return claims | {"jwks": _jwks(body)} | hints | {"metadata": metadata}


def _about(body: Body, superior: Body, built_on: date, at: int) -> Mapping[str, Any]:
    below = [ACCREDITATION, CERTIFICATION] if body.role == ACCREDITATION else [CERTIFICATION]
    claims = {
        "iss": superior.id,
        "sub": body.id,
        "iat": at,
        "exp": at + MAX_LIFE_S,
        "jwks": _jwks(body),
        "metadata": {"federation_entity": {"organization_name": body.name}},
        "constraints": {"max_path_length": len(below) - 1, "allowed_entity_types": below},
    }
    scope = [_dated(row, built_on) for row in body.scope]
    if superior.role == ARRANGEMENT:
        name = superior.name.upper().replace(" ", "-")
        recognition = {"arrangement": name, "zone": body.zone, "scopes": scope}
        return claims | {"recognition": recognition}
    return claims | {"accreditations": [_accreditation(body, scope, built_on)]}


def _dated(value: Any, built_on: date) -> Any:
    """A scope row with its offsets as days."""
    if isinstance(value, Mapping):
        return {
            name: offset(built_on, item).isoformat()
            if name in ("from", "until") and isinstance(item, int)
            else _dated(item, built_on)
            for name, item in value.items()
        }
    return [_dated(item, built_on) for item in value] if isinstance(value, list) else value


def _accreditation(body: Body, scope: list[Any], built_on: date) -> Mapping[str, Any]:
    purposes = {"certificate": ["certificate"], "evidence": ["status", "record"]}
    return {
        "number": body.number,
        "norm": body.norm,
        "granted_on": body.granted_on,
        "reassessed_on": offset(built_on, -480).isoformat(),
        "zone": body.zone,
        "scope": scope,
        "events": [
            {
                "type": turn.type,
                "effective_on": offset(built_on, turn.on).isoformat(),
                "recorded_at": show_instant(_noted(offset(built_on, turn.on), body.zone)),
                "reason": turn.reason,
            }
            for turn in body.turns
        ],
        "keys": [
            {"jwk": body.signer(key).public_jwk(), "purposes": named, "from": _KEYS_SINCE}
            for key, named in purposes.items()
        ],
        "status_origins": [body.origin],
    }


def _noted(day: date, zone: str) -> int:
    return first_second(day, zone) + _NOTED_AFTER_S


def _lists(body: Body, signed: tuple[Signed, ...], at: int) -> Iterator[Document]:
    for name, age in (body.lists or {"1": 0}).items():
        if age is None:
            continue
        raw = bytearray(b"\xff" * (_LIST_ENTRIES // 2))
        for one in signed:
            if (one.paper.body, one.paper.list_name) == (body.key, name):
                status_list.write_value(raw, one.index, one.paper.status)
        token = status_list.sign_list(
            status_uri(body, name), bytes(raw), body.signer("evidence"), at=at - age * DAY_S
        )
        yield Document("status", f"{body.key}-{name}", token)


def _records(signed: tuple[Signed, ...], built_on: date, at: int) -> Iterator[Document]:
    """One record for each number, about every registered revision; the newest one tells it."""
    by_number: dict[tuple[str, str], list[Signed]] = {}
    for one in signed:
        if one.paper.registered and one.paper.on_record and not one.body.unheard:
            by_number.setdefault((one.paper.body, one.paper.number), []).append(one)
    for (_, number), revisions in by_number.items():
        revisions.sort(key=lambda one: one.paper.rev)
        told = _record(revisions, built_on, at)
        token = record.sign_record(told, revisions[0].body.signer("evidence"))
        yield Document("records", number, token)


def _record(revisions: list[Signed], built_on: date, at: int) -> Record:
    first, newest, body = revisions[0].paper, revisions[-1].paper, revisions[0].body
    granted = RecordEvent("granted", offset(built_on, first.starts), signed_at(first, built_on))
    return Record(
        issuer=body.id,
        number=first.number,
        revision=newest.rev,
        issued_at=at,
        ends_at=at + record.LIFE_S,
        events=(granted, *(_event(one, body, built_on) for one in newest.events)),
        surveillance=tuple(_checks(newest, first, built_on)),
        revisions=tuple((one.paper.rev, one.digest) for one in revisions),
    )


def _event(event: Event, body: Body, built_on: date) -> RecordEvent:
    day = offset(built_on, event.on)
    to = (BODIES[event.to[0]].id, event.to[1]) if event.to else (None, None)
    return RecordEvent(
        type=event.type,
        effective_on=day,
        recorded_at=_noted(day, body.zone),
        reason=event.reason,
        removed=Removed(models=event.models) if event.models else None,
        to_body=to[0],
        to_number=to[1],
    )


def _checks(paper: Paper, first: Paper, built_on: date) -> Iterable[Surveillance]:
    """Checks of two days each, and the decision a week later to keep the certificate."""
    for day in paper.checks:
        last = offset(built_on, day)
        yield Surveillance(
            kind=first.check,
            sites=(),
            first_day=offset(last, -1),
            last_day=last,
            maintained_on=offset(last, 7),
        )
