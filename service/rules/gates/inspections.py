"""The look at production or service, and what never replaces it (rules.md IG-PC-6, IG-PC-10)."""

from collections.abc import Iterator
from datetime import date

from service.domain.certificate import Kind
from service.domain.dates import add_months
from service.domain.dossier import Act, Dossier
from service.domain.evidence import Inspection
from service.rules.gates.ground import Ground, decision_day
from service.rules.gates.problem import Problem, idle, named, wrong
from service.rules.gates.prospect import added, flags, scope_row

_LOOKS = {
    Kind.PRODUCT: ("factory_inspection", "initial_production", "factory inspection"),
    Kind.SERVICE: ("service_check", "service", "check of the service"),
}


def inspected(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-PC-6: where the scheme looks at production, the last look was passed and is recent.

    Decided by the function flags. Strictly: every factory that is listed has its own, the last one
    of each counts, and a scheme that lists factories needs one named. Of an extension the new ones
    count.
    """
    known = flags(dossier, ground)
    kind, flag, what = _LOOKS.get(dossier.kind, _LOOKS[Kind.PRODUCT])
    if not known:
        yield wrong("Nothing is known of the scheme, so it is not known what it demands.")
        return
    if flag not in known:
        yield idle("The scheme does not look at production first.")
        return
    row, factories = scope_row(dossier, ground), dossier.product.factories
    if row is not None and row.lists_factories and not factories:
        yield wrong("The scheme lists factories, and none is named.")
    looks = [one for one in dossier.inspections if one.kind == kind]
    if not factories:
        yield from _passed(looks, what, dossier, ground)
        return
    new = added(dossier, ground).factories if dossier.act is Act.EXTEND else factories
    for factory in new:
        at_it = [one for one in looks if one.factory == factory]
        yield from _passed(at_it, f"{what} of {factory}", dossier, ground)


def _passed(
    looks: list[Inspection], what: str, dossier: Dossier, ground: Ground
) -> Iterator[Problem]:
    decided = decision_day(dossier, ground)
    since = add_months(decided, -ground.policy.inspection_max_age_months)
    latest = max(looks, key=lambda one: one.last_day or date.min, default=None)
    if latest is None or latest.last_day is None:
        yield wrong(f"There is no {what} with its day on file.")
    elif latest.result != "pass":
        yield wrong(f"The {what} of {latest.last_day} was not passed.", date=latest.last_day)
    elif not since <= latest.last_day <= decided:
        yield wrong(
            f"The {what} on {latest.last_day} does not lie between {since} and {decided}.",
            date=latest.last_day,
        )


def not_replaced(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-PC-10: nothing stands for tests or the look at the factory; a prerequisite may be met.

    Strictly: whatever is offered in their place is refused, not management-system certificates
    alone; and a system certificate that meets a prerequisite must be to a system standard.
    """
    if not dossier.offered_instead:
        yield idle("Nothing is offered in place of anything.")
    for one in dossier.offered_instead:
        what = one.standard or one.what
        if one.instead_of != "prerequisite":
            yield wrong(f"{what} cannot stand for a {one.instead_of.replace('_', ' ')}.")
            continue
        known = ground.catalogue.scheme(dossier.scheme)
        wanted = known.prerequisites if known is not None else ()
        if wanted and one.standard not in wanted:
            yield wrong(f"{what} is no prerequisite of the scheme, which wants {named(wanted)}.")
