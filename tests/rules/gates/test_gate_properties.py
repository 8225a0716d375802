"""What holds of every dossier, however mutilated: it is judged in full and nothing raises."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.certificate import Kind
from service.domain.dossier import Act, Dossier
from service.domain.gate import GateOutcome, refused
from service.domain.reason import Reason
from service.domain.verdict import Outcome
from service.issuer.dossier import DossierRefused, read_dossier
from service.rules.assessment import assess_coverage, assess_statement
from service.rules.gates import RULES, Body, Ground, accreditation_for, assess_gates, gate_rows
from service.rules.gates.prospect import case
from tests.rules.building import happened
from tests.rules.gates.building import (
    ACTS,
    accredited,
    dossier,
    ground,
    old_certificate,
)

NAMES = ("ms-initial", "ms-transfer", "pc-cable5", *ACTS)
# Codes of a failed gate that are not of a certificate (security.md 4.7).
OWN_CODES = {"CB_SUSPENDED", "FUTURE_DATED"}
DAYS = (
    "1950-01-01 2020-02-29 2024-04-20 2026-01-23 2026-02-28 2026-03-09 2026-03-26 2026-04-20 "
    "2028-02-29 2099-12-31"
).split()
TEXTS = (
    "x", "main", "p1", "p9", "iaf:38", "iaf:18", "1a", "CABLE-5", "K7", "LAB-2", "QMS-1", "EMS",
    "ISO 9001:2015", "ISO 14001:2015", "CS 6004:2012", "CS 6004", "ISO/IEC 17025", "certified by"
    " ISO", "certified products",
)  # fmt: skip
CHOICES = {
    "act": tuple(Act),
    "kind": (*Kind, "stage1", "stage2", "recertification", "surveillance", "factory_inspection"),
    "role": ("lead", "auditor", "expert"),
    "result": ("pass", "fail"),
    "grade": ("major", "minor"),
    "acceptance_basis": ("accredited", "none"),
    "state": ("ACTIVE", "SUSPENDED"),
    "country": ("GB", "NZ"),
    "report_sha256": ("00" * 32,),
}


def _others(name: Any, value: Any) -> tuple[Any, ...]:
    """What may stand in place of a value, most of it of the same type."""
    if name in CHOICES:
        return (None, *CHOICES[name])
    if isinstance(value, bool):
        return (None, True, False)
    if isinstance(value, int | float):
        return (None, 0, 1, 2.5, 70_000)
    if isinstance(value, list):
        return ([], value[:1], value[1:], [*value, *value], [*value[:1], "x"])
    if isinstance(value, dict) or value is None:
        return (None, {}, "2026-03-10", True)
    return (None, *(DAYS if value[:2] in ("19", "20") else TEXTS))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    children: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else ()
    children = enumerate(value) if isinstance(value, list) else children
    for name, child in children:
        yield from _paths(child, (*path, name))


def _change(value: Any, path: tuple[Any, ...], draw: st.DrawFn) -> None:
    for name in path[:-1]:
        value = value[name]
    last = path[-1]
    value[last] = deepcopy(draw(st.sampled_from(_others(last, value[last]))))


@st.composite
def mutilated(draw: st.DrawFn) -> Dossier | None:
    """A dossier with some members replaced; None where it can no longer be read."""
    raw = dossier(draw(st.sampled_from(NAMES)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(_paths(raw))))
        _change(raw, path, draw)
    try:
        return read_dossier(raw)
    except DossierRefused:
        return None


def _ground(draw: st.DrawFn) -> Ground:
    base = ground(dossier("ms-initial"))
    usual = accredited("CB-A")
    events = (happened("suspended", "2026-03-01"), happened("withdrawn", None))
    return Ground(
        today=draw(st.dates(date(2020, 1, 1), date(2032, 1, 1)) | st.just(base.today)),
        catalogue=base.catalogue,
        granted=draw(st.sampled_from([(), (usual,), (accredited("CB-P"), usual), base.granted])),
        recognition=draw(st.sampled_from([None, base.recognition])),
        laboratories=draw(st.sampled_from([{}, base.laboratories, {"LAB-1": Body()}])),
        previous=draw(st.sampled_from([None, old_certificate(), old_certificate(expires=None)])),
        origin=draw(st.sampled_from([Body(), base.origin])),
        designation=draw(
            st.sampled_from([None, usual, accredited("NB-M"), _with_events(usual, events)])
        ),
        cycle_people=draw(st.sampled_from([frozenset(), frozenset({"p9"})])),
    )


def _with_events(given: Any, events: Any) -> Any:
    return replace(given, events=events)


@settings(max_examples=400, deadline=None)
@given(mutilated(), st.data())
def test_a_mutilated_dossier_is_judged_by_every_gate_of_its_act(
    found: Dossier | None, data: st.DataObject
) -> None:
    if found is None:
        return
    on = data.draw(st.composite(_ground)())

    judged = assess_gates(found, on)

    rows = gate_rows().values()
    assert [gate.id for gate in judged] == [
        row.id for row in rows if found.kind in row.kinds and found.act in row.acts
    ]
    for gate in judged:
        assert (gate.outcome is GateOutcome.PASSED) == (gate.missing == "")
        known = gate.code in (gate.id, *OWN_CODES, *Reason)
        assert known if gate.outcome in ("refused", "warning") else gate.code is None
        assert gate.to_json()["id"] == gate.id


@settings(max_examples=400, deadline=None)
@given(mutilated())
def test_what_passes_the_gates_is_not_rejected_by_the_rules_of_verifiers(
    found: Dossier | None,
) -> None:
    if found is None or found.act is not Act.GRANT:
        return
    on = ground({"kind": found.kind, "act": found.act, "cb": _certifier(found)},
                today=found.decision.on or date(2026, 4, 20))  # fmt: skip
    if refused(assess_gates(found, on)):
        return
    best = accreditation_for(found, on) if found.certificate.accredited else None
    given_ = case(found, on, best)

    findings = [*assess_coverage(given_), *assess_statement(given_)]

    rejected = {one.code for one in findings if one.outcome is Outcome.REJECT}
    assert rejected <= {Reason.UNACCREDITED}


def _certifier(found: Dossier) -> str:
    return "CB-A" if found.kind is Kind.MANAGEMENT_SYSTEM else "CB-P"


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("kind", list(Kind))
def test_an_empty_dossier_is_told_what_is_missing(kind: Kind, act: Act) -> None:
    on = ground({"kind": kind, "act": act, "cb": _certifier(Dossier(act, kind))})

    found = refused(assess_gates(Dossier(act, kind), on))

    assert {"CM-10"} <= {gate.id for gate in found}
    assert all(gate.missing.endswith(".") for gate in found)


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_and_act_has_a_dossier_that_passes(name: str) -> None:
    raw = dossier(name)

    assert not refused(assess_gates(read_dossier(raw), ground(raw)))


def test_the_table_and_the_rules_have_the_same_gates() -> None:
    assert list(gate_rows()) == list(RULES)
