"""What a proven chain says: its bodies, the zones they live in, and how old its papers are."""

from collections.abc import Iterator, Mapping

from service.domain.accreditation import Accreditation
from service.domain.certificate import AccreditationClaim, Kind
from service.domain.dates import civil_day
from service.domain.reason import Reason
from service.domain.report import ChainLink, Evidence
from service.domain.verdict import Check, Finding
from service.trust.chain import Chain

# The norm under which each kind is certified (IAF PL 3, level 3); a regulator may have its own.
NORMS: Mapping[Kind, tuple[str, ...]] = {
    Kind.MANAGEMENT_SYSTEM: ("ISO/IEC 17021-1",),
    Kind.PRODUCT: ("ISO/IEC 17065",),
    Kind.SERVICE: ("ISO/IEC 17065",),
}
# Of an issuer whose accreditation is not known no zone is known either.
NO_ZONE = "UTC"


def norms_of(chain: Chain, kind: Kind) -> tuple[str, ...]:
    """The norms under which this kind may be certified along this chain (AC-3)."""
    if chain.anchor.kind == "regulatory" and kind in chain.anchor.norms:
        return chain.anchor.norms[kind]
    return NORMS[kind]


def granted(chain: Chain) -> tuple[Accreditation, ...]:
    """Every accreditation that the certifier has on this chain."""
    return tuple(grant.accreditation for grant in chain.accredited.grants or ())


def claimed(chain: Chain, claim: AccreditationClaim | None) -> Accreditation | None:
    """The accreditation that a certificate names; where it names none, the first."""
    found = granted(chain)
    if claim is None:
        return found[0] if found else None
    return next((one for one in found if one.number == claim.number), None)


def issuer_zone(chain: Chain, number: str | None) -> str:
    """The zone of the issuer's civil calendar (DT-1), by its accreditation number if it has one."""
    found = granted(chain)
    named = [one for one in found if one.number == number]
    return next((one.zone for one in (*named, *found)), NO_ZONE)


def body_zone(chain: Chain, zone: str) -> str:
    """The zone of the accreditation body's calendar; the issuer's where it has none of its own."""
    recognition = chain.recognised.recognition if chain.recognised is not None else None
    return (recognition.zone if recognition is not None else None) or zone


def chain_links(chain: Chain, accreditation: Accreditation | None) -> tuple[ChainLink, ...]:
    """The bodies, anchor first, with what each was granted."""
    anchor = chain.anchor
    links = [ChainLink("arrangement", anchor.id, anchor.name, True)]
    if chain.recognised is not None:
        recognition = chain.recognised.recognition
        norm = accreditation.norm if accreditation is not None else None
        rows = recognition.rows if recognition is not None else ()
        since = [row.period.first for row in rows if row.norm == norm]
        facts = {"since": min(since)} if since else {}
        name = chain.accreditor_name
        links.append(
            ChainLink("accreditation_body", chain.accredited.issuer, name, name is not None, facts)
        )
    facts_of_grant: dict[str, object] = {}
    if accreditation is not None:
        facts_of_grant = {
            "number": accreditation.number,
            "norm": accreditation.norm,
            "since": accreditation.granted_on,
        }
    links.append(
        ChainLink(
            "certification_body",
            chain.accredited.subject,
            chain.body_name,
            chain.body_name_vouched,
            facts_of_grant,
        )
    )
    return tuple(links)


def statement_evidence(chain: Chain, at: int) -> tuple[Evidence, ...]:
    """The statements with their ages at an instant in POSIX seconds, the certifier's first."""
    return tuple(
        Evidence(
            kind="accreditation" if position == 0 else "recognition",
            uri=statement.subject,
            issued_at=statement.issued_at,
            age_s=max(0, at - statement.issued_at),
            good_for_s=statement.ends_at - statement.issued_at,
            signed_by=statement.issuer,
        )
        for position, statement in enumerate(chain.statements)
    )


def expired_links(chain: Chain, at: int, zone: str) -> Iterator[Finding]:
    """Links whose statement has run out: they still prove keys, but nothing better (C01, C02)."""
    for position, statement in enumerate(chain.statements, start=1):
        if at >= statement.ends_at:
            day = civil_day(statement.ends_at, zone)
            yield Finding.of(Check.CHAIN, Reason.CHAIN_LINK_EXPIRED, link=position, date=day)


def import_refusals(chain: Chain, kid: str | None) -> Iterator[Finding]:
    """Why a key that was published is not in the ring, beside the failure that this causes (R6)."""
    statement = chain.accredited
    codes = [statement.refused] if statement.refused is not None else []
    codes += [code for dropped, code in statement.dropped if dropped == kid]
    shared = any(
        entry.key.kid == kid and entry.key.thumbprint in chain.shared
        for grant in statement.grants or ()
        for entry in grant.keyring.entries
    )
    codes += [Reason.KEY_SHARED] if shared else []
    for code in dict.fromkeys(codes):
        yield Finding.of(Check.KEY, code)
