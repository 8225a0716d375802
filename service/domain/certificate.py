"""The certificate: what a certification body states, as frozen values.

Exactly one of `organisation`, `product` and `service` is present, and says which kind it is
(design.md section 4). `decided`, `effective` and `issued_at` are three different things. Values
are named tuples: a verifier makes a dozen of them for every token, and tuples are made fastest.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """What a certificate speaks for; one kind never answers for another."""

    PRODUCT = "product"
    MANAGEMENT_SYSTEM = "management_system"
    SERVICE = "service"


class Holder(NamedTuple):
    """The organisation that holds the certificate."""

    name: str
    country: str
    address: str | None = None
    id: str | None = None


class Site(NamedTuple):
    """A site in the scope; `entity` and `linked` where it belongs to another legal person."""

    name: str
    country: str | None = None
    address: str | None = None
    codes: tuple[str, ...] | None = None
    central: bool = False
    entity: str | None = None
    linked: str | None = None


class Organisation(NamedTuple):
    """The certified scope of a management system."""

    scope: str
    codes: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()


class SchemeReference(NamedTuple):
    """The certification scheme, with its ISO/IEC 17067 type label."""

    id: str
    type: str


class Batch(NamedTuple):
    """A certified batch: a lot, and ranges of serial numbers with both ends inside."""

    lot: str | None = None
    serials: tuple[tuple[str, str], ...] = ()


class Product(NamedTuple):
    """The certified product models."""

    scheme: SchemeReference
    brand: str | None = None
    models: tuple[str, ...] = ()
    family: str | None = None
    gtins: tuple[str, ...] = ()
    revision: str | None = None
    factories: tuple[str, ...] | None = None
    batch: Batch | None = None
    conditions: str | None = None


class Service(NamedTuple):
    """The certified service or process."""

    scope: str
    scheme: SchemeReference
    codes: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()


class AccreditationClaim(NamedTuple):
    """The accreditation that the certificate claims: by whom, and its number."""

    by: str
    number: str


class StatusPointer(NamedTuple):
    """Where the status stands: a list and the index in it."""

    uri: str
    idx: int


class TransferOrigin(NamedTuple):
    """The certificate that this one was transferred from."""

    by: str
    number: str
    decided: date | None = None
    expires: date | None = None


class Mark(NamedTuple):
    """The mark that the certificate licenses."""

    kind: str | None = None
    shape: str | None = None
    id: str | None = None


class Certificate(NamedTuple):
    """One revision of a certificate; days are civil days in the issuer's zone.

    `issued_at` and `ends_at` (first second no longer valid) are POSIX seconds. `claims` are the
    proven claims as they were signed.
    """

    issuer: str
    number: str
    revision: int
    issued_at: int
    ends_at: int | None
    kind: Kind
    standards: tuple[str, ...]
    decided: date
    effective: date
    expires: date | None
    holder: Holder
    organisation: Organisation | None
    product: Product | None
    service: Service | None
    accreditation: AccreditationClaim | None
    status: StatusPointer
    previous_expires: date | None
    supersedes: int | None
    transferred_from: TransferOrigin | None
    mark: Mark | None
    office: str | None
    recert_audit_end: date | None
    displays: tuple[str, ...]
    prerequisite_for: str | None
    claims: Mapping[str, Any]

    @property
    def scheme(self) -> SchemeReference | None:
        """The scheme, for products and services."""
        part = self.product or self.service
        return None if part is None else part.scheme

    @property
    def codes(self) -> tuple[str, ...]:
        """The scope codes; products have none."""
        part = self.organisation or self.service
        return () if part is None else part.codes

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites in scope; products have none."""
        part = self.organisation or self.service
        return () if part is None else part.sites
