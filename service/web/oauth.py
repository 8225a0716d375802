"""OAuth for machines: client_credentials with private_key_jwt (RFC 6749 4.4, RFC 7523 2.2 and 3).

A client signs a short assertion with its own key, to this endpoint and to nobody else, and each
assertion once; it is given a token of ten minutes. Errors are those of RFC 6749 section 5.2, and
say nothing of what was wrong with an assertion.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn

from flask import Blueprint, Response, jsonify, request

from keys import b64u
from keys.jwk import KeyRefused, import_public
from service.credential import strict_json
from service.domain.people import Power
from service.domain.verdict import Refused
from service.storage import machines
from service.storage.database import Connection
from service.storage.machines import Machine
from service.web.desk import Desk
from service.web.problems import Problem
from service.web.register import RegisterDesk
from service.web.security import check_form

PATH = "/oauth/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# An assertion is made for this request; its clock may be a little ahead. In seconds.
LONGEST_ASSERTION_S, AHEAD_S, TOKEN_S = 300, 30, 600
_MAX_CHARS = 4_096
_HEADER = frozenset({"alg", "kid", "typ"})
_FIELDS = frozenset(
    {"grant_type", "client_assertion_type", "client_assertion", "client_id", "scope"}
)


class OAuthRefused(Exception):
    """No token is given: an error of RFC 6749 section 5.2."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion as it was read; nothing in it is proven."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signing_input: bytes
    signature: bytes

    @property
    def client(self) -> str:
        """Who is said to have made it."""
        return str(self.claims["iss"])


def oauth_routes(desk: Desk, register: RegisterDesk) -> Blueprint:
    """The token endpoint."""
    routes = Blueprint("oauth", __name__)
    endpoint = f"{desk.settings.base_url}{PATH}"

    @routes.post(PATH)
    def token() -> Response:
        try:
            text, scope = _asked()
            assertion = read_assertion(text)
            check_claims(assertion.claims, audience=endpoint, at=desk.clock())
            at = desk.clock()
            given = register.database.write(
                lambda connection: _give(connection, assertion, scope, at)
            )
        except OAuthRefused as refused:
            return _error(refused.error)
        response = jsonify(given)
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes


def read_assertion(text: str) -> Assertion:
    """The parts of an assertion. Raises OAuthRefused invalid_client."""
    parts = text.split(".")
    if len(parts) != 3 or len(text) > _MAX_CHARS:
        _refuse("invalid_client")
    try:
        header, claims = (strict_json.loads(b64u.decode(part)) for part in parts[:2])
        signature = b64u.decode(parts[2])
    except (Refused, ValueError):
        _refuse("invalid_client")
    usual = header.keys() <= _HEADER and header.get("alg") in ("ES256", "EdDSA")
    if not usual or header.get("typ", "JWT") not in ("JWT", "client-authentication+jwt"):
        _refuse("invalid_client")
    return Assertion(header, claims, f"{parts[0]}.{parts[1]}".encode(), signature)


def check_claims(claims: Mapping[str, Any], *, audience: str, at: int) -> None:
    """RFC 7523 section 3 at an instant in POSIX seconds. Raises OAuthRefused invalid_client."""
    issuer, jti, expires = (claims.get(name) for name in ("iss", "jti", "exp"))
    if type(issuer) is not str or claims.get("sub") != issuer:
        _refuse("invalid_client")
    if claims.get("aud") not in (audience, [audience]):
        _refuse("invalid_client")
    if type(jti) is not str or not 0 < len(jti) <= 128:
        _refuse("invalid_client")
    if type(expires) is not int or not at < expires <= at + LONGEST_ASSERTION_S:
        _refuse("invalid_client")
    for name in ("iat", "nbf"):
        if name in claims and (type(claims[name]) is not int or claims[name] > at + AHEAD_S):
            _refuse("invalid_client")


def _asked() -> tuple[str, frozenset[Power] | None]:
    """The assertion and the scope in the form at hand."""
    if request.mimetype != "application/x-www-form-urlencoded" or request.args:
        _refuse("invalid_request")
    try:
        check_form()
    except Problem:
        _refuse("invalid_request")
    form = request.form
    if form.keys() - _FIELDS or "grant_type" not in form:
        _refuse("invalid_request")
    if form["grant_type"] != "client_credentials":
        _refuse("unsupported_grant_type")
    if form.get("client_assertion_type") != ASSERTION or "client_assertion" not in form:
        _refuse("invalid_client")
    return form["client_assertion"], _scope(form.get("scope"))


def _scope(text: str | None) -> frozenset[Power] | None:
    if text is None:
        return None
    try:
        return frozenset(Power(word) for word in text.split(" "))
    except ValueError:
        _refuse("invalid_scope")


def _give(
    connection: Connection, assertion: Assertion, scope: frozenset[Power] | None, at: int
) -> dict[str, object]:
    client = machines.client(connection, assertion.client, at=at)
    if client is None or not _is_signed(client, assertion):
        _refuse("invalid_client")
    if request.form.get("client_id", client.id) != client.id:
        _refuse("invalid_client")
    if not machines.use_assertion(
        connection, client.id, assertion.claims["jti"], at=at, expires_at=assertion.claims["exp"]
    ):
        _refuse("invalid_client")
    if scope is not None and client.scope is not None and not scope <= client.scope:
        _refuse("invalid_scope")
    token, narrowed = f"pmt_{secrets.token_urlsafe(32)}", client.scope if scope is None else scope
    machines.add_token(connection, token, client.id, narrowed, at=at, expires_at=at + TOKEN_S)
    given: dict[str, object] = {
        "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_S,
    }  # fmt: skip
    return given if narrowed is None else {**given, "scope": " ".join(sorted(narrowed))}


def _is_signed(client: Machine, assertion: Assertion) -> bool:
    try:
        key = import_public(dict(client.jwk or {}), require_kid=False)
    except KeyRefused:
        return False
    named = assertion.header.get("kid", key.kid) == key.kid
    signed = assertion.header["alg"] == key.algorithm
    return named and signed and key.verify(assertion.signature, assertion.signing_input)


def _refuse(error: str) -> NoReturn:
    raise OAuthRefused(error)


def _error(error: str) -> Response:
    response = jsonify(error=error)
    unknown = error == "invalid_client"
    response.status_code = HTTPStatus.UNAUTHORIZED if unknown else HTTPStatus.BAD_REQUEST
    response.headers["Cache-Control"] = "no-store"
    return response
