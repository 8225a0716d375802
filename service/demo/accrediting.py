"""Who may certify in the example world: the bodies enrolled, recognised, accredited, sanctioned."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from service.demo import unchecked
from service.demo.bodies import (
    ACCREDITATION,
    ARRANGEMENT,
    CERTIFICATION,
    ORIGIN,
    PRODUCTS,
    PURPOSES,
    Body,
)
from service.demo.cast import BODIES
from service.demo.dossiers import LABORATORY, laboratory
from service.demo.papers import offset
from service.demo.step import HISTORY, Step, afternoon, noon
from service.domain.dates import parse_instant
from service.domain.refusal import Denied
from service.registry import accrediting, bodies, laboratories, sanctions
from service.registry.office import Office
from service.storage import register
from service.storage.database import Connection

# The register began before the first decision of the plan; who is in it was accredited earlier.
FOUNDED, _REASSESSED = -1_950, -480
_KEYS_SINCE = parse_instant("2015-01-01T00:00:00Z")
_HOSTED = tuple(body for body in BODIES.values() if body.hosted)


def found(office: Office, built_on: date) -> None:
    """Enrol every body that works here, with its keys and what is granted to it.

    In one transaction: a register begins with all of them, or not at all.
    """
    at = noon(built_on, FOUNDED, "UTC")

    def work(connection: Connection) -> None:
        for body in _HOSTED:
            _enrol(connection, body, at)
        for body in _HOSTED:
            if body.by is not None:
                kind, content = _granted(body, BODIES[body.by], built_on)
                by = BODIES[body.by].id
                try:
                    accrediting.grant(
                        connection, office, HISTORY, by, body.id, kind, content, name=body.name,
                        at=at,
                    )  # fmt: skip
                except Denied:
                    if not body.beyond:
                        raise
                    unchecked.accredit(connection, by, body, content, at)
            if body.role == CERTIFICATION and body.norm == PRODUCTS:
                laboratories.put(connection, HISTORY, body.id, LABORATORY, laboratory(), at=at)

    office.database.write(work)


def _enrol(connection: Connection, body: Body, at: int) -> None:
    entry = register.Body(body.id, body.role, body.name, body.zone)
    bodies.enrol(connection, HISTORY, entry, base=ORIGIN, at=at)
    for purpose in body.purposes:
        bodies.add_key(
            connection, HISTORY, body.id, body.signer(purpose), reference=body.reference(purpose),
            purposes=PURPOSES[purpose], since=_KEYS_SINCE, at=at,
        )  # fmt: skip


def _granted(body: Body, superior: Body, built_on: date) -> tuple[str, Mapping[str, Any]]:
    """What a body was granted when the register began."""
    scope = [dict(row) for row in body.scope if isinstance(row["from"], str)]
    if superior.role == ARRANGEMENT:
        name = superior.name.upper().replace(" ", "-")
        return "recognition", {"arrangement": name, "zone": body.zone, "scopes": scope}
    return "accreditation", {
        "number": body.number,
        "norm": body.norm,
        "granted_on": body.granted_on,
        "reassessed_on": offset(built_on, FOUNDED - 10).isoformat(),
        "zone": body.zone,
        "scope": scope,
    }


def accreditation_steps(built_on: date) -> Iterator[Step]:
    """What became of accreditations and recognitions since."""
    for body in _HOSTED:
        if body.role == ACCREDITATION and body.suspended is not None:
            first, last = body.suspended
            for act, day in (("suspend", first), ("lift", last + 1)):
                yield _recognition(body, act, day, built_on)
        if body.role == CERTIFICATION:
            yield from _accreditation(body, built_on)


def _recognition(body: Body, act: str, day: int, built_on: date) -> Step:
    superior = BODIES[str(body.by)]

    def work(office: Office, at: int) -> None:
        office.database.write(
            lambda connection: sanctions.recognition_act(
                connection, HISTORY, superior.id, body.id, {"act": act, "norm": body.norm}, at=at
            )
        )

    at = noon(built_on, day, body.zone)
    return Step(at, f"{act} {body.key}", (), partial(work, at=at), body.key)


def _accreditation(body: Body, built_on: date) -> Iterator[Step]:
    yield _act(body, {"act": "reassess"}, _REASSESSED, built_on)
    for row in body.scope:
        if isinstance(row["from"], int):
            added = {**row, "from": offset(built_on, row["from"]).isoformat()}
            yield _act(body, {"act": "extend", "rows": [added]}, row["from"], built_on)
    for turn in body.turns:
        yield _act(body, {"act": turn.act, "reason": turn.reason}, turn.on, built_on)


def _act(body: Body, asked: Mapping[str, Any], day: int, built_on: date) -> Step:
    superior = BODIES[str(body.by)]

    def work(office: Office, at: int) -> None:
        office.database.write(
            lambda connection: sanctions.accreditation_act(
                connection, office, HISTORY, superior.id, body.number, asked, at=at
            )
        )

    at = afternoon(built_on, day, superior.zone)
    return Step(at, f"{asked['act']} {body.key}", (body.key,), partial(work, at=at), body.key)
