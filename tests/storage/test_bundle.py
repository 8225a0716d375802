"""The evidence folder: what it gives, what it names and does without, what refuses it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from service.credential import jws
from service.domain.verdict import Unavailable
from service.rules.policy import DEFAULT
from service.status.record import MAX_RECORD_CHARS
from service.status.sources import RecordSource, StatusSource
from service.status.status_list import MAX_LIST_CHARS, TYP
from service.storage import documents
from service.storage.bundle import (
    Bundle,
    BundleRefused,
    Unusable,
    write_anchors,
    write_document,
    write_policy,
)
from service.trust.sources import StatementSource
from tests.storage.papers import (
    ANCHOR,
    AT,
    BODY,
    DAY_S,
    NUMBER,
    OTHER,
    SIGNER,
    URI,
    a_folder,
    a_list,
    a_record,
    a_statement,
    anchors_json,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_folder(tmp_path / "bundle")


def watched(folder: Path) -> Bundle:
    """A bundle that looks for changes whenever it is asked."""
    return Bundle.load(folder, look_every_s=0)


def named(bundle: Bundle) -> list[Unusable]:
    return list(bundle.unusable)


def refusal(folder: Path) -> str:
    with pytest.raises(BundleRefused) as refused:
        Bundle.load(folder)
    assert refused.value.code == "BUNDLE_UNUSABLE"
    return str(refused.value)


def test_a_bundle_gives_what_lies_in_it(folder: Path) -> None:
    bundle = Bundle.load(folder)
    sources: tuple[StatementSource, StatusSource, RecordSource] = (bundle, bundle, bundle)

    assert [anchor.id for anchor in bundle.anchors] == [ANCHOR]
    assert bundle.policy == DEFAULT
    assert sources[0].about(BODY) == [a_statement()]
    assert list(sources[0].every()) == [a_statement()]
    assert list(sources[1].status_lists(URI, origins=[BODY])) == [a_list()]
    assert list(sources[2].records(BODY, NUMBER, origins=[BODY])) == [a_record()]
    assert bundle.unusable == ()


def test_a_bundle_made_by_hand_works(tmp_path: Path) -> None:
    (tmp_path / "anchors.json").write_text(json.dumps(anchors_json()))
    (tmp_path / "statements").mkdir()
    (tmp_path / "statements" / "what I was sent (1).jwt").write_text(f"{a_statement()}\r\n")
    (tmp_path / "statements" / "notes.txt").write_text("not for machines")
    (tmp_path / "statements" / ".hidden.jwt").write_text("half")

    bundle = Bundle.load(tmp_path)

    assert bundle.about(BODY) == [a_statement()]
    assert bundle.unusable == ()


def test_what_is_not_there_is_unavailable(folder: Path) -> None:
    bundle = Bundle.load(folder)

    assert bundle.about("https://cb-b.example") == []
    with pytest.raises(Unavailable):
        bundle.status_list(f"{URI}/")
    with pytest.raises(Unavailable):
        bundle.record(BODY, NUMBER.lower())
    with pytest.raises(Unavailable):
        bundle.record(f"{BODY}/", NUMBER)


def test_of_several_lists_the_newest_is_given_and_all_are_offered(folder: Path) -> None:
    write_document(folder, "status", "0-older", a_list(AT - 60))
    write_document(folder, "status", "2-newer", a_list(AT + 60))

    bundle = Bundle.load(folder)

    assert bundle.status_list(URI) == a_list(AT + 60)
    assert bundle.status_lists(URI) == [a_list(AT + 60), a_list(AT), a_list(AT - 60)]


def test_of_several_records_the_newest_is_given_and_all_are_offered(folder: Path) -> None:
    write_document(folder, "records", "a", a_record(AT + 60))

    bundle = Bundle.load(folder)

    assert bundle.record(BODY, NUMBER) == a_record(AT + 60)
    assert bundle.records(BODY, NUMBER) == [a_record(AT + 60), a_record()]


EARLIER = AT - 5 * DAY_S


@pytest.mark.parametrize(
    ("moment", "issued_at"),
    [(EARLIER, EARLIER), (AT - 1, EARLIER), (AT, AT), (AT + 7 * DAY_S, AT)],
)
def test_for_a_past_moment_the_newest_list_that_was_good_then_is_given(
    folder: Path, moment: int, issued_at: int
) -> None:
    write_document(folder, "status", "earlier", a_list(EARLIER))

    assert Bundle.load(folder).status_list(URI, time=moment) == a_list(issued_at)


@pytest.mark.parametrize("moment", [AT - 1, AT + 7 * DAY_S + 1])
def test_for_a_moment_outside_the_life_of_every_list_there_is_none(
    folder: Path, moment: int
) -> None:
    with pytest.raises(Unavailable):
        Bundle.load(folder).status_list(URI, time=moment)


def test_a_list_that_does_not_say_when_it_was_issued_is_left_to_the_verifier(
    folder: Path,
) -> None:
    undated = jws.sign({"sub": f"{BODY}/status/2"}, SIGNER, typ=TYP)
    write_document(folder, "status", "2", undated)

    bundle = Bundle.load(folder)

    assert bundle.status_list(f"{BODY}/status/2") == undated
    with pytest.raises(Unavailable):
        bundle.status_list(f"{BODY}/status/2", time=AT)


UNUSABLE: dict[str, tuple[str, bytes, str]] = {
    "no token": ("status/x.jwt", b"hello", "TOKEN_MALFORMED"),
    "empty": ("status/x.jwt", b"", "TOKEN_MALFORMED"),
    "another type": ("status/x.jwt", a_record().encode(), "JOSE_TYP_MISMATCH"),
    "a list among statements": ("statements/x.jwt", a_list().encode(), "JOSE_TYP_MISMATCH"),
    "UTF-16": ("records/x.jwt", a_record().encode("utf-16"), "TOKEN_ENCODING"),
    "a byte order mark": ("records/x.jwt", b"\xef\xbb\xbf" + a_record().encode(), "TOKEN_ENCODING"),
    "no subject": ("records/x.jwt", a_record(number="").encode(), "CLAIM_TYPE"),
    "a large list": ("status/x.jwt", b"x" * (MAX_LIST_CHARS + 3), "FILE_TOO_LARGE"),
    "a large record": ("records/x.jwt", b"x" * (MAX_RECORD_CHARS + 3), "FILE_TOO_LARGE"),
    "a list just too large": ("status/x.jwt", b"x" * (MAX_LIST_CHARS + 2), "STATUS_TOO_LARGE"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_that_cannot_be_used_is_named_and_the_rest_serves(folder: Path, case: str) -> None:
    name, raw, why = UNUSABLE[case]
    (folder / name).write_bytes(raw)

    bundle = Bundle.load(folder)

    assert bundle.unusable == (Unusable(name, why),)
    assert bundle.about(BODY) == [a_statement()]
    assert bundle.status_list(URI) == a_list()
    assert bundle.record(BODY, NUMBER) == a_record()


def test_a_record_of_the_greatest_size_is_used(folder: Path) -> None:
    padding = MAX_RECORD_CHARS - len(a_record(note=""))
    token = a_record(note="x" * (padding * 3 // 4))
    assert MAX_RECORD_CHARS - 2 <= len(token) <= MAX_RECORD_CHARS
    (folder / "records" / "0113.jwt").write_text(f"{token}\r\n")

    assert Bundle.load(folder).record(BODY, NUMBER) == token


def test_beyond_what_fits_into_memory_files_are_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sum(file.stat().st_size for file in folder.glob("*/*.jwt"))
    monkeypatch.setattr(documents, "MAX_BUNDLE_BYTES", whole)
    assert Bundle.load(folder).unusable == ()

    monkeypatch.setattr(documents, "MAX_BUNDLE_BYTES", whole - 1)

    assert Bundle.load(folder).unusable == (Unusable("records/0113.jwt", "BUNDLE_TOO_LARGE"),)


def test_a_pipe_a_folder_and_a_link_to_nowhere_are_named(folder: Path) -> None:
    os.mkfifo(folder / "status" / "a-pipe.jwt")
    (folder / "status" / "b-folder.jwt").mkdir()
    (folder / "status" / "c-link-to-nowhere.jwt").symlink_to("nowhere")

    names = ["status/a-pipe.jwt", "status/b-folder.jwt", "status/c-link-to-nowhere.jwt"]
    assert Bundle.load(folder).unusable == tuple(Unusable(n, "FILE_UNREADABLE") for n in names)


def test_a_link_is_followed_inside_the_folder_and_never_out_of_it(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside.jwt").write_text(a_record(number="outside"))
    (folder / "..data").mkdir()
    (folder / "..data" / "inside").write_text(a_record(number="inside"))
    (folder / "records" / "a.jwt").symlink_to(tmp_path / "outside.jwt")
    (folder / "records" / "b.jwt").symlink_to("../..data/inside")

    bundle = Bundle.load(folder)

    assert bundle.unusable == (Unusable("records/a.jwt", "FILE_OUTSIDE"),)
    assert bundle.record(BODY, "inside")
    with pytest.raises(Unavailable):
        bundle.record(BODY, "outside")


def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "today").symlink_to(folder)

    assert Bundle.load(tmp_path / "today").about(BODY) == [a_statement()]


def test_a_name_that_could_disturb_a_terminal_is_shown_harmless(folder: Path) -> None:
    (folder / "status" / "\x1b[2J.jwt").write_text("x")

    assert Bundle.load(folder).unusable == (Unusable("status/\\x1b[2J.jwt", "TOKEN_MALFORMED"),)


def test_a_kind_that_is_no_folder_is_named(folder: Path) -> None:
    (folder / "records" / "0113.jwt").unlink()
    (folder / "records").rmdir()
    (folder / "records").write_text("")

    assert Bundle.load(folder).unusable == (Unusable("records", "FILE_UNREADABLE"),)


def test_without_a_folder_there_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert "nowhere cannot be used: there is no such folder." in refusal(tmp_path / "nowhere")
    assert "file cannot be used: it is not a folder." in refusal(tmp_path / "file")


def test_without_anchors_there_is_no_bundle(folder: Path) -> None:
    (folder / "anchors.json").unlink()

    assert refusal(folder).startswith("anchors.json cannot be used: it is missing")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "JSON_ENCODING"),
        ("[]", "JSON_ENCODING"),
        ('{"anchors":[],"anchors":[]}', "JSON_DUPLICATE_MEMBER"),
        ('{"anchors":[]}', "not empty"),
        (json.dumps(anchors_json(colour="red")), "colour"),
        (json.dumps(anchors_json(kind=["regulatory"])), "kind is voluntary_mra"),
        (json.dumps(anchors_json(ms_pack="no-such-pack")), "no-such-pack"),
        (json.dumps(anchors_json(ended_pack="no-such-pack")), "no-such-pack"),
        (" " * (1024 * 1024 + 1), "it is too large"),
    ],
)
def test_anchors_that_cannot_be_read_refuse_the_bundle(
    folder: Path, content: str, why: str
) -> None:
    (folder / "anchors.json").write_text(content)

    assert refusal(folder).startswith("anchors.json cannot be used: ")
    assert why in refusal(folder)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "JSON_ENCODING"),
        ('{"polcy":{}}', "polcy"),
        ('{"policy":[]}', "policy and packs are objects"),
        ('{"policy":{"unaccreditd":"warn"}}', "unaccreditd"),
        ('{"policy":{"ms_pack":"no-such-pack"}}', "no-such-pack"),
        ('{"standards":[{"designator":"X 1"}]}', "X 1"),
        ('{"standards":[{"designator":"X 1","edition":[],"kind":"product"}]}', "edition has the"),
        ('{"schemes":[{}]}', "scheme: needs id, type"),
        ('{"schemes":[{"id":"S","type":"5","plan":[{"kind":"audit"}]}]}', "plan: needs months"),
        ('{"packs":{"ms_packs":[{"name":"mine"}]}}', "mine: needs title, source"),
        ('{"packs":{"others":[]}}', "others"),
    ],
)
def test_a_policy_that_cannot_be_read_is_never_replaced_by_the_default(
    folder: Path, content: str, why: str
) -> None:
    (folder / "policy.json").write_text(content)

    assert refusal(folder).startswith("policy.json cannot be used: ")
    assert why in refusal(folder)


def test_anchors_and_policy_are_not_read_through_a_link_that_leads_out(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "policy.json").write_text("{}")
    (folder / "policy.json").symlink_to(tmp_path / "policy.json")

    assert "it is a link that leads out of the folder" in refusal(folder)


def test_a_policy_link_to_nowhere_is_not_taken_for_no_policy(folder: Path) -> None:
    (folder / "policy.json").symlink_to("nowhere")

    assert refusal(folder) == "policy.json cannot be used: it cannot be read."


def test_the_policy_and_further_standards_of_a_bundle_hold(folder: Path) -> None:
    standard = {"designator": "CS 6004", "kind": "product"}
    write_policy(folder, {"policy": {"unaccredited": "warn"}, "standards": [standard]})

    bundle = Bundle.load(folder)

    assert bundle.policy.unaccredited == "warn"
    assert bundle.catalogue.kind("CS 6004:2019") == "product"


def replace_file(file: Path, content: str) -> None:
    beside = file.with_suffix(".new")
    beside.write_text(content)
    os.replace(beside, file)


@pytest.mark.parametrize("put", [replace_file, Path.write_text])
def test_a_changed_file_is_seen_without_a_restart(
    folder: Path, put: Callable[[Path, str], Any]
) -> None:
    bundle = watched(folder)
    put(folder / "status" / "1.jwt", a_list(AT + 60))

    assert bundle.status_list(URI) == a_list(AT + 60)


def test_an_added_and_a_removed_file_are_seen_without_a_restart(folder: Path) -> None:
    bundle = watched(folder)
    write_document(folder, "records", "0114", a_record(number="0114"))
    assert bundle.record(BODY, "0114")

    (folder / "records" / "0114.jwt").unlink()

    with pytest.raises(Unavailable):
        bundle.record(BODY, "0114")


def test_the_version_changes_with_statements_anchors_and_policy_only(folder: Path) -> None:
    bundle = watched(folder)
    versions = [bundle.version]
    changes: list[Callable[[], object]] = [
        lambda: write_document(folder, "status", "1", a_list(AT + 60)),
        lambda: write_document(folder, "statements", "cb-a", a_statement()),
        lambda: write_document(folder, "statements", "cb-b", a_statement("https://cb-b.example")),
        lambda: write_anchors(folder, anchors_json(name="The Arrangement")),
        lambda: write_policy(folder, {"policy": {"unaccredited": "warn"}}),
    ]
    for change in changes:
        change()
        versions.append(bundle.version)

    kept = [old == new for old, new in pairwise(versions)]
    assert kept == [True, True, False, False, False]


@pytest.mark.parametrize("name", ["anchors.json", "policy.json"])
def test_a_running_service_keeps_its_ground_and_says_so(folder: Path, name: str) -> None:
    bundle = watched(folder)
    (folder / name).write_text("{")
    write_document(folder, "status", "1", a_list(AT + 60))

    assert [anchor.id for anchor in bundle.anchors] == [ANCHOR]
    assert bundle.policy == DEFAULT
    assert named(bundle) == [Unusable(name, "BUNDLE_UNUSABLE")]
    assert bundle.status_list(URI) == a_list(AT + 60)

    write_anchors(folder, anchors_json(OTHER))
    write_policy(folder, {})

    assert named(bundle) == []
    assert list(bundle.anchors[0].keys) == [OTHER.kid]


def test_a_running_service_keeps_everything_while_the_folder_is_away(folder: Path) -> None:
    bundle = watched(folder)
    away = folder.rename(folder.with_name("away"))
    assert named(bundle) == [Unusable(".", "BUNDLE_UNUSABLE")]
    assert bundle.record(BODY, NUMBER) == a_record()

    away.rename(folder)

    assert named(bundle) == []


def test_the_folder_is_looked_at_once_a_second_at_most(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr("service.storage.bundle.monotonic", lambda: now)
    bundle = Bundle.load(folder)
    write_document(folder, "status", "1", a_list(AT + 60))

    now = 1_000.999
    assert bundle.status_list(URI) == a_list()

    now = 1_001.0
    assert bundle.status_list(URI) == a_list(AT + 60)


def test_a_reader_never_sees_half_a_file(folder: Path) -> None:
    bundle, stop = watched(folder), Event()
    tokens = [a_list(AT + number) for number in range(5)]
    write_document(folder, "status", "1", tokens[0])

    def write() -> None:
        while not stop.is_set():
            for token in tokens:
                write_document(folder, "status", "1", token)

    writer = Thread(target=write)
    writer.start()
    seen: set[str] = set()
    give_up = time.monotonic() + 20
    try:
        while len(seen) < len(tokens) and time.monotonic() < give_up:
            seen.add(bundle.status_list(URI))
    finally:
        stop.set()
        writer.join()

    assert seen == set(tokens)
    assert bundle.unusable == ()


@pytest.mark.parametrize(
    ("kind", "name", "token"),
    [
        ("papers", "1", a_list()),
        ("status", "../1", a_list()),
        ("status", ".1", a_list()),
        ("status", "", a_list()),
        ("status", "1", a_record()),
        ("status", "1", "é"),
    ],
)
def test_nothing_is_written_that_a_bundle_would_not_use(
    tmp_path: Path, kind: str, name: str, token: str
) -> None:
    with pytest.raises(ValueError, match=r"no such kind|would not use"):
        write_document(tmp_path, kind, name, token)

    assert list(tmp_path.rglob("*")) == []


def test_anchors_and_policies_that_would_not_be_read_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not empty"):
        write_anchors(tmp_path, {"anchors": []})
    with pytest.raises(ValueError, match="polcy"):
        write_policy(tmp_path, {"polcy": {}})

    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_a_thousand_records_opens_at_once(folder: Path) -> None:
    token = a_record(number="n" * 8)
    for number in range(1_000):
        (folder / "records" / f"{number}.jwt").write_text(token)
    began = time.perf_counter()

    Bundle.load(folder)

    assert time.perf_counter() - began < 0.5


def test_a_bundle_needs_neither_flask_nor_a_database() -> None:
    absent = ["flask", "jinja2", "werkzeug", "sqlalchemy", "sqlite3", "service.storage.fetch"]
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({absent})); import service.storage.bundle"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
