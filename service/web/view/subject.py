"""What was certified: its kind, what it says and does not say, and the signed words to compare."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from service.domain.certificate import Certificate, Kind, Product, Site
from service.domain.report import Report
from service.domain.verdict import Answer, Verdict
from service.web.language import N_, _, ngettext
from service.web.view.findings import Row, row
from service.web.view.words import (
    Line,
    Piece,
    dated,
    foreign,
    listed,
    mixes_alphabets,
    own,
    say,
)

KIND_NAMES: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: N_("Management-system certificate"),
    Kind.PRODUCT: N_("Product certificate"),
    Kind.SERVICE: N_("Service certificate"),
}
_SCANNED: Mapping[Kind, str] = {
    Kind.MANAGEMENT_SYSTEM: N_("What you scanned: a management-system certificate"),
    Kind.PRODUCT: N_("What you scanned: a product certificate"),
    Kind.SERVICE: N_("What you scanned: a service certificate"),
}
# What a certificate of each kind says, and what it never says (rules.md 2g).
_SAYS: Mapping[Kind, tuple[str, str]] = {
    Kind.MANAGEMENT_SYSTEM: (
        N_("an independent body checks how this company works, every year."),
        N_("that any product was tested, approved or is of good quality."),
    ),
    Kind.PRODUCT: (
        N_("an independent body tested and approved what is named below."),
        N_("anything about other models, or how the company is run."),
    ),
    Kind.SERVICE: (
        N_("an independent body checks the service named below."),
        N_("that any product is approved, or how the rest of the company works."),
    ),
}
# Longer lists are shown in a fold.
MANY = 8


class Subject(NamedTuple):
    """What the certificate is about."""

    kind: str
    label: str
    heading: Line
    says: str
    says_outcome: str
    says_not: str


class Comparison(NamedTuple):
    """The signed words; `rest` are long lists that are folded, `note` says whose days they are."""

    lead: str
    rows: tuple[Row, ...]
    rest: tuple[Row, ...]
    warning: Line | None
    note: str | None


def subject(report: Report, certificate: Certificate) -> Subject:
    """The certificate in one heading and two sentences."""
    says, says_not = _SAYS[certificate.kind]
    scanned = report.verdict is Verdict.NOT_FOR_THIS_PURPOSE
    return Subject(
        kind=str(certificate.kind),
        label=_((_SCANNED if scanned else KIND_NAMES)[certificate.kind]),
        heading=heading(certificate),
        says=_(says),
        # What is not in force says nothing that one could rely on: not green.
        says_outcome="accept" if report.in_force is Answer.YES else "note",
        says_not=_(says_not),
    )


def heading(certificate: Certificate) -> Line:
    """`ISO 9001:2015 for Harrow Cables Ltd`, `Harrow K7 to CS 6004:2019`."""
    standards = listed(certificate.standards)
    if certificate.product is None:
        scheme = certificate.scheme
        what = standards or (foreign(scheme.id) if scheme else ())
        return say("{what} for {holder}", what=what, holder=certificate.holder.name)
    return say("{product} to {standards}", product=named(certificate.product), standards=standards)


def named(product: Product, limit: int | None = 3) -> Line:
    """Brand and models; beyond `limit` models how many more there are."""
    models = product.models[:limit]
    more = len(product.models) - len(models)
    words = listed(models) or (foreign(product.family) if product.family else ())
    if more:
        text = ngettext("{models} and {n} more", "{models} and {n} more", more)
        words = say(text, models=words, n=own(str(more)))
    brand = foreign(product.brand) if product.brand else ()
    between = (Piece(" "),) if brand and words else ()
    return (*brand, *between, *words) or own("The batch")


def comparison(report: Report, certificate: Certificate) -> Comparison:
    """Everything signed that a reader can hold against paper, package or plate."""
    rows, rest = [], []
    for label, values in _lists(certificate):
        if len(values) > MANY:
            rest.append(Row(f"{label} ({len(values)})", listed(values)))
        else:
            rows.append(Row(label, listed(values)))
    product = certificate.kind is Kind.PRODUCT
    return Comparison(
        lead=(
            _("These words are signed. If the label in your hand says something else, do not rely "
              "on it.")
            if product
            else _("These words are signed. If the paper in your hand says something else, do not "
                   "rely on it.")
        ),
        rows=(*rows, *_single(report, certificate)),
        rest=tuple(rest),
        warning=_warning(certificate),
        note=_zone_note(report.zone),
    )  # fmt: skip


def _lists(certificate: Certificate) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Labels and values that may be many; those without a value are left out."""
    product, standards = certificate.product, certificate.standards
    part = certificate.organisation or certificate.service
    found: list[tuple[str, tuple[str, ...]]] = []
    if product is not None:
        lot, serials = (product.batch.lot, product.batch.serials) if product.batch else (None, ())
        found += [
            (_("Brand"), (product.brand,) if product.brand else ()),
            (ngettext("Model", "Models", len(product.models)), product.models),
            (_("Family"), (product.family,) if product.family else ()),
            (_("Revision"), (product.revision,) if product.revision else ()),
            (_("GTIN"), product.gtins),
            (_("Lot"), (lot,) if lot else ()),
            (_("Serial numbers"), tuple(f"{first} – {last}" for first, last in serials)),
            (ngettext("Factory", "Factories", len(product.factories or ())),
             product.factories or ()),
            (_("Conditions"), (product.conditions,) if product.conditions else ()),
        ]  # fmt: skip
    elif part is not None:
        found.append((_("Company"), (certificate.holder.name,)))
    found.append((ngettext("Standard", "Standards", len(standards)), standards))
    if part is not None:
        found += [
            (_("Scope"), (part.scope,)),
            (ngettext("Site", "Sites", len(part.sites)), tuple(map(_site, part.sites))),
            (_("Fields"), part.codes),
        ]
    return [(label, values) for label, values in found if values]


def _site(site: Site) -> str:
    parts = (site.name, site.address, site.country)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _single(report: Report, certificate: Certificate) -> list[Row]:
    """The rows with one value each, and the dates."""
    holder, scheme = certificate.holder, certificate.scheme
    annex = certificate.claims.get("annex")
    rows = row(
        _("Scheme"),
        _("{id}, type {type}").format(id=scheme.id, type=scheme.type) if scheme else None,
    )
    if certificate.product is not None:
        rows += row(_("Licence holder"), holder.name)
    address = ", ".join(part for part in (holder.address, holder.country) if part)
    rows += row(_("Address"), address)
    rows += row(_("Registered as"), holder.id)
    rows += row(_("Certificate number"), certificate.number)
    if certificate.revision > 1:
        rows += row(_("Revision of the certificate"), str(certificate.revision))
    rows += row(_("Certified by"), certifier(report))
    rows.append(Row(_("Decided"), dated(certificate.decided)))
    if certificate.effective != certificate.decided:
        rows.append(Row(_("In force from"), dated(certificate.effective)))
    end = dated(certificate.expires) if certificate.expires else own("No fixed end")
    rows.append(Row(_("Valid to the end of") if certificate.expires else _("Ends"), end))
    if certificate.transferred_from is not None:
        rows += row(_("Moved from"), certificate.transferred_from.number)
    if isinstance(annex, Mapping):
        # Shown, never linked: where it leads is not proven (security.md W02).
        rows += row(_("Annex"), str(annex.get("url", "")))
    return rows


def certifier(report: Report) -> str:
    """The name of the certification body, else its id; only for what is proven genuine."""
    for link in report.chain or ():
        if link.role == "certification_body":
            return link.name or link.id
    return report.certificate.issuer if report.certificate else ""


def _zone_note(zone: str | None) -> str | None:
    if zone is None:
        return None
    text = _("Days are those of {zone}, where the certifier works.")
    return text.format(zone=zone.replace("_", " "))


def _warning(certificate: Certificate) -> Line | None:
    part = certificate.organisation or certificate.service
    product = certificate.product
    names = [certificate.holder.name, part.scope if part else None]
    names += [product.brand, *product.models] if product else []
    if not any(name and mixes_alphabets(name) for name in names):
        return None
    return own("A word here mixes alphabets that look alike. Compare it letter by letter.")
