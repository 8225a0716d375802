"""The console of certification bodies: server-rendered, without a script, keyboard first.

Each page asks again whether whoever is logged in may see this body, in the transaction that reads.
A grave act is asked for, shown with its consequences, and done when it is confirmed.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.dates import civil_day, parse_day
from service.domain.people import SERVICE, Power
from service.domain.refusal import Denied
from service.registry import dossiers, lives, surveying
from service.registry.office import Office
from service.rules.certificate_life import Act
from service.storage import papers, people, register
from service.storage.database import Connection
from service.storage.register import Certificate
from service.web.asking import given
from service.web.auth import actor
from service.web.desk import Desk
from service.web.problems import Problem
from service.web.sessions import form_token, secret_of
from service.web.view import console as view

PAGE = 50
AHEAD_DAYS = 60


@dataclass(frozen=True, slots=True)
class _Here:
    body: register.Body
    today: date


class ConsoleRoutes:
    """The views below /console."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self._desk = desk
        self._office = office

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("console", __name__)
        routes.get("/console")(self.bodies)
        routes.get("/console/desk")(self.desk)
        routes.get("/console/certificates")(self.certificates)
        routes.get("/console/certificate")(self.certificate)
        routes.post("/console/act")(self.act)
        routes.post("/console/survey")(self.survey)
        routes.get("/console/dossiers")(self.dossiers)
        routes.get("/console/dossier")(self.dossier)
        return routes

    def bodies(self) -> AnyResponse:
        """Where somebody works; one body is opened at once."""
        who = actor()

        def work(connection: Connection) -> list[register.Body]:
            held = people.of_holder(connection, who.kind, who.id)
            ids = sorted({one.body for one in held} - {SERVICE})
            return [register.body(connection, id) for id in ids]

        found = self._office.database.read(work)
        if len(found) == 1:
            return redirect(url_for("console.desk", body=found[0].id), 303)
        return Response(render_template("console_bodies.html", bodies=found))

    def desk(self) -> Response:
        """What is due, what ends, what is suspended."""

        def work(connection: Connection) -> dict[str, Any]:
            here = self._here(connection)
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

        return self._page("console_desk.html", self._office.database.read(work))

    def certificates(self) -> Response:
        """A page of the certificates, by number, exact holder or state."""
        asked, state = given("q"), given("state")
        if state and state not in view.STATES:
            raise Problem("BAD_PARAMETER", "state")

        def work(connection: Connection) -> dict[str, Any]:
            here = self._here(connection)
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
        return self._page("console_certificates.html", content | {"states": view.STATES})

    def certificate(self) -> Response:
        """One certificate, and what may be done with it."""
        at, number = self._desk.clock(), given("number")

        def work(connection: Connection) -> dict[str, Any]:
            here = self._here(connection)
            life = lives.load(connection, self._office, here.body.id, number, at=at)
            return {"body": here.body, "one": view.whole(life), "today": here.today}

        return self._page("console_certificate.html", self._office.database.read(work))

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
            content = {"number": number, "form": form, "act": view.possible(act)}
            here = self._office.database.read(lambda c: self._here(c, form.get("body", "")))
            return self._page("console_confirm.html", content | {"body": here.body})
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

    def dossiers(self) -> Response:
        """The dossiers under work, and those that were decided."""

        def work(connection: Connection) -> dict[str, Any]:
            here = self._here(connection)
            found = papers.listed(
                connection, here.body.id, dossiers.KIND, after=given("after"), limit=PAGE + 1
            )
            more = found[PAGE - 1].subject if len(found) > PAGE else None
            return {"body": here.body, "found": found[:PAGE], "more": more}

        return self._page("console_dossiers.html", self._office.database.read(work))

    def dossier(self) -> Response:
        """One dossier with all its gates, as they stand now."""
        at = self._desk.clock()

        def work(connection: Connection) -> dict[str, Any]:
            here = self._here(connection)
            paper = papers.find(connection, here.body.id, dossiers.KIND, given("id"))
            gates = dossiers.gates(connection, self._office, here.body.id, paper, at=at)
            return {"body": here.body, "paper": paper, "gates": view.gates(gates)}

        return self._page("console_dossier.html", self._office.database.read(work))

    def _here(self, connection: Connection, body: str | None = None) -> _Here:
        """The body that is meant, which whoever is logged in may read. Raises Denied NOT_FOUND."""
        found = register.body(connection, given("body") if body is None else body)
        people.require(connection, actor(), found.id, Power.READ, at=self._desk.clock())
        return _Here(found, civil_day(self._desk.clock(), found.zone))

    def _page(self, template: str, content: dict[str, Any]) -> Response:
        token = form_token(secret_of(self._desk.settings) or "")
        return Response(render_template(template, token=token, **content))


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
