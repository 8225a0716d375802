"""Labels in one ink: round for a product, rectangular for the organisation behind it.

Sizes are millimetres. A management-system mark never becomes a product label: asking for one is
refused with the rule that forbids it (MK-1, ISO/IEC 17021-1 8.3.1). Every label names the address
that its code must lead to.
"""

from collections.abc import Iterator

from service.credential.qr import Symbol
from service.domain.certificate import Certificate, Kind
from service.domain.reason import Reason
from service.domain.refusal import Denied
from service.domain.verdict import code_table
from service.render.drawing import Around, Circle, Code, Drawing, Line, Part, Words

LEAST_MODULE_MM, USUAL_MODULE_MM, MOST_MODULE_MM = 0.2, 0.4, 1.0
# Below this, phones in a shop begin to struggle.
SAFE_MODULE_MM = 0.33
# Text, code and bar stand beside and below a mark of 26 mm.
_LEFT, _TOP, _BAR, _LEAST_HEIGHT = 60.0, 3.4, 10.0, 50.0
_ROOM = _LEFT - 34.5


def product_label(
    certificate: Certificate, code: Symbol, *, body: str, host: str, model: str | None = None,
    module_mm: float = USUAL_MODULE_MM,
) -> Drawing:  # fmt: skip
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
    height = bar + _BAR
    return Drawing(
        width,
        height,
        f"Product label: {product.brand or ''} {named}".replace("  ", " "),
        (
            _box(0.25, 0.25, width - 0.5, height - 0.5, 0.25),
            *product_mark(body, 4, 5, 26),
            Words(34, 8.6, 3, product.brand or certificate.holder.name, _ROOM),
            Words(33.4, 19.6, 13, named, _ROOM, bold=True),
            Words(34, 24, 2.5, ", ".join(certificate.standards), _ROOM),
            Words(34, 31, 2.5, certificate.number, _ROOM, bold=True),
            Words(34, 36.4, 3, host, _ROOM, bold=True),
            Code(code, _LEFT, _TOP, module_mm),
            _box(0, bar, width, _BAR),
            Words(width / 2, height - 3.8, 3.3, f"Scan the code. The page must be at {host}",
                  width - 10, bold=True, middle=True, white=True),
        ),
    )  # fmt: skip


def system_mark(certificate: Certificate, *, body: str) -> Drawing:
    """The rectangular mark for letterheads: it says that it certifies the organisation.

    Raises Denied BAD_PARAMETER for what is no management-system certificate.
    """
    if certificate.kind is not Kind.MANAGEMENT_SYSTEM:
        raise Denied("BAD_PARAMETER", "Only a management system has this mark.", "letterhead")
    standards = ", ".join(certificate.standards)
    return Drawing(
        80,
        40,
        f"Management-system mark: {standards}",
        (
            _box(0.7, 0.7, 78.6, 38.6, 1.4),
            _box(0, 30.4, 80, 9.6),
            _box(12, 6.4, 7.2, 5.6, 1.4),
            _box(5.2, 18.4, 7.2, 5.6, 1.4),
            _box(18.8, 18.4, 7.2, 5.6, 1.4),
            Line(((15.6, 12), (15.6, 15.2)), 1.4, closed=False),
            Line(((8.8, 18.4), (8.8, 15.2), (22.4, 15.2), (22.4, 18.4)), 1.4, closed=False),
            Line(((30.4, 4.8), (30.4, 26.4)), 0.4, closed=False),
            Words(34.4, 9.2, 4.2, "Management system", 41.6),
            Words(34.2, 16.8, 6.4, standards, 41.6, bold=True),
            Words(34.4, 22.2, 3, body, 41.6),
            Words(34.4, 26.2, 3, certificate.number, 41.6),
            Words(40, 36.6, 3.8, "Certifies the organisation, not a product", 74.4, bold=True,
                  middle=True, white=True),
        ),
        "For letterheads and web pages; never for products, packaging, labels or test reports.",
    )  # fmt: skip


def product_mark(body: str, left: float, top: float, size: float) -> Iterator[Part]:
    """The round mark of a product, `size` mm wide: drawn on 200 units and scaled."""
    k = size / 200

    def at(*points: tuple[float, float]) -> tuple[tuple[float, float], ...]:
        return tuple((left + x * k, top + y * k) for x, y in points)

    middle = at((100, 100))[0]
    yield Circle(*middle, 95 * k, 7 * k)
    yield Circle(*middle, 62 * k, 3 * k)
    yield Line(at((100, 62), (134, 81), (134, 119), (100, 138), (66, 119), (66, 81)), width=5.5 * k)
    yield Line(at((66, 81), (100, 100), (134, 81)), width=5.5 * k, closed=False)
    yield Line(at((100, 100), (100, 138)), width=5.5 * k, closed=False)
    yield Around(*middle, 72.5 * k, 17 * k, "PRODUCT CERTIFIED")
    yield Around(*middle, 72.5 * k, 17 * k, _short(body), low=True)
    for x in (24.0, 176.0):
        yield Line(at((x - 5.5, 108), (x, 102.5), (x + 5.5, 108), (x, 113.5)))


def _box(x: float, y: float, width: float, height: float, line: float = 0) -> Line:
    return Line(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), line)


def _short(body: str) -> str:
    return body.split()[0].upper()[:14] if body.split() else ""
