"""The open scenarios of rules.md section 5, each step with its complete set of codes."""

from typing import Any

import pytest

from service.domain.verdict import plain
from tests.rules.scenarios import Papers, Step, steps

STEPS = list(steps())


@pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])
def test_a_scenario_is_answered_as_it_was_meant(step: Step) -> None:
    report = Papers(step).verify()

    expect = step.expect
    codes = {str(code) for code in report.codes} - set(expect.get("may", ()))
    assert str(report.verdict) == expect["verdict"], report.codes
    assert codes == set(expect["codes"])
    seen = {str(finding.code): finding for finding in report.findings if finding.code}
    assert not set(expect.get("not_codes", ())) & seen.keys()
    assert set(expect.get("notes", ())) <= seen.keys()
    for axis in ("genuine", "in_force", "fits"):
        if axis in expect:
            assert str(getattr(report, axis)) == expect[axis]
    for code, facts in expect.get("facts", {}).items():
        found: Any = plain(seen[code].facts)
        assert {name: found.get(name) for name in facts} == facts
    if "surveillance" in expect:
        assert report.surveillance is not None
        shown = report.surveillance.to_json()
        assert {name: shown[name] for name in expect["surveillance"]} == expect["surveillance"]
