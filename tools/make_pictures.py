"""Draws the pictures of the README and `docs/` from the example world, in a real browser.

    python tools/make_pictures.py

Needs Chromium. The world is built as of a fixed instant, so that a picture changes only where a
page does.
"""

import json
import logging
import shutil
import socket
import threading
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from service.config import Settings
from service.demo import ORIGIN, build_world
from service.demo.opening import open_office
from service.domain.dates import parse_instant
from service.domain.people import COMMAND_LINE, Actor, Role
from service.registry import dossiers, people, printing
from service.registry import signing_in as signing
from service.registry.office import Office
from service.render import drawing
from service.render.label import product_label, system_mark
from service.storage.bundle import Bundle
from service.storage.database import Connection
from service.storage.people import USER
from service.storage.signing_in import Passkey
from service.verifier import Verifier
from service.web.app import create_app
from service.web.register import RegisterDesk

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
AT = parse_instant("2026-11-24T12:00:00Z")
PHONE, DESKTOP = (360, 640), (1440, 900)
# One page for each verdict, the best first.
SLUGS = (
    "harrow-product",
    "body-ended",
    "harrow-system-as-product",
    "no-word",
    "check-missed",
)
# Phones for readers of other languages.
LANGUAGES = (
    ("es", "harrow-product"), ("zh", "harrow-system"), ("ar", "harrow-system-as-product"),
    ("ar", "check-missed"),
)  # fmt: skip
# Certificates whose papers are shown, by body and number.
PRODUCT = (f"{ORIGIN}/cb/pellworth", "PEL-0007")
SYSTEM = (f"{ORIGIN}/cb/alderway", "ALD-0113")
FAR = (f"{ORIGIN}/cb/wolkenried", "WOL-2050")
HOST = "verify.proofmark.example"
GAP, MARGIN, GROUND = 24, 32, (233, 236, 239)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def shot(
    browser: Browser, url: str, size: tuple[int, int], *, dark: bool = False, language: str = "en"
) -> Image.Image:
    """The first screen of a page, two pixels a dot on a phone."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2 if size == PHONE else 1,
        java_script_enabled=False,
        color_scheme="dark" if dark else "light",
        locale=language,
    )
    page.goto(url)
    picture = Image.open(BytesIO(page.screenshot()))
    page.close()
    return picture


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Screens in one row on a quiet ground."""
    width = sum(one.width for one in pictures) + GAP * (len(pictures) - 1) + 2 * MARGIN
    sheet = Image.new("RGB", (width, pictures[0].height + 2 * MARGIN), GROUND)
    x = MARGIN
    for one in pictures:
        sheet.paste(one, (x, MARGIN))
        x += one.width + GAP
    return sheet


def save(picture: Image.Image, name: str, *, width: int) -> None:
    """A picture of that width."""
    height = round(picture.height * width / picture.width)
    small = picture.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    small.save(PICTURES / name, optimize=True)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def paper(drawn: bytes) -> Image.Image:
    """The first sheet of a PDF, 110 pixels an inch."""
    sheet: Image.Image = pypdfium2.PdfDocument(drawn)[0].render(scale=110 / 72).to_pil()
    return sheet


def papers(office: Office, base: str) -> None:
    """Certificates as PDF, a label and a mark."""
    wanted = ((PRODUCT, "en"), (SYSTEM, "de"), (FAR, "zh"))
    sheets = [
        paper(
            printing.certificate(
                office, printing.find(office, *which, at=AT), base_url=base, host=HOST,
                languages=(language,), paper="A4", people=("M. Lindqvist",), sign=False, at=AT,
            )
        )
        for which, language in wanted
    ]  # fmt: skip
    save(side_by_side(sheets), "certificates.png", width=1600)
    product, system = (printing.find(office, *which, at=AT) for which in (PRODUCT, SYSTEM))
    label = product_label(product.life.stated, product.code(base), body=product.name, host=HOST)
    mark = system_mark(system.life.stated, body=system.name)
    drawn = [Image.open(BytesIO(drawing.png(one, 200))).convert("RGB") for one in (label, mark)]
    save(side_by_side(drawn), "labels.png", width=1200)


def console(browser: Browser, office: Office, folder: Path, base: str) -> None:
    """A dossier that is half filled, as somebody who works on it sees it."""
    content = json.loads((folder / "dossier.json").read_text("utf-8"))
    body = content["cb"]
    left = {name: content[name] for name in content if name not in ("decision", "audits")}

    def begun(connection: Connection) -> tuple[str, str]:
        user, _ = people.invite(
            connection, COMMAND_LINE, "Eva Lind", at=AT, role=Role.EVALUATOR, body=body
        )
        who = Actor(USER, user.id)
        paper = dossiers.open_dossier(connection, who, body, left, at=AT)
        signing.challenge(connection, "first", user.id, at=AT)
        passkey = Passkey("key", user.id, "pQ", 0, False, AT)
        signing.add_passkey(connection, user.id, "first", lambda _: passkey, at=AT)
        signing.challenge(connection, "second", None, at=AT)
        opened = signing.log_in(connection, "key", "second", lambda _: 1, at=AT)
        return paper.subject, opened.secret

    subject, secret = office.database.write(begun)
    context = browser.new_context(viewport={"width": 1328, "height": 948})
    context.add_cookies([{"name": "session", "value": secret, "url": base}])
    page = context.new_page()
    page.goto(f"{base}/console/dossier?{urlencode({'body': body, 'id': subject})}")
    Image.open(BytesIO(page.screenshot())).convert("RGB").save(
        PICTURES / "console.png", optimize=True
    )
    context.close()


def main() -> None:
    """Draw all of them."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        world = build_world(folder, at=AT)
        bundle = Bundle.load(folder / "bundle")
        verifier = Verifier(bundle.anchors, bundle, bundle, bundle, own_hosts=("127.0.0.1",))
        port = _free_port()
        base = f"http://127.0.0.1:{port}"
        verifier.verify((folder / world.certificates[0].token).read_text().strip(), at=AT)
        office = open_office(folder)
        app = create_app(
            Settings(base_url=base, entity_base=ORIGIN, access_log=False, production=False),
            verifier=verifier, evidence=bundle, clock=lambda: AT, demo=folder,
            register=RegisterDesk.of(office),
        )  # fmt: skip
        server = make_server("127.0.0.1", port, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        for name, dark in (("verdicts", False), ("verdicts-dark", True)):
            screens = [shot(browser, f"{base}/demo/{slug}", PHONE, dark=dark) for slug in SLUGS]
            save(side_by_side(screens), f"{name}.png", width=1600)
        save(shot(browser, f"{base}/demo/harrow-product", DESKTOP), "desktop.png", width=1200)
        save(shot(browser, f"{base}/demo", DESKTOP), "demo.png", width=1200)
        screens = [
            shot(browser, f"{base}/demo/{slug}", PHONE, language=code) for code, slug in LANGUAGES
        ]
        save(side_by_side(screens), "languages.png", width=1600)
        papers(office, base)
        console(browser, office, folder, base)
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
