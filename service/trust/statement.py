"""Entity statements: what one body states about another (OpenID Federation 1.1, our profile).

A statement is read only after its signature is proven with a key of its issuer. What we do not
understand refuses it: an unknown `crit`, an unknown constraint, our claims without `crit`
(formats.md 2.1, 2.4, 2.5; security.md R9).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from keys.jwk import KeyRefused, PublicKey, import_set
from keys.signer import Signer
from service.credential import jws
from service.credential.reading import instant, list_of, read_object, text, texts, whole
from service.domain.accreditation import Recognition
from service.domain.dates import DAY_S
from service.domain.reason import Reason
from service.domain.verdict import Refused
from service.trust.grants import Grant, read_accreditations, read_recognition

TYP = "entity-statement+jwt"
# A statement with every scope of a large body has some tens of kilobytes (security.md R1).
MAX_STATEMENT_CHARS = 256 * 1024
# So that a body that lost its standing is not vouched for longer than this (design.md section 5).
MAX_LIFE_S = 30 * DAY_S

_OURS = ("recognition", "accreditations")
_NEVER = frozenset({"metadata_policy", "metadata_policy_crit"})
_CONFIGURATION_ONLY = frozenset(
    "authority_hints trust_marks trust_mark_issuers trust_mark_owners trust_anchor_hints".split()
)
_SUBORDINATE_ONLY = frozenset({"constraints", "source_endpoint", *_OURS})


@dataclass(frozen=True, slots=True)
class Constraints:
    """Limits that a superior sets on everything below a statement (formats.md 2.4)."""

    max_path_length: int | None = None
    permitted: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()
    entity_types: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A proven statement; instants in POSIX seconds. `keys` are the subject's federation keys.

    A statement with a broken certificate key grants nothing: `refused` says why (KEY_*).
    """

    issuer: str
    subject: str
    issued_at: int
    ends_at: int
    keys: Mapping[str, PublicKey]
    token: str
    name: str | None = None
    hints: tuple[str, ...] | None = None
    constraints: Constraints = Constraints()
    recognition: Recognition | None = None
    grants: tuple[Grant, ...] | None = None
    refused: tuple[Reason, ...] = ()
    dropped: tuple[tuple[str | None, Reason], ...] = field(default=())

    @property
    def thumbprints(self) -> frozenset[str]:
        """Of every key that it names as its subject's, for statements or for certificates."""
        entries = (entry for grant in self.grants or () for entry in grant.keyring.entries)
        return frozenset(key.thumbprint for key in (*self.keys.values(), *(e.key for e in entries)))


def parse_link(token: str) -> tuple[jws.UnverifiedToken, str, str]:
    """A statement's unproven token with the issuer and subject it claims. Raises Refused."""
    parsed = jws.parse(token, typ=TYP, max_chars=MAX_STATEMENT_CHARS)
    claims = parsed.unproven_claims
    return parsed, text(claims.get("iss")), text(claims.get("sub"))


def read_statement(proven: jws.VerifiedToken, token: str) -> Statement:
    """The value of a proven statement. Raises Refused with CLAIM_*, CHAIN_CONSTRAINT or KEY_*."""
    claims = proven.claims
    issuer, subject = text(claims.get("iss")), text(claims.get("sub"))
    _check_shape(claims, configuration=issuer == subject)
    issued_at, ends_at = instant(claims["iat"]), instant(claims["exp"])
    if not issued_at < ends_at <= issued_at + MAX_LIFE_S:
        raise Refused(Reason.CLAIM_INCONSISTENT, claims=["iat", "exp"])
    grants: tuple[Grant, ...] | None = None
    refused: tuple[Reason, ...] = ()
    dropped: Sequence[tuple[str | None, str]] = ()
    try:
        keys = _federation_keys(claims["jwks"])
    except KeyRefused as error:
        raise Refused(Reason(error.code)) from None
    if "accreditations" in claims:
        try:
            grants, dropped = read_accreditations(claims["accreditations"], by=issuer, of=subject)
        except KeyRefused as error:
            grants, refused = (), tuple(map(Reason, error.codes))
    return Statement(
        issuer=issuer,
        subject=subject,
        issued_at=issued_at,
        ends_at=ends_at,
        keys=keys,
        token=token,
        name=_name(claims.get("metadata")),
        hints=texts(claims["authority_hints"]) if "authority_hints" in claims else None,
        constraints=_constraints(claims.get("constraints")),
        recognition=read_recognition(claims["recognition"]) if "recognition" in claims else None,
        grants=grants,
        refused=refused,
        dropped=tuple((kid, Reason(code)) for kid, code in dropped),
    )


def _check_shape(claims: Mapping[str, Any], *, configuration: bool) -> None:
    for name in ("iat", "exp", "jwks"):
        if claims.get(name) is None:
            raise Refused(Reason.CLAIM_MISSING, claim=name)
    if claims.keys() & _NEVER:
        raise Refused(Reason.CHAIN_CONSTRAINT, claim="metadata_policy")
    foreign = _SUBORDINATE_ONLY if configuration else _CONFIGURATION_ONLY
    if stray := claims.keys() & foreign:
        raise Refused(Reason.CLAIM_UNKNOWN, claim=min(stray))
    crit = claims.get("crit", ())
    ours = [name for name in _OURS if name in claims]
    if "crit" in claims and not (
        type(crit) is list and crit and len(set(map(str, crit))) == len(crit)
    ):
        raise Refused(Reason.CHAIN_CONSTRAINT, claim="crit")
    if any(name not in _OURS or name not in claims for name in crit):
        raise Refused(Reason.CHAIN_CONSTRAINT, claim="crit")
    if any(name not in crit for name in ours):
        raise Refused(Reason.CHAIN_CONSTRAINT, claim="crit")


def _federation_keys(value: Any) -> Mapping[str, PublicKey]:
    if type(value) is not dict or type(value.get("keys")) is not list:
        raise Refused(Reason.CLAIM_TYPE, claim="jwks")
    return import_set(value["keys"]).keys


def _name(metadata: Any) -> str | None:
    entity = metadata.get("federation_entity") if type(metadata) is dict else None
    name = entity.get("organization_name") if type(entity) is dict else None
    return text(name) if name is not None else None


def _constraints(value: Any) -> Constraints:
    if value is None:
        return Constraints()
    try:
        found = read_object(
            value,
            {
                "max_path_length": whole,
                "naming_constraints": lambda item: read_object(
                    item, {"permitted": texts, "excluded": texts}
                ),
                "allowed_entity_types": list_of(text),
            },
        )
    except Refused:
        raise Refused(Reason.CHAIN_CONSTRAINT, claim="constraints") from None
    names = found.get("naming_constraints", {})
    types = found.get("allowed_entity_types")
    if types is not None and "federation_entity" in types:
        raise Refused(Reason.CHAIN_CONSTRAINT, claim="allowed_entity_types")
    return Constraints(
        max_path_length=found.get("max_path_length"),
        permitted=names.get("permitted"),
        excluded=names.get("excluded", ()),
        entity_types=None if types is None else frozenset(types),
    )


def _matches(pattern: str, host: str) -> bool:
    """RFC 5280 manner: `.example.com` matches hosts below it, `example.com` only itself."""
    return host.endswith(pattern) if pattern.startswith(".") else host == pattern


def check_constraints(path: Sequence[Statement], roles: Sequence[str]) -> None:
    """Every constraint of a path of subordinate statements, subject first, anchor's last.

    `roles[j]` is the entity type that the subject of `path[j]` plays. `max_path_length` counts the
    intermediates below the setter. Raises Refused CHAIN_CONSTRAINT.
    """
    for position, setter in enumerate(path):
        limit = setter.constraints
        if limit.max_path_length is not None and position > limit.max_path_length:
            raise Refused(Reason.CHAIN_CONSTRAINT, limit="max_path_length")
        for below in range(position + 1):
            host = urlsplit(path[below].subject).hostname or ""
            if any(_matches(pattern, host) for pattern in limit.excluded) or (
                limit.permitted is not None
                and not any(_matches(pattern, host) for pattern in limit.permitted)
            ):
                raise Refused(Reason.CHAIN_CONSTRAINT, limit="naming_constraints")
            if limit.entity_types is not None and roles[below] not in limit.entity_types:
                raise Refused(Reason.CHAIN_CONSTRAINT, limit="allowed_entity_types")


def check_joined(path: Sequence[Statement]) -> None:
    """Each statement's issuer is the subject of the next; none stands twice (formats.md 2.3, 4).

    Raises Refused CHAIN_LOOP or CHAIN_ISS_SUB_MISMATCH.
    """
    if len({(one.issuer, one.subject) for one in path}) != len(path):
        raise Refused(Reason.CHAIN_LOOP)
    if any(low.issuer != high.subject for low, high in pairwise(path)):
        raise Refused(Reason.CHAIN_ISS_SUB_MISMATCH)


def sign_statement(claims: Mapping[str, Any], signer: Signer) -> str:
    """A statement signed by its issuer; `crit` is added for the claims that are ours.

    Statements live at most MAX_LIFE_S. Raises ValueError for one that we would not read ourselves.
    """
    crit = [name for name in _OURS if name in claims]
    full = {**claims, "crit": crit} if crit else dict(claims)
    token = jws.sign(full, signer, typ=TYP)
    parsed, *_ = parse_link(token)
    try:
        _check_shape(parsed.unproven_claims, configuration=full.get("iss") == full.get("sub"))
    except Refused as refused:
        raise ValueError(f"we would refuse this statement: {refused.code}") from None
    return token
