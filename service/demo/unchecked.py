"""What no honest register lets through, made beside the gates and the proof on purpose.

This is what the software of a dishonest, careless or idle body, or a forger's, would write: papers
that the gates refuse, papers that no register knows, genuine ones with another text, lists that are
lost and statements that run out. Of bodies that work in the register it writes the register's own
tables, so that lists, records and checkpoints still come from the one publisher.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from keys import b64u
from service.credential import claims as certificate
from service.credential import jws
from service.demo.bodies import Body
from service.demo.cast import BODIES
from service.demo.dossiers import dossier
from service.demo.papers import Paper
from service.demo.plan import PLAN
from service.demo.step import HISTORY, Step, noon
from service.domain.dates import parse_day
from service.issuer.dossier import read_dossier
from service.issuer.drafting import Place, claimed, draft
from service.registry import accrediting, lives
from service.registry.bodies import speak_about
from service.registry.office import Office
from service.registry.publishing import publish
from service.storage import ledger, publications, register
from service.storage.canonical import digest
from service.storage.database import Connection
from service.storage.publications import RECORD, STATEMENT, STATUS, Due
from service.storage.register import Certificate, Revision

# An entry that a list says was never issued: no register gets so far in an example.
_NEVER_ISSUED = 1_000
# Signed at this instant, as the publisher believes, a document is never too old to it.
_NEVER_OLD = 1 << 40
_ALL = 10_000
# Days before the building: the last list of a body that no longer keeps it up, and the last word
# about one of whom nothing was said since.
_LAST_LIST, _LAST_WORD = -10, -40


def write(office: Office, paper: Paper, built_on: date, at: int) -> None:
    """A paper signed and put into its body's register at `at` (POSIX seconds), gates or not."""
    body, content = BODIES[paper.body], dossier(paper, built_on)

    def work(connection: Connection) -> None:
        ledger.lock_body(connection, body.id)
        name, index = register.next_entry(connection, body.id)
        standing, wish = office.standing(body.id, at), read_dossier(content)
        granted = claimed(standing.granted if standing else (), wish)
        iat = register.next_iat(connection, body.id, at)
        claims = draft(wish, _place(paper, iat, f"{body.id}/status/{name}", index), granted)
        signer = office.signer(connection, body.id, "certificate", iat)
        token = jws.sign(claims, signer, typ=certificate.TYP)
        register.add_certificate(connection, _row(body, paper, claims, at))
        one = _revision(body, paper, claims, content, (name, index), token, at)
        register.add_revision(connection, one)
        ledger.append(
            connection, body.id, kind="certificate", subject=paper.number, type="granted", at=at,
            actor=HISTORY.name, effective_on=parse_day(claims["effective"]),
            data={"rev": 1, "sha256": one.signing_sha256},
        )  # fmt: skip
        publications.mark(connection, body.id, STATUS, str(name), at=at)
        lives.settle(connection, office, body.id, paper.number, at=at)

    office.database.write(work)


def _place(paper: Paper, iat: int, uri: str, index: int) -> Place:
    zone = BODIES[paper.body].zone
    return Place(BODIES[paper.body].id, paper.number, 1, iat, zone, uri, index)


def _row(body: Body, paper: Paper, claims: Mapping[str, Any], at: int) -> Certificate:
    return Certificate(
        body=body.id, number=paper.number, kind=str(paper.kind), standards=paper.standard,
        holder=paper.firm.name, state="draft", revision=0, decided=claims["decided"],
        effective=claims["effective"], expires=claims.get("expires"), since=None, next_due=None,
        overdue_from=None, turns_on=None, migrated=False, likeness=f"unchecked {paper.number}",
        issued_at=at, version=1,
    )  # fmt: skip


def _revision(
    body: Body, paper: Paper, claims: Mapping[str, Any], content: Mapping[str, Any],
    entry: tuple[int, int], token: str, at: int,
) -> Revision:  # fmt: skip
    return Revision(
        body=body.id, number=paper.number, rev=1, list=entry[0], idx=entry[1], state="issued",
        value=0, act="grant", claims=claims, dossier=content, dossier_sha256=digest(content),
        actor=HISTORY.name, scope=None, key=None, intended_at=at, token=token,
        signing_sha256=jws.parse(token, typ=certificate.TYP).signing_input_sha256,
    )  # fmt: skip


def accredit(
    connection: Connection, superior: str, body: Body, content: Mapping[str, Any], at: int
) -> None:
    """More than `superior` is itself recognised for, past the door that refuses it (CM-9)."""
    full = accrediting.completed(connection, "accreditation", body.id, content)
    speak_about(connection, HISTORY, superior, body.id, name=body.name, jwks=None, at=at)
    accrediting.put(connection, HISTORY, superior, body.id, "accreditation", full, at=at)


def forge(paper: Paper, built_on: date, *, copied: int | None = None) -> str:
    """A paper that no register knows, signed with whatever key was at hand.

    `copied` is the entry of a genuine certificate whose number it bears. Else an impostor gives it
    one of its own list, and whoever borrows another body's name one that was never given out.
    """
    body, at = BODIES[paper.body], noon(built_on, paper.decided, BODIES[paper.body].zone)
    index = _NEVER_ISSUED if copied is None else copied
    if not body.hosted:
        index = [one for one in PLAN if one.body == paper.body].index(paper)
    place = _place(paper, at, f"{body.id}/status/1", index)
    claims = draft(read_dossier(dossier(paper, built_on)), place, None)
    owner = BODIES[paper.claim or paper.body]
    if owner.by is not None:
        claims["accreditation"] = {"by": BODIES[owner.by].id, "number": owner.number}
    signer = BODIES[paper.signed_by or paper.body].signer("certificate")
    return jws.sign(certificate.ordered(claims), signer, typ=certificate.TYP)


def altered(token: str, changes: Mapping[str, Any]) -> str:
    """The token with other claims under the same signature, as a forger would; as it is if none."""
    if not changes:
        return token
    header, payload, signature = token.split(".")
    claims = json.loads(b64u.decode(payload)) | changes
    text = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
    return f"{header}.{b64u.encode(text.encode())}.{signature}"


def begin_list(office: Office, body: str, name: str) -> None:
    """Go on with another status list before the one in use is full."""
    office.database.write(
        lambda connection: register.use_entries(connection, BODIES[body].id, int(name), 0)
    )


def silences(built_on: date) -> Iterator[Step]:
    """The last words of who has fallen silent: Fennbrook itself, and Northland about Merrowgate.

    Fennbrook's records and its first list were lost before anybody got them.
    """
    fennbrook, merrowgate = BODIES["fennbrook"], BODIES["merrowgate"]
    northland = BODIES["northland"]
    lost = {
        (fennbrook.id, kind, name)
        for paper in PLAN
        if paper.body == fennbrook.key
        for kind, name in ((STATUS, paper.list_name), (RECORD, paper.number))
    }
    nothing: set[_Name] = set()
    for day, last, silent in (
        (_LAST_WORD, (northland.id, STATEMENT, merrowgate.id), nothing),
        (_LAST_LIST, (fennbrook.id, STATUS, "2"), lost),
    ):
        at = noon(built_on, day, "UTC")
        work = partial(_fall_silent, last=last, silent={last, *silent}, at=at)
        yield Step(at, f"the last {last[1]}", (), work)


_Name = tuple[str, str, str]


def _fall_silent(office: Office, last: _Name, silent: set[_Name], at: int) -> None:
    """Publish `last` once more, and have the publisher believe that all of `silent` is fresh."""
    publish(office, at=at, limit=_ALL, wanted=lambda due: _name(due) == last)

    def work(connection: Connection) -> None:
        every = [(kind, _NEVER_OLD) for kind in (STATUS, RECORD, STATEMENT)]
        for due in publications.due(connection, limit=_ALL, aged=every):
            if _name(due) in silent:
                publications.done(connection, due, signed_at=_NEVER_OLD)

    office.database.write(work)


def _name(due: Due) -> _Name:
    return due.body, due.kind, due.name
