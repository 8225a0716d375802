"""Accreditation and recognition: what a body was granted, and what happened to it since.

Scope rows are judged on the day of the decision only; what came later is said by dated events
(rules.md AC-5). Past events stay, so that any past day can be answered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from service.domain.certificate import SchemeReference
from service.domain.dates import Period
from service.domain.scope import any_covers, covers_standard

EVENT_TYPES = frozenset(
    (
        "suspended lifted reduced extended withdrawn resigned expired inactive reactivated voided"
    ).split()
)
_PAUSES = {"suspended": "lifted", "inactive": "reactivated"}


@dataclass(frozen=True, slots=True)
class RecognitionRow:
    """What an arrangement recognises a body for: one norm, some standards (None is every one)."""

    norm: str
    main_scope: bool
    standards: tuple[str, ...] | None
    period: Period
    suspended: tuple[Period, ...] = ()
    by_continuity: bool = False
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognition:
    """An arrangement's recognition of an accreditation body."""

    arrangement: str | None
    rows: tuple[RecognitionRow, ...]
    zone: str | None = None
    economy: tuple[str, ...] = ()
    eu_nab: bool | None = None
    peer_evaluated_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One kind of surveillance that a scheme demands, every so many months."""

    kind: str
    months: int
    mode: str = "rolling"
    min_per_year: int | None = None


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One row of an accreditation's scope; None means "not limited in this respect"."""

    period: Period
    standards: tuple[str, ...] | None = None
    codes: frozenset[str] | None = None
    scheme: str | None = None
    type: str | None = None
    categories: tuple[str, ...] | None = None
    plan: tuple[PlanItem, ...] | None = None
    functions: tuple[str, ...] | None = None
    mark_licence: bool | None = None
    grandfather_units: bool | None = None
    lists_factories: bool | None = None
    max_term_months: int | None = None
    report_max_age_months: int | None = None
    edition_test: str | None = None
    marks: tuple[str, ...] | None = None
    modules: tuple[str, ...] | None = None

    def covers(self, standard: str, scheme: SchemeReference | None) -> bool:
        """Whether standard and scheme, with its type, lie in this row (codes are judged apart)."""
        return (
            any_covers(self.standards, standard)
            and (self.scheme is None or (scheme is not None and self.scheme == scheme.id))
            and (self.type is None or (scheme is not None and self.type == scheme.type))
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a scope that an event touches; None means "all in this respect"."""

    standard: str | None = None
    codes: frozenset[str] | None = None
    scheme: str | None = None

    def touches(
        self, standards: tuple[str, ...], codes: tuple[str, ...], scheme: str | None
    ) -> bool:
        """Whether a certificate with these standards, codes and scheme is touched."""
        return (
            (self.standard is None or any(covers_standard(self.standard, s) for s in standards))
            and (self.codes is None or not codes or bool(self.codes & set(codes)))
            and (self.scheme is None or self.scheme == scheme)
        )


@dataclass(frozen=True, slots=True)
class AccreditationEvent:
    """A dated event.

    `effective_on` None is an end without a known day, `parts` None is the whole scope.
    """

    type: str
    effective_on: date | None
    recorded_at: int | None
    parts: tuple[Part, ...] | None = None
    reason: str | None = None
    void_from: date | None = None
    void_numbers: tuple[str, ...] = ()
    notified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Adoption:
    """Another body's takeover of certificates, with its written confirmations."""

    by: str
    numbers: tuple[str, ...]
    confirmed_on: date | None
    no_safety_issue_on: date | None


@dataclass(frozen=True, slots=True)
class Accreditation:
    """One accreditation of one certification body by one accreditation body."""

    by: str
    of: str
    number: str
    norm: str
    granted_on: date
    expires_on: date | None
    reassessed_on: date | None
    zone: str
    scope: tuple[ScopeRow, ...]
    events: tuple[AccreditationEvent, ...]
    status_origins: tuple[str, ...]
    offices: tuple[str, ...] | None = None
    approvals: Mapping[str, date] | None = None
    adoptions: tuple[Adoption, ...] = ()
    renewal_filed_on: date | None = None

    def touching(
        self, standards: tuple[str, ...], codes: tuple[str, ...], scheme: str | None
    ) -> tuple[AccreditationEvent, ...]:
        """The events that touch such a certificate, in order of their effect (undated first)."""
        touched = [
            event
            for event in self.events
            if event.parts is None
            or any(part.touches(standards, codes, scheme) for part in event.parts)
        ]
        return tuple(sorted(touched, key=lambda event: event.effective_on or date.min))


def pauses(events: tuple[AccreditationEvent, ...]) -> Iterator[tuple[date, date | None]]:
    """Suspensions and inactive spells as (first day, day of lifting or None)."""
    for begun, ended in _PAUSES.items():
        start: date | None = None
        for event in events:
            if event.type == begun and start is None:
                start = event.effective_on
            elif event.type == ended and start is not None and event.effective_on is not None:
                yield start, event.effective_on
                start = None
        if start is not None:
            yield start, None
