"""Marks: where one was seen, and whether it may be there (rules.md 2f).

A mark of a management system belongs to the organisation: never on a product, a package or a test
report. A mark on a product is only as good as the licence for that product.
"""

from collections.abc import Iterator, Mapping, Sequence

from service.domain.certificate import Kind
from service.domain.question import Question
from service.domain.reason import Reason
from service.domain.verdict import SEVERITY, Check, Finding
from service.rules.case import Case
from service.rules.life_cycle import in_use
from service.rules.product import licenses_mark

# What an allowed statement about the maker must name (17021-1 8.3.3).
_ELEMENTS = frozenset({"holder", "system_and_standard", "certification_body"})
# Where a management-system mark was seen -> what it is (17021-1 8.3.1, 8.3.2).
_OF_SYSTEM: Mapping[str, Reason] = {
    "product": Reason.MS_MARK_ON_PRODUCT,
    "packaging": Reason.MS_MARK_ON_PACKAGING,
    "report": Reason.MARK_ON_REPORT,
}
_ON_GOODS = frozenset({"product", "packaging"})
# Pack `basec`: the shape tells the kind (MK-8).
_KIND_OF_SHAPE: Mapping[str, Kind] = {
    "circle": Kind.PRODUCT,
    "rectangle": Kind.MANAGEMENT_SYSTEM,
    "hexagon": Kind.SERVICE,
}
# Marks that are not the certifier's own.
_OTHERS = frozenset({"statement", "accreditation_symbol", "arrangement_mark", "ce", "iso_logo"})


def seen(asked: Question) -> tuple[str, ...]:
    """What was seen; where only a place or a shape is told, the certifier's own mark is meant."""
    if not asked.seen and (asked.placement is not None or asked.shape is not None):
        return ("own_mark",)
    return asked.seen


def assess_marks(case: Case, units: Sequence[Finding]) -> list[Finding]:
    """What was seen; `units` are the findings about the unit that bears it."""
    asked = case.question
    if not seen(asked):
        return []
    findings = [*_statement(asked), *_own(case, units), *_others(asked)]
    return [*findings, *_still_used(case)]


def _still_used(case: Case) -> list[Finding]:
    """MK-10: no reference may be in use while the certificate is suspended or has ended."""
    return [] if in_use(case) else [_found(Reason.MARK_STILL_IN_USE)]


def assess_iso_logo(case: Case) -> list[Finding]:
    """MK-12: the certificate itself shows the ISO logo."""
    return [_found(Reason.ISO_DOES_NOT_CERTIFY)] if "iso_logo" in case.certificate.displays else []


def _found(code: Reason) -> Finding:
    return Finding.of(Check.MARK, code)


def _statement(asked: Question) -> Iterator[Finding]:
    """MK-3, MK-4: a statement about the maker, on removable packaging or a leaflet."""
    if "statement" not in asked.seen:
        return
    says = set(asked.says)
    if says >= _ELEMENTS and "product_claim" not in says:
        yield _found(Reason.STATEMENT_ABOUT_ORGANISATION_ONLY)
    else:
        yield _found(Reason.STATEMENT_INCOMPLETE)


def _own(case: Case, units: Sequence[Finding]) -> Iterator[Finding]:
    """MK-1, MK-2, MK-5, MK-8: the certifier's own mark, meant where nothing else is seen."""
    asked, certificate = case.question, case.certificate
    if not set(seen(asked)) - _OTHERS:
        return
    kind = _KIND_OF_SHAPE.get(asked.shape or "")
    licensed = certificate.mark.kind if certificate.mark else None
    if kind is not None and licensed is not None and licensed != kind:
        yield _found(Reason.MARK_KIND_MISMATCH)
    elif kind is Kind.PRODUCT and certificate.kind is not Kind.PRODUCT:
        yield _found(Reason.PRODUCT_MARK_WITHOUT_LICENCE)
    elif case.is_ms or kind is Kind.MANAGEMENT_SYSTEM:
        if (code := _OF_SYSTEM.get(asked.placement or "")) is not None:
            yield _found(code)
    elif asked.placement in _ON_GOODS:
        yield from _on_goods(case, units)


def _on_goods(case: Case, units: Sequence[Finding]) -> Iterator[Finding]:
    """MK-6, MK-7: a product's mark needs a licence that covers this unit.

    A mark for a service is licensed, but never for goods.
    """
    if case.certificate.kind is not Kind.PRODUCT:
        yield _found(Reason.PRODUCT_MARK_WITHOUT_LICENCE)
    elif "samples" in case.functions or licenses_mark(case) is False:
        yield _found(Reason.MARK_NOT_LICENSED)
    elif any(SEVERITY[finding.outcome] > 1 for finding in units):
        yield _found(Reason.PRODUCT_MARK_WITHOUT_LICENCE)


def _others(asked: Question) -> Iterator[Finding]:
    """MK-9, MK-12, AB-10: symbols alone or on goods; the ISO logo anywhere."""
    others = set(asked.seen)
    if "accreditation_symbol" in others and (
        others == {"accreditation_symbol"} or asked.placement in _ON_GOODS
    ):
        yield _found(Reason.ACCREDITATION_SYMBOL_MISUSED)
    if "arrangement_mark" in others and "accreditation_symbol" not in others:
        yield _found(Reason.ARRANGEMENT_MARK_ALONE)
    if "iso_logo" in others:
        yield _found(Reason.ISO_DOES_NOT_CERTIFY)
