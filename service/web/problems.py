"""Problems: the one table from what is wrong with a request to what its sender is told (RFC 9457).

A bad certificate is an answer, 200 with a verdict; a bad *request* is 4xx with a stable `code`;
5xx is always a fault of ours, and says nothing of its inside (security.md 4.7, R16).
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import RequestRedirect

from service.credential.picture import PictureRefused
from service.domain.question import QuestionRefused
from service.domain.text import clean
from service.domain.verdict import Refused
from service.web.negotiation import prefers_html

_LOG = logging.getLogger("proofmark.web")
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A row of the table: status, the sentence, and for readers the next thing to try."""

    status: int
    title: str
    hint: str = "Go back and try it another way."


PROBLEMS: Mapping[str, ProblemKind] = {
    "BAD_PARAMETER": ProblemKind(
        400, "A parameter cannot be read.", "Look at what you typed; days are written 2026-03-31."
    ),
    "UNKNOWN_FIELD": ProblemKind(
        400,
        "A field is not one the caller may set.",
        "The address may have been changed on its way.",
    ),
    "AMBIGUOUS_PARAMETER": ProblemKind(
        400,
        "A parameter was given more than once.",
        "The address may have been changed on its way.",
    ),
    "HOST_NOT_ALLOWED": ProblemKind(
        400,
        "The request names a host that is not ours.",
        "Type the address that is printed beside the code yourself.",
    ),
    "JSON_ENCODING": ProblemKind(400, "The body is not a JSON object in UTF-8."),
    "JSON_DUPLICATE_MEMBER": ProblemKind(400, "A member stands twice in the body."),
    "JSON_TOO_DEEP": ProblemKind(400, "The body is nested too deeply."),
    "JSON_NUMBER_RANGE": ProblemKind(400, "The body contains a number out of range."),
    "JSON_NON_FINITE": ProblemKind(400, "The body contains something that is not a number."),
    "QR_NOT_RECOGNISED": ProblemKind(
        400,
        "The picture contains no certificate code.",
        "Move closer until the code fills the picture, hold still, and avoid glare. If the code "
        "leads elsewhere, it is no certificate.",
    ),
    "QR_MULTIPLE": ProblemKind(
        400,
        "The picture contains different certificate codes; show one.",
        "Cover the others, or cut the picture so that only one code is left.",
    ),
    "NOT_FOUND": ProblemKind(
        404, "Not found here.", "That does not mean fake. Scan the code, or look at the address."
    ),
    "METHOD_NOT_ALLOWED": ProblemKind(405, "This address does not answer that kind of request."),
    "BODY_TOO_LARGE": ProblemKind(
        413, "The request is too large.", "A file may have 10 MB; a text as much as a code holds."
    ),
    "IMAGE_TOO_LARGE": ProblemKind(
        413,
        "The picture has too many pixels or frames.",
        "Cut it down to the code, or take it with a lower resolution; a PDF may have ten pages.",
    ),
    "URI_TOO_LONG": ProblemKind(414, "The address is too long."),
    "MEDIA_TYPE_NOT_ALLOWED": ProblemKind(
        415,
        "This kind of file or body is not read here.",
        "Send a PNG or JPEG picture, or a PDF.",
    ),
    "HEADERS_TOO_LARGE": ProblemKind(431, "The request headers are too large."),
    "INTERNAL_ERROR": ProblemKind(
        500, "Something went wrong on our side.", "Try again; if it happens again, tell us."
    ),
    "NOT_SUPPORTED": ProblemKind(501, "This service does not offer that."),
}
_OF_STATUS: Mapping[int, str] = {
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "BODY_TOO_LARGE",
    414: "URI_TOO_LONG",
    415: "MEDIA_TYPE_NOT_ALLOWED",
    431: "HEADERS_TOO_LARGE",
    501: "NOT_SUPPORTED",
}


class Problem(Exception):
    """A request that cannot be served: a code of the table, perhaps with the field at fault."""

    def __init__(self, code: str, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.field = field


def as_json(code: str, field: str | None = None) -> dict[str, object]:
    """The members of a problem document; the type is where its code is explained."""
    kind = PROBLEMS[code]
    shown: dict[str, object] = {
        "type": f"{current_app.config['PROOFMARK_BASE_URL']}/codes#problem-{code}",
        "title": kind.title,
        "status": kind.status,
        "code": code,
    }
    return shown if field is None else {**shown, "field": clean(field)}


def problem_response(code: str, field: str | None = None) -> Response:
    """A problem as a page for those who read pages, else as a problem document."""
    kind = PROBLEMS[code]
    if prefers_html():
        page = render_template(
            "error.html", code=code, problem=kind, phrase=HTTPStatus(kind.status).phrase,
            field=None if field is None else clean(field),
        )  # fmt: skip
        response = Response(page, kind.status, mimetype="text/html")
    else:
        body = current_app.json.dumps(as_json(code, field))
        response = Response(body, kind.status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept"
    return response


def translate(error: Exception) -> tuple[str, str | None]:
    """The code and field for anything that was raised while serving a request."""
    if isinstance(error, Problem | QuestionRefused):
        return error.code, error.field
    if isinstance(error, PictureRefused):
        return error.code, None
    if isinstance(error, Refused):
        return (code if (code := str(error.code)) in PROBLEMS else "BAD_PARAMETER"), None
    if isinstance(error, SecurityError):
        return "HOST_NOT_ALLOWED", None
    if isinstance(error, HTTPException):
        status = error.code or 500
        return _OF_STATUS.get(status, "BAD_PARAMETER" if status < 500 else "INTERNAL_ERROR"), None
    return "INTERNAL_ERROR", None


def answer_problems(app: Flask) -> None:
    """Answer whatever is raised by the table; only faults of ours are logged with their trace."""

    @app.errorhandler(Exception)
    def answer(error: Exception) -> Response | HTTPException:
        if isinstance(error, RequestRedirect):
            return error
        code, field = translate(error)
        if PROBLEMS[code].status == HTTPStatus.INTERNAL_SERVER_ERROR:
            if app.debug:
                raise error
            _LOG.error("fault while serving %s", request.endpoint, exc_info=error)
        response = problem_response(code, field)
        if isinstance(error, HTTPException):
            allowed = dict(error.get_headers(request.environ)).get("Allow")
            if allowed:
                response.headers["Allow"] = allowed
        return response
