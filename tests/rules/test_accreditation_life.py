"""What may be done with an accreditation, and with a recognition, when (rules.md 3.2)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.accreditation import (
    EVENT_TYPES,
    AccreditationEvent,
    Part,
    Recognition,
    ScopeRow,
)
from service.domain.dates import Period
from service.rules.accreditation_life import assess_accreditation_change
from service.rules.accreditation_states import (
    AccreditationAct,
    AccreditationChange,
    AccreditationState,
    OnFile,
)
from service.rules.narrowing import beyond_recognition, part_within, within
from service.rules.policy import Policy
from service.rules.recognition_life import (
    RecognitionAct,
    RecognitionChange,
    RecognitionState,
    assess_recognition_change,
    recognition_state,
)
from service.rules.transition_table import Actor, act_rows
from tests.rules.building import (
    accreditation,
    day,
    happened,
    recognised,
    recognition,
    scope_row,
)

steady = settings(max_examples=300, deadline=None, derandomize=True)
TODAY = "2026-06-15"
NORM = "ISO/IEC 17021-1"
SINCE = "2026-06-01"
PART = Part("ISO 9001", frozenset({"iaf:17"}), None)
OTHER = Part("ISO 9001", frozenset({"iaf:18"}), None)
SUSPENDED = happened("suspended", SINCE, reason="imposed")
NEEDS: dict[str, dict[str, Any]] = {
    "grant": {"rows": (scope_row(),)},
    "extend": {"rows": (scope_row(),)},
    "reduce": {"parts": (PART,)},
    "suspend": {"reason": "imposed"},
    "withdraw": {"reason": "imposed"},
    "lift": {"assessed_on": day("2026-05-20")},
    "expire": {"by": Actor.CLOCK},
    "void": {"numbers": ("CB-A/2024/0113",)},
    "approve": {"numbers": ("CB-A/2024/0113",)},
    "adopt": {"numbers": ("CB-A/2024/0113",)},
}


def on_file(
    *events: AccreditationEvent,
    granting: Recognition | None = None,
    runs_on: bool = False,
    **more: Any,
) -> OnFile:
    granted = accreditation(events=events, **more)
    return OnFile(NORM, granted, granting, Policy(), runs_on)


def asked(file: OnFile, act: str, on: str = TODAY, *, today: str = TODAY, **more: Any) -> list[str]:
    """The codes that refuse an act."""
    return [one.code for one in _asked(file, act, on, today, **more)]


def _asked(file: OnFile, act: str, on: str = TODAY, today: str = TODAY, **more: Any) -> Any:
    for name in ("assessed_on", "expires_on", "void_from"):
        if isinstance(more.get(name), str):
            more[name] = day(more[name])
    given_ = {"by": Actor.ACCREDITATION_BODY, **NEEDS.get(act, {}), **more}
    change = AccreditationChange(
        act=AccreditationAct(act), effective_on=day(on), today=day(today), **given_
    )
    return assess_accreditation_change(file, change)


ACTIVE = on_file()
STATES = {
    "applicant": OnFile(NORM, None, None),
    "active": ACTIVE,
    "suspended": on_file(SUSPENDED),
    "inactive": on_file(happened("inactive", SINCE)),
}
ALLOWED = {
    "applicant": {"grant"},
    "active": {"extend", "reduce", "suspend", "withdraw", "resign", "inactivate", "void",
               "reassess"},
    "suspended": {"reduce", "lift", "withdraw", "resign", "void", "reassess", "approve", "adopt"},
    "inactive": {"reduce", "withdraw", "resign", "reactivate", "void", "reassess"},
}  # fmt: skip
ACTS = sorted(set(AccreditationAct) - {AccreditationAct.EXPIRE})


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_ac7_each_act_leads_from_the_states_of_the_table_only(state: str, act: str) -> None:
    found = asked(STATES[state], act)

    assert found == ([] if act in ALLOWED[state] else ["STATE_WRONG"])


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("ended", ["withdrawn", "resigned", "expired"])
def test_ac9_what_has_ended_leads_nowhere(ended: str, act: str) -> None:
    found = _asked(on_file(happened(ended, SINCE)), act)

    if act in {"void", "adopt"}:
        assert found == ()
        return
    (refused,) = found
    assert refused.code == "STATE_FINAL"
    assert f"It was {ended} on 2026-06-01" in refused.sentence


def test_ac9_an_end_without_a_day_was_long_ago() -> None:
    assert asked(on_file(happened("withdrawn", None)), "lift") == ["STATE_FINAL"]


def test_ac9_a_term_that_has_run_out_is_an_end() -> None:
    last, after = "2026-06-15", "2026-06-16"
    file = on_file(expires_on=last)

    assert asked(file, "suspend", last, today=last) == []
    assert asked(file, "suspend", after, today=after) == ["STATE_FINAL"]


def test_ac11_a_resignation_that_was_announced_leaves_the_days_before_it() -> None:
    file = on_file(happened("resigned", "2026-08-31"))

    assert asked(file, "suspend") == []
    assert asked(file, "suspend", "2026-08-31", today="2026-08-01") == ["STATE_FINAL"]


# Expiry


@pytest.mark.parametrize(("on", "found"), [("2026-06-15", ["NOT_EXPIRED"]), ("2026-06-16", [])])
@pytest.mark.parametrize("events", [(), (SUSPENDED,), (happened("inactive", SINCE),)])
def test_ac9_the_clock_ends_a_term_suspended_or_not(events: Any, on: str, found: list[str]) -> None:
    assert asked(on_file(*events, expires_on="2026-06-15"), "expire", on, today=on) == found


def test_ac14_what_has_no_term_does_not_run_out() -> None:
    assert asked(ACTIVE, "expire") == ["NOT_EXPIRED"]


def test_ac9_only_the_clock_ends_a_term() -> None:
    file = on_file(expires_on="2026-06-14")

    assert asked(file, "expire", by=Actor.ACCREDITATION_BODY) == ["ACTOR_NOT_ALLOWED"]


@pytest.mark.parametrize(("filed", "found"), [("2025-06-14", []),
                                              ("2025-06-15", ["NOT_EXPIRED"]),
                                              ("2025-09-15", ["NOT_EXPIRED"]),
                                              ("2025-09-16", [])])  # fmt: skip
def test_pc21_a_renewal_filed_in_time_carries_it_on(filed: str, found: list[str]) -> None:
    file = on_file(expires_on="2026-06-15", renewal_filed_on=filed, runs_on=True)

    assert asked(file, "expire", "2026-06-16", today="2026-06-16") == found


# Lifting


@pytest.mark.parametrize(
    ("assessed", "found"),
    [
        (None, ["ASSESSMENT_TOO_OLD"]),
        ("2024-06-14", ["ASSESSMENT_TOO_OLD"]),
        ("2024-06-15", []),
        ("2026-06-15", []),
        ("2026-06-16", ["FUTURE_DATED"]),
    ],
)
def test_ac15_lifting_needs_an_assessment_on_site_within_two_years(
    assessed: str | None, found: list[str]
) -> None:
    assert asked(on_file(SUSPENDED), "lift", assessed_on=assessed) == found


def test_ac15_a_refused_lifting_says_the_days() -> None:
    (refused,) = _asked(on_file(SUSPENDED), "lift", assessed_on="2024-06-14")

    assert refused.clause == "ILAC FAQ 24"
    assert "of 2024-06-15 or later; the last was on 2024-06-14" in refused.sentence


def test_ac15_lifting_is_not_announced() -> None:
    assert asked(on_file(SUSPENDED), "lift", "2026-06-16") == ["EFFECTIVE_IN_FUTURE"]


@pytest.mark.parametrize(
    ("suspended", "lifted", "found"),
    [
        ((PART,), (PART,), []),
        ((PART,), None, []),
        ((PART,), (OTHER,), ["STATE_WRONG"]),
        ((PART, OTHER), (OTHER,), []),
        (None, (OTHER,), []),
    ],
)
def test_ac13_a_part_is_lifted_where_it_was_suspended(
    suspended: Any, lifted: Any, found: list[str]
) -> None:
    file = on_file(happened("suspended", SINCE, parts=suspended))

    assert asked(file, "lift", parts=lifted) == found


def test_ac13_what_was_lifted_is_not_lifted_again() -> None:
    file = on_file(SUSPENDED, happened("lifted", "2026-06-10", parts=(PART,)))

    assert asked(file, "lift", parts=(PART,)) == ["STATE_WRONG"]
    assert asked(file, "lift", parts=(OTHER,)) == []
    assert asked(file, "lift") == []


# Suspending


@pytest.mark.parametrize(
    ("before", "parts", "found"),
    [
        ((PART,), (PART,), ["STATE_WRONG"]),
        ((PART,), (OTHER,), []),
        ((PART,), (PART, OTHER), []),
        ((PART,), None, []),
        (None, (PART,), ["STATE_WRONG"]),
        (None, None, ["STATE_WRONG"]),
    ],
)
def test_ac13_what_is_suspended_is_not_suspended_again(
    before: Any, parts: Any, found: list[str]
) -> None:
    file = on_file(happened("suspended", SINCE, parts=before))

    assert asked(file, "suspend", parts=parts) == found


def test_ac7_what_was_lifted_may_be_suspended_again() -> None:
    file = on_file(SUSPENDED, happened("lifted", "2026-06-10"))

    assert asked(file, "suspend") == []
    assert asked(file, "suspend", "2026-06-09") == ["STATE_WRONG", "EFFECTIVE_BEFORE_LAST_EVENT"]


@pytest.mark.parametrize("parts", [(), (Part("ISO 14001"),), (Part(None, frozenset({"iaf:28"})),)])
@pytest.mark.parametrize("act", ["suspend", "reduce"])
def test_ac13_only_a_part_of_the_scope_is_suspended_or_taken_out(act: str, parts: Any) -> None:
    found = {"suspend": ["PART_UNKNOWN"], "reduce": ["NOTHING_REMOVED"]}

    assert asked(ACTIVE, act, parts=parts) == found[act]


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("imposed", []),
        ("voluntary", []),
        ("financial", []),
        (None, ["REASON_UNKNOWN"]),
        ("fees", ["REASON_UNKNOWN"]),
        ("fraud", ["REASON_NOT_ALLOWED"]),
    ],
)
def test_ac7_a_suspension_has_a_reason_class(reason: str | None, found: list[str]) -> None:
    assert asked(ACTIVE, "suspend", reason=reason) == found


@pytest.mark.parametrize(
    ("reason", "found"),
    [("fraud", []), ("safety", []), (None, ["REASON_UNKNOWN"]),
     ("voluntary", ["REASON_NOT_ALLOWED"])],
)  # fmt: skip
def test_ac9_a_withdrawal_has_a_reason_class_and_a_wish_is_none(
    reason: str | None, found: list[str]
) -> None:
    assert asked(ACTIVE, "withdraw", reason=reason) == found


def test_ac9_the_clause_about_clients_is_not_for_certifiers() -> None:
    (refused,) = _asked(ACTIVE, "withdraw", reason="voluntary")

    assert refused.clause == "ISO/IEC 17011 7.11"


@pytest.mark.parametrize(("act", "may"), [
    ("withdraw", {"accreditation_body"}),
    ("resign", {"accreditation_body", "certification_body"}),
    ("inactivate", {"accreditation_body", "certification_body"}),
    ("extend", {"accreditation_body"}),
])  # fmt: skip
@pytest.mark.parametrize("by", list(Actor))
def test_ac9_the_accreditation_body_decides_and_the_certifier_may_leave(
    act: str, may: set[str], by: Actor
) -> None:
    assert asked(ACTIVE, act, by=by) == ([] if by in may else ["ACTOR_NOT_ALLOWED"])


# Days


@pytest.mark.parametrize(
    ("act", "last"),
    [
        ("suspend", "2026-07-16"),
        ("withdraw", "2026-07-16"),
        ("reduce", "2026-07-16"),
        ("extend", "2026-07-16"),
        ("resign", "2026-09-15"),
        ("reassess", TODAY),
        ("void", TODAY),
    ],
)
def test_ac7_an_act_may_be_announced_only_so_far_ahead(act: str, last: str) -> None:
    beyond = (day(last) + timedelta(days=1)).isoformat()

    assert asked(ACTIVE, act, last) == []
    assert asked(ACTIVE, act, beyond) == ["EFFECTIVE_IN_FUTURE"]


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("2026-05-31", ["EFFECTIVE_BEFORE_LAST_EVENT"]),
        ("2026-06-01", ["SAME_DAY_EVENT"]),
        ("2026-06-02", []),
    ],
)
def test_ac7_an_act_comes_after_what_has_happened(on: str, found: list[str]) -> None:
    assert asked(on_file(happened("extended", SINCE)), "suspend", on) == found


def test_ac13_events_of_different_parts_may_share_a_day() -> None:
    file = on_file(happened("suspended", SINCE, parts=(PART,)))

    assert asked(file, "reduce", SINCE, parts=(OTHER,)) == []
    assert asked(file, "reduce", SINCE, parts=(PART,)) == ["SAME_DAY_EVENT"]


def test_ac9_a_withdrawal_may_share_a_day_because_it_is_final_in_either_order() -> None:
    assert asked(on_file(SUSPENDED), "withdraw", SINCE) == []


@pytest.mark.parametrize(("on", "found"), [("2015-03-01", ["STATE_WRONG",
                                                           "EFFECTIVE_BEFORE_LAST_EVENT"]),
                                           ("2015-03-03", [])])  # fmt: skip
def test_ac4_nothing_happens_before_it_is_granted(on: str, found: list[str]) -> None:
    assert asked(ACTIVE, "suspend", on) == found


# Scope


LISTED = recognition(recognised(standards=("ISO 9001", "ISO 14001:2015"), until="2026-06-30"))


@pytest.mark.parametrize(
    ("standards", "found"),
    [
        (("ISO 9001:2015",), []),
        (("ISO 9001",), []),
        (("ISO 14001:2015",), []),
        (("ISO 14001",), ["SCOPE_WIDENED"]),
        (("ISO 9001:2015", "ISO 45001:2018"), ["SCOPE_WIDENED"]),
        (None, ["SCOPE_WIDENED"]),
    ],
)
@pytest.mark.parametrize("act", ["grant", "extend"])
def test_cm9_nobody_grants_more_than_it_is_recognised_for(
    act: str, standards: Any, found: list[str]
) -> None:
    granted = accreditation() if act == "extend" else None
    file = OnFile(NORM, granted, LISTED)

    assert asked(file, act, rows=(scope_row(standards=standards),)) == found


def test_cm9_what_is_beyond_is_named() -> None:
    (refused,) = _asked(on_file(granting=LISTED), "extend",
                        rows=(scope_row(standards=("ISO 45001:2018",)),))  # fmt: skip

    assert refused.clause == "CM-9"
    assert refused.sentence.startswith("ISO 45001:2018 lies outside")


@pytest.mark.parametrize(("on", "found"), [("2026-06-30", []), ("2026-07-01", ["SCOPE_WIDENED"])])
def test_ab6_an_ended_recognition_grants_nothing(on: str, found: list[str]) -> None:
    assert asked(on_file(granting=LISTED), "extend", on) == found


def test_ab2_a_recognition_for_another_norm_grants_nothing() -> None:
    elsewhere = recognition(recognised(norm="ISO/IEC 17065", standards=None))

    assert asked(on_file(granting=elsewhere), "extend") == ["SCOPE_WIDENED"]


@pytest.mark.parametrize("row", [recognised(main_scope=True, standards=()),
                                 recognised(standards=None)])  # fmt: skip
def test_ab3_a_recognition_for_the_whole_norm_grants_every_standard(row: Any) -> None:
    file = on_file(granting=recognition(row))

    assert asked(file, "extend", rows=(scope_row(standards=("ISO 45001:2018",)),)) == []


@pytest.mark.parametrize("act", ["grant", "extend"])
def test_cm9_a_grant_of_nothing_is_none(act: str) -> None:
    file = OnFile(NORM, None if act == "grant" else accreditation(), None)

    assert asked(file, act, rows=()) == ["NOTHING_ADDED"]


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (scope_row(codes=frozenset({"iaf:18"})), []),
        (scope_row(), []),
        (scope_row(codes=frozenset({"iaf:18", "iaf:19"})), ["SCOPE_WIDENED"]),
        (scope_row(codes=None), ["SCOPE_WIDENED"]),
        (scope_row(standards=("ISO 9001",)), ["SCOPE_WIDENED"]),
        (scope_row(standards=None), ["SCOPE_WIDENED"]),
    ],
)
def test_cm9_a_reduction_only_narrows(after: ScopeRow, found: list[str]) -> None:
    assert asked(ACTIVE, "reduce", rows=(after,)) == found


def test_ac13_to_take_out_everything_is_to_withdraw() -> None:
    assert asked(ACTIVE, "reduce", parts=None) == ["NOTHING_REMOVED"]


# Terms


@pytest.mark.parametrize(("expires", "found"), [("2031-06-15", []),
                                                ("2031-06-16", ["CYCLE_TOO_LONG"])])  # fmt: skip
@pytest.mark.parametrize("act", ["grant", "reassess"])
def test_ac14_a_cycle_is_at_most_five_years(act: str, expires: str, found: list[str]) -> None:
    file = STATES["applicant"] if act == "grant" else ACTIVE

    assert asked(file, act, expires_on=expires) == found


@pytest.mark.parametrize(("on", "found"), [("2024-02-19", ["EFFECTIVE_BEFORE_LAST_EVENT"]),
                                           ("2024-02-20", [])])  # fmt: skip
def test_ac14_a_reassessment_comes_after_the_one_before(on: str, found: list[str]) -> None:
    assert asked(ACTIVE, "reassess", on) == found


@pytest.mark.parametrize(("on", "found"), [("2027-06-01", []),
                                           ("2027-06-02", ["INACTIVE_TOO_LONG"])])  # fmt: skip
def test_ac7_inactive_is_at_most_a_year(on: str, found: list[str]) -> None:
    assert asked(STATES["inactive"], "reactivate", on, today=on) == found


# Certificates by number


@pytest.mark.parametrize("act", ["approve", "adopt", "void"])
def test_ac8_ac12_an_act_about_certificates_names_them(act: str) -> None:
    assert asked(on_file(SUSPENDED), act, numbers=()) == ["NOTHING_NAMED"]


@pytest.mark.parametrize(("since", "found"), [("2026-06-15", []), ("2026-06-16", ["FUTURE_DATED"])])
def test_ac12_what_was_decided_from_a_day_on_is_voided(since: str, found: list[str]) -> None:
    assert asked(ACTIVE, "void", numbers=(), void_from=since) == found


def test_ac8_leave_is_given_during_a_suspension_of_a_part_too() -> None:
    file = on_file(happened("suspended", SINCE, parts=(PART,)))

    assert asked(file, "approve") == []
    assert asked(file, "approve", "2026-05-31") == ["STATE_WRONG", "EFFECTIVE_BEFORE_LAST_EVENT"]


def test_every_act_of_an_accreditation_has_a_row_and_every_event_an_act() -> None:
    rows = act_rows("accreditation")

    assert rows.keys() == {str(act) for act in AccreditationAct}
    assert {row.event for row in rows.values() if row.event} == EVENT_TYPES
    states = {str(one) for one in AccreditationState}
    assert all(set(row.states) <= states for row in rows.values())


# Recognition

ROW = recognised(standards=("ISO 9001", "ISO 14001"))
SIGNATORY = recognition(ROW)
PAUSED = recognition(recognised(standards=("ISO 9001", "ISO 14001"),
                                suspended=(Period(day(SINCE), None),)))  # fmt: skip
OVER = recognition(recognised(until="2026-05-31"))
AFTER: dict[str, Any] = {
    "recognise": ("ISO 9001",),
    "extend": ("ISO 9001", "ISO 14001", "ISO 45001"),
    "reduce": ("ISO 9001",),
}
RECOGNITIONS = {"applicant": None, "signatory": SIGNATORY, "suspended": PAUSED, "ended": OVER}
MAY = {
    "applicant": {"recognise"},
    "signatory": {"extend", "reduce", "suspend", "end"},
    "suspended": {"reduce", "lift", "end"},
    "ended": {"recognise"},
}


def moved(of: Recognition | None, act: str, on: str = TODAY, *, today: str = TODAY,
          **more: Any) -> list[str]:  # fmt: skip
    given_ = {"by": Actor.ARRANGEMENT, "norm": NORM, "standards": AFTER.get(act), **more}
    change = RecognitionChange(
        act=RecognitionAct(act), effective_on=day(on), today=day(today), **given_
    )
    return [one.code for one in assess_recognition_change(of, change)]


@pytest.mark.parametrize("act", sorted(RecognitionAct))
@pytest.mark.parametrize("state", RECOGNITIONS)
def test_ab5_ab6_each_act_leads_from_the_states_of_the_table_only(state: str, act: str) -> None:
    found = moved(RECOGNITIONS[state], act)

    if act in MAY[state]:
        assert found == []
    else:
        assert found == ["STATE_FINAL" if state == "ended" else "STATE_WRONG"]


@pytest.mark.parametrize(
    ("standards", "found"),
    [
        (("ISO 9001",), []),
        (("ISO 9001", "ISO 14001"), ["NOTHING_REMOVED"]),
        (("ISO 9001", "ISO 45001"), ["SCOPE_WIDENED"]),
        (None, ["SCOPE_WIDENED"]),
        ((), ["NOTHING_REMOVED"]),
    ],
)
def test_ab3_a_recognition_is_reduced_to_less(standards: Any, found: list[str]) -> None:
    assert moved(SIGNATORY, "reduce", standards=standards) == found


@pytest.mark.parametrize(
    ("standards", "found"),
    [
        (("ISO 9001", "ISO 14001", "ISO 45001"), []),
        (None, []),
        (("ISO 9001", "ISO 14001"), ["NOTHING_ADDED"]),
        (("ISO 9001", "ISO 45001"), ["SCOPE_NARROWED"]),
    ],
)
def test_ab3_a_recognition_is_extended_to_more(standards: Any, found: list[str]) -> None:
    assert moved(SIGNATORY, "extend", standards=standards) == found


def test_ab2_a_recognition_for_nothing_is_none() -> None:
    assert moved(None, "recognise", standards=()) == ["NOTHING_ADDED"]
    assert moved(None, "recognise", standards=None) == []


def test_ab2_a_norm_is_recognised_once_at_a_time() -> None:
    later = recognition(recognised(since="2026-07-01"))

    assert moved(later, "recognise") == ["STATE_WRONG"]
    assert moved(SIGNATORY, "recognise", norm="ISO/IEC 17065") == []


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("2026-05-31", ["STATE_WRONG", "EFFECTIVE_BEFORE_LAST_EVENT"]),
        ("2026-06-01", ["SAME_DAY_EVENT"]),
        ("2026-06-02", []),
        ("2026-06-15", []),
        ("2026-06-16", ["EFFECTIVE_IN_FUTURE"]),
    ],
)
def test_ab5_a_suspension_is_lifted_after_it_began(on: str, found: list[str]) -> None:
    assert moved(PAUSED, "lift", on) == found


@pytest.mark.parametrize(("on", "found"), [("2026-09-15", []),
                                           ("2026-09-16", ["EFFECTIVE_IN_FUTURE"])])  # fmt: skip
@pytest.mark.parametrize("act", ["extend", "reduce", "suspend", "end"])
def test_ab6_an_arrangement_may_announce_what_it_does(act: str, on: str, found: list[str]) -> None:
    assert moved(SIGNATORY, act, on) == found


def test_ab6_an_end_leaves_a_day_at_least() -> None:
    assert moved(SIGNATORY, "end", "2012-03-01") == ["SAME_DAY_EVENT"]
    assert moved(SIGNATORY, "end", "2012-03-02") == []


@pytest.mark.parametrize("by", list(Actor))
def test_ab2_only_the_arrangement_recognises(by: Actor) -> None:
    found = [] if by is Actor.ARRANGEMENT else ["ACTOR_NOT_ALLOWED"]

    assert moved(None, "recognise", by=by) == found


@pytest.mark.parametrize(
    ("of", "on", "state", "since"),
    [
        (None, TODAY, RecognitionState.APPLICANT, None),
        (SIGNATORY, "2012-02-29", RecognitionState.APPLICANT, None),
        (SIGNATORY, "2012-03-01", RecognitionState.SIGNATORY, "2012-03-01"),
        (PAUSED, "2026-05-31", RecognitionState.SIGNATORY, "2012-03-01"),
        (PAUSED, "2026-06-01", RecognitionState.SUSPENDED, "2026-06-01"),
        (OVER, "2026-05-31", RecognitionState.SIGNATORY, "2012-03-01"),
        (OVER, "2026-06-01", RecognitionState.ENDED, "2026-06-01"),
    ],
)
def test_ab5_ab6_the_state_of_a_recognition_on_a_day(
    of: Recognition | None, on: str, state: RecognitionState, since: str | None
) -> None:
    assert recognition_state(of, NORM, day(on)) == (state, None if since is None else day(since))


def test_every_act_of_a_recognition_has_a_row() -> None:
    rows = act_rows("recognition")

    assert rows.keys() == {str(act) for act in RecognitionAct}
    states = {str(one) for one in RecognitionState}
    assert all(set(row.states) <= states for row in rows.values())


# What holds for every scope

standards_ = st.none() | st.lists(
    st.sampled_from(["ISO 9001", "ISO 9001:2015", "ISO 14001:2015", "ISO 45001:2018"]),
    unique=True, min_size=1, max_size=3,
).map(tuple)  # fmt: skip
code_sets = st.none() | st.frozensets(st.sampled_from(["iaf:17", "iaf:18"]))
scopes = st.builds(
    ScopeRow,
    st.just(Period(day("2016-05-04"), None)),
    standards=standards_,
    codes=code_sets,
    scheme=st.sampled_from([None, "CABLE-5", "CARE-6"]),
)
parts_ = st.builds(
    Part,
    st.sampled_from([None, "ISO 9001", "ISO 9001:2015", "ISO 14001:2015"]),
    code_sets,
    st.sampled_from([None, "CABLE-5"]),
)


@steady
@given(one=scopes, two=scopes, three=scopes)
def test_cm9_narrower_than_narrower_is_narrower(
    one: ScopeRow, two: ScopeRow, three: ScopeRow
) -> None:
    assert within(one, one)
    assert not (within(one, two) and within(two, three)) or within(one, three)


@steady
@given(wide=scopes, narrow=scopes, listed=standards_, main=st.booleans())
def test_cm9_what_lies_within_a_grantable_scope_is_grantable(
    wide: ScopeRow, narrow: ScopeRow, listed: Any, main: bool
) -> None:
    granting = recognition(recognised(standards=listed, main_scope=main))

    def may(row: ScopeRow) -> bool:
        return beyond_recognition(granting, NORM, row, day(TODAY)) is None

    assert not (within(narrow, wide) and may(wide)) or may(narrow)


@steady
@given(one=parts_, two=parts_, three=parts_)
def test_ac13_a_part_of_a_part_is_a_part(one: Part, two: Part, three: Part) -> None:
    assert part_within(one, one)
    assert not (part_within(one, two) and part_within(two, three)) or part_within(one, three)


body_events = st.lists(
    st.builds(
        AccreditationEvent,
        st.sampled_from(sorted(EVENT_TYPES)),
        st.none() | st.dates(day("2014-01-01"), day("2027-12-31")),
        st.none(),
        st.none() | st.lists(parts_, max_size=2).map(tuple),
    ),
    max_size=5,
)


@steady
@given(
    events=body_events,
    act=st.sampled_from(sorted(AccreditationAct)),
    on=st.dates(day("2014-01-01"), day("2027-12-31")),
    by=st.sampled_from(list(Actor)),
    parts=st.none() | st.lists(parts_, max_size=2).map(tuple),
    expires=st.none() | st.just("2026-12-31"),
)
def test_ac9_whatever_is_asked_has_an_answer_in_plain_words(
    events: Any, act: str, on: Any, by: Actor, parts: Any, expires: str | None
) -> None:
    file = on_file(*events, expires_on=expires, granting=LISTED)
    refused = _asked(file, act, on.isoformat(), by=by, parts=parts)

    ended, _ = file.state(max(on, day(TODAY)))
    final = ended in {"withdrawn", "resigned", "expired"} and act not in {"void", "adopt", "expire"}
    assert not final or [one.code for one in refused] == ["STATE_FINAL"]
    for one in refused:
        assert one.sentence and "{" not in one.sentence and "…" not in one.sentence
