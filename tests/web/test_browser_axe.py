"""Every page for readers, looked at by axe in each of its dresses."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.web import test_browser as browsing
from tests.web.gallery import GALLERY

pytestmark = pytest.mark.browser
base, chromium = browsing.base, browsing.chromium
WIDE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = ["/", "/codes", "/docs", "/nowhere", *(f"/q/{name}" for name in GALLERY)]
DRESSES = [
    ("en", "light", "no-preference"), ("en", "dark", "no-preference"), ("en", "light", "more"),
    ("ar", "light", "no-preference"), ("ar", "dark", "no-preference"),
]  # fmt: skip


@pytest.fixture(scope="module", params=DRESSES, ids="-".join)
def dressed(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a language, a scheme of colours and a contrast."""
    language, scheme, contrast = request.param
    # axe is put into the page, which the page's own policy forbids everybody else.
    context = chromium.new_context(
        locale=language, color_scheme=scheme, contrast=contrast, bypass_csp=True,
        viewport={"width": 390, "height": 800}, reduced_motion="reduce",
    )  # fmt: skip
    yield context.new_page()
    context.close()


def complaints(page: Page) -> list[str]:
    """What axe finds wrong, folds opened."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found: Any = Axe().run(page, options=WIDE).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:120]} – {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(base: str, dressed: Page, path: str) -> None:
    answer = dressed.goto(f"{base}{path}")

    assert answer is not None
    assert answer.status == (404 if path == "/nowhere" else 200)
    assert complaints(dressed) == []


def test_axe_would_find_something(base: str, dressed: Page) -> None:
    dressed.goto(f"{base}/")
    dressed.evaluate("document.querySelector('main').innerHTML += '<img src=x><button></button>'")

    assert {found.partition(":")[0] for found in complaints(dressed)} >= {
        "image-alt",
        "button-name",
    }
