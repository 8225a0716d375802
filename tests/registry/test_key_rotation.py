"""Keys are followed by others, retired and lost, through two people, and readers keep up."""

from typing import Any

import pytest

from keys.signer import KeySigner
from service.credential import jws
from service.credential.claims import TYP
from service.domain.dates import DAY_S, show_instant
from service.domain.people import COMMAND_LINE, Actor, Role
from service.domain.reason import Reason
from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry import approvals, people
from service.registry.actions import actions
from service.registry.issuing import Issued
from service.storage import ledger
from service.storage.people import USER
from tests.registry.acting import ON_SQLITE, go_to, tell
from tests.registry.desk import AB, CB, RegisterWorld, dossier

pytestmark = ON_SQLITE
OLD_KEY, OLD_EVIDENCE_KEY = "harrowgate-certificate", "harrowgate-evidence"


@pytest.fixture
def issued(world: RegisterWorld) -> Issued:
    """A certificate that the first key has signed."""
    one = world.issue(dossier())
    tell(world)
    return one


def _operator(world: RegisterWorld, name: str) -> Actor:
    user, _ = world.office.database.write(
        lambda c: people.invite(c, COMMAND_LINE, name, at=world.at, role=Role.OPERATOR)
    )
    return Actor(USER, user.id)


def _agreed(world: RegisterWorld, action: str, body: str = CB, **asked: Any) -> None:
    """One person proposes, another approves, new ones each time, and it is published."""
    ada, ben = (_operator(world, f"{name} {world.at}") for name in ("Ada", "Ben"))
    table, write = actions(world.office), world.office.database.write
    paper = write(lambda c: approvals.propose(c, table, ada, body, action, asked, at=world.at))
    write(
        lambda c: approvals.approve(
            c, table, ben, body, paper.subject, digest=paper.content["digest"], at=world.at
        )
    )
    tell(world)


def _new_key(
    world: RegisterWorld, name: str, *purposes: str, body: str = CB, since: int | None = None
) -> KeySigner:
    reference = f"test:{body} {name}"
    signer = KeySigner.unsafe_from_seed(reference.encode(), f"new-{name}")
    world.signers[reference] = signer
    asked: dict[str, Any] = {"reference": reference, "purposes": list(purposes)}
    if since is not None:
        asked["since"] = show_instant(since)
    _agreed(world, "key.add", body, **asked)
    return signer


def _retire(world: RegisterWorld, kid: str, at: int, body: str = CB) -> None:
    _agreed(world, "key.end", body, kid=kid, until=show_instant(at))


def _lose(world: RegisterWorld, kid: str, at: int, body: str = CB) -> None:
    _agreed(world, "key.end", body, kid=kid, lost=show_instant(at))


def _another(world: RegisterWorld) -> Issued:
    day = world.today.isoformat()
    one = world.issue(
        dossier(
            holder={"name": "Second Looms Ltd", "id": "reg:GB-2"}, decision={"date": day},
            certificate={"effective": day},
        )
    )  # fmt: skip
    tell(world)
    return one


def _signed_by(token: str) -> str | None:
    return jws.parse(token, typ=TYP).kid


def _signed_again(world: RegisterWorld, issued: Issued, key: str, iat: int) -> str:
    """What a thief would make: the certificate's own claims under another day, by its own key."""
    claims = {**jws.parse(issued.token, typ=TYP).unproven_claims, "iat": iat}
    return jws.sign(claims, world.signers[f"test:{CB} {key}"], typ=TYP)


def test_while_both_keys_are_good_old_certificates_stay_and_the_new_key_signs(
    world: RegisterWorld, issued: Issued
) -> None:
    key = _new_key(world, "certificate-2", "certificate")
    later = _another(world)

    assert (_signed_by(issued.token), _signed_by(later.token)) == (OLD_KEY, key.kid)
    assert world.verify(issued.token).verdict is Verdict.ACCEPT
    assert world.verify(later.token).verdict is Verdict.ACCEPT


def test_a_key_that_is_announced_signs_only_when_its_time_has_come(
    world: RegisterWorld, issued: Issued
) -> None:
    key = _new_key(world, "certificate-2", "certificate", since=world.at + 2 * DAY_S)
    before = _another(world)
    go_to(world, "2026-04-23")
    after = _another(world)

    assert _signed_by(before.token) == OLD_KEY
    assert _signed_by(after.token) == key.kid
    assert world.verify(after.token).verdict is Verdict.ACCEPT


def test_what_a_retired_key_has_signed_stays_good(world: RegisterWorld, issued: Issued) -> None:
    _new_key(world, "certificate-2", "certificate")
    _retire(world, OLD_KEY, world.at)
    go_to(world, "2026-06-20")

    assert world.verify(issued.token).verdict is Verdict.ACCEPT


@pytest.mark.parametrize(("late_s", "code"), [(-1, Reason.REGISTER_MISMATCH), (0, "KEY_RETIRED")])
def test_a_retired_key_signs_to_the_second_before_its_end(
    world: RegisterWorld, issued: Issued, late_s: int, code: str
) -> None:
    end = world.at + 60
    _new_key(world, "certificate-2", "certificate")
    _retire(world, OLD_KEY, end)
    world.at = end + 60
    tell(world)
    token = _signed_again(world, issued, "certificate", end + late_s)

    assert code in world.verify(token).codes


@pytest.mark.parametrize(
    ("early_s", "code"), [(0, Reason.REGISTER_MISMATCH), (-1, "KEY_NOT_YET_VALID")]
)
def test_a_key_signs_from_its_first_second_on(
    world: RegisterWorld, issued: Issued, early_s: int, code: str
) -> None:
    start = world.at + 60
    _new_key(world, "certificate-2", "certificate", since=start)
    world.at = start + 60
    tell(world)
    token = _signed_again(world, issued, "certificate-2", start + early_s)

    assert code in world.verify(token).codes


def test_without_a_key_in_use_nothing_is_issued(world: RegisterWorld, issued: Issued) -> None:
    _retire(world, OLD_KEY, world.at)

    with pytest.raises(Denied, match="KEY_UNKNOWN"):
        _another(world)
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


@pytest.mark.parametrize("signed_s", [-DAY_S, 0, DAY_S], ids=["before", "at", "after"])
def test_everything_that_a_lost_key_signed_is_refused_whatever_day_it_bears(
    world: RegisterWorld, issued: Issued, signed_s: int
) -> None:
    lost = world.at
    go_to(world, "2026-04-22")
    _lose(world, OLD_KEY, lost)
    token = _signed_again(world, issued, "certificate", lost + signed_s)

    assert world.verify(issued.token).codes == ("KEY_REVOKED",)
    assert world.verify(token).codes == ("KEY_REVOKED",)


def test_after_a_loss_certificates_are_issued_anew_with_another_key(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2026-04-22")
    _lose(world, OLD_KEY, world.at)
    _new_key(world, "certificate-2", "certificate")
    day = {"date": "2026-04-22"}
    again = world.issue(
        dossier(act="change", decision=day, certificate={"effective": "2026-04-22"}), issued.number
    )
    tell(world)

    assert world.verify(issued.token).codes == ("KEY_REVOKED",)
    assert world.verify(again.token).verdict is Verdict.ACCEPT


def test_another_key_for_lists_and_records_takes_nothing_from_certificates(
    world: RegisterWorld, issued: Issued
) -> None:
    _new_key(world, "evidence-2", "status", "record")
    _retire(world, OLD_EVIDENCE_KEY, world.at)
    go_to(world, "2026-04-21")
    world.act(issued.number, "suspend", reason="failure")
    tell(world)
    suspended = world.verify(issued.token)
    go_to(world, "2026-04-23")
    world.act(issued.number, "reinstate", cause_resolved=True)
    tell(world)

    assert suspended.codes == ("SUSPENDED",)
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


@pytest.mark.parametrize("end", [_retire, _lose], ids=["retired", "lost"])
def test_what_an_accreditation_body_stated_is_signed_again_when_its_key_ends(
    world: RegisterWorld, issued: Issued, end: Any
) -> None:
    _new_key(world, "federation-2", "federation", body=AB)
    world.at += 600
    end(world, "northland-federation", world.at, AB)

    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_the_accreditation_body_has_a_further_key_in_its_own_ledger(
    world: RegisterWorld, issued: Issued
) -> None:
    _new_key(world, "certificate-2", "certificate")
    _retire(world, OLD_KEY, world.at)
    told = world.office.database.read(
        lambda c: [one.type for one in ledger.history(c, AB, kind="accreditation", subject="0164")]
    )

    assert told == ["granted", "key_added", "key_ended"]


def test_one_person_alone_ends_no_key(world: RegisterWorld, issued: Issued) -> None:
    ada = _operator(world, "Ada")
    table, write = actions(world.office), world.office.database.write
    asked = {"kid": OLD_KEY, "lost": show_instant(world.at)}
    paper = write(lambda c: approvals.propose(c, table, ada, CB, "key.end", asked, at=world.at))

    with pytest.raises(Denied, match="DUAL_CONTROL_REQUIRED"):
        write(
            lambda c: approvals.approve(
                c, table, ada, CB, paper.subject, digest=paper.content["digest"], at=world.at
            )
        )
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_a_lost_key_for_lists_is_replaced_before_anybody_is_in_doubt(
    world: RegisterWorld, issued: Issued
) -> None:
    _new_key(world, "evidence-2", "status", "record")
    _lose(world, OLD_EVIDENCE_KEY, world.at)

    assert world.verify(issued.token).verdict is Verdict.ACCEPT
