"""Every code that an answer or a refusal can carry, for readers and for machines."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template

from service.domain.glossary import bare, entry_json, groups
from service.domain.reason import Reason
from service.domain.verdict import CodeEntry
from service.web.language import TRANSLATED, _
from service.web.negotiation import wants_json
from service.web.problems import PROBLEMS, ProblemKind
from service.web.transfer import cacheable

_KEEP_S = 3_600


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code as it is listed."""

    code: str
    outcome: str
    sentence: str
    means: str
    next: str
    professional: str
    source: str


@dataclass(frozen=True, slots=True)
class CodeGroup:
    """The codes of one group."""

    name: str
    title: str
    rows: tuple[CodeRow, ...]


def code_routes() -> Blueprint:
    """The list of codes; problem documents point into it."""
    routes = Blueprint("codes", __name__)

    @routes.get("/codes")
    def codes() -> Response:
        if wants_json():
            response = jsonify(_as_json())
        else:
            page = render_template("codes.html", groups=_groups(), problems=_problems())
            response = Response(page)
        response.vary.update(("Accept", "Cookie"))
        return cacheable(response, max_age=_KEEP_S if wants_json() else 0)

    return routes


def _as_json() -> dict[str, Any]:
    findings = [entry_json(code) for group in groups() for code in group.entries]
    refusals = [
        {"code": code, "status": kind.status, "title": kind.title}
        for code, kind in PROBLEMS.items()
    ]
    return {"codes": findings, "problems": refusals}


def _groups() -> tuple[CodeGroup, ...]:
    return tuple(
        CodeGroup(group.name, group.title, tuple(map(_row, group.entries.items())))
        for group in groups()
    )


def _row(item: tuple[Reason, CodeEntry]) -> CodeRow:
    code, entry = item
    texts = {
        name: _open(_(text) if name in TRANSLATED else text)
        for name, text in entry.texts.items()
        if name != "short"
    }
    return CodeRow(str(code), str(entry.outcome), **texts)


def _open(text: str) -> str:
    """A text without facts, as it is printed."""
    return bare(text).replace("'", "’").replace("`", "")


def _problems() -> tuple[tuple[str, ProblemKind], ...]:
    return tuple(PROBLEMS.items())
