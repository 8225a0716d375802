"""What was certified: its kind, what it says and does not say, and the signed words to compare."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.domain.certificate import Certificate, Kind, Product, Site
from service.domain.report import Report
from service.domain.verdict import Answer, Verdict
from service.web.view.findings import Row, row
from service.web.view.words import Line, dated, foreign, listed, mixes_alphabets, own

KIND_NAMES: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: "management-system certificate",
    Kind.PRODUCT: "product certificate",
    Kind.SERVICE: "service certificate",
}
# What a certificate of each kind says, and what it never says (rules.md 2g).
_SAYS: Mapping[Kind, tuple[str, str]] = {
    Kind.MANAGEMENT_SYSTEM: (
        "an independent body checks how this company works, every year.",
        "that any product was tested, approved or is of good quality.",
    ),
    Kind.PRODUCT: (
        "an independent body tested and approved what is named below.",
        "anything about other models, or how the company is run.",
    ),
    Kind.SERVICE: (
        "an independent body checks the service named below.",
        "that any product is approved, or how the rest of the company works.",
    ),
}
# Longer lists are shown in a fold.
MANY = 8


@dataclass(frozen=True, slots=True)
class Subject:
    """What the certificate is about."""

    kind: str
    label: str
    heading: Line
    says: str
    says_outcome: str
    says_not: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The signed words; `rest` are long lists that are folded."""

    lead: str
    rows: tuple[Row, ...]
    rest: tuple[Row, ...]
    warning: Line | None


def subject(report: Report, certificate: Certificate) -> Subject:
    """The certificate in one heading and two sentences."""
    says, says_not = _SAYS[certificate.kind]
    name = KIND_NAMES[certificate.kind]
    scanned = report.verdict is Verdict.NOT_FOR_THIS_PURPOSE
    return Subject(
        kind=str(certificate.kind),
        label=f"What you scanned: a {name}" if scanned else name.capitalize(),
        heading=heading(certificate),
        says=says,
        # What is not in force says nothing that one could rely on: not green.
        says_outcome="accept" if report.in_force is Answer.YES else "note",
        says_not=says_not,
    )


def heading(certificate: Certificate) -> Line:
    """`ISO 9001:2015 for Harrow Cables Ltd`, `Harrow K7 to CS 6004:2019`."""
    standards = listed(certificate.standards)
    if certificate.product is None:
        scheme = certificate.scheme
        what = standards or (foreign(scheme.id) if scheme else ())
        return (*what, *own(" for "), *foreign(certificate.holder.name))
    return (*foreign(product_name(certificate.product)), *own(" to "), *standards)


def product_name(product: Product, limit: int = 3) -> str:
    """Brand and models; beyond `limit` models how many more there are."""
    models = list(product.models[:limit])
    if more := len(product.models) - limit:
        models += [f"and {more} more"] if more > 0 else []
    named = ", ".join(models) or product.family or ""
    return " ".join(part for part in (product.brand, named) if part) or "The batch"


def comparison(report: Report, certificate: Certificate) -> Comparison:
    """Everything signed that a reader can hold against paper, package or plate."""
    rows, rest = [], []
    for label, values in _lists(certificate):
        if len(values) > MANY:
            rest.append(Row(f"{label} ({len(values)})", listed(values)))
        else:
            rows.append(Row(label, listed(values)))
    holds = "label" if certificate.kind is Kind.PRODUCT else "paper"
    return Comparison(
        lead=(
            f"These words are signed. If the {holds} in your hand says something else, "
            "do not rely on it."
        ),
        rows=(*rows, *_single(report, certificate)),
        rest=tuple(rest),
        warning=_warning(certificate),
    )


def _lists(certificate: Certificate) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Labels and values that may be many; those without a value are left out."""
    product, standards = certificate.product, certificate.standards
    part = certificate.organisation or certificate.service
    found: list[tuple[str, tuple[str, ...]]] = []
    if product is not None:
        lot, serials = (product.batch.lot, product.batch.serials) if product.batch else (None, ())
        found += [
            ("Brand", (product.brand,) if product.brand else ()),
            ("Model" if len(product.models) == 1 else "Models", product.models),
            ("Family", (product.family,) if product.family else ()),
            ("Revision", (product.revision,) if product.revision else ()),
            ("GTIN", product.gtins),
            ("Lot", (lot,) if lot else ()),
            ("Serial numbers", tuple(f"{first} – {last}" for first, last in serials)),
            ("Factory" if len(product.factories or ()) == 1 else "Factories",
             product.factories or ()),
            ("Conditions", (product.conditions,) if product.conditions else ()),
        ]  # fmt: skip
    elif part is not None:
        found.append(("Company", (certificate.holder.name,)))
    found.append(("Standard" if len(standards) == 1 else "Standards", standards))
    if part is not None:
        found += [
            ("Scope", (part.scope,)),
            ("Site" if len(part.sites) == 1 else "Sites", tuple(map(_site, part.sites))),
            ("Fields", part.codes),
        ]
    return [(label, values) for label, values in found if values]


def _site(site: Site) -> str:
    parts = (site.name, site.address, site.country)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _single(report: Report, certificate: Certificate) -> list[Row]:
    """The rows with one value each, and the dates."""
    holder, scheme = certificate.holder, certificate.scheme
    annex = certificate.claims.get("annex")
    rows = row("Scheme", f"{scheme.id}, type {scheme.type}" if scheme else None)
    if certificate.product is not None:
        rows += row("Licence holder", holder.name)
    address = ", ".join(part for part in (holder.address, holder.country) if part)
    rows += row("Address", address)
    rows += row("Registered as", holder.id)
    rows += row("Certificate number", certificate.number)
    if certificate.revision > 1:
        rows += row("Revision of the certificate", str(certificate.revision))
    rows += row("Certified by", certifier(report))
    rows.append(Row("Decided", dated(certificate.decided)))
    if certificate.effective != certificate.decided:
        rows.append(Row("In force from", dated(certificate.effective)))
    end = dated(certificate.expires) if certificate.expires else own("No fixed end")
    rows.append(Row("Valid to the end of" if certificate.expires else "Ends", end))
    if certificate.transferred_from is not None:
        rows += row("Moved from", certificate.transferred_from.number)
    if isinstance(annex, Mapping):
        # Shown, never linked: where it leads is not proven (security.md W02).
        rows += row("Annex", str(annex.get("url", "")))
    return rows


def certifier(report: Report) -> str:
    """The name of the certification body, else its id; only for what is proven genuine."""
    for link in report.chain or ():
        if link.role == "certification_body":
            return link.name or link.id
    return report.certificate.issuer if report.certificate else ""


def _warning(certificate: Certificate) -> Line | None:
    part = certificate.organisation or certificate.service
    product = certificate.product
    names = [certificate.holder.name, part.scope if part else None]
    names += [product.brand, *product.models] if product else []
    if not any(name and mixes_alphabets(name) for name in names):
        return None
    return own("A word here mixes alphabets that look alike. Compare it letter by letter.")
