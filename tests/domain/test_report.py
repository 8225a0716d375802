"""Reports: the worst finding decides, each axis for itself, and nothing unproven is shown."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.question import EMPTY, Question
from service.domain.reason import Reason
from service.domain.report import Report
from service.domain.verdict import (
    Answer,
    Axis,
    Check,
    Finding,
    Outcome,
    Verdict,
    answer,
    code_table,
    plain,
    worst,
)
from tests.world import JUNE_15, World, day

ORDER = [
    Verdict.ACCEPT,
    Verdict.ACCEPT_WITH_WARNING,
    Verdict.CANNOT_CONFIRM,
    Verdict.NOT_FOR_THIS_PURPOSE,
    Verdict.REJECT,
]
NOTES = [code for code in Reason if code_table()[code].outcome is Outcome.NOTE]

findings = st.builds(
    Finding.of,
    st.sampled_from([c for c in Check if c is not Check.STATUS]),
    st.sampled_from(Reason),
) | st.builds(Finding.passed, st.sampled_from(Check))
some_findings = st.lists(findings, min_size=1, max_size=8)


def report(*codes: Reason, question: Question = EMPTY, check: Check = Check.COVERAGE) -> Report:
    found = tuple(Finding.of(check, code) for code in codes)
    return Report(found or (Finding.passed(check),), JUNE_15, question)


def as_verdict(outcome: Outcome) -> Verdict:
    return Verdict.ACCEPT if outcome is Outcome.NOTE else Verdict[outcome.name]


# Precedence


@given(some_findings)
def test_the_worst_finding_decides(found: list[Finding]) -> None:
    assert worst(found) == max((as_verdict(one.outcome) for one in found), key=ORDER.index)


@given(some_findings, findings)
def test_one_finding_more_never_makes_it_better(found: list[Finding], more: Finding) -> None:
    before, after = Report(tuple(found), JUNE_15), Report((*found, more), JUNE_15)

    assert ORDER.index(before.verdict) <= ORDER.index(after.verdict)
    better = [Answer.NO, Answer.UNKNOWN, Answer.YES, Answer.NOT_ASKED]
    for axis in ("genuine", "in_force"):
        one, other = getattr(before, axis), getattr(after, axis)
        # Where it is no longer genuine the other axes are not known: no better than "no".
        if after.genuine is before.genuine or axis == "genuine":
            assert better.index(other) <= better.index(one)


@given(some_findings, st.permutations(range(8)))
def test_the_order_of_findings_does_not_matter(found: list[Finding], order: list[int]) -> None:
    shuffled = [found[n] for n in order if n < len(found)]
    one, other = Report(tuple(found), JUNE_15), Report(tuple(shuffled), JUNE_15)

    assert (one.verdict, one.genuine, one.in_force, one.fits) == (
        other.verdict, other.genuine, other.in_force, other.fits,
    )  # fmt: skip
    assert one.codes == other.codes


@given(some_findings)
def test_accepted_is_only_what_is_genuine_and_in_force(found: list[Finding]) -> None:
    one = Report(tuple(found), JUNE_15)

    if one.verdict in (Verdict.ACCEPT, Verdict.ACCEPT_WITH_WARNING):
        assert one.genuine is one.in_force is Answer.YES
        assert one.fits in (Answer.YES, Answer.NOT_ASKED)


def test_no_finding_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs findings"):
        worst([])
    with pytest.raises(ValueError, match="needs findings"):
        _ = Report((), JUNE_15).verdict


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (Reason.SIGNATURE_INVALID, Reason.MS_NOT_PRODUCT),
        (Reason.MS_NOT_PRODUCT, Reason.STATUS_UNAVAILABLE),
        (Reason.STATUS_UNAVAILABLE, Reason.SURV_UNCONFIRMED),
        (Reason.SURV_UNCONFIRMED, Reason.EXPIRING_SOON),
    ],
)
def test_of_two_reasons_the_worse_speaks_first(worse: Reason, better: Reason) -> None:
    one = report(better, worse)

    assert one.verdict == as_verdict(code_table()[worse].outcome)
    assert [finding.code for finding in one.reasons] == [worse, better]
    assert one.headline == one.reasons[0].text


def test_of_two_equal_reasons_the_first_of_the_table_speaks_first() -> None:
    both = (Reason.SUSPENDED, Reason.OUT_OF_ACCREDITED_SCOPE)

    assert report(*both).codes == report(*both[::-1]).codes == both[::-1]


@pytest.mark.parametrize("code", NOTES)
def test_a_note_is_shown_and_counts_for_nothing(code: Reason) -> None:
    noted = report(code)

    assert (noted.verdict, noted.codes) == (Verdict.ACCEPT, ())
    assert [finding.code for finding in noted.reasons] == [code]
    assert (noted.genuine, noted.in_force, noted.fits) == (
        Answer.YES, Answer.YES, Answer.NOT_ASKED,
    )  # fmt: skip


# Axes


@given(some_findings)
def test_an_axis_is_answered_by_its_own_findings(found: list[Finding]) -> None:
    for axis in Axis:
        own = [one for one in found if one.axis is axis]
        assert answer(found, axis) == answer(own, axis)


@pytest.mark.parametrize(
    ("codes", "genuine", "in_force", "fits"),
    [
        ((), "yes", "yes", "not_asked"),
        ((Reason.SURV_UNCONFIRMED,), "yes", "yes", "not_asked"),
        ((Reason.SUSPENDED,), "yes", "no", "not_asked"),
        ((Reason.STATUS_UNAVAILABLE,), "yes", "unknown", "not_asked"),
        ((Reason.STATUS_UNAVAILABLE, Reason.SUSPENDED), "yes", "no", "not_asked"),
        ((Reason.MS_NOT_PRODUCT,), "yes", "yes", "no"),
        ((Reason.SIGNATURE_INVALID,), "no", "unknown", "unknown"),
        ((Reason.SIGNATURE_INVALID, Reason.SUSPENDED), "no", "unknown", "unknown"),
        ((Reason.CHAIN_UNAVAILABLE,), "unknown", "unknown", "unknown"),
        ((Reason.SAMPLE_ONLY, Reason.WITHDRAWN), "yes", "no", "no"),
    ],
)
def test_three_questions_are_answered_apart(
    codes: Sequence[Reason], genuine: str, in_force: str, fits: str
) -> None:
    one = report(*codes)

    assert (one.genuine, one.in_force, one.fits) == (genuine, in_force, fits)


def test_what_fits_is_answered_where_something_was_asked() -> None:
    assert report(question=Question(model="K7")).fits is Answer.YES


def test_refused_evidence_of_status_speaks_about_the_axis_in_force() -> None:
    refused = Finding.of(Check.STATUS, Reason.JOSE_TYP_MISMATCH, outcome=Outcome.CANNOT_CONFIRM)

    assert refused.axis is Axis.IN_FORCE
    assert Finding.of(Check.PARSE, Reason.JOSE_TYP_MISMATCH).axis is Axis.GENUINE


# As JSON

MEMBERS = [
    "verdict", "genuine", "in_force", "fits", "headline", "checked_at", "day", "zone", "asked",
    "findings", "certificate", "chain", "surveillance", "evidence", "token_sha256",
]  # fmt: skip


def test_a_report_says_the_same_as_json() -> None:
    world = World()
    found = world.verify(world.cb.issue(), question=Question(site="Leeds"))
    shown = found.to_json()

    assert list(shown) == MEMBERS
    assert (shown["verdict"], shown["genuine"], shown["in_force"], shown["fits"]) == (
        "ACCEPT", "yes", "yes", "yes",
    )  # fmt: skip
    assert shown["checked_at"] == "2026-06-15T12:00:00Z"
    assert shown["asked"] == {"site": "Leeds"}
    assert shown["certificate"] == world.cb.file().claims
    assert [link["role"] for link in shown["chain"]] == [
        "arrangement", "accreditation_body", "certification_body",
    ]  # fmt: skip
    assert shown["surveillance"]["state"] == "current"
    assert shown["surveillance"]["last"] == "2025-08-21"
    assert shown["surveillance"]["next_due"] == "2026-12-31"
    assert {item["kind"] for item in shown["evidence"]} == {
        "status_list", "record", "accreditation", "recognition",
    }  # fmt: skip
    passed = [one for one in shown["findings"] if one["outcome"] == "accept"]
    assert all(one["code"] is None for one in passed)
    assert {one["check"] for one in passed} >= {
        "read", "parse", "chain", "key", "signature", "claims", "coverage", "status",
        "surveillance", "fit",
    }  # fmt: skip


def test_an_accepted_management_system_says_what_it_does_not_say() -> None:
    world = World()

    assert world.verify(world.cb.issue()).headline == (
        "Harrow Bearings Ltd runs a management system certified to ISO 9001:2015. "
        "This does not guarantee product quality."
    )


def test_an_accepted_product_names_brand_and_model() -> None:
    world = World()

    assert world.verify(world.product_cb.issue()).headline == (
        "Harrow K7 by Harrow Bearings Ltd is certified to CS 6004:2019."
    )


def test_an_accepted_report_without_a_certificate_has_no_headline() -> None:
    with pytest.raises(ValueError, match="certificate"):
        _ = report().headline


def test_facts_become_plain_values() -> None:
    facts = {"on": day("2026-03-03"), "codes": frozenset({"b", "a"}), "pair": (1, None)}

    assert plain(facts) == {"on": "2026-03-03", "codes": ["a", "b"], "pair": [1, None]}
