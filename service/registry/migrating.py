"""Bringing in what exists: a body's certificates from its former register, row by row.

A dry run says everything that is wrong, cell by cell, and writes nothing. A real run takes in what
is right, in batches, each whole or not at all; what is there already is stepped over, so a run that
was broken off is simply started again. What is taken in is marked as migrated, with the gates that
a row cannot prove; ended certificates are counted and get no new token.

The proof is that of every issue: readers must accept the token. Surveillance held before is not in
the sheet, so no record is published, and nothing turns overdue, until some has been recorded.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from service.credential import claims as certificate
from service.credential import jws
from service.domain.certificate import Kind
from service.domain.dates import civil_day, first_second_after
from service.domain.migration import CellProblem, Migrated
from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.domain.sheet import Row
from service.domain.surveillance import FINAL, LifeState
from service.domain.verdict import plain
from service.issuer.drafting import present
from service.issuer.migration import Numbers, read_row
from service.issuer.proving import Ahead, prove
from service.issuer.typed_days import DayOrder
from service.registry import grounds, lives, numbers
from service.registry.grounds import Grounds
from service.registry.office import Office, key_trouble
from service.status import status_list
from service.storage import ledger, people, publications, register
from service.storage.canonical import digest
from service.storage.database import Connection
from service.storage.register import Certificate, Revision
from service.storage.sheets import Sheet
from service.trust.standing import NORMS

BATCH = 50
_PART = {
    Kind.MANAGEMENT_SYSTEM: "organisation",
    Kind.PRODUCT: "product",
    Kind.SERVICE: "service",
}


@dataclass(slots=True)
class Taken:
    """What a run did, or would do: rows taken in, known already, ended; and what was wrong."""

    taken: int = 0
    known: int = 0
    ended: int = 0
    problems: list[CellProblem] = field(default_factory=list)
    unproven: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Source:
    """A sheet and how its days are written, if that is not plain from them."""

    sheet: Sheet
    order: DayOrder | None = None


def migrate(
    office: Office, who: Actor, body: str, source: Source, *, at: int, dry: bool,
    progress: Callable[[Row], None] | None = None,
) -> Taken:  # fmt: skip
    """Take in a sheet at `at` (POSIX seconds), or say what would come of it.

    `progress` is told each row. Raises Denied NOT_ALLOWED, and SheetRefused.
    """
    result = Taken()
    ground = office.database.read(lambda c: _ground(c, office, who, body, at))
    rows = _read(ground, source, result, at, progress)
    while batch := list(islice(rows, BATCH)):
        if dry:
            _count(office, body, batch, result)
        else:
            office.database.write(
                lambda c, batch=batch: _take(c, office, who, ground, batch, result, at)  # type: ignore[misc]
            )
    return result


def _ground(connection: Connection, office: Office, who: Actor, body: str, at: int) -> Grounds:
    people.require(connection, who, body, Power.MIGRATE, at=at)
    return grounds.of(connection, office, body, at=at)


def _read(
    ground: Grounds, source: Source, result: Taken, at: int,
    progress: Callable[[Row], None] | None,
) -> Iterator[Migrated]:  # fmt: skip
    """The rows that can be read and are in force; the others are noted."""
    zone = ground.zone(None)
    today, seen = civil_day(at, zone), Numbers()
    catalogue = ground.office.evidence.catalogue
    for row in source.sheet.rows():
        if progress is not None:
            progress(row)
        found = read_row(
            row, zone=zone, catalogue=catalogue, today=today, order=source.order, numbers=seen
        )
        if not isinstance(found, Migrated):
            result.problems += found
        elif found.state in FINAL or (found.expires is not None and found.expires < today):
            result.ended += 1
        elif (problem := _place_of(found)) is not None:
            result.problems.append(problem)
        else:
            yield found


def _place_of(one: Migrated) -> CellProblem | None:
    try:
        numbers.check_number(one.number)
    except Denied as denied:
        return _problem(one, denied)
    return None


def _problem(one: Migrated, denied: Denied) -> CellProblem:
    return CellProblem(
        one.row, f"row {one.row}", "Certificate Number", denied.code, denied.sentence, one.number
    )


def _count(office: Office, body: str, batch: Sequence[Migrated], result: Taken) -> None:
    def known(connection: Connection) -> int:
        return sum(_is_known(connection, body, one.number) for one in batch)

    found = office.database.read(known)
    result.known += found
    result.taken += len(batch) - found
    result.unproven |= {gate for one in batch for gate in one.unproven}


def _is_known(connection: Connection, body: str, number: str) -> bool:
    try:
        register.certificate(connection, body, number)
    except Denied:
        return False
    return True


def _take(
    connection: Connection, office: Office, who: Actor, ground: Grounds,
    batch: Sequence[Migrated], result: Taken, at: int,
) -> None:  # fmt: skip
    """One batch in one transaction; a row that readers would refuse is noted and left out."""
    people.require(connection, who, ground.body, Power.MIGRATE, at=at)
    ledger.lock_body(connection, ground.body)
    for one in batch:
        if _is_known(connection, ground.body, one.number):
            result.known += 1
            continue
        try:
            token, claims = _signed(connection, office, ground, one, at)
        except Denied as denied:
            result.problems.append(_problem(one, denied))
            continue
        _write(connection, office, who, ground.body, one, claims, token, at)
        result.taken += 1
        result.unproven |= set(one.unproven)


def _signed(
    connection: Connection, office: Office, ground: Grounds, one: Migrated, at: int
) -> tuple[str, dict[str, Any]]:
    """The token, proven over what is published; nothing is given out unless it is good."""
    body = ground.body
    name, index = register.upcoming_entry(connection, body)
    claims = _claims(ground, one, name, index, register.next_iat(connection, body, at))
    with key_trouble():
        token = jws.sign(
            claims, office.signer(connection, body, "certificate", at), typ=certificate.TYP
        )
        uri = str(claims["status"]["status_list"]["uri"])
        raw = bytearray(b"\xff" * (index // 2 + 1))
        status_list.write_value(raw, index, status_list.VALID)
        status = office.signer(connection, body, "status", at)
        listed = status_list.sign_list(uri, bytes(raw), status, at=at)
        # As readers will find it: a list, and no record yet.
        prove(token, office.evidence, Ahead(uri, listed, "", ""), at=at)
    register.next_entry(connection, body)
    return token, claims


def _claims(ground: Grounds, one: Migrated, name: int, index: int, iat: int) -> dict[str, Any]:
    accreditation = None
    if one.accredited is not False:
        norms = NORMS[one.kind]
        accreditation = next((row for row in ground.granted if row.norm in norms), None)
    claims: dict[str, Any] = {
        "iss": ground.body, "jti": one.number, "rev": 1, "iat": iat, "kind": str(one.kind),
        "standards": list(one.standards), "decided": one.decided, "effective": one.effective,
        "previous_expires": one.previous_expires, "holder": present(one.holder._asdict()),
        _PART[one.kind]: _part(one),
        "status": {"status_list": {"idx": index, "uri": f"{ground.body}/status/{name}"}},
    }  # fmt: skip
    if accreditation is not None:
        claims["accreditation"] = {"by": accreditation.by, "number": accreditation.number}
    if one.expires is not None:
        claims["expires"] = one.expires
        claims["exp"] = first_second_after(one.expires, ground.zone(accreditation))
    return certificate.ordered({name: plain(value) for name, value in claims.items()})


def _part(one: Migrated) -> dict[str, Any]:
    part = one.part._asdict()
    for name in ("sites",):
        if part.get(name):
            part[name] = [present(site._asdict()) for site in part[name]]
    for name in ("scheme", "batch"):
        if part.get(name) is not None:
            part[name] = present(part[name]._asdict())
    return present(part)


def _write(
    connection: Connection, office: Office, who: Actor, body: str, one: Migrated,
    claims: dict[str, Any], token: str, at: int,
) -> None:  # fmt: skip
    index = claims["status"]["status_list"]
    name = int(index["uri"].rpartition("/")[2])
    identity = jws.parse(token, typ=certificate.TYP).signing_input_sha256
    register.add_certificate(
        connection,
        Certificate(
            body=body, number=one.number, kind=str(one.kind), standards="; ".join(one.standards),
            holder=one.holder.name, state="active", revision=1, decided=claims["decided"],
            effective=claims["effective"], expires=claims.get("expires"), since=None,
            next_due=None, overdue_from=None, turns_on=None, migrated=True,
            likeness=digest([one.number]), issued_at=at, version=1,
        ),
    )  # fmt: skip
    register.add_revision(
        connection,
        Revision(
            body=body, number=one.number, rev=1, list=name, idx=index["idx"], state="issued",
            value=0, act="migrated", claims=claims, dossier={}, dossier_sha256=digest({}),
            actor=who.name, scope=None, key=None, intended_at=at, token=token,
            signing_sha256=identity,
        ),
    )  # fmt: skip
    told = {"row": one.row, "unproven": list(one.unproven), "beside": dict(one.beside),
            "original": one.original, "rev": 1, "sha256": identity}  # fmt: skip
    _event(connection, who, body, one, "migrated", told, at, None)
    _event(connection, who, body, one, "granted", {}, at, one.original or one.effective)
    if one.state is LifeState.SUSPENDED:
        since = one.state_since or civil_day(at, "UTC")
        _event(connection, who, body, one, "suspended", {}, at, since)
    publications.mark(connection, body, publications.STATUS, str(name), at=at)
    lives.settle(connection, office, body, one.number, at=at)


def _event(
    connection: Connection, who: Actor, body: str, one: Migrated, type: str,
    data: dict[str, Any], at: int, day: date | None,
) -> None:  # fmt: skip
    ledger.append(
        connection, body, kind="certificate", subject=one.number, type=type, at=at,
        actor=who.name, data=data, effective_on=day,
    )  # fmt: skip
