"""Every code that an answer or a refusal can carry, for readers and for machines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template

from service.domain.verdict import code_table
from service.web.negotiation import wants_json
from service.web.problems import PROBLEMS, ProblemKind
from service.web.transfer import cacheable

_KEEP_S = 3_600
_GROUPS: Mapping[str, str] = {
    "token": "The code itself",
    "chain": "Who vouches for whom",
    "key": "Keys and signature",
    "genuine": "Is it genuine?",
    "claims": "Its statements and dates",
    "in_force": "Is it in force?",
    "status": "What happened since",
    "fits": "Does it fit the question?",
}


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code as it is listed."""

    code: str
    outcome: str
    sentence: str
    means: str | None


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
    findings = [
        {
            "code": str(code),
            "group": entry.group,
            "outcome": str(entry.outcome),
            "axis": None if entry.axis is None else str(entry.axis),
            **entry.texts,
        }
        for code, entry in code_table().items()
    ]
    refusals = [
        {"code": code, "status": kind.status, "title": kind.title}
        for code, kind in PROBLEMS.items()
    ]
    return {"codes": findings, "problems": refusals}


def _groups() -> tuple[CodeGroup, ...]:
    table = code_table()
    names = [*_GROUPS, *sorted({entry.group for entry in table.values()} - _GROUPS.keys())]
    return tuple(
        CodeGroup(
            name,
            _GROUPS.get(name, name.replace("_", " ").capitalize()),
            tuple(
                CodeRow(
                    str(code),
                    str(entry.outcome),
                    _open(entry.texts["sentence"]),
                    _open(entry.texts["means"]) if "means" in entry.texts else None,
                )
                for code, entry in table.items()
                if entry.group == name
            ),
        )
        for name in names
    )


def _open(sentence: str) -> str:
    """A sentence without facts: where they go, three dots."""
    return re.sub(r"\{\w+\}", "…", sentence).replace("'", "’")


def _problems() -> tuple[tuple[str, ProblemKind], ...]:
    return tuple(PROBLEMS.items())
