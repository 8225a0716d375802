"""Rules of product certificates (rules.md 2b; ISO/IEC 17065, ISO/IEC 17067).

A product certificate follows the unit: made at a listed factory, to the certified revision, while
the licence ran. Decide by the scheme's function flags, not by its type label.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from service.domain.certificate import Batch, Kind, Product
from service.domain.reason import Reason
from service.domain.scope import standard
from service.domain.verdict import Check, Finding, Outcome
from service.rules.case import Case
from service.rules.life_cycle import End

# A GTIN of 8, 12 or 13 digits is the one of 14 with zeros in front (GS1 General Specifications).
_GTIN_DIGITS = 14


def assess_statement(case: Case) -> list[Finding]:
    """PC-1, PC-12: what the certificate itself must be, and how its mark is kept honest."""
    certificate = case.certificate
    findings = []
    if certificate.product is not None:
        product = certificate.product
        named = product.models or product.family or product.batch
        for name, missing in (
            ("models", not named),
            ("standards", not certificate.standards),
            ("edition", any(standard(one).edition is None for one in certificate.standards)),
        ):
            if missing:
                findings.append(Finding.of(Check.CLAIMS, Reason.INCOMPLETE_CERTIFICATE, field=name))
    findings += _kinds(case)
    if _licenses_unwatched(case):
        findings.append(Finding.of(Check.SURVEILLANCE, Reason.MARK_WITHOUT_SURVEILLANCE))
    return findings


def _kinds(case: Case) -> Iterator[Finding]:
    """MS-1 from the other side: no product is certified to a management-system standard."""
    for named in case.certificate.standards:
        kind = case.catalogue.kind(named)
        if kind == "accreditation_norm":
            code = Reason.STANDARD_IS_AN_ACCREDITATION_STANDARD
        elif kind == "management_system":
            code = Reason.STANDARD_KIND_MISMATCH
        else:
            continue
        yield Finding.of(Check.CLAIMS, code, standard=named)


def _licenses_unwatched(case: Case) -> bool:
    """PC-12: a mark for ongoing production without a plan of surveillance."""
    row = case.row
    if row is None or row.plan or "production" not in case.functions:
        return False
    return row.mark_licence if row.mark_licence is not None else "mark" in case.functions


def assess_fit(case: Case) -> list[Finding]:
    """PC-3 to PC-8: the unit asked about against what is certified."""
    product = case.certificate.product
    if product is None:
        return []
    return [*_models(case, product), *_unit(case, product), *_samples(case, product)]


def _models(case: Case, product: Product) -> Iterator[Finding]:
    """PC-3: model and GTIN."""
    asked = case.question
    models = {*product.models, *([product.family] if product.family else [])}
    gtins = {gtin.rjust(_GTIN_DIGITS, "0") for gtin in product.gtins}
    wrong_model = asked.model is not None and asked.model not in models
    wrong_gtin = asked.gtin is not None and asked.gtin.rjust(_GTIN_DIGITS, "0") not in gtins
    if wrong_model or wrong_gtin:
        yield Finding.of(Check.FIT, Reason.MODEL_NOT_COVERED)


def _unit(case: Case, product: Product) -> Iterator[Finding]:
    """PC-4, PC-5, PC-8: where, to which revision and when the unit was made."""
    asked = case.question
    if asked.factory is not None and case.policy.factory_listed == "must_match":
        listed = product.factories is not None or bool(case.row and case.row.lists_factories)
        if listed and asked.factory not in (product.factories or ()):
            yield Finding.of(Check.FIT, Reason.FACTORY_NOT_COVERED)
    if asked.revision is not None and product.revision not in (None, asked.revision):
        yield from _revision(case, asked.revision)
    if asked.made_on is not None and asked.made_on < _granted(case):
        yield Finding.of(Check.FIT, Reason.MADE_OUTSIDE_VALIDITY)


def _revision(case: Case, revision: str) -> Iterator[Finding]:
    changes = case.record.changes if case.record is not None else ()
    states = {
        change.state
        for change in changes
        if change.revision == revision and (change.on is None or change.on <= case.day)
    }
    if "approved" in states:
        return
    under_way = "under_evaluation" in states
    code = Reason.CHANGE_UNDER_EVALUATION if under_way else Reason.MODEL_CHANGED_SINCE_CERTIFICATION
    yield Finding.of(Check.FIT, code)


def _granted(case: Case) -> date:
    """The first day of the licence: the grant on record, else the certificate's own."""
    events = case.record.events if case.record is not None else ()
    grants = [event.effective_on for event in events if event.type == "granted"]
    return min([case.certificate.effective, *grants])


def _samples(case: Case, product: Product) -> Iterator[Finding]:
    """PC-6, PC-7: types that speak for samples, or for one batch, only."""
    asked = case.question
    inside = _in_batch(product.batch, asked.lot, asked.serial)
    if "samples" in case.functions and not asked.only_marks:
        needs_units = asked.asks_unit or asked.needs == Kind.PRODUCT
        if not inside:
            outcome = None if needs_units else Outcome.ACCEPT_WITH_WARNING
            yield Finding.of(Check.FIT, Reason.SAMPLE_ONLY, outcome=outcome)
    elif (product.batch is not None or "batch" in case.functions) and inside is False:
        yield Finding.of(Check.FIT, Reason.OUTSIDE_BATCH)


def _in_batch(batch: Batch | None, lot: str | None, serial: str | None) -> bool | None:
    """Whether lot and serial number lie in a batch; None where neither is asked."""
    if lot is None and serial is None:
        return None
    if batch is None:
        return False
    right_lot = lot is None or lot == batch.lot
    ranges = batch.serials
    return right_lot and (serial is None or any(_between(serial, *ends) for ends in ranges))


def _between(serial: str, first: str, last: str) -> bool:
    """Both ends inside; numbers of one length compare as they are written."""
    return len(first) == len(serial) == len(last) and first <= serial <= last


def assess_end(case: Case, end: End) -> list[Finding]:
    """PC-8 to PC-10: what has ended, for a unit that was made before or after."""
    made = case.question.made_on
    if case.certificate.kind is not Kind.PRODUCT or made is None or end.on is None:
        return [end.finding]
    if made >= end.on:
        return [end.finding, Finding.of(Check.FIT, Reason.MADE_OUTSIDE_VALIDITY)]
    row = case.row
    keeps = row.grandfather_units if row is not None else None
    keeps = case.policy.grandfather_units if keeps is None else keeps
    if not keeps or end.reason in case.policy.grandfather_excludes:
        return [end.finding]
    return [Finding.of(Check.STATUS, Reason.MADE_BEFORE_END, date=end.on)]


def assess_suspension(case: Case, findings: list[Finding]) -> list[Finding]:
    """PC-13: a unit made before the suspension began is not touched by it."""
    made = case.question.made_on
    if case.certificate.kind is not Kind.PRODUCT or made is None:
        return findings
    outcome = Outcome.ACCEPT_WITH_WARNING
    if case.policy.suspended_units != "warn":
        outcome = Outcome.REJECT
    return [
        replace(finding, code=Reason.SUSPENDED_LATER, outcome=outcome)
        if finding.code is Reason.SUSPENDED and _began_after(finding, made)
        else finding
        for finding in findings
    ]


def _began_after(suspended: Finding, made: date) -> bool:
    since = suspended.facts.get("date")
    return isinstance(since, date) and made < since
