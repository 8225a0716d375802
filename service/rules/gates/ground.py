"""The ground on which a dossier is judged: what is known beside it, gathered by the issuer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from service.domain.accreditation import Accreditation, Recognition
from service.domain.certificate import Certificate, Kind
from service.domain.dossier import Dossier
from service.domain.surveillance import Record
from service.rules.catalogue import Catalogue
from service.rules.packs import MsPack
from service.rules.policy import DEFAULT, Policy

_NORMS = {
    Kind.MANAGEMENT_SYSTEM: "ISO/IEC 17021-1",
    Kind.PRODUCT: "ISO/IEC 17065",
    Kind.SERVICE: "ISO/IEC 17065",
}


@dataclass(frozen=True, slots=True)
class Body:
    """Another body: its accreditation, and the recognition of whoever accredited it."""

    accreditation: Accreditation | None = None
    recognition: Recognition | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known beside the dossier, on the day on which its certificate would be signed.

    `today` is the civil day in the certifier's zone, `body_today` that of its accreditation body
    (None: the same). `granted` are the certifier's accreditations by one body, whose `recognition`
    is None where nobody recognises it; where the anchor accredits by itself, `anchored` is set.
    `norms` are those under which the kind may be certified (empty: the usual one). `number` is the
    one that the certificate will bear. `previous` and `record` are the certificate that the act
    changes, or that is taken over; `origin` is the certifier that it is taken over from.
    `designation` is what a law's authority granted. `cycle_people` took part in earlier audits of
    the cycle. `second_approval`: somebody else has approved a decision that lies far back.
    `load` is (certificates decided, half days audited) of the certifier's last year.
    """

    today: date
    catalogue: Catalogue
    policy: Policy = DEFAULT
    pack: MsPack | None = None
    granted: tuple[Accreditation, ...] = ()
    recognition: Recognition | None = None
    anchored: bool = False
    laboratories: Mapping[str, Body] = field(default_factory=dict)
    body_today: date | None = None
    norms: tuple[str, ...] = ()
    number: str | None = None
    previous: Certificate | None = None
    record: Record | None = None
    origin: Body = Body()
    designation: Accreditation | None = None
    cycle_people: frozenset[str] = frozenset()
    second_approval: bool = False
    load: tuple[int, int] | None = None

    def norms_for(self, kind: Kind) -> tuple[str, ...]:
        """The norms under which certificates of this kind may be issued (AC-3)."""
        return self.norms or (_NORMS[kind],)

    def pack_for(self, dossier: Dossier) -> MsPack:
        """The pack of the dossier: as given, else that of its standards, else the policy's."""
        if self.pack is not None:
            return self.pack
        packs = self.catalogue.packs
        for name in dossier.standards:
            entry = self.catalogue.find(name)
            if entry is not None and entry.pack is not None:
                return packs.ms(entry.pack)
        return packs.ms(self.policy.ms_pack)


def decision_day(dossier: Dossier, ground: Ground) -> date:
    """The day of the decision; before there is one, what could be decided today is judged."""
    return dossier.decision.on or ground.today
