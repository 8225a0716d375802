"""The front desk's rules for every request and every answer (security.md sections 4.7 and 9).

Before anything else is looked at: the host is ours, the address has no control characters, the
body is within its bound, and no parameter stands twice. Every answer carries the headers.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from io import BytesIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from service.config import Settings
from service.web.problems import Problem

# Nothing inline, nothing from elsewhere, no script at all.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # The token is in the path: it goes to no other site.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
# Two years. Other names of the operator's domain are not ours to decide about.
HSTS = "max-age=63072000"

# The routes to which a file may be sent, and those that may be asked for several of one name.
UPLOADS = frozenset({"pages.check", "api.scan"})
FIELDS_ONLY = "application/x-www-form-urlencoded"
REPEATABLE: Mapping[str, frozenset[str]] = {
    "federation.subordinates": frozenset({"entity_type"}),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def guard(app: Flask, settings: Settings) -> None:
    """Put the rules before every request and the headers on every answer of `app`."""
    app.config.update(
        TRUSTED_HOSTS=list(settings.hosts),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        # A text field is as long as a token in any of its forms.
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
        MAX_FORM_PARTS=settings.max_form_parts,
    )
    app.wsgi_app = _name_in_lower_case(app.wsgi_app)  # type: ignore[method-assign,assignment]
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops
        )

    @app.before_request
    def admit() -> None:
        _check_address()
        _check_size(settings)
        _check_once(REPEATABLE.get(request.endpoint or "", frozenset()))

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.secure:
            response.headers["Strict-Transport-Security"] = HSTS
        return response


def _name_in_lower_case(inner: WSGIApplication) -> WSGIApplication:
    """A host is the same in any case (RFC 9110, section 4.2.3); Werkzeug compares its letters."""

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_HOST" in environ:
            environ["HTTP_HOST"] = environ["HTTP_HOST"].lower()
        return inner(environ, start_response)

    return outer


def _check_address() -> None:
    if isinstance(request.routing_exception, SecurityError):
        raise Problem("HOST_NOT_ALLOWED")
    if _CONTROL.search(request.path):
        raise Problem("BAD_PARAMETER")
    if "__debugger__" in request.args:  # there is none, at no address
        raise Problem("NOT_FOUND")


def _check_size(settings: Settings) -> None:
    # Files come as they are or in parts; a form of fields alone stays small.
    upload = request.endpoint in UPLOADS and request.mimetype != FIELDS_ONLY
    limit = settings.max_upload_bytes if upload else settings.max_body_bytes
    request.max_content_length = limit
    if (request.content_length or 0) > limit:
        raise Problem("BODY_TOO_LARGE")
    if "HTTP_TRANSFER_ENCODING" in request.environ:
        _measure(limit)


def _measure(limit: int) -> None:
    """Give a body in chunks its length; Werkzeug would cut it off at the bound without a word."""
    try:
        body = request.environ["wsgi.input"].read(limit + 1)
    except (OSError, ParseException):  # broken off, or no chunks
        raise Problem("BAD_PARAMETER") from None
    if len(body) > limit:
        raise Problem("BODY_TOO_LARGE")
    del request.environ["HTTP_TRANSFER_ENCODING"]
    request.environ.update({"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})


def _check_once(repeatable: frozenset[str]) -> None:
    for name, values in request.args.lists():
        if len(values) > 1 and name not in repeatable:
            raise Problem("AMBIGUOUS_PARAMETER", name[:40])


def check_form() -> None:
    """Each field of the form at hand stands once, in the form or in the query, never in both."""
    for fields in (request.form, request.files):
        for name, values in fields.lists():
            if len(values) > 1 or name in request.args:
                raise Problem("AMBIGUOUS_PARAMETER", name[:40])
    if both := request.form.keys() & request.files.keys():
        raise Problem("AMBIGUOUS_PARAMETER", min(both)[:40])


def loggable(path: str) -> str:
    """A path as it may stand in a log: what was scanned by its hash, nothing else of it."""
    head, *scanned = re.split("/q/", path, maxsplit=1, flags=re.IGNORECASE)
    if not scanned:
        return path
    return f"{head}/q/sha256:{sha256(scanned[0].encode('utf-8', 'replace')).hexdigest()[:16]}"
