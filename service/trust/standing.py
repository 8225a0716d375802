"""What a proven chain says: its bodies, the zones they live in, and how old its papers are."""

from collections.abc import Iterable, Iterator, Mapping

from service.domain.accreditation import Accreditation
from service.domain.certificate import Certificate, Kind, SchemeReference
from service.domain.dates import DAY_S, civil_day
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


class Standing:
    """What one proven chain fixes for every certificate along it; made once for each chain."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.granted = tuple(grant.accreditation for grant in chain.accredited.grants or ())
        recognised = chain.recognised
        self.recognition = recognised.recognition if recognised is not None else None
        self._by_number = {one.number: one for one in self.granted}
        self._links: dict[str | None, tuple[ChainLink, ...]] = {}
        self._evidence: tuple[int, tuple[Evidence, ...]] = (-1, ())

    def norms(self, kind: Kind) -> tuple[str, ...]:
        """The norms under which this kind may be certified along this chain (AC-3)."""
        anchor = self.chain.anchor
        if anchor.kind == "regulatory" and kind in anchor.norms:
            return anchor.norms[kind]
        return NORMS[kind]

    def accreditation(self, number: str | None) -> Accreditation | None:
        """The accreditation of that number; for a certificate that names none, the first."""
        if number is None:
            return self.granted[0] if self.granted else None
        return self._by_number.get(number)

    def granted_for(
        self, kind: Kind, standards: Iterable[str], scheme: SchemeReference | None
    ) -> Accreditation | None:
        """What was granted for such certificates: under their norm, and a row that covers them.

        Where no row does, one under the norm at least; it then says itself what it does not cover.
        """
        under = [one for one in self.granted if one.norm in self.norms(kind)]
        covering = [
            one
            for one in under
            if any(row.covers(name, scheme) for row in one.scope for name in standards)
        ]
        return next(iter([*covering, *under]), None)

    def designation(self, certificate: Certificate) -> Accreditation | None:
        """What a regulator granted for the certificate; else whatever it granted at all."""
        found = self.granted_for(certificate.kind, certificate.standards, certificate.scheme)
        return found or next(iter(self.granted), None)

    def age_days(self, at: int) -> int | None:
        """Whole days since the oldest statement; None where one has run out, which says more."""
        statements = self.chain.statements
        if any(at >= statement.ends_at for statement in statements):
            return None
        return max(0, at - min(statement.issued_at for statement in statements)) // DAY_S

    def zone(self, number: str | None) -> str:
        """The zone of the issuer's civil calendar (DT-1), by its accreditation."""
        named = self.accreditation(number) or self.accreditation(None)
        return NO_ZONE if named is None else named.zone

    def body_zone(self, zone: str) -> str:
        """The zone of the accreditation body's calendar; else the issuer's."""
        return (self.recognition.zone if self.recognition is not None else None) or zone

    def origins(self, number: str | None) -> tuple[str, ...]:
        """The origins of the named accreditation; of a certificate that names none, of all."""
        named = self._by_number.get(number or "")
        if named is not None:
            return named.status_origins
        return tuple(origin for one in self.granted for origin in one.status_origins)

    def links(self, number: str | None) -> tuple[ChainLink, ...]:
        """The bodies, anchor first, with what each was granted."""
        if number not in self._links:
            self._links[number] = tuple(self._make_links(self.accreditation(number)))
        return self._links[number]

    def _make_links(self, accreditation: Accreditation | None) -> Iterator[ChainLink]:
        chain, anchor = self.chain, self.chain.anchor
        yield ChainLink("arrangement", anchor.id, anchor.name, True)
        if chain.recognised is not None:
            norm = accreditation.norm if accreditation is not None else None
            rows = self.recognition.rows if self.recognition is not None else ()
            since = [row.period.first for row in rows if row.norm == norm]
            facts: dict[str, object] = {"since": min(since)} if since else {}
            name = chain.accreditor_name
            issuer = chain.accredited.issuer
            yield ChainLink("accreditation_body", issuer, name, name is not None, facts)
        facts = {}
        if accreditation is not None:
            facts = {
                "number": accreditation.number,
                "norm": accreditation.norm,
                "since": accreditation.granted_on,
            }
        subject = chain.accredited.subject
        vouched = chain.body_name_vouched
        yield ChainLink("certification_body", subject, chain.body_name, vouched, facts)

    def evidence(self, at: int) -> tuple[Evidence, ...]:
        """The statements with their ages at an instant in POSIX seconds, the certifier's first."""
        known = self._evidence
        if known[0] != at:
            known = self._evidence = (at, tuple(self._make_evidence(at)))
        return known[1]

    def _make_evidence(self, at: int) -> Iterator[Evidence]:
        for position, statement in enumerate(self.chain.statements):
            yield Evidence(
                kind="accreditation" if position == 0 else "recognition",
                uri=statement.subject,
                issued_at=statement.issued_at,
                age_s=max(0, at - statement.issued_at),
                good_for_s=statement.ends_at - statement.issued_at,
                signed_by=statement.issuer,
            )


def expired_links(chain: Chain, at: int, zone: str) -> Iterator[Finding]:
    """Links whose statement has run out: they still prove keys, but nothing better (C01, C02)."""
    for position, statement in enumerate(chain.statements, start=1):
        if at >= statement.ends_at:
            day = civil_day(statement.ends_at, zone)
            yield Finding.of(Check.CHAIN, Reason.CHAIN_LINK_EXPIRED, link=position, date=day)
