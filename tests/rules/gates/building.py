"""Dossiers and the ground they stand on: those of `scenarios.json`, each of which passes.

The scenarios tell of a dossier only what their gates look at; who holds the certificate is added
here, since no certificate can do without. A test changes one thing.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

from service.domain.accreditation import Accreditation, Recognition, ScopeRow
from service.domain.certificate import Holder, Organisation, Site
from service.domain.dates import Period
from service.domain.gate import Gate, GateOutcome, refused
from service.issuer.dossier import read_dossier
from service.rules.catalogue import Catalogue, catalogue
from service.rules.gates import Body, Ground, assess_gates
from service.trust.grants import read_accreditations, read_recognition
from tests.rules.building import certificate, day
from tests.rules.scenarios import scenarios

HOLDER = {
    "name": "Harrow Bearings Ltd",
    "country": "GB",
    "address": "4 Mill Lane, Leeds LS1 4AB",
    "id": "lei:529900T8BM49AURSDO55",
}
Json = dict[str, Any]


def merged(base: Any, patch: Any) -> Any:
    """RFC 7396: objects merge, lists and scalars replace, null takes away."""
    if not isinstance(patch, Mapping):
        return deepcopy(patch)
    result = dict(base) if isinstance(base, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def known(*standards: Json) -> Catalogue:
    return catalogue([*scenarios()["world"]["standards"], *standards])


def accredited(key: str) -> Accreditation:
    """An accreditation of the world of the scenarios."""
    row = next(one for one in scenarios()["world"]["accreditations"] if one["key"] == key)
    shown = {name: value for name, value in row.items() if name not in ("key", "by", "of")}
    claim = [{**shown, "keys": [], "status_origins": [row["of"]]}]
    grants, _ = read_accreditations(claim, by=row["by"], of=row["of"])
    return grants[0].accreditation


def recognition(name: str = "https://ab-n.example") -> Recognition:
    bodies = {one["id"]: one for one in scenarios()["world"]["accreditation_bodies"]}
    return read_recognition(bodies[name]["recognition"])


def laboratories() -> dict[str, Body]:
    return {
        row["key"]: Body(_laboratory(row), recognition()) if row["by"] else Body()
        for row in scenarios()["world"]["laboratories"]
    }


def _laboratory(row: Json) -> Accreditation:
    granted = day(row["granted_on"])
    rows = tuple(ScopeRow(Period(granted, None), (one,)) for one in row["scope"])
    return Accreditation(
        row["by"], row["key"], row["number"], row["norm"], granted, None, None,
        "Europe/London", rows, (), (),
    )  # fmt: skip


def base(name: str) -> Json:
    """A dossier of the scenarios with its holder, as JSON."""
    found: Json = merged(scenarios()["world"]["dossiers"][name], {"holder": HOLDER})
    return found


# More acts: a three-year cycle from 2023-05-22 to 2026-05-21, of which this is what comes next.
RECERTIFICATION = {
    "kind": "recertification",
    "first_day": "2026-03-10",
    "last_day": "2026-03-12",
    "sites": ["main"],
    "days_on_site": 3,
    "days_total": 3.5,
    "team": [
        {"person": "p1", "role": "lead", "codes": ["iaf:19"]},
        {"person": "p2", "role": "auditor", "codes": []},
    ],
    "report_sha256": "7f" * 32,
}
OLD_END = date(2026, 5, 21)
ACTS: Mapping[str, Json] = {
    "renew": {
        "base": "ms-initial",
        "act": "renew",
        "audits": [RECERTIFICATION],
        "findings": [],
        "decision": {"date": "2026-04-20"},
        "certificate": {"effective": "2026-04-20", "expires": "2029-05-21"},
    },
    "restore": {
        "base": "ms-initial",
        "act": "restore",
        "audits": [RECERTIFICATION],
        "findings": [],
        "decision": {"date": "2026-06-15"},
        "certificate": {"effective": "2026-06-15", "expires": "2029-05-21"},
    },
    "extend": {
        "base": "ms-initial",
        "act": "extend",
        "codes": ["iaf:19", "iaf:18"],
        "audits": [
            {
                **RECERTIFICATION,
                "kind": "special_extension",
                "team": [{"person": "p1", "role": "lead", "codes": ["iaf:18"]}],
                "days_on_site": 1,
                "days_total": 1.5,
            }
        ],
        "findings": [],
        "decision": {"date": "2026-04-20"},
        "certificate": {"effective": "2026-04-20", "expires": "2026-05-21"},
    },
    "reduce": {
        "base": "ms-initial",
        "act": "reduce",
        "audits": [],
        "findings": [],
        "decision": {"date": "2026-04-20"},
        "certificate": {"effective": "2026-04-20", "expires": "2026-05-21"},
    },
    "service": {
        "base": "pc-cable5",
        "kind": "service",
        "standards": ["CS 7100:2021"],
        "scheme": {"id": "CARE-6", "type": "6"},
        "product": None,
        "service": {"scope": "Installation of cables", "sites": ["main"]},
        "tests": [],
        "inspections": [
            {"kind": "service_check", "last_day": "2026-02-11", "result": "pass", "people": ["t2"]}
        ],
    },
}
_CHANGES = ("extend", "reduce", "change", "renew", "restore")


def dossier(name: str, patch: Json | None = None) -> Json:
    """A dossier that passes every gate, and what is changed of it."""
    found = base(name) if name not in ACTS else _act(name)
    result: Json = deepcopy(merged(found, patch or {}))
    return result


def _act(name: str) -> Json:
    row = dict(ACTS[name])
    result: Json = merged(base(row.pop("base")), row)
    return result


def old_certificate(**changes: Any) -> Any:
    """The certificate that ends on OLD_END, for acts that go on from one."""
    usual = {
        "decided": "2023-05-22",
        "expires": OLD_END.isoformat(),
        "organisation": Organisation(
            "Manufacture of wiring looms", ("iaf:19",), (Site("main", "GB"),)
        ),
        "holder": Holder("Harrow Bearings Ltd", "GB"),
    }
    return certificate(**{**usual, **changes})


def ground(given: Json, **changes: Any) -> Ground:
    """The ground of the scenarios' world, on the day of the decision."""
    kind = given["kind"]
    key = given.get("cb", "CB-A")
    usual: Json = {
        "today": day(given.get("decision", {}).get("date", "2026-06-15")),
        "catalogue": known(
            {"designator": "CS 7100", "edition": "2021", "kind": "service"},
        ),
        "granted": (accredited(key),),
        "recognition": recognition(),
        "laboratories": laboratories(),
        "number": "CB-A/2026/0077",
        "origin": Body(accredited("CB-V"), recognition()),
    }
    if kind == "service":
        row = ScopeRow(
            Period(date(2016, 5, 4), None), ("CS 7100:2021",), scheme="CARE-6", type="6",
            plan=tuple(accredited("CB-P").scope[0].plan or ()),
        )  # fmt: skip
        usual["granted"] = (_with_row(accredited(key), row),)
    if given["act"] in _CHANGES and kind == "management_system":
        usual["previous"] = old_certificate()
    return Ground(**{**usual, **changes})


def _with_row(given: Accreditation, row: ScopeRow) -> Accreditation:
    return replace(given, scope=(row,))


def gates(given: Json, **changes: Any) -> dict[str, Gate]:
    """Every gate of a dossier by id."""
    found = assess_gates(read_dossier(given), ground(given, **changes))
    return {gate.id: gate for gate in found}


def refusals(given: Json, **changes: Any) -> dict[str, str | None]:
    """The gates that refuse, with their codes."""
    return {gate.id: gate.code for gate in refused(gates(given, **changes).values())}


def outcome(gate: str, given: Json, **changes: Any) -> GateOutcome:
    return gates(given, **changes)[gate].outcome


def stages(stage1: Json | None = None, stage2: Json | None = None) -> Json:
    """A patch of the two audits of the initial certification."""
    first, second = base("ms-initial")["audits"]
    return {"audits": [merged(first, stage1 or {}), merged(second, stage2 or {})]}


def report(**changes: Any) -> Json:
    """A patch of the one test report of the product."""
    return {"tests": [merged(base("pc-cable5")["tests"][0], changes)]}


def recertification(**changes: Any) -> Json:
    """A patch of the one audit of a renewal or restoration."""
    return {"audits": [merged(RECERTIFICATION, changes)]}


def decided(on: str, **certificate: Any) -> Json:
    """A patch of the decision's day; the certificate applies from it."""
    return {"decision": {"date": on}, "certificate": {"effective": on, **certificate}}
