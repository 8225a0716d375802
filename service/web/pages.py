"""The pages for readers: check a certificate, and its verdict. No script, no cookie is needed."""

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.credential.picture import UNDECLARED, PictureRefused, certificate_codes, read_codes
from service.domain.report import Report
from service.web.asking import answer, asked_in, own_digits
from service.web.desk import Desk
from service.web.negotiation import wants_json
from service.web.parts import drawn_page
from service.web.problems import Problem
from service.web.security import CONTENT_SECURITY_POLICY, check_form
from service.web.view.page import verdict_page

# The one page for readers with a script: it looks for codes in the picture of a camera.
SCAN_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
# A page of more codes than these is a sheet of labels.
MAX_CHOICES = 12
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_FILES = frozenset({"file", "picture"})


def page_routes(desk: Desk) -> Blueprint:
    """The routes of the pages."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def scan() -> Response:
        response = Response(render_template("scan.html"))
        response.headers["Content-Security-Policy"] = SCAN_POLICY
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.add("Cookie")
        return response

    @routes.post("/")
    def check() -> AnyResponse:
        found = _given()
        if len(found) > 1:
            return _choice(desk, found)
        text = found[0]
        digits, there = own_digits(desk, text)
        if digits is not None and there and not wants_json():
            # A verdict has an address: it can be read again, sent on, and gone back to.
            return redirect(url_for("pages.verdict", scanned=digits), 303)
        link = None if digits is None else url_for("pages.verdict", scanned=digits)
        return _shown(answer(desk, text), link)

    @routes.get("/q/<scanned>")
    def verdict(scanned: str) -> AnyResponse:
        report = answer(desk, scanned, asked_in(request.args))
        return _shown(report, url_for("pages.verdict", scanned=scanned), here=True)

    return routes


def _shown(report: Report, link: str | None, *, here: bool = False) -> Response:
    """A report as page or data; never kept by anybody, for tomorrow's may differ."""
    if wants_json():
        response = jsonify(report.to_json())
    else:
        page = verdict_page(report, link=link, here=here)
        response = drawn_page("verdict.html", page)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _choice(desk: Desk, found: tuple[str, ...]) -> Response:
    """Several certificates in one picture: none is chosen for the reader (W14)."""
    if wants_json():
        raise PictureRefused("QR_MULTIPLE")
    rows = []
    for text in found[:MAX_CHOICES]:
        digits, _ = own_digits(desk, text)
        if digits is not None:
            link = url_for("pages.verdict", scanned=digits)
            rows.append((link, verdict_page(answer(desk, text), link=link)))
    page = render_template("choice.html", rows=rows, more=len(found) - len(rows))
    return Response(page, 400, {"Cache-Control": "no-store"})


def _given() -> tuple[str, ...]:
    """The text in the form: typed or pasted, else the certificate codes in a file."""
    if request.mimetype not in _FORMS:
        raise Problem("MEDIA_TYPE_NOT_ALLOWED")
    check_form()
    files = {name: file for name, file in request.files.items() if file.filename}
    for name in [*request.form.keys() - {"text"}, *request.files.keys() - _FILES]:
        raise Problem("UNKNOWN_FIELD", name[:40])
    # A code has no white space of its own; what was pasted may have been broken into lines.
    text = "".join(request.form.get("text", "").split())
    if bool(text) + len(files) != 1:
        raise Problem("BAD_PARAMETER", "text")
    if text:
        return (text,)
    ((_, file),) = files.items()
    return certificate_codes(read_codes(file.stream.read(), file.mimetype or UNDECLARED))
