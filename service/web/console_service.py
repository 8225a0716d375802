"""The console of whoever runs a body's register: is it well, its keys, its people, its ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.people import Power, Role
from service.registry import people as registry
from service.storage import body_keys, ledger, people, publications
from service.storage.body_keys import BodyKey
from service.storage.database import Connection
from service.storage.people import USER, Held
from service.web.asking import given
from service.web.auth import actor
from service.web.console_room import PAGE, Room, posted
from service.web.problems import Problem
from service.web.view.words import moment

_INVITE = frozenset({"body", "name", "role"})
_PERSON = frozenset({"body", "user", "role", "act"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with roles here."""

    id: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key in a table; never where it rests."""

    kid: str
    purposes: str
    since: str
    until: str
    state: str


class ServiceRoom(Room):
    """The views below /console/service."""

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("console_service", __name__, url_prefix="/console/service")
        routes.get("")(self.show)
        routes.post("/people")(self.invite)
        routes.post("/person")(self.change)
        return routes

    def show(self) -> Response:
        """Health, keys, people and the newest events."""
        return self._shown(given("body"))

    def invite(self) -> Response:
        """Invite somebody; their code is shown once."""
        form, who, at = posted(_INVITE), actor(), self._desk.clock()
        body, role = form.get("body", ""), _role(form.get("role", ""))
        user, code = self._office.database.write(
            lambda c: registry.invite(c, who, form.get("name", ""), at=at, role=role, body=body)
        )
        return self._shown(body, invited=user.name, code=code)

    def change(self) -> AnyResponse:
        """Give or take a role, or close an account."""
        form, who, at = posted(_PERSON), actor(), self._desk.clock()
        body, user = form.get("body", ""), form.get("user", "")

        def work(connection: Connection) -> None:
            self.here(connection, body, Power.PEOPLE)
            match form.get("act"):
                case "give":
                    held = Held(USER, user, body, _role(form.get("role", "")), at)
                    registry.give_role(connection, who, held, at=at)
                case "take":
                    held = Held(USER, user, body, _role(form.get("role", "")), at)
                    registry.take_role(connection, who, held, at=at)
                case "close":
                    registry.deactivate(connection, who, user, at=at)
                case _:
                    raise Problem("BAD_PARAMETER", "act")

        self._office.database.write(work)
        return redirect(url_for("console_service.show", body=body), 303)

    def _shown(self, body: str, **more: Any) -> Response:
        at, before = self._desk.clock(), given("before")
        if before and not (before.isascii() and before.isdecimal()):
            raise Problem("BAD_PARAMETER", "before")

        def work(connection: Connection) -> dict[str, Any]:
            here = self.here(connection, body)
            zone, end = here.body.zone, ledger.checkpoint(connection, here.body.id)
            top = min(int(before or end.count + 1), end.count + 1)
            first = max(top - 1 - PAGE, 0)
            found = ledger.history(connection, here.body.id, after=first, limit=top - 1 - first)
            waiting = publications.behind(connection)
            had = people.powers(connection, actor(), here.body.id, at=at)
            return {
                "body": here.body, "events": end.count, "head_hash": end.head,
                "behind": None if waiting is None else max(at - waiting, 0),
                "keys": [_key(one, zone, at) for one in body_keys.of(connection, here.body.id)],
                "entries": [(one, moment(one.recorded_at, zone)) for one in found][::-1],
                "older": first + 1 if first else None,
                "people": _people(connection, here.body.id) if Power.PEOPLE in had else None,
                "roles": tuple(map(str, Role)),
            }  # fmt: skip

        return self.page("console_service.html", self._office.database.read(work) | more)


def _role(name: str) -> Role:
    if name not in set(map(str, Role)):
        raise Problem("BAD_PARAMETER", "role")
    return Role(name)


def _people(connection: Connection, body: str) -> Sequence[Person]:
    roles: dict[str, list[str]] = {}
    for held in people.at_body(connection, body):
        if held.kind == USER:
            roles.setdefault(held.holder, []).append(str(held.role))
    found = [Person(id, people.user(connection, id).name, tuple(had)) for id, had in roles.items()]
    return sorted(found, key=lambda one: one.name.casefold())


def _key(one: BodyKey, zone: str, at: int) -> KeyLine:
    state = "in use"
    if one.revoked is not None:
        state = "revoked"
    elif one.until is not None and one.until <= at:
        state = "ended"
    elif at < one.since:
        state = "not yet"
    until = "" if one.until is None else moment(one.until, zone)
    return KeyLine(one.kid, ", ".join(one.purposes), moment(one.since, zone), until, state)
