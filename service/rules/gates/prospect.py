"""The certificate that would be signed, as a case for the rules that verifiers follow.

What verifiers will judge is judged by their own rules, so that issuer and verifier cannot disagree.
What is still missing is left empty here; other gates say so.
"""

from dataclasses import dataclass
from datetime import date

from service.domain.accreditation import Accreditation, ScopeRow
from service.domain.certificate import (
    AccreditationClaim,
    Certificate,
    Holder,
    Kind,
    Organisation,
    Product,
    SchemeReference,
    Service,
    StatusPointer,
)
from service.domain.dates import first_second
from service.domain.dossier import Act, Dossier
from service.domain.question import EMPTY
from service.domain.verdict import Finding, Outcome
from service.rules.accreditation import assess_accreditation
from service.rules.case import Case, scheme_row
from service.rules.catalogue import functions
from service.rules.gates.ground import Ground, decision_day

_NOON_S = 43_200
_NO_SCHEME = SchemeReference("", "")


def certificate(dossier: Dossier, ground: Ground) -> Certificate:
    """The certificate as far as the dossier tells it, signed today."""
    decided, term = decision_day(dossier, ground), dossier.certificate
    organisation, product, service = _parts(dossier)
    return Certificate(
        issuer=dossier.cb or "",
        number=ground.number or "",
        revision=1,
        issued_at=_signed_at(ground),
        ends_at=None,
        kind=dossier.kind,
        standards=dossier.standards,
        decided=decided,
        effective=term.effective or decided,
        expires=term.expires,
        holder=dossier.holder or Holder("", ""),
        organisation=organisation,
        product=product,
        service=service,
        accreditation=AccreditationClaim("", "") if term.accredited else None,
        status=StatusPointer("", 0),
        previous_expires=None,
        supersedes=None,
        transferred_from=None,
        mark=None,
        office=dossier.office,
        recert_audit_end=None,
        displays=dossier.displays,
        prerequisite_for=dossier.prerequisite_for,
        claims={"languages": dossier.languages},
    )


def _parts(dossier: Dossier) -> tuple[Organisation | None, Product | None, Service | None]:
    """What is certified; one of the three, by the kind."""
    scheme, scope, given = dossier.scheme or _NO_SCHEME, dossier.scope or "", dossier.product
    if dossier.kind is Kind.MANAGEMENT_SYSTEM:
        return Organisation(scope, dossier.codes, dossier.sites), None, None
    if dossier.kind is Kind.SERVICE:
        return None, None, Service(scope, scheme, dossier.codes, dossier.sites)
    product = Product(
        scheme, given.brand, given.models, given.family, given.gtins,
        given.revision, given.factories, given.batch, given.conditions,
    )  # fmt: skip
    return None, product, None


def _body_zone(ground: Ground) -> str:
    stated = ground.recognition.zone if ground.recognition is not None else None
    return stated or next((one.zone for one in ground.granted), "UTC")


def _signed_at(ground: Ground) -> int:
    """An instant on the day of signing, in the accreditation body's calendar (DT-1)."""
    return first_second(ground.body_today or ground.today, _body_zone(ground)) + _NOON_S


def case(dossier: Dossier, ground: Ground, accreditation: Accreditation | None = None) -> Case:
    """The case, judged on the day of signing, or of the decision if that is announced for later."""
    prospect = certificate(dossier, ground)
    day = max(ground.today, prospect.decided)
    row = scheme_row(prospect, accreditation) if dossier.scheme is not None else None
    return Case(
        certificate=prospect,
        question=EMPTY,
        day=day,
        today=ground.today,
        issued_on=ground.today,
        body_day=max(ground.body_today or ground.today, prospect.decided),
        policy=ground.policy,
        pack=ground.pack_for(dossier),
        ended=ground.catalogue.packs.ended(ground.policy.ended_pack),
        catalogue=ground.catalogue,
        norms=ground.norms_for(dossier.kind),
        granted=ground.granted,
        accreditation=accreditation,
        recognition=ground.recognition,
        row=ground.catalogue.filled(row, dossier.scheme),
    )


def accreditation_for(dossier: Dossier, ground: Ground) -> Accreditation | None:
    """The accreditation under which this can best be certified; None if there is none at all."""
    return min(
        ground.granted,
        key=lambda one: (
            one.norm not in ground.norms_for(dossier.kind),
            _rejects(assess_accreditation(case(dossier, ground, one))),
        ),
        default=None,
    )


def _rejects(findings: list[Finding]) -> int:
    return sum(one.outcome is Outcome.REJECT for one in findings)


def scope_row(dossier: Dossier, ground: Ground) -> ScopeRow | None:
    """The accreditation's row for the scheme, filled from the catalogue; None if not known."""
    return case(dossier, ground, accreditation_for(dossier, ground)).row


def flags(dossier: Dossier, ground: Ground) -> tuple[str, ...]:
    """The function flags of the scheme (rules.md 2b); none if nothing is known of it."""
    label = dossier.scheme.type if dossier.scheme is not None else None
    return functions(scope_row(dossier, ground), label)


@dataclass(frozen=True, slots=True)
class Added:
    """What a dossier has beyond the certificate before it: all of it where there is none."""

    standards: tuple[str, ...]
    codes: tuple[str, ...]
    sites: tuple[str, ...]
    models: tuple[str, ...]
    factories: tuple[str, ...]
    redesigned: bool

    def __bool__(self) -> bool:
        parts = (self.standards, self.codes, self.sites, self.models, self.factories)
        return any(parts) or self.redesigned


def added(dossier: Dossier, ground: Ground) -> Added:
    """What has to be shown anew: for a change within a cycle only what is added or altered."""
    product = dossier.product
    models = (*product.models, *([product.family] if product.family else []))
    sites = tuple(site.name for site in dossier.sites)
    codes, factories = dossier.every_code, product.factories or ()
    before = ground.previous
    if before is None or dossier.act not in (Act.EXTEND, Act.REDUCE, Act.CHANGE):
        return Added(dossier.standards, codes, sites, models, factories, True)
    old = before.product
    old_models = (*old.models, *([old.family] if old.family else [])) if old is not None else ()
    old_codes = {*before.codes, *(code for site in before.sites for code in site.codes or ())}
    return Added(
        _beyond(dossier.standards, before.standards),
        _beyond(codes, old_codes),
        _beyond(sites, [site.name for site in before.sites]),
        _beyond(models, old_models),
        _beyond(factories, old.factories or () if old is not None else ()),
        old is not None and old.revision != product.revision,
    )


def _beyond(now: tuple[str, ...], before: object) -> tuple[str, ...]:
    known = set(before) if isinstance(before, (tuple, list, set)) else set()
    return tuple(one for one in now if one not in known)


def signing_day(dossier: Dossier, ground: Ground) -> date:
    """The day that the certificate states as its issue."""
    return dossier.certificate.issued_on or ground.today
