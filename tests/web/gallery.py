"""The gallery: hand-built reports of the five verdicts, of every kind, as the verifier gives them.

The world is that of the mock pages: Harrow Cables, certified by Alderway and Pellworth, whom
Northland accredits and the World Recognition Arrangement recognises. All at 15 June 2026, noon UTC.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from keys import b64u
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
from service.domain.dates import parse_instant
from service.domain.question import EMPTY, Question
from service.domain.reason import Reason
from service.domain.report import ChainLink, Evidence, Obligation, Report, SurveillanceSummary
from service.domain.verdict import Check, Finding

NOON = parse_instant("2026-06-15T12:00:00Z")
TODAY = date(2026, 6, 15)
DAY_S = 86_400
ANCHOR, NORTHLAND = "https://arrangement.example", "https://northland.example"
ALDERWAY, PELLWORTH = "https://demo.example/cb/alderway", "https://demo.example/cb/pellworth"
FINGERPRINT = b64u.encode(bytes.fromhex("8c1f40a75d2e9b63e07a11d4c2f83b90" * 2))


def certificate(kind: Kind, **changes: Any) -> Certificate:
    """A certificate of Harrow Cables, of that kind."""
    holder = Holder(
        "Harrow Cables Ltd", "GB", "4 Mill Lane, Larkmere LK1 4AB", "lei:529900T8BM49AURSDO55"
    )
    site = Site("Larkmere", "GB", "4 Mill Lane, Larkmere LK1 4AB")
    common: dict[str, Any] = {
        "issuer": ALDERWAY,
        "number": "CB-A/2024/0113",
        "revision": 1,
        "issued_at": parse_instant("2024-09-10T12:00:00Z"),
        "ends_at": parse_instant("2027-09-09T23:00:00Z"),
        "kind": kind,
        "standards": ("ISO 9001:2015",),
        "decided": date(2024, 9, 10),
        "effective": date(2024, 9, 10),
        "expires": date(2027, 9, 9),
        "holder": holder,
        "organisation": None,
        "product": None,
        "service": None,
        "accreditation": AccreditationClaim(NORTHLAND, "0164"),
        "status": StatusPointer(f"{ALDERWAY}/status/1", 1137),
        "previous_expires": None,
        "supersedes": None,
        "transferred_from": None,
        "mark": None,
        "office": None,
        "recert_audit_end": None,
        "displays": (),
        "prerequisite_for": None,
        "claims": {},
    }
    scope = "Design and manufacture of power and control cables"
    scheme = SchemeReference("CABLE-5", "5")
    of_kind: Mapping[Kind, dict[str, Any]] = {
        Kind.MANAGEMENT_SYSTEM: {
            "organisation": Organisation(scope, ("iaf:17", "iaf:19"), (site,)),
        },
        Kind.PRODUCT: {
            "issuer": PELLWORTH,
            "number": "CB-P/2023/0007",
            "standards": ("CS 6004:2019",),
            "decided": date(2023, 4, 3),
            "effective": date(2023, 4, 3),
            "expires": None,
            "ends_at": None,
            "product": Product(
                scheme, "Harrow", ("K7",), gtins=("09506000134352",), revision="C",
                factories=("F1",),
            ),
        },
        Kind.SERVICE: {
            "standards": ("EN 15838:2009",),
            "service": Service(
                "Customer contact centre", SchemeReference("CARE", "6"), (), (site,)
            ),
        },
    }  # fmt: skip
    return Certificate(**{**common, **of_kind[kind], **changes})


def chain(certifier: str, name: str, number: str, since: date) -> tuple[ChainLink, ...]:
    """From the anchor to the certifier."""
    return (
        ChainLink("arrangement", ANCHOR, "World Recognition Arrangement", True),
        ChainLink(
            "accreditation_body", NORTHLAND, "Northland Accreditation", True,
            {"since": date(2016, 5, 1)},
        ),
        ChainLink(
            "certification_body", certifier, name, True, {"number": number, "since": since}
        ),
    )  # fmt: skip


def evidence(certifier: str, age_s: int = 14 * 60, good_for_s: int = DAY_S) -> tuple[Evidence, ...]:
    """List and record of that age, accreditation and recognition of some days."""
    rows = (
        ("status_list", f"{certifier}/status/1", age_s, good_for_s, certifier),
        ("record", f"{certifier}/records/1", age_s, good_for_s, certifier),
        ("accreditation", certifier, 3 * DAY_S, 30 * DAY_S, NORTHLAND),
        ("recognition", NORTHLAND, 9 * DAY_S, 30 * DAY_S, ANCHOR),
    )
    return tuple(
        Evidence(kind, uri, NOON - age, age, good, by) for kind, uri, age, good, by in rows
    )


def passed(*, but: tuple[Check, ...] = ()) -> tuple[Finding, ...]:
    """Every check that a certificate passes, but for some."""
    checks = tuple(check for check in Check if check is not Check.MARK)
    return tuple(Finding.passed(check) for check in checks if check not in but)


CHECKED_YEARLY = SurveillanceSummary(
    state="current",
    last=date(2025, 8, 21),
    next_due=date(2026, 12, 31),
    source="record",
    obligations=(
        Obligation("S1", date(2025, 9, 10), date(2025, 8, 21), "met"),
        Obligation("CY-2026", date(2026, 12, 31), None, "open"),
    ),
)
INSPECTED = SurveillanceSummary(
    state="current",
    last=date(2026, 3, 10),
    next_due=date(2027, 3, 10),
    source="record",
    obligations=(
        Obligation("inspection", date(2024, 4, 3), date(2024, 3, 20), "met"),
        Obligation("inspection", date(2025, 3, 20), date(2025, 3, 12), "met"),
        Obligation("inspection", date(2026, 3, 12), date(2026, 3, 10), "met"),
        Obligation("inspection", date(2027, 3, 10), None, "open"),
    ),
)


def system(*findings: Finding, question: Question = EMPTY, **changes: Any) -> Report:
    """A report on Harrow's ISO 9001 certificate, in order but for these findings."""
    troubled = tuple(finding.check for finding in findings)
    report = Report(
        findings=(*passed(but=troubled), *findings),
        checked_at=NOON,
        question=question,
        certificate=certificate(Kind.MANAGEMENT_SYSTEM),
        chain=chain(ALDERWAY, "Alderway Certification", "0164", date(2015, 3, 2)),
        surveillance=CHECKED_YEARLY,
        evidence=evidence(ALDERWAY),
        day=question.on or TODAY,
        zone="Europe/London",
        token_sha256=FINGERPRINT,
    )
    return replace(report, **changes)


def product(*findings: Finding, question: Question = EMPTY, **changes: Any) -> Report:
    """A report on Harrow's product certificate for the cable K7."""
    report = replace(
        system(*findings, question=question),
        certificate=certificate(Kind.PRODUCT),
        chain=chain(PELLWORTH, "Pellworth Product Certification", "0201", date(2016, 5, 4)),
        surveillance=INSPECTED,
        evidence=evidence(PELLWORTH),
    )
    return replace(report, **changes)


def unproven(*findings: Finding, question: Question = EMPTY) -> Report:
    """A report on something that is not proven genuine: it knows nothing of its content."""
    earlier = (Finding.passed(Check.READ), Finding.passed(Check.PARSE))
    return Report((*earlier, *findings), NOON, question, token_sha256=FINGERPRINT)


_OVERDUE = SurveillanceSummary(
    state="overdue",
    next_due=date(2025, 9, 10),
    days_late=278,
    source="record",
    obligations=(
        Obligation("S1", date(2025, 9, 10), None, "late"),
        Obligation("CY-2025", date(2025, 12, 31), None, "late"),
        Obligation("CY-2026", date(2026, 12, 31), None, "open"),
    ),
)
_RESTORED = SurveillanceSummary(
    state="current",
    last=date(2026, 2, 5),
    next_due=date(2027, 12, 31),
    source="record",
    obligations=(
        Obligation("CY-2023", date(2023, 12, 31), date(2023, 8, 16), "met"),
        Obligation("CY-2024", date(2024, 12, 31), date(2024, 8, 14), "met"),
        Obligation("CY-2027", date(2027, 12, 31), None, "open"),
    ),
    suspended=((date(2024, 11, 4), date(2025, 1, 20)),),
    gaps=((date(2025, 9, 1), date(2026, 2, 27)),),
)
_LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

# Name of the page -> its report: the five verdicts of both kinds, and what is rare but must stand.
GALLERY: Mapping[str, Report] = {
    "accept": system(question=Question(needs="management_system")),
    "accept-not-asked": system(),
    "accept-past": system(question=Question(on=date(2025, 3, 3)), day=date(2025, 3, 3)),
    "accept-product": product(
        question=Question(model="K7", revision="C", factory="F1", made_on=date(2026, 5, 2))
    ),
    "accept-service": system(certificate=certificate(Kind.SERVICE), surveillance=None),
    "accept-restored": system(
        Finding.of(
            Check.STATUS, Reason.CERTIFICATION_GAP, outcome=None,
            **{"from": date(2025, 9, 1), "to": date(2026, 2, 27)},
        ),
        Finding.of(Check.STATUS, Reason.RELIED_ON_LIST),
        Finding.of(Check.READ, Reason.QR_FOREIGN_HOST, host="verify-examp1e.com"),
        certificate=certificate(
            Kind.MANAGEMENT_SYSTEM, decided=date(2022, 9, 1), effective=date(2022, 9, 1),
            expires=date(2028, 8, 31), revision=3,
        ),
        surveillance=_RESTORED,
    ),
    "warning": system(
        Finding.of(
            Check.COVERAGE, Reason.ACCREDITATION_ENDED_TRANSFER_BY,
            date=date(2026, 1, 31), limit=date(2026, 7, 31),
        )
    ),
    "warning-product": product(
        Finding.of(Check.SURVEILLANCE, Reason.SURV_UNCONFIRMED, date=date(2026, 6, 1), days=14)
    ),
    "wrong-purpose": system(
        Finding.of(Check.FIT, Reason.MS_NOT_PRODUCT), question=Question(needs="product", model="K7")
    ),
    "wrong-purpose-product": product(
        Finding.of(Check.FIT, Reason.PRODUCT_NOT_MS), question=Question(needs="management_system")
    ),
    "wrong-purpose-service": product(
        Finding.of(Check.FIT, Reason.PRODUCT_NOT_SERVICE), question=Question(needs="service")
    ),
    "wrong-model": product(
        Finding.of(Check.FIT, Reason.MODEL_NOT_COVERED), question=Question(model="K9", factory="F1")
    ),
    "cannot-confirm": system(
        Finding.of(Check.STATUS, Reason.STATUS_UNAVAILABLE, date=date(2026, 6, 7)),
        evidence=evidence(ALDERWAY, 8 * DAY_S, 7 * DAY_S),
        surveillance=None,
    ),
    "cannot-confirm-product": product(
        Finding.of(Check.COVERAGE, Reason.ACCREDITATION_STALE, days=70),
    ),
    "cannot-confirm-unproven": unproven(Finding.of(Check.CHAIN, Reason.CHAIN_UNAVAILABLE)),
    "reject": unproven(Finding.of(Check.SIGNATURE, Reason.SIGNATURE_INVALID)),
    "reject-overdue": system(
        Finding.of(Check.SURVEILLANCE, Reason.SURV_OVERDUE, date=date(2025, 9, 10), days=278),
        surveillance=_OVERDUE,
    ),
    "reject-product": product(
        Finding.of(Check.STATUS, Reason.SUSPENDED, date=date(2026, 5, 4)),
    ),
    "reject-scope": system(Finding.of(Check.COVERAGE, Reason.OUT_OF_ACCREDITED_SCOPE)),
    "long-words": product(
        Finding.of(Check.FIT, Reason.MODEL_NOT_COVERED),
        question=Question(model=_LONG),
        certificate=certificate(
            Kind.PRODUCT,
            number="CB-P/" + "0123456789" * 6,
            holder=Holder(f"{_LONG} & Söhne mit beschränkter Haftung", "AT", _LONG),
            product=Product(
                SchemeReference(_LONG, "5"), "شركة الحارث للكابلات",
                tuple(f"{_LONG}-{n}" for n in range(30)), family="哈罗电缆有限公司",
            ),
        ),
    ),
}  # fmt: skip
