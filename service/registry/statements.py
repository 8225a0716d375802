"""What bodies state about themselves and about those below them, put together from the papers.

An arrangement's statement carries the recognition of an accreditation body, an accreditation body's
the accreditations of a certification body with the keys that it may sign with (design.md 5). Past
events stay in it, for they answer for the day of a decision.
"""

from collections.abc import Mapping
from typing import Any

from service.storage import body_keys, papers, register
from service.storage.database import Connection
from service.storage.register import Body
from service.trust.statement import MAX_LIFE_S

ARRANGEMENT, ACCREDITATION, CERTIFICATION = (
    "arrangement", "accreditation_body", "certification_body",
)  # fmt: skip
# What a body of a role grants those below it: the kind of paper, and the role of the one below.
BELOW: Mapping[str, tuple[str, str]] = {
    ARRANGEMENT: ("recognition", ACCREDITATION),
    ACCREDITATION: ("accreditation", CERTIFICATION),
}


def own(connection: Connection, body: Body, *, at: int) -> dict[str, Any]:
    """The configuration: what a body says of itself, issued at `at` (POSIX seconds)."""
    entity: dict[str, str] = {"organization_name": body.name}
    if body.role in BELOW:
        for endpoint in ("fetch", "list"):
            entity[f"federation_{endpoint}_endpoint"] = f"{body.id}/federation/{endpoint}"
    claims = _dated(body.id, body.id, at) | {"jwks": _jwks(connection, body.id, at)}
    if above := _superiors(connection, body.id):
        claims["authority_hints"] = above
    return claims | {"metadata": {"federation_entity": entity, body.role: {}}}


def about(connection: Connection, superior: Body, subject: str, *, at: int) -> dict[str, Any]:
    """What `superior` states about one below it. Raises Denied NOT_FOUND where it says nothing."""
    kind, role = BELOW[superior.role]
    subordinate = papers.find(connection, superior.id, "subordinate", subject)
    below = [role] if role == CERTIFICATION else [role, CERTIFICATION]
    claims = _dated(superior.id, subject, at) | {
        "jwks": subordinate.content.get("jwks") or _jwks(connection, subject, at),
        "metadata": {"federation_entity": {"organization_name": subordinate.content["name"]}},
        "constraints": {"max_path_length": len(below) - 1, "allowed_entity_types": below},
    }
    granted = [
        dict(paper.content) for paper in papers.listed(connection, superior.id, kind, about=subject)
    ]
    if kind == "recognition":
        return claims | {"recognition": granted[0]} if granted else claims
    return claims | {"accreditations": granted}


def superiors_of(connection: Connection, body: str) -> list[str]:
    """The ids of the bodies here that state something about a body."""
    return _superiors(connection, body)


def role_of(connection: Connection, body: str) -> str:
    """The role of a body that works here. Raises Denied NOT_FOUND."""
    return register.body(connection, body).role


def _superiors(connection: Connection, body: str) -> list[str]:
    return [paper.body for paper in papers.about(connection, "subordinate", body)]


def _dated(issuer: str, subject: str, at: int) -> dict[str, Any]:
    return {"iss": issuer, "sub": subject, "iat": at, "exp": at + MAX_LIFE_S}


def _jwks(connection: Connection, body: str, at: int) -> Mapping[str, Any]:
    """The federation keys of a body that works here, those to come included."""
    found = body_keys.of(connection, body)
    good = [key for key in found if "federation" in key.purposes and key.revoked is None]
    return {"keys": [dict(key.jwk) for key in good if key.until is None or at < key.until]}
