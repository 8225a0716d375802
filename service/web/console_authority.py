"""The console of accreditation bodies and arrangements: what they granted, and their sanctions.

An accreditation body works on accreditations of certification bodies, an arrangement on
recognitions of accreditation bodies; which of the two is said by the body's role.
"""

from typing import Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.refusal import Denied
from service.registry import accrediting, patterns, sanctions
from service.storage import papers, register
from service.storage.database import Connection
from service.storage.papers import Paper
from service.web.asking import given
from service.web.auth import actor
from service.web.console_room import PAGE, Here, Room, posted
from service.web.problems import Problem
from service.web.view import authority as view

KINDS = {"accreditation_body": view.ACCREDITATION, "arrangement": view.RECOGNITION}
BELOW = {"accreditation_body": "certification_body", "arrangement": "accreditation_body"}
NORMS = ("ISO/IEC 17021-1", "ISO/IEC 17065", "ISO/IEC 17025", "ISO/IEC 17020")
_ACT = frozenset({"body", "id", "version", "act", "reason", "effective_on", "confirmed"})
_NEW = frozenset(
    {"body", "subject", "number", "norm", "from", "main_scope", "standards", "new_standard",
     "new_codes", "new_scheme", "new_type"}
)  # fmt: skip
# Rows of a scope that a form can tick.
_MAX_ROWS = 400
_ROWS = frozenset(f"{name}.{n}" for n in range(_MAX_ROWS) for name in ("row", "codes"))


class AuthorityRoom(Room):
    """The views below /console/granted."""

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("console_authority", __name__, url_prefix="/console/granted")
        routes.get("")(self.listed)
        routes.post("")(self.grant)
        routes.get("/one")(self.one)
        routes.post("/act")(self.act)
        return routes

    def listed(self) -> Response:
        """What this body granted, those whose reassessment is near first."""

        def work(connection: Connection) -> dict[str, Any]:
            here = self.here(connection)
            kind = _kind(here)
            found = papers.listed(
                connection, here.body.id, kind, after=given("after"), limit=PAGE + 1
            )
            more = found[PAGE - 1].subject if len(found) > PAGE else None
            rows = [
                view.granted(one, _name(connection, one.about), here.today) for one in found[:PAGE]
            ]
            rows.sort(key=lambda row: not row.late)
            taken = {one.about for one in found} if kind == view.RECOGNITION else set()
            open_to = [
                one
                for one in register.all_bodies(connection)
                if one.role == BELOW[here.body.role] and one.id not in taken
            ]
            return {
                "body": here.body, "kind": kind, "rows": rows, "more": more, "norms": NORMS,
                "open_to": open_to, "today": here.today,
            }  # fmt: skip

        return self.page("console_granted.html", self._office.database.read(work))

    def grant(self) -> AnyResponse:
        """Accredit or recognise a body that works here."""
        form, who, at = posted(_NEW), actor(), self._desk.clock()
        body, subject, first = form.get("body", ""), form.get("subject", ""), form.get("from", "")

        def work(connection: Connection) -> Paper:
            here = self.here(connection, body)
            content: dict[str, Any] = {"zone": here.body.zone}
            if (kind := _kind(here)) == view.ACCREDITATION:
                content |= {
                    "number": form.get("number", ""), "norm": form.get("norm", ""),
                    "granted_on": first, "reassessed_on": first,
                    "scope": [view.new_row(form, first)],
                }  # fmt: skip
            else:
                row: dict[str, Any] = {"norm": form.get("norm", ""), "from": first}
                row["main_scope"] = "main_scope" in form
                if standards := view.lines_of(form.get("standards", "")):
                    row["standards"] = standards
                content |= {"arrangement": here.body.name, "scopes": [row]}
            return accrediting.grant(
                connection, self._office, who, here.body.id, subject, kind, content,
                name=register.body(connection, subject).name, at=at,
            )  # fmt: skip

        return _to(self._office.database.write(work))

    def one(self) -> Response:
        """One of them: its scope, what may be done, and what its body issued out of the usual."""

        def work(connection: Connection) -> dict[str, Any]:
            here = self.here(connection)
            kind = _kind(here)
            paper = papers.find(connection, here.body.id, kind, given("id"))
            return {
                "body": here.body, "paper": paper, "kind": kind, "today": here.today,
                "row": view.granted(paper, _name(connection, paper.about), here.today),
                "scope": view.scope(paper, here.today), "deeds": view.deeds(paper, kind),
                "norms": NORMS, "unusual": self._unusual(connection, paper, kind),
            }  # fmt: skip

        return self.page("console_granted_one.html", self._office.database.read(work))

    def _unusual(
        self, connection: Connection, paper: Paper, kind: str
    ) -> tuple[patterns.Unusual, ...] | None:
        """What a certifier issued out of the usual; None where its register is elsewhere."""
        if kind != view.ACCREDITATION:
            return None
        try:
            return patterns.unusual(connection, paper.about, at=self._desk.clock())
        except Denied:
            return None

    def act(self) -> AnyResponse:
        """Ask for an act; with `confirmed` it is done."""
        form, who, at = posted(_ACT | view.FIELDS | _ROWS), actor(), self._desk.clock()
        body, subject = form.get("body", ""), form.get("id", "")

        def find(connection: Connection) -> tuple[Here, Paper]:
            here = self.here(connection, body)
            return here, papers.find(connection, here.body.id, _kind(here), subject)

        here, paper = self._office.database.read(find)
        kind = _kind(here)
        try:
            deed = view.deed(kind, form.get("act", ""))
        except KeyError:
            raise Problem("BAD_PARAMETER", "act") from None
        if "confirmed" not in form:
            back = url_for("console_authority.one", body=body, id=subject)
            about = _name_of(self._office.database.read(lambda c: _name(c, paper.about)), subject)
            return self.page(
                "console_confirm.html",
                {"body": here.body, "act": deed, "number": about, "form": form, "back": back,
                 "action": url_for("console_authority.act")},
            )  # fmt: skip
        version = int(form["version"]) if form.get("version", "").isdecimal() else None
        wish = view.asked(form, paper.content)

        def work(connection: Connection) -> Paper:
            if kind == view.RECOGNITION:
                return sanctions.recognition_act(
                    connection, who, body, subject, wish, at=at, version=version
                )
            return sanctions.accreditation_act(
                connection, self._office, who, body, subject, wish, at=at, version=version
            )

        return _to(self._office.database.write(work))


def _kind(here: Here) -> str:
    if here.body.role not in KINDS:
        raise Denied("NOT_FOUND")
    return KINDS[here.body.role]


def _name(connection: Connection, body: str) -> str:
    try:
        return register.body(connection, body).name
    except Denied:
        return body


def _name_of(name: str, subject: str) -> str:
    return name if subject.startswith("https://") else f"{name}, {subject}"


def _to(paper: Paper) -> AnyResponse:
    return redirect(url_for("console_authority.one", body=paper.body, id=paper.subject), 303)
