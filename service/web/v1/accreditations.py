"""What an accreditation body grants, what an arrangement recognises, and what becomes of it."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from service.domain.people import Actor, Power
from service.registry import accrediting, sanctions
from service.storage import papers, people
from service.storage.database import Connection
from service.storage.papers import Paper
from service.web.v1 import models
from service.web.v1.counter import Counter, answered, page, place, version_seen, view

_TAG = Tag(name="Accreditations", description="For accreditation bodies and arrangements.")


class AccreditationRoutes:
    """The views below /api/v1/accreditations and /api/v1/recognitions."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._clock = counter.clock

    def blueprint(self) -> APIBlueprint:
        """The routes."""
        routes = APIBlueprint("accreditations", __name__, url_prefix="/api/v1", abp_tags=[_TAG])
        routes.get("/accreditations")(view(self.accreditations))
        routes.post("/accreditations")(view(self.grant))
        routes.get("/accreditations/<below:id>")(view(self.accreditation))
        routes.post("/accreditations/<below:id>/acts")(view(self.act))
        routes.get("/recognitions")(view(self.recognitions))
        routes.post("/recognitions")(view(self.recognise))
        routes.get("/recognitions/<below:id>")(view(self.recognition))
        routes.post("/recognitions/<below:id>/acts")(view(self.act_on_recognition))
        return routes

    def accreditations(self, query: models.Page) -> Response:
        """A page of what an accreditation body has granted, in the order of numbers."""
        return self._listed(query, "accreditation")

    def recognitions(self, query: models.Page) -> Response:
        """A page of the bodies that an arrangement recognises."""
        return self._listed(query, "recognition")

    def accreditation(self, path: models.ById, query: models.OfBody) -> Response:
        """An accreditation as the next statement will have it."""
        return self._one(path.id, query.body, "accreditation")

    def recognition(self, path: models.ById, query: models.OfBody) -> Response:
        """A recognition as the next statement will have it."""
        return self._one(path.id, query.body, "recognition")

    def grant(self, body: models.Grant) -> Response:
        """Accredit a certification body; the statement is signed and published at once."""
        return self._grant(body, "accreditation", body.accreditation)

    def recognise(self, body: models.Recognise) -> Response:
        """Recognise an accreditation body per norm and standard."""
        return self._grant(body, "recognition", body.recognition)

    def act(self, path: models.ById, body: models.ActOn) -> Response:
        """Extend, reduce, suspend (whole or part), lift, withdraw, void, reassess, …"""

        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            return _shown(
                sanctions.accreditation_act(
                    connection, self._counter.office, who, named, path.id, body.asked,
                    at=self._clock(), version=version_seen(),
                )
            )  # fmt: skip

        return self._counter.once(body.body, work)

    def act_on_recognition(self, path: models.ById, body: models.ActOn) -> Response:
        """Extend, reduce, suspend, lift or end the recognition for one norm."""

        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            return _shown(
                sanctions.recognition_act(
                    connection, who, named, path.id, body.asked, at=self._clock(),
                    version=version_seen(),
                )
            )  # fmt: skip

        return self._counter.once(body.body, work)

    def _grant(
        self, body: models.Grant | models.Recognise, kind: str, content: Mapping[str, Any]
    ) -> Response:
        def work(connection: Connection, who: Actor, named: str) -> Mapping[str, Any]:
            return _shown(
                accrediting.grant(
                    connection, self._counter.office, who, named, body.subject, kind, content,
                    name=body.name, jwks=body.jwks, at=self._clock(),
                )
            )  # fmt: skip

        return self._counter.once(body.body, work, status=201)

    def _listed(self, query: models.Page, kind: str) -> Response:
        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            found = papers.listed(
                connection, body, kind, after=place(query.after), limit=query.limit + 1
            )
            return page(map(_shown, found), limit=query.limit, last=lambda row: row["id"])

        return answered(self._counter.read(query.body, work))

    def _one(self, id: str, named: str | None, kind: str) -> Response:
        def work(connection: Connection, who: Actor, body: str) -> Mapping[str, Any]:
            people.require(connection, who, body, Power.READ, at=self._clock())
            return _shown(papers.find(connection, body, kind, id))

        return answered(self._counter.read(named, work))


def _shown(paper: Paper) -> dict[str, Any]:
    return {
        "body": paper.body, "id": paper.subject, "subject": paper.about, "state": paper.state,
        paper.kind: dict(paper.content), "version": paper.version,
    }  # fmt: skip
