"""The gate steps of the open scenarios: exactly the named gates refuse, and no other."""

from collections.abc import Iterator
from typing import Any

import pytest

from service.domain.gate import GateOutcome
from tests.rules.gates.building import base, gates, merged, refusals
from tests.rules.scenarios import scenarios

# Reinstatement (T09) is a step of a certificate's life, not a dossier's.
_SCENARIOS = {"T18", "T19", "T20", "T21", "T23"}


def _steps() -> Iterator[Any]:
    for scenario in scenarios()["scenarios"]:
        for step in scenario["steps"]:
            if step.get("gate") and "base" in step["dossier"]:
                name = f"{scenario['id']}{step.get('case', '')}"
                yield pytest.param(step["dossier"], step["expect"], id=name)


@pytest.mark.parametrize(("dossier", "expect"), list(_steps()))
def test_a_gate_step_is_answered_as_it_was_meant(dossier: Any, expect: Any) -> None:
    given = merged(base(dossier["base"]), dossier["merge"])

    assert set(refusals(given)) == set(expect.get("refused", ()))
    for passes in expect.get("passes", ()):
        assert gates(given)[passes].outcome is GateOutcome.PASSED


def test_every_gate_scenario_is_tried() -> None:
    tried = {scenario["id"] for scenario in scenarios()["scenarios"]
             if any(step.get("gate") for step in scenario["steps"])}  # fmt: skip

    assert tried - {"T09"} == _SCENARIOS


@pytest.mark.parametrize("name", ["ms-initial", "ms-transfer", "pc-cable5"])
def test_a_complete_dossier_passes_every_gate(name: str) -> None:
    found = gates(base(name))

    assert {gate.outcome for gate in found.values()} <= {
        GateOutcome.PASSED,
        GateOutcome.NOT_NEEDED,
    }


def test_what_is_wrong_is_said_with_names_and_days() -> None:
    step = next(one for one in _steps() if one.id == "T18")
    given = merged(base("ms-initial"), step.values[0]["merge"])

    gate = gates(given)["IG-MS-8"]

    assert gate.code == "IG-MS-8"
    assert gate.missing == "p7 took part in the audit and must not decide."
    assert gate.to_json()["facts"] == {"people": ["p7"]}
