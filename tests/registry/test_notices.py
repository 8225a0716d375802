"""What bodies are told of deadlines and changes, once each, on each kind of database."""

from datetime import timedelta
from typing import Any

import pytest

from service.domain.notice import NoticeKind
from service.domain.refusal import Denied
from service.registry import approvals, sanctions, subscribing
from service.registry.notices import queue_due
from service.registry.telling import LOOK_EVERY_S, Teller
from service.storage import ledger, messages, papers
from service.storage.messages import Message
from service.storage.papers import Paper
from tests.registry.desk import AB, CB, CB_P, DECIDED, SETUP, TODAY, RegisterWorld, dossier

TO = "deadlines@harrowgate.example"


def _subscribe(
    world: RegisterWorld, *what: NoticeKind, address: str = TO, channel: str = "mail"
) -> None:
    world.office.database.write(
        lambda c: subscribing.subscribe(
            c, SETUP, CB, channel, address, set(what or NoticeKind), at=world.at
        )
    )


def _look(world: RegisterWorld) -> int:
    return queue_due(world.office.database, CB, today=world.today, at=world.at)


def _told(world: RegisterWorld) -> list[Message]:
    found = world.office.database.read(lambda c: messages.messages_of(c, CB))
    return sorted(found, key=lambda one: (one.created_at, one.fact))


def _issued(world: RegisterWorld) -> str:
    number = world.issue(dossier(**DECIDED)).number
    world.publish()
    return number


def test_surveillance_that_comes_near_is_told_at_each_step_and_once(world: RegisterWorld) -> None:
    number = _issued(world)  # its first surveillance is due by 2027-04-16
    _subscribe(world, NoticeKind.SURVEILLANCE_DUE)
    found = []
    for days in (300, 301, 302, 331, 332, 354, 355):
        world.at += (days - (world.today - TODAY).days) * 86_400
        found.append((_look(world), _look(world)))

    assert found == [(0, 0), (1, 0), (0, 0), (1, 0), (0, 0), (1, 0), (0, 0)]
    assert [one.payload["facts"]["days"] for one in _told(world)] == [60, 30, 7]
    assert all(number in one.subject for one in _told(world))


def test_overdue_surveillance_is_told_with_the_day_it_is_overdue_from(
    world: RegisterWorld,
) -> None:
    _issued(world)
    _subscribe(world, NoticeKind.SURVEILLANCE_OVERDUE)
    world.pass_days(392)
    before = _look(world)
    world.pass_days(1)

    assert (before, _look(world), _look(world)) == (0, 1, 0)
    assert _told(world)[0].payload["facts"]["since"] == "2027-05-18"


def test_a_certificate_that_ends_soon_is_told(world: RegisterWorld) -> None:
    last = world.today + timedelta(days=91)
    world.issue(dossier(certificate={"effective": "2026-04-20", "expires": last.isoformat()}))
    _subscribe(world, NoticeKind.CERTIFICATE_EXPIRING)
    before = _look(world)
    world.pass_days(1)

    assert (before, _look(world)) == (0, 1)
    assert _told(world)[0].subject.startswith(f"Valid to {last}")


def test_a_suspension_that_lasts_is_told_after_its_last_month(world: RegisterWorld) -> None:
    number = _issued(world)
    world.act(number, "suspend", reason="failure")  # on 2026-04-20
    _subscribe(world, NoticeKind.SUSPENSION_LONG)
    world.pass_days(183)  # 2026-10-20
    before = _look(world)
    world.pass_days(1)

    assert (before, _look(world)) == (0, 1)


def test_publications_that_wait_are_told_once_a_day(world: RegisterWorld) -> None:
    _issued(world)
    world.act(_told_number(world), "suspend", reason="failure")
    _subscribe(world, NoticeKind.PUBLICATION_LATE)
    world.at += 3_600
    before = _look(world)
    world.at += 1

    assert (before, _look(world), _look(world)) == (0, 1, 0)
    world.pass_days(1)
    assert _look(world) == 1


def test_a_change_of_the_accreditation_is_told_in_its_own_transaction(
    world: RegisterWorld,
) -> None:
    _subscribe(world, NoticeKind.ACCREDITATION_CHANGED)

    def undone(connection: Any) -> None:
        _withdraw(world, connection)
        raise Denied("NOT_ALLOWED", "changed our mind")

    with pytest.raises(Denied):
        world.office.database.write(undone)
    nothing = _told(world)
    world.office.database.write(lambda c: _withdraw(world, c))
    (one,) = _told(world)

    assert nothing == []
    assert one.payload["facts"] == {
        "number": "0164", "by": "Northland Accreditation", "change": "withdraw",
        "effective_on": "2026-04-20",
    }  # fmt: skip


def test_only_what_was_subscribed_is_told_and_each_address_gets_it(world: RegisterWorld) -> None:
    _subscribe(world, NoticeKind.KEY_EXPIRING)
    _subscribe(world, NoticeKind.ACCREDITATION_CHANGED, address="quality@harrowgate.example")
    _subscribe(world, NoticeKind.ACCREDITATION_CHANGED, address="board@harrowgate.example")
    world.office.database.write(lambda c: _withdraw(world, c))

    assert len({one.subscription for one in _told(world)}) == len(_told(world)) == 2


def test_the_ledger_has_no_address_of_a_person(world: RegisterWorld) -> None:
    _subscribe(world)
    entries = world.office.database.read(lambda c: list(ledger.history(c, CB, kind="subscription")))

    assert [one.type for one in entries] == ["subscribed"]
    assert TO not in entries[0].data + entries[0].subject


@pytest.mark.parametrize(
    ("channel", "address", "field"),
    [
        ("mail", "no mailbox", "address"),
        ("mail", "a@b.example\nBcc: x@y.example", "address"),
        ("webhook", "http://hooks.example/", "address"),
        ("webhook", "https://me:secret@hooks.example/", "address"),
        ("pigeon", "coo", "channel"),
    ],
)
def test_an_address_that_cannot_be_is_refused(
    world: RegisterWorld, channel: str, address: str, field: str
) -> None:
    with pytest.raises(Denied, match="BAD_PARAMETER") as refused:
        _subscribe(world, channel=channel, address=address)
    assert refused.value.field == field


def test_who_leaves_is_told_nothing_more_and_what_waits_is_dropped(world: RegisterWorld) -> None:
    _subscribe(world, NoticeKind.ACCREDITATION_CHANGED)
    world.office.database.write(lambda c: _withdraw(world, c))
    (one,) = _told(world)
    world.office.database.write(
        lambda c: subscribing.unsubscribe(c, SETUP, CB, one.subscription, at=world.at)
    )

    assert _told(world) == []


def test_deadlines_are_looked_for_a_few_times_an_hour_and_proposals_lapse(
    world: RegisterWorld,
) -> None:
    content = {"action": "x", "parameters": {}, "proposer": "user:1", "digest": "", "expires": 0}
    world.office.database.write(
        lambda c: papers.add(c, Paper(CB_P, "proposal", "1", "x", "open", content, 1, 0))
    )
    teller = Teller(world.office, {})
    teller.round(at=world.at)
    first = teller.looked_at
    teller.round(at=world.at + LOOK_EVERY_S - 1)
    second = teller.looked_at
    teller.round(at=world.at + LOOK_EVERY_S)

    assert (first, second) == (world.at, world.at)
    assert teller.looked_at == world.at + LOOK_EVERY_S
    state = world.office.database.read(lambda c: papers.find(c, CB_P, "proposal", "1")).state
    assert state == approvals.EXPIRED


def _withdraw(world: RegisterWorld, connection: Any) -> None:
    sanctions.accreditation_act(
        connection, world.office, SETUP, AB, "0164", {"act": "withdraw", "reason": "fraud"},
        at=world.at,
    )  # fmt: skip


def _told_number(world: RegisterWorld) -> str:
    (one,) = world.office.database.read(_numbers)
    return one


def _numbers(connection: Any) -> list[str]:
    return [
        entry.subject for entry in ledger.history(connection, CB, kind="certificate")
        if entry.type == "granted"
    ]  # fmt: skip
