"""What the certificate will state, and what keeps it alive.

rules.md IG-MS-15, MS-1, MS-20, CM-10, IG-PC-9, PC-14, PC-15.
"""

from collections.abc import Iterator

from service.domain.certificate import Kind
from service.domain.dossier import Dossier
from service.domain.reason import Reason
from service.domain.scope import standard
from service.domain.verdict import Outcome
from service.rules.editions import assess_editions
from service.rules.gates.ground import Ground
from service.rules.gates.problem import Problem, beware, idle, named, wrong
from service.rules.gates.prospect import case, flags, scope_row
from service.rules.wording import assess_titles, misleading


def wording(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-15, MS-25: the scope, in every language, claims nothing of products; and MS-1."""
    if not dossier.scope:
        yield wrong("The scope is not on file.")
    for text in filter(None, (dossier.scope, *dossier.languages.values())):
        words = misleading(text, ground.catalogue)
        if words is not None:
            yield wrong(f"The scope says “{words}”, which hints at approved products.",
                        str(Reason.SCOPE_TEXT_MISLEADING), words=words)  # fmt: skip
    for finding in assess_titles(case(dossier, ground)):
        yield beware("Companies are certified, not accredited, and not by ISO.", str(finding.code))
    yield from standard_kinds(dossier, ground)


def standard_kinds(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """MS-1: the standards are of the kind that is certified; one that is not listed is a warning.

    From the other side, no product or service is certified to a management-system standard.
    """
    if not dossier.standards:
        yield wrong("No standard is named.")
    for name in dossier.standards:
        kind = ground.catalogue.kind(name)
        if kind is None:
            yield beware(f"Nothing is known here of {name}.", standard=name)
        elif kind == "accreditation_norm":
            code = Reason.STANDARD_IS_AN_ACCREDITATION_STANDARD
            text = f"{name} is for accreditation; nobody is certified to it."
            yield wrong(text, str(code), standard=name)
        elif kind != dossier.kind and not _goods_and_services(kind, dossier.kind):
            yield wrong(f"{name} cannot be certified by this kind of certificate.",
                        str(Reason.STANDARD_KIND_MISMATCH), standard=name)  # fmt: skip


def _goods_and_services(kind: str, certified: Kind) -> bool:
    """Verifiers do not tell products from services by the standard (MS-1)."""
    return {kind, certified} <= {"product", "service"}


def editions(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """MS-20, PC-15: the editions hold on the decision, today, and when the certificate applies."""
    given = case(dossier, ground)
    given = given._replace(day=max(given.day, given.certificate.effective))
    for finding in assess_editions(given):
        name, end = finding.facts["standard"], finding.facts["date"]
        if finding.outcome is Outcome.REJECT:
            yield wrong(f"{name} has not been certifiable since {end}.", str(finding.code),
                        **finding.facts)  # fmt: skip
        else:
            yield beware(finding.text, str(finding.code), **finding.facts)


def complete(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """CM-10, PC-1: nothing is missing that a certificate must state; else verifiers reject it.

    Strictly: a service's sites and a product's brand may be absent, all else of section 1 not.
    """
    fields = [name for name, missing in _fields(dossier) if missing]
    if fields:
        yield wrong(
            f"The certificate would lack: {named(fields)}.",
            str(Reason.INCOMPLETE_CERTIFICATE),
            fields=fields,
        )


def _fields(dossier: Dossier) -> Iterator[tuple[str, bool]]:
    holder, product, scheme = dossier.holder, dossier.product, dossier.scheme
    yield "the holder's name", holder is None or not holder.name
    yield "the holder's country", holder is None or not holder.country
    yield "a standard", not dossier.standards
    yield (
        "the edition of every standard",
        any(standard(one).edition is None for one in dossier.standards),
    )
    yield "who authorised it", not dossier.decision.makers
    yield "the day from which it applies", dossier.certificate.effective is None
    if dossier.kind is Kind.PRODUCT:
        yield "models, a family or a batch", not (product.models or product.family or product.batch)
    else:
        yield "the scope", not dossier.scope
    if dossier.kind is Kind.MANAGEMENT_SYSTEM:
        yield "the sites", not dossier.sites
        yield "its last day", dossier.certificate.expires is None
    else:
        yield "the scheme with its type", scheme is None


def mark(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-PC-9: a mark only where the scheme licenses one, with a plan of surveillance.

    A batch needs no plan. PC-12: a scheme that licenses marks for production must have one, whether
    a mark is wanted here or not: verifiers would reject it.
    """
    row, known = scope_row(dossier, ground), flags(dossier, ground)
    licenses = row.mark_licence if row is not None else None
    licenses = "mark" in known if licenses is None else licenses
    planned = row is not None and bool(row.plan)
    if dossier.mark.licence and not licenses:
        yield wrong("The scheme licenses no mark.", str(Reason.MARK_NOT_LICENSED))
    elif (
        not planned
        and licenses
        and ("production" in known or (dossier.mark.licence and "batch" not in known))
    ):
        yield wrong("The scheme licenses a mark, but has no plan of surveillance.",
                    str(Reason.MARK_WITHOUT_SURVEILLANCE))  # fmt: skip
    elif not dossier.mark.licence:
        yield idle("No mark is licensed.")


def endless(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """PC-14: a certificate without an end lives by surveillance, so there must be a plan."""
    row, known = scope_row(dossier, ground), flags(dossier, ground)
    if dossier.certificate.expires is not None or {"samples", "batch"} & set(known):
        yield idle("It has an end, or speaks for samples or a batch only.")
    elif row is None or not row.plan:
        yield wrong("It would have no end, and the scheme has no plan of surveillance.",
                    str(Reason.PRODUCT_SURV_OVERDUE))  # fmt: skip
