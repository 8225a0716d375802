"""The dossiers of the example world: for each paper of the plan the evidence that led to it.

Complete and in order, as a body that works by the book has them; what is wrong with a careless
paper is in the plan alone (its term, its day, its scope), and so in its dossier. All days are
counted back from the decision. Half days are texts: a request may contain no fraction.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from service.demo.bodies import TESTING
from service.demo.cast import BODIES
from service.demo.papers import Paper, offset
from service.domain.certificate import Kind
from service.domain.dossier import Act
from service.rules.audit_time import audit_tables

# A demo laboratory, accredited for the standards of the schemes; its name in dossiers.
LABORATORY = "thornfield"
_TABLE = "QMS-1"
# Days before the decision.
_APPLIED, _AGREED = 120, 115
_STAGE1, _STAGE2_FIRST, _STAGE2_LAST, _PLANNED = 50, 29, 27, 20
_SAMPLED, _RECEIVED, _TESTED_FROM, _TESTED_TO, _REPORTED = 110, 108, 105, 75, 70
_LOOKED, _REVIEWED = 40, 10
_LOOKS = {Kind.PRODUCT: "factory_inspection", Kind.SERVICE: "service_check"}


def laboratory() -> Mapping[str, Any]:
    """The laboratory as a certifier has it on file (`service.registry.laboratories`)."""
    by = BODIES["northland"]
    return {
        "id": "https://thornfield-laboratory.example",
        "by": by.id,
        "accreditation": {
            "number": "T-310",
            "norm": TESTING,
            "granted_on": "2011-02-01",
            "zone": by.zone,
            "scope": [{"standards": ["CS 6004:2019", "CS 7012:2021"], "from": "2019-06-03"}],
        },
    }


def dossier(paper: Paper, built_on: date) -> dict[str, Any]:
    """The dossier of a paper as plain JSON values, decided on the paper's own day."""
    decided, expires = offset(built_on, paper.decided), paper.last_day(built_on)
    decider = f"{paper.body}-decider"
    found: dict[str, Any] = {
        "act": str(paper.act),
        "cb": BODIES[paper.body].id,
        "kind": str(paper.kind),
        "standards": [paper.standard],
        "holder": dict(paper.firm.holder),
        "application": {
            "received_on": _before(decided, _APPLIED),
            "reviewed_on": _before(decided, _APPLIED),
            "agreement_signed_on": _before(decided, _AGREED),
        },
        "people": {decider: {"consulted_client_until": None}},
        "decision": {"date": decided.isoformat(), "makers": [decider], "by_cb": True},
        "certificate": {
            "effective": offset(built_on, paper.starts).isoformat(),
            "accredited": paper.claim != "",
        },
    }
    if expires is not None:
        found["certificate"]["expires"] = expires.isoformat()
    if paper.kind is Kind.MANAGEMENT_SYSTEM:
        return found | _system(paper, decided, found["people"], built_on)
    return found | _goods(paper, decided)


def _before(day: date, days: int) -> str:
    return offset(day, -days).isoformat()


def _system(
    paper: Paper, decided: date, people: Mapping[str, Any], built_on: date
) -> dict[str, Any]:
    sites = [dict(site) for site in paper.part.get("sites", ())]
    organisation = {
        "scope": paper.part["scope"], "personnel": paper.firm.personnel, "sites": sites,
        "sampled": False, "related": True,
    }  # fmt: skip
    codes = list(paper.part["codes"])
    found: dict[str, Any] = {"organisation": organisation, "codes": codes}
    if paper.act is Act.TRANSFER_IN:
        return found | {"audits": [], "transfer": _transfer(paper, decided, codes, built_on)}
    auditor = f"{paper.body}-auditor-{paper.number.rpartition('-')[2]}"
    names = [site["name"] for site in sites] or [paper.firm.town]
    audits = _audits(names, [{"person": auditor, "role": "lead", "codes": codes}], decided)
    minor = {
        "grade": "minor", "raised_on": _before(decided, _STAGE2_LAST),
        "plan_accepted_on": _before(decided, _PLANNED),
    }  # fmt: skip
    return found | {
        "audits": audits,
        "findings": [minor],
        "audit_time": _audit_time(paper),
        "people": {**people, auditor: {"consulted_client_until": None}},
    }


def _audits(
    sites: Sequence[str], team: Sequence[Mapping[str, Any]], decided: date
) -> list[Mapping[str, Any]]:
    """One auditor's day of stage 1 and three of stage 2: enough for 45 people."""
    usual = {"sites": list(sites), "team": list(team)}
    return [
        usual
        | {
            "kind": "stage1",
            "first_day": _before(decided, _STAGE1),
            "last_day": _before(decided, _STAGE1),
            "days_on_site": "1",
            "days_total": "1",
            "internal_audit_seen": True,
            "management_review_seen": True,
            "open_concerns": 0,
            "report_sha256": _report("stage 1", sites, decided),
        },
        usual
        | {
            "kind": "stage2",
            "first_day": _before(decided, _STAGE2_FIRST),
            "last_day": _before(decided, _STAGE2_LAST),
            "days_on_site": "2.5",
            "days_total": "3",
            "report_sha256": _report("stage 2", sites, decided),
        },
    ]


def _report(what: str, sites: Sequence[str], decided: date) -> str:
    return sha256(f"{what} {decided} {' '.join(sites)}".encode()).hexdigest()


def _audit_time(paper: Paper) -> Mapping[str, str]:
    """By the table for quality management; of another standard the time is the dossier's word."""
    if paper.standard.startswith("ISO 9001"):
        return {"table": _TABLE}
    half_days = audit_tables()[_TABLE].half_days(paper.firm.personnel)
    return {"table": paper.standard.rpartition(":")[0], "days": str(half_days // 2)}


def _transfer(paper: Paper, decided: date, codes: list[str], built_on: date) -> Mapping[str, Any]:
    origin, expires = paper.moved_from, paper.last_day(built_on)
    if origin is None or expires is None:
        raise ValueError("what is taken over has an origin and an end")
    return {
        "from": BODIES[origin.body].id,
        "number": origin.number,
        "state": "ACTIVE",
        "decided": offset(built_on, origin.decided).isoformat(),
        "expires": expires.isoformat(),
        "standards": [paper.standard],
        "codes": codes,
        "review_done_on": _before(decided, _REVIEWED),
        "with_recertification": False,
    }


def _goods(paper: Paper, decided: date) -> dict[str, Any]:
    part = dict(paper.part)
    found: dict[str, Any] = {
        "scheme": part.pop("scheme"),
        str(paper.kind): part,
        "review": {"date": _before(decided, _REVIEWED), "people": [f"{paper.body}-reviewer"]},
    }
    if paper.act is Act.REDUCE:
        return found
    look = {
        "kind": _LOOKS[paper.kind], "last_day": _before(decided, _LOOKED), "result": "pass",
        "people": [f"{paper.body}-inspector"],
    }  # fmt: skip
    if paper.kind is Kind.SERVICE:
        return found | {"inspections": [look]}
    return found | {
        "tests": [_test(paper, model, decided) for model in part["models"]],
        "inspections": [look | {"factory": factory} for factory in part["factories"]],
    }


def _test(paper: Paper, model: str, decided: date) -> Mapping[str, Any]:
    """A type test of a model, passed at the laboratory."""
    return {
        "report": f"R-{paper.number}-{model}",
        "lab": LABORATORY,
        "standard": paper.standard,
        "clauses_missing": [],
        "model": model,
        "revision": paper.part.get("revision"),
        "sampled_on": _before(decided, _SAMPLED),
        "received_on": _before(decided, _RECEIVED),
        "test_start": _before(decided, _TESTED_FROM),
        "test_end": _before(decided, _TESTED_TO),
        "issued_on": _before(decided, _REPORTED),
        "result": "pass",
        "acceptance_basis": "accredited",
        "people": [f"{LABORATORY}-tester"],
    }
