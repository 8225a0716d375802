"""Passkeys in a real browser: join with a code, log out, log in, and end a session."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from service.config import Settings
from service.domain.people import COMMAND_LINE, Role
from service.registry import people as registry
from service.storage.database import Database
from service.web.app import create_app
from service.web.register import RegisterDesk
from tests.registry.staff import CB_A, NOON, Staff
from tests.web import test_browser as browsing
from tests.web.desk import StubEvidence, StubVerifier

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_address", ["sqlite"], indirect=True),
]
chromium = browsing.chromium
CONTROLS = ":is(header, main, footer) :is(a, button, summary, input:not([type=hidden]))"
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
    "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@dataclass
class House:
    """A service that listens, and its people."""

    base: str
    staff: Staff


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    apps: list[Flask] = []

    def late(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return apps[0](environ, start)

    server = make_server("127.0.0.1", 0, late, threaded=True, request_handler=browsing.Quiet)
    base = f"http://localhost:{server.server_port}"
    apps.append(
        create_app(
            Settings(base_url=base, access_log=False), verifier=StubVerifier(),
            evidence=StubEvidence(), clock=lambda: NOON, register=RegisterDesk(database),
        )
    )  # fmt: skip
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield House(base, Staff(database))
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Phone:
    """A phone that can make and keep passkeys, and what its browser complained about."""

    context: BrowserContext
    page: Page
    errors: list[str] = field(default_factory=list)
    device: str = ""

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.errors.append(said.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.session: Any = self.context.new_cdp_session(self.page)
        self.session.send("WebAuthn.enable")
        made = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.device = made["authenticatorId"]

    def press(self, name: str, then: str) -> None:
        """Press a button, and wait for where it leads."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_url(then)

    def passkeys(self) -> list[dict[str, Any]]:
        """The passkeys on the phone."""
        given = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.device})
        found: list[dict[str, Any]] = given["credentials"]
        return found


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Phone]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True
    )
    yield Phone(context, context.new_page())
    context.close()


def invited(house: House) -> str:
    _, code = house.staff.write(
        lambda c: registry.invite(
            c, COMMAND_LINE, "Ada Lovell", at=NOON, role=Role.OPERATOR, body=CB_A
        )
    )  # fmt: skip
    return code


def test_from_the_first_code_to_a_session_that_is_ended(house: House, phone: Phone) -> None:
    code, page, base = invited(house), phone.page, house.base

    # A link with the code behind its #: it fills the field and leaves the address.
    page.goto(f"{base}/join#{code}")
    assert page.get_by_role("textbox", name="Code").input_value() == code
    assert page.url == f"{base}/join"
    phone.press("Make my passkey", f"{base}/account")
    assert page.get_by_role("heading", level=1).inner_text() == "Ada Lovell"
    assert page.locator("[data-session]").count() == 1
    (passkey,) = phone.passkeys()
    assert passkey["isResidentCredential"]
    assert passkey["rpId"] == "localhost"

    phone.press("Log out", f"{base}/login")
    page.goto(f"{base}/account")
    page.wait_for_url(f"{base}/login?next=%2Faccount")
    phone.press("Log in with a passkey", f"{base}/account")
    assert page.locator("[data-session]").count() == 1

    phone.press("End this session", f"{base}/login?next=%2Faccount")
    assert page.get_by_role("heading", level=1).inner_text() == "Log in"
    assert phone.errors == []


def test_a_wrong_code_is_said_on_the_page_and_can_be_typed_again(
    house: House, phone: Phone
) -> None:
    code, page, base = invited(house), phone.page, house.base
    page.goto(f"{base}/join")

    page.get_by_role("textbox", name="Code").fill("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")
    page.get_by_role("button", name="Make my passkey").click()
    page.get_by_text("This code is wrong, was used, or has expired.").wait_for()

    page.get_by_role("textbox", name="Code").fill(code.lower())
    phone.press("Make my passkey", f"{base}/account")


def test_without_a_passkey_the_page_says_so(house: House, phone: Phone) -> None:
    page = phone.page
    phone.session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": phone.device, "isUserVerified": False}
    )
    page.goto(f"{house.base}/login")

    page.get_by_role("button", name="Log in with a passkey").click()

    page.get_by_text("It was not confirmed, or took too long. Try again.").wait_for()
    assert page.get_by_role("button", name="Log in with a passkey").is_enabled()


def test_the_same_phone_makes_no_second_passkey_and_another_one_does(
    house: House, phone: Phone
) -> None:
    page, base = phone.page, house.base
    page.goto(f"{base}/join#{invited(house)}")
    phone.press("Make my passkey", f"{base}/account")

    page.get_by_role("button", name="Add another passkey").click()
    page.get_by_text("This device has a passkey for you already.").wait_for()
    phone.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": phone.device})
    phone.session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.get_by_role("button", name="Add another passkey").click()

    page.locator("[data-key]").nth(1).wait_for()
    assert page.locator("[data-key]").count() == 2
    page.get_by_role("button", name="Remove this passkey").first.click()
    page.get_by_role("button", name="Remove this passkey").first.wait_for(state="detached")
    assert page.locator("[data-key]").count() == 1


def test_every_page_fits_a_phone_and_its_fingers(house: House, phone: Phone) -> None:
    page, base = phone.page, house.base
    found = {}
    for path in ("/login", "/join"):
        page.goto(f"{base}{path}")
        found[path] = (page.evaluate(browsing.SIDEWAYS), _small(page))
    page.goto(f"{base}/join#{invited(house)}")
    phone.press("Make my passkey", f"{base}/account")
    found["/account"] = (page.evaluate(browsing.SIDEWAYS), _small(page))

    assert found == {path: (0, []) for path in ("/login", "/join", "/account")}


def _small(page: Page) -> object:
    return page.eval_on_selector_all(CONTROLS, browsing.TOUCHED)
