"""The console's laboratories on file: whose test reports a certification body takes."""

from typing import Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.people import Power
from service.domain.refusal import Denied
from service.registry import laboratories
from service.registry.laboratories import KIND
from service.storage import ledger, papers, people, register
from service.storage.database import Connection
from service.web.asking import given
from service.web.auth import actor
from service.web.console_room import PAGE, Room, posted
from service.web.view import laboratory as view


class LaboratoryRoom(Room):
    """The views below /console/laboratories."""

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("console_laboratories", __name__, url_prefix="/console/laboratories")
        routes.get("")(self.listed)
        routes.post("")(self.put)
        return routes

    def listed(self) -> Response:
        """The laboratories of this body, by the names that dossiers give them."""

        def work(connection: Connection) -> dict[str, Any]:
            here, at = self.here(connection), self._desk.clock()
            found = papers.listed(
                connection, here.body.id, KIND, after=given("after"), limit=PAGE + 1
            )
            bodies = register.all_bodies(connection)
            return {
                "body": here.body, "norms": view.NORMS, "events": view.EVENTS,
                "rows": [view.laboratory(one, here.today) for one in found[:PAGE]],
                "more": found[PAGE - 1].subject if len(found) > PAGE else None,
                "accreditors": [one for one in bodies if one.role == "accreditation_body"],
                "may": Power.EVALUATE in people.powers(connection, actor(), here.body.id, at=at),
            }  # fmt: skip

        return self.page("console_laboratories.html", self._office.database.read(work))

    def put(self) -> AnyResponse:
        """Put one on file, or write down its particulars anew."""
        form, who, at = posted(view.FIELDS | {"body"}), actor(), self._desk.clock()
        body, name = form.get("body", ""), form.get("name", "")

        def work(connection: Connection) -> None:
            here = self.here(connection, body, Power.EVALUATE)
            if not name:
                raise Denied("CLAIM_MISSING", field="name")
            # Before it is read, so that what somebody else adds meanwhile is not lost.
            ledger.lock_body(connection, here.body.id)
            try:
                known = papers.find(connection, here.body.id, KIND, name).content
            except Denied:
                known = None
            content = view.asked(form, known, here.body.zone)
            laboratories.put(connection, who, here.body.id, name, content, at=at)

        self._office.database.write(work)
        return redirect(url_for("console_laboratories.listed", body=body), 303)
