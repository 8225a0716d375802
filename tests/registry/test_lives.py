"""The life of a certificate through the register, as readers see it after each publication."""

from datetime import timedelta

import pytest

from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry import caretaker, lives, surveying
from service.storage import register
from tests.registry.desk import AT, CB, DECIDED, SETUP, TODAY, RegisterWorld, dossier


def _number(world: RegisterWorld) -> tuple[str, str]:
    issued = world.issue(dossier(**DECIDED))
    world.publish()
    return issued.number, issued.token


def test_a_suspension_reaches_the_reader_and_a_reinstatement_too(world: RegisterWorld) -> None:
    number, token = _number(world)
    world.act(number, "suspend", reason="failure")
    world.publish()
    suspended = world.verify(token)
    world.pass_days(1)
    world.act(number, "reinstate", cause_resolved=True)
    world.publish()

    assert suspended.codes == ("SUSPENDED",)
    assert world.verify(token).verdict is Verdict.ACCEPT


def test_what_is_withdrawn_stays_withdrawn(world: RegisterWorld) -> None:
    number, token = _number(world)
    world.act(number, "withdraw", reason="fraud")
    world.publish()
    world.pass_days(1)

    with pytest.raises(Denied, match="STATE_FINAL"):
        world.act(number, "reinstate", cause_resolved=True)
    assert world.verify(token).codes == ("WITHDRAWN",)


def test_two_events_of_one_day_are_refused(world: RegisterWorld) -> None:
    number, _ = _number(world)
    world.act(number, "suspend", reason="failure")

    with pytest.raises(Denied, match="SAME_DAY_EVENT"):
        world.act(number, "reinstate", cause_resolved=True)


def test_a_client_who_leaves_is_no_reason_to_suspend(world: RegisterWorld) -> None:
    number, _ = _number(world)

    with pytest.raises(Denied, match="REASON_NOT_ALLOWED"):
        world.act(number, "suspend", reason="client_request")


def test_a_suspension_that_was_announced_takes_effect_by_itself(world: RegisterWorld) -> None:
    number, token = _number(world)
    world.act(number, "suspend", reason="fees", effective_on=world.today + timedelta(days=10))
    world.publish()
    before = world.verify(token)
    world.pass_days(10)

    caretaker.care(world.office, at=world.at)

    assert before.verdict is Verdict.ACCEPT
    assert world.verify(token).codes == ("SUSPENDED",)


def test_surveillance_that_is_not_held_turns_overdue_by_itself(world: RegisterWorld) -> None:
    number, token = _number(world)
    row = world.office.database.read(lambda c: register.certificate(c, CB, number))
    world.pass_days(392)
    _renew_evidence(world)
    waiting = world.verify(token)
    world.pass_days(1)
    _renew_evidence(world)

    assert (row.next_due, row.overdue_from) == ("2027-04-16", "2027-05-18")
    assert waiting.codes == ("SURV_UNCONFIRMED",)
    assert world.verify(token).codes == ("SURV_OVERDUE",)
    assert _value(world, number) == 12


def test_surveillance_that_is_held_keeps_the_certificate_alive(world: RegisterWorld) -> None:
    number, token = _number(world)
    world.pass_days(360)
    world.office.database.write(
        lambda c: surveying.record_check(
            c, world.office, SETUP, CB, number,
            {"kind": "surveillance", "sites": ["main"], "first_day": "2027-04-12",
             "last_day": "2027-04-13", "maintained_on": "2027-04-15"},
            at=world.at,
        )
    )  # fmt: skip
    world.pass_days(60)
    _renew_evidence(world)

    assert world.verify(token).verdict is Verdict.ACCEPT


def test_a_revision_supersedes_the_one_before(world: RegisterWorld) -> None:
    number, token = _number(world)
    world.pass_days(1)
    reduced = world.issue(
        dossier(
            act="change", decision={"date": "2026-04-21"}, holder={"name": "Harrow Looms plc"},
            certificate={"effective": "2026-04-21", "expires": "2029-04-15"},
        ),
        number,
    )  # fmt: skip
    world.publish()

    assert (reduced.number, reduced.revision) == (number, 2)
    assert world.verify(reduced.token).verdict is Verdict.ACCEPT
    assert world.verify(token).codes == ("SUPERSEDED_REVISION",)


def test_a_change_by_somebody_else_meanwhile_is_seen(world: RegisterWorld) -> None:
    number, _ = _number(world)

    with pytest.raises(Denied, match="VERSION_CONFLICT"):
        world.office.database.write(
            lambda c: lives.act(
                c, world.office, SETUP, CB, number, {"act": "suspend", "reason": "failure"},
                at=AT, version=7,
            )
        )  # fmt: skip


def test_the_register_knows_by_itself_that_a_certificate_has_expired(
    world: RegisterWorld,
) -> None:
    last = world.today + timedelta(days=40)
    issued = world.issue(
        dossier(certificate={"effective": TODAY.isoformat(), "expires": last.isoformat()})
    )
    row = _row(world, issued.number)
    world.pass_days(40)
    caretaker.care(world.office, at=world.at)
    on_its_last_day = _row(world, issued.number)
    world.pass_days(1)
    caretaker.care(world.office, at=world.at)
    after = _row(world, issued.number)

    assert row.turns_on == (last + timedelta(days=1)).isoformat()
    assert on_its_last_day.state == "active"
    assert (after.state, after.since) == ("expired", (last + timedelta(days=1)).isoformat())
    assert (after.next_due, after.turns_on) == (None, None)


def test_a_certificate_that_begins_later_becomes_active_by_itself(world: RegisterWorld) -> None:
    first = world.today + timedelta(days=5)
    issued = world.issue(dossier(certificate={"effective": first.isoformat()}))
    before = _row(world, issued.number)
    world.pass_days(5)
    caretaker.care(world.office, at=world.at)

    assert (before.state, before.turns_on) == ("draft", first.isoformat())
    assert _row(world, issued.number).state == "active"


def _row(world: RegisterWorld, number: str) -> register.Certificate:
    return world.office.database.read(lambda c: register.certificate(c, CB, number))


def _renew_evidence(world: RegisterWorld) -> None:
    while caretaker.care(world.office, at=world.at).written:
        pass


def _value(world: RegisterWorld, number: str) -> int:
    life = world.office.database.read(
        lambda c: lives.load(c, world.office, CB, number, at=world.at)
    )
    return life.newest.value
