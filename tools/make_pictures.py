"""Draws the pictures of the README and `docs/` from the example world, in a real browser.

    python tools/make_pictures.py

Needs Chromium. The world is built as of a fixed instant, so that a picture changes only where a
page does.
"""

import logging
import shutil
import socket
import threading
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from service.config import Settings
from service.demo import ORIGIN, build_world
from service.domain.dates import parse_instant
from service.storage.bundle import Bundle
from service.verifier import Verifier
from service.web.app import create_app

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
GAP, MARGIN, GROUND = 24, 32, (233, 236, 239)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def shot(browser: Browser, url: str, size: tuple[int, int], *, dark: bool = False) -> Image.Image:
    """The first screen of a page, two pixels a dot on a phone."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2 if size == PHONE else 1,
        java_script_enabled=False,
        color_scheme="dark" if dark else "light",
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
        app = create_app(
            Settings(base_url=base, entity_base=ORIGIN, access_log=False, production=False),
            verifier=verifier, evidence=bundle, clock=lambda: AT, demo=folder,
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
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
