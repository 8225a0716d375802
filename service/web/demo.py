"""The example world as a page: every code to scan off the screen, with the story it tells.

Only `proofmark demo` serves it; nothing of it exists, and the page says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from service.demo import DemoCase, load_demo
from service.domain.question import parse_question
from service.domain.verdict import SEVERITY, Outcome, Verdict
from service.web.problems import Problem
from service.web.transfer import cacheable
from service.web.view.ask import asked
from service.web.view.page import WORDS
from service.web.view.words import Line

_KEEP_S = 300


@dataclass(frozen=True, slots=True)
class Card:
    """One code with its story; `link` is the path of its answer."""

    slug: str
    story: str
    question: Line | None
    link: str
    picture: str


@dataclass(frozen=True, slots=True)
class CardGroup:
    """The cards with one expected verdict."""

    outcome: str
    word: str
    cards: tuple[Card, ...]


def demo_routes(folder: Path) -> Blueprint:
    """The routes of the example world in `folder`. Raises ValueError where there is none."""
    cases = load_demo(folder).certificates
    by_slug = {case.slug: case for case in cases}
    pictures = {case.svg: (folder / case.svg).read_bytes() for case in cases}
    groups = _groups(cases)
    routes = Blueprint("demo", __name__)

    @routes.get("/demo")
    def show() -> Response:
        response = Response(render_template("demo.html", groups=groups))
        response.vary.add("Cookie")
        return cacheable(response, max_age=0)

    @routes.get("/demo/<slug>")
    def one(slug: str) -> AnyResponse:
        if (case := by_slug.get(slug)) is None:
            raise Problem("NOT_FOUND")
        return redirect(_path(case), 303)

    @routes.get("/demo/qr/<name>")
    def picture(name: str) -> Response:
        if (drawn := pictures.get(f"qr/{name}")) is None:
            raise Problem("NOT_FOUND")
        return cacheable(Response(drawn, content_type="image/svg+xml"), max_age=_KEEP_S)

    return routes


def _groups(cases: tuple[DemoCase, ...]) -> tuple[CardGroup, ...]:
    """By expected verdict, the best first."""
    ranked = sorted(cases, key=lambda case: SEVERITY[Outcome(case.verdict.lower())])
    return tuple(
        CardGroup(verdict.lower(), WORDS[Verdict(verdict)], tuple(map(_card, some)))
        for verdict, some in groupby(ranked, key=lambda case: case.verdict)
    )


def _card(case: DemoCase) -> Card:
    question: Mapping[str, object] = dict(case.question)
    return Card(
        slug=case.slug,
        story=case.story.replace("'", "’"),
        question=asked(parse_question(question)),
        link=_path(case),
        picture=f"/demo/{case.svg}",
    )


def _path(case: DemoCase) -> str:
    """Where the answer stands here, whatever address the world was built for."""
    parts = urlsplit(case.url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
