"""The evidence of bodies that work in no register of this world: as complete as an honest one's.

Who forges a certificate can forge a list and a record as well, and accredit itself. What such a
body says is that of the day of building; only its age is that of the signing.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from service.credential import claims as certificate
from service.credential import jws
from service.demo.bodies import ACCREDITATION, ARRANGEMENT, CERTIFICATION, PURPOSES, Body
from service.demo.cast import BODIES
from service.demo.papers import Paper, offset
from service.demo.plan import PLAN
from service.demo.step import noon
from service.demo.unchecked import forge
from service.domain.surveillance import Record, RecordEvent, Surveillance
from service.status import record, status_list
from service.storage.bundle import write_document
from service.trust.statement import MAX_LIFE_S, sign_statement

_KEYS_SINCE = "2015-01-01T00:00:00Z"
_LIST_ENTRIES = 64
# That a check keeps a certificate alive is decided a week later.
_MAINTAINED = 7


def write_impostors(bundle: Path, built_on: date, *, at: int) -> None:
    """Put into a bundle what impostors have signed at `at` (POSIX seconds). Raises OSError."""
    for body in BODIES.values():
        if body.hosted or body.unheard:
            continue
        for name, claims, signer in _statements(body, at):
            token = sign_statement(claims, BODIES[signer].signer("federation"))
            write_document(bundle, "statements", name, token)
        if body.role == CERTIFICATION:
            _write_list(bundle, body, at)
            for paper in (paper for paper in PLAN if paper.body == body.key):
                told = _record(paper, body, built_on, at)
                token = record.sign_record(told, body.signer("evidence"))
                write_document(bundle, "records", paper.number, token)


def _statements(body: Body, at: int) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """What a body says of itself, and what its superior says of it: name, claims and signer."""
    entity = {"organization_name": body.name}
    claims: dict[str, Any] = {
        "iat": at, "exp": at + MAX_LIFE_S, "sub": body.id,
        "jwks": {"keys": [body.signer("federation").public_jwk()]},
    }  # fmt: skip
    hints = {"authority_hints": [BODIES[body.by].id]} if body.by else {}
    metadata = {"federation_entity": entity, body.role: {}}
    yield body.key, claims | {"iss": body.id, "metadata": metadata} | hints, body.key
    if body.by is None:
        return
    superior = BODIES[body.by]
    below = [ACCREDITATION, CERTIFICATION] if body.role == ACCREDITATION else [CERTIFICATION]
    claims |= {
        "iss": superior.id,
        "metadata": {"federation_entity": entity},
        "constraints": {"max_path_length": len(below) - 1, "allowed_entity_types": below},
    }
    yield f"{superior.key}-about-{body.key}", claims | _granted(body, superior), superior.key


def _granted(body: Body, superior: Body) -> dict[str, Any]:
    if superior.role == ARRANGEMENT:
        name = superior.name.upper().replace(" ", "-")
        scopes = [dict(row) for row in body.scope]
        return {"recognition": {"arrangement": name, "zone": body.zone, "scopes": scopes}}
    accreditation = {
        "number": body.number,
        "norm": body.norm,
        "granted_on": body.granted_on,
        "zone": body.zone,
        "scope": [dict(row) for row in body.scope],
        "events": [],
        "keys": [
            {
                "jwk": body.signer(key).public_jwk(),
                "purposes": list(PURPOSES[key]),
                "from": _KEYS_SINCE,
            }
            for key in ("certificate", "evidence")
        ],
        "status_origins": [body.id],
    }
    return {"accreditations": [accreditation]}


def _write_list(bundle: Path, body: Body, at: int) -> None:
    """Every entry that it has given out is valid, of course."""
    raw = bytearray(b"\xff" * (_LIST_ENTRIES // 2))
    for index in range(sum(paper.body == body.key for paper in PLAN)):
        status_list.write_value(raw, index, status_list.VALID)
    signer = body.signer("evidence")
    token = status_list.sign_list(f"{body.id}/status/1", bytes(raw), signer, at=at)
    write_document(bundle, "status", f"{body.key}-1", token)


def _record(paper: Paper, body: Body, built_on: date, at: int) -> Record:
    token = forge(paper, built_on)
    signed_at = noon(built_on, paper.decided, body.zone)
    checks = [offset(built_on, day) for day in paper.checks]
    return Record(
        issuer=body.id,
        number=paper.number,
        revision=paper.rev,
        issued_at=at,
        ends_at=at + record.LIFE_S,
        events=(RecordEvent("granted", offset(built_on, paper.starts), signed_at),),
        surveillance=tuple(
            Surveillance(
                kind=paper.check,
                sites=(),
                first_day=offset(last, -1),
                last_day=last,
                maintained_on=offset(last, _MAINTAINED),
            )
            for last in checks
        ),
        revisions=((paper.rev, jws.parse(token, typ=certificate.TYP).signing_input_sha256),),
    )
