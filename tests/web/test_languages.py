"""The languages that readers are answered in."""

from datetime import date

import pytest
from flask.testing import FlaskClient

from service.domain.report import Report
from service.render.wording import wording
from service.web.language import LANGUAGES, _, language, show_day, speaking
from service.web.view.page import verdict_page
from service.web.view.timeline import Timeline
from service.web.view.words import Piece, duration, moment, plain_text, say
from tests.web.gallery import GALLERY
from tools.messages import faults, messages, missing, up_to_date

OTHERS = [code for code in LANGUAGES if code != "en"]


def test_every_text_that_a_page_marks_is_collected() -> None:
    found = messages()

    assert "Check a certificate" in found  # of a template
    assert "This is neither a yes nor a no." in found  # of a view
    assert ("{n} day", "{n} days") in found
    assert (
        "Not genuine: not signed by the body it names, or altered since." in found
    )  # of the table of codes
    assert "Not found here." in found  # of the table of problems


@pytest.mark.parametrize("code", OTHERS)
def test_no_text_lacks_its_translation(code: str) -> None:
    assert missing(up_to_date(code)) == []


@pytest.mark.parametrize("code", OTHERS)
def test_translations_keep_the_facts_of_their_text(code: str) -> None:
    assert faults(up_to_date(code)) == []


def test_english_is_spoken_outside_of_requests() -> None:
    assert language() == "en"
    assert _("Valid") == "Valid"


def test_what_others_wrote_stays_apart_in_a_translated_line() -> None:
    line = say("Signed by {certifier}, and unchanged since.", certifier="Alderway")

    assert Piece("Alderway", foreign=True) in line
    assert plain_text(line) == "Signed by Alderway, and unchanged since."


@pytest.mark.parametrize(
    ("code", "long", "short"),
    [
        ("en", "31 July 2026", "31 Jul 2026"),
        ("de", "31. Juli 2026", "31. Juli 2026"),
        ("fr", "31 juillet 2026", "31 juil. 2026"),
        ("zh", "2026年7月31日", "2026年7月31日"),
        ("ar", "31 يوليو 2026", "31 يوليو 2026"),
    ],
)
def test_days_are_written_as_the_language_writes_them(code: str, long: str, short: str) -> None:
    with speaking(code):
        assert show_day(date(2026, 7, 31)).replace("\N{NO-BREAK SPACE}", " ") == long
        assert show_day(date(2026, 7, 31), short=True) == short


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    with speaking("fr"):
        assert show_day(date(2026, 9, 1)) == "1er\xa0septembre\xa02026"
        assert show_day(date(2026, 9, 1), short=True) == "1er sept. 2026"
        assert show_day(date(2026, 9, 11)) == "11\xa0septembre\xa02026"
    assert wording("fr").day(date(2026, 9, 1)) == "1er septembre 2026"
    assert wording("fr").day(date(2026, 9, 21)) == "21 septembre 2026"


def test_a_moment_and_a_duration_do_not_break() -> None:
    assert moment(1_781_524_800, "Europe/London") == "15\xa0June\xa02026, 13:00\xa0London\xa0time"
    assert moment(1_781_524_800, None) == "15\xa0June\xa02026, 12:00\xa0UTC"
    assert [duration(one) for one in (0, 60, 7_200, 172_799, 172_800)] == [
        "1\xa0minute", "1\xa0minute", "2\xa0hours", "47\xa0hours", "2\xa0days",
    ]  # fmt: skip


def test_a_page_says_which_language_it_is_in(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Language": "en-GB"})

    assert '<html lang="en" dir="ltr"' in page.text
    assert page.headers["Content-Language"] == "en"
    assert {"Accept-Language", "Cookie"} <= set(page.vary)


def test_a_language_that_is_not_spoken_here_is_answered_in_english(client: FlaskClient) -> None:
    assert client.get("/", headers={"Accept-Language": "tlh"}).headers["Content-Language"] == "en"
    assert client.get("/?lang=tlh").headers["Content-Language"] == "en"


def test_data_is_never_translated(client: FlaskClient) -> None:
    asked = client.get("/codes", headers={"Accept": "application/json", "Accept-Language": "de"})

    assert "Content-Language" not in asked.headers
    assert "Not genuine: not signed by the body it names, or altered since." in asked.text


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("name", GALLERY)
def test_every_verdict_has_its_page_in_every_language(code: str, name: str) -> None:
    with speaking(code):
        page = verdict_page(GALLERY[name], link="/q/1")

    assert page.word != verdict_page(GALLERY[name], link="/q/1").word
    assert page.line


@pytest.mark.parametrize("code", OTHERS)
def test_the_switch_is_kept_for_the_next_page(client: FlaskClient, code: str) -> None:
    client.get(f"/?lang={code}")

    page = client.get("/", headers={"Accept-Language": "en"})

    assert page.headers["Content-Language"] == code


def test_the_timeline_runs_from_right_to_left_where_the_language_does() -> None:
    report = GALLERY["accept"]
    left, right = (_timeline(report, code) for code in ("en", "ar"))

    assert left.start < left.now
    assert right.start > right.now
    assert [round(100 - dot.x, 1) for dot in right.dots] == [dot.x for dot in left.dots]


def _timeline(report: Report, code: str) -> Timeline:
    with speaking(code):
        genuine = verdict_page(report, link="/q/1").genuine
    assert genuine is not None
    assert genuine.timeline is not None
    return genuine.timeline


def test_a_request_leaves_no_language_behind(client: FlaskClient) -> None:
    assert client.get("/?lang=de").headers["Content-Language"] == "de"
    assert language() == "en"


@pytest.mark.parametrize("path", ["/login", "/docs", "/console"])
def test_pages_for_people_at_work_are_english_and_say_so(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept-Language": "ar", "Accept": "text/html"})

    assert page.headers.get("Content-Language", "en") == "en"
    assert '<html lang="en" dir="ltr"' in page.text or page.status_code == 302
    assert "lang=de" not in page.text
