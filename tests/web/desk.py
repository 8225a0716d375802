"""A front desk for tests: a verifier that answers from the gallery, and evidence made of texts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from keys import b64u
from service.config import Settings
from service.domain.question import EMPTY, Question
from service.domain.report import Report
from service.domain.verdict import Unavailable
from service.storage.documents import Unusable
from tests.web.gallery import GALLERY

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
DATA = {"Accept": "application/json"}
BASE = "https://proofmark.example"
ENTITIES = "https://demo.example"
SETTINGS = Settings(base_url=BASE, entity_base=ENTITIES)


class OwnClient(FlaskClient):
    """A client that speaks to the service by its own name."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask; of the public address unless told otherwise."""
        kwargs.setdefault("base_url", BASE)
        return super().open(*args, **kwargs)


def client_of(app: Flask) -> FlaskClient:
    """A client of an application."""
    app.test_client_class = OwnClient
    return app.test_client()


def refused(answer: TestResponse) -> tuple[int, str]:
    """Status and code of an answer that is a problem document, whole and kept by nobody."""
    document = answer.get_json()
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["type"] == f"{BASE}/codes#problem-{document['code']}"
    return answer.status_code, document["code"]


@dataclass
class StubVerifier:
    """Answers each text with a report of the gallery, and remembers what it was asked."""

    reports: Mapping[str, Report] = field(default_factory=lambda: GALLERY)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def verify(
        self, text: str, *, at: int, question: Question = EMPTY, remember: bool = True
    ) -> Report:
        """The report named by the text, else a rejection."""
        self.asked.append({"text": text, "at": at, "question": question, "remember": remember})
        return self.reports.get(text, GALLERY["reject"])


@dataclass
class StubEvidence:
    """Statements as a list; lists and records by name."""

    statements: Sequence[str] = ()
    lists: Mapping[str, str] = field(default_factory=dict)
    records: Mapping[tuple[str, str], str] = field(default_factory=dict)
    version: int = 1
    anchors: Sequence[str] = ("the arrangement",)
    unusable: Sequence[Unusable] = ()

    def every(self) -> Sequence[str]:
        """Every statement."""
        return self.statements

    def status_list(self, uri: str, *, time: int | None = None) -> str:
        """The list of that name."""
        if uri not in self.lists:
            raise Unavailable
        return self.lists[uri]

    def record(self, issuer: str, number: str) -> str:
        """The record of that name."""
        if (issuer, number) not in self.records:
            raise Unavailable
        return self.records[issuer, number]


class BrokenVerifier:
    """A fault of ours."""

    def verify(
        self, text: str, *, at: int, question: Question = EMPTY, remember: bool = True
    ) -> Report:
        """Never answers."""
        raise RuntimeError(f"/srv/keys is broken at {text}")


def token(typ: str, claims: Mapping[str, Any]) -> str:
    """A document in the form of a signed one; its signature is none."""
    header = {"alg": "ES256", "kid": "demo-key", "typ": typ}
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join(b64u.encode(part) for part in (*parts, bytes(64)))


class Outline(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)

    @property
    def text(self) -> str:
        """Everything that can be read, with simple spaces."""
        return " ".join(" ".join(self.texts).split())

    def values(self, name: str) -> list[str]:
        """The values of an attribute, wherever it stands."""
        return [value or "" for _, attribute, value in self.attributes if attribute == name]
