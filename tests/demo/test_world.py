"""The example world: what it holds, that every way in leads to one answer, and that it lasts."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest

from service.credential.picture import read_codes
from service.demo import (
    GOOD_FOR_DAYS,
    Demo,
    DemoBroken,
    build_world,
    first_to_try,
    load_demo,
    re_sign,
)
from service.demo.world import prove
from service.domain.reason import Reason
from service.domain.verdict import Verdict
from service.storage.memory import StateFile
from tests.demo.asking import BASE_URL, DAY_S, NOON, answer, ask, verifier_of

REGISTER = "register.db"
# Of whom nothing new is heard: the last list of one, and the last statement about another.
SILENT = {
    "bundle/public/cb/fennbrook/status/2.jwt",
    "bundle/status/cb-fennbrook-2.jwt",
    "bundle/statements/demo.proofmark.example_2Fab_2Fnorthland-about-"
    "demo.proofmark.example_2Fcb_2Fmerrowgate.jwt",
}


def _files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def _shown(folder: Path) -> dict[str, bytes]:
    """Everything but the register, in which a person and a machine are new each time."""
    return {name: content for name, content in _files(folder).items() if name != REGISTER}


def _copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to / "world"))


def test_the_world_shows_every_kind_and_verdict(demo: Demo) -> None:
    cases = demo.certificates

    assert len({case.token for case in cases}) >= 25
    assert {case.kind for case in cases} == {"product", "management_system", "service"}
    assert {case.verdict for case in cases} == set(Verdict)
    for kind in ("product", "management_system"):
        assert {"ACCEPT", "REJECT"} <= {case.verdict for case in cases if case.kind == kind}


def test_the_world_shows_at_least_twenty_codes(demo: Demo) -> None:
    codes = {code for case in demo.certificates for code in case.codes}

    assert codes <= set(Reason)
    assert len(codes) >= 20


def test_every_story_is_told_once(demo: Demo) -> None:
    assert len({case.slug for case in demo.certificates}) == len(demo.certificates)
    assert len({case.story for case in demo.certificates}) == len(demo.certificates)


def test_every_answer_is_the_planned_one(demo: Demo, folder: Path) -> None:
    verifier = verifier_of(folder)

    answers = {case.slug: answer(ask(verifier, case)) for case in demo.certificates}

    assert answers == {case.slug: (case.verdict, case.codes) for case in demo.certificates}


def test_token_digits_and_picture_lead_to_the_same_answer(demo: Demo, folder: Path) -> None:
    verifier = verifier_of(folder)
    names = sorted({case.png for case in demo.certificates})
    with ThreadPoolExecutor(4) as readers:  # each picture is read in a process of its own
        found = readers.map(lambda name: read_codes((folder / name).read_bytes()), names)
        pictures = dict(zip(names, found, strict=True))

    for case in demo.certificates:
        digits = urlsplit(case.url).path.removeprefix("/q/")
        assert pictures[case.png] == (f"{BASE_URL}/q/{digits}",)
        expected = ask(verifier, case).to_json()
        token = (folder / case.token).read_text("ascii").strip()
        for text in (token, digits, pictures[case.png][0]):
            assert ask(verifier, case, text).to_json() == expected, case.slug


def test_links_ask_the_question(demo: Demo) -> None:
    for case in demo.certificates:
        assert dict(parse_qsl(urlsplit(case.url).query)) == dict(case.question)


def test_drawings_are_well_formed(demo: Demo, folder: Path) -> None:
    for case in demo.certificates:
        root = ElementTree.fromstring((folder / case.svg).read_bytes())  # noqa: S314  # our own

        assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_the_index_on_disk_is_the_world(demo: Demo, folder: Path) -> None:
    found = json.loads((folder / "demo.json").read_text("utf-8"))

    assert load_demo(folder) == demo
    assert found["built_at"] == "2026-06-15T12:00:00Z"
    assert found["good_for_days"] == GOOD_FOR_DAYS
    assert found["certificates"][0]["verdict"] == "ACCEPT"


def test_progress_is_told_to_the_end(demo: Demo, drawn: list[tuple[int, int]]) -> None:
    total = len({case.token for case in demo.certificates})

    assert drawn == [(done, total) for done in range(1, total + 1)]


def test_what_to_try_first_shows_every_verdict(demo: Demo) -> None:
    first = first_to_try(demo)

    assert {case.verdict for case in first} == set(Verdict)
    assert all(case.url.startswith(f"{BASE_URL}/q/") for case in first)


def test_the_same_instant_gives_the_same_bytes(demo: Demo, folder: Path, tmp_path: Path) -> None:
    build_world(tmp_path / "again", at=NOON, base_url=BASE_URL)

    assert _shown(tmp_path / "again") == _shown(folder)


def test_an_earlier_world_gives_way(demo: Demo, folder: Path, tmp_path: Path) -> None:
    again = _copy(folder, tmp_path)
    for stray in ("bundle/status/old.jwt", "tokens/old.jwt", "qr/old.png", "bundle/state.json"):
        (again / stray).write_text("old")

    build_world(again, at=NOON, base_url=BASE_URL)

    assert _files(again).keys() == _files(folder).keys()
    assert _shown(again) == _shown(folder)


def test_nothing_secret_is_written(demo: Demo, folder: Path) -> None:
    for name, content in _files(folder).items():
        assert b"PRIVATE" not in content, name
        assert b'"d"' not in content, name
        assert b"proofmark-demo/" not in content, name


def test_the_code_and_the_key_of_the_newcomer_are_not_written(demo: Demo, folder: Path) -> None:
    assert demo.newcomer is not None
    code, key = demo.newcomer.code, demo.newcomer.api_key
    for name, content in _files(folder).items():
        for secret in (code, code.replace("-", ""), key, key.rpartition("_")[2]):
            assert secret.encode() not in content, name


@pytest.mark.parametrize("days", [1, 3, GOOD_FOR_DAYS])
def test_signed_again_the_answers_stay(demo: Demo, folder: Path, tmp_path: Path, days: int) -> None:
    later = _copy(folder, tmp_path)

    re_sign(later, at=NOON + days * DAY_S)

    prove(later, demo, at=NOON + days * DAY_S)


def test_a_verifier_that_remembers_stays_with_its_answers(
    demo: Demo, folder: Path, tmp_path: Path
) -> None:
    later = _copy(folder, tmp_path)

    for at in (NOON, NOON + 3600, NOON + DAY_S, NOON + GOOD_FOR_DAYS * DAY_S):
        re_sign(later, at=at)
        verifier = verifier_of(later, memory=StateFile(later / "bundle" / "state.json"))
        for case in demo.certificates:
            assert answer(ask(verifier, case, at=at)) == (case.verdict, case.codes), case.slug


def test_signing_again_changes_the_evidence_alone(demo: Demo, folder: Path, tmp_path: Path) -> None:
    later = _copy(folder, tmp_path)

    re_sign(later, at=NOON + DAY_S + 1)

    before, after = _files(folder), _files(later)
    assert before.keys() == after.keys()
    changed = {name for name in before if before[name] != after[name]}
    evidence = {name for name in before if name.endswith(".jwt") and "bundle/" in name}
    assert changed == evidence - SILENT | {REGISTER, "bundle/published.json"}
    assert evidence >= SILENT


def test_without_signing_again_the_answers_run_out(demo: Demo, folder: Path) -> None:
    verifier = verifier_of(folder)
    healthy = next(case for case in demo.certificates if case.slug == "harrow-system")

    assert ask(verifier, healthy, at=NOON + DAY_S - 1).verdict is Verdict.ACCEPT
    assert ask(verifier, healthy, at=NOON + DAY_S).verdict is Verdict.CANNOT_CONFIRM


def test_a_bundle_serves_a_week_offline(demo: Demo, folder: Path) -> None:
    verifier = verifier_of(folder, online=False)

    for case in demo.certificates:
        report = ask(verifier, case, at=NOON + 6 * DAY_S)
        assert answer(report) == (case.verdict, case.codes), case.slug


def test_evidence_is_never_older_than_its_world(demo: Demo, folder: Path) -> None:
    with pytest.raises(ValueError, match="older than its world"):
        re_sign(folder, at=NOON - 1)


def test_an_answer_that_is_not_the_planned_one_stops_the_building(demo: Demo, folder: Path) -> None:
    with pytest.raises(DemoBroken, match="harrow-system: CANNOT_CONFIRM"):
        prove(folder, demo, at=NOON + 2 * DAY_S)
