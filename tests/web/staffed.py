"""A front desk with a register behind it, its clock, and browsers that are logged in."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.people import Actor
from service.storage.database import Database
from service.web.app import create_app
from service.web.register import RegisterDesk
from tests.registry.staff import NOON, Staff
from tests.web.authenticator import Device
from tests.web.desk import BASE, SETTINGS, StubEvidence, StubVerifier, client_of

COOKIE = "__Host-session"
OWN = {"Origin": BASE}


@dataclass
class Clock:
    """A clock that a test sets."""

    at: int = NOON

    def __call__(self) -> int:
        """Now, in POSIX seconds."""
        return self.at


@dataclass
class Front:
    """The application, its people, and its clock."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    staff: Staff = field(init=False)
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.staff = Staff(self.database)
        self.app = create_app(
            SETTINGS, verifier=StubVerifier(), evidence=StubEvidence(), clock=self.clock,
            register=RegisterDesk(self.database),
        )  # fmt: skip

    def client(self, actor: Actor | None = None) -> FlaskClient:
        """A browser; of somebody who is logged in, if one is named."""
        client = client_of(self.app)
        if actor is not None:
            opened = self.staff.session(actor, at=self.clock.at)
            client.set_cookie(COOKIE, opened.secret, domain="proofmark.example", secure=True)
        return client

    def join(self, client: FlaskClient, code: str, device: Device) -> TestResponse:
        """Join with a code, as the page's script does."""
        options = post(client, "/join/options", {"code": code})
        if options.status_code != 200:
            return options
        credential = device.make(options.get_json())
        return post(client, "/join", {"code": code, "credential": credential})

    def log_in(self, client: FlaskClient, device: Device, wanted: str = "/") -> TestResponse:
        """Log in with a passkey, as the page's script does."""
        options = post(client, "/login/options", {}).get_json()
        return post(client, "/login", {"credential": device.use(options), "next": wanted})


def post(client: FlaskClient, path: str, body: dict[str, Any], **headers: str) -> TestResponse:
    """Send JSON from a page of ours."""
    return client.post(path, json=body, headers={**OWN, **headers})
