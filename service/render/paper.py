"""The certificate as a page to print: all that ISO/IEC 17021-1 8.2.2 or 17065 7.7 asks for.

A file of its own, style and code included, that asks nothing of any network. The page says what it
cannot show: what has happened since. Its words are those that were signed.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from service.credential.qr import Symbol, to_path
from service.domain.certificate import Certificate, Kind
from service.render.markup import safe

_STYLE = Path(__file__).with_name("style") / "paper.css"
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_WORDS = {
    Kind.MANAGEMENT_SYSTEM: (
        "Management-system certificate",
        "runs a management system that meets {standards} for",
        "whether its yearly checks were held",
        "<b>Certifies the organisation, not a product.</b> It does not guarantee product quality "
        "and may not be shown on products, packaging, labels or test reports.",
        '<path d="M1 14h98v72H1zM6 19h88v62H6z"/>',
    ),
    Kind.PRODUCT: (
        "Product certificate",
        "may put the round product mark on the products below, which meet",
        "whether the factory was inspected",
        "<b>Certifies the models named here, in the revision and from the factory named.</b> It "
        "says nothing about other products, or about how the company is run.",
        '<circle cx="50" cy="50" r="49"/><circle cx="50" cy="50" r="44"/>',
    ),
    Kind.SERVICE: (
        "Service certificate",
        "provides the service below as {standards} asks:",
        "whether its regular checks were held",
        "<b>Certifies the service named here.</b> It approves no product and says nothing about "
        "how the rest of the company works.",
        '<path d="M50 2l42 24v48L50 98L8 74V26z"/>',
    ),
}


def certificate_page(
    one: Certificate, code: Symbol, *, body: str, accredited_by: str | None, host: str
) -> str:
    """A certificate on A4 or US Letter; `accredited_by` is the accreditation body's name."""
    title, says, checks, band, shape = _WORDS[one.kind]
    standards = ", ".join(map(safe, one.standards))
    number = f"{safe(one.number)}, revision {one.revision}"
    side = code.side
    accredited = (
        f"Accredited by <b>{safe(accredited_by or one.accreditation.by)}</b>, no. "
        f"{safe(one.accreditation.number)}"
        if one.accreditation
        else "No accreditation is claimed"
    )
    return f"""<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8">
<title>{number}</title><style>{_STYLE.read_text("utf-8")}</style></head>
<body><main><article class="sheet" data-kind="{one.kind}">
<header class="sheet__head"><p class="sheet__cb">{safe(body)}</p>
<p class="sheet__num"><bdi>{number}</bdi></p></header>
<svg class="sheet__shape" viewBox="0 0 100 100" aria-hidden="true">{shape}</svg>
<h2><span>{title}</span> {_heading(one)}</h2>
<p class="who"><b><bdi>{safe(one.holder.name)}</bdi></b> {_address(one)}</p>
<p class="says">{says.format(standards=standards)}</p>
<p class="scope"><bdi>{_scope(one)}</bdi></p>
{_table(one)}
<dl class="dates">{"".join(_days(one))}</dl>
<div class="sign"><p>Decided by {safe(body)}</p><p>{accredited}</p></div>
<section class="live"><div class="live__code"><svg class="code" viewBox="0 0 {side} {side}"
 shape-rendering="crispEdges" role="img" aria-label="Code of the certificate">
<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{to_path(code)}"/></svg>
<p><b>{safe(host)}</b></p></div><div class="live__text">
<p class="live__lead">Paper cannot show what happened since. The code can.</p>
<p>It tells whether this certificate is genuine, {checks}, and what it covers.</p>
<p>Scan it, or type the number at <b>{safe(host)}</b>. Make sure that the page which opens has
that address.</p></div></section>
<p class="band">{band}</p>
</article></main></body></html>
"""


def _heading(one: Certificate) -> str:
    if one.product is None:
        return ", ".join(map(safe, one.standards))
    return safe(" ".join(filter(None, (one.product.brand, *one.product.models[:3]))))


def _address(one: Certificate) -> str:
    parts = (one.holder.address, one.holder.country, one.holder.id)
    return safe(", ".join(part for part in parts if part))


def _scope(one: Certificate) -> str:
    part = one.organisation or one.service
    if part is not None:
        codes = f" ({', '.join(part.codes)})" if part.codes else ""
        return safe(f"{part.scope}{codes}")
    scheme = f" under scheme {one.scheme.id}, type {one.scheme.type}" if one.scheme else ""
    return safe(", ".join(one.standards) + scheme)


def _table(one: Certificate) -> str:
    """Sites, or models with what is stated of them."""
    if one.product is None:
        rows = [(s.name, ", ".join(filter(None, (s.address, s.country)))) for s in one.sites]
        return _rows("Sites", ("Site", "Address"), rows) if rows else ""
    product = one.product
    made = ", ".join(product.factories or ())
    rows3 = [(model, product.revision or "", made) for model in product.models]
    return _rows("Products", ("Model", "Revision", "Made at"), rows3) if rows3 else ""


def _rows(caption: str, head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    top = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td><bdi>{safe(cell)}</bdi></td>" for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f'<table class="paper-table"><caption>{caption}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _days(one: Certificate) -> Iterable[str]:
    end = _day(one.expires) if one.expires else "no fixed end"
    for label, day in (
        ("Decided", _day(one.decided)),
        ("In force from", _day(one.effective)),
        ("Valid to the end of" if one.expires else "Ends", end),
    ):
        yield f"<div><dt>{label}</dt><dd>{day}</dd></div>"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
