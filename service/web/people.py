"""The door of the desk; with a register also the routes with which people and machines sign in."""

from flask import Flask

from service.web.account import AccountRoutes
from service.web.auth import Door
from service.web.desk import Desk
from service.web.oauth import oauth_routes
from service.web.register import RegisterDesk
from service.web.signing_in import SigningIn


def admit(app: Flask, desk: Desk, register: RegisterDesk | None) -> None:
    """Guard every route of `app`, and add those with which people and machines sign in."""
    door = Door(desk, register)
    door.guard(app)
    if register is None:
        return
    app.register_blueprint(SigningIn(desk, register, door).blueprint())
    app.register_blueprint(AccountRoutes(desk, register).blueprint())
    app.register_blueprint(oauth_routes(desk, register))
