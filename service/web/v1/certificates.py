"""Certificates: issue, look up, suspend, reinstate, withdraw, cancel, transfer, survey, correct."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from service.credential.packing import pack
from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.registry import approvals, dossiers, issuing, lives, submitting, surveying
from service.registry.intending import Wish
from service.registry.issuing import Issued
from service.registry.lives import Life
from service.storage import ledger, papers, people, register
from service.storage.database import Connection
from service.storage.register import Certificate
from service.web.auth import actor
from service.web.problems import Problem
from service.web.v1 import models
from service.web.v1.counter import Counter, answered, civil, page, place, version_seen, view

_TAG = Tag(name="Certificates", description="A certification body's register.")
# The last part of an address, and the act that it asks for.
ACTS = ("suspend", "reinstate", "withdraw", "cancel", "transfer_out")


class CertificateRoutes:
    """The views below /api/v1/certificates."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._office = self._counter.office
        self._clock = self._counter.clock

    def blueprint(self) -> APIBlueprint:
        """The routes."""
        routes = APIBlueprint(
            "certificates", __name__, url_prefix="/api/v1/certificates", abp_tags=[_TAG]
        )
        routes.get("")(view(self.listed))
        routes.post("")(view(self.issue))
        routes.post("/batch")(view(self.issue_batch))
        routes.post("/intents")(view(self.intend))
        routes.post("/tokens")(view(self.submit))
        routes.get("/<below:number>")(view(self.one))
        routes.post("/<below:number>/revisions")(view(self.revise))
        routes.post("/<below:number>/surveillance")(view(self.survey))
        routes.post("/<below:number>/errata")(view(self.correct))
        for act in ACTS:
            _add_act(routes, self._counter, act)
        return routes

    def listed(self, query: models.Certificates) -> Response:
        """A page of a body's certificates, in the order of their numbers."""
        states = query.state.split(",") if query.state else ()

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            rows = register.certificates_of(
                connection, body, after=place(query.after), limit=query.limit + 1, states=states,
                holder=query.holder, due_by=query.due_by, expires_by=query.expires_by,
            )  # fmt: skip
            return page(map(shown, rows), limit=query.limit, last=lambda row: row["number"])

        return answered(self._counter.read(query.body, work))

    def issue(self, body: models.Issue) -> Response:
        """Issue a certificate, if every gate holds; a refusal lists every gate."""
        who, named = actor(), self._counter.body(body.body)
        wish = Wish(_dossier(self._counter, who, named, body), body.number)
        (one,) = issuing.issue(
            self._office, who, named, [wish], at=self._clock(), ask=self._counter.ask(who)
        )
        if body.dossier_id is not None:
            _note(self._counter, who, named, body.dossier_id, one)
        return answered(one.to_json(), 201)

    def issue_batch(self, body: models.Batch) -> Response:
        """Issue up to a hundred certificates, all of them or none."""
        who, named = actor(), self._counter.body(body.body)
        wishes = [Wish(item.dossier, item.number) for item in body.items]
        done = issuing.issue(
            self._office, who, named, wishes, at=self._clock(), ask=self._counter.ask(who)
        )
        return answered({"issued": [one.to_json() for one in done]}, 201)

    def intend(self, body: models.Issue) -> Response:
        """Take a number and the claims to be signed, for a body that signs elsewhere."""
        who, named = actor(), self._counter.body(body.body)
        wish = Wish(_dossier(self._counter, who, named, body), body.number)
        (one,) = submitting.intend(
            self._office, who, named, [wish], at=self._clock(), ask=self._counter.ask(who)
        )
        return answered(
            {"body": one.body, "number": one.number, "revision": one.rev,
             "typ": "certificate+jwt", "claims": dict(one.claims)}, 201,
        )  # fmt: skip

    def submit(self, body: models.Token) -> Response:
        """Hand in the token of an intended certificate; it passes the same gates and proof."""
        who, named = actor(), self._counter.body(body.body)
        one = submitting.submit(self._office, who, named, body.number, body.token, at=self._clock())
        return answered(one.to_json(), 201)

    def one(self, path: models.Number, query: models.OfBody) -> Response:
        """A certificate with its revisions, events, and surveillance to come."""

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            life = lives.load(connection, self._office, body, path.number, at=self._clock())
            return whole(life) | {"history": history(connection, life)}

        return answered(self._counter.read(query.body, work))

    def revise(self, path: models.Number, body: models.Revise) -> Response:
        """Extend, reduce, change, renew or restore: a dossier and its gates, a new revision."""
        who, named = actor(), self._counter.body(body.body)
        wish = Wish(body.dossier, path.number, version_seen())
        if body.dossier.get("act") in ("grant", "transfer_in"):
            raise Problem("BAD_PARAMETER", "dossier.act")
        (done,) = issuing.issue(
            self._office, who, named, [wish], at=self._clock(), ask=self._counter.ask(who)
        )
        return answered(done.to_json(), 201)

    def survey(self, path: models.Number, body: models.Check) -> Response:
        """Record a surveillance that was held, or put one off with its reason."""

        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            return whole(
                surveying.record_check(
                    connection, self._office, who, named, path.number, body.check, at=self._clock(),
                    version=version_seen(),
                )
            )  # fmt: skip

        return self._counter.once(body.body, work)

    def correct(self, path: models.Number, body: models.Erratum) -> Response:
        """Propose a correction of the ledger; a second person approves it."""
        who, named = actor(), self._counter.body(body.body)
        civil(body.effective_on, "effective_on")
        approvals.ask(
            self._office.database, self._counter.actions, who, named, "erratum",
            {"number": path.number, "seq": body.seq, "right": body.right,
             "effective_on": body.effective_on}, at=self._clock(),
        )  # fmt: skip


def _add_act(routes: APIBlueprint, counter: Counter, act: str) -> None:
    """The route of one act, such as /suspend."""

    def life_act(path: models.Number, body: models.LifeAct) -> Response:
        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            asked = {
                "act": act,
                "reason": body.reason,
                "effective_on": civil(body.effective_on, "effective_on"),
                "cause_resolved": body.cause_resolved,
                "to": body.to.model_dump() if body.to else None,
            }
            return whole(
                lives.act(
                    connection, counter.office, who, named, path.number, asked,
                    at=counter.clock(), version=version_seen(),
                )
            )  # fmt: skip

        return counter.once(body.body, work)

    life_act.__name__ = act
    life_act.__doc__ = (
        f"{act.replace('_', ' ').capitalize()} a certificate, from today or a named day."
    )
    rule = f"/<below:number>/{act.replace('_', '-')}"
    routes.post(rule, endpoint=act)(life_act)


def shown(row: Certificate) -> dict[str, Any]:
    """A certificate as lists have it."""
    return {
        "body": row.body, "number": row.number, "kind": row.kind, "standards": row.standards,
        "holder": row.holder, "state": row.state, "since": row.since, "revision": row.revision,
        "decided": row.decided, "effective": row.effective, "expires": row.expires,
        "next_due": row.next_due, "overdue_from": row.overdue_from, "migrated": row.migrated,
        "version": row.version,
    }  # fmt: skip


def whole(life: Life) -> dict[str, Any]:
    """A certificate with everything that is derived from its events."""
    newest = life.newest
    return shown(life.row) | {
        "token": newest.token,
        "digits": pack(newest.token) if newest.token else None,
        "claims": dict(newest.claims),
        "revisions": [
            {"revision": one.rev, "state": one.state, "list": one.list, "index": one.idx,
             "value": one.value, "act": one.act, "issued_at": one.claims.get("iat")}
            for one in life.revisions
        ],
        "surveillance": [
            {"id": check.id, "due": check.due, "overdue_from": check.overdue_from,
             "held": check.held, "state": check.state_on(life.today)}
            for check in lives.calendar(life)
        ],
    }  # fmt: skip


def history(connection: Connection, life: Life) -> list[dict[str, Any]]:
    """The ledger of a certificate, the oldest event first."""
    entries = ledger.history(connection, life.row.body, kind="certificate", subject=life.row.number)
    return [event(entry) for entry in entries if entry.type != "intended"]


def event(entry: ledger.Entry) -> dict[str, Any]:
    """An event of a ledger; what it says is left as it was written."""
    from service.credential import strict_json
    from service.domain.dates import show_instant

    return {
        "seq": entry.seq, "kind": entry.kind, "subject": entry.subject, "type": entry.type,
        "effective_on": entry.effective_on, "recorded_at": show_instant(entry.recorded_at),
        "actor": entry.actor, "data": strict_json.loads(entry.data.encode()), "hash": entry.hash,
    }  # fmt: skip


def _dossier(counter: Counter, who: Actor, body: str, asked: models.Issue) -> Mapping[str, Any]:
    """The dossier that is meant: one of the two ways to say it."""
    if (asked.dossier is None) == (asked.dossier_id is None):
        raise Problem("BAD_PARAMETER", "dossier")
    if asked.dossier is not None:
        return asked.dossier

    def find(connection: Connection) -> Mapping[str, Any]:
        people.require(connection, who, body, Power.ISSUE, at=counter.clock())
        paper = papers.find(connection, body, dossiers.KIND, str(asked.dossier_id))
        if paper.state not in (dossiers.DECIDED, dossiers.ISSUED):
            raise Denied("STATE_WRONG", "This dossier is not decided.", "dossier_id")
        return paper.content

    return counter.office.database.read(find)


def _note(counter: Counter, who: Actor, body: str, subject: str, one: Issued) -> None:
    """Note in the dossier what came of it; it may have been noted before."""

    def work(connection: Connection) -> None:
        paper = papers.find(connection, body, dossiers.KIND, subject)
        if paper.state == dossiers.DECIDED:
            dossiers.issued(connection, who, paper, one.number, at=counter.clock())

    counter.office.database.write(work)
