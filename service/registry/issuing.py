"""Issuing: gates, intent, signature, proof, commit, and only then the answer (security.md 10).

(1) gates and authorisation, inside the transaction  (2) number, revision and entry are taken and
the intent is written: every claim that will be signed; commit  (3) signed outside the transaction
(4) the finished token goes through the verifier  (5) gates and authorisation again; token, event
and marks are written; commit  (6) the answer.

A crash leaves either nothing or an intent, which `resume` signs to the same claims or voids; its
entry stays used. A batch is atomic: none is signed if one is refused (A09).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.credential import claims as certificate
from service.credential import jws
from service.credential.packing import pack
from service.credential.qr import check_fits
from service.domain.dates import DAY_S
from service.domain.dossier import Dossier
from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.issuer.proving import prove
from service.registry import ahead, grounds, lives
from service.registry.intending import INTENT, NEW, Wish, check_transition, intend_one
from service.registry.office import Office, key_trouble
from service.status.record import surveillance_claims
from service.storage import answers, ledger, people, publications, register
from service.storage.answers import Ask
from service.storage.database import Connection
from service.storage.register import Revision

# How long an intent waits for a signature from elsewhere.
PATIENCE_S = 7 * DAY_S
_ISSUED, _VOID = "issued", "void"


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued revision, and what readers will be warned about."""

    body: str
    number: str
    revision: int
    token: str
    digits: str
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "body": self.body, "number": self.number, "revision": self.revision,
            "token": self.token, "digits": self.digits, "warnings": list(self.warnings),
        }  # fmt: skip


def issue(
    office: Office, who: Actor, body: str, wishes: Sequence[Wish], *, at: int,
    ask: Ask | None = None,
) -> list[Issued]:  # fmt: skip
    """Issue all of them or none, at `at` (POSIX seconds); with `ask` once, however often asked.

    Raises Denied: NOT_ALLOWED, ISSUER_MISMATCH, DUPLICATE_CERTIFICATE, IDEMPOTENCY_CONFLICT, and
    for refused gates the code of the first, with every gate in `gates` and its wish in `item`.
    """
    return finish(office, intend(office, who, body, wishes, at=at, ask=ask), at=at, ask=ask)


def intend(
    office: Office, who: Actor, body: str, wishes: Sequence[Wish], *, at: int,
    ask: Ask | None = None,
) -> list[Revision]:  # fmt: skip
    """Steps 1 and 2: what passes the gates is written down with its number, entry and claims."""
    read = [grounds.read(body, wish.dossier) for wish in wishes]

    def work(connection: Connection) -> list[Revision]:
        people.require(connection, who, body, Power.ISSUE, at=at)
        ledger.lock_body(connection, body)
        if ask is not None:
            if answers.recall(connection, ask) is not None:
                return register.intended_by(connection, ask.scope, ask.key)
            answers.begin(connection, ask, at=at)
        ground = grounds.of(connection, office, body, at=at)
        return [
            intend_one(connection, office, who, ground, wish, dossier, place, ask, at)
            for place, (wish, dossier) in enumerate(zip(wishes, read, strict=True))
        ]

    return office.database.write(work)


def finish(
    office: Office, intents: Sequence[Revision], *, at: int, ask: Ask | None = None,
    patient: bool = False,
) -> list[Issued]:  # fmt: skip
    """Sign what was intended, prove it, and write it down; or void all of it.

    A `patient` caller leaves open what only lacks a key at the moment.
    """
    done = [_issued(one, ()) for one in intents if one.state == _ISSUED]
    if len(done) == len(intents):
        return done
    open_ones = [one for one in intents if one.state == INTENT]
    if not open_ones:
        raise Denied("VERSION_CONFLICT", "This issue was given up; ask again with another key.")
    try:
        signed = [_signed(office, one, at) for one in open_ones]
        return office.database.write(
            lambda connection: _commit(connection, office, signed, ask, at)
        )
    except Denied as denied:
        code = denied.code
        if not (patient and code.startswith("KEY_")):
            office.database.write(lambda c: _void(c, open_ones, ask, code, at))
        raise


def finish_signed(office: Office, signed: "_Signed", *, at: int) -> Issued:
    """Step 5 for one that was signed elsewhere and is proven."""
    (done,) = office.database.write(lambda c: _commit(c, office, [signed], None, at))
    return done


def resume(office: Office, *, before: int, at: int) -> int:
    """Finish or void what was intended before an instant and left by a crash; gives how many.

    What has to be signed elsewhere, or by a key that is out of reach just now, stays for a week.
    """
    left = office.database.read(lambda c: list(register.open_intents(c, before=before)))
    settled = 0
    for one in left:
        patient = one.intended_at > at - PATIENCE_S
        try:
            finish(office, [one], at=at, patient=patient)
        except Denied as denied:
            settled += not (patient and denied.code.startswith("KEY_"))
        else:
            settled += 1
    return settled


@dataclass(frozen=True, slots=True)
class _Signed:
    intent: Revision
    token: str
    digest: str
    warnings: tuple[str, ...]


def _signed(office: Office, intent: Revision, at: int) -> _Signed:
    """Steps 3 and 4: sign the intended claims, and read them as anybody will."""
    iat = int(intent.claims["iat"])
    signer = office.database.read(lambda c: office.signer(c, intent.body, "certificate", iat))
    with key_trouble():
        token = jws.sign(intent.claims, signer, typ=certificate.TYP)
    return proved(office, intent, token, at)


def proved(office: Office, intent: Revision, token: str, at: int) -> _Signed:
    """A token that fits into a code and that readers accept. Raises Denied."""
    try:
        check_fits(f"{office.site}/q/", pack(token))
    except ValueError:
        why = "It does not fit into a code that phones read; use an annex."
        raise Denied("TOKEN_TOO_LARGE", why) from None
    with key_trouble():
        published = office.database.read(lambda c: ahead.of(c, office, intent, token, at=at))
    report = prove(token, office.evidence, published, at=max(at, int(intent.claims["iat"])))
    warnings = tuple(str(code) for code in report.codes)
    identity = jws.parse(token, typ=certificate.TYP).signing_input_sha256
    return _Signed(intent, token, identity, warnings)


def _commit(
    connection: Connection, office: Office, signed: Sequence[_Signed], ask: Ask | None, at: int
) -> list[Issued]:
    """Step 5: everything is asked again, then token, event and marks are written together."""
    body = signed[0].intent.body
    ledger.lock_body(connection, body)
    ground = grounds.of(connection, office, body, at=at)
    done = []
    for one in signed:
        intent = one.intent
        now = register.revision(connection, body, intent.number, intent.rev)
        if now.state == _ISSUED:  # by the same request, asked again meanwhile
            done.append(_issued(now, one.warnings))
            continue
        kind, _, name = intent.actor.partition(":")
        people.require(connection, Actor(kind, name), body, Power.ISSUE, at=at)
        dossier = grounds.read(body, intent.dossier)
        life = None
        if dossier.act not in NEW:
            life = lives.load(connection, office, body, intent.number, at=at)
            check_transition(life, dossier, intent.claims)
        ground.pass_gates(dossier, life, intent.dossier)
        done.append(_write(connection, office, one, dossier, life, at))
    if ask is not None:
        answers.finish(connection, ask, 201, {"issued": [one.to_json() for one in done]})
    return done


def _write(
    connection: Connection, office: Office, one: _Signed, dossier: Dossier,
    life: lives.Life | None, at: int,
) -> Issued:  # fmt: skip
    intent = one.intent
    issued = replace(intent, state=_ISSUED, value=0, token=one.token, signing_sha256=one.digest)
    register.change_revision(connection, issued, was=INTENT)
    ledger.append(
        connection, intent.body, kind="certificate", subject=intent.number,
        type=ahead.EVENTS.get(dossier.act, str(dossier.act)), at=at, actor=intent.actor,
        effective_on=dossier.certificate.effective,
        data=ahead.event_data(intent, dossier, life.newest.claims if life else None)
        | {"rev": intent.rev, "sha256": one.digest},
    )  # fmt: skip
    for held in ahead.taken_over(dossier):
        ledger.append(
            connection, intent.body, kind="certificate", subject=intent.number,
            type="surveillance", at=at, actor=intent.actor, data=surveillance_claims(held),
            effective_on=held.last_day,
        )  # fmt: skip
    publications.mark(connection, intent.body, publications.STATUS, str(intent.list), at=at)
    lives.settle(connection, office, intent.body, intent.number, at=at)
    return _issued(issued, one.warnings)


def _void(
    connection: Connection, intents: Sequence[Revision], ask: Ask | None, code: str, at: int
) -> None:
    """Give up what cannot be issued; the entry stays used, and says so."""
    for one in intents:
        ledger.lock_body(connection, one.body)
        if register.revision(connection, one.body, one.number, one.rev).state != INTENT:
            continue
        register.change_revision(connection, replace(one, state=_VOID, value=15), was=INTENT)
        ledger.append(
            connection, one.body, kind="certificate", subject=one.number, type="voided", at=at,
            actor=one.actor, data={"rev": one.rev, "code": code},
        )  # fmt: skip
        publications.mark(connection, one.body, publications.STATUS, str(one.list), at=at)
        if one.rev == 1:
            row = register.certificate(connection, one.body, one.number)
            register.change_certificate(connection, replace(row, state=_VOID))
    if ask is not None:
        answers.forget(connection, ask)


def _issued(one: Revision, warnings: tuple[str, ...]) -> Issued:
    if one.token is None:
        raise ValueError("an issued revision has a token")
    return Issued(one.body, one.number, one.rev, one.token, pack(one.token), warnings)
