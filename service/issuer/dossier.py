"""Reading a dossier: a closed set of members, strictly typed, as a frozen Dossier.

One table per object names every member it may have. A dossier under work may lack everything but
`act` and `kind`; what is there must be readable. Nothing here judges: that is for the gates.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.domain.certificate import Batch, Holder, Kind, SchemeReference, Site
from service.domain.dossier import (
    Act,
    Application,
    AuditTime,
    Decision,
    Dossier,
    MarkWish,
    OrganisationFile,
    ProductFile,
    Review,
    ServiceFile,
    Term,
    Transfer,
)
from service.domain.evidence import AUDIT_KINDS
from service.domain.surveillance import Surveillance
from service.issuer.evidence import audit, finding, inspection, person, substitute, test
from service.issuer.reading import (
    DossierRefused,
    ListOf,
    MapOf,
    OrName,
    built,
    country,
    day,
    days,
    gtin,
    half_days,
    one_of,
    prose,
    renamed,
    sha256,
    span,
    text,
    texts,
    whole,
    yes_no,
)

__all__ = ["MEMBERS", "DossierRefused", "read_dossier"]

LIFE_STATES = ("ACTIVE", "SUSPENDED", "WITHDRAWN", "CANCELLED", "EXPIRED", "TRANSFERRED")
_DISPLAYS = ("ab_symbol", "iaf_mla", "ilac_mra", "global_aci_mra", "iso_logo")


def _holder(name: str = "", country: str = "", **more: Any) -> Holder:
    return Holder(name, country, **more)


_site = OrName(
    built(
        Site,
        {
            "name": text,
            "country": country,
            "address": text,
            "codes": texts,
            "central": yes_no,
            "entity": text,
            "linked": one_of("ownership", "contract"),
        },
        "name",
    )
)


_application = built(
    Application,
    {
        **days("reviewed_on", "received_on", "agreement_signed_on"),
        "consultancy_by_cb": yes_no,
    },
)
_organisation = built(
    OrganisationFile,
    {
        "scope": text,
        "personnel": whole,
        "sites": ListOf(_site),
        "sampled": yes_no,
        "related": yes_no,
    },
)
_product = built(
    ProductFile,
    {
        "brand": text,
        "models": texts,
        "family": text,
        "gtins": ListOf(gtin),
        "revision": text,
        "factories": texts,
        "batch": built(Batch, {"lot": text, "serials": ListOf(span)}),
        "conditions": text,
        "category": text,
    },
)
_service = built(ServiceFile, {"scope": text, "sites": ListOf(_site), "category": text})


def _held(
    kind: str, last_day: date, sites: tuple[str, ...] = (), first_day: date | None = None,
    maintained_on: date | None = None,
) -> Surveillance:  # fmt: skip
    return Surveillance(kind, sites, first_day, last_day, maintained_on)


_transfer = built(
    renamed(Transfer, **{"from": "by"}),
    {
        "from": text,
        "number": text,
        "state": one_of(*LIFE_STATES),
        **days("decided", "expires", "review_done_on", "issuer_ended_on", "ab_informed_on"),
        "standards": texts,
        "codes": texts,
        "with_recertification": yes_no,
        "surveillance": ListOf(
            built(
                _held,
                {
                    "kind": one_of(*AUDIT_KINDS),
                    "sites": texts,
                    **days("first_day", "last_day", "maintained_on"),
                },
                "kind",
                "last_day",
            )
        ),
    },
)
_dossier = built(
    Dossier,
    {
        "act": lambda value: Act(one_of(*Act)(value)),
        "kind": lambda value: Kind(one_of(*Kind)(value)),
        "cb": text,
        "standards": texts,
        "codes": texts,
        "holder": built(_holder, {"name": text, "country": country, "address": text, "id": text}),
        "application": _application,
        "organisation": _organisation,
        "scheme": built(SchemeReference, {"id": text, "type": text}, "id", "type"),
        "product": _product,
        "service": _service,
        "audits": ListOf(audit),
        "stage_gap_justification": prose,
        "audit_time": built(
            renamed(AuditTime, days="half_days"),
            {"table": text, "reduction_reason": prose, "days": half_days},
        ),
        "findings": ListOf(finding),
        "people": MapOf(person),
        "tests": ListOf(test),
        "inspections": ListOf(inspection),
        "offered_instead": ListOf(substitute),
        "review": built(renamed(Review, date="on"), {"date": day, "people": texts}),
        "decision": built(
            renamed(Decision, date="on"),
            {"date": day, "makers": texts, "by_cb": yes_no, "cause_resolved": yes_no},
        ),
        "mark": built(
            MarkWish,
            {"licence": yes_no, "kind": text, "shape": text, "id": text, "body_number": yes_no},
        ),
        "certificate": built(
            Term, {**days("effective", "expires", "issued_on"), "accredited": yes_no}
        ),
        "transfer": _transfer,
        "office": text,
        "languages": MapOf(text),
        "displays": ListOf(one_of(*_DISPLAYS)),
        "prerequisite_for": text,
        "annex": built(dict, {"url": text, "sha256": sha256}, "url", "sha256"),
        "purpose": text,
        "module": text,
    },
    "act",
    "kind",
)


# Every member that a dossier may have, with its reader.
MEMBERS = _dossier.members


def read_dossier(value: Mapping[str, Any]) -> Dossier:
    """A dossier from plain JSON values. Raises DossierRefused with the path of what is wrong."""
    found: Dossier = _dossier(value)
    return found
