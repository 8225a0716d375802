"""The console of certification bodies: server-rendered, without a script, keyboard first.

Each page asks again whether whoever is logged in may see this body, in the transaction that reads.
A grave act is asked for, shown with its consequences, and done when it is confirmed.
"""

from functools import partial
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.certificate import Kind
from service.domain.dates import parse_day
from service.domain.people import SERVICE, Role
from service.domain.refusal import Denied
from service.registry import letterhead, lives, surveying
from service.render.sheet import PAPERS
from service.render.wording import LANGUAGES
from service.rules.certificate_life import Act
from service.storage import people, register
from service.storage.database import Connection
from service.storage.register import Certificate
from service.web.asking import given
from service.web.auth import actor
from service.web.console_room import PAGE, Room
from service.web.problems import Problem
from service.web.view import console as view

AHEAD_DAYS = 60


class ConsoleRoutes(Room):
    """The views below /console."""

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("console", __name__)
        routes.get("/console")(self.bodies)
        routes.get("/console/desk")(self.desk)
        routes.get("/console/certificates")(self.certificates)
        routes.get("/console/certificate")(self.certificate)
        routes.post("/console/act")(self.act)
        routes.post("/console/survey")(self.survey)
        return routes

    def bodies(self) -> AnyResponse:
        """Where somebody works; one body is opened at once."""
        who = actor()

        def work(connection: Connection) -> list[register.Body]:
            held = people.of_holder(connection, who.kind, who.id)
            if any(one.body == SERVICE and one.role is Role.OPERATOR for one in held):
                return list(register.all_bodies(connection))
            ids = sorted({one.body for one in held} - {SERVICE})
            return [register.body(connection, id) for id in ids]

        found = self._office.database.read(work)
        if len(found) == 1:
            return redirect(url_for("console.desk", body=found[0].id), 303)
        return Response(render_template("console_bodies.html", bodies=found))

    def desk(self) -> AnyResponse:
        """What is due, what ends, what is suspended; an authority has another first page."""
        here = self._office.database.read(self.here)
        if here.body.id == SERVICE:
            return redirect(url_for("console_service.show", body=SERVICE), 303)
        if here.body.role != "certification_body":
            return redirect(url_for("console_authority.listed", body=here.body.id), 303)

        def work(connection: Connection) -> dict[str, Any]:
            here = self.here(connection)
            soon = view.soon(here.today, AHEAD_DAYS)

            def some(**wanted: Any) -> list[Certificate]:
                return list(
                    register.certificates_of(connection, here.body.id, limit=PAGE, **wanted)
                )

            living = ("active", "suspended")
            due = some(states=living, due_by=soon)
            late = [
                one for one in due
                if one.overdue_from and one.overdue_from <= here.today.isoformat()
            ]  # fmt: skip
            panes = (
                ("Overdue", late),
                (f"Surveillance due within {AHEAD_DAYS} days", [o for o in due if o not in late]),
                (f"Ends within {AHEAD_DAYS} days", some(states=living, expires_by=soon)),
                ("Suspended", some(states=("suspended",))),
            )
            shown = [(title, view.named(found, here.today)) for title, found in panes]
            return {"body": here.body, "panes": shown, "most": PAGE}

        return self.page("console_desk.html", self._office.database.read(work))

    def certificates(self) -> Response:
        """A page of the certificates, by number, exact holder or state."""
        asked, state = given("q"), given("state")
        if state and state not in view.STATES:
            raise Problem("BAD_PARAMETER", "state")

        def work(connection: Connection) -> dict[str, Any]:
            here = self.here(connection)
            some = partial(
                register.certificates_of, connection, here.body.id, limit=PAGE + 1,
                states=(state,) if state else (),
            )  # fmt: skip
            found: list[Certificate] = []
            if asked:
                try:
                    found = [register.certificate(connection, here.body.id, asked)]
                except Denied:
                    found = list(some(holder=asked))
            else:
                found = list(some(after=given("after")))
            more = found[PAGE - 1].number if len(found) > PAGE and not asked else None
            rows = view.named(found[:PAGE], here.today)
            return {"body": here.body, "rows": rows, "more": more, "q": asked, "state": state}

        content = self._office.database.read(work)
        return self.page("console_certificates.html", content | {"states": view.STATES})

    def certificate(self) -> Response:
        """One certificate, and what may be done with it."""
        at, number = self._desk.clock(), given("number")

        def work(connection: Connection) -> dict[str, Any]:
            here = self.here(connection)
            life = lives.load(connection, self._office, here.body.id, number, at=at)
            product = life.stated.product
            return {
                "body": here.body, "one": view.whole(life), "today": here.today,
                "product": product is not None, "models": product.models if product else (),
                "letterhead": life.stated.kind is Kind.MANAGEMENT_SYSTEM,
                "address": letterhead.address(connection, here.body.id),
                "languages": LANGUAGES, "papers": tuple(PAPERS),
            }  # fmt: skip

        return self.page("console_certificate.html", self._office.database.read(work))

    def act(self) -> AnyResponse:
        """Ask for an act; with `confirmed` it is done."""
        form = {name: value.strip() for name, value in request.form.items()}
        if unknown := form.keys() - _FIELDS:
            raise Problem("UNKNOWN_FIELD", min(unknown)[:40])
        if form.get("act") not in set(map(str, view.ACTS)):
            raise Problem("BAD_PARAMETER", "act")
        number, act, at = form.get("number", ""), Act(form["act"]), self._desk.clock()
        asked = _asked(form)
        if not form.get("confirmed"):
            back = url_for("console.certificate", body=form.get("body", ""), number=number)
            content = {"number": number, "form": form, "act": view.possible(act), "back": back,
                       "action": url_for("console.act")}  # fmt: skip
            here = self._office.database.read(lambda c: self.here(c, form.get("body", "")))
            return self.page("console_confirm.html", content | {"body": here.body})
        who, version = actor(), form.get("version", "")
        body = form.get("body", "")
        self._office.database.write(
            lambda c: lives.act(
                c, self._office, who, body, number, asked, at=at,
                version=int(version) if version.isdecimal() else None,
            )
        )  # fmt: skip
        return redirect(url_for("console.certificate", body=body, number=number), 303)

    def survey(self) -> AnyResponse:
        """Record a check that was held."""
        form = {name: value.strip() for name, value in request.form.items() if value.strip()}
        if unknown := form.keys() - _CHECK_FIELDS:
            raise Problem("UNKNOWN_FIELD", min(unknown)[:40])
        who, at = actor(), self._desk.clock()
        body, number = form.get("body", ""), form.get("number", "")
        check = {name: form[name] for name in _CHECK if name in form}
        self._office.database.write(
            lambda c: surveying.record_check(c, self._office, who, body, number, check, at=at)
        )
        return redirect(url_for("console.certificate", body=body, number=number), 303)


_CHECK = ("kind", "first_day", "last_day", "maintained_on")
_CHECK_FIELDS = frozenset(("token", "body", "number", *_CHECK))
_FIELDS = frozenset("token body number version act reason effective_on confirmed".split())


def _asked(form: dict[str, str]) -> dict[str, Any]:
    asked: dict[str, Any] = {"act": form["act"], "cause_resolved": form["act"] == Act.REINSTATE}
    if form.get("reason"):
        asked["reason"] = form["reason"]
    if form.get("effective_on"):
        try:
            asked["effective_on"] = parse_day(form["effective_on"])
        except ValueError:
            raise Problem("BAD_PARAMETER", "effective_on") from None
    return asked
