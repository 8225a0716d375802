"""The living page of the visual language: in the example world, and nowhere else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from service.demo import Demo
from service.domain.verdict import Outcome, Verdict
from service.registry.office import Office, elsewhere
from service.storage.database import Database
from service.storage.published import Published
from service.web import assets, demo, styleguide
from service.web.app import create_app, template_folder
from service.web.register import RegisterDesk
from tests.web import test_browser as browsing
from tests.web.desk import (
    ENTITIES,
    PAGE,
    SETTINGS,
    Outline,
    StubEvidence,
    StubVerifier,
    client_of,
    refused,
)
from tests.web.gallery import NOON
from tests.web.test_browser_axe import complaints
from tests.web.test_styles import ROOT

chromium = browsing.chromium
FOLDER = Path(assets.__file__).with_name("static")
CSS = re.sub(
    r"/\*.*?\*/", "", (FOLDER / "components.css").read_text("utf-8"), flags=re.DOTALL
)  # fmt: skip
CLASSES = set(re.findall(r"\.([a-zA-Z][\w-]*)", CSS))
# A camera's picture needs a camera, its button a phone; the page of the API has its own style.
ELSEWHERE = {"lens__video", "shoot--camera", "operation"}


def served(tmp_path: Path, *, register: bool) -> FlaskClient:
    """The desk of an empty example world, with its register or without."""
    evidence, own = StubEvidence(), None
    if register:
        database = Database(f"sqlite:///{tmp_path}/register.db")
        own = RegisterDesk.of(
            Office(database, cast(Published, evidence), elsewhere, base=ENTITIES)
        )  # fmt: skip
    return client_of(
        create_app(
            SETTINGS, verifier=StubVerifier(), evidence=evidence, clock=lambda: NOON,
            demo=tmp_path, register=own,
        )
    )  # fmt: skip


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FlaskClient:
    monkeypatch.setattr(demo, "load_demo", lambda _: Demo(0, "", ()))
    return served(tmp_path, register=True)


@pytest.fixture
def page(shown: FlaskClient) -> Outline:
    answer = shown.get("/styleguide", headers=PAGE)
    assert answer.status_code == 200
    return Outline(answer.text)


def classes(page: Outline) -> set[str]:
    return {name for value in page.values("class") for name in value.split()}


def named(attribute: str) -> set[str]:
    """The values for which the style sheet has a rule."""
    return set(re.findall(rf'\[{attribute}="([^"]+)"\]', CSS))


def used_by_templates() -> Iterator[str]:
    for file in template_folder().glob("*.html"):
        if file.name != "styleguide.html":
            text = re.sub(r"\{[{%].*?[%}]\}", " ", file.read_text("utf-8"))
            for value in re.findall(r'class="([^"]*)"', text):
                yield from value.split()


def test_outside_the_example_world_there_is_no_such_page(client: FlaskClient) -> None:
    assert refused(client.get("/styleguide")) == (404, "NOT_FOUND")


def test_it_is_there_without_a_register_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(demo, "load_demo", lambda _: Demo(0, "", ()))
    client = served(tmp_path, register=False)

    answer = client.get("/styleguide", headers=PAGE)

    assert answer.status_code == 200
    assert "this service has none" in Outline(answer.text).text


def test_every_class_on_it_is_in_the_style_sheet(page: Outline) -> None:
    assert len(classes(page)) > 100
    assert classes(page) - CLASSES == set()


def test_every_component_of_the_other_pages_is_on_it(page: Outline) -> None:
    used = set(used_by_templates())

    assert len(used) > 100
    assert used - classes(page) - ELSEWHERE == set()


@pytest.mark.parametrize("verdict", [*Verdict, "SOMETHING_NEW"])
def test_every_verdict_has_its_banner_and_so_has_one_that_nobody_knows(
    page: Outline, verdict: str
) -> None:
    assert page.values("data-verdict").count(str(verdict)) == 1


@pytest.mark.parametrize("attribute", ["data-verdict", "data-outcome", "data-state"])
def test_every_tone_of_the_style_sheet_is_shown(page: Outline, attribute: str) -> None:
    assert len(named(attribute)) >= 4
    assert named(attribute) - set(page.values(attribute)) == set()


def test_every_outcome_is_shown(page: Outline) -> None:
    # Beside those of a finding: nothing asked, still open, and a number that is neither.
    expected = {*map(str, Outcome), "not_asked", "open", "plain"}

    assert expected - set(page.values("data-outcome")) == set()


def test_every_token_is_shown_with_its_value(page: Outline) -> None:
    for name, value in ROOT.items():
        if name != "color-scheme":
            assert f"{name} " in page.text
            assert value in page.text


def test_a_colour_is_shown_as_each_theme_has_it() -> None:
    tokens = styleguide.read_tokens((FOLDER / "tokens.css").read_text("utf-8"))
    colours = {one.name: one for one in tokens.colours}

    paper = colours["paper"]
    assert (paper.light, paper.dark, paper.contrast) == ("#ffffff", "#131b23", "#ffffff")
    assert [one.name for one in tokens.spaces if one.name.startswith("s")][:2] == ["s1", "s2"]
    assert len(tokens.sizes) == 7


def test_a_style_sheet_without_a_theme_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="data-theme"):
        styleguide.read_tokens(":root {\n  --paper: #ffffff;\n}")


def test_it_keeps_to_the_rules_of_every_page(page: Outline) -> None:
    names, ids = {name for _, name, _ in page.attributes}, page.values("id")

    assert not {"style", "script", "iframe", "object"} & set(page.tags)
    assert not [name for name in names if name == "style" or name.startswith("on")]
    assert page.tags.count("h1") == page.tags.count("main") == 1
    assert len(ids) == len(set(ids))
    inside = [value[1:] for value in page.values("href") if value.startswith("#")]
    assert {*inside, *page.values("aria-labelledby"), *page.values("for")} - set(ids) == set()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_it(
    chromium: Browser, shown: FlaskClient, scheme: str, width: int
) -> None:
    context = chromium.new_context(bypass_csp=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    html = shown.get("/styleguide", headers=PAGE).text
    style = "".join((FOLDER / name).read_text("utf-8") for name in ("tokens.css", "components.css"))
    page.set_content(html.replace("</head>", f"<style>{style}</style></head>"))

    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()
