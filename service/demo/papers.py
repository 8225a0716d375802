"""What a certificate of the example world is made of, and what is asked of it.

A row of the plan is one signed paper with its stories. Days are offsets from the day on which the
world is built. They keep GOOD_FOR_DAYS clear of every deadline that would change an answer:

- audits lie at most 350 days apart, and the last at most 300 days back, so that neither the first
  year nor any calendar year is missed, whatever the season of the building (MS-9, MS-10);
- a check that is "not yet on record" was due 7 or 8 days ago, of the 31 allowed (MS-12, PC-11), one
  that is overdue 50 days or more;
- what has ended, ended 30 days ago or more; what is still to come, comes in 35 days or more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from service.demo.firms import Firm
from service.domain.certificate import Kind
from service.domain.dates import add_months
from service.domain.dossier import Act
from service.domain.verdict import Verdict

# How many days after building every expected answer still holds; then build anew.
GOOD_FOR_DAYS = 20

ACCEPT, WARN = Verdict.ACCEPT, Verdict.ACCEPT_WITH_WARNING
NOT_FOR, CANNOT, REJECT = Verdict.NOT_FOR_THIS_PURPOSE, Verdict.CANNOT_CONFIRM, Verdict.REJECT

# What the papers sign by default: a term of three years, in its second year.
IN_ITS_SECOND_YEAR = -400
HELD_LAST_YEAR = (-60,)


class Made(StrEnum):
    """How a paper came about: through the gates of the register, past them, or in no register."""

    HONEST = "honest"
    CARELESS = "careless"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Story:
    """A question and its answer: `codes` are all but notes, the worst first.

    `ask` as in a link; days in it are offsets. `text` is one line for a person.
    """

    slug: str
    text: str
    verdict: Verdict
    codes: tuple[str, ...] = ()
    ask: Mapping[str, str | int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """An act in the life of a certificate that needs no dossier; `to` is (body, number)."""

    act: str
    on: int
    reason: str | None = None
    to: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The certificate that another one was moved from: its term runs on."""

    body: str
    number: str
    decided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper as it is signed, and what became of it.

    `claim` names the body whose accreditation stands on it: None its own, "" none at all. `term` is
    in months; the last day is the day before the anniversary. `checks` are the last days of what
    was looked at since. `signed_by` is the body whose key signed, if another's; `altered` replaces
    claims of a genuine one after signing.
    """

    body: str
    number: str
    kind: Kind
    firm: Firm
    part: Mapping[str, Any]
    standard: str
    stories: tuple[Story, ...]
    made: Made = Made.HONEST
    decided: int = IN_ITS_SECOND_YEAR
    effective: int | None = None
    term: int | None = 36
    rev: int = 1
    moved_from: Origin | None = None
    claim: str | None = None
    check: str = "surveillance"
    checks: tuple[int, ...] = ()
    events: tuple[Event, ...] = ()
    list_name: str = "1"
    signed_by: str | None = None
    altered: Mapping[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The name of its files: that of its first story."""
        return self.stories[0].slug

    @property
    def starts(self) -> int:
        """The day from which it applies."""
        return self.decided if self.effective is None else self.effective

    @property
    def act(self) -> Act:
        """What was decided."""
        if self.moved_from is not None:
            return Act.TRANSFER_IN
        return Act.GRANT if self.rev == 1 else Act.REDUCE

    def last_day(self, built_on: date) -> date | None:
        """The day before the anniversary of the decision that began the term; None for no end."""
        if self.term is None:
            return None
        began = self.moved_from.decided if self.moved_from else self.decided
        return offset(add_months(offset(built_on, began), self.term), -1)


def offset(day: date, days: int) -> date:
    """The civil day so many days later."""
    return day + timedelta(days=days)


def system(body: str, number: str, firm: Firm, *stories: Story, **more: Any) -> Paper:
    """A management-system certificate: ISO 9001 for all that the firm does, unless said."""
    codes = [f"iaf:{code}" for code in more.pop("codes", firm.codes)]
    sites = more.pop("sites", (firm.site,))
    part = {"scope": firm.scope, "codes": codes} | ({"sites": list(sites)} if sites else {})
    usual: dict[str, Any] = {"standard": "ISO 9001:2015", "checks": HELD_LAST_YEAR}
    return Paper(
        body=body,
        number=number,
        kind=Kind.MANAGEMENT_SYSTEM,
        firm=firm,
        part=part,
        stories=stories,
        **usual | more,
    )


def product(body: str, number: str, firm: Firm, *stories: Story, **more: Any) -> Paper:
    """A product certificate: cable models under scheme CABLE-5 without an end, unless said."""
    names = ("brand", "models", "family", "gtins", "revision")
    part = {name: more.pop(name) for name in names if name in more}
    part["factories"] = [firm.town]
    scheme = more.pop("scheme", ("CABLE-5", "5"))
    usual: dict[str, Any] = {"standard": "CS 6004:2019", "term": None, "checks": HELD_LAST_YEAR}
    return Paper(
        body=body,
        number=number,
        kind=Kind.PRODUCT,
        firm=firm,
        part=part | {"scheme": {"id": scheme[0], "type": scheme[1]}},
        stories=stories,
        check="factory_inspection",
        **usual | more,
    )


def service(body: str, number: str, firm: Firm, *stories: Story, **more: Any) -> Paper:
    """A service certificate under scheme CARE-6."""
    part = {"scope": firm.scope, "sites": [firm.site], "scheme": {"id": "CARE-6", "type": "6"}}
    usual: dict[str, Any] = {"standard": "CS 9021:2020", "checks": HELD_LAST_YEAR}
    return Paper(
        body=body,
        number=number,
        kind=Kind.SERVICE,
        firm=firm,
        part=part,
        stories=stories,
        check="service_check",
        **usual | more,
    )
