"""Parts of pages: what is kept looks like what is drawn afresh, and templates invent nothing."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined, UndefinedError

from service.web.app import create_app
from service.web.language import LANGUAGES, speaking
from service.web.parts import MOST_KEPT, SHARED, Parts
from service.web.view import samples
from service.web.view.ages import Ages
from tests.web.desk import PAGE, SETTINGS, StubEvidence, StubVerifier
from tests.web.gallery import GALLERY


def parts_of(app: Flask) -> Parts:
    parts: Parts = app.extensions["parts"]
    return parts


def shown(client: FlaskClient, name: str, code: str) -> str:
    page = client.get(f"/q/{name}", headers={**PAGE, "Accept-Language": code})
    assert page.status_code == 200
    return page.text


def aged(lead: str) -> Ages:
    return Ages(stale=False, lead=lead, items=())


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_of_kept_parts_is_the_page_that_is_drawn_afresh(
    client: FlaskClient, code: str
) -> None:
    for _ in range(2):
        kept = {name: shown(client, name, code) for name in GALLERY}

    for name, page in kept.items():
        parts_of(client.application).forget()
        assert shown(client, name, code) == page


def test_a_part_is_kept_for_each_language(client: FlaskClient) -> None:
    english, german = (shown(client, "accept", code) for code in ("en", "de"))

    assert "Ask something else" in english
    assert "Ask something else" not in german


def test_a_shared_part_reads_nothing_of_the_request(client: FlaskClient) -> None:
    drawn = {f"_{name}.html": view for name, view in samples.parts().items()}
    alone = SHARED & drawn.keys()

    assert alone >= {"_ages.html", "_ask.html", "_checks.html"}
    for name in alone:
        assert parts_of(client.application).draw(name, drawn[name])


def test_what_is_about_one_certificate_alone_is_not_kept(client: FlaskClient) -> None:
    parts = parts_of(client.application)
    parts.draw("_unproven.html", "One text.")

    assert len(parts) == 0


def test_no_more_parts_are_kept_than_the_bound(client: FlaskClient) -> None:
    parts = parts_of(client.application)
    for number in range(MOST_KEPT + 10):
        parts.draw("_ages.html", aged(f"Number {number}."))

    assert len(parts) == MOST_KEPT
    assert "Number 3." in parts.draw("_ages.html", aged("Number 3."))


def test_what_repeats_a_long_question_is_not_kept(client: FlaskClient) -> None:
    parts = parts_of(client.application)
    client.get("/?x=1", headers=PAGE)
    short = len(parts)
    for number in range(5):
        page = client.get(f"/?x={number}{'y' * 500}", headers=PAGE)
        assert f"?x={number}yyy" in page.text

    assert (short, len(parts)) == (1, 1)


def test_while_debugging_a_changed_template_shows_at_once() -> None:
    settings = replace(SETTINGS, production=False, debug=True)
    app = create_app(settings, verifier=StubVerifier(), evidence=StubEvidence())

    parts_of(app).draw("_ages.html", aged("Old."))
    assert len(parts_of(app)) == 0


def test_foreign_words_are_escaped_in_a_part(client: FlaskClient) -> None:
    with speaking("en"):
        drawn = parts_of(client.application).draw("_ages.html", aged("<script>"))

    assert "&lt;script&gt;" in drawn


def test_a_template_refuses_what_it_does_not_know(client: FlaskClient) -> None:
    environment = client.application.jinja_env

    assert environment.undefined is StrictUndefined
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nobody_said_this }}").render()
