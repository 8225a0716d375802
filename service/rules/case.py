"""The case: the values that the rules judge, gathered once; rules are pure functions of it."""

from dataclasses import dataclass
from datetime import date

from service.domain.accreditation import ScopeRow
from service.domain.certificate import Certificate, Kind
from service.domain.question import Question
from service.domain.surveillance import Record
from service.rules.catalogue import Catalogue
from service.rules.policy import MsPack, Policy


@dataclass(frozen=True, slots=True)
class Case:
    """A certificate, a question, a day and what is known.

    `day` is the civil day judged (rules.md: t), `today` that of the check, `issued_on` that of
    `iat`, all in the issuer's zone. `row` is the accreditation's scope row for the scheme, `record`
    a fresh record or None.
    """

    certificate: Certificate
    question: Question
    day: date
    today: date
    issued_on: date
    policy: Policy
    pack: MsPack
    catalogue: Catalogue
    row: ScopeRow | None = None
    record: Record | None = None

    @property
    def is_ms(self) -> bool:
        """Whether a management system is certified."""
        return self.certificate.kind is Kind.MANAGEMENT_SYSTEM

    @property
    def about_now(self) -> bool:
        """Whether the day judged is the day of the check."""
        return self.day == self.today
