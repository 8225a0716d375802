"""Bodies and their keys: enrolled by the operator, named by whoever stands above them.

A federation key signs what a body states; the keys for certificates, lists and records are named by
the accreditation body in the accreditation, and are other ones (design.md 5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from keys.jwk import KeyRefused, PublicKey, import_public
from service.domain.dates import show_instant, zone
from service.domain.people import SERVICE, Actor, Power
from service.domain.refusal import Denied
from service.registry.statements import BELOW, superiors_of
from service.storage import body_keys, ledger, papers, people, publications, register
from service.storage.body_keys import BodyKey
from service.storage.database import Connection
from service.storage.papers import Paper
from service.storage.register import Body

ROLES = ("arrangement", "accreditation_body", "certification_body")
PURPOSES = ("federation", "certificate", "status", "record")


class Named(Protocol):
    """A key whose public half is known."""

    def public_jwk(self) -> Mapping[str, Any]:
        """The public key as a JWK."""


@dataclass(frozen=True, slots=True)
class KeptElsewhere:
    """A key of which only the public half is here: its owner signs."""

    jwk: Mapping[str, Any]

    def public_jwk(self) -> Mapping[str, Any]:
        """The public key as a JWK."""
        return self.jwk


def enrol(connection: Connection, actor: Actor, body: Body, *, base: str, at: int) -> Body:
    """A new body that works here, whose id lies below `base`.

    Raises Denied ALREADY_EXISTS, BAD_PARAMETER, NOT_ALLOWED.
    """
    if body.role not in ROLES:
        raise Denied("BAD_PARAMETER", "A body is one of " + ", ".join(ROLES) + ".", "role")
    if not body.id.startswith(f"{base}/"):
        raise Denied("BAD_PARAMETER", f"Ids of bodies here begin with {base}/.", "id")
    try:
        zone(body.zone)
    except ValueError:
        raise Denied("BAD_PARAMETER", "This time zone is not known.", "zone") from None

    people.require(connection, actor, SERVICE, Power.ENROL, at=at)
    register.add_body(connection, body)
    ledger.append(
        connection, body.id, kind="body", subject=body.id, type="enrolled", at=at,
        actor=actor.name, data={"role": body.role, "name": body.name, "zone": body.zone},
    )  # fmt: skip
    publications.mark(connection, body.id, publications.STATEMENT, body.id, at=at)
    return body


def add_key(
    connection: Connection, actor: Actor, body: str, signer: Named, *, reference: str,
    purposes: tuple[str, ...], since: int, at: int,
) -> BodyKey:  # fmt: skip
    """The key of a signer, which rests where `reference` says, for a body from `since` on.

    The accreditations that name its other keys here name it too, at once: else nobody would know
    it. Raises Denied BAD_PARAMETER and KEY_SHARED.
    """
    if not purposes or not set(purposes) <= set(PURPOSES):
        raise Denied("BAD_PARAMETER", "A key is for " + ", ".join(PURPOSES) + ".", "purposes")
    held = {purpose for key in body_keys.of(connection, body) for purpose in key.purposes}
    if held & set(purposes):
        people.require(connection, actor, body, Power.KEYS, at=at)
    else:  # a body's first keys come with the body
        people.require(connection, actor, SERVICE, Power.ENROL, at=at)
    public = _public(signer.public_jwk())
    key = BodyKey(body, public.kid, purposes, reference, dict(public.jwk), public.thumbprint, since)
    ledger.lock_body(connection, body)
    body_keys.add(connection, key)
    ledger.append(
        connection, body, kind="key", subject=key.kid, type="added", at=at, actor=actor.name,
        data={"purposes": key.purposes, "jwk": key.jwk, "since": show_instant(key.since)},
    )  # fmt: skip
    for paper in papers.about(connection, "accreditation", body):
        _name_beside(connection, actor, paper, key, at)
    _mark_statements(connection, body, at)
    return key


def end_key(
    connection: Connection, actor: Actor, body: str, kid: str, *, at: int, until: int | None = None,
    lost: int | None = None,
) -> BodyKey:  # fmt: skip
    """Retire a key at `until`, or call it lost since `lost`: then all its tokens are refused.

    The accreditations that name it here say so at once. POSIX seconds; raises Denied NOT_FOUND.
    """

    people.require(connection, actor, body, Power.KEYS, at=at)
    ledger.lock_body(connection, body)
    key = body_keys.end(connection, body, kid, until=until, revoked=lost)
    ledger.append(
        connection, body, kind="key", subject=kid, type="lost" if lost else "retired", at=at,
        actor=actor.name, data={"until": until, "lost": lost},
    )  # fmt: skip
    for paper in papers.about(connection, "accreditation", body):
        _end_named(connection, actor, paper, key, at)
    if lost is not None:
        # What it has signed is refused from now on: lists and records are signed anew at once.
        for kind in (publications.STATUS, publications.RECORD):
            if kind in key.purposes:
                publications.mark_all(connection, body, kind, at=at)
    _mark_statements(connection, body, at)
    return key


def named(key: BodyKey) -> dict[str, Any]:
    """A key as an accreditation names it; None where it is for statements only."""
    purposes = [purpose for purpose in key.purposes if purpose != "federation"]
    row: dict[str, Any] = {
        "jwk": dict(key.jwk), "purposes": purposes, "from": show_instant(key.since),
    }  # fmt: skip
    if key.until is not None:
        row["until"] = show_instant(key.until)
    if key.revoked is not None:
        row["revoked"] = show_instant(key.revoked)
    return row


def _name_beside(connection: Connection, actor: Actor, paper: Paper, key: BodyKey, at: int) -> None:
    """A further key of a body here; an accreditation that names keys from elsewhere stays as is."""
    rows, row = list(paper.content.get("keys", [])), named(key)
    own = {one.kid for one in body_keys.of(connection, key.body)}
    if row["purposes"] and all(one["jwk"].get("kid") in own for one in rows):
        _restate(connection, actor, paper, [*rows, row], "key_added", key, at)


def _end_named(connection: Connection, actor: Actor, paper: Paper, key: BodyKey, at: int) -> None:
    rows = [
        named(key) if row["jwk"].get("kid") == key.kid else row
        for row in paper.content.get("keys", [])
    ]
    if rows != paper.content.get("keys", []):
        _restate(connection, actor, paper, rows, "key_ended", key, at)


def _restate(
    connection: Connection, actor: Actor, paper: Paper, rows: list[dict[str, Any]], type: str,
    key: BodyKey, at: int,
) -> None:  # fmt: skip
    """An accreditation with other keys: an event of its accreditation body, and a new statement."""
    ledger.lock_body(connection, paper.body)
    papers.change(
        connection, paper, state=paper.state, content={**paper.content, "keys": rows}, at=at
    )
    ledger.append(
        connection, paper.body, kind="accreditation", subject=paper.subject, type=type, at=at,
        actor=actor.name, data={"kid": key.kid},
    )  # fmt: skip
    publications.mark(connection, paper.body, publications.STATEMENT, paper.about, at=at)


def _mark_statements(connection: Connection, body: str, at: int) -> None:
    """Its own statements, also those about bodies below it, and those of the bodies above it here.

    Those about bodies below may be signed by a key that is named no more.
    """
    below = [paper.subject for paper in papers.listed(connection, body, "subordinate")]
    for subject in (body, *below):
        publications.mark(connection, body, publications.STATEMENT, subject, at=at)
    for superior in superiors_of(connection, body):
        publications.mark(connection, superior, publications.STATEMENT, body, at=at)


def _public(jwk: Mapping[str, Any]) -> PublicKey:
    try:
        return import_public(dict(jwk))
    except KeyRefused as refused:
        raise Denied(refused.code, "This key is refused.", "jwk") from None


def speak_about(
    connection: Connection, actor: Actor, superior: str, subject: str, *, name: str,
    jwks: Mapping[str, Any] | None, at: int,
) -> None:  # fmt: skip
    """Begin to state something about a body below, whose federation keys are given or are here."""
    role = register.body(connection, superior).role
    if role not in BELOW:
        raise Denied("NOT_ALLOWED", "A certification body has nobody below it.")
    paper = Paper(
        superior, "subordinate", subject, subject, "active",
        {"name": name, **({"jwks": jwks} if jwks else {})}, 1, at,
    )  # fmt: skip
    papers.add(connection, paper)
    ledger.append(
        connection, superior, kind="subordinate", subject=subject, type="named", at=at,
        actor=actor.name, data=paper.content,
    )  # fmt: skip
    publications.mark(connection, superior, publications.STATEMENT, subject, at=at)
    try:
        register.body(connection, subject)
    except Denied:
        return
    publications.mark(connection, subject, publications.STATEMENT, subject, at=at)
