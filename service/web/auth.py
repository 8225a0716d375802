"""The door: who asks, and whether the route that they ask for is open to them (R20).

A person comes with the cookie of a session, a machine with `Authorization: Bearer` and an API key
or an access token. Whoever sends both is the machine; a key that is not good is not made up for by
a cookie. Nothing is remembered between requests: roles and sessions are read anew for each.
"""

import re
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from service.domain.people import Actor, Power
from service.registry.signing_in import visit
from service.storage import machines, people, signing_in
from service.storage.database import Connection
from service.storage.signing_in import Session
from service.web.access import ACCESS, Access
from service.web.desk import Desk
from service.web.negotiation import prefers_html
from service.web.problems import Problem
from service.web.register import RegisterDesk
from service.web.sessions import SAFE_METHODS, check_own_page, secret_of

_BEARER = re.compile(r"Bearer +([A-Za-z0-9_-]{1,128})", re.IGNORECASE)
# A local path: one slash, and nothing that a browser would take for a host (security.md W18).
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
HOME = "/account"


class Door:
    """Lets requests in by the table of `access`."""

    def __init__(self, desk: Desk, register: RegisterDesk | None) -> None:
        self._desk = desk
        self._register = register

    def guard(self, app: Flask) -> None:
        """Stand before every route of `app`."""
        app.before_request(self._admit)
        app.after_request(_keep_apart)

    def authenticate(self) -> Actor | None:
        """Who makes the request at hand; None for nobody, or somebody who may not log in."""
        if self._register is None:
            return None
        if "Authorization" in request.headers:
            return self._machine(self._register)
        session = self._session(self._register)
        return None if session is None else Actor(people.USER, session.user)

    def _admit(self) -> AnyResponse | None:
        if request.endpoint is None:  # no such address: it is answered as that
            return None
        row = ACCESS.get(request.endpoint)
        if row is None:
            raise Problem("NOT_ALLOWED")
        if row is Access.PUBLIC:
            return None
        if request.method not in SAFE_METHODS and "Authorization" not in request.headers:
            check_own_page(self._desk.settings, secret_of(self._desk.settings))
        return None if row is Access.OWN_PAGE else self._let_in(row)

    def _let_in(self, row: Access | Power) -> AnyResponse | None:
        found = self.authenticate()
        if found is None:
            return _to_log_in()
        if isinstance(row, Power):
            self._check_power(found, row)
        elif found.kind != people.USER:
            raise Problem("NOT_ALLOWED")
        g.actor = found
        return None

    def _check_power(self, found: Actor, power: Power) -> None:
        if self._register is None:
            raise Problem("NOT_AUTHENTICATED")
        at = self._desk.clock()
        had = self._register.database.read(
            lambda connection: people.powers_anywhere(connection, found, at=at)
        )
        if power not in had:
            raise Problem("NOT_ALLOWED")

    def _session(self, register: RegisterDesk) -> Session | None:
        secret, at = secret_of(self._desk.settings), self._desk.clock()
        if secret is None:
            return None
        session = register.database.read(lambda connection: visit(connection, secret, at=at))
        if session is None:
            return None
        if at >= session.seen_at + signing_in.SEEN_EVERY_S:
            register.database.write(
                lambda connection: signing_in.see_session(connection, session.id, at=at)
            )
        g.session = session
        return session

    def _machine(self, register: RegisterDesk) -> Actor | None:
        given, at = _BEARER.fullmatch(request.headers["Authorization"]), self._desk.clock()
        if given is None:
            return None
        found = register.database.read(lambda connection: _machine(connection, given[1], at))
        if found is None:
            return None
        machine, scope = found
        if machine.used_at is None or at >= machine.used_at + machines.USED_EVERY_S:
            register.database.write(lambda connection: machines.use(connection, machine.id, at=at))
        return Actor(people.MACHINE, machine.id, scope)


def actor() -> Actor:
    """Who makes the request at hand, which has passed the door. Raises Problem for nobody."""
    found = g.get("actor")
    if not isinstance(found, Actor):
        raise Problem("NOT_AUTHENTICATED")
    return found


def local_path(text: str | None) -> str:
    """Where somebody wanted to go, if that is here; else to their account."""
    return text if text is not None and _LOCAL.fullmatch(text) else HOME


def _keep_apart(response: Response) -> Response:
    """What is not public is kept by nobody, and its forms say where they come from.

    Without a referrer browsers send no origin with a form either (Fetch, section 3.2); the address
    of such a page has no token in it, and another site is told nothing.
    """
    if ACCESS.get(request.endpoint or "", Access.PUBLIC) is not Access.PUBLIC:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Referrer-Policy", "same-origin")
    return response


def _machine(
    connection: Connection, secret: str, at: int
) -> tuple[machines.Machine, frozenset[Power] | None] | None:
    if secret.startswith("pmk_"):
        key = machines.of_secret(connection, secret, at=at)
        return None if key is None else (key, key.scope)
    found = machines.of_token(connection, secret, at=at)
    if found is None:
        return None
    client, narrowed = found
    return client, client.scope if narrowed is None else narrowed


def _to_log_in() -> AnyResponse:
    """To the log-in, for somebody who looks at pages; a program is told."""
    if request.method not in SAFE_METHODS or not prefers_html():
        raise Problem("NOT_AUTHENTICATED")
    wanted = request.full_path.rstrip("?")
    return redirect(f"/login?{urlencode({'next': wanted})}")
