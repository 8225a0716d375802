"""The pages on which people join with a code and log in with a passkey.

The page's script asks for options, has the browser sign them and sends what was signed; what it is
answered is where to go. Nothing here says whether a name or a code exists.
"""

import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from service.credential import strict_json
from service.registry import signing_in
from service.registry.people import read_code
from service.registry.signing_in import Opened
from service.storage import people
from service.storage.signing_in import code_user
from service.web import passkeys
from service.web.auth import HOME, Door, local_path
from service.web.desk import Desk
from service.web.passkeys import Site
from service.web.problems import Problem
from service.web.register import RegisterDesk
from service.web.security import CONTENT_SECURITY_POLICY
from service.web.sessions import keep, own_origin

# These pages have one script, ours, and it speaks to us alone.
SCRIPT_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'"


def site_of(desk: Desk) -> Site:
    """For whom passkeys are made here."""
    return Site(desk.settings.host, own_origin(desk.settings))


def scripted(page: str) -> Response:
    """A page with the script, kept by nobody."""
    response = Response(page)
    response.headers["Content-Security-Policy"] = SCRIPT_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def sent(*fields: str) -> dict[str, Any]:
    """The JSON object that was sent, with these fields and no other. Raises Problem."""
    if request.mimetype != "application/json":
        raise Problem("MEDIA_TYPE_NOT_ALLOWED")
    body = strict_json.loads(request.get_data(cache=False))
    for name in body.keys() - set(fields):
        raise Problem("UNKNOWN_FIELD", name[:40])
    return body


def text_in(body: dict[str, Any], name: str) -> str:
    """A text of what was sent. Raises Problem."""
    if type(body.get(name)) is not str:
        raise Problem("BAD_PARAMETER", name)
    return str(body[name])


def credential_in(body: dict[str, Any]) -> dict[str, Any]:
    """What a browser has signed. Raises Problem."""
    found = body.get("credential")
    if type(found) is not dict or type(found.get("response")) is not dict:
        raise Problem("BAD_PARAMETER", "credential")
    return found


class SigningIn:
    """The views."""

    def __init__(self, desk: Desk, register: RegisterDesk, door: Door) -> None:
        self._desk = desk
        self._database = register.database
        self._site = site_of(desk)
        self._door = door

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("signing_in", __name__)
        routes.get("/login")(self.log_in_page)
        routes.post("/login/options")(self.log_in_options)
        routes.post("/login")(self.log_in)
        routes.get("/join")(self.join_page)
        routes.post("/join/options")(self.join_options)
        routes.post("/join")(self.join)
        return routes

    def log_in_page(self) -> AnyResponse:
        """The page to log in on; somebody who is logged in goes on."""
        wanted = local_path(request.args.get("next"))
        if self._door.authenticate() is not None:
            return redirect(wanted)
        return scripted(render_template("login.html", next=wanted))

    def log_in_options(self) -> Response:
        """What a browser signs to log in."""
        sent()
        return jsonify(passkeys.request_options(self._site, self._challenge(None)))

    def log_in(self) -> Response:
        """Log in whose passkey has signed."""
        body, at = sent("credential", "next"), self._desk.clock()
        credential, wanted = credential_in(body), local_path(text_in(body, "next"))
        id, challenge = text_in(credential, "id"), passkeys.challenge_of(credential)
        opened = self._database.write(
            lambda connection: signing_in.log_in(
                connection, id, challenge,
                lambda passkey: passkeys.sign_count(self._site, credential, challenge, passkey),
                at=at,
            )
        )  # fmt: skip
        return self._welcome(opened, wanted)

    def join_page(self) -> Response:
        """The page to join on."""
        return scripted(render_template("join.html"))

    def join_options(self) -> Response:
        """What a browser signs to make the passkey of whose code this is."""
        code, at = read_code(text_in(sent("code"), "code")), self._desk.clock()
        user = self._database.read(
            lambda connection: people.user(connection, code_user(connection, code, at=at))
        )
        challenge = self._challenge(user.id)
        return jsonify(passkeys.creation_options(self._site, user, challenge, ()))

    def join(self) -> Response:
        """Register the first passkey of whose code this is, and log them in."""
        body, at = sent("code", "credential"), self._desk.clock()
        code, credential = read_code(text_in(body, "code")), credential_in(body)
        challenge = passkeys.challenge_of(credential)
        opened = self._database.write(
            lambda connection: signing_in.join(
                connection, code, challenge,
                lambda user: passkeys.new_passkey(self._site, credential, challenge, user, at=at),
                at=at,
            )
        )  # fmt: skip
        return self._welcome(opened, HOME)

    def _challenge(self, user: str | None) -> str:
        text, at = secrets.token_urlsafe(32), self._desk.clock()
        self._database.write(lambda connection: signing_in.challenge(connection, text, user, at=at))
        return text

    def _welcome(self, opened: Opened, wanted: str) -> Response:
        response = jsonify(next=wanted)
        keep(response, self._desk.settings, opened.secret)
        response.headers["Cache-Control"] = "no-store"
        return response
