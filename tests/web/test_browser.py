"""The pages in a real browser, without scripts: on a phone, on a desk, and on paper."""

import os
import shutil
import threading
from collections.abc import Iterator

import pypdfium2
import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from service.config import Settings
from service.web.app import create_app
from service.web.language import LANGUAGES
from service.web.view.page import WORDS
from tests.credential.pictures import PREFIX, SYSTEM, drawn, saved
from tests.web.desk import StubEvidence, StubVerifier
from tests.web.gallery import GALLERY, NOON

pytestmark = pytest.mark.browser

FIVE = ("accept", "warning", "wrong-purpose", "cannot-confirm", "reject")
PHONE, DESK = (360, 640), (1440, 900)
DIGITS = SYSTEM.removeprefix(PREFIX)
# Everything that a finger may want to hit; what lies inside a closed fold is not there yet.
TOUCHED = """
all => all.filter(one => one.checkVisibility() && !one.matches('.shoot__file, .skip, .verdict q a'))
    .map(one => [one.outerHTML.slice(0, 90), (one.closest('label') || one).getBoundingClientRect()])
    .filter(([_, box]) => box.width < 43.9 || box.height < 43.9)
    .map(([what, box]) => `${what}: ${box.width} x ${box.height}`)
"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNSEEN = """
all => all.filter(fold => [...fold.children].some(part =>
    part.tagName !== 'SUMMARY' && (!part.checkVisibility() || part.offsetHeight === 0)
)).map(fold => fold.innerText.slice(0, 60))
"""


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of a desk with the gallery, on a free port."""
    settings = Settings(access_log=False)
    app = create_app(settings, verifier=StubVerifier(), evidence=StubEvidence(), clock=lambda: NOON)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's browser, started once."""
    path = shutil.which("chromium")
    if path is None:
        missing = "the pages are not looked at: Chromium is not installed (apt install chromium)"
        if os.environ.get("PROOFMARK_REQUIRE_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


class Reader:
    """Somebody who looks at pages, and every address that their browser asked for."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.asked: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda said: self.errors.append(said.text))

    def open(self, path: str, size: tuple[int, int] = PHONE) -> Page:
        """Open a page of ours in a window of that size."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.goto(f"{self.base}{path}")
        return self.page

    def foot_of(self, selector: str) -> float:
        """Where a thing ends, in pixels from the top of the page."""
        box = self.page.locator(selector).bounding_box()
        assert box is not None
        return box["y"] + box["height"]

    def follow(self, link: Locator) -> None:
        """Tap on what leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            link.tap()


@pytest.fixture
def reader(chromium: Browser, base: str) -> Iterator[Reader]:
    """A reader with a phone whose browser runs no script."""
    context = chromium.new_context(java_script_enabled=False, has_touch=True, is_mobile=True)
    yield Reader(context.new_page(), base)
    context.close()


def printed(page: Page) -> list[str]:
    """The text of each sheet on which a page is printed."""
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    return [sheet.get_textpage().get_text_bounded() for sheet in document]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", FIVE)
def test_a_verdict_fits_its_window_and_asks_nobody_else(
    reader: Reader, name: str, size: tuple[int, int]
) -> None:
    page = reader.open(f"/q/{name}", size)

    assert page.evaluate(SIDEWAYS) == 0
    assert page.title().startswith(f"{WORDS[GALLERY[name].verdict]}: ")
    assert len(reader.asked) >= 3
    assert [url for url in reader.asked if not url.startswith(f"{reader.base}/")] == []
    assert reader.errors == []


def test_word_mark_sentence_and_three_answers_are_on_the_first_screen(reader: Reader) -> None:
    # Eighty letters without a break take the room that they take.
    for name in GALLERY.keys() - {"long-words"}:
        page = reader.open(f"/q/{name}")

        for part in (".verdict__mark", ".verdict__word", ".verdict__line"):
            assert page.locator(part).is_visible(), name
            assert reader.foot_of(part) < reader.foot_of(".axes"), name
        assert page.locator(".axis dd").count() == 3
        assert reader.foot_of(".axes") <= 520, name


@pytest.mark.parametrize("width", [320, 600, 768, 1440])
def test_no_page_scrolls_sideways(reader: Reader, width: int) -> None:
    names = GALLERY if width == 320 else (*FIVE, "long-words")
    wide = {}
    for path in ("/", "/nothing", "/codes", *(f"/q/{name}" for name in names)):
        page = reader.open(path, (width, 640))
        wide[path] = page.evaluate(SIDEWAYS)

    assert {path: over for path, over in wide.items() if over} == {}


@pytest.mark.parametrize("path", ["/", "/nothing", *(f"/q/{name}" for name in FIVE)])
def test_whatever_is_touched_is_as_large_as_a_finger(reader: Reader, path: str) -> None:
    page = reader.open(path)

    controls = "a, button, summary, select, textarea, input:not([type=hidden])"
    assert page.eval_on_selector_all(f":is(header, main, footer) :is({controls})", TOUCHED) == []


@pytest.mark.parametrize("name", [*FIVE, "reject-overdue", "long-words"])
def test_on_paper_every_fold_is_open(reader: Reader, name: str) -> None:
    page = reader.open(f"/q/{name}")
    folds = page.locator("details").count()
    page.emulate_media(media="print")

    assert folds
    assert page.eval_on_selector_all("details:not(form details)", UNSEEN) == []
    sheets = printed(page)
    text = " ".join(" ".join(sheets).split())
    assert len(sheets) <= 5
    assert all(len(sheet.split()) > 10 for sheet in sheets)
    assert WORDS[GALLERY[name].verdict] in text
    for code in GALLERY[name].codes:
        assert code in text
    assert "Ask something else" not in text


def test_on_paper_the_answer_says_when_and_where_it_was_given(reader: Reader) -> None:
    page = reader.open("/q/accept")

    text = " ".join(" ".join(printed(page)).split())
    assert (
        "Checked 15 June 2026, 13:00 London time, at 127.0.0.1:8000. Proofmark certifies nobody."
        in text
    )


def test_a_rejection_is_one_sheet(reader: Reader) -> None:
    page = reader.open("/q/reject")

    assert len(printed(page)) == 1


def test_a_code_is_pasted_and_asked_about_without_a_script(reader: Reader) -> None:
    page = reader.open("/")

    page.get_by_text("Paste the text of a code").tap()
    page.get_by_label("Text, digits or link").fill(DIGITS)
    reader.follow(page.get_by_role("button", name="Check the text"))
    assert page.url == f"{reader.base}/q/{DIGITS}"
    assert page.get_by_role("heading", level=1).inner_text().endswith("Rejected")

    page = reader.open("/q/wrong-purpose")
    page.get_by_role("link", name="Ask something else").tap()
    page.get_by_label("How the company works").check()
    page.get_by_label("Model, if it is a product").fill("")
    reader.follow(page.get_by_role("button", name="Ask again"))
    assert "needs=management_system" in page.url
    assert page.locator("[data-verdict]").count() == 1


def test_a_picture_is_taken_and_then_sent_without_a_script(reader: Reader) -> None:
    page = reader.open("/")
    send = page.get_by_role("button", name="Check this picture")
    assert not send.is_visible()

    page.locator("#shot").set_input_files(
        {"name": "code.png", "mimeType": "image/png", "buffer": saved(drawn())}
    )
    reader.follow(send)

    assert page.locator("[data-verdict]").count() == 1


def test_the_keyboard_goes_to_the_verdict_first(reader: Reader) -> None:
    page = reader.open("/q/accept", DESK)

    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the verdict"
    assert page.locator(":focus").bounding_box()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_the_readers_own_theme_outweighs_that_of_the_device(reader: Reader) -> None:
    def paper() -> object:
        return reader.page.evaluate("getComputedStyle(document.body).backgroundColor")

    reader.page.emulate_media(color_scheme="dark")
    reader.open("/q/accept")
    dark = paper()
    reader.follow(reader.page.get_by_role("link", name="Light", exact=True))
    light = paper()
    reader.open("/q/reject")

    assert (dark, light, paper()) == ("rgb(19, 27, 35)", "rgb(255, 255, 255)", light)


def test_w22_another_site_can_neither_frame_a_verdict_nor_show_our_marks(
    chromium: Browser, base: str
) -> None:
    page = chromium.new_context().new_page()
    portal = f"<iframe src='{base}/q/accept'></iframe><img src='{base}/static/favicon.svg'>"
    page.route(
        "http://evil.example/", lambda route: route.fulfill(content_type="text/html", body=portal)
    )
    page.goto("http://evil.example/", wait_until="load")
    frame = page.frames[1]

    assert frame.url != f"{base}/q/accept"
    assert frame.locator(".verdict__word").count() == 0
    assert page.evaluate("document.images[0].naturalWidth") == 0
    page.goto(f"{base}/q/accept")
    assert page.locator(".verdict__word").is_visible()
    page.context.close()


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_language_is_wider_than_a_phone(chromium: Browser, base: str, code: str) -> None:
    context = chromium.new_context(locale=code, viewport={"width": 360, "height": 640})
    page = context.new_page()
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText)"
    for name in (*FIVE, "accept-product", "reject-overdue"):
        page.goto(f"{base}/q/{name}")
        assert page.evaluate(SIDEWAYS) == 0, name
        assert page.locator(".axis, .verdict__word, .pair *").evaluate_all(cut) == [], name
    context.close()
