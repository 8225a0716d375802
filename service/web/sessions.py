"""The cookie of a session, and the proof that a request comes from a page of ours (W09).

The cookie holds a random secret and nothing else; what it opens is in the database, and can be
ended there. A request that changes something must name our own origin, and a form must carry the
token that only our page could put there.
"""

from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex
from urllib.parse import urlsplit

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from service.config import Settings
from service.registry.signing_in import SESSION_S
from service.web.problems import Problem
from service.web.security import check_form

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
TOKEN_FIELD = "token"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def cookie_name(settings: Settings) -> str:
    """With the prefix that ties a cookie to this very host, where browsers allow it."""
    return "__Host-session" if settings.secure else "session"


def secret_of(settings: Settings) -> str | None:
    """The secret in the cookie of the request at hand."""
    return request.cookies.get(cookie_name(settings))


def keep(response: Response, settings: Settings, secret: str) -> None:
    """Set the cookie: a new secret at each log-in, whatever was there before."""
    response.set_cookie(
        cookie_name(settings), secret, max_age=SESSION_S, secure=settings.secure, httponly=True,
        samesite="Lax", path="/",
    )  # fmt: skip


def drop(response: AnyResponse, settings: Settings) -> None:
    """Take the cookie back."""
    response.delete_cookie(
        cookie_name(settings), secure=settings.secure, httponly=True, samesite="Lax", path="/"
    )


def own_origin(settings: Settings) -> str:
    """Our origin as browsers write it: without a port that is the usual one (RFC 6454)."""
    parts = urlsplit(settings.base_url)
    usual = parts.port in (None, _DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{parts.hostname}" if usual else settings.base_url


def form_token(secret: str) -> str:
    """The token for one form of whoever has this cookie.

    New each time, so that the size of a compressed page tells nothing about it.
    """
    salt = token_hex(8)
    return f"{salt}.{_seal(salt, secret)}"


def check_own_page(settings: Settings, secret: str | None) -> None:
    """Raises Problem where the request at hand was not made by a page of ours.

    MEDIA_TYPE_NOT_ALLOWED for a body that other sites could send unasked, else CSRF_REFUSED.
    """
    form = request.mimetype in FORMS
    if not form and request.mimetype not in ("application/json", ""):
        raise Problem("MEDIA_TYPE_NOT_ALLOWED")
    if request.headers.get("Origin") != own_origin(settings):
        raise Problem("CSRF_REFUSED")
    if form:
        check_form()
        salt, _, seal = request.form.get(TOKEN_FIELD, "").partition(".")
        if secret is None or not compare_digest(seal.encode(), _seal(salt, secret).encode()):
            raise Problem("CSRF_REFUSED")


def _seal(salt: str, secret: str) -> str:
    return sha256(f"form {salt} {secret}".encode()).hexdigest()
