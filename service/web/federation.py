"""The federation endpoints of the bodies hosted here (OpenID Federation 1.1, formats.md 2.2).

Configurations, fetch and list; errors in the standard's own form. A resolve endpoint is not
offered, for its answers would need a key of this service.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, request

from service.domain.verdict import Refused
from service.trust.statement import parse_link
from service.web.desk import Desk, Evidence
from service.web.evidence import KEEP_S, add_both, body_id, for_everyone, signed
from service.web.problems import Problem
from service.web.transfer import cacheable

STATEMENT = "application/entity-statement+jwt"
# Filters of the list that are not offered must be refused, never ignored.
_NO_FILTERS = frozenset({"intermediate", "trust_marked", "trust_mark_type"})
# The role that a grant gives its subject.
_ROLE_OF_GRANT: Mapping[str, str] = {
    "recognition": "accreditation_body",
    "accreditations": "certification_body",
}
_DESCRIPTIONS: Mapping[str, str] = {
    "invalid_request": "sub must name a body below this one.",
    "not_found": "This body makes no such statement here.",
    "unsupported_parameter": "This filter is not offered.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """The newest statement of a link, with the entity types that it gives its subject."""

    issued_at: int
    token: str
    types: frozenset[str]


class Statements:
    """The statements at hand by link; read anew whenever the evidence changes."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._version: object = None
        self._newest: Mapping[tuple[str, str], Said] = {}

    def newest(self, issuer: str, subject: str) -> str | None:
        """The newest statement of `issuer` about `subject`."""
        found = self._links().get((issuer, subject))
        return None if found is None else found.token

    def subordinates(self, issuer: str) -> Mapping[str, frozenset[str]]:
        """Whom a body speaks about, with the entity types that it gives them."""
        links = self._links().items()
        return {subject: said.types for (by, subject), said in links if by == issuer != subject}

    def _links(self) -> Mapping[tuple[str, str], Said]:
        version = self._evidence.version
        if version != self._version:
            self._newest, self._version = self._read(), version
        return self._newest

    def _read(self) -> Mapping[tuple[str, str], Said]:
        newest: dict[tuple[str, str], Said] = {}
        for token in self._evidence.every():
            try:
                parsed, issuer, subject = parse_link(token)
            except Refused:
                continue
            issued_at = parsed.unproven_claims.get("iat")
            known = newest.get((issuer, subject))
            if type(issued_at) is int and (known is None or issued_at > known.issued_at):
                newest[issuer, subject] = Said(issued_at, token, _types(parsed.unproven_claims))
        return newest


def _types(claims: Mapping[str, Any]) -> frozenset[str]:
    metadata = claims.get("metadata")
    stated = metadata.keys() if isinstance(metadata, Mapping) else ()
    return frozenset([*stated, *(role for name, role in _ROLE_OF_GRANT.items() if name in claims)])


class FederationRoutes:
    """The views; `body` is the path of a body's id, None at the root."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._base = desk.settings.entities
        self._statements = Statements(desk.evidence)

    def blueprint(self) -> Blueprint:
        """The routes, for the service's own root and for bodies with a path."""
        routes = Blueprint("federation", __name__)
        routes.after_request(for_everyone)
        add_both(routes, ".well-known/openid-federation", "configuration", self.configuration)
        add_both(routes, "federation/fetch", "fetch", self.fetch)
        add_both(routes, "federation/list", "subordinates", self.subordinates)
        return routes

    def configuration(self, body: str | None = None) -> Response:
        """What a body states about itself."""
        own = body_id(self._base, body)
        token = self._statements.newest(own, own)
        if token is None:
            raise Problem("NOT_FOUND")
        return signed(token, STATEMENT, now=self._desk.clock())

    def fetch(self, body: str | None = None) -> Response:
        """What a body states about another, which `sub` names."""
        issuer, subject = body_id(self._base, body), request.args.get("sub")
        if not subject or subject == issuer:
            return _refused("invalid_request", HTTPStatus.BAD_REQUEST)
        token = self._statements.newest(issuer, subject)
        if token is None:
            return _refused("not_found", HTTPStatus.NOT_FOUND)
        return signed(token, STATEMENT, now=self._desk.clock())

    def subordinates(self, body: str | None = None) -> Response:
        """The ids of those a body speaks about; with `entity_type` those who have every one."""
        if request.args.keys() & _NO_FILTERS:
            return _refused("unsupported_parameter", HTTPStatus.BAD_REQUEST)
        found = self._statements.subordinates(body_id(self._base, body))
        if not found:
            return _refused("not_found", HTTPStatus.NOT_FOUND)
        wanted = frozenset(request.args.getlist("entity_type"))
        listed = sorted(subject for subject, types in found.items() if wanted <= types)
        response = Response(current_app.json.dumps(listed), content_type="application/json")
        return cacheable(response, max_age=KEEP_S)


def _refused(error: str, status: HTTPStatus) -> Response:
    """An error in the standard's own form (section 8.9)."""
    body = current_app.json.dumps({"error": error, "error_description": _DESCRIPTIONS[error]})
    response = Response(body, status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
