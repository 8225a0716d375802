"""What is final stays so, and a list older than a certificate knows nothing of it (R12)."""

from pathlib import Path

import pytest

from keys.signer import KeySigner
from service.domain.reason import Reason
from service.domain.verdict import Outcome, Verdict
from service.storage.bundle import Bundle
from service.verifier import Verifier
from tests.adversarial.expectation import assert_answer, finding
from tests.world import DAY_S, World

WITHDRAWN = {"type": "withdrawn", "effective_on": "2026-05-04"}
MOVED = {"type": "transferred", "effective_on": "2026-05-04", "to": {"number": "CB2/2026/0001"}}


@pytest.mark.parametrize(("event", "code"), [(WITHDRAWN, "WITHDRAWN"), (MOVED, "TRANSFERRED")])
def test_an_end_on_record_is_not_undone_by_a_newer_record(
    world: World, event: dict[str, object], code: str
) -> None:
    token = world.cb.issue()
    world.cb.file().events.append(event)
    assert_answer(world.verify(token), "REJECT", code, in_force="no")
    world.cb.file().events.pop()

    report = world.verify(token, at=world.at + DAY_S)

    assert_answer(report, "REJECT", code, in_force="no")


def test_an_end_on_record_is_not_remembered_without_a_memory(world: World) -> None:
    world.memory = None
    token = world.cb.issue()
    world.cb.file().events.append(WITHDRAWN)
    world.verify(token)
    world.cb.file().events.pop()

    assert_answer(world.verify(token), "ACCEPT", None)


def late_list(world: World, seconds: int) -> str:
    """A certificate signed so many seconds after the list that is served was."""
    world.cb.issue()
    old = world.cb.list_token()
    token = world.cb.issue(iat=world.at - 3_600 + seconds)
    world.network.served[world.cb.list_uri] = old
    return token


def test_a_list_older_than_the_certificate_is_too_old_to_know_it(world: World) -> None:
    report = world.verify(late_list(world, 1))

    assert_answer(report, "CANNOT_CONFIRM", "STATUS_STALE", in_force="unknown", genuine="yes")


def test_a_list_as_old_as_the_certificate_must_know_it(world: World) -> None:
    report = world.verify(late_list(world, 0))

    assert_answer(report, "REJECT", "STATUS_INDEX_RANGE", in_force="no")


def test_an_index_beyond_a_list_that_is_older_is_no_fault_of_the_certificate(world: World) -> None:
    token = late_list(world, 60)
    pointer = {"status_list": {"idx": 4_096, "uri": world.cb.list_uri}}
    beyond = world.cb.issue(iat=world.at - 60, status=pointer)

    assert_answer(world.verify(token), "CANNOT_CONFIRM", "STATUS_STALE")
    assert_answer(world.verify(beyond), "CANNOT_CONFIRM", "STATUS_STALE")


def test_a_revision_that_a_newer_record_does_not_know_was_never_issued(world: World) -> None:
    token = world.cb.issue(rev=5)
    world.cb.file().changes["revision"] = 1

    assert_answer(world.verify(token), "REJECT", "NOT_ON_REGISTER", genuine="no")


def test_a_revision_signed_after_the_record_may_be_unknown_to_it(world: World) -> None:
    token = world.cb.issue(rev=2, iat=world.at - 60)
    world.cb.file().changes["revision"] = 1

    assert_answer(world.verify(token), "ACCEPT", None)


def test_a_record_that_lists_revisions_lists_this_one(world: World) -> None:
    token = world.cb.issue(rev=2)
    other = {"rev": 1, "sha256": "x"}
    world.cb.file().changes.update(revision=2, revisions=[other])

    assert_answer(world.verify(token), "REJECT", "NOT_ON_REGISTER", genuine="no")


@pytest.mark.parametrize("kind", ["status", "records"])
def test_a_forged_newer_paper_does_not_hide_the_good_one_beside_it(
    world: World, tmp_path: Path, kind: str
) -> None:
    token = world.cb.issue()
    number = world.cb.file().claims["jti"]
    world.network.write_bundle(tmp_path)
    thief = KeySigner.unsafe_from_seed(b"tests/adversarial/thief", world.cb.status_key.kid)
    forged = (
        world.cb.list_token(key=thief, iat=world.at)
        if kind == "status"
        else world.cb.record_token(number, key=thief, iat=world.at)
    )
    (tmp_path / kind / "newer.jwt").write_text(forged, "utf-8")

    bundle = Bundle.load(tmp_path)
    report = Verifier(bundle.anchors, bundle, bundle, bundle).verify(token, at=world.at)

    assert report.verdict is Verdict.ACCEPT
    assert finding(report, Reason.STATUS_SIGNER).outcome is Outcome.NOTE
