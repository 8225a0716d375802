"""The whole life of a certificate in a real browser: people with passkeys, from dossier to label,
to suspension, to reinstatement; and what a reader of the printed code sees each time.
"""

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from service.config import Settings
from service.credential.packing import pack
from service.credential.picture import read_codes
from service.domain.people import COMMAND_LINE, Role
from service.registry import approvals
from service.registry import people as registry
from service.registry.actions import actions
from service.storage.database import Database
from service.verifier import Verifier
from service.web.app import create_app
from service.web.register import RegisterDesk
from tests.registry.desk import (
    AB,
    ARRANGEMENT,
    CB,
    CB_P,
    DECIDED,
    RegisterWorld,
    dossier,
    open_world,
)
from tests.registry.test_product_life import laboratory, put
from tests.web import test_browser as browsing
from tests.web.test_browser_axe import complaints
from tests.web.test_browser_passkeys import DEVICE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_address", ["sqlite"], indirect=True),
]
chromium = browsing.chromium


@dataclass
class House:
    """A service that listens, with everything real behind it, and browsers of its people."""

    base: str
    world: RegisterWorld
    chromium: Browser
    pages: list[Page] = field(default_factory=list)

    def joined(self, name: str, role: Role, body: str) -> Page:
        """Somebody who was invited, has made a passkey, and is logged in by it."""
        database, at = self.world.office.database, self.world.at
        _, code = database.write(
            lambda c: registry.invite(c, COMMAND_LINE, name, at=at, role=role, body=body)
        )
        page = self.page()
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        page.goto(f"{self.base}/join")
        page.get_by_label("Code", exact=True).fill(code)
        page.get_by_role("button", name="Make my passkey").click()
        page.wait_for_url("**/account")
        return page

    def page(self, *, scripts: bool = True) -> Page:
        """A page in a browser of its own; axe may be put into it."""
        context = self.chromium.new_context(
            viewport={"width": 1280, "height": 900}, bypass_csp=True, java_script_enabled=scripts,
            accept_downloads=True,
        )  # fmt: skip
        page = context.new_page()
        self.pages.append(page)
        return page


@pytest.fixture
def house(database: Database, tmp_path: Path, chromium: Browser) -> Iterator[House]:
    apps: list[Flask] = []

    def late(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return apps[0](environ, start)

    server = make_server("127.0.0.1", 0, late, threaded=True, request_handler=browsing.Quiet)
    base = f"http://localhost:{server.server_port}"
    world = open_world(database, tmp_path / "evidence")
    evidence = world.office.evidence
    apps.append(
        create_app(
            Settings(base_url=base, access_log=False),
            verifier=Verifier(evidence.anchors, evidence, evidence, evidence),
            evidence=evidence, clock=lambda: world.at, register=RegisterDesk.of(world.office),
        )
    )  # fmt: skip
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    made = House(base, world, chromium)
    yield made
    for page in made.pages:
        page.context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """The fields of a form with what somebody types into them."""
    match value:
        case None:
            return
        case Mapping() if path == "people":
            for n, name in enumerate(value):
                yield f"{path}.{n}.name_of_it", name
        case Mapping():
            for name, one in value.items():
                yield from flat(f"{path}.{name}", one)
        case [first, *_] if not isinstance(first, str):
            for n, one in enumerate(value):
                yield from flat(f"{path}.{n}", one)
        case list():
            yield path, "\n".join(value) or "none"
        case _:
            yield path, {True: "yes", False: "no"}[value] if type(value) is bool else str(value)


def fill(page: Page, section: str, value: Any) -> None:
    """Fill a section as people do: what there is room for, save, and go on with the next row."""
    left = dict(flat(section, value))
    while left:
        form = page.locator(f"details#{section} form")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        there = [name for name in left if form.locator(f'[id="{name}"]').count()]
        if not there and set(left.values()) == {"none"}:  # a list of rows that has none
            return
        assert there, f"{section}: no field for {sorted(left)}"
        for name in there:
            one, typed = form.locator(f'[id="{name}"]'), left.pop(name)
            if one.evaluate("one => one.tagName") == "SELECT":
                one.select_option(typed)
            else:
                one.fill(typed)
        with page.expect_navigation():
            form.get_by_role("button", name=re.compile("^Save ")).click()
        assert page.locator("#wrong").count() == 0, page.locator("#wrong").inner_text()


def begin(house: House, page: Page, body: str, content: Mapping[str, Any]) -> None:
    page.goto(f"{house.base}/console/dossiers?body={body}")
    page.get_by_label("Certificate of").select_option(content["kind"])
    page.get_by_label("What is to be decided").select_option(content["act"])
    page.get_by_label("Holder, by full name").fill(content["holder"]["name"])
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/console/dossier?**")


def save(page: Page, name: str) -> Path:
    """Press a button that gives a file."""
    with page.expect_download() as given:
        page.get_by_role("button", name=name, exact=True).click()
    return given.value.path()


def unfold(page: Page, title: str) -> None:
    fold = page.locator("details", has=page.locator("summary", has_text=re.compile(f"^{title}$")))
    if fold.last.get_attribute("open") is None:
        fold.last.locator("summary").first.click()


@pytest.mark.parametrize(
    ("body", "content"),
    [(CB, dossier(**DECIDED)), (CB_P, dossier("pc-cable5", cb=CB_P, **DECIDED))],
    ids=["management system", "product"],
)
def test_from_dossier_to_label_to_suspension_to_reinstatement(
    house: House, body: str, content: dict[str, Any]
) -> None:
    product = content["kind"] == "product"
    if product:
        put(house.world, laboratory())
    evaluator = house.joined("Eva", Role.EVALUATOR, body)
    officer = house.joined("Dana", Role.DECISION_MAKER, body)

    begin(house, evaluator, body, content)
    place = evaluator.url
    refused = evaluator.locator(".gate[data-state=failed]")
    before = refused.count()
    for section, value in content.items():
        if section not in ("act", "kind", "cb", "decision", "certificate"):
            fill(evaluator, section, value)
    assert refused.count() < before
    assert complaints(evaluator) == []

    officer.goto(place)
    officer.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    officer.get_by_label("Day of the decision").fill(content["decision"]["date"])
    officer.get_by_label("In force from").fill(content["certificate"]["effective"])
    if "expires" in content["certificate"]:
        officer.get_by_label("Expires after").fill(content["certificate"]["expires"])
    officer.get_by_label("Claims the body’s accreditation").select_option("yes")
    officer.get_by_label("I took no part").check()
    with officer.expect_navigation():
        officer.get_by_role("button", name="Grant").click()
    assert officer.locator("#wrong").count() == 0, officer.locator("#wrong").inner_text()
    officer.get_by_role("button", name="Issue the certificate").click()
    officer.wait_for_url("**/console/certificate?**")
    house.world.publish()
    assert complaints(officer) == []

    unfold(officer, "Certificate as PDF")
    officer.get_by_label(re.compile("^Address of")).fill("1 Quay Street, Larkmere")
    paper = save(officer, "Make the PDF").read_bytes()
    assert b"ETSI.CAdES.detached" in paper
    token, link = read_codes(paper, "application/pdf")
    if product:
        unfold(officer, "Labels")
        officer.get_by_label("As", exact=True).select_option("png")
        label = save(officer, "Make it").read_bytes()
        assert [one.text for one in zxingcpp.read_barcodes(Image.open(BytesIO(label)))] == [link]
        officer.get_by_label("As", exact=True).select_option("A4")
        sheet = pypdfium2.PdfDocument(save(officer, "Make it"))[0]
        picture = sheet.render(scale=200 / 72).to_pil()
        assert {one.text for one in zxingcpp.read_barcodes(picture)} == {link}
    else:
        with officer.expect_download() as given:
            officer.get_by_role("link", name="Mark for letterheads").click()
        assert "not a product" in given.value.path().read_text("utf-8")

    reader = house.page(scripts=False)
    assert link.startswith(f"{house.base}/q/")
    assert word(reader, link) == "Valid"
    for act, reason, outcome in (("Suspend", "failure", "Rejected"), ("Reinstate", "", "Valid")):
        house.world.pass_days(1)
        house.world.publish()
        officer.reload()
        if "/login" in officer.url:
            officer.get_by_role("button", name="Log in with a passkey").click()
            officer.wait_for_url("**/console/certificate?**")
        unfold(officer, act)
        form = officer.locator("form", has=officer.get_by_role("button", name=f"{act} …"))
        if reason:
            form.get_by_label("Reason").select_option(reason)
        form.get_by_role("button", name=f"{act} …").click()
        assert officer.get_by_text("What this does.").is_visible()
        assert complaints(officer) == []
        officer.get_by_role("button", name=re.compile(f"^{act} ")).click()
        officer.wait_for_url("**/console/certificate?**")
        house.world.publish()
        assert word(reader, link) == outcome
    assert token.count(".") == 2


def word(reader: Page, link: str) -> str:
    reader.goto(link)
    return reader.locator(".verdict__word").inner_text().removeprefix("Verdict:").strip()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_of_the_register(house: House, scheme: Any) -> None:
    one = house.world.issue(dossier(**DECIDED))
    house.world.publish()
    put(house.world, laboratory())
    house.world.office.database.write(
        lambda c: approvals.propose(
            c, actions(house.world.office), COMMAND_LINE, CB, "key.end", {"kid": "a-key"},
            at=house.world.at,
        )
    )  # fmt: skip
    pages = [
        (CB, Role.DECISION_MAKER, ["desk?", "certificates?", "dossiers?", "suspicions?",
                                   "service?", f"certificate?number={one.number}&"]),
        (CB, Role.OPERATOR, ["service?", "approvals?", "approvals?state=approved&"]),
        (CB_P, Role.EVALUATOR, ["laboratories?"]),
        (AB, Role.ACCREDITATION_OFFICER, ["granted?", "granted/one?id=0164&"]),
        (ARRANGEMENT, Role.ARRANGEMENT_OFFICER, [f"granted/one?id={AB}&"]),
    ]  # fmt: skip
    reader = house.page()
    reader.emulate_media(color_scheme=scheme)
    for path in (
        "/login",
        "/join",
        "/docs",
        "/c",
        f"/c?number={one.number}",
        f"/report?t={pack(one.token)}",
    ):
        answer = reader.goto(house.base + path)
        assert answer is not None
        assert answer.status == 200, path
        assert complaints(reader) == [], path
    for body, role, names in pages:
        page = house.joined(f"Ada {scheme} {role} {body[-4:]}", role, body)
        page.emulate_media(color_scheme=scheme)
        for path in (*(f"/console/{name}body={body}" for name in names), "/account"):
            answer = page.goto(house.base + path)
            assert answer is not None
            assert answer.status == 200, path
            assert complaints(page) == [], path
