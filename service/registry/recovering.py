"""After an old backup: the register takes back what it had published since (`BACKUP_ROLLBACK`).

The published records say what happened to each certificate, the published lists which entries are
used and what they say. What is proven there by the body's own keys is written into the ledger as
recovered. A certificate that only the lost part knew needs its token, from whoever has it; till
then its entry says what was published. No entry is ever given out again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from keys.jwk import KeyRefused, PublicKey, import_public
from service.credential import claims as certificate
from service.credential import jws
from service.credential.claims import parse_certificate
from service.domain.certificate import Certificate as Stated
from service.domain.people import COMMAND_LINE
from service.domain.refusal import Denied
from service.domain.surveillance import Record
from service.domain.verdict import Refused
from service.registry import lives, records
from service.registry.office import Office
from service.status import record, status_list
from service.status.record import event_claims, surveillance_claims
from service.status.status_list import NEVER_ISSUED, StatusList
from service.storage import body_keys, checkpoints, ledger, publications, register
from service.storage.canonical import digest
from service.storage.database import Connection
from service.storage.folder import token_of
from service.storage.register import Certificate, Revision


@dataclass(slots=True)
class Recovered:
    """What was taken back; `missing` are certificates whose token nobody has brought yet."""

    events: int = 0
    entries: int = 0
    certificates: int = 0
    missing: list[str] = field(default_factory=list)


def recover(office: Office, tokens: Iterable[str] = (), *, at: int) -> Recovered:
    """Take back what was published, and these certificate tokens; then the register may start.

    Raises Denied for a token that is not the body's own.
    """
    done = Recovered()
    hosted = [
        body
        for body in office.database.read(register.all_bodies)
        if body.role == "certification_body"
    ]
    for token in tokens:
        office.database.write(lambda c, t=token: _bring(c, office, t, done, at))  # type: ignore[misc]
    for body in hosted:
        for told in _proven_records(office, body.id):
            office.database.write(
                lambda c, told=told: _replay(c, office, told, done, at)  # type: ignore[misc]
            )
        for name, listed in _proven_lists(office, body.id):
            office.database.write(
                lambda c, n=name, one=listed, id=body.id: _entries(  # type: ignore[misc]
                    c, id, n, one, done, at
                )
            )
    office.database.write(lambda connection: _close(connection, office, done, at))
    return done


def _bring(connection: Connection, office: Office, token: str, done: Recovered, at: int) -> None:
    """A certificate that the restored register does not know, by its token."""
    try:
        parsed = jws.parse(token.strip(), typ=certificate.TYP)
        issuer = str(parsed.unproven_claims.get("iss"))
        claims = jws.verify(parsed, _key(connection, issuer, "certificate", parsed.kid)).claims
        zone = register.body(connection, issuer).zone
        standing = office.standing(issuer, at)
        stated = parse_certificate(claims, zone=standing.zone(None) if standing else zone, at=at)
    except Refused as refused:
        raise Denied(str(refused.code), "This token is none of a body here.", "token") from None
    ledger.lock_body(connection, issuer)
    try:
        row = register.certificate(connection, issuer, stated.number)
        if any(
            one.rev == stated.revision and one.state == "issued"
            for one in register.revisions_of(connection, issuer, row.number)
        ):
            return
    except Denied:
        register.add_certificate(connection, _row(issuer, stated, at))
    name = int(stated.status.uri.rpartition("/")[2])
    register.add_revision(
        connection,
        Revision(
            body=issuer, number=stated.number, rev=stated.revision, list=name,
            idx=stated.status.idx, state="issued", value=0, act="recovered", claims=claims,
            dossier={}, dossier_sha256=digest({}), actor=COMMAND_LINE.name, scope=None, key=None,
            intended_at=at, token=token.strip(),
            signing_sha256=parsed.signing_input_sha256,
        ),
    )  # fmt: skip
    done.certificates += 1


def _row(issuer: str, stated: Stated, at: int) -> Certificate:
    return Certificate(
        body=issuer, number=stated.number, kind=str(stated.kind), standards="",
        holder=stated.holder.name, state="draft", revision=stated.revision,
        decided=stated.decided.isoformat(), effective=stated.effective.isoformat(), expires=None,
        since=None, next_due=None, overdue_from=None, turns_on=None, migrated=False,
        likeness=digest(stated.number), issued_at=at, version=1,
    )  # fmt: skip


def _replay(connection: Connection, office: Office, told: Record, done: Recovered, at: int) -> None:
    """Write the events of a published record that the ledger lacks."""
    try:
        row = register.certificate(connection, told.issuer, told.number)
    except Denied:
        done.missing.append(told.number)
        return
    ledger.lock_body(connection, told.issuer)
    entries = list(ledger.history(connection, told.issuer, kind="certificate", subject=row.number))
    known = records.facts_of(entries)
    have = {(one["type"], one["effective_on"]) for one in known.events}
    for event in told.events:
        claims = event_claims(event)
        if (event.type, event.effective_on.isoformat()) not in have:
            more = {
                k: v for k, v in claims.items() if k in ("reason", "removed", "to", "stage2_on")
            }
            _append(connection, told, event.type, more, at, event.effective_on)
            done.events += 1
    for one in told.surveillance:
        claims = surveillance_claims(one)
        if claims not in list(known.surveillance):
            kind = "deferred" if one.deferral else "surveillance"
            _append(connection, told, kind, claims, at, one.last_day)
            done.events += 1
    issued = register.revisions_of(connection, told.issuer, row.number)
    if told.revision > max((one.rev for one in issued if one.state == "issued"), default=0):
        done.missing.append(f"{told.number} revision {told.revision}")
    if any(one.state == "issued" for one in issued):
        lives.settle(connection, office, told.issuer, row.number, at=at)


def _append(
    connection: Connection, told: Record, type: str, data: Mapping[str, Any], at: int,
    day: date | None,
) -> None:  # fmt: skip
    ledger.append(
        connection, told.issuer, kind="certificate", subject=told.number, type=type, at=at,
        actor=COMMAND_LINE.name, data={**data, "recovered": True}, effective_on=day,
    )  # fmt: skip


def _entries(
    connection: Connection, body: str, name: int, listed: StatusList, done: Recovered, at: int
) -> None:
    """Entries that were used stay used; those nobody knows keep saying what was published."""
    ledger.lock_body(connection, body)
    used = max((i for i in range(len(listed)) if listed.value(i) != NEVER_ISSUED), default=-1) + 1
    register.use_entries(connection, body, name, used)
    known = register.entries_of(connection, body, name)
    for idx in range(used):
        value = listed.value(idx)
        if idx not in known and value != 0:
            _keep_entry(connection, body, name, idx, value, at)
            done.entries += 1
    publications.mark(connection, body, publications.STATUS, str(name), at=at)


def _keep_entry(
    connection: Connection, body: str, name: int, idx: int, value: int, at: int
) -> None:
    number = f"lost/{name}/{idx}"
    register.add_certificate(
        connection,
        Certificate(
            body=body, number=number, kind="lost", standards="", holder="", state="lost",
            revision=0, decided="", effective="", expires=None, since=None, next_due=None,
            overdue_from=None, turns_on=None, migrated=False, likeness=digest(number),
            issued_at=at, version=1,
        ),
    )  # fmt: skip
    register.add_revision(
        connection,
        Revision(
            body=body, number=number, rev=1, list=name, idx=idx, state="lost", value=value,
            act="recovered", claims={}, dossier={}, dossier_sha256=digest({}),
            actor=COMMAND_LINE.name, scope=None, key=None, intended_at=at, token=None,
            signing_sha256=None,
        ),
    )  # fmt: skip


def _close(connection: Connection, office: Office, done: Recovered, at: int) -> None:
    """From here on the chains count as they are; what was lost of them is written down."""
    lost = checkpoints.published(office.folder)
    reached = {}
    for body in register.all_bodies(connection):
        if body.id in lost:
            before = ledger.checkpoint(connection, body.id)
            ledger.append(
                connection, body.id, kind="body", subject=body.id, type="recovered", at=at,
                actor=COMMAND_LINE.name,
                data={"published": lost[body.id].count, "restored": before.count},
            )  # fmt: skip
        reached[body.id] = ledger.checkpoint(connection, body.id)
    checkpoints.replace(office.folder, reached)


def _proven_records(office: Office, body: str) -> Iterator[Record]:
    for token in _tokens(office, body, "records"):
        found = _proven(office, body, "record", token, record.parse_record)
        if found is not None:
            yield record.read_record(found.claims, issuer=body, number=str(found.claims["sub"]))


def _proven_lists(office: Office, body: str) -> Iterator[tuple[int, StatusList]]:
    for token in _tokens(office, body, "status"):
        found = _proven(office, body, "status", token, status_list.parse_list)
        if found is not None:
            uri = str(found.claims["sub"])
            yield (
                int(uri.rpartition("/")[2]),
                status_list.read_list(found.claims, uri=uri, token=token),
            )


def _proven(
    office: Office, body: str, purpose: str, token: str,
    parse: Callable[[str], jws.UnverifiedToken],
) -> jws.VerifiedToken | None:  # fmt: skip
    """A document that a key of the body has signed; None for any other."""
    try:
        parsed = parse(token)
        key = office.database.read(lambda c: _key(c, body, purpose, parsed.kid))
        return jws.verify(parsed, key)
    except (Refused, Denied):
        return None


def _tokens(office: Office, body: str, kind: str) -> Iterator[str]:
    place = office.evidence.place(body, kind, "x")
    if place is None:
        return
    folder: Path = (office.folder / place).parent
    for file in sorted(folder.rglob("*.jwt")) if folder.is_dir() else ():
        yield token_of(file.read_bytes())


def _key(connection: Connection, body: str, purpose: str, kid: str | None) -> PublicKey:
    for key in body_keys.of(connection, body):
        if key.kid == kid and purpose in key.purposes:
            try:
                return import_public(dict(key.jwk))
            except KeyRefused:
                break
    raise Denied("KEY_UNKNOWN", "No key of this body has signed it.", "token")
