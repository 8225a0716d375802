"""The page of the example world: every code on it leads to the answer that it promises."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.demo import Demo, build_world
from service.domain.verdict import Verdict
from service.web.app import create_app
from service.web.view.page import WORDS
from tests.web.desk import PAGE, SETTINGS, Outline, StubEvidence, StubVerifier, client_of, refused
from tests.web.gallery import NOON


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Demo]:
    folder = tmp_path_factory.mktemp("world")
    return folder, build_world(folder, at=NOON)


@pytest.fixture
def shown(world: tuple[Path, Demo]) -> FlaskClient:
    folder, _ = world
    app = create_app(
        SETTINGS, verifier=StubVerifier(), evidence=StubEvidence(), clock=lambda: NOON, demo=folder
    )
    return client_of(app)


def test_every_code_is_shown_with_its_story_and_answer(
    shown: FlaskClient, world: tuple[Path, Demo]
) -> None:
    page = Outline(shown.get("/demo", headers=PAGE).text)

    cases = world[1].certificates
    links = page.values("href")
    for case in cases:
        assert case.url.removeprefix("http://127.0.0.1:8000") in links
        assert case.story.replace("'", "’") in page.text
    assert sorted(page.values("src")) == sorted(f"/demo/{case.svg}" for case in cases)


def test_the_codes_stand_below_the_verdict_that_they_promise(
    shown: FlaskClient, world: tuple[Path, Demo]
) -> None:
    text = shown.get("/demo", headers=PAGE).text

    parts = text.split("<h2 ")[1:]
    assert len(parts) == len(Verdict)
    for part in parts:
        word = part.partition("</svg>")[2].partition("<")[0]
        verdict = next(one for one in Verdict if WORDS[one] == word)
        slugs = {case.slug for case in world[1].certificates if case.verdict == verdict}
        assert {slug for slug in slugs if f'id="{slug}"' in part} == slugs


def test_a_picture_is_the_one_that_was_drawn(shown: FlaskClient, world: tuple[Path, Demo]) -> None:
    folder, demo = world

    answer = shown.get(f"/demo/{demo.certificates[0].svg}")

    assert answer.mimetype == "image/svg+xml"
    assert answer.data == (folder / demo.certificates[0].svg).read_bytes()


def test_a_short_address_leads_to_the_answer(shown: FlaskClient) -> None:
    answer = shown.get("/demo/harrow-system-as-product")

    assert answer.status_code == 303
    assert answer.location.startswith("/q/")
    assert answer.location.endswith("?needs=product&model=K7")


@pytest.mark.parametrize("address", ["/demo/nothing", "/demo/qr/nothing.svg", "/demo/qr/..%2Fx"])
def test_what_is_not_in_the_world_is_not_found(shown: FlaskClient, address: str) -> None:
    assert refused(shown.get(address)) == (404, "NOT_FOUND")


def test_there_is_no_such_page_in_real_use(client: FlaskClient) -> None:
    assert refused(client.get("/demo")) == (404, "NOT_FOUND")
