"""The intent: every claim that will be signed, with its number and entry, once the gates passed.

It is written before anything is signed, so that a crash leaves nothing that nobody knows of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.domain.dates import DAY_S
from service.domain.dossier import Act, Dossier
from service.domain.people import Actor
from service.domain.refusal import Denied
from service.issuer.drafting import Place, claimed, draft
from service.registry import lives
from service.registry.grounds import Grounds
from service.registry.numbers import check_number, new_number
from service.registry.office import Office
from service.rules import transition_table
from service.rules.certificate_life import Act as LifeAct
from service.rules.certificate_life import Transition
from service.rules.transitions import assess_transition
from service.storage import ledger, register
from service.storage.answers import Ask
from service.storage.canonical import digest, normal
from service.storage.database import Connection
from service.storage.register import Certificate, Revision

# The same for the same holder within a day is a double click (A06).
LIKENESS_S = DAY_S
# The acts that begin a certificate; the others are on one that there is.
NEW = frozenset({Act.GRANT, Act.TRANSFER_IN})
INTENT = "intent"


@dataclass(frozen=True, slots=True)
class Wish:
    """A certificate that is wanted: its dossier as plain JSON values, and its number.

    A new certificate without a number gets the next one; an act on an existing one names it.
    """

    dossier: Mapping[str, Any]
    number: str | None = None
    version: int | None = None


def intend_one(
    connection: Connection, office: Office, who: Actor, ground: Grounds, wish: Wish,
    dossier: Dossier, place: int, ask: Ask | None, at: int,
) -> Revision:  # fmt: skip
    """Steps 1 and 2 of issuing, for the one at `place` in a batch. Raises Denied."""
    body = ground.body
    life = None
    if dossier.act not in NEW:
        if wish.number is None:
            raise Denied("CLAIM_MISSING", "Say which certificate is meant.", "number")
        life = lives.load(connection, office, body, wish.number, at=at)
        lives.check_version(life.row, wish.version)
    ground.pass_gates(dossier, life, wish.dossier, item=place)
    likeness = _likeness(dossier)
    if life is None and (
        known := register.alike(connection, body, likeness, since=at - LIKENESS_S)
    ):
        raise Denied(
            "DUPLICATE_CERTIFICATE", f"The same certificate was issued just now: number {known}.",
            number=known, item=place,
        )  # fmt: skip
    number = life.row.number if life else _number(connection, body, wish, dossier)
    revision = life.revisions[-1].rev + 1 if life else 1
    name, index = register.next_entry(connection, body)
    accreditation = claimed(ground.granted, dossier)
    claims = draft(
        dossier,
        Place(
            body=body, number=number, revision=revision,
            iat=register.next_iat(connection, body, at), zone=ground.zone(accreditation),
            status_uri=f"{body}/status/{name}", index=index,
            previous=life.newest.claims if life else None,
        ),
        accreditation,
    )  # fmt: skip
    if life is not None:
        check_transition(life, dossier, claims)
    else:
        register.add_certificate(connection, _row(body, number, dossier, claims, likeness, at))
    intent = Revision(
        body=body, number=number, rev=revision, list=name, idx=index, state=INTENT,
        value=15, act=str(dossier.act), claims=claims, dossier=wish.dossier,
        dossier_sha256=digest(wish.dossier), actor=who.name, intended_at=at, token=None,
        signing_sha256=None, scope=ask.scope if ask else None, key=ask.key if ask else None,
    )  # fmt: skip
    register.add_revision(connection, intent)
    ledger.append(
        connection, body, kind="certificate", subject=number, type="intended", at=at,
        actor=who.name, data={"rev": revision, "claims": claims, "dossier": intent.dossier_sha256},
    )  # fmt: skip
    return intent


def check_transition(life: lives.Life, dossier: Dossier, claims: Mapping[str, Any]) -> None:
    """Raises Denied where the table of transitions does not have the act (rules.md 3.1)."""
    stage2 = [audit.last_day for audit in dossier.held("stage2") if audit.last_day is not None]
    act = Transition(
        act=LifeAct(str(dossier.act)), by=transition_table.Actor.DECISION_MAKER, today=life.today,
        effective_on=date.fromisoformat(claims["effective"]), decided_on=dossier.decision.on,
        removed=lives.removed_between(life.newest.claims, claims),
        stage2_on=max(stage2, default=None), cause_resolved=bool(dossier.decision.cause_resolved),
    )  # fmt: skip
    lives.refuse(assess_transition(life.known, act))


def _number(connection: Connection, body: str, wish: Wish, dossier: Dossier) -> str:
    if wish.number is not None:
        return check_number(wish.number)
    decided = dossier.decision.on
    if decided is None:
        raise Denied("CLAIM_MISSING", "The dossier has no decision.", "decision.date")
    return new_number(connection, body, decided)


def _likeness(dossier: Dossier) -> str:
    holder = dossier.holder
    return digest(
        {
            "kind": str(dossier.kind),
            "holder": (holder.id or normal(holder.name)) if holder else None,
            "standards": sorted(dossier.standards),
            "scope": normal(dossier.scope or ""),
            "sites": sorted(normal(site.name) for site in dossier.sites),
            "models": sorted(dossier.product.models),
        }
    )


def _row(
    body: str, number: str, dossier: Dossier, claims: Mapping[str, Any], likeness: str, at: int
) -> Certificate:
    return Certificate(
        body=body, number=number, kind=str(dossier.kind), standards="; ".join(dossier.standards),
        holder=claims["holder"]["name"], state="draft", revision=0, decided=claims["decided"],
        effective=claims["effective"], expires=claims.get("expires"), since=None, next_due=None,
        overdue_from=None, turns_on=None, migrated=False, likeness=likeness, issued_at=at,
        version=1,
    )  # fmt: skip
