"""Dossiers in the console: begun, filled section by section, decided, and issued.

The gates are judged anew on every page. What cannot be read or is refused comes back as it was
typed, with why; nothing of it is lost.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.certificate import Kind
from service.domain.dossier import Act
from service.domain.gate import refused
from service.domain.people import Power
from service.domain.refusal import Denied
from service.registry import dossiers, issuing
from service.registry.intending import Wish
from service.storage import papers
from service.storage.answers import Ask
from service.storage.database import Connection
from service.storage.papers import Paper
from service.web.asking import given
from service.web.auth import actor
from service.web.console_room import PAGE, Room, posted
from service.web.problems import Problem
from service.web.view import console as view
from service.web.view import form as forms

_BEGIN = frozenset({"body", "act", "kind", "number", "holder", "country", "standard"})
_DECIDE = frozenset(
    {"body", "id", "version", "date", "consulted", "effective", "expires", "accredited", "refused",
     "impartial"}
)  # fmt: skip
_ISSUE = frozenset({"body", "id", "version"})


class DossierRoom(Room):
    """The views below /console/dossiers and /console/dossier."""

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("console_dossiers", __name__, url_prefix="/console")
        routes.get("/dossiers")(self.listed)
        routes.post("/dossiers")(self.begin)
        routes.get("/dossier")(self.one)
        routes.post("/dossier")(self.amend)
        routes.post("/dossier/decision")(self.decide)
        routes.post("/dossier/certificate")(self.issue)
        return routes

    def listed(self) -> Response:
        """The dossiers under work, and those that were decided."""

        def work(connection: Connection) -> dict[str, Any]:
            here = self.here(connection)
            found = papers.listed(
                connection, here.body.id, dossiers.KIND, after=given("after"), limit=PAGE + 1
            )
            more = found[PAGE - 1].subject if len(found) > PAGE else None
            return {"body": here.body, "found": found[:PAGE], "more": more}

        content = self._office.database.read(work)
        return self.page("console_dossiers.html", content | {"acts": Act, "kinds": Kind})

    def begin(self) -> AnyResponse:
        """Open a dossier with what an application says first."""
        form = posted(_BEGIN)
        content: dict[str, Any] = {name: form.get(name, "") for name in ("act", "kind")}
        if "holder" in form:
            content["holder"] = {"name": form["holder"]}
            if "country" in form:
                content["holder"]["country"] = form["country"].upper()
        if "standard" in form:
            content["standards"] = [form["standard"]]
        if "number" in form:
            content["number"] = form["number"]
        body, who, at = form.get("body", ""), actor(), self._desk.clock()
        paper = self._office.database.write(
            lambda c: dossiers.open_dossier(c, who, body, content, at=at)
        )
        return _to(paper)

    def one(self) -> Response:
        """One dossier with its sections, and all its gates as they stand now."""
        return self._shown(given("body"), given("id"))

    def amend(self) -> AnyResponse:
        """Write down what one section says."""
        form = {name: value for name, value in request.form.items() if name != "token"}
        body, subject, section = (form.get(name, "") for name in ("body", "id", "section"))
        if section not in {one.name for one in forms.sections({"kind": form.get("kind")})}:
            raise Problem("BAD_PARAMETER", "section")
        said, who, at = forms.typed(section, form), actor(), self._desk.clock()

        def work(connection: Connection) -> Paper:
            paper = papers.find(connection, body, dossiers.KIND, subject)
            changes = {section: forms.patch(paper.content.get(section), said)}
            return dossiers.amend(
                connection, who, body, subject, changes, at=at, version=_version(form)
            )

        try:
            return _to(self._office.database.write(work), section)
        except Denied as denied:
            return self._again(denied, body, subject, section, said)

    def decide(self) -> AnyResponse:
        """Grant or refuse, in the name of whoever is logged in."""
        form = posted(_DECIDE)
        if "impartial" not in form:
            raise Problem("BAD_PARAMETER", "impartial")
        decision: dict[str, Any] = {"date": form.get("date", "")}
        decision["consulted_client_until"] = form.get("consulted")
        term: dict[str, Any] = {n: form[n] for n in ("effective", "expires") if n in form}
        if "accredited" in form:
            term["accredited"] = form["accredited"] == "yes"
        body, subject, who = form.get("body", ""), form.get("id", ""), actor()
        at = self._desk.clock()
        try:
            paper = self._office.database.write(
                lambda c: dossiers.decide(
                    c, self._office, who, body, subject, decision, term, at=at,
                    refused="refused" in form, version=_version(form),
                )
            )  # fmt: skip
        except Denied as denied:
            return self._again(denied, body, subject, "decision")
        return _to(paper)

    def issue(self) -> AnyResponse:
        """Make a certificate of a decided dossier, once."""
        form, who, at = posted(_ISSUE), actor(), self._desk.clock()
        body, subject = form.get("body", ""), form.get("id", "")

        def find(connection: Connection) -> Paper:
            self.here(connection, body, Power.ISSUE)
            return papers.find(connection, body, dossiers.KIND, subject)

        paper = self._office.database.read(find)
        if paper.state != dossiers.DECIDED:
            return self._again(
                Denied("STATE_WRONG", f"This dossier is {paper.state}."), body, subject, "decision"
            )
        content = {name: value for name, value in paper.content.items() if name != "number"}
        wish = Wish(content, paper.content.get("number"))
        # The same dossier is the same request, however often the button is pressed.
        ask = Ask.of(f"console:{body}", subject, content)
        try:
            (one,) = issuing.issue(self._office, who, body, [wish], at=at, ask=ask)
        except Denied as denied:
            return self._again(denied, body, subject, "decision")
        self._office.database.write(
            lambda c: dossiers.issued(c, who, paper, one.number, at=self._desk.clock())
        )
        return redirect(url_for("console.certificate", body=body, number=one.number), 303)

    def _again(
        self, denied: Denied, body: str, subject: str, section: str, said: Any = None
    ) -> Response:
        """The page once more: why not, and what was typed."""
        if denied.code in ("NOT_FOUND", "NOT_ALLOWED", "NOT_AUTHENTICATED"):
            raise denied
        return self._shown(body, subject, (section, denied), said)

    def _shown(
        self, body: str, subject: str, wrong: tuple[str, Denied] | None = None, said: Any = None
    ) -> Response:
        at = self._desk.clock()

        def work(connection: Connection) -> dict[str, Any]:
            here = self.here(connection, body)
            paper = papers.find(connection, here.body.id, dossiers.KIND, subject)
            gates = dossiers.gates(connection, self._office, here.body.id, paper, at=at)
            content: Mapping[str, Any] = paper.content
            if wrong is not None and said is not None:
                content = {**content, wrong[0]: said}
            return {
                "body": here.body, "paper": paper, "gates": view.gates(gates),
                "may": not refused(gates), "sections": forms.sections(content),
                "today": here.today, "wrong": wrong[0] if wrong else None,
                "why": wrong[1] if wrong else None,
            }  # fmt: skip

        content = self._office.database.read(work)
        return self.page("console_dossier.html", content, 422 if wrong else 200)


def _version(form: Mapping[str, str]) -> int | None:
    version = form.get("version", "")
    return int(version) if version.isdecimal() and version.isascii() else None


def _to(paper: Paper, section: str = "") -> AnyResponse:
    place = url_for("console_dossiers.one", body=paper.body, id=paper.subject)
    return redirect(f"{place}#{section}" if section else place, 303)
