"""`--url`: a service is asked, and its answer looks like one made here."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from service.domain.verdict import Unavailable
from service.storage import fetch
from service.storage.fetch import ServiceRefused
from tests.cli.conftest import Terminal
from tests.web.gallery import GALLERY

URL = "https://check.example"
Answer = Callable[[str, Mapping[str, Any]], dict[str, Any]]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Puts a service in the place of the network."""

    def stand_in(answer: Answer) -> None:
        monkeypatch.setattr(fetch, "ask_service", answer)

    return stand_in


def raising(error: Exception) -> Answer:
    def answer(url: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        raise error

    return answer


@pytest.mark.parametrize(
    ("name", "code"),
    [("accept", 0), ("warning", 0), ("wrong-purpose", 1), ("reject", 1), ("cannot-confirm", 3)],
)
def test_the_report_of_a_service_is_passed_through(
    proofmark: Terminal, service: Callable[[Answer], None], name: str, code: int
) -> None:
    report = GALLERY[name].to_json()
    service(lambda url, payload: report)

    ran = proofmark("verify", "text", "--url", URL, "--json")

    assert (ran.exit_code, json.loads(ran.stdout)) == (code, report)


def test_everything_asked_is_sent(proofmark: Terminal, service: Callable[[Answer], None]) -> None:
    sent: list[Any] = []

    def answer(url: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        sent.append((url, dict(payload)))
        return GALLERY["accept"].to_json()

    service(answer)
    asked = ("--on", "2026-03-31", "--ask", "seen=a,b", "--at", "2026-06-15T12:00:00Z")

    proofmark("verify", "text", "--url", URL)
    proofmark("verify", "text", "--url", URL, *asked)

    question = {"on": "2026-03-31", "seen": ["a", "b"]}
    assert sent == [
        (URL, {"text": "text"}),
        (URL, {"text": "text", "question": question, "at": "2026-06-15T12:00:00Z"}),
    ]


def test_people_see_the_same_as_from_a_folder(
    proofmark: Terminal, service: Callable[[Answer], None]
) -> None:
    service(lambda url, payload: GALLERY["wrong-model"].to_json())

    assert proofmark("verify", "text", "--url", URL).stdout.startswith("≠ Not for this")


def test_a_service_that_cannot_be_reached_confirms_nothing(
    proofmark: Terminal, service: Callable[[Answer], None]
) -> None:
    service(raising(Unavailable("the host rests")))

    ran = proofmark("verify", "text", "--url", URL)

    assert (ran.exit_code, ran.stdout) == (3, "")
    assert ran.stderr == (
        f"proofmark: SERVICE_UNAVAILABLE: {URL} could not be asked (the host rests), "
        "so nothing can be confirmed\n"
    )


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"verdict": "GREEN"},
        {"verdict": "ACCEPT"},
        {**GALLERY["accept"].to_json(), "findings": [1]},
        {**GALLERY["accept"].to_json(), "genuine": []},
    ],
)
def test_what_answers_no_report_confirms_nothing(
    proofmark: Terminal, service: Callable[[Answer], None], answer: dict[str, Any]
) -> None:
    service(lambda url, payload: answer)

    for words in ((), ("--json",)):
        ran = proofmark("verify", "text", "--url", URL, *words)

        assert (ran.exit_code, ran.stdout) == (3, "")
        assert "does not answer like a verifier" in ran.stderr


def test_an_address_that_is_none_is_refused(
    proofmark: Terminal, service: Callable[[Answer], None]
) -> None:
    ran = proofmark("verify", "text", "--url", "ftp://check.example")

    assert ran.exit_code == 2
    assert ran.stderr.startswith("proofmark: BAD_PARAMETER: --url ftp://check.example: ")


def test_what_a_service_refuses_is_named_and_the_others_answered(
    proofmark: Terminal, service: Callable[[Answer], None]
) -> None:
    def answer(url: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if payload["text"] == "bad":
            raise ServiceRefused("BODY_TOO_LARGE")
        return GALLERY["accept"].to_json()

    service(answer)

    ran = proofmark("verify", "bad", "good", "--url", URL, "--json")

    assert (ran.exit_code, ran.stdout.count("\n")) == (2, 1)
    assert ran.stderr == ("proofmark: BODY_TOO_LARGE: bad: the service does not answer this\n")


def test_a_batch_asks_line_by_line(proofmark: Terminal, service: Callable[[Answer], None]) -> None:
    def answer(url: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if payload["text"] == "bad":
            raise ServiceRefused("BODY_TOO_LARGE")
        return GALLERY[payload["text"]].to_json()

    service(answer)
    lines = b"".join(b'{"text":"%s"}\n' % text for text in (b"accept", b"bad", b"reject"))

    ran = proofmark("verify", "--url", URL, "--batch", "-", stdin=lines)

    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.exit_code == 2
    assert [one.get("verdict") for one in answers] == ["ACCEPT", None, "REJECT"]
    assert answers[1]["error"]["code"] == "BODY_TOO_LARGE"
