"""A person's own page: their passkeys and open sessions, and how to end them."""

import secrets
from dataclasses import dataclass

from flask import Blueprint, Response, g, jsonify, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from service.domain.people import SERVICE
from service.registry import signing_in as signing
from service.storage import people, register, signing_in
from service.storage.database import Connection
from service.storage.people import USER, Held
from service.web import passkeys
from service.web.auth import HOME, actor
from service.web.desk import Desk
from service.web.register import RegisterDesk
from service.web.sessions import drop, form_token, secret_of
from service.web.signing_in import credential_in, scripted, sent, site_of
from service.web.view.words import moment


@dataclass(frozen=True, slots=True)
class Row:
    """A passkey or a session as it is listed; `id` names it in an address."""

    id: str
    title: str
    made: str
    used: str
    here: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What a person sees of themselves."""

    name: str
    roles: tuple[tuple[str, str], ...]
    passkeys: tuple[Row, ...]
    sessions: tuple[Row, ...]


class AccountRoutes:
    """The views, each about whoever is logged in."""

    def __init__(self, desk: Desk, register: RegisterDesk) -> None:
        self._desk = desk
        self._database = register.database

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("account", __name__)
        routes.get("/account")(self.show)
        routes.post("/logout")(self.log_out)
        routes.post("/account/sessions/<id>/end")(self.end_session)
        routes.post("/account/passkeys/options")(self.passkey_options)
        routes.post("/account/passkeys")(self.add_passkey)
        routes.post("/account/passkeys/<id>/remove")(self.remove_passkey)
        return routes

    def show(self) -> Response:
        """The page."""
        user, at = actor().id, self._desk.clock()
        account = self._database.read(lambda connection: _account(connection, user, at))
        token = form_token(secret_of(self._desk.settings) or "")
        return scripted(render_template("account.html", account=account, token=token))

    def log_out(self) -> AnyResponse:
        """End the session at hand."""
        response = self._end(g.session.id, "/login")
        drop(response, self._desk.settings)
        return response

    def end_session(self, id: str) -> AnyResponse:
        """End one of one's sessions."""
        return self._end(id, HOME)

    def passkey_options(self) -> Response:
        """What a browser signs to make a further passkey."""
        sent()
        user, at, text = actor().id, self._desk.clock(), secrets.token_urlsafe(32)

        def work(connection: Connection) -> dict[str, object]:
            signing.challenge(connection, text, user, at=at)
            known = signing_in.passkeys_of(connection, user)
            person = people.user(connection, user)
            return passkeys.creation_options(site_of(self._desk), person, text, known)

        return jsonify(self._database.write(work))

    def add_passkey(self) -> Response:
        """Register a further passkey."""
        credential = credential_in(sent("credential"))
        challenge, at = passkeys.challenge_of(credential), self._desk.clock()
        site, whose = site_of(self._desk), actor().id
        self._database.write(
            lambda connection: signing.add_passkey(
                connection, whose, challenge,
                lambda user: passkeys.new_passkey(site, credential, challenge, user, at=at), at=at,
            )
        )  # fmt: skip
        return jsonify(next=HOME)

    def remove_passkey(self, id: str) -> AnyResponse:
        """Forget one of one's passkeys."""
        user, at = actor().id, self._desk.clock()
        self._database.write(lambda connection: signing.remove_passkey(connection, user, id, at=at))
        return redirect(HOME, 303)

    def _end(self, id: str, then: str) -> AnyResponse:
        user, at = actor().id, self._desk.clock()
        self._database.write(lambda connection: signing.close_session(connection, user, id, at=at))
        return redirect(then, 303)


def _account(connection: Connection, user: str, at: int) -> Account:
    held = people.of_holder(connection, USER, user)
    return Account(
        people.user(connection, user).name,
        tuple((_role(one), _where(connection, one)) for one in held),
        tuple(
            Row(
                one.id, "Synchronised" if one.backed_up else "On one device",
                moment(one.created_at, None),
                "never" if one.used_at is None else moment(one.used_at, None), here=False,
            )
            for one in signing_in.passkeys_of(connection, user)
        ),
        tuple(
            Row(
                one.id, "This session" if one.id == g.session.id else "Another session",
                moment(one.created_at, None), moment(one.seen_at, None), one.id == g.session.id,
            )
            for one in signing.open_sessions(connection, user, at=at)
        ),
    )  # fmt: skip


def _role(held: Held) -> str:
    return held.role.replace("_", " ").capitalize()


def _where(connection: Connection, held: Held) -> str:
    return "this service" if held.body == SERVICE else register.body(connection, held.body).name
