"""Signed lists and records of the bodies hosted here, as verifiers elsewhere fetch them.

A body's id is the base of the entities and a path; its lists and records lie below it. What is
served is signed by its body and handed on as it is (formats.md 1.3, design.md section 6).
"""

from collections.abc import Callable
from urllib.parse import unquote

from flask import Blueprint, Response, request
from werkzeug.routing import BaseConverter

from keys import b64u
from service.credential import strict_json
from service.domain.verdict import Refused, Unavailable
from service.web.desk import Desk
from service.web.problems import Problem
from service.web.transfer import cacheable

STATUS_LIST = "application/statuslist+jwt"
RECORD = "application/certificate-record+jwt"
# How long a document may be kept that does not say so itself, in seconds.
KEEP_S = 3_600


class Below(BaseConverter):
    """Any path below, slashes included: ids have paths, and numbers may have slashes."""

    regex = ".+"
    part_isolating = False


class EvidenceRoutes:
    """The views of lists and records; `body` is the path of a body's id, None at the root."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._base = desk.settings.entities

    def blueprint(self) -> Blueprint:
        """The routes, for the service's own root and for bodies with a path."""
        routes = Blueprint("evidence", __name__)
        routes.after_request(for_everyone)
        for path, view in (("status/<name>", self.status), ("records/<below:number>", self.record)):
            add_both(routes, path, view.__name__, view)
        return routes

    def status(self, name: str, body: str | None = None) -> Response:
        """A status list, at its own address."""
        _no_past()
        try:
            token = self._desk.evidence.status_list(f"{body_id(self._base, body)}/status/{name}")
        except Unavailable:
            raise Problem("NOT_FOUND") from None
        return signed(token, STATUS_LIST, now=self._desk.clock())

    def record(self, number: str, body: str | None = None) -> Response:
        """The record of a certificate, by its number."""
        _no_past()
        path, number = _as_sent(body, number)
        try:
            token = self._desk.evidence.record(f"{self._base}{path}", number)
        except Unavailable:
            raise Problem("NOT_FOUND") from None
        return signed(token, RECORD, now=self._desk.clock())


def add_both(routes: Blueprint, path: str, name: str, view: Callable[..., Response]) -> None:
    """A route below the root and below any body."""
    routes.add_url_rule(f"/{path}", name, view)
    routes.add_url_rule(f"/<below:body>/{path}", name, view)


def body_id(base: str, body: str | None) -> str:
    """The id of the body at a path."""
    return base if body is None else f"{base}/{body}"


def for_everyone(response: Response) -> Response:
    """Evidence may be read by pages of any site."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def signed(token: str, media_type: str, *, now: int) -> Response:
    """A signed document, kept by caches as long as it allows; `now` in POSIX seconds."""
    return cacheable(Response(token, content_type=media_type), max_age=_keep(token, now))


def _keep(token: str, now: int) -> int:
    """Seconds that a document may be kept: its own `ttl`, never beyond its end."""
    try:
        claims = strict_json.loads(b64u.decode(token.split(".")[1]))
    except (Refused, ValueError, IndexError):
        return 0
    ttl, ends_at = claims.get("ttl", KEEP_S), claims.get("exp", now)
    if type(ttl) is not int or type(ends_at) is not int:
        return 0
    return max(0, min(ttl, ends_at - now))


def _no_past() -> None:
    """Lists and records of the past are not offered (formats.md 1.5)."""
    if "time" in request.args:
        raise Problem("NOT_SUPPORTED", "time")


def _as_sent(body: str | None, number: str) -> tuple[str, str]:
    """The path of the body and the number, told apart where the address was still encoded.

    Servers decode before they route, so that a slash of a number looks like one of the address.
    """
    sent = request.environ.get("RAW_URI", "").partition("?")[0]
    head, mark, tail = sent.rpartition("/records/")
    if mark and (head == "" or head.startswith("/")):
        return unquote(head), unquote(tail)
    return ("" if body is None else f"/{body}"), number
