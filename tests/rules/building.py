"""Cases as values, without signatures: for rules, which are pure functions of them.

As it is built, every case is accepted. A test changes one thing.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from service.domain.accreditation import (
    Accreditation,
    AccreditationEvent,
    PlanItem,
    Recognition,
    RecognitionRow,
    ScopeRow,
)
from service.domain.certificate import (
    AccreditationClaim,
    Certificate,
    Holder,
    Kind,
    Organisation,
    Product,
    SchemeReference,
    Service,
    Site,
    StatusPointer,
)
from service.domain.dates import Period, civil_day, first_second
from service.domain.question import EMPTY, Question
from service.domain.reason import Reason
from service.domain.surveillance import Record, RecordEvent, Removed, Surveillance
from service.domain.verdict import SEVERITY, Finding, Verdict, worst
from service.rules import assessment
from service.rules.case import Case
from service.rules.catalogue import Catalogue, catalogue
from service.rules.policy import DEFAULT, Policy

ZONE = "Europe/London"
CABLE = SchemeReference("CABLE-5", "5")
# What the fictional schemes and standards of the tests are.
STANDARDS = [
    {"designator": "CS 6004", "edition": "2012", "kind": "product",
     "superseded_by": "CS 6004:2019", "transition_end": "2022-10-31"},
    {"designator": "CS 6004", "edition": "2019", "kind": "product"},
    {"designator": "CS 6004", "edition": "2018", "kind": "product",
     "superseded_by": "CS 6004:2019"},
    {"designator": "CS 7100", "edition": "2021", "kind": "service"},
]  # fmt: skip


def day(text: str | date) -> date:
    return text if isinstance(text, date) else date.fromisoformat(text)


def known() -> Catalogue:
    return catalogue(STANDARDS)


def certificate(kind: str = "management_system", **changes: Any) -> Certificate:
    """A certificate in good order; texts of days become days, `issued_on` the instant of iat."""
    for name in ("decided", "effective", "expires", "previous_expires", "recert_audit_end"):
        if isinstance(changes.get(name), str):
            changes[name] = day(changes[name])
    usual = _USUAL[kind]._replace(
        **{name: value for name, value in changes.items() if name != "issued_on"}
    )
    if "effective" not in changes and "decided" in changes:
        usual = usual._replace(effective=usual.decided)
    return usual._replace(issued_at=_morning(day(changes.get("issued_on", usual.decided))))


def _morning(of: date) -> int:
    return first_second(of, ZONE) + 9 * 3600


def _base(**of_kind: Any) -> Certificate:
    return Certificate(
        **{
            "issuer": "https://cb-a.example",
            "number": "CB-A/2024/0113",
            "revision": 1,
            "issued_at": 0,
            "ends_at": None,
            "holder": Holder("Harrow Bearings Ltd", "GB", None, "lei:529900T8BM49AURSDO55"),
            "organisation": None,
            "product": None,
            "service": None,
            "accreditation": AccreditationClaim("https://ab-n.example", "0164"),
            "status": StatusPointer("https://cb-a.example/status/1", 7),
            "previous_expires": None,
            "supersedes": None,
            "transferred_from": None,
            "mark": None,
            "office": None,
            "recert_audit_end": None,
            "displays": (),
            "prerequisite_for": None,
            "claims": {},
            **of_kind,
        }
    )


_USUAL = {
    "management_system": _base(
        kind=Kind.MANAGEMENT_SYSTEM,
        standards=("ISO 9001:2015",),
        decided=date(2024, 9, 10),
        effective=date(2024, 9, 10),
        expires=date(2027, 9, 9),
        organisation=Organisation(
            "Manufacture of plain bearings", ("iaf:17", "iaf:18"), (Site("Leeds", "GB"),)
        ),
    ),
    "product": _base(
        kind=Kind.PRODUCT,
        standards=("CS 6004:2019",),
        decided=date(2023, 4, 3),
        effective=date(2023, 4, 3),
        expires=None,
        product=Product(CABLE, "Harrow", ("K7",), None, ("05012345678900",), "C", ("F1",)),
    ),
    "service": _base(
        kind=Kind.SERVICE,
        standards=("CS 7100:2021",),
        decided=date(2024, 9, 10),
        effective=date(2024, 9, 10),
        expires=date(2027, 9, 9),
        service=Service(
            "Installation of cables", SchemeReference("CARE-6", "6"), (), (Site("Leeds", "GB"),)
        ),
    ),
}
NORMS = {
    "management_system": "ISO/IEC 17021-1",
    "product": "ISO/IEC 17065",
    "service": "ISO/IEC 17065",
}


def scope_row(kind: str = "management_system", **changes: Any) -> ScopeRow:
    since = Period(date(2016, 5, 4), None)
    usual: dict[str, dict[str, Any]] = {
        "management_system": {
            "standards": ("ISO 9001:2015",),
            "codes": frozenset({"iaf:17", "iaf:18"}),
        },
        "product": {
            "standards": ("CS 6004:2019",),
            "scheme": "CABLE-5",
            "type": "5",
            "plan": (PlanItem("factory_inspection", 12),),
            "mark_licence": True,
            "grandfather_units": True,
            "lists_factories": True,
        },
        "service": {
            "standards": ("CS 7100:2021",),
            "scheme": "CARE-6",
            "type": "6",
            "plan": (PlanItem("service_check", 12),),
        },
    }
    return ScopeRow(**{"period": since, **usual[kind], **changes})


def accreditation(kind: str = "management_system", **changes: Any) -> Accreditation:
    usual: dict[str, Any] = {
        "by": "https://ab-n.example",
        "of": "https://cb-a.example",
        "number": "0164",
        "norm": NORMS[kind],
        "granted_on": date(2015, 3, 2),
        "expires_on": None,
        "reassessed_on": date(2024, 2, 20),
        "zone": ZONE,
        "scope": (scope_row(kind),),
        "events": (),
        "status_origins": ("https://cb-a.example",),
    }
    for name in ("granted_on", "expires_on", "reassessed_on", "renewal_filed_on"):
        if isinstance(changes.get(name), str):
            changes[name] = day(changes[name])
    return Accreditation(**{**usual, **changes})


def happened(type_: str, on: str | None, **more: Any) -> AccreditationEvent:
    """An event of an accreditation."""
    return AccreditationEvent(type_, None if on is None else day(on), None, **more)


def recognised(**changes: Any) -> RecognitionRow:
    """A row of a recognition; `since` and `until` are its days."""
    since = day(changes.pop("since", "2012-03-01"))
    until = changes.pop("until", None)
    usual = {"norm": "ISO/IEC 17021-1", "main_scope": False, "standards": ("ISO 9001",)}
    period = Period(since, None if until is None else day(until))
    return RecognitionRow(**{**usual, "period": period, **changes})


def recognition(*rows: RecognitionRow, **more: Any) -> Recognition:
    return Recognition("GLOBAL-ACI-MRA", rows, **more)


def event(type_: str, on: str, *, removed: Removed | None = None, **more: Any) -> RecordEvent:
    """An event of a certificate."""
    if isinstance(more.get("stage2_on"), str):
        more["stage2_on"] = day(more["stage2_on"])
    return RecordEvent(type_, day(on), None, removed=removed, **more)


def audit(on: str, kind: str = "surveillance", **more: Any) -> Surveillance:
    return Surveillance(kind, (), None, day(on), **more)


def inspected(*on: str, kind: str = "factory_inspection") -> tuple[Surveillance, ...]:
    return tuple(audit(one, kind) for one in on)


def record(*events: RecordEvent, audits: Iterable[Surveillance] = (), **changes: Any) -> Record:
    """A record as of the far future, so that it knows every revision."""
    usual: dict[str, Any] = {
        "issuer": "https://cb-a.example",
        "number": "CB-A/2024/0113",
        "revision": 1,
        "issued_at": 4_000_000_000,
        "ends_at": 4_000_000_000,
        "events": events,
        "surveillance": tuple(audits),
    }
    return Record(**{**usual, **changes})


_HELD = {
    "management_system": ("surveillance", ("2025-08-21", "2026-06-02")),
    "product": ("factory_inspection", ("2024-03-20", "2025-03-12", "2026-03-10")),
    "service": ("service_check", ("2025-08-21", "2026-06-02")),
}


def case(
    kind: str = "management_system",
    *,
    on: str | date = "2026-06-15",
    today: str | date | None = None,
    policy: Policy = DEFAULT,
    question: Question = EMPTY,
    certificate: Certificate | None = None,
    **more: Any,
) -> Case:
    """A case of that kind: granted on its decision, with its audits held so far."""
    given = certificate if certificate is not None else _USUAL[kind]
    if not given.issued_at:
        given = given._replace(issued_at=_morning(given.decided))
    judged, known_ = day(on), more.pop("catalogue", None) or known()
    named = more.pop("accreditation", accreditation(kind))
    usual: dict[str, Any] = {
        "issued_on": civil_day(given.issued_at, ZONE),
        "body_day": judged,
        "pack": known_.packs.ms(policy.ms_pack),
        "ended": known_.packs.ended(policy.ended_pack),
        "norms": (NORMS[kind],),
        "granted": (named,) if named is not None else (),
        "row": _first_row(named) if kind != "management_system" else None,
        "record": _kept(kind, given, judged),
    }
    return Case(
        certificate=given,
        question=question,
        day=judged,
        today=day(today) if today is not None else judged,
        policy=policy,
        catalogue=known_,
        accreditation=named,
        **{**usual, **more},
    )


def _kept(kind: str, given: Certificate, until: date) -> Record:
    check, held = _HELD[kind]
    audits = inspected(*(one for one in held if day(one) <= until), kind=check)
    return record(event("granted", given.effective.isoformat()), audits=audits)


def _first_row(named: Accreditation | None) -> ScopeRow | None:
    return next(iter(named.scope), None) if named is not None else None


def judged(given: Case, value: int | None = 0, sha256: str = "x") -> list[Finding]:
    """Steps 7 to 9 of the verification, as the verifier takes them."""
    findings = assessment.assess_coverage(given)
    if (end := assessment.ended_by_term(given)) is not None:
        findings.append(end.finding)
        given = given._replace(record=None)
    else:
        findings += assessment.assess_life(given, value, sha256)[0]
    findings += assessment.assess_statement(given)
    return [*findings, *assessment.assess_fit(given)]


def codes(findings: Iterable[Finding]) -> set[str]:
    """The codes of what is more than a note."""
    return {str(one.code) for one in findings if one.code and SEVERITY[one.outcome]}


def notes(findings: Iterable[Finding]) -> set[str]:
    return {str(one.code) for one in findings if one.code and not SEVERITY[one.outcome]}


def verdict(given: Case, value: int | None = 0) -> Verdict:
    return worst(judged(given, value))


def answer(given: Case, value: int | None = 0) -> tuple[str, set[str]]:
    """Verdict and codes, for a test to compare in one line."""
    findings = judged(given, value)
    return str(worst(findings)), codes(findings)


def only(findings: Iterable[Finding], code: str) -> Finding:
    """The one finding with that code."""
    (found,) = (one for one in findings if one.code is Reason(code))
    return found
