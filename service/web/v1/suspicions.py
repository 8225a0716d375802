"""What readers reported as looking fake or misused, for systems of those who look into it."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from service.domain.dates import show_instant
from service.domain.people import Actor, Power
from service.registry import suspicions
from service.storage import papers, people, register
from service.storage.database import Connection
from service.storage.papers import Paper
from service.web.paging import begun_after, ended_at
from service.web.v1 import models
from service.web.v1.counter import Counter, answered, page, place, version_seen, view

_TAG = Tag(name="Suspicions", description="What readers reported as looking fake or misused.")


class SuspicionRoutes:
    """The views below /api/v1/suspicions."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._clock = counter.clock

    def blueprint(self) -> APIBlueprint:
        """The routes."""
        routes = APIBlueprint("suspicions", __name__, url_prefix="/api/v1", abp_tags=[_TAG])
        routes.get("/suspicions")(view(self.listed))
        routes.get("/suspicions/<id>")(view(self.one))
        routes.post("/suspicions/<id>/close")(view(self.close))
        return routes

    def listed(self, query: models.Suspicions) -> Response:
        """A page of what was reported to a body, the last changed first."""

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            found = papers.newest(
                connection, body, suspicions.KIND, state=query.state,
                before=begun_after(place(query.after), "after"), limit=query.limit + 1,
            )  # fmt: skip
            reachable = self._reachable(connection, who, body)
            asked = page(found, limit=query.limit, last=ended_at)
            shown = [_shown(one, reachable=reachable) for one in asked["items"]]
            return {**asked, "items": shown}

        return answered(self._counter.read(query.body, work))

    def one(self, path: models.ById, query: models.OfBody) -> Response:
        """A report by its reference number."""

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            reachable = self._reachable(connection, who, body)
            found = papers.find(connection, body, suspicions.KIND, path.id)
            return _shown(found, reachable=reachable)

        return answered(self._counter.read(query.body, work))

    def close(self, path: models.ById, body: models.CloseSuspicion) -> Response:
        """Close it with a note on what came of it; how its reader can be reached is erased."""

        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            closed = suspicions.close(
                connection, who, named, path.id, body.note, at=self._clock(),
                version=version_seen(),
            )  # fmt: skip
            return _shown(closed, reachable=True)

        return self._counter.once(body.body, work)

    def _reachable(self, connection: Connection, who: Actor, body: str) -> bool:
        """Whether somebody who may read here also sees how readers can be reached."""
        people.require(connection, who, body, Power.READ, at=self._clock())
        here = register.body(connection, body)
        return suspicions.may_decide(connection, who, here, at=self._clock())


def _shown(paper: Paper, *, reachable: bool) -> dict[str, Any]:
    told = paper.content
    closed = told.get("closed_at")
    return {
        "reference": paper.subject, "state": paper.state, "version": paper.version,
        "reported_at": show_instant(told["reported_at"]), "number": told["number"],
        "verdict": told["verdict"], "codes": told["codes"], "code": told["code"],
        "token_sha256": told["token_sha256"], "words": told["words"], "place": told["place"],
        "reach": told["reach"] if reachable else None, "note": told.get("note"),
        "closed_at": None if closed is None else show_instant(closed),
        "closed_by": told.get("closed_by"),
    }  # fmt: skip
