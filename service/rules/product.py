"""Rules of product certificates (rules.md 2b; ISO/IEC 17065, ISO/IEC 17067).

A product certificate follows the unit: made at a listed factory, to the certified revision, while
the licence ran. Decide by the scheme's function flags, not by its type label.
"""

from collections.abc import Iterator

from service.domain.certificate import Batch, Kind, Product
from service.domain.reason import Reason
from service.domain.scope import standard
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case
from service.rules.licence import assess_made_on

# A GTIN of 8, 12 or 13 digits is the one of 14 with zeros in front (GS1 General Specifications).
_GTIN_DIGITS = 14
# What a product or service can never be certified to (MS-1, from the other side).
_OTHER_KINDS = {
    "accreditation_norm": Reason.STANDARD_IS_AN_ACCREDITATION_STANDARD,
    "management_system": Reason.STANDARD_KIND_MISMATCH,
    "guidance": Reason.STANDARD_KIND_MISMATCH,
}


def assess_statement(case: Case) -> list[Finding]:
    """PC-1, PC-12, CM-10: what the certificate must be, and how its mark is kept honest."""
    certificate = case.certificate
    product, standards = certificate.product, certificate.standards
    named = product is None or product.models or product.family or product.batch
    findings = [
        Finding.of(Check.CLAIMS, Reason.INCOMPLETE_CERTIFICATE, field=name)
        for name, missing in (
            ("models", not named),
            ("standards", not standards),
            ("edition", any(standard(one).edition is None for one in standards)),
        )
        if missing
    ]
    findings += _kinds(case)
    if _licenses_unwatched(case):
        findings.append(Finding.of(Check.SURVEILLANCE, Reason.MARK_WITHOUT_SURVEILLANCE))
    return findings


def _kinds(case: Case) -> Iterator[Finding]:
    """MS-1 from the other side: no product is certified to a management-system standard."""
    for named in case.certificate.standards:
        code = _OTHER_KINDS.get(case.catalogue.kind(named) or "")
        if code is not None:
            yield Finding.of(Check.CLAIMS, code, standard=named)


def licenses_mark(case: Case) -> bool | None:
    """Whether the scheme licenses a mark; None where nothing is known of it."""
    if case.row is not None and case.row.mark_licence is not None:
        return case.row.mark_licence
    return "mark" in case.functions if case.functions else None


def _licenses_unwatched(case: Case) -> bool:
    """PC-12: a mark for ongoing production without a plan of surveillance."""
    row = case.row
    if row is None or row.plan or "production" not in case.functions:
        return False
    return licenses_mark(case) is True


def assess_fit(case: Case) -> list[Finding]:
    """PC-3 to PC-8: the unit asked about against what is certified."""
    product = case.certificate.product
    if product is None:
        return []
    return [
        *_models(case, product),
        *_factory(case, product),
        *_revision(case, product),
        *assess_made_on(case),
        *_samples(case, product),
    ]


def _models(case: Case, product: Product) -> Iterator[Finding]:
    """PC-3: model and GTIN."""
    asked = case.question
    models = {*product.models, *([product.family] if product.family else [])}
    gtins = {gtin.rjust(_GTIN_DIGITS, "0") for gtin in product.gtins}
    wrong_model = asked.model is not None and asked.model not in models
    wrong_gtin = asked.gtin is not None and asked.gtin.rjust(_GTIN_DIGITS, "0") not in gtins
    if wrong_model or wrong_gtin:
        yield Finding.of(Check.FIT, Reason.MODEL_NOT_COVERED)


def _factory(case: Case, product: Product) -> Iterator[Finding]:
    """PC-4: where the unit was made, if the certificate or its scheme lists factories."""
    asked = case.question.factory
    if asked is None or case.policy.factory_listed != "must_match":
        return
    listed = product.factories is not None or bool(case.row and case.row.lists_factories)
    if listed and asked not in (product.factories or ()):
        yield Finding.of(Check.FIT, Reason.FACTORY_NOT_COVERED)


def _revision(case: Case, product: Product) -> Iterator[Finding]:
    """PC-5: the certified design, or one whose change was approved.

    A certificate that names no revision covers those of which nothing else is on record.
    """
    asked = case.question.revision
    if asked is None or asked == product.revision:
        return
    changes = case.record.changes if case.record is not None else ()
    states = {
        change.state
        for change in changes
        if change.revision == asked and (change.on is None or change.on <= case.day)
    }
    if "approved" in states:
        return
    if "under_evaluation" in states:
        yield Finding.of(Check.FIT, Reason.CHANGE_UNDER_EVALUATION)
    elif product.revision is not None:
        yield Finding.of(Check.FIT, Reason.MODEL_CHANGED_SINCE_CERTIFICATION)


def _samples(case: Case, product: Product) -> Iterator[Finding]:
    """PC-6, PC-7: types that speak for samples, or for one batch, only."""
    asked = case.question
    inside = _in_batch(product.batch, asked.lot, asked.serial)
    if "samples" in case.functions and not asked.only_marks:
        purpose = case.catalogue.packs.purpose(asked.purpose)
        needs = asked.needs or (purpose.needs if purpose is not None else None)
        if not inside:
            outcome = Outcome.ACCEPT_WITH_WARNING
            if asked.asks_unit or needs == Kind.PRODUCT:
                outcome = Outcome.NOT_FOR_THIS_PURPOSE
            yield Finding.of(Check.FIT, Reason.SAMPLE_ONLY, outcome=outcome)
    elif (product.batch is not None or "batch" in case.functions) and inside is False:
        yield Finding.of(Check.FIT, Reason.OUTSIDE_BATCH)


def _in_batch(batch: Batch | None, lot: str | None, serial: str | None) -> bool | None:
    """Whether lot and serial number lie in a batch; None where neither is asked.

    What the batch does not limit need not match, but something must.
    """
    if lot is None and serial is None:
        return None
    if batch is None:
        return False
    matches = []
    if lot is not None and batch.lot is not None:
        matches.append(lot == batch.lot)
    if serial is not None and batch.serials:
        matches.append(any(_between(serial, *ends) for ends in batch.serials))
    return bool(matches) and all(matches)


def _between(serial: str, first: str, last: str) -> bool:
    """Both ends inside; numbers of one length compare as they are written."""
    return len(first) == len(serial) == len(last) and first <= serial <= last
