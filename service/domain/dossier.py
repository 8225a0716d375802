"""The dossier: the evidence for one decision about one certificate, as frozen values.

It holds what the certificate will state and why it may. A dossier under work is incomplete: apart
from the act and the kind everything may be absent, and the gates say what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from service.domain.certificate import Batch, Holder, Kind, SchemeReference, Site
from service.domain.evidence import (
    Audit,
    AuditFinding,
    Inspection,
    Person,
    Substitute,
    TypeTest,
)
from service.domain.surveillance import Surveillance


class Act(StrEnum):
    """What is to be decided; the other acts of a life (suspend, withdraw, …) need no dossier."""

    GRANT = "grant"
    EXTEND = "extend"
    REDUCE = "reduce"
    CHANGE = "change"
    RENEW = "renew"
    RESTORE = "restore"
    TRANSFER_IN = "transfer_in"


@dataclass(frozen=True, slots=True)
class Application:
    """The client's wish and its review; `consultancy_by_cb`: the certifier has advised them."""

    reviewed_on: date | None = None
    received_on: date | None = None
    agreement_signed_on: date | None = None
    consultancy_by_cb: bool | None = None


@dataclass(frozen=True, slots=True)
class OrganisationFile:
    """The organisation: `personnel` is the effective number, `related` says whether all sites are
    linked to the centre, `sampled` whether the audit visits only some of them.
    """

    scope: str | None = None
    personnel: int | None = None
    sites: tuple[Site, ...] = ()
    sampled: bool | None = None
    related: bool | None = None


@dataclass(frozen=True, slots=True)
class ProductFile:
    """The product models, as in the claims; `category` is that of the accreditation's scope."""

    brand: str | None = None
    models: tuple[str, ...] = ()
    family: str | None = None
    gtins: tuple[str, ...] = ()
    revision: str | None = None
    factories: tuple[str, ...] | None = None
    batch: Batch | None = None
    conditions: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceFile:
    """The service or process, as in the claims; `category` as for products."""

    scope: str | None = None
    sites: tuple[Site, ...] = ()
    category: str | None = None


@dataclass(frozen=True, slots=True)
class AuditTime:
    """How the audit time was found: the table, and the reason for a reduction.

    `half_days` is the time that an official table gives which is not held here.
    """

    table: str | None = None
    reduction_reason: str | None = None
    half_days: int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a product's evaluation."""

    on: date | None = None
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision; `by_cb`: its makers are authorised by and under contract to the certifier.

    `cause_resolved` is the certifier's word on what led to a suspension that has not been lifted.
    """

    on: date | None = None
    makers: tuple[str, ...] = ()
    by_cb: bool | None = None
    cause_resolved: bool | None = None


@dataclass(frozen=True, slots=True)
class MarkWish:
    """The mark to be licensed; `body_number`: the notified body's number stands by the CE."""

    licence: bool | None = None
    kind: str | None = None
    shape: str | None = None
    id: str | None = None
    body_number: bool | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """The days that the certificate will state, and whether it claims an accreditation."""

    effective: date | None = None
    expires: date | None = None
    issued_on: date | None = None
    accredited: bool | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """The certificate that is taken over; `by` is its certifier.

    `issuer_ended_on` is the day on which that certifier ceased, or its accreditation ended or was
    suspended; None if nothing of that is known. `surveillance` was held there since `decided`: the
    cycle runs on, and the new record takes it over.
    """

    by: str | None = None
    number: str | None = None
    state: str | None = None
    decided: date | None = None
    expires: date | None = None
    standards: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    review_done_on: date | None = None
    with_recertification: bool | None = None
    issuer_ended_on: date | None = None
    ab_informed_on: date | None = None
    surveillance: tuple[Surveillance, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """One dossier; `purpose` and `module` name the law and its conformity assessment module."""

    act: Act
    kind: Kind
    cb: str | None = None
    standards: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    holder: Holder | None = None
    application: Application = Application()
    organisation: OrganisationFile = OrganisationFile()
    scheme: SchemeReference | None = None
    product: ProductFile = ProductFile()
    service: ServiceFile = ServiceFile()
    audits: tuple[Audit, ...] = ()
    stage_gap_justification: str | None = None
    audit_time: AuditTime = AuditTime()
    findings: tuple[AuditFinding, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    tests: tuple[TypeTest, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    offered_instead: tuple[Substitute, ...] = ()
    review: Review = Review()
    decision: Decision = Decision()
    mark: MarkWish = MarkWish()
    certificate: Term = Term()
    transfer: Transfer | None = None
    office: str | None = None
    languages: Mapping[str, str] = field(default_factory=dict)
    displays: tuple[str, ...] = ()
    prerequisite_for: str | None = None
    annex: Mapping[str, str] | None = None
    purpose: str | None = None
    module: str | None = None

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites in scope; products have none."""
        return {
            Kind.MANAGEMENT_SYSTEM: self.organisation.sites,
            Kind.SERVICE: self.service.sites,
            Kind.PRODUCT: (),
        }[self.kind]

    @property
    def scope(self) -> str | None:
        """The scope in words; products have none."""
        return self.service.scope if self.kind is Kind.SERVICE else self.organisation.scope

    @property
    def every_code(self) -> tuple[str, ...]:
        """The scope codes, those of single sites too."""
        of_sites = (code for site in self.sites for code in site.codes or ())
        return tuple(dict.fromkeys((*self.codes, *of_sites)))

    def held(self, *kinds: str) -> tuple[Audit, ...]:
        """The audits of these kinds."""
        return tuple(audit for audit in self.audits if audit.kind in kinds)
