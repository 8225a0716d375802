"""The JSON API: strict in what it takes, for what is silently ignored was never asked."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from service.credential import strict_json
from service.credential.picture import UNDECLARED, one_certificate_code, read_codes
from service.domain.dates import read_instant
from service.domain.question import parse_question
from service.web.asking import answer, asked_in
from service.web.desk import Desk
from service.web.problems import Problem
from service.web.security import check_form

_FIELDS = frozenset({"text", "question", "at"})


def api_routes(desk: Desk) -> Blueprint:
    """The routes of the API."""
    routes = Blueprint("api", __name__, url_prefix="/api/v1")

    @routes.after_request
    def fresh(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.post("/verify")
    def verify() -> Response:
        body = _body()
        text, asked, at = body.get("text"), body.get("question", {}), body.get("at")
        if type(text) is not str:
            raise Problem("BAD_PARAMETER", "text")
        if type(asked) is not dict:
            raise Problem("BAD_PARAMETER", "question")
        question = parse_question(asked)
        # What is asked about another instant must not teach the verifier what is newest.
        report = desk.verifier.verify(
            text,
            at=desk.clock() if at is None else _instant(at),
            question=question,
            remember=at is None,
        )
        return jsonify(report.to_json())

    @routes.post("/scan")
    def scan() -> Response:
        question = asked_in(request.args)
        codes = read_codes(*_picture())
        report = answer(desk, one_certificate_code(codes), question)
        return jsonify(codes=codes, report=report.to_json())

    return routes


def _body() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise Problem("MEDIA_TYPE_NOT_ALLOWED")
    body = strict_json.loads(request.get_data(cache=False))
    for name in body:
        if name in request.args:
            raise Problem("AMBIGUOUS_PARAMETER", name[:40])
    for name in [*request.args, *body]:
        if name not in _FIELDS or name in request.args:
            raise Problem("UNKNOWN_FIELD", name[:40])
    return body


def _instant(value: object) -> int:
    """An instant written `2026-06-15T12:00:00Z`, in POSIX seconds."""
    try:
        return read_instant(value)
    except ValueError:
        raise Problem("BAD_PARAMETER", "at") from None


def _picture() -> tuple[bytes, str]:
    """The file and the media type that was declared for it: the body, or `file` in a form."""
    if request.mimetype != "multipart/form-data":
        return request.get_data(cache=False), request.mimetype or UNDECLARED
    check_form()
    for name in [*request.form, *(request.files.keys() - {"file"})]:
        raise Problem("UNKNOWN_FIELD", name[:40])
    file = request.files.get("file")
    if file is None:
        raise Problem("BAD_PARAMETER", "file")
    return file.stream.read(), file.mimetype or UNDECLARED
