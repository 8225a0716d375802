"""Fitness: the question against what is certified (rules.md 2.1 CM-1, CM-2; 2a MS-21 to 23; 2g).

One kind of certificate never answers for another, and a management system is not a product: the
matrix says so before anything else is compared.
"""

import re
from collections.abc import Iterator, Mapping

from service.domain.certificate import Kind
from service.domain.question import Question
from service.domain.reason import Reason
from service.domain.scope import covers_standard
from service.domain.verdict import Check, Finding
from service.rules import marks, product
from service.rules.case import Case
from service.rules.catalogue import Catalogue

# Needed, shown -> what never stands for what (2g); what is not in it stands.
MATRIX: Mapping[tuple[Kind, Kind], Reason] = {
    (Kind.PRODUCT, Kind.MANAGEMENT_SYSTEM): Reason.MS_NOT_PRODUCT,
    (Kind.PRODUCT, Kind.SERVICE): Reason.SERVICE_NOT_PRODUCT,
    (Kind.MANAGEMENT_SYSTEM, Kind.PRODUCT): Reason.PRODUCT_NOT_MS,
    (Kind.MANAGEMENT_SYSTEM, Kind.SERVICE): Reason.SERVICE_NOT_MS,
    (Kind.SERVICE, Kind.MANAGEMENT_SYSTEM): Reason.MS_NOT_SERVICE,
    (Kind.SERVICE, Kind.PRODUCT): Reason.PRODUCT_NOT_SERVICE,
}
# What is no certificate at all, whatever was needed (2g).
NO_CERTIFICATE: Mapping[str, Reason] = {
    "test_report": Reason.REPORT_NOT_CERTIFICATE,
    "accreditation": Reason.ACCREDITATION_NOT_CERTIFICATION,
    "declaration": Reason.DECLARATION_ONLY,
}
# What a registration of a legal person looks like: `lei:…`, `vat:…`.
_REGISTERED = re.compile(r"[a-z][a-z0-9-]*:[^ ]")
# Kinds of standards as kinds of certificates.
_OF_STANDARD: Mapping[str, Kind] = {
    "product": Kind.PRODUCT,
    "management_system": Kind.MANAGEMENT_SYSTEM,
    "service": Kind.SERVICE,
}


def kind_needed(question: Question, shown: Kind, catalogue: Catalogue) -> Kind | None:
    """CM-1: the kind that a question needs; None where it implies none."""
    if question.needs is not None:
        return Kind(question.needs)
    if (kind := _of_purpose(question, catalogue)) is not None:
        return kind
    if question.asks_unit:
        return Kind.PRODUCT
    if question.site is not None:
        return Kind.SERVICE if shown is Kind.SERVICE else Kind.MANAGEMENT_SYSTEM
    named = catalogue.kind(question.standard) if question.standard is not None else None
    return _OF_STANDARD.get(named or "")


def _of_purpose(question: Question, catalogue: Catalogue) -> Kind | None:
    meant = catalogue.packs.purpose(question.purpose)
    return Kind(meant.needs) if meant is not None and meant.needs is not None else None


def _of_another_kind(case: Case) -> Reason | None:
    """CM-1, PC-16, PC-17, PC-18: why the certificate is of another kind than what is asked about.

    A law and a unit have their own kind, whatever else is needed: a serial number is never
    ignored because a system is needed too, for one kind never fills the other (2g).
    """
    asked, shown = case.question, case.certificate.kind
    kinds = [
        kind_needed(asked, shown, case.catalogue),
        _of_purpose(asked, case.catalogue),
        Kind.PRODUCT if asked.asks_unit else None,
    ]
    codes = (MATRIX.get((needed, shown)) for needed in kinds if needed is not None)
    code = next((code for code in codes if code is not None), None)
    if code is Reason.MS_NOT_PRODUCT and case.certificate.prerequisite_for is not None:
        return Reason.PREREQUISITE_ONLY
    return code


def assess_fit(case: Case) -> list[Finding]:
    """Every finding about the question; the matrix answers alone where the kind is another."""
    asked = case.question
    if asked.shown in NO_CERTIFICATE:
        return [_no_certificate(asked)]
    if asked.only_marks:
        return marks.assess_marks(case, [])
    if (code := _of_another_kind(case)) is not None:
        return [Finding.of(Check.FIT, code), *marks.assess_marks(case, [])]
    units = product.assess_fit(case)
    return [
        *_standard(case),
        *_scope(case),
        *_holder(case),
        *units,
        *marks.assess_marks(case, units),
    ]


def _no_certificate(asked: Question) -> Finding:
    """MK-11: a report, an accreditation or a declaration certifies nothing; CE is the last."""
    if asked.shown == "declaration" and "ce" in asked.seen:
        return Finding.of(Check.FIT, Reason.CE_IS_A_MANUFACTURER_DECLARATION)
    return Finding.of(Check.FIT, NO_CERTIFICATE[asked.shown or ""])


def _standard(case: Case) -> Iterator[Finding]:
    """CM-2: the asked standard is among the certified ones."""
    asked = case.question.standard
    if asked is not None and not any(
        covers_standard(asked, certified) for certified in case.certificate.standards
    ):
        yield Finding.of(Check.FIT, Reason.STANDARD_NOT_THE_ONE_ASKED)


def _scope(case: Case) -> Iterator[Finding]:
    """MS-21, MS-22: the asked site is certified for more than central functions, and for this.

    The codes of a site are a part of those of the whole, never more.
    """
    asked, certificate = case.question, case.certificate
    codes = set(case.codes)
    if asked.site is not None:
        site = next((site for site in certificate.sites if site.name == asked.site), None)
        if site is None or site.central:
            yield Finding.of(Check.FIT, Reason.SITE_NOT_COVERED)
        else:
            codes = set(certificate.codes if site.codes is None else site.codes)
    if asked.activity is not None and asked.activity not in codes:
        yield Finding.of(Check.FIT, Reason.ACTIVITY_NOT_COVERED)


def _holder(case: Case) -> Iterator[Finding]:
    """MS-23: the holder by registration (`lei:…`), else by the exact name; of all kinds.

    A registration is never compared with a name: anyone may call themselves `lei:…`.
    """
    asked, holder = case.question.holder, case.certificate.holder
    if asked is None:
        return
    known = holder.id if _REGISTERED.match(asked) else holder.name
    if asked != known:
        yield Finding.of(Check.FIT, Reason.HOLDER_MISMATCH)
