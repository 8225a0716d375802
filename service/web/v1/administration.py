"""The service's own work: bodies, keys, proposals that need a second person, and the ledger."""

from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from service.domain.dates import parse_instant, show_instant
from service.domain.people import SERVICE, Actor, Power
from service.registry import approvals, bodies
from service.storage import body_keys, ledger, papers, people, register
from service.storage.body_keys import BodyKey
from service.storage.database import Connection
from service.storage.papers import Paper
from service.storage.register import Body
from service.web.auth import actor
from service.web.problems import Problem
from service.web.v1 import models
from service.web.v1.certificates import event
from service.web.v1.counter import Counter, answered, page, place, view

_TAG = Tag(name="Administration", description="Bodies, keys, proposals and the audit trail.")


class AdministrationRoutes:
    """The views below /api/v1/bodies, /keys, /proposals and /events."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._clock = counter.clock

    def blueprint(self) -> APIBlueprint:
        """The routes."""
        routes = APIBlueprint("administration", __name__, url_prefix="/api/v1", abp_tags=[_TAG])
        routes.get("/bodies")(view(self.bodies))
        routes.post("/bodies")(view(self.enrol))
        routes.get("/keys")(view(self.keys))
        routes.post("/keys")(view(self.add_key))
        routes.post("/keys/end")(view(self.end_key))
        routes.get("/proposals")(view(self.proposals))
        routes.post("/proposals/<id>/approve")(view(self.approve))
        routes.post("/proposals/<id>/reject")(view(self.reject))
        routes.get("/events")(view(self.events))
        return routes

    def bodies(self, query: models.Query) -> Response:
        """Every body that works here."""

        def work(connection: Connection, who: Actor, _: str) -> Mapping[str, Any]:
            people.require(connection, who, SERVICE, Power.READ, at=self._clock())
            found = register.all_bodies(connection)
            return {"items": [_body(one) for one in found if one.id != SERVICE]}

        return answered(self._counter.read(SERVICE, work))

    def enrol(self, body: models.NewBody) -> Response:
        """Let a body work here."""
        base = self._counter.office.base

        def work(connection: Connection, who: Actor, _: str) -> Mapping[str, Any]:
            new = Body(body.id, body.role, body.name, body.zone)
            return _body(bodies.enrol(connection, who, new, base=base, at=self._clock()))

        return self._counter.once(SERVICE, work, status=201)

    def keys(self, query: models.OfBody) -> Response:
        """The keys of a body, with their windows; where they rest is not told."""

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            return {"items": [_key(one) for one in body_keys.of(connection, body)]}

        return answered(self._counter.read(query.body, work))

    def add_key(self, body: models.NewKey) -> Response:
        """Propose a key of a body, which rests at a reference; a second person approves it."""
        _instant(body.since, "since")
        self._propose(
            body.body, "key.add",
            {"reference": body.reference, "purposes": body.purposes, "since": body.since},
        )  # fmt: skip

    def end_key(self, body: models.EndKey) -> Response:
        """Propose to retire a key at an instant, or to call it lost since one."""
        _instant(body.until, "until")
        _instant(body.lost, "lost")
        if (body.until is None) == (body.lost is None):
            raise Problem("BAD_PARAMETER", "until")
        self._propose(
            body.body, "key.end", {"kid": body.kid, "until": body.until, "lost": body.lost}
        )

    def proposals(self, query: models.Page) -> Response:
        """What waits for a second person, with the digest that they approve."""

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            found = papers.listed(
                connection, body, approvals.KIND, after=place(query.after), limit=query.limit + 1
            )
            return page(map(_proposal, found), limit=query.limit, last=lambda row: row["id"])

        return answered(self._counter.read(query.body, work))

    def approve(self, path: models.ById, body: models.Approve) -> Response:
        """Do what another person has proposed."""

        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            result = approvals.approve(
                connection, self._counter.actions, who, named, path.id, digest=body.digest,
                at=self._clock(),
            )  # fmt: skip
            return {"id": path.id, "done": result if isinstance(result, Mapping) else None}

        return self._counter.once(body.body, work)

    def reject(self, path: models.ById, body: models.Reject) -> Response:
        """Refuse a proposal, or take back one's own."""

        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            approvals.reject(
                connection, self._counter.actions, who, named, path.id, at=self._clock()
            )
            return {"id": path.id, "state": approvals.REJECTED}

        return self._counter.once(body.body, work)

    def events(self, query: models.Page) -> Response:
        """A page of a body's ledger: who did what, when, and the chain of hashes."""
        start = place(query.after)
        if start and not start.isdigit():
            raise Problem("BAD_PARAMETER", "after")

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            found = ledger.history(connection, body, after=int(start or 0), limit=query.limit + 1)
            return page(map(event, found), limit=query.limit, last=lambda row: str(row["seq"]))

        return answered(self._counter.read(query.body, work))

    def _propose(self, body: str, action: str, parameters: Mapping[str, Any]) -> NoReturn:
        """Always raises: what needs two people is proposed, and that is said."""
        approvals.ask(
            self._counter.office.database, self._counter.actions, actor(), body, action,
            {name: value for name, value in parameters.items() if value is not None},
            at=self._clock(),
        )  # fmt: skip


def _instant(value: str | None, field: str) -> None:
    if value is not None:
        try:
            parse_instant(value)
        except ValueError:
            raise Problem("BAD_PARAMETER", field) from None


def _body(one: Body) -> dict[str, Any]:
    return {"id": one.id, "role": one.role, "name": one.name, "zone": one.zone}


def _key(one: BodyKey) -> dict[str, Any]:
    return {
        "kid": one.kid, "purposes": list(one.purposes), "jwk": dict(one.jwk),
        "since": show_instant(one.since),
        "until": show_instant(one.until) if one.until is not None else None,
        "revoked": show_instant(one.revoked) if one.revoked is not None else None,
    }  # fmt: skip


def _proposal(paper: Paper) -> dict[str, Any]:
    content = paper.content
    return {
        "body": paper.body, "id": paper.subject, "state": paper.state,
        "action": content["action"], "parameters": content["parameters"],
        "proposer": content["proposer"], "digest": content["digest"],
        "expires": show_instant(content["expires"]), "version": paper.version,
    }  # fmt: skip
