"""The case: the values that the rules judge, gathered once; rules are pure functions of it."""

from datetime import date
from typing import NamedTuple

from service.domain.accreditation import Accreditation, Recognition, ScopeRow
from service.domain.certificate import Certificate, Kind
from service.domain.dates import civil_day
from service.domain.question import Question
from service.domain.surveillance import Record
from service.rules.catalogue import Catalogue, functions
from service.rules.packs import EndedPack, MsPack
from service.rules.policy import Policy


class Case(NamedTuple):
    """A certificate, a question, a day and what is known.

    `day` is the civil day judged (rules.md: t), `today` that of the check, `issued_on` that of
    `iat`, all in the issuer's zone; `body_day` is the day judged in the accreditation body's.
    `accreditation` is the one that the certificate names, None where it names none or an unknown
    one; `granted` are all that its certifier has from this body. `recognition` is None where the
    anchor accredits by itself. `norms` are those under which this kind may be certified. `row` is
    the accreditation's scope row for the scheme, `record` a fresh record or None. `papers_age_days`
    is the age of the oldest statement on the chain, None where it has run out or is not told.
    """

    certificate: Certificate
    question: Question
    day: date
    today: date
    issued_on: date
    body_day: date
    policy: Policy
    pack: MsPack
    ended: EndedPack
    catalogue: Catalogue
    norms: tuple[str, ...]
    granted: tuple[Accreditation, ...] = ()
    accreditation: Accreditation | None = None
    recognition: Recognition | None = None
    row: ScopeRow | None = None
    record: Record | None = None
    papers_age_days: int | None = None

    @property
    def is_ms(self) -> bool:
        """Whether a management system is certified."""
        return self.certificate.kind is Kind.MANAGEMENT_SYSTEM

    @property
    def functions(self) -> tuple[str, ...]:
        """The function flags of the certificate's scheme (rules.md 2b)."""
        scheme = self.certificate.scheme
        return functions(self.row, scheme.type if scheme else None)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every scope code that the certificate claims, for all sites or for one.

        None at all claims every field; so does a site without codes where there are none for all.
        """
        common, sites = self.certificate.codes, self.certificate.sites
        if not common and any(site.codes is None for site in sites):
            return ()
        of_sites = (code for site in sites for code in site.codes or ())
        return tuple(dict.fromkeys((*common, *of_sites)))

    @property
    def issued_body_day(self) -> date:
        """DT-1: the day of `iat` in the accreditation body's calendar, in which events are dated.

        That is the zone of its recognition, else that of the accreditation.
        """
        zone = self.recognition.zone if self.recognition is not None else None
        if zone is None and self.accreditation is not None:
            zone = self.accreditation.zone
        return self.issued_on if zone is None else civil_day(self.certificate.issued_at, zone)

    @property
    def about_now(self) -> bool:
        """Whether the day judged is the day of the check."""
        return self.day == self.today


def scheme_row(certificate: Certificate, accreditation: Accreditation | None) -> ScopeRow | None:
    """The row of a product's or service's scheme on the day of the decision, else on any day."""
    scheme = certificate.scheme
    if scheme is None or accreditation is None or not certificate.standards:
        return None
    standard, decided = certificate.standards[0], certificate.decided
    fitting = [row for row in accreditation.scope if row.covers(standard, scheme)]
    on_the_day = [row for row in fitting if row.period.covers(decided)]
    return next(iter([*on_the_day, *fitting]), None)
