"""A verifier over folder and state file: what it says, and says again after a restart."""

from pathlib import Path

import pytest

from service.domain.reason import Reason
from service.domain.report import Report
from service.domain.verdict import Verdict
from service.storage.bundle import Bundle
from service.storage.memory import StateFile
from service.verifier import Verifier
from tests.world import World


def codes(report: Report) -> set[Reason | None]:
    return {finding.code for finding in report.findings}


def asked(folder: Path, token: str, at: int) -> Report:
    """The answer of a verifier that has just been started."""
    bundle = Bundle.load(folder)
    memory = StateFile.for_bundle(folder, {})
    verifier = Verifier(
        bundle.anchors, bundle, bundle, bundle, policy=bundle.policy, memory=memory, online=False
    )
    return verifier.verify(token, at=at)


def test_a_bundle_answers_as_the_world_does(tmp_path: Path) -> None:
    world = World()
    token = world.cb.issue()
    world.network.write_bundle(tmp_path)

    report = asked(tmp_path, token, world.at)

    assert report.verdict is Verdict.ACCEPT
    assert Reason.MEMORY_ABSENT in codes(report)
    assert Reason.MEMORY_ABSENT not in codes(asked(tmp_path, token, world.at))


def test_a_withdrawal_is_remembered_when_an_older_bundle_is_played_back(tmp_path: Path) -> None:
    world = World()
    token = world.cb.issue()
    world.network.write_bundle(tmp_path)
    older = {file: file.read_bytes() for file in tmp_path.glob("*/*.jwt")}
    world.at += 3_600
    world.cb.status[7] = 1
    world.network.write_bundle(tmp_path)
    assert Reason.WITHDRAWN in codes(asked(tmp_path, token, world.at))

    for file, content in older.items():
        file.write_bytes(content)

    report = asked(tmp_path, token, world.at)
    assert report.verdict is Verdict.REJECT
    assert {Reason.WITHDRAWN, Reason.STATUS_ROLLBACK} <= codes(report)


@pytest.mark.parametrize("content", ["", "{"])
def test_a_lost_memory_is_reported(tmp_path: Path, content: str) -> None:
    world = World()
    token = world.cb.issue()
    world.network.write_bundle(tmp_path)
    asked(tmp_path, token, world.at)

    (tmp_path / "state.json").write_text(content)

    assert Reason.MEMORY_ABSENT in codes(asked(tmp_path, token, world.at))
    assert Reason.MEMORY_ABSENT not in codes(asked(tmp_path, token, world.at))
