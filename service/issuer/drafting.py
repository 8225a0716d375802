"""From a dossier to the claims that will be signed: what the certificate is going to state.

Nothing is invented here. Days, scope and holder are the dossier's; number, revision, index and
instant are the register's; what a revision keeps of the one before is said in `_KEPT`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.credential.claims import ordered
from service.domain.accreditation import Accreditation
from service.domain.certificate import Kind
from service.domain.dates import first_second_after
from service.domain.dossier import Act, Dossier
from service.domain.refusal import Denied
from service.domain.verdict import plain
from service.trust.standing import NORMS

# What a revision within a cycle keeps: how the cycle began, and how it ends.
_KEPT = ("expires", "exp", "previous_expires", "transferred_from", "recert_audit_end")
_REVISES = frozenset({Act.EXTEND, Act.REDUCE, Act.CHANGE})
_NEW_CYCLE = frozenset({Act.RENEW, Act.RESTORE})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the certificate will stand in the register; `iat` in POSIX seconds.

    `previous` are the claims of the revision before; None for a new number.
    """

    body: str
    number: str
    revision: int
    iat: int
    zone: str
    status_uri: str
    index: int
    previous: Mapping[str, Any] | None = None


def draft(dossier: Dossier, place: Place, accreditation: Accreditation | None) -> dict[str, Any]:
    """The claims in the order in which they are issued.

    `accreditation` is the one that the certificate claims. Raises Denied CLAIM_MISSING where the
    dossier lacks what every certificate states; the gates say it better, and come first.
    """
    decided, effective = dossier.decision.on, dossier.certificate.effective
    if decided is None or effective is None or dossier.holder is None:
        raise Denied("CLAIM_MISSING", "Decision, effective day and holder must be there.")
    claims: dict[str, Any] = {
        "iss": place.body,
        "jti": place.number,
        "rev": place.revision,
        "iat": place.iat,
        "kind": str(dossier.kind),
        "standards": list(dossier.standards),
        "decided": decided,
        "effective": effective,
        "holder": present(dossier.holder._asdict()),
        "office": dossier.office,
        "languages": dict(dossier.languages) or None,
        "displays": list(dossier.displays) or None,
        "prerequisite_for": dossier.prerequisite_for,
        "annex": dict(dossier.annex) if dossier.annex else None,
        "mark": _mark(dossier),
        "status": {"status_list": {"idx": place.index, "uri": place.status_uri}},
        _PART[dossier.kind]: _part(dossier),
    }
    if accreditation is not None:
        claims["accreditation"] = {"by": accreditation.by, "number": accreditation.number}
    claims |= _cycle(dossier, place)
    return ordered({name: plain(value) for name, value in claims.items()})


def claimed(granted: Sequence[Accreditation], dossier: Dossier) -> Accreditation | None:
    """The accreditation that a certificate of this dossier claims; None where it claims none.

    Of several under the norm of its kind the one whose scope holds the standards, on the day of the
    decision if there is one.
    """
    if dossier.certificate.accredited is False:
        return None
    under = [one for one in granted if one.norm in NORMS[dossier.kind]]
    day = dossier.decision.on

    def fits(one: Accreditation) -> tuple[bool, bool]:
        rows = [
            row
            for row in one.scope
            if dossier.standards
            and all(row.covers(standard, dossier.scheme) for standard in dossier.standards)
        ]
        return bool(rows), any(day is not None and row.period.covers(day) for row in rows)

    return max(under, key=fits, default=None) or next(iter(granted), None)


_PART = {
    Kind.MANAGEMENT_SYSTEM: "organisation",
    Kind.PRODUCT: "product",
    Kind.SERVICE: "service",
}


def _part(dossier: Dossier) -> dict[str, Any]:
    scheme = dossier.scheme._asdict() if dossier.scheme is not None else None
    sites = [present(site._asdict()) for site in dossier.sites]
    if dossier.kind is Kind.PRODUCT:
        product = dossier.product
        names = ("brand", "models", "family", "gtins", "revision", "factories", "conditions")
        part = {name: getattr(product, name) for name in names}
        batch = present(product.batch._asdict()) if product.batch is not None else None
        return present(part | {"batch": batch, "scheme": scheme})
    part = {"scope": dossier.scope, "codes": dossier.codes, "sites": sites}
    return present(part | ({"scheme": scheme} if dossier.kind is Kind.SERVICE else {}))


def _cycle(dossier: Dossier, place: Place) -> dict[str, Any]:
    """How the cycle began and how it ends; a revision within it keeps what was so."""
    previous = place.previous or {}
    claims: dict[str, Any] = {"supersedes": previous.get("rev")}
    if dossier.act in _REVISES:
        return claims | {name: previous.get(name) for name in _KEPT}
    if dossier.act in _NEW_CYCLE:
        claims["previous_expires"] = previous.get("expires")
    audits = dossier.held("recertification")
    if dossier.act is Act.RENEW or (dossier.transfer and dossier.transfer.with_recertification):
        claims["recert_audit_end"] = max(
            (one.last_day for one in audits if one.last_day), default=None
        )
    if dossier.transfer is not None and dossier.act is Act.TRANSFER_IN:
        origin = dossier.transfer
        claims["transferred_from"] = present(
            {"by": origin.by, "number": origin.number, "decided": origin.decided,
             "expires": origin.expires}
        )  # fmt: skip
    expires = dossier.certificate.expires
    if expires is not None:
        claims |= {"expires": expires, "exp": first_second_after(expires, place.zone)}
    return claims


def _mark(dossier: Dossier) -> dict[str, Any] | None:
    wish = dossier.mark
    if not wish.licence:
        return None
    return present({"kind": wish.kind, "shape": wish.shape, "id": wish.id}) or None


def present(members: Mapping[str, Any]) -> dict[str, Any]:
    """An object without what is absent, empty or false: a certificate says only what is so."""
    return {name: value for name, value in members.items() if value not in (None, (), [], False)}
