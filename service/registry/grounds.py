"""What a dossier is judged by when it is to be signed: the body's standing as it is published.

The body's accreditations are read from the signed statements, as every reader has them, at each
signing anew: a suspension that came after log-in is seen (A07).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.accreditation import Accreditation
from service.domain.dates import civil_day
from service.domain.dossier import Dossier, Transfer
from service.domain.gate import Gate, refused
from service.domain.people import Actor
from service.domain.refusal import Denied
from service.domain.surveillance import Record
from service.domain.verdict import Refused
from service.issuer.dossier import DossierRefused, read_dossier
from service.registry.lives import Life
from service.registry.office import Office
from service.rules.gates import assess_gates
from service.rules.gates.ground import Body, Ground
from service.status.lookup import Asking, Lookup
from service.storage import ledger, papers, register
from service.storage.canonical import digest
from service.storage.database import Connection
from service.storage.papers import Paper
from service.trust.grants import read_accreditations
from service.trust.standing import Standing

# A paper that stands for the second approval of a dossier, by its digest.
APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class Grounds:
    """A certification body as it stands at an instant, `at` in POSIX seconds."""

    office: Office
    body: str
    standing: Standing | None
    laboratories: Mapping[str, Body]
    approved: frozenset[str]
    usual_zone: str
    at: int

    @property
    def granted(self) -> tuple[Accreditation, ...]:
        """Its accreditations."""
        return self.standing.granted if self.standing is not None else ()

    def zone(self, accreditation: Accreditation | None) -> str:
        """The zone of its calendar for a certificate that claims an accreditation, or none."""
        if accreditation is not None:
            return accreditation.zone
        return self.standing.zone(None) if self.granted and self.standing else self.usual_zone

    def gates(
        self, dossier: Dossier, life: Life | None, content: Mapping[str, Any] | None = None
    ) -> tuple[Gate, ...]:
        """Every gate of a dossier, as it stands; `content` is what it was read from."""
        second = content is not None and digest(content) in self.approved
        return assess_gates(dossier, self._ground(dossier, life, second))

    def pass_gates(
        self, dossier: Dossier, life: Life | None, content: Mapping[str, Any] | None = None, *,
        item: int = 0,
    ) -> None:  # fmt: skip
        """Raises Denied with the code of the first gate that refuses, and all gates."""
        gates = self.gates(dossier, life, content)
        against = refused(gates)
        if against:
            raise Denied(
                against[0].code or against[0].id,
                against[0].missing,
                gates=[gate.to_json() for gate in gates],
                refused=[gate.id for gate in against],
                item=item,
            )

    def _ground(self, dossier: Dossier, life: Life | None, second: bool) -> Ground:
        standing, evidence = self.standing, self.office.evidence
        zone = self.zone(None)
        origin = dossier.transfer
        anchor = standing.chain.anchor if standing is not None else None
        return Ground(
            today=civil_day(self.at, zone),
            body_today=civil_day(self.at, standing.body_zone(zone)) if standing else None,
            catalogue=evidence.catalogue,
            policy=evidence.policy,
            pack=evidence.catalogue.packs.ms(anchor.ms_pack) if anchor and anchor.ms_pack else None,
            granted=self.granted,
            recognition=standing.recognition if standing else None,
            anchored=standing is not None and standing.chain.recognised is None,
            laboratories=self.laboratories,
            norms=standing.norms(dossier.kind) if standing else (),
            number=life.row.number if life else None,
            previous=life.stated if life else None,
            record=life.record if life else self._record_of(origin) if origin else None,
            origin=self._origin(origin.by, dossier) if origin and origin.by else Body(),
            designation=self._designation(dossier),
            cycle_people=_cycle_people(life),
            second_approval=second,
        )

    def _origin(self, by: str, dossier: Dossier) -> Body:
        """The certifier that a certificate is taken over from, as it is published.

        Of its accreditations the one that is for this counts, of another norm none (MS-26).
        """
        standing = self.office.standing(by, self.at)
        if standing is None:
            return Body()
        found = standing.granted_for(dossier.kind, dossier.standards, dossier.scheme)
        return Body(found, standing.recognition) if found is not None else Body()

    def _designation(self, dossier: Dossier) -> Accreditation | None:
        """What the authority of the dossier's law granted this body (PC-22)."""
        if dossier.purpose is None:
            return None
        law = self.office.designated(self.body, dossier.purpose, self.at)
        if law is None:
            return None
        return law.granted_for(dossier.kind, dossier.standards, dossier.scheme)

    def _record_of(self, origin: Transfer) -> Record | None:
        """What the old certifier itself says of the certificate, where that is at hand."""
        standing = self.office.standing(origin.by, self.at) if origin.by else None
        if standing is None or not origin.by or not origin.number:
            return None
        evidence = self.office.evidence
        asking = Asking(
            issuer=origin.by, keyring=standing.chain.keyring, origins=standing.origins(None),
            zone=standing.zone(None), at=self.at,
            max_age_s=evidence.policy.status_max_age_online_s, memory=None,
        )  # fmt: skip
        return Lookup(evidence, evidence).record(origin.number, asking).document


def of(connection: Connection, office: Office, body: str, *, at: int) -> Grounds:
    """The grounds of a body that works here. Raises Denied NOT_FOUND."""
    here = register.body(connection, body)
    found = papers.listed(connection, body, "laboratory")
    laboratories = {paper.subject: _laboratory(office, paper.content, at) for paper in found}
    approved = frozenset(one.subject for one in papers.listed(connection, body, APPROVAL))
    standing = office.standing(body, at)
    return Grounds(office, body, standing, laboratories, approved, here.zone, at)


def approve_late(
    connection: Connection, body: str, asked: Mapping[str, Any], who: Actor, at: int
) -> Mapping[str, Any]:
    """The second approval of a decision that lies far back (A13): of this dossier, to the letter.

    `asked` has `dossier`; what another has proposed is written down with both names.
    """
    read(body, asked["dossier"])
    sealed = digest(asked["dossier"])
    paper = Paper(body, APPROVAL, sealed, str(who.proposed_by), "active", {"by": who.name}, 1, at)
    papers.add(connection, paper)
    ledger.append(
        connection, body, kind=APPROVAL, subject=sealed, type="approved", at=at, actor=who.name,
        data={"proposed_by": who.proposed_by},
    )  # fmt: skip
    return {"dossier": sealed}


def _cycle_people(life: Life | None) -> frozenset[str]:
    """Who took part in earlier audits of the certificate, as its dossiers say (IG-MS-8)."""
    found = [one.dossier.get("audits", []) for one in life.revisions] if life else []
    return frozenset(
        str(member.get("person"))
        for audits in found
        for audit in audits
        for member in audit.get("team", [])
    )


def read(body: str, dossier: Mapping[str, Any]) -> Dossier:
    """A dossier of a body. Raises Denied ISSUER_MISMATCH and what its reader refuses."""
    try:
        found = read_dossier(dossier)
    except DossierRefused as refusal:
        raise Denied(refusal.code, "The dossier cannot be read.", refusal.field) from None
    if found.cb is not None and found.cb != body:
        raise Denied("ISSUER_MISMATCH", "You may not act in the name of that body.", "cb")
    return found


def _laboratory(office: Office, content: Mapping[str, Any], at: int) -> Body:
    """A laboratory on file: what its accreditation body granted, and who recognises that body."""
    by = content["by"]
    try:
        grants, _ = read_accreditations([content["accreditation"]], by=by, of=content["id"])
    except Refused:
        return Body()
    return Body(grants[0].accreditation, office.recognition(by, at))
