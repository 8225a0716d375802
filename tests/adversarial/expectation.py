"""What a case of adversarial.json expects of a report, asserted to the letter."""

import json
from typing import Any

from service.domain.reason import Reason
from service.domain.report import Report
from service.domain.verdict import Answer, Finding
from tests.data import cases

# What only a genuine certificate may show of itself; the world's tokens have all of it.
_MATTER = ("Harrow", "Leeds", "CB1/2024", "CBP/2024", "plain bearings", "529900T8BM49AURSDO55")


def assert_as_expected(report: Report, case: str, row: int = 0) -> None:
    """The report has the verdict, code, axes and further codes of the case's row."""
    expected: dict[str, Any] = cases()[case]["expect"][row]
    assert_answer(
        report,
        expected["verdict"],
        expected.get("code"),
        *expected.get("with", ()),
        **expected.get("axis", {}),
    )


def assert_answer(report: Report, verdict: str, code: str | None, *more: str, **axes: str) -> None:
    """The same for an answer that is spelled out; no code: nothing but notes was found."""
    shown = report.to_json()
    found = {finding["code"] for finding in shown["findings"]}

    assert (shown["verdict"], {code, *more} - {None} - found) == (verdict, set()), report.codes
    assert code is not None or report.codes == ()
    assert {axis: shown[axis] for axis in axes} == axes
    assert_nothing_unproven_is_shown(report)


def assert_nothing_unproven_is_shown(report: Report) -> None:
    """What is not proven genuine shows nothing of itself (security.md R14)."""
    if report.genuine is Answer.YES:
        return
    shown = report.to_json()
    assert (shown["certificate"], shown["chain"], shown["surveillance"]) == (None, None, None)
    text = json.dumps({**shown, "asked": {}}, ensure_ascii=True)
    assert [word for word in _MATTER if word in text] == []


def finding(report: Report, code: Reason) -> Finding:
    """The finding with a code."""
    return next(one for one in report.findings if one.code is code)
