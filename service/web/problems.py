"""Problems: the one table from what is wrong with a request to what its sender is told (RFC 9457).

A bad certificate is an answer, 200 with a verdict; a bad *request* is 4xx with a stable `code`;
5xx is always a fault of ours, and says nothing of its inside (security.md 4.7, R16). A wish that a
rule refuses is 422 with that rule's code, which need not stand in the table.
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
from service.domain.refusal import Denied, StorageFailed
from service.domain.text import clean
from service.domain.verdict import Refused, plain
from service.web.negotiation import prefers_html

_LOG = logging.getLogger("proofmark.web")
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A row of the table: status, the sentence, and for readers the next thing to try."""

    status: int
    title: str
    hint: str = "Go back and try it another way."


_CHANGED = "The address may have been changed on its way."
PROBLEMS: Mapping[str, ProblemKind] = {
    "BAD_PARAMETER": ProblemKind(
        400, "A parameter cannot be read.", "Look at what you typed; days are written 2026-03-31."
    ),
    "UNKNOWN_FIELD": ProblemKind(400, "A field is not one the caller may set.", _CHANGED),
    "AMBIGUOUS_PARAMETER": ProblemKind(400, "A parameter was given more than once.", _CHANGED),
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
    "NAME_CONTROL_CHARS": ProblemKind(
        400, "A name contains invisible or direction-changing characters.", "Type the name anew."
    ),
    "NOT_AUTHENTICATED": ProblemKind(
        401, "Log in, or send a valid key.", "Your session may have ended. Log in again."
    ),
    "NOT_ALLOWED": ProblemKind(
        403, "Your role does not allow this.", "Ask whoever gives roles at your body."
    ),
    "CSRF_REFUSED": ProblemKind(
        403,
        "The request did not come from our own page.",
        "Open the page at our own address, and try again from there.",
    ),
    "ISSUER_MISMATCH": ProblemKind(403, "You may not act in the name of that body."),
    "DUAL_CONTROL_REQUIRED": ProblemKind(
        403, "A second person must approve this.", "Ask a colleague with the same role to approve."
    ),
    "NOT_FOUND": ProblemKind(
        404, "Not found here.", "That does not mean fake. Scan the code, or look at the address."
    ),
    "METHOD_NOT_ALLOWED": ProblemKind(405, "This address does not answer that kind of request."),
    "ALREADY_EXISTS": ProblemKind(409, "It is here already.", "Look for it in the list."),
    "DUPLICATE_CERTIFICATE": ProblemKind(
        409, "This number is used, or the same was issued just now.", "Look for it in the list."
    ),
    "IDEMPOTENCY_CONFLICT": ProblemKind(
        409, "That key was used for a different request.", "Send a new Idempotency-Key."
    ),
    "KEY_SHARED": ProblemKind(409, "This key belongs to somebody else already.", "Make a new key."),
    "PROPOSAL_CLOSED": ProblemKind(
        409, "This proposal was decided, or has expired.", "Propose it again."
    ),
    "VERSION_CONFLICT": ProblemKind(
        412, "It was changed by somebody else meanwhile.", "Look at it again, and then decide."
    ),
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
    "RATE_LIMITED": ProblemKind(
        429, "Too many requests; wait as told.", "Wait a little, and then try it again."
    ),
    "HEADERS_TOO_LARGE": ProblemKind(431, "The request headers are too large."),
    "INTERNAL_ERROR": ProblemKind(
        500, "Something went wrong on our side.", "Try again; if it happens again, tell us."
    ),
    "NOT_SUPPORTED": ProblemKind(501, "This service does not offer that."),
    "STORAGE_FULL": ProblemKind(
        503, "Nothing can be stored at the moment; nothing was signed.", "Tell whoever runs this."
    ),
    "STORAGE_BUSY": ProblemKind(
        503, "Too much is being stored at the moment; nothing was done.", "Try again in a minute."
    ),
    "STORAGE_UNAVAILABLE": ProblemKind(
        503, "The register cannot be reached; nothing was done.", "Try again in a minute."
    ),
}
# What a rule of the register refuses; `detail` says why.
REFUSED = ProblemKind(
    422, "This cannot be done as it was asked.", "Look at what is missing, and try again."
)
_RETRY_AFTER_S = 5
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
    """A request that cannot be served: a code of the table, perhaps with the field at fault.

    `retry_after_s` is when to try again, in seconds, where the code is about time.
    """

    def __init__(
        self, code: str, field: str | None = None, *, retry_after_s: int = _RETRY_AFTER_S
    ) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Told:
    """What the sender of a request is told: `facts` are plain values, such as the failed gates."""

    code: str
    field: str | None = None
    detail: str = ""
    facts: Mapping[str, object] | None = None
    retry_after_s: int = _RETRY_AFTER_S

    @property
    def kind(self) -> ProblemKind:
        """The row of the table."""
        return PROBLEMS.get(self.code, REFUSED)


def as_json(told: Told) -> dict[str, object]:
    """The members of a problem document; the type is where its code is explained."""
    kind = told.kind
    anchor = f"problem-{told.code}" if told.code in PROBLEMS else told.code
    shown: dict[str, object] = {
        "type": f"{current_app.config['PROOFMARK_BASE_URL']}/codes#{anchor}",
        "title": kind.title,
        "status": kind.status,
        "code": told.code,
    }
    if told.detail:
        shown["detail"] = clean(told.detail)
    if told.field is not None:
        shown["field"] = clean(told.field)
    return {**shown, "facts": plain(dict(told.facts))} if told.facts else shown


def problem_response(told: Told) -> Response:
    """A problem as a page for those who read pages, else as a problem document."""
    kind = told.kind
    if prefers_html():
        page = render_template(
            "error.html", code=told.code, problem=kind, phrase=HTTPStatus(kind.status).phrase,
            detail=clean(told.detail), field=None if told.field is None else clean(told.field),
        )  # fmt: skip
        response = Response(page, kind.status, mimetype="text/html")
    else:
        body = current_app.json.dumps(as_json(told))
        response = Response(body, kind.status, content_type=MEDIA_TYPE)
    if kind.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="proofmark"'
    if kind.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        response.headers["Retry-After"] = str(told.retry_after_s)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept"
    return response


def translate(error: Exception) -> Told:
    """What is told of anything that was raised while serving a request."""
    if isinstance(error, Denied):
        return Told(error.code, error.field, error.sentence, error.facts)
    if isinstance(error, Problem):
        return Told(error.code, error.field, retry_after_s=error.retry_after_s)
    if isinstance(error, QuestionRefused):
        return Told(error.code, error.field)
    return Told(_code(error))


def _code(error: Exception) -> str:
    if isinstance(error, PictureRefused):
        return error.code
    if isinstance(error, StorageFailed):
        return error.code if error.code in PROBLEMS else "STORAGE_UNAVAILABLE"
    if isinstance(error, Refused):
        return code if (code := str(error.code)) in PROBLEMS else "BAD_PARAMETER"
    if isinstance(error, SecurityError):
        return "HOST_NOT_ALLOWED"
    if isinstance(error, HTTPException):
        status = error.code or 500
        return _OF_STATUS.get(status, "BAD_PARAMETER" if status < 500 else "INTERNAL_ERROR")
    return "INTERNAL_ERROR"


def answer_problems(app: Flask) -> None:
    """Answer whatever is raised by the table; only faults of ours are logged with their trace."""

    @app.errorhandler(Exception)
    def answer(error: Exception) -> Response | HTTPException:
        if isinstance(error, RequestRedirect):
            return error
        told = translate(error)
        if told.code == "INTERNAL_ERROR" or isinstance(error, StorageFailed):
            if app.debug:
                raise error
            _LOG.error("fault while serving %s", request.endpoint, exc_info=error)
        response = problem_response(told)
        if isinstance(error, HTTPException):
            allowed = dict(error.get_headers(request.environ)).get("Allow")
            if allowed:
                response.headers["Allow"] = allowed
        return response
