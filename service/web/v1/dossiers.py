"""Dossiers under work, their gates and decisions; and the laboratories whose reports are taken."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from service.domain.gate import refused
from service.domain.people import Actor, Power
from service.registry import dossiers, laboratories
from service.storage import papers, people
from service.storage.database import Connection
from service.storage.papers import Paper
from service.web.v1 import models
from service.web.v1.counter import Counter, answered, page, place, version_seen, view

_TAG = Tag(name="Dossiers", description="The evidence for a decision, and its gates.")


class DossierRoutes:
    """The views below /api/v1/dossiers and /api/v1/laboratories."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._clock = counter.clock

    def blueprint(self) -> APIBlueprint:
        """The routes."""
        routes = APIBlueprint("dossiers", __name__, url_prefix="/api/v1", abp_tags=[_TAG])
        routes.get("/dossiers")(view(self.listed))
        routes.post("/dossiers")(view(self.begin))
        routes.get("/dossiers/<id>")(view(self.one))
        routes.patch("/dossiers/<id>")(view(self.amend))
        routes.get("/dossiers/<id>/gates")(view(self.gates))
        routes.post("/dossiers/<id>/decision")(view(self.decide))
        routes.get("/laboratories")(view(self.laboratories))
        routes.post("/laboratories")(view(self.add_laboratory))
        return routes

    def listed(self, query: models.Page) -> Response:
        """A page of a body's dossiers, in the order of their ids."""

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            found = papers.listed(
                connection, body, dossiers.KIND, after=place(query.after), limit=query.limit + 1
            )
            return page(map(_line, found), limit=query.limit, last=lambda row: row["id"])

        return answered(self._counter.read(query.body, work))

    def begin(self, body: models.NewDossier) -> Response:
        """Open a dossier; it may be as empty as an application."""

        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            return _shown(
                dossiers.open_dossier(connection, who, named, body.dossier, at=self._clock())
            )

        return self._counter.once(body.body, work, status=201)

    def one(self, path: models.ById, query: models.OfBody) -> Response:
        """A dossier as it stands."""

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            return _shown(papers.find(connection, body, dossiers.KIND, path.id))

        return answered(self._counter.read(query.body, work))

    def amend(self, path: models.ById, body: models.Amend) -> Response:
        """Change a dossier by a merge patch (RFC 7396)."""

        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            return _shown(
                dossiers.amend(
                    connection, who, named, path.id, body.changes, at=self._clock(),
                    version=version_seen(),
                )
            )  # fmt: skip

        return self._counter.once(body.body, work)

    def gates(self, path: models.ById, query: models.OfBody) -> Response:
        """Every gate of a dossier: passed, refused, and what is missing."""

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            paper = papers.find(connection, body, dossiers.KIND, path.id)
            found = dossiers.gates(connection, self._counter.office, body, paper, at=self._clock())
            return {
                "id": paper.subject,
                "may_be_issued": not refused(found),
                "gates": [gate.to_json() for gate in found],
            }

        return answered(self._counter.read(query.body, work))

    def decide(self, path: models.ById, body: models.Decide) -> Response:
        """Grant or refuse, with the name of whoever is logged in."""

        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            return _shown(
                dossiers.decide(
                    connection, self._counter.office, who, named, path.id, body.decision,
                    body.certificate, at=self._clock(), refused=body.refused,
                    version=version_seen(),
                )
            )  # fmt: skip

        return self._counter.once(body.body, work)

    def laboratories(self, query: models.OfBody) -> Response:
        """The laboratories that a body has on file."""

        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            found = papers.listed(connection, body, laboratories.KIND)
            return {"items": [{"name": one.subject, **one.content} for one in found]}

        return answered(self._counter.read(query.body, work))

    def add_laboratory(self, body: models.Laboratory) -> Response:
        """Put a laboratory on file, with its accreditation as its accreditation body states it."""

        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            content = {"id": body.id, "by": body.by, "accreditation": body.accreditation}
            paper = laboratories.put(connection, who, named, body.name, content, at=self._clock())
            return {"name": paper.subject, **paper.content, "version": paper.version}

        return self._counter.once(body.body, work, status=201)


def _line(paper: Paper) -> dict[str, Any]:
    content = paper.content
    return {
        "id": paper.subject, "state": paper.state, "holder": paper.about,
        "act": content.get("act"), "kind": content.get("kind"),
        "standards": content.get("standards", []), "version": paper.version,
    }  # fmt: skip


def _shown(paper: Paper) -> dict[str, Any]:
    return _line(paper) | {"body": paper.body, "dossier": dict(paper.content)}
