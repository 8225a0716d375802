"""Labels as SVG, one ink: round for a product, rectangular for the organisation behind it.

Sizes are millimetres. A management-system mark never becomes a product label: asking for one is
refused with the rule that forbids it (MK-1, ISO/IEC 17021-1 8.3.1). Every label names the address
that its code must lead to.
"""

from service.credential.qr import Symbol, to_path
from service.domain.certificate import Certificate, Kind
from service.domain.reason import Reason
from service.domain.refusal import Denied
from service.domain.verdict import code_table
from service.render.markup import safe

LEAST_MODULE_MM, USUAL_MODULE_MM, MOST_MODULE_MM = 0.2, 0.4, 1.0
# Below this, phones in a shop begin to struggle.
SAFE_MODULE_MM = 0.33
# Text, code and bar stand beside and below a mark of 26 mm.
_LEFT, _TOP, _BAR, _LEAST_HEIGHT = 60.0, 3.4, 10.0, 50.0
# An average letter is so wide, in parts of its size.
_LETTER = 0.56
_SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"
_MONO = "ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace"
_PRODUCT_MARK = (
    '<svg x="4" y="5" width="26" height="26" viewBox="0 0 200 200">'
    '<g fill="none" stroke="#000"><circle cx="100" cy="100" r="95" stroke-width="7"/>'
    '<circle cx="100" cy="100" r="62" stroke-width="3"/><path stroke-width="5.5" '
    'stroke-linejoin="round" d="M100 62l34 19v38l-34 19l-34-19V81zM66 81l34 19l34-19M100 100v38"/>'
    '</g><path id="top" fill="none" d="M100 100m-72.5 0a72.5 72.5 0 0 1 145 0"/>'
    '<path id="low" fill="none" d="M100 100m-84 0a84 84 0 0 0 168 0"/>'
    '<g font-weight="700" font-size="17" text-anchor="middle">'
    '<text letter-spacing="1.2"><textPath href="#top" startOffset="50%">PRODUCT CERTIFIED'
    '</textPath></text><text><textPath href="#low" startOffset="50%">{body}</textPath></text></g>'
    '<path d="M18.5 108l5.5-5.5l5.5 5.5l-5.5 5.5zM170.5 108l5.5-5.5l5.5 5.5l-5.5 5.5z"/></svg>'
)


def product_label(
    certificate: Certificate, code: Symbol, *, body: str, host: str, model: str | None = None,
    module_mm: float = USUAL_MODULE_MM,
) -> str:  # fmt: skip
    """The label of a product model: mark, model, number, code and the address to expect.

    Raises Denied: MS_MARK_ON_PRODUCT for what certifies no product, BAD_PARAMETER for a model that
    is not certified or a module outside of 0.2 to 1 mm.
    """
    product = certificate.product
    if certificate.kind is Kind.SERVICE:
        raise Denied("BAD_PARAMETER", "A service certificate is for no product.", "number")
    if product is None:
        said = code_table()[Reason.MS_MARK_ON_PRODUCT].texts
        raise Denied(str(Reason.MS_MARK_ON_PRODUCT), f"{said['sentence']} {said['means']}")
    if not LEAST_MODULE_MM <= module_mm <= MOST_MODULE_MM:
        raise Denied("BAD_PARAMETER", "A module is 0.2 to 1 mm wide.", "module")
    named = model or next(iter(product.models), product.family or "")
    if model is not None and model not in product.models:
        raise Denied("BAD_PARAMETER", "This model is not on the certificate.", "model")
    side = code.side * module_mm
    width, bar = _LEFT + side + 1, max(_LEAST_HEIGHT - _BAR, _TOP + side + 1)
    height, room = bar + _BAR, _LEFT - 34.5
    lines = [
        _text(34, 8.6, 3, product.brand or certificate.holder.name, room),
        _text(33.4, 19.6, 13, named, room, weight=800),
        _text(34, 24, 2.5, ", ".join(certificate.standards), room),
        _text(34, 31, 2.5, certificate.number, room, weight=600, font=_MONO),
        _text(34, 36.4, 3, host, room, weight=700),
        _text(width / 2, height - 3.8, 3.3, f"Scan the code. The page must be at {host}",
              width - 10, weight=600, anchor="middle", fill="#fff"),
    ]  # fmt: skip
    title = f"Product label: {product.brand or ''} {named}".replace("  ", " ")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" font-family="{_SANS}">'
        f"<title>{safe(title)}</title>"
        f'<path fill="#fff" d="M0 0h{width:g}v{height:g}H0z"/>'
        f'<path fill="none" stroke="#000" stroke-width=".25" '
        f'd="M.25 .25h{width - 0.5:g}v{height - 0.5:g}H.25z"/>'
        + _PRODUCT_MARK.format(body=safe(_short(body)))
        + f'<path transform="translate({_LEFT:g} {_TOP:g}) scale({module_mm:g})" '
        f'shape-rendering="crispEdges" d="{to_path(code)}"/>'
        f'<path d="M0 {bar:g}h{width:g}v{_BAR:g}H0z"/>' + "".join(lines) + "</svg>\n"
    )


def system_mark(certificate: Certificate, *, body: str) -> str:
    """The rectangular mark for letterheads: it says that it certifies the organisation.

    Raises Denied BAD_PARAMETER for what is no management-system certificate.
    """
    if certificate.kind is not Kind.MANAGEMENT_SYSTEM:
        raise Denied("BAD_PARAMETER", "Only a management system has this mark.", "letterhead")
    standards = ", ".join(certificate.standards)
    lines = [
        _text(172, 46, 21, "Management system", 208),
        _text(171, 84, 32, standards, 208, weight=800),
        _text(172, 111, 15, body, 208),
        _text(172, 131, 15, certificate.number, 208, font=_MONO),
        _text(200, 183, 19, "Certifies the organisation, not a product", 372, weight=700,
              anchor="middle", fill="#fff"),
    ]  # fmt: skip
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="80mm" height="40mm" viewBox="0 0 400 200" '
        f'role="img" font-family="{_SANS}">'
        f"<title>Management-system mark: {safe(standards)}</title>"
        "<desc>For letterheads and web pages; never for products, packaging, labels or test "
        'reports.</desc><path fill="#fff" d="M0 0h400v200H0z"/><path fill="none" stroke="#000" '
        'stroke-width="7" d="M3.5 3.5h393v193h-393z"/><path d="M0 152h400v48H0z"/><g fill="none" '
        'stroke="#000" stroke-width="7">'
        '<path d="M60 32h36v28H60zM26 92h36v28H26zM94 92h36v28H94z"/>'
        '<path d="M78 60v16M44 92V76h68v16"/></g>'
        '<path d="M152 24v108" stroke="#000" stroke-width="2"/>' + "".join(lines) + "</svg>\n"
    )


def _text(
    x: float, y: float, size: float, text: str, room: float, *, weight: int = 400,
    font: str = "", anchor: str = "start", fill: str = "#000",
) -> str:  # fmt: skip
    """A line of letters; what would be wider than `room` is set smaller, and then closer."""
    wide = len(text) * size * _LETTER
    if wide > room:
        size = max(size * room / wide, size * 0.45)
    fit = f' textLength="{room:g}" lengthAdjust="spacingAndGlyphs"' if (
        len(text) * size * _LETTER > room
    ) else ""  # fmt: skip
    family = f' font-family="{font}"' if font else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:.3g}" font-weight="{weight}" '
        f'text-anchor="{anchor}" fill="{fill}"{family}{fit}>{safe(text)}</text>'
    )


def _short(body: str) -> str:
    return body.split()[0].upper()[:14] if body.split() else ""
