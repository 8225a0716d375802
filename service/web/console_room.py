"""What all rooms of the console share: who is here, on which day, and forms that are ours."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template, request

from service.domain.dates import civil_day
from service.domain.people import Power
from service.registry.office import Office
from service.storage import papers, people, register
from service.storage.database import Connection
from service.web.asking import given
from service.web.auth import actor
from service.web.desk import Desk
from service.web.paging import begun_after, ended_at
from service.web.problems import Problem
from service.web.sessions import form_token, secret_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Here:
    """A body, and the civil day in its zone."""

    body: register.Body
    today: date


class Room:
    """Pages of the console over a register."""

    def __init__(self, desk: Desk, office: Office) -> None:
        self._desk = desk
        self._office = office

    def here(
        self, connection: Connection, body: str | None = None, power: Power = Power.READ
    ) -> Here:
        """The body that is meant, at which whoever is logged in has a power. Raises Denied."""
        found = register.body(connection, given("body") if body is None else body)
        people.require(connection, actor(), found.id, power, at=self._desk.clock())
        return Here(found, civil_day(self._desk.clock(), found.zone))

    def page(self, template: str, content: dict[str, Any], status: int = 200) -> Response:
        """A page, whose forms can be sent back by nobody else."""
        token = form_token(secret_of(self._desk.settings) or "")
        return Response(render_template(template, token=token, **content), status)


def posted(known: frozenset[str]) -> dict[str, str]:
    """What a form says, without the fields that are empty. Raises Problem UNKNOWN_FIELD."""
    form = {name: value.strip() for name, value in request.form.items() if value.strip()}
    if unknown := form.keys() - known - {"token"}:
        raise Problem("UNKNOWN_FIELD", min(unknown)[:40])
    return form


def newest(connection: Connection, body: str, kind: str, states: tuple[str, ...]) -> dict[str, Any]:
    """The page of a body's papers that is asked for, in one of the states (the first unless said),
    the last changed first: `state`, `found`, and `more`, where the next page begins.

    Raises Problem BAD_PARAMETER.
    """
    state, before = given("state") or states[0], begun_after(given("before"), "before")
    if state not in states:
        raise Problem("BAD_PARAMETER", "state")
    found = papers.newest(connection, body, kind, state=state, before=before, limit=PAGE + 1)
    more = ended_at(found[PAGE - 1]) if len(found) > PAGE else None
    return {"state": state, "found": found[:PAGE], "more": more}
