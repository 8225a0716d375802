"""Certificates that a body issued before: the columns they arrive in, and what becomes of a row.

The titles are those of the IAF CertSearch certification templates (versions 1 to 2.1; IAF MD 28),
with further columns of ours for what they have no place for: products, decisions, identifiers.
One row is one certificate, with its last decision and its state today.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from service.domain.certificate import Holder, Kind, Organisation, Product, Service
from service.domain.sheet import Heading
from service.domain.surveillance import LifeState

# The longest text that a certificate states (credential.reading has the same bound).
MAX_CHARS = 4_000

MS, PC, SV = Kind.MANAGEMENT_SYSTEM, Kind.PRODUCT, Kind.SERVICE
ALL = frozenset(Kind)
NONE: frozenset[Kind] = frozenset()


class Column(NamedTuple):
    """A column: our key, its title, what it becomes, the kinds that need it, and other titles.

    `chars` bounds its text, as CertSearch does where it has the field. `ours` marks what CertSearch
    does not ask for.
    """

    key: str
    title: str
    becomes: str
    needed: frozenset[Kind] = NONE
    other: tuple[str, ...] = ()
    chars: int = MAX_CHARS
    ours: bool = False


def _entity(part: str, *further: str) -> tuple[str, ...]:
    """The titles that a part of the holder's address has in the other versions."""
    return tuple(f"{name} {part}" for name in ("Business Registered", "Entity")) + further


COLUMNS: tuple[Column, ...] = (
    Column("number", "Certificate Number", "number", ALL,
           ("Certification Number", "Certificate No"), 60),
    Column("identity", "Certification Identity Number", "kept beside", chars=60),
    Column("state", "Certification Status", "state", ALL, ("Certificate Status", "Status"), 45),
    Column("state_since", "Status Since", "day of the last change of state", ours=True),
    Column("kind", "Certification Type", "kind", ALL, ("Certificate Type",), 45),
    Column("standards", "Standard Name", "standards with edition; several, one to a line or "
           "divided by ;", ALL, ("Standard", "Standards", "Certification Standard"), 1_000),
    Column("scope", "Certification Scope", "scope", frozenset({MS, SV}), ("Scope",)),
    Column("sectors", "Sector Code", "scope codes; a bare number is an IAF code",
           other=("Technical Sector", "IAF Code", "IAF Codes"), chars=300),
    Column("original", "Certification Original Issue Date", "first certification",
           other=("Original Issue Date",)),
    Column("issued", "Certification Issue Date", "day of the last decision, and its effect", ALL,
           ("Issue Date", "Certificate Issue Date")),
    Column("decided", "Certification Decision Date", "day of the last decision, if not the issue",
           ours=True),
    Column("effective", "Certification Effective Date", "effective, if not the day of issue",
           ours=True),
    Column("expires", "Certification Expiry Date", "last valid day", frozenset({MS}),
           ("Expiry Date", "Certificate Expiry Date")),
    Column("previous_expires", "Previous Expiry Date", "end of the cycle before, of a renewal",
           ours=True),
    Column("accredited", "Accreditation Status", "whether an accreditation is claimed", chars=45),
    Column("accreditation_body", "Accreditation Body Name", "kept beside",
           other=("Accreditation Body",), chars=300),
    Column("accreditation_acronym", "Accreditation Body Acronym", "kept beside", chars=45),
    Column("accreditation_number", "Accreditation Number", "kept beside", chars=60, ours=True),
    Column("holder", "Certified Entity Name", "holder", ALL, ("Entity Name", "Company Name"), 300),
    Column("holder_identity", "Certified Entity Unique ID", "kept beside",
           other=("Entity Unique ID",), chars=45),
    Column("trading_name", "Certified Entity Trading Name", "kept beside",
           other=("Company Trading Name",), chars=500),
    Column("english_name", "Certified Entity English Name", "kept beside",
           other=("Certified Entity Name in English",), chars=500),
    Column("holder_id", "Legal Identifier", "holder's identifier: an LEI, or scheme:value",
           other=("LEI",), chars=100, ours=True),
    Column("street", "Certified Entity Street", "holder's address", other=_entity("Street"),
           chars=300),
    Column("city", "Certified Entity City", "holder's address", other=_entity("City"), chars=100),
    Column("region", "Certified Entity State", "holder's address", other=_entity("State"),
           chars=100),
    Column("postcode", "Certified Entity Zipcode/Postcode", "holder's address",
           other=_entity("Zipcode/Postcode", "Certified Entity Post Code",
                         "Certified Entity Postal Code", "Certified Entity Postcode"), chars=20),
    Column("country", "Certified Entity Country/Economy", "holder's country: ISO 3166 code or "
           "English name", ALL, _entity("Country/Economy", "Certified Entity Country"), 100),
    Column("address", "Certified Entity Full Address", "holder's address in one line, instead",
           other=_entity("Full Address", "Certified Entity Address"), chars=500),
    Column("website", "Website", "kept beside", other=("Certified Entity Website",), chars=300),
    Column("site_name", "Site Name", "first site", chars=300, ours=True),
    Column("site_street", "Site Street", "first site", chars=300),
    Column("site_city", "Site City", "first site", chars=100),
    Column("site_region", "Site State", "first site", chars=100),
    Column("site_postcode", "Site Zipcode/Postcode", "first site", chars=20),
    Column("site_country", "Site Country/Economy", "first site", other=("Site Country",),
           chars=100),
    Column("site_address", "Site Full Address", "first site, in one line", chars=500),
    Column("site_scope", "Site Scope", "kept beside"),
    Column("sites", "Further Sites", "further sites, one to a line: name; address; country",
           chars=100_000, ours=True),
    Column("scheme", "Scheme Name", "certification scheme", frozenset({PC, SV}), ("Scheme",), 100),
    Column("scheme_type", "Scheme Type", "type of ISO/IEC 17067: 1a, 1b, 2 to 6",
           frozenset({PC, SV}), chars=20, ours=True),
    Column("brand", "Brand", "brand", chars=300, ours=True),
    Column("models", "Models", "models, one to a line or divided by ;", other=("Model",),
           chars=100_000, ours=True),
    Column("family", "Product Family", "family of models", chars=300, ours=True),
    Column("gtins", "GTINs", "trade item numbers, one to a line or divided by ;", other=("GTIN",),
           chars=100_000, ours=True),
    Column("revision", "Product Revision", "revision of the product", chars=100, ours=True),
    Column("factories", "Factories", "factories, one to a line or divided by ;",
           other=("Factory",), chars=100_000, ours=True),
    Column("conditions", "Conditions", "conditions of use", ours=True),
)  # fmt: skip
BY_KEY: Mapping[str, Column] = {one.key: one for one in COLUMNS}
# What CertSearch asks for and a certificate does not state: kept by the register beside it.
BESIDE = tuple(one.key for one in COLUMNS if one.becomes == "kept beside")
# What only products have, and what a certificate of a kind has no place for: kept beside it too.
ONLY_PRODUCTS = ("brand", "models", "family", "gtins", "revision", "factories", "conditions")
NOT_STATED: Mapping[Kind, tuple[str, ...]] = {
    MS: ("scheme", "scheme_type"),
    PC: ("scope", "sectors", "sites", *(key for key in BY_KEY if key.startswith("site_"))),
}
# The line of the template that shows how: nobody's certificate.
EXAMPLE = "EXAMPLE-0001"

# CertSearch's words; a body's own are for its data mapping. Draft and hidden are no certificates
# yet, and inactive is whatever a body means by it.
EXPIRED = "expired"
STATES: Mapping[str, LifeState] = {
    "active": LifeState.ACTIVE,
    "valid": LifeState.ACTIVE,
    "suspended": LifeState.SUSPENDED,
    "withdrawn": LifeState.WITHDRAWN,
    "cancelled": LifeState.CANCELLED,
    "canceled": LifeState.CANCELLED,
    "transferred": LifeState.TRANSFERRED,
    # Expiry is the clock's, no state of a record: what had ended was in force until then.
    EXPIRED: LifeState.ACTIVE,
}
KINDS: Mapping[str, Kind] = {
    "management system": MS,
    "management systems": MS,
    "product": PC,
    "product certification": PC,
    "service": SV,
    "process": SV,
}


def headings() -> tuple[Heading, ...]:
    """What to look for in the header of a sheet; required is what every kind needs."""
    return tuple(Heading(one.key, (one.title, *one.other), one.needed == ALL) for one in COLUMNS)


# Code -> what is said of the cell; {seen} is its value, {limit} what it should have kept.
SENTENCES: Mapping[str, str] = {
    "MISSING": "This is needed and the cell is empty.",
    "NOT_A_DATE": "{seen} is not a date: write it as 2026-04-03 or 20260403.",
    "DATE_AMBIGUOUS": "{seen} could be two days: say whether the day or the month comes first.",
    "DATE_ORDER": "{seen} is before {limit}, which it cannot be.",
    "DATE_IN_FUTURE": "{seen} is after today, {limit}.",
    "NOT_TEXT": "The workbook holds a date here ({seen}): format the column as text.",
    "CELL_ERROR": "{seen} is a formula that failed.",
    "TOO_LONG": "This has more than {limit} characters.",
    "TOO_MANY": "This lists more than {limit}.",
    "NAME_CONTROL_CHARS": "{seen} has characters that cannot be seen or that turn the text.",
    "STATUS_UNKNOWN": "{seen} is not a status that can be taken over: {limit}.",
    "ACCREDITATION_UNKNOWN": "{seen} is neither Accredited nor Unaccredited.",
    "KIND_UNKNOWN": "{seen} is not a type of certification: Management System, Product, Service.",
    "STANDARD_UNKNOWN": "{seen} is not a standard that the catalogue knows.",
    "STANDARD_KIND_MISMATCH": "{seen} is not a standard for this type of certification.",
    "EDITION_MISSING": "{seen} has no edition: write it as ISO 9001:2015.",
    "EDITION_ENDED": "{seen} was valid to {limit}, and no certificate for it is in force.",
    "SCHEME_TYPE_UNKNOWN": "{seen} is not a scheme type of ISO/IEC 17067: {limit}.",
    "SECTOR_UNKNOWN": "{seen} is neither an IAF code from 1 to 39 nor written as scheme:code.",
    "COUNTRY_UNKNOWN": "{seen} is neither an ISO 3166 code nor the English name of a country.",
    "IDENTIFIER_UNKNOWN": "{seen} is neither an LEI nor written as scheme:value.",
    "GTIN_INVALID": "{seen} is not a GTIN: 8, 12, 13 or 14 digits, the last of them a check digit.",
    "SITE_FORMAT": "{seen} is not a site: write name; address; country.",
    "NOT_FOR_THIS_TYPE": "Only a product certificate states this.",
    "EXPIRED": "It ended on {seen} and is said to be {limit}: its status is Expired.",
    "NOT_EXPIRED": "It is said to be expired and is valid to {seen}.",
    "TERM_TOO_LONG": "{seen} is beyond {limit}, the longest term; of a renewal, state the previous "
    "expiry date.",
    "EXAMPLE_LINE": "This is the template's example: delete the row.",
    "DUPLICATE_NUMBER": "{seen} stands in row {limit} already.",
}


class CellProblem(NamedTuple):
    """What is wrong with one cell: `cell` is its place (`B17`), or its row if there is no such.

    `column` is the title in the template, `seen` the value as it can safely be shown.
    """

    row: int
    cell: str
    column: str
    code: str
    sentence: str
    seen: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """A certificate of a body's former register, as the row `row` of its sheet states it.

    Days are civil days in the body's zone. `decided` and `effective` are of the last decision,
    `original` of the first; `accredited` is None where the sheet does not say. `beside` is what no
    certificate states, by key of its column. `unproven` are the issuing gates that nobody can
    prove by this row (rules.md 2e).
    """

    row: int
    number: str
    kind: Kind
    standards: tuple[str, ...]
    decided: date
    effective: date
    expires: date | None
    original: date | None
    previous_expires: date | None
    state: LifeState
    state_since: date | None
    holder: Holder
    part: Organisation | Product | Service
    accredited: bool | None
    beside: Mapping[str, str]
    unproven: tuple[str, ...]
