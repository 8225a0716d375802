"""What a verifier remembers: the newest, for ever what is final, among processes and crashes."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.memory import Memory, link_key
from service.storage import memory
from service.storage.memory import StateFile
from service.storage.state import State, parsed, written

URI = "https://cb-a.example/status/1"
LINK = link_key("https://ab-n.example", "https://cb-a.example")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def remembering(file: Path, token: str, issued_at: int) -> StateFile:
    state = StateFile(file)
    state.remember("status", URI, token, issued_at)
    state.save()
    return state


def test_a_new_memory_is_empty_and_not_lost(file: Path) -> None:
    state = StateFile(file)
    remembers: Memory = state

    assert remembers.newest_instant() == 0
    assert remembers.recall("status", URI) is None
    assert remembers.finals(URI) == {}
    assert not state.lost


def test_what_is_saved_is_there_the_next_time(file: Path) -> None:
    state = StateFile(file)
    state.remember("statement", LINK, "a.b.c", 100)
    state.remember("status", URI, "d.e.f", 200)
    state.keep_final(URI, 1137, 1)
    state.save()

    again = StateFile(file)

    assert again.recall("statement", LINK) == "a.b.c"
    assert again.recall("status", URI) == "d.e.f"
    assert again.finals(URI) == {1137: 1}
    assert again.newest_instant() == 200
    assert not again.lost


def test_what_is_not_saved_is_forgotten(file: Path) -> None:
    StateFile(file).remember("status", URI, "a.b.c", 100)

    assert StateFile(file).newest_instant() == 0


def test_an_older_document_is_ignored(file: Path) -> None:
    state = remembering(file, "newer", 100)
    state.remember("status", URI, "older", 99)
    assert state.recall("status", URI) == "newer"

    # Two of one second: a withdrawal may be in the later one.
    state.remember("status", URI, "newest", 100)

    assert state.recall("status", URI) == "newest"
    assert state.newest_instant() == 100


def test_kinds_are_apart(file: Path) -> None:
    state = remembering(file, "a list", 100)

    assert state.recall("record", URI) is None


def test_a_final_value_stays(file: Path) -> None:
    state = StateFile(file)
    state.keep_final(URI, 5, 1)
    state.keep_final(URI, 5, 14)

    assert state.finals(URI) == {5: 1}


def test_the_file_is_for_its_owner_only(file: Path) -> None:
    remembering(file, "a.b.c", 100)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.with_name("state.json.lock").stat().st_mode) == 0o600


def test_nothing_is_written_without_news(file: Path) -> None:
    StateFile(file).save()
    assert not file.exists()
    state = remembering(file, "a.b.c", 100)
    before = file.stat()

    state.remember("status", URI, "a.b.c", 100)
    state.save()

    assert file.stat() == before


def test_a_batch_is_saved_once_at_its_end(file: Path) -> None:
    state = StateFile(file)
    with state.held():
        with state.held():
            state.remember("status", URI, "a.b.c", 100)
            state.save()
        state.save()
        assert not file.exists()

    assert StateFile(file).newest_instant() == 100


def test_two_processes_join_what_they_have_learnt(file: Path) -> None:
    first, second = StateFile(file), StateFile(file)
    first.remember("status", URI, "older", 100)
    first.remember("record", "r 1", "first", 50)
    first.keep_final(URI, 1, 1)
    second.remember("status", URI, "newer", 200)
    second.remember("record", "r 2", "second", 60)
    second.keep_final(URI, 2, 13)
    second.save()
    first.save()

    third = StateFile(file)

    assert third.recall("status", URI) == "newer"
    assert third.recall("record", "r 1") == "first"
    assert third.recall("record", "r 2") == "second"
    assert third.finals(URI) == {1: 1, 2: 13}
    assert third.newest_instant() == 200


def test_what_another_process_saves_is_seen_without_a_restart(file: Path) -> None:
    waiting = StateFile(file)
    remembering(file, "a.b.c", 100)
    assert waiting.recall("status", URI) == "a.b.c"

    remembering(file, "d.e.f", 101)

    assert waiting.newest_instant() == 101
    assert waiting.recall("status", URI) == "d.e.f"


def test_a_file_that_somebody_removed_is_written_again_whole(file: Path) -> None:
    state = remembering(file, "a.b.c", 100)
    file.unlink()

    state.remember("record", "r 1", "news", 50)
    state.save()

    assert StateFile(file).recall("status", URI) == "a.b.c"


DAMAGED = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"version":2,"newest":0,"finals":{},"documents":{}}',
    b'{"version":1,"newest":"0","finals":{},"documents":{}}',
    b'{"version":1,"newest":NaN,"finals":{},"documents":{}}',
    b'{"version":1,"newest":0,"finals":{"u":{"x":1}},"documents":{}}',
    b'{"version":1,"newest":0,"finals":{"u":{"1":true}},"documents":{}}',
    b'{"version":1,"newest":0,"finals":{},"documents":{"status":{"u":["t",1]}}}',
    b'{"version":1,"newest":0,"finals":{},"documents":{"status":{"u":[1]}}}',
    b'{"version":1,"newest":0,"finals":{},"documents":[]}',
]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_is_kept_aside_and_memory_begins_anew(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    state = StateFile(file)

    assert state.lost
    assert state.newest_instant() == 0
    assert file.with_name("state.json.damaged").read_bytes() == content
    state.remember("status", URI, "a.b.c", 100)
    state.save()
    assert not StateFile(file).lost
    assert StateFile(file).newest_instant() == 100


def test_every_truncation_of_a_file_counts_as_damaged(file: Path) -> None:
    state = remembering(file, "a.b.c", 100)
    state.keep_final(URI, 7, 1)
    state.save()
    whole = file.read_bytes()

    for length in range(len(whole) - 1):
        file.write_bytes(whole[:length])
        assert StateFile(file).lost, length


def test_a_file_too_large_counts_as_damaged(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remembering(file, "a.b.c", 100)
    monkeypatch.setattr(memory, "MAX_STATE_BYTES", file.stat().st_size)
    assert not StateFile(file).lost

    monkeypatch.setattr(memory, "MAX_STATE_BYTES", file.stat().st_size - 1)

    assert StateFile(file).lost


def test_damage_under_a_running_process_loses_nothing_that_it_knows(file: Path) -> None:
    state = remembering(file, "a.b.c", 100)
    file.write_text("{")
    assert state.recall("status", URI) == "a.b.c"
    assert state.lost

    state.save()

    assert file.with_name("state.json.damaged").read_text() == "{"
    assert StateFile(file).recall("status", URI) == "a.b.c"


def test_what_cannot_be_written_is_kept_for_the_next_save(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = StateFile(file)
    state.remember("status", URI, "a.b.c", 100)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(memory, "write_whole", full)
        state.save()
    assert StateFile(file).newest_instant() == 0

    state.save()

    assert StateFile(file).newest_instant() == 100


def test_a_process_that_keeps_the_lock_is_not_waited_for_for_ever(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "LOCK_WAIT_S", 0.05)
    state, other = StateFile(file), StateFile(file)
    state.remember("status", URI, "a.b.c", 100)

    with other._locked(), pytest.raises(TimeoutError, match="held by another process"):
        state.save()
    state.save()

    assert StateFile(file).newest_instant() == 100


def test_a_link_laid_in_the_way_is_not_written_through(file: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / ".state.json.new").symlink_to(victim)

    remembering(file, "a.b.c", 100)

    assert victim.read_text() == "precious"
    assert StateFile(file).newest_instant() == 100


def test_memory_lies_beside_the_bundle(tmp_path: Path) -> None:
    assert StateFile.for_bundle(tmp_path, {}).file == tmp_path / "state.json"


# As root every folder can be written, so the folder is replaced by what can never be one.
@pytest.mark.parametrize(
    ("variable", "below"), [("XDG_STATE_HOME", "proofmark"), ("HOME", ".local/state/proofmark")]
)
def test_beside_a_bundle_that_cannot_be_written_memory_lies_with_the_user(
    tmp_path: Path, variable: str, below: str
) -> None:
    bundles = [tmp_path / "a", tmp_path / "b"]
    for bundle in bundles:
        bundle.write_text("")

    places = [StateFile.for_bundle(one, {variable: str(tmp_path)}).file for one in bundles]

    assert {place.parent for place in places} == {tmp_path / below}
    assert len(set(places)) == 2


@pytest.mark.parametrize("environ", [{}, {"XDG_STATE_HOME": "not/absolute"}, {"HOME": ""}])
def test_where_nothing_can_be_written_that_is_said(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "a").write_text("")

    with pytest.raises(OSError, match="nothing can be remembered"):
        StateFile.for_bundle(tmp_path / "a", environ)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_closed_to_us_is_refused_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(PermissionError):
        StateFile(tmp_path / "state.json")


def run(script: str, *arguments: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)])


LEARNS = """
import sys
from pathlib import Path
from service.storage.memory import StateFile
state = StateFile(Path(sys.argv[1]))
for turn in range(int(sys.argv[3])):
    state.remember("record", f"{sys.argv[2]} {turn}", "x" * 2_000, turn + 1)
    state.keep_final("uri", int(sys.argv[2]) * 1_000 + turn, 1)
    state.save()
"""


def test_several_processes_at_once_lose_nothing(file: Path) -> None:
    running = [run(LEARNS, file, worker, 40) for worker in range(4)]
    assert [process.wait(timeout=60) for process in running] == [0] * 4

    state = StateFile(file)

    assert len(state.finals("uri")) == 160
    assert all(state.recall("record", f"{w} {turn}") for w in range(4) for turn in range(40))


def test_threads_of_one_process_lose_nothing(file: Path) -> None:
    state = StateFile(file)

    def learn(worker: int) -> None:
        for turn in range(25):
            state.remember("record", f"{worker} {turn}", "t", turn + 1)
            state.save()

    threads = [Thread(target=learn, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    again = StateFile(file)
    assert all(again.recall("record", f"{w} {turn}") for w in range(4) for turn in range(25))


def test_a_process_killed_while_it_saves_leaves_the_old_or_the_new(file: Path) -> None:
    newest = 0
    for _ in range(8):
        process = run(LEARNS.replace("turn + 1", f"turn + {newest + 1}"), file, 0, 10_000)
        for _ in range(500):
            if file.exists() and parsed(file.read_bytes()).newest > newest:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()

        state = StateFile(file)
        assert not state.lost
        assert state.newest_instant() > newest
        newest = state.newest_instant()
    state.remember("status", URI, "a.b.c", newest + 1)
    state.save()

    assert {one.name for one in file.parent.iterdir()} == {"state.json", "state.json.lock"}


def facts() -> st.SearchStrategy[list[tuple[str, int, int]]]:
    return st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9), st.integers(0, 3)))


def learnt(found: list[tuple[str, int, int]]) -> State:
    state = State()
    for key, issued_at, idx in found:
        state.remember("record", key, issued_at, f"{key}{issued_at}")
        state.finals.setdefault("uri", {}).setdefault(idx, 1)
    return state


@given(facts(), facts())
def test_the_order_of_saves_does_not_matter(
    one: list[tuple[str, int, int]], two: list[tuple[str, int, int]]
) -> None:
    forth, back = learnt(one), learnt(two)
    forth.join(learnt(two))
    back.join(learnt(one))

    assert forth == back
    assert parsed(written(forth)) == forth


def test_the_file_is_plain_json(file: Path) -> None:
    remembering(file, "a.b.c", 100)

    assert json.loads(file.read_text()) == {
        "version": 1,
        "newest": 100,
        "finals": {},
        "documents": {"status": {URI: [100, "a.b.c"]}},
    }


def test_reading_is_cheap(file: Path) -> None:
    state = remembering(file, "x" * 1_000_000, 100)
    recall: Callable[[str, str], str | None] = state.recall
    began = time.perf_counter()
    for _ in range(1_000):
        recall("status", URI)

    assert time.perf_counter() - began < 0.5
