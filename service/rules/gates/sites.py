"""Which sites an audit visited, and whose they are (rules.md IG-MS-12, MS-24; IAF MD 1)."""

from collections.abc import Callable, Iterator

from service.domain.certificate import Kind
from service.domain.dossier import Act, Dossier
from service.domain.reason import Reason
from service.rules import sampling
from service.rules.gates.audit_days import unknown_sites
from service.rules.gates.ground import Ground
from service.rules.gates.people import RESTING
from service.rules.gates.problem import Problem, idle, named, wrong

_SAMPLES: dict[str, Callable[[int], int]] = {
    "stage2": sampling.initial_sample,
    "recertification": sampling.recertification_sample,
    "surveillance": sampling.surveillance_sample,
}


def samples(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-12: the audit visited every site, or a sample that is large and random enough.

    Sampled: the centre always, and of the n other sites a share by the kind of audit, of which a
    quarter was drawn at random; strictly, a quarter of those visited. Every site that was audited
    stands on the certificate.
    """
    kinds = [kind for kind in RESTING[dossier.act] if kind in _SAMPLES]
    audits = dossier.held(*kinds)
    if unknown := unknown_sites(dossier, dossier.audits):
        yield wrong(f"{named(unknown)} was audited but is not on the certificate.", sites=unknown)
    if not audits:
        if dossier.act in (Act.EXTEND, Act.TRANSFER_IN):
            yield idle("No audit that samples sites is joined with it.")
        else:
            yield wrong("There is no audit that could have visited the sites.")
        return
    # After a new stage 2 its larger sample counts.
    kind = "stage2" if dossier.held("stage2") and "stage2" in kinds else audits[0].kind
    visited = {site for audit in audits for site in audit.sites}
    names = [site.name for site in dossier.sites]
    if not names:
        yield wrong("The sites are not on file.")
    elif len(names) == 1 or dossier.organisation.sampled is False:
        yield from _all(names, visited, kind)
    elif dossier.organisation.sampled is None:
        yield wrong("It is not on file whether the sites were sampled.")
    else:
        yield from _some(dossier, visited, kind)


def _all(names: list[str], visited: set[str], kind: str) -> Iterator[Problem]:
    missed = [name for name in names if name not in visited]
    seen = len(names) - len(missed)
    yearly = kind == "surveillance" and len(names) > 1
    if yearly and seen >= sampling.unlike_sample(len(names)):
        return
    if missed:
        yield wrong(f"The audit did not visit {named(missed)}.", sites=missed)


def _some(dossier: Dossier, visited: set[str], kind: str) -> Iterator[Problem]:
    centres = [site.name for site in dossier.sites if site.central]
    if len(centres) != 1:
        yield wrong("One of the sites must be named as the centre.")
        return
    if centres[0] not in visited:
        yield wrong(f"The audit did not visit the centre, {centres[0]}.", sites=centres)
    others = [site.name for site in dossier.sites if not site.central]
    seen = [name for name in others if name in visited]
    needed = _SAMPLES[kind](len(others))
    if len(seen) < needed:
        yield wrong(
            f"{len(seen)} of {len(others)} sites were visited besides the centre;"
            f" at least {needed} are needed.",
            visited=len(seen),
            needed=needed,
        )
    drawn = {site for audit in dossier.audits for site in audit.drawn_sites} & set(seen)
    least = sampling.random_share(max(len(seen), needed))
    if len(drawn) < least:
        yield wrong(
            f"{len(drawn)} of the sites visited were drawn at random; at least {least} must be.",
            drawn=len(drawn),
            needed=least,
        )


def one_organisation(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """MS-24: all sites belong to the holder, or are linked to its centre.

    Strictly: of several sites it must be on file that they are linked.
    """
    if dossier.kind is Kind.MANAGEMENT_SYSTEM:
        related = dossier.organisation.related
        if related is False:
            yield _matrix("The sites are not all linked to the centre.")
        elif related is None and len(dossier.sites) > 1:
            yield _matrix("It is not on file that all sites are linked to the centre.")
    holder = dossier.holder
    own = {holder.name, holder.id} if holder is not None else set()
    strangers = [
        site.name
        for site in dossier.sites
        if site.entity is not None and site.linked is None and site.entity not in own
    ]
    if strangers:
        yield _matrix(f"{named(strangers)} belongs to another company without a link.")


def _matrix(text: str) -> Problem:
    return wrong(text, str(Reason.MATRIX_CERTIFICATE))
