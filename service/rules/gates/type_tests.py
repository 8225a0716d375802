"""Type tests and the laboratories that made them (rules.md IG-PC-2 to IG-PC-4, IG-PC-11, AB-12)."""

from collections.abc import Iterator
from datetime import date

from service.domain.dates import add_months
from service.domain.dossier import Dossier
from service.domain.evidence import TypeTest
from service.domain.scope import any_covers
from service.rules.ended import ending_for, first_day_without, suspended_on
from service.rules.gates.ground import Body, Ground, decision_day
from service.rules.gates.problem import Problem, beware, idle, named, wrong
from service.rules.gates.prospect import added, scope_row
from service.rules.gates.recognition import recognised_on

TESTING_NORM = "ISO/IEC 17025"
_ACCEPTED = frozenset({"multilateral_scheme", "cb_assessed", "witnessed"})


def _name(test: TypeTest) -> str:
    return test.report or "without a number"


def tested(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-PC-2, AB-12: all clauses passed, at a laboratory accredited on the day of its report.

    Each report is judged by its own standard; a clause that one report leaves out may stand in
    another of the same model and standard. Whether the laboratory was suspended is IG-PC-11.
    """
    if not dossier.tests:
        yield wrong("There is no test report on file.")
    for test in dossier.tests:
        if test.result != "pass":
            yield wrong(f"The test of report {_name(test)} was not passed.", report=test.report)
        if test.clauses_missing is None:
            yield wrong(f"Which clauses report {_name(test)} leaves out is not on file.")
        yield from _laboratory(test, ground)
    yield from _clauses(dossier)


def _clauses(dossier: Dossier) -> Iterator[Problem]:
    together: dict[tuple[str | None, str | None], set[str]] = {}
    for test in dossier.tests:
        key, left_out = (test.standard, test.model), set(test.clauses_missing or ())
        together[key] = together.get(key, left_out) & left_out
    for (standard, model), clauses in together.items():
        if clauses:
            missing = sorted(clauses)
            yield wrong(
                f"{model or 'A model'} was not tested to {named(missing)}"
                f" of {standard or 'its standard'}.",
                clauses=missing,
            )


def _laboratory(test: TypeTest, ground: Ground) -> Iterator[Problem]:
    name, issued = test.laboratory, test.issued_on
    if name is None or issued is None or test.standard is None:
        yield wrong(f"Laboratory, standard or day of issue of report {_name(test)} is not on file.")
        return
    why = _not_accredited(test, ground.laboratories.get(name, Body()), issued, ground)
    if why is None:
        return
    accepted = not ground.policy.lab_must_be_accredited and test.acceptance_basis in _ACCEPTED
    say = beware if accepted else wrong
    yield say(f"{name} {why} (report {_name(test)}).", laboratory=name, report=test.report)


def _not_accredited(test: TypeTest, body: Body, day: date, ground: Ground) -> str | None:
    """Why a laboratory was not accredited for a test on a day; None if it was."""
    given, standard = body.accreditation, test.standard or ""
    if given is None or given.norm != TESTING_NORM:
        return "is not accredited for testing"
    if given.offices is not None and test.site not in given.offices:
        return f"is not accredited at {test.site or 'an unknown site'}"
    event = ending_for(given.touching((standard,), (), None), day, day)
    ended_on = first_day_without(given, event)
    undated = event is not None and event.effective_on is None
    if day < given.granted_on or undated or (ended_on is not None and day >= ended_on):
        return f"was not accredited on {day}"
    if not any(row.period.covers(day) and any_covers(row.standards, standard)
               for row in given.scope):  # fmt: skip
        return f"was not accredited for {standard} on {day}"
    if not recognised_on(body.recognition, TESTING_NORM, standard, day, policy=ground.policy):
        return f"is accredited by a body that was not recognised for testing on {day}"
    return None


def same_thing(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-PC-3: what was tested is what is certified: model, revision, and edition of the standard.

    Strictly: every model has a report to every standard. A family is shown by one of its models; of
    an extension only what is new.
    """
    product, new = dossier.product, added(dossier, ground)
    for test in dossier.tests:
        if test.standard not in dossier.standards:
            yield wrong(f"Report {_name(test)} is about {test.standard or 'no standard'},"
                        f" not {named(dossier.standards)}.", report=test.report)  # fmt: skip
        if test.revision != product.revision:
            yield wrong(f"Report {_name(test)} is about revision {test.revision or 'unknown'},"
                        f" not {product.revision or 'unknown'}.", report=test.report)  # fmt: skip
        known = test.model is not None and test.model in (*product.models, product.family)
        if not known and (product.models or test.model is None):
            yield wrong(f"Report {_name(test)} is about model {test.model or 'unknown'}, which"
                        " is not certified.", report=test.report)  # fmt: skip
    shown = {(test.model, test.standard) for test in dossier.tests}
    for standard in dossier.standards:
        anew = standard in new.standards or new.redesigned
        models = product.models if anew else new.models
        missing = [model for model in models if (model, standard) not in shown]
        by_one = product.family is not None and any(one == standard for _, one in shown)
        nothing = anew and not any(one == standard for _, one in shown)
        if nothing or (missing and not by_one):
            yield wrong(f"No report shows {named(missing or ['the product'])} to {standard}.",
                        models=missing, standard=standard)  # fmt: skip


def report_age(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-PC-4: no report is older than the scheme, else the policy, allows at the decision."""
    if not dossier.tests:
        yield idle("There is no test report yet.")
    row = scope_row(dossier, ground)
    months = row.report_max_age_months if row is not None else None
    months = ground.policy.report_max_age_months if months is None else months
    oldest = add_months(decision_day(dossier, ground), -months)
    for test in dossier.tests:
        if test.issued_on is None or test.issued_on < oldest:
            yield wrong(f"Report {_name(test)} of {test.issued_on or 'an unknown day'} was issued"
                        f" before {oldest}.", report=test.report, limit=oldest)  # fmt: skip


def suspended_laboratory(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-PC-11: no report was issued while its laboratory was suspended; earlier ones stay."""
    if not dossier.tests:
        yield idle("There is no test report yet.")
    for test in dossier.tests:
        given = ground.laboratories.get(test.laboratory or "", Body()).accreditation
        if given is None or test.issued_on is None:
            continue
        events = given.touching((test.standard or "",), (), None)
        if suspended_on(events, test.issued_on):
            yield wrong(f"{test.laboratory} was suspended on {test.issued_on}, when it issued"
                        f" report {_name(test)}.", report=test.report)  # fmt: skip
