"""Scanning in a real browser: a camera that shows a code, pictures that are chosen and dropped."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect, sync_playwright

from tests.credential.pictures import PREFIX, PRODUCT, SYSTEM, drawn, saved
from tests.credential.pictures import page as printed
from tests.web import test_browser as browsing

pytestmark = pytest.mark.browser
base = browsing.base
WIDTH, HEIGHT = 640, 480


def _film(picture: Image.Image, file: Path) -> Path:
    """What a camera sees: one frame, as Y4M, again and again."""
    frame = Image.new("L", (WIDTH, HEIGHT), 200)
    side = min(picture.width, HEIGHT - 20)
    small = picture.resize((side, side))
    frame.paste(small, ((WIDTH - side) // 2, (HEIGHT - side) // 2))
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    file.write_bytes(head + (b"FRAME\n" + frame.tobytes() + grey) * 5)
    return file


@pytest.fixture
def seen(request: pytest.FixtureRequest, tmp_path: Path, base: str) -> Iterator[Page]:
    """The page of a phone whose camera sees `request.param`; None is a phone without a camera."""
    path = shutil.which("chromium") or pytest.skip("NO SCANNING IS TESTED: Chromium is missing")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    if request.param is not None:
        film = _film(request.param, tmp_path / "film.y4m")
        options += [
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        context = browser.new_context(viewport={"width": 360, "height": 740})
        if request.param is not None:
            context.grant_permissions(["camera"], origin=base)
        page = context.new_page()
        page.set_default_timeout(15_000)
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        page.goto(base)
        yield page
        assert [url for url in asked if not url.startswith((base, "blob:"))] == []
        browser.close()


_OURS = drawn(PREFIX + SYSTEM.removeprefix(PREFIX))
_STRANGER = Image.new("L", (10, 10), 255)


def _code(text: str) -> Image.Image:
    import qrcode

    made = qrcode.QRCode(border=4, box_size=8)
    made.add_data(text)
    return made.make_image().get_image().convert("L")


@pytest.mark.parametrize("seen", [_OURS], indirect=True)
def test_a_code_before_the_camera_leads_to_its_verdict(seen: Page) -> None:
    """It names another host than the one that runs here, and the answer says so."""
    seen.click("[data-start]")
    seen.wait_for_selector("#verdict")

    assert "Verdict:" in seen.inner_text("h1")


@pytest.mark.parametrize("seen", [_code("https://elsewhere.example/menu?table=7")], indirect=True)
def test_a_code_that_leads_elsewhere_is_shown_and_never_followed(seen: Page) -> None:
    before = seen.url
    seen.click("[data-start]")

    expect(seen.locator("[data-say]")).to_contain_text("elsewhere.example")
    expect(seen.locator("[data-say]")).to_contain_text("we do not open")
    assert seen.url == before
    assert seen.locator("[data-say] a").count() == 0


@pytest.mark.parametrize("seen", [_code("WIFI:S:shop;T:WPA;P:secret;;")], indirect=True)
def test_a_code_that_is_something_else_is_said_to_be(seen: Page) -> None:
    seen.click("[data-start]")

    expect(seen.locator("[data-say]")).to_contain_text("no certificate")


@pytest.mark.parametrize("seen", [_STRANGER], indirect=True)
def test_the_camera_is_stopped_when_one_asks_for_it(seen: Page) -> None:
    seen.click("[data-start]")
    expect(seen.locator("[data-say]")).to_contain_text("inside the frame")
    expect(seen.locator("[data-lens]")).to_be_visible()
    seen.click("[data-stop]")

    expect(seen.locator("[data-lens]")).to_be_hidden()
    assert seen.evaluate("document.querySelector('video').srcObject") is None
    assert seen.evaluate("document.activeElement.hasAttribute('data-start')")


@pytest.mark.parametrize("seen", [None], indirect=True)
def test_without_a_camera_it_says_what_to_do_instead(seen: Page) -> None:
    seen.click("[data-start]")

    expect(seen.locator("[data-say]")).to_contain_text("Choose a picture")


@pytest.mark.parametrize("seen", [None], indirect=True)
def test_of_several_codes_in_a_picture_one_is_chosen(seen: Page) -> None:
    picture = saved(printed(SYSTEM, PRODUCT))
    seen.set_input_files(
        "#file", files=[FilePayload(name="two.png", mimeType="image/png", buffer=picture)]
    )
    seen.click("text=Check the file")
    expect(seen.locator("[data-say]")).to_contain_text("several")
    seen.click("text=Check code 2")
    seen.wait_for_selector("#verdict")

    assert "Verdict:" in seen.inner_text("h1")


@pytest.mark.parametrize("seen", [None], indirect=True)
def test_the_scanner_is_loaded_only_when_somebody_scans(seen: Page) -> None:
    loaded = "performance.getEntriesByType('resource').map(one => one.name)"
    before = seen.evaluate(loaded)
    seen.set_input_files(
        "#file", files=[FilePayload(name="a.png", mimeType="image/png", buffer=saved(_OURS))]
    )
    with seen.expect_response(lambda one: one.url.endswith("reader.wasm")):
        seen.click("text=Check the file")

    assert not [name for name in before if "zxing" in name]
