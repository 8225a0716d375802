"""Rules of management-system certificates (rules.md 2a; ISO/IEC 17021-1)."""

from collections.abc import Iterator

from service.domain.certificate import Holder, Site
from service.domain.reason import Reason
from service.domain.scope import standard
from service.domain.verdict import Check, Finding
from service.rules.case import Case
from service.rules.cycle import restored_on
from service.rules.term import assess_gap, assess_term
from service.rules.wording import assess_wording


def assess_statement(case: Case) -> list[Finding]:
    """MS-1 to MS-7, MS-24 to MS-26, CM-10: what the certificate itself must be."""
    return [
        *_kinds(case),
        *(
            Finding.of(Check.CLAIMS, Reason.INCOMPLETE_CERTIFICATE, field=name)
            for name in _missing(case)
        ),
        *_sites(case),
        *assess_term(case),
        *assess_gap(case),
        *assess_wording(case),
    ]


def _kinds(case: Case) -> Iterator[Finding]:
    """MS-1: only management-system standards are certified by this kind."""
    for named in case.certificate.standards:
        kind = case.catalogue.kind(named)
        if kind == "accreditation_norm":
            code = Reason.STANDARD_IS_AN_ACCREDITATION_STANDARD
        elif kind not in (None, "management_system"):
            code = Reason.STANDARD_KIND_MISMATCH
        else:
            continue
        yield Finding.of(Check.CLAIMS, code, standard=named)


def _missing(case: Case) -> Iterator[str]:
    """CM-10: what 17021-1 8.2.2 wants stated, and is not; what is always needed is a claim.

    After a lapse that the record shows, the end before is stated too, and where the older decision
    is still shown, the day of the recertification audit. A transfer that is not joined with one
    states the old decision and end (MS-26): the cycle is theirs.
    """
    certificate = case.certificate
    yield from ["expires"] if certificate.expires is None else []
    yield from ["standards"] if not certificate.standards else []
    if any(standard(one).edition is None for one in certificate.standards):
        yield "edition"
    yield from ["sites"] if not certificate.sites else []
    audited, restored = certificate.recert_audit_end, restored_on(case)
    if restored is not None and certificate.effective >= restored:
        yield from ["previous_expires"] if certificate.previous_expires is None else []
        if certificate.decided < restored and audited is None:
            yield "recert_audit_end"
    origin = certificate.transferred_from
    if origin is not None and audited is None and None in (origin.decided, origin.expires):
        yield "transferred_from"


def _sites(case: Case) -> list[Finding]:
    """MS-24: one certificate for one organisation, or for legal persons linked to its centre."""
    holder = case.certificate.holder
    strangers = [site.name for site in case.certificate.sites if _is_stranger(site, holder)]
    if not strangers:
        return []
    return [Finding.of(Check.CLAIMS, Reason.MATRIX_CERTIFICATE, sites=strangers)]


def _is_stranger(site: Site, holder: Holder) -> bool:
    return (
        site.entity is not None
        and site.linked is None
        and site.entity not in (holder.id, holder.name)
    )
