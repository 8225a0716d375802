"""A verifier over folder and state file: what it says, and says again after a restart."""

import json
import time
from pathlib import Path

import pytest

from service.commands.opening import Opened, open_folder
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


def test_a_running_verifier_takes_other_anchors_and_another_policy(tmp_path: Path) -> None:
    world = World()
    token = world.cb.issue()
    world.network.write_bundle(tmp_path)
    running = open_folder(tmp_path, state=None, remembers=False)
    anchors = (tmp_path / "anchors.json").read_bytes()
    assert running.verifier.verify(token, at=world.at).verdict is Verdict.ACCEPT

    other = json.loads(anchors)
    other["anchors"][0]["id"] = "https://other.example"
    (tmp_path / "anchors.json").write_text(json.dumps(other))
    look_again(running)
    assert Reason.CHAIN_ANCHOR_NOT_TRUSTED in codes(running.verifier.verify(token, at=world.at))

    (tmp_path / "anchors.json").write_bytes(anchors)
    (tmp_path / "policy.json").write_text('{"policy": {"status_max_age_offline_s": 60}}')
    look_again(running)
    late = running.verifier.verify(token, at=world.at + 3_600)
    assert Reason.STATUS_STALE in codes(late)


def test_anchors_that_cannot_be_read_change_nothing(tmp_path: Path) -> None:
    world = World()
    token = world.cb.issue()
    world.network.write_bundle(tmp_path)
    running = open_folder(tmp_path, state=None, remembers=False)

    (tmp_path / "anchors.json").write_text("{")
    look_again(running)

    assert running.verifier.verify(token, at=world.at).verdict is Verdict.ACCEPT
    assert [one.file for one in running.bundle.unusable] == ["anchors.json"]


def look_again(running: Opened) -> None:
    """Wait until the folder has been looked at once more, as a service does every second."""
    before = running.bundle.ground
    for _ in range(60):
        if running.bundle.ground is not before or running.bundle.unusable:
            return
        time.sleep(0.05)
