"""What an arrangement does with a recognition, as readers of a certificate below see it."""

from typing import Any

import pytest

from service.domain.people import COMMAND_LINE, Actor, Role
from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry import people, sanctions
from service.registry.issuing import Issued
from service.storage.people import USER
from tests.registry.acting import ON_SQLITE, accreditation_act, go_to, recognition_act, tell
from tests.registry.desk import AB, ARRANGEMENT, RegisterWorld, dossier

pytestmark = ON_SQLITE
MS, PRODUCTS = "ISO/IEC 17021-1", "ISO/IEC 17065"


@pytest.fixture
def issued(world: RegisterWorld) -> Issued:
    """A certificate of 20 April 2026 to 19 April 2029 below the recognised accreditation body."""
    one = world.issue(dossier())
    tell(world)
    go_to(world, "2026-05-04")
    return one


def _said(world: RegisterWorld, token: str, *days: str) -> list[tuple[str, ...]]:
    found = []
    for day in days:
        go_to(world, day)
        found.append(tuple(str(code) for code in world.verify(token).codes))
    return found


def _decided(world: RegisterWorld, day: str, **changes: Any) -> dict[str, Any]:
    """For another firm, decided on a day, the holder named after it."""
    return dossier(
        holder={"name": f"Firm of {day}", "id": f"reg:{day}"}, decision={"date": day},
        certificate={"effective": day}, **changes,
    )  # fmt: skip


def _another(world: RegisterWorld, day: str, **changes: Any) -> Issued:
    one = world.issue(_decided(world, day, **changes))
    tell(world)
    return one


def test_a_suspension_warns_readers_until_it_is_lifted(
    world: RegisterWorld, issued: Issued
) -> None:
    recognition_act(world, "suspend", MS)
    during = world.verify(issued.token)
    go_to(world, "2026-05-14")
    recognition_act(world, "lift", MS)

    assert during.codes == ("AB_RECOGNITION_SUSPENDED",)
    assert during.verdict is Verdict.ACCEPT_WITH_WARNING
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_a_suspension_that_was_announced_begins_on_its_day(
    world: RegisterWorld, issued: Issued
) -> None:
    recognition_act(world, "suspend", MS, effective_on="2026-06-01")

    assert _said(world, issued.token, "2026-05-31", "2026-06-01") == [
        (), ("AB_RECOGNITION_SUSPENDED",),
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "refused"), [("2026-08-04", False), ("2026-08-05", True)])
def test_a_suspension_is_announced_three_months_ahead_at_most(
    world: RegisterWorld, issued: Issued, day: str, refused: bool
) -> None:
    if refused:
        with pytest.raises(Denied, match="EFFECTIVE_IN_FUTURE"):
            recognition_act(world, "suspend", MS, effective_on=day)
    else:
        recognition_act(world, "suspend", MS, effective_on=day)
        assert _said(world, issued.token, day) == [("AB_RECOGNITION_SUSPENDED",)]


def test_nothing_is_issued_while_the_recognition_is_suspended(
    world: RegisterWorld, issued: Issued
) -> None:
    recognition_act(world, "suspend", MS)

    with pytest.raises(Denied, match="AB_RECOGNITION_SUSPENDED") as denied:
        world.issue(_decided(world, "2026-05-04"))
    assert denied.value.facts["refused"] == ["AB-2"]


def test_what_was_decided_in_a_suspension_is_not_issued_after_it(
    world: RegisterWorld, issued: Issued
) -> None:
    recognition_act(world, "suspend", MS)
    go_to(world, "2026-05-06")
    recognition_act(world, "lift", MS)

    with pytest.raises(Denied, match="AB_RECOGNITION_SUSPENDED"):
        world.issue(_decided(world, "2026-05-05"))
    assert world.verify(_another(world, "2026-05-06").token).verdict is Verdict.ACCEPT


def test_the_suspension_of_one_norm_leaves_the_others(world: RegisterWorld, issued: Issued) -> None:
    recognition_act(world, "suspend", PRODUCTS)

    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_an_ended_recognition_leaves_half_a_year_to_move(
    world: RegisterWorld, issued: Issued
) -> None:
    recognition_act(world, "end", MS, effective_on="2026-06-01")

    assert _said(world, issued.token, "2026-05-31", "2026-06-01", "2026-12-01", "2026-12-02") == [
        (),
        ("AB_RECOGNITION_ENDED_TRANSFER_BY",),
        ("AB_RECOGNITION_ENDED_TRANSFER_BY",),
        ("AB_RECOGNITION_ENDED",),
    ]


def test_nothing_is_issued_after_the_end(world: RegisterWorld, issued: Issued) -> None:
    recognition_act(world, "end", MS, effective_on="2026-06-01")
    go_to(world, "2026-05-31")
    last = _another(world, "2026-05-31")
    go_to(world, "2026-06-01")

    assert world.verify(last.token).codes == ("AB_RECOGNITION_ENDED_TRANSFER_BY",)
    with pytest.raises(Denied, match="AB_RECOGNITION_ENDED"):
        world.issue(_decided(world, "2026-06-01"))


def test_a_body_is_recognised_again(world: RegisterWorld, issued: Issued) -> None:
    recognition_act(world, "end", MS)
    go_to(world, "2026-12-02")
    ended = world.verify(issued.token).codes
    go_to(world, "2026-12-10")
    recognition_act(world, "recognise", MS, standards=["ISO 9001"], main_scope=True)

    assert ended == ("AB_RECOGNITION_ENDED",)
    assert world.verify(issued.token).verdict is Verdict.ACCEPT
    assert world.verify(_another(world, "2026-12-10").token).verdict is Verdict.ACCEPT


def _environment() -> dict[str, Any]:
    """For ISO 14001, whose audit time no table here gives."""
    return {"standards": ["ISO 14001:2015"], "audit_time": {"table": "EMS-medium", "days": "5"}}


def _accredited_for_environment(world: RegisterWorld) -> None:
    row = {"standard": "ISO 14001:2015", "codes": ["iaf:19"], "from": "2026-05-04"}
    accreditation_act(world, "0164", "extend", rows=[row])


def test_an_extension_lifts_the_warning_from_what_is_decided_after_it(
    world: RegisterWorld, issued: Issued
) -> None:
    _accredited_for_environment(world)
    before = _another(world, "2026-05-04", **_environment())
    go_to(world, "2026-05-11")
    recognition_act(world, "extend", MS, standards=["ISO 9001", "ISO 14001"])
    after = _another(world, "2026-05-11", **_environment())

    assert world.verify(before.token).codes == ("MAIN_SCOPE_ONLY",)
    assert world.verify(after.token).verdict is Verdict.ACCEPT
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_a_reduction_leaves_the_whole_norm_and_a_warning_where_that_is_recognised(
    world: RegisterWorld, issued: Issued
) -> None:
    recognition_act(world, "extend", MS, standards=["ISO 9001", "ISO 14001"])
    go_to(world, "2026-05-11")
    recognition_act(world, "reduce", MS, standards=["ISO 14001"], effective_on="2026-06-01")

    assert _said(world, issued.token, "2026-05-31", "2026-06-01") == [(), ("MAIN_SCOPE_ONLY",)]


def test_a_reduction_ends_the_standard_where_the_norm_alone_is_not_enough(
    world: RegisterWorld, issued: Issued
) -> None:
    recognition_act(world, "reduce", MS, standards=["ISO 9001"], main_scope=False)
    go_to(world, "2026-05-11")
    recognition_act(world, "extend", MS, standards=["ISO 9001", "ISO 14001"])
    one = _another(world, "2026-05-11")
    go_to(world, "2026-05-18")
    recognition_act(world, "reduce", MS, standards=["ISO 14001"], effective_on="2026-06-01")

    assert _said(world, one.token, "2026-05-31", "2026-06-01", "2026-12-01", "2026-12-02") == [
        (),
        ("AB_RECOGNITION_ENDED_TRANSFER_BY",),
        ("AB_RECOGNITION_ENDED_TRANSFER_BY",),
        ("AB_RECOGNITION_ENDED",),
    ]


@pytest.mark.parametrize(
    ("act", "asked", "code"),
    [
        ("lift", {}, "STATE_WRONG"),
        ("recognise", {"standards": ["ISO 9001"]}, "STATE_WRONG"),
        ("extend", {"standards": ["ISO 14001"]}, "SCOPE_NARROWED"),
        ("extend", {"standards": ["ISO 9001"]}, "NOTHING_ADDED"),
        ("reduce", {"standards": ["ISO 14001"]}, "SCOPE_WIDENED"),
        ("reduce", {"standards": ["ISO 9001"]}, "NOTHING_REMOVED"),
        ("reduce", {"standards": []}, "NOTHING_REMOVED"),
        ("reduce", {"standards": ["ISO 9001"], "main_scope": True}, "NOTHING_REMOVED"),
        ("extend", {"standards": ["ISO 9001"], "main_scope": False}, "SCOPE_NARROWED"),
        ("extend", {"standards": ["ISO 9001"], "main_scope": True}, "NOTHING_ADDED"),
        ("suspend", {"effective_on": "2010-04-30"}, "STATE_WRONG"),
        ("suspend", {"reason": "imposed"}, "UNKNOWN_FIELD"),
        ("extend", {"standards": ["ISO 9001"], "main_scope": "false"}, "CLAIM_TYPE"),
        ("forget", {}, "CLAIM_TYPE"),
    ],
)
def test_an_act_that_leads_nowhere_changes_nothing(
    world: RegisterWorld, issued: Issued, act: str, asked: dict[str, Any], code: str
) -> None:
    with pytest.raises(Denied, match=code):
        recognition_act(world, act, MS, **asked)
    tell(world)
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_a_reduction_never_recognises_the_whole_norm(world: RegisterWorld, issued: Issued) -> None:
    recognition_act(world, "reduce", MS, standards=["ISO 9001"], main_scope=False)
    go_to(world, "2026-05-11")

    with pytest.raises(Denied, match="SCOPE_WIDENED"):
        recognition_act(world, "reduce", MS, standards=["ISO 9001"], main_scope=True)
    recognition_act(world, "extend", MS, standards=["ISO 9001"], main_scope=True)


def test_a_suspension_is_not_lifted_on_the_day_it_began(
    world: RegisterWorld, issued: Issued
) -> None:
    recognition_act(world, "suspend", MS)

    with pytest.raises(Denied, match="SAME_DAY_EVENT"):
        recognition_act(world, "lift", MS)


def test_a_reduction_does_not_lift_a_suspension(world: RegisterWorld, issued: Issued) -> None:
    recognition_act(world, "extend", MS, standards=["ISO 9001", "ISO 14001"])
    go_to(world, "2026-05-11")
    recognition_act(world, "suspend", MS)
    go_to(world, "2026-05-18")
    recognition_act(world, "reduce", MS, standards=["ISO 9001"])
    reduced = world.verify(issued.token).codes
    go_to(world, "2026-05-25")
    recognition_act(world, "lift", MS)

    assert reduced == ("AB_RECOGNITION_SUSPENDED",)
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_a_suspension_ends_with_what_was_suspended(world: RegisterWorld, issued: Issued) -> None:
    recognition_act(world, "suspend", MS)
    go_to(world, "2026-05-11")
    recognition_act(world, "end", MS)
    ended = world.verify(issued.token).codes
    go_to(world, "2026-05-18")
    recognition_act(world, "recognise", MS, standards=["ISO 9001"])

    assert ended == ("AB_RECOGNITION_ENDED_TRANSFER_BY",)
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_what_was_announced_does_not_keep_an_arrangement_from_an_end(
    world: RegisterWorld, issued: Issued
) -> None:
    both = ["ISO 9001", "ISO 14001"]
    recognition_act(world, "extend", MS, standards=both, effective_on="2026-06-01")
    go_to(world, "2026-05-11")
    recognition_act(world, "end", MS)

    assert world.verify(issued.token).codes == ("AB_RECOGNITION_ENDED_TRANSFER_BY",)
    assert _said(world, issued.token, "2026-06-01") == [("AB_RECOGNITION_ENDED_TRANSFER_BY",)]


def test_a_second_extension_on_one_day_takes_the_place_of_the_first(
    world: RegisterWorld, issued: Issued
) -> None:
    recognition_act(world, "extend", MS, standards=["ISO 9001", "ISO 14001"])
    recognition_act(world, "extend", MS, standards=["ISO 9001", "ISO 14001", "ISO 45001"])
    _accredited_for_environment(world)
    one = _another(world, "2026-05-04", **_environment())

    assert world.verify(one.token).verdict is Verdict.ACCEPT


def test_what_has_ended_is_not_suspended(world: RegisterWorld, issued: Issued) -> None:
    recognition_act(world, "end", MS)
    go_to(world, "2026-05-11")

    with pytest.raises(Denied, match="STATE_FINAL"):
        recognition_act(world, "suspend", MS)


def test_an_accreditation_body_does_nothing_about_its_own_recognition(
    world: RegisterWorld, issued: Issued
) -> None:
    user, _ = world.office.database.write(
        lambda c: people.invite(
            c, COMMAND_LINE, "Nora", at=world.at, role=Role.ACCREDITATION_OFFICER, body=AB
        )
    )
    asked = {"act": "extend", "norm": MS, "standards": ["ISO 9001", "ISO 14001"]}

    with pytest.raises(Denied, match="NOT_FOUND"):
        world.office.database.write(
            lambda c: sanctions.recognition_act(
                c, Actor(USER, user.id), ARRANGEMENT, AB, asked, at=world.at
            )
        )
