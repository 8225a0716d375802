"""The claims of a certificate: a closed set, strictly typed, to and from a frozen Certificate.

One table per object names every claim it may have (design.md section 4, rules.md 1.1, security.md
R7). Absent and null are the same. Nothing here judges: dates that are possible but wrong are for
the rules.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.credential.reading import (
    MAX_ITEMS,
    Reader,
    built,
    day,
    instant,
    list_of,
    one_of,
    read_object,
    text,
    texts,
    whole,
    wrong_type,
    yes_no,
)
from service.domain.certificate import (
    AccreditationClaim,
    Batch,
    Certificate,
    Holder,
    Kind,
    Mark,
    Organisation,
    Product,
    SchemeReference,
    Service,
    Site,
    StatusPointer,
    TransferOrigin,
)
from service.domain.dates import first_second_after
from service.domain.reason import Reason
from service.domain.verdict import Refused

TYP = "certificate+jwt"
# A clock may run ahead by this many seconds before "signed in the future" is said (R7).
IAT_LEEWAY_S = 120

_site = built(
    Site,
    {
        "name": text,
        "country": text,
        "address": text,
        "codes": texts,
        "central": yes_no,
        "entity": text,
        "linked": one_of("ownership", "contract"),
    },
    "name",
)
_scheme = built(SchemeReference, {"id": text, "type": text}, "id", "type")
_holder = built(
    Holder, {"name": text, "country": text, "address": text, "id": text}, "name", "country"
)
_organisation = built(
    Organisation, {"scope": text, "codes": texts, "sites": list_of(_site)}, "scope"
)


def _serials(value: Any) -> tuple[str, str]:
    if type(value) is not list or len(value) != 2:
        raise wrong_type()
    return text(value[0]), text(value[1])


_batch = built(Batch, {"lot": text, "serials": list_of(_serials)})
_product = built(
    Product,
    {
        "brand": text,
        "models": texts,
        "family": text,
        "gtins": texts,
        "revision": text,
        "factories": texts,
        "batch": _batch,
        "scheme": _scheme,
        "conditions": text,
    },
    "scheme",
)
_service = built(
    Service,
    {"scope": text, "codes": texts, "sites": list_of(_site), "scheme": _scheme},
    "scope",
    "scheme",
)
_accreditation = built(AccreditationClaim, {"by": text, "number": text}, "by", "number")
_transfer = built(
    TransferOrigin, {"by": text, "number": text, "decided": day, "expires": day}, "by", "number"
)
_mark = built(Mark, {"kind": text, "shape": text, "id": text})
_DISPLAYS = ("ab_symbol", "iaf_mla", "ilac_mra", "global_aci_mra", "iso_logo")


def _languages(value: Any) -> Mapping[str, str]:
    if type(value) is not dict or len(value) > MAX_ITEMS:
        raise wrong_type()
    return {text(language): text(scope) for language, scope in value.items()}


def _status(value: Any) -> StatusPointer:
    pointer = value.get("status_list") if type(value) is dict else None
    uri = pointer.get("uri") if type(pointer) is dict else None
    if type(pointer) is not dict or type(uri) is not str:
        raise Refused(Reason.STATUS_MISSING)
    idx = pointer.get("idx")
    if type(idx) is not int or idx < 0:
        raise Refused(Reason.STATUS_INDEX_TYPE)
    if len(value) != 1 or len(pointer) != 2:
        raise Refused(Reason.CLAIM_UNKNOWN)
    return StatusPointer(uri, idx)


# Every claim of a certificate, in the order in which it is issued.
_CLAIMS: Mapping[str, Reader] = {
    "iss": text,
    "jti": text,
    "rev": whole,
    "iat": instant,
    "exp": instant,
    "kind": one_of(*Kind),
    "standards": texts,
    "decided": day,
    "effective": day,
    "expires": day,
    "previous_expires": day,
    "recert_audit_end": day,
    "supersedes": whole,
    "transferred_from": _transfer,
    "office": text,
    "mark": _mark,
    "displays": list_of(one_of(*_DISPLAYS)),
    "prerequisite_for": text,
    "languages": _languages,
    "annex": built(dict, {"url": text, "sha256": text}, "url", "sha256"),
    "holder": _holder,
    "organisation": _organisation,
    "product": _product,
    "service": _service,
    "accreditation": _accreditation,
    "status": _status,
}
CLAIM_NAMES = tuple(_CLAIMS)
_REQUIRED = frozenset(
    ["iss", "jti", "rev", "iat", "kind", "standards", "decided", "effective", "holder"]
)
_PART_OF_KIND = {
    Kind.MANAGEMENT_SYSTEM: "organisation",
    Kind.PRODUCT: "product",
    Kind.SERVICE: "service",
}


def claimed_bodies(claims: Mapping[str, Any]) -> tuple[str, str | None]:
    """The issuer and the accreditation body that unproven claims name: the end of step 2.

    None for a certificate that claims no accreditation. Raises Refused CLAIM_MISSING, CLAIM_TYPE.
    """
    issuer, claim = claims.get("iss"), claims.get("accreditation")
    if type(issuer) is not str:
        raise Refused(Reason.CLAIM_MISSING if issuer is None else Reason.CLAIM_TYPE, claim="iss")
    if claim is None:
        return issuer, None
    if type(claim) is not dict or not type(claim.get("by")) is type(claim.get("number")) is str:
        raise Refused(Reason.CLAIM_TYPE, claim="accreditation")
    return issuer, str(claim["by"])


def parse_certificate(claims: Mapping[str, Any], *, zone: str, at: int) -> Certificate:
    """Proven claims as a Certificate: step 6 of the verification.

    `zone` is the issuer's (from its accreditation), `at` the instant of the check in POSIX
    seconds. Raises Refused with a code of security.md 4.4; leaves what is for rules to judge.
    """
    found = read_object(claims, _CLAIMS, _REQUIRED)
    if "status" not in found:
        raise Refused(Reason.STATUS_MISSING)
    kind = Kind(found["kind"])
    part = _PART_OF_KIND[kind]
    if part not in found:
        raise Refused(Reason.CLAIM_MISSING, claim=part)
    if ("organisation" in found) + ("product" in found) + ("service" in found) != 1:
        raise Refused(Reason.CLAIM_INCONSISTENT, claims=["kind", part])
    _check_times(found, zone, at)
    get = found.get
    return Certificate(
        found["iss"], found["jti"], found["rev"], found["iat"], get("exp"), kind,
        found["standards"], found["decided"], found["effective"], get("expires"),
        found["holder"], get("organisation"), get("product"), get("service"),
        get("accreditation"), found["status"], get("previous_expires"), get("supersedes"),
        get("transferred_from"), get("mark"), get("office"), get("recert_audit_end"),
        get("displays", ()), get("prerequisite_for"), claims,
    )  # fmt: skip


def _check_times(found: Mapping[str, Any], zone: str, at: int) -> None:
    if found["iat"] > at + IAT_LEEWAY_S:
        raise Refused(Reason.TIME_IN_FUTURE)
    expires: date | None = found.get("expires")
    ends_at: int | None = found.get("exp")
    if expires is None:
        if ends_at is not None:
            raise Refused(Reason.CLAIM_INCONSISTENT, claims=["exp", "expires"])
        return
    if ends_at is None:
        raise Refused(Reason.CLAIM_MISSING, claim="exp")
    if ends_at != first_second_after(expires, zone):
        raise Refused(Reason.CLAIM_INCONSISTENT, claims=["exp", "expires"])
    if found["iat"] >= ends_at:
        raise Refused(Reason.CLAIM_INCONSISTENT, claims=["iat", "exp"])
    if found["effective"] > expires:
        raise Refused(Reason.CLAIM_INCONSISTENT, claims=["effective", "expires"])


def ordered(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Claims in the order in which they are issued, without absent ones (for signing).

    Raises ValueError for a claim that certificates do not have.
    """
    if unknown := claims.keys() - _CLAIMS.keys():
        raise ValueError(f"certificates have no claim {min(unknown)}")
    return {name: claims[name] for name in _CLAIMS if claims.get(name) is not None}
