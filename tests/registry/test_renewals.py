"""A certificate at the end of its cycle: renewed in time, restored in time, or gone for good.

Granted on 20 April 2026 to 19 April 2029; it can be restored until 19 October 2029.
"""

from datetime import date
from typing import Any

import pytest

from service.domain.question import Question
from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry.issuing import Issued
from service.verifier import Verifier
from tests.registry.acting import ON_SQLITE, go_to, held, record, row, tell
from tests.registry.desk import RegisterWorld, dossier

pytestmark = ON_SQLITE
NEW_END = "2032-04-19"


@pytest.fixture
def issued(world: RegisterWorld) -> Issued:
    """A certificate whose first cycle has been looked after as it must."""
    one = world.issue(dossier())
    tell(world)
    for year in (2027, 2028):
        go_to(world, f"{year}-04-15")
        record(world, one.number, held(f"{year}-04-12", f"{year}-04-13"))
        tell(world)
    return one


def _recertified(decided: str, *, act: str = "renew", **changes: Any) -> dict[str, Any]:
    """Audited in the six weeks before the decision, which is when it takes effect unless said."""
    days = {"first_day": "2029-03-05", "last_day": "2029-03-07"} | changes.pop("audit", {})
    audit = {**dossier()["audits"][1], "kind": "recertification", **days}
    term = {"effective": decided, "expires": NEW_END} | changes.pop("certificate", {})
    decision = {"date": decided}
    return dossier(
        act=act, audits=[audit], findings=[], decision=decision, certificate=term, **changes
    )


def _restored(decided: str, **changes: Any) -> dict[str, Any]:
    return _recertified(decided, act="restore", **changes)


def _stage_2(first: str, last: str) -> list[dict[str, Any]]:
    one, two = dossier()["audits"]
    return [
        {**one, "first_day": "2029-09-03", "last_day": "2029-09-04"},
        {**two, "first_day": first, "last_day": last},
    ]


def _on(world: RegisterWorld, token: str, day: str) -> tuple[str, ...]:
    """What a reader learns today about an earlier day."""
    evidence = world.office.evidence
    verifier = Verifier(evidence.anchors, evidence, evidence, evidence)
    asked = Question(on=date.fromisoformat(day))
    report = verifier.verify(token, at=world.at, question=asked, remember=False)
    return tuple(str(code) for code in report.codes)


def _notes(world: RegisterWorld, token: str) -> dict[str, Any]:
    found = world.verify(token).findings
    return {str(one.code): one.facts for one in found if one.code is not None}


def _renew(world: RegisterWorld, issued: Issued, dossier: dict[str, Any]) -> Issued:
    again = world.issue(dossier, issued.number)
    tell(world)
    return again


def test_a_renewal_in_time_leaves_no_gap(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2029-03-20")
    again = _renew(
        world, issued, _recertified("2029-03-20", certificate={"effective": "2029-04-20"})
    )
    before = world.verify(again.token)
    go_to(world, "2029-04-19")
    last = world.verify(again.token)
    go_to(world, "2029-04-20")
    first = world.verify(again.token)

    assert [one.verdict for one in (before, last, first)] == [Verdict.ACCEPT] * 3
    assert "CERTIFICATION_GAP" not in _notes(world, again.token)
    assert (again.number, again.revision) == (issued.number, 2)


def test_the_older_copy_says_that_there_is_a_newer_one_and_then_that_it_is_over(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2029-03-20")
    _renew(world, issued, _recertified("2029-03-20", certificate={"effective": "2029-04-20"}))
    go_to(world, "2029-04-19")
    last = world.verify(issued.token).codes
    go_to(world, "2029-04-20")

    assert last == ("SUPERSEDED_REVISION",)
    assert world.verify(issued.token).codes == ("EXPIRED_RESTORABLE",)


def test_a_renewal_begins_a_cycle_of_calendar_years(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2029-04-19")
    again = _renew(world, issued, _recertified("2029-04-19"))
    found = row(world, again.number)
    go_to(world, "2030-12-31")
    last = world.verify(again.token).codes
    go_to(world, "2031-01-01")

    assert (found.expires, found.next_due, found.overdue_from) == (
        NEW_END, "2030-12-31", "2031-02-01",
    )  # fmt: skip
    assert "SURV_UNCONFIRMED" not in last
    assert "SURV_UNCONFIRMED" in world.verify(again.token).codes


def test_the_last_day_for_a_renewal_is_that_of_the_certificate(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2029-04-19")
    on_the_last_day = _recertified("2029-04-19", certificate={"effective": "2029-04-20"})
    again = _renew(world, issued, on_the_last_day)

    assert world.verify(again.token).verdict is Verdict.ACCEPT


def test_a_day_later_it_is_too_late_to_renew(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2029-04-20")

    with pytest.raises(Denied) as denied:
        world.issue(
            _recertified("2029-04-20", certificate={"expires": "2029-04-19"}), issued.number
        )
    assert "MS-5" in denied.value.facts["refused"]
    assert world.verify(issued.token).codes == ("EXPIRED_RESTORABLE",)
    assert row(world, issued.number).state == "expired"


def test_a_renewal_needs_a_recertification_audit(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2029-03-20")
    without = {**_recertified("2029-03-20"), "audits": dossier()["audits"]}

    with pytest.raises(Denied) as denied:
        world.issue(without, issued.number)
    assert "MS-5" in denied.value.facts["refused"]


@pytest.mark.parametrize(("expires", "refused"), [("2032-04-19", False), ("2032-04-20", True)])
def test_a_renewal_ends_three_years_after_the_old_end(
    world: RegisterWorld, issued: Issued, expires: str, refused: bool
) -> None:
    go_to(world, "2029-03-20")
    asked = _recertified("2029-03-20", certificate={"expires": expires})
    if refused:
        with pytest.raises(Denied, match="TERM_TOO_LONG"):
            world.issue(asked, issued.number)
    else:
        assert world.verify(_renew(world, issued, asked).token).verdict is Verdict.ACCEPT


@pytest.mark.parametrize(("held_on", "refused"), [("2028-04-19", True), ("2028-04-20", False)])
def test_an_audit_in_the_first_two_years_of_the_cycle_gives_no_full_term(
    world: RegisterWorld, issued: Issued, held_on: str, refused: bool
) -> None:
    go_to(world, "2028-04-24")
    days = {"first_day": "2028-04-17", "last_day": held_on}
    asked = _recertified("2028-04-24", audit=days)
    if refused:
        with pytest.raises(Denied, match="TERM_TOO_LONG"):
            world.issue(asked, issued.number)
    else:
        assert world.verify(_renew(world, issued, asked).token).verdict is Verdict.ACCEPT


def test_a_suspended_certificate_is_not_renewed(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2029-03-01")
    world.act(issued.number, "suspend", reason="failure")
    go_to(world, "2029-03-20")

    with pytest.raises(Denied, match="STATE_WRONG"):
        world.issue(_recertified("2029-03-20"), issued.number)


@pytest.mark.parametrize("day", ["2029-04-20", "2029-10-19"], ids=["first day", "last day"])
def test_within_six_months_it_is_restored(world: RegisterWorld, issued: Issued, day: str) -> None:
    go_to(world, day)
    before = world.verify(issued.token).codes
    again = _renew(world, issued, _restored(day))

    assert before == ("EXPIRED_RESTORABLE",)
    assert world.verify(again.token).verdict is Verdict.ACCEPT
    assert row(world, again.number).state == "active"


def test_after_six_months_it_is_not_restored(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2029-10-20")

    with pytest.raises(Denied, match="RESTORED_TOO_LATE"):
        world.issue(_restored("2029-10-20"), issued.number)
    assert world.verify(issued.token).codes == ("EXPIRED",)


def test_a_restoration_leaves_a_gap_that_every_reader_sees(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2029-06-01")
    again = _renew(world, issued, _restored("2029-06-01"))
    gap = _notes(world, again.token)["CERTIFICATION_GAP"]

    assert (gap["from"], gap["to"]) == (date(2029, 4, 20), date(2029, 5, 31))
    assert _on(world, again.token, "2029-04-19") == ()
    assert _on(world, again.token, "2029-04-20") == ("EXPIRED_RESTORABLE",)
    assert _on(world, again.token, "2029-05-31") == ("EXPIRED_RESTORABLE",)
    assert _on(world, again.token, "2029-06-01") == ()


def test_a_restoration_on_the_next_day_leaves_no_gap(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2029-04-20")
    again = _renew(world, issued, _restored("2029-04-20"))

    assert "CERTIFICATION_GAP" not in _notes(world, again.token)


@pytest.mark.parametrize(("expires", "refused"), [("2032-04-19", False), ("2032-04-20", True)])
def test_a_restored_certificate_keeps_the_old_rhythm(
    world: RegisterWorld, issued: Issued, expires: str, refused: bool
) -> None:
    go_to(world, "2029-06-01")
    asked = _restored("2029-06-01", certificate={"expires": expires})
    if refused:
        with pytest.raises(Denied, match="TERM_TOO_LONG"):
            world.issue(asked, issued.number)
    else:
        assert world.verify(_renew(world, issued, asked).token).verdict is Verdict.ACCEPT


def test_what_has_not_ended_is_not_restored(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2029-04-19")

    with pytest.raises(Denied, match="MS-6"):
        world.issue(_restored("2029-04-19"), issued.number)


def test_a_restoration_takes_effect_when_it_is_decided(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2029-06-01")

    with pytest.raises(Denied, match="BACKDATED"):
        world.issue(_restored("2029-06-01", certificate={"effective": "2029-05-31"}), issued.number)


def test_later_a_new_stage_2_leads_back_into_a_cycle_of_its_own(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2029-10-20")
    asked = _restored("2029-10-20", certificate={"expires": "2032-10-19"})
    asked["audits"] = _stage_2("2029-10-08", "2029-10-10")
    again = _renew(world, issued, asked)

    assert world.verify(again.token).verdict is Verdict.ACCEPT
    assert row(world, again.number).expires == "2032-10-19"


def test_a_withdrawn_certificate_is_not_restored(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2029-03-01")
    world.act(issued.number, "withdraw", reason="fraud")
    go_to(world, "2029-06-01")

    with pytest.raises(Denied, match="STATE_FINAL"):
        world.issue(_restored("2029-06-01"), issued.number)


def test_a_renewal_leaves_no_gap_by_choice(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2029-04-10")
    with pytest.raises(Denied, match="MS-4"):
        world.issue(
            _recertified("2029-04-10", certificate={"effective": "2029-05-01"}), issued.number
        )


@pytest.mark.parametrize("resolved", [None, True])
def test_what_ended_while_suspended_is_restored_only_once_its_cause_is_resolved(
    world: RegisterWorld, issued: Issued, resolved: bool | None
) -> None:
    go_to(world, "2029-03-20")
    world.act(issued.number, "suspend", reason="failure")
    go_to(world, "2029-06-01")
    wanted = _restored("2029-06-01")
    if resolved:
        wanted["decision"]["cause_resolved"] = True
        assert world.issue(wanted, issued.number).revision == 2
    else:
        with pytest.raises(Denied, match="MS-19"):
            world.issue(wanted, issued.number)
