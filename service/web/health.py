"""Whether the process lives (`/healthz`), and whether it should be sent requests (`/readyz`).

Anybody may ask. The answer names what fails and a stable code for it, and nothing of the inside.
"""

import logging
import re
from collections.abc import Callable, Mapping

from flask import Blueprint, Flask, Response, current_app, jsonify

from service.domain.refusal import StorageFailed
from service.storage import publications
from service.storage.database import Database
from service.storage.documents import KINDS
from service.web.desk import Evidence
from service.web.logs import ROOT

# Gives the code of what is wrong, None where nothing is.
Check = Callable[[], str | None]

_LOG = logging.getLogger(f"{ROOT}.health")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,39}")
_STOPPING = "proofmark.stopping"


def begin_stopping(app: Flask) -> None:
    """From now on, say that no new request should be sent here. May be called by a signal."""
    app.extensions[_STOPPING] = True


def evidence_check(evidence: Evidence) -> Check:
    """The check that evidence can be read and pins an anchor; single bad files are no fault."""

    def check() -> str | None:
        for one in evidence.unusable:
            if one.why == "BUNDLE_UNUSABLE" or one.file in KINDS:
                return "EVIDENCE_UNREADABLE"
        return None if evidence.anchors else "NO_ANCHOR"

    return check


def database_check(database: Database) -> Check:
    """The check that the register's database answers, and has its tables."""

    def check() -> str | None:
        try:
            database.read(publications.behind)
        except StorageFailed as failed:
            return failed.code
        return None

    return check


def health_routes(evidence: Evidence, checks: Mapping[str, Check]) -> Blueprint:
    """The two routes; `checks` are asked by their names, beside `evidence`."""
    routes = Blueprint("health", __name__)
    every: Mapping[str, Check] = {"evidence": evidence_check(evidence), **checks}

    @routes.after_request
    def fresh(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="up")

    @routes.get("/readyz")
    def readyz() -> Response:
        if current_app.extensions.get(_STOPPING):
            failing = {"service": "STOPPING"}
        else:
            failing = {name: code for name, check in every.items() if (code := _code(name, check))}
        if not failing:
            return jsonify(status="ready", failing={})
        answer = jsonify(status="not_ready", failing=failing)
        answer.status_code = 503
        return answer

    return routes


def _code(name: str, check: Check) -> str | None:
    """What a check answers. A text that is no code goes into the log, and not out."""
    found = check()
    if found is None or _CODE.fullmatch(found):
        return found
    _LOG.error("check %s gave no code: %s", name, found)
    return "CHECK_FAILED"
