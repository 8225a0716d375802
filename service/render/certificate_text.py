"""What stands on the paper of a certificate, in words: the signed ones, and those around them."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.credential.qr import Symbol
from service.domain.certificate import Certificate
from service.render.wording import Wording


@dataclass(frozen=True, slots=True)
class Printed:
    """What a certificate's paper shows.

    `body` is the certification body, with the `address` that both standards ask for; `people` who
    decided; `above` the names of arrangement and accreditation body as far as a chain holds; `host`
    the address that the code must lead to.
    """

    one: Certificate
    code: Symbol
    body: str
    host: str
    address: str | None = None
    people: tuple[str, ...] = ()
    above: tuple[tuple[str, str], ...] = ()


def heading(one: Certificate) -> str:
    """What the certificate is about, large: its standards, or brand and models."""
    product = one.product
    if product is None:
        return ", ".join(one.standards)
    named = product.models[:3] or (product.family or "",)
    more = " …" if len(product.models) > 3 else ""
    return " ".join(filter(None, (product.brand, ", ".join(named)))) + more


def address(one: Certificate) -> str:
    """Where the holder is, and what it is registered as."""
    parts = (one.holder.address, one.holder.country, one.holder.id)
    return ", ".join(part for part in parts if part)


def scope_of(one: Certificate, say: Wording) -> str:
    """The scope as it was signed; for a product its scheme, batch and conditions."""
    part = one.organisation or one.service
    if part is not None:
        return part.scope
    product = one.product
    if product is None:
        return ""
    batch = product.batch
    serials = [f"{first} – {last}" for first, last in batch.serials] if batch else []
    made = ", ".join(filter(None, (batch.lot if batch else None, *serials)))
    scheme = say("scheme", id=product.scheme.id, type=product.scheme.type)
    return "; ".join(
        filter(
            None,
            (
                scheme,
                f"{say('batch')} {made}" if made else "",
                f"{say('conditions')}: {product.conditions}" if product.conditions else "",
            ),
        )
    )


def table_of(one: Certificate, say: Wording) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows of the table: sites with their activities, or models with their factories."""
    if one.product is None:
        rows = [
            (
                say("central", site=site.name) if site.central else site.name,
                ", ".join(filter(None, (site.address, site.country))),
                ", ".join(site.codes or ()),
            )
            for site in one.sites
        ]
        head = (say("site"), say("address"), say("activities"))
        # Where no site has activities of its own, the scope speaks for all.
        return (
            (head, list(rows))
            if any(row[2] for row in rows)
            else (head[:2], [row[:2] for row in rows])
        )
    product = one.product
    made = ", ".join(product.factories or ())
    names: Sequence[str] = product.models or tuple(filter(None, (product.family,)))
    gtins = product.gtins if len(product.gtins) == len(names) else ()
    columns = (say("model"), say("product_revision"), say("factory"), say("gtin"))
    return columns, [
        (name, product.revision or "", made, gtins[n] if gtins else "")
        for n, name in enumerate(names)
    ]
