"""Every surface gives the planned answer: command line, API and page; token, digits and picture."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from service import cli
from service.config import Settings
from service.demo import ORIGIN, Demo, DemoCase
from service.domain.dates import show_instant
from service.domain.verdict import SEVERITY, Outcome
from service.storage.bundle import Bundle
from service.web.app import create_app
from tests.demo.asking import BASE_URL, NOON, verifier_of
from tests.web.desk import PAGE, Outline

Planned = tuple[str, set[str]]


@pytest.fixture(scope="module")
def desk(folder: Path) -> FlaskClient:
    app = create_app(
        Settings(base_url=BASE_URL, entity_base=ORIGIN),
        verifier=verifier_of(folder),
        evidence=Bundle.load(folder / "bundle"),
        clock=lambda: NOON,
    )
    return app.test_client()


def planned(case: DemoCase) -> Planned:
    return case.verdict, set(case.codes)


def said(report: dict[str, object]) -> Planned:
    """Verdict and codes that are more than notes, of a report as JSON."""
    findings = report["findings"]
    assert isinstance(findings, list)
    graver = [f for f in findings if SEVERITY[Outcome(f["outcome"])]]
    return str(report["verdict"]), {f["code"] for f in graver}


def texts(folder: Path, case: DemoCase) -> Iterator[str]:
    """The token, the digits, and the link of the code."""
    yield (folder / case.token).read_text("utf-8").strip()
    yield urlsplit(case.url).path.rpartition("/")[2]
    yield case.url.partition("?")[0]


def test_the_command_line_answers_tokens_digits_and_links(
    demo: Demo, folder: Path, tmp_path: Path
) -> None:
    asked = [(case, text) for case in demo.certificates for text in texts(folder, case)]
    batch = tmp_path / "all.jsonl"
    lines = (
        {"text": text, "question": dict(case.question), "at": show_instant(NOON)}
        for case, text in asked
    )
    batch.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")

    ran = CliRunner().invoke(
        cli.main,
        ["verify", "--bundle", str(folder / "bundle"), "--no-state", "--batch", str(batch)],
    )

    answers = [said(json.loads(line)) for line in ran.stdout.splitlines()]
    assert answers == [planned(case) for case, _ in asked]
    assert ran.exit_code == 1


def test_the_command_line_answers_pictures(demo: Demo, folder: Path) -> None:
    unasked = [case for case in demo.certificates if not case.question]
    pictures = [str(folder / case.png) for case in unasked]
    words = ["--at", show_instant(NOON), "--bundle", str(folder / "bundle"), "--no-state", "--json"]

    ran = CliRunner().invoke(cli.main, ["verify", *words, *pictures])

    answers = [said(json.loads(line)) for line in ran.stdout.splitlines()]
    assert answers == [planned(case) for case in unasked]


def test_the_api_answers_tokens_digits_and_links(
    desk: FlaskClient, demo: Demo, folder: Path
) -> None:
    for case in demo.certificates:
        for text in texts(folder, case):
            body = {"text": text, "question": dict(case.question)}
            answer = desk.post("/api/v1/verify", json=body, base_url=BASE_URL)

            assert answer.status_code == 200
            assert said(answer.json or {}) == planned(case), case.slug


def test_the_api_answers_pictures(desk: FlaskClient, demo: Demo, folder: Path) -> None:
    for case in demo.certificates:
        if case.question and case.verdict != "NOT_FOR_THIS_PURPOSE":
            continue  # one question a picture is enough, and the ones that matter most
        answer = desk.post(
            "/api/v1/scan",
            query_string=dict(case.question),
            data=(folder / case.png).read_bytes(),
            content_type="image/png",
            base_url=BASE_URL,
        )

        assert answer.status_code == 200
        assert said((answer.json or {})["report"]) == planned(case), case.slug


def test_the_page_shows_verdict_and_code(desk: FlaskClient, demo: Demo) -> None:
    for case in demo.certificates:
        answer = desk.get(case.url.removeprefix(BASE_URL), headers=PAGE, base_url=BASE_URL)
        page = Outline(answer.text)

        assert page.values("data-verdict") == [case.verdict], case.slug
        assert case.code is None or case.code in page.text.split(), case.slug
