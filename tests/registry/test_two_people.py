"""What two people do, and a body that signs on its own machine."""

from dataclasses import replace
from datetime import date

import pytest

from keys.signer import KeySigner
from service.credential import jws
from service.credential.claims import TYP
from service.domain.people import Actor
from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry import correcting, issuing, submitting
from service.registry.intending import Wish
from service.storage import ledger, register
from tests.registry.desk import CB, DECIDED, SETUP, RegisterWorld, dossier


@pytest.fixture
def second(world: RegisterWorld) -> Actor:
    """A register officer who approves what another has proposed."""
    from service.domain.people import COMMAND_LINE, Role
    from service.registry import people
    from service.storage.people import USER

    user, _ = world.office.database.write(
        lambda c: people.invite(
            c, COMMAND_LINE, "Ben", at=world.at, role=Role.REGISTER_OFFICER, body=CB
        )
    )
    return replace(Actor(USER, user.id), proposed_by="user:ada")


def _suspended_seq(world: RegisterWorld, number: str) -> int:
    found = world.office.database.read(
        lambda c: list(ledger.history(c, CB, kind="certificate", subject=number))
    )
    return next(entry.seq for entry in found if entry.type == "suspended")


def _correct(world: RegisterWorld, who: Actor, number: str, day: date) -> None:
    seq = _suspended_seq(world, number)
    world.office.database.write(
        lambda c: correcting.correct(
            c, world.office, who, CB, number, seq=seq, right={"reason": "fees"},
            effective_on=day, at=world.at,
        )
    )  # fmt: skip


def test_an_erratum_corrects_what_readers_see_and_keeps_both(
    world: RegisterWorld, second: Actor
) -> None:
    issued = world.issue(dossier(**DECIDED))
    world.act(issued.number, "suspend", reason="failure", effective_on=date(2026, 4, 18))

    _correct(world, second, issued.number, date(2026, 4, 19))
    world.publish()

    report = world.verify(issued.token)
    (finding,) = [one for one in report.findings if one.code == "SUSPENDED"]
    assert finding.facts["date"] == date(2026, 4, 19)
    entries = world.office.database.read(
        lambda c: [one.type for one in ledger.history(c, CB, subject=issued.number)]
    )
    assert entries == ["intended", "granted", "suspended", "erratum"]


def test_one_person_alone_corrects_nothing(world: RegisterWorld, second: Actor) -> None:
    issued = world.issue(dossier(**DECIDED))
    world.act(issued.number, "suspend", reason="failure")

    with pytest.raises(Denied, match="DUAL_CONTROL_REQUIRED"):
        _correct(world, replace(second, proposed_by=None), issued.number, date(2026, 4, 19))


def _intended(world: RegisterWorld) -> register.Revision:
    (one,) = submitting.intend(world.office, SETUP, CB, [Wish(dossier(**DECIDED))], at=world.at)
    return one


def _own_key(world: RegisterWorld) -> KeySigner:
    return world.signers[f"test:{CB} certificate"]


def test_a_body_that_signs_elsewhere_hands_in_its_token(world: RegisterWorld) -> None:
    intent = _intended(world)
    token = jws.sign(intent.claims, _own_key(world), typ=TYP)

    issued = submitting.submit(world.office, SETUP, CB, intent.number, token, at=world.at)
    world.publish()

    assert issued.token == token
    assert world.verify(token).verdict is Verdict.ACCEPT


def test_a_token_that_says_something_else_is_refused(world: RegisterWorld) -> None:
    intent = _intended(world)
    other = {**intent.claims, "expires": "2030-04-15"}
    token = jws.sign(other, _own_key(world), typ=TYP)

    with pytest.raises(Denied, match="CLAIM_INCONSISTENT"):
        submitting.submit(world.office, SETUP, CB, intent.number, token, at=world.at)


def test_a_token_of_another_key_is_refused(world: RegisterWorld) -> None:
    intent = _intended(world)
    stranger = KeySigner.unsafe_from_seed(b"stranger", _own_key(world).kid)
    token = jws.sign(intent.claims, stranger, typ=TYP)

    with pytest.raises(Denied, match="SIGNATURE_INVALID"):
        submitting.submit(world.office, SETUP, CB, intent.number, token, at=world.at)


def test_an_intent_without_its_key_waits_a_week_and_is_then_void(world: RegisterWorld) -> None:
    intent = _intended(world)
    kept = world.office.open_signer

    def elsewhere(reference: str) -> KeySigner:
        if reference.endswith(" certificate"):
            raise Denied("KEY_ELSEWHERE", "Its owner signs.")
        return kept(reference)  # type: ignore[return-value]

    world.office.open_signer = elsewhere
    world.pass_days(6)
    world.publish()
    waiting = issuing.resume(world.office, before=world.at, at=world.at)
    state = _state(world, intent)
    world.pass_days(2)
    world.publish()
    settled = issuing.resume(world.office, before=world.at, at=world.at)

    assert (waiting, state) == (0, "intent")
    assert _state(world, intent) == "void"
    assert settled == 1


def _state(world: RegisterWorld, intent: register.Revision) -> str:
    return world.office.database.read(
        lambda c: register.revision(c, CB, intent.number, intent.rev)
    ).state


def _renamed(world: RegisterWorld) -> register.Revision:
    """A change of the holder's name that is intended, of a certificate that was issued."""
    issued = world.issue(dossier(**DECIDED))
    world.pass_days(1)
    day = world.today.isoformat()
    renamed = dossier(
        act="change", decision={"date": day}, holder={"name": "Harrow Looms plc"},
        certificate={"effective": day, "expires": "2029-04-15"},
    )  # fmt: skip
    wish = Wish(renamed, issued.number)
    (intent,) = submitting.intend(world.office, SETUP, CB, [wish], at=world.at)
    return intent


def test_a_token_may_be_handed_in_days_after_it_was_intended(world: RegisterWorld) -> None:
    intent = _renamed(world)
    token = jws.sign(intent.claims, _own_key(world), typ=TYP)
    world.pass_days(4)
    world.publish()

    issued = submitting.submit(world.office, SETUP, CB, intent.number, token, at=world.at)
    world.publish()

    assert issued.revision == 2
    assert world.verify(token).verdict is Verdict.ACCEPT


@pytest.mark.parametrize(
    ("act", "reason", "code"),
    [("withdraw", "fraud", "WITHDRAWN"), ("suspend", "failure", "SUSPENDED")],
)
def test_what_ended_meanwhile_gets_no_new_revision(
    world: RegisterWorld, act: str, reason: str, code: str
) -> None:
    intent = _renamed(world)
    world.pass_days(1)
    world.act(intent.number, act, reason=reason)
    world.publish()
    token = jws.sign(intent.claims, _own_key(world), typ=TYP)

    with pytest.raises(Denied, match=code):
        submitting.submit(world.office, SETUP, CB, intent.number, token, at=world.at)


def test_what_was_withdrawn_after_the_proof_is_not_written(world: RegisterWorld) -> None:
    intent = _renamed(world)
    token = jws.sign(intent.claims, _own_key(world), typ=TYP)
    proved = issuing.proved(world.office, intent, token, world.at)
    world.act(intent.number, "withdraw", reason="fraud")

    with pytest.raises(Denied, match="STATE_FINAL"):
        issuing.finish_signed(world.office, proved, at=world.at)
