"""`--batch`: a report a line, in order, whatever a line holds and however many there are."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from service.commands.answering import Query, Source
from service.commands.batch import MAX_LINE_BYTES, answer_lines, numbered_lines
from tests.cli.conftest import Terminal
from tests.world import JUNE_15, World


def lines_of(*asked: Any) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in asked)


def answered(stdout: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stdout.splitlines()]


def test_every_line_is_answered_in_its_order(verify: Terminal, token: str, tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_bytes(
        lines_of(
            {"text": token},
            {"text": token, "question": {"needs": "product"}},
            {"text": "nothing"},
            {"text": f" {token}\n", "at": "2026-06-15T12:30:00Z"},
        )
    )

    ran = verify("--batch", file)

    reports = answered(ran.stdout)
    assert ran.exit_code == 1
    assert [report["verdict"] for report in reports] == [
        "ACCEPT", "NOT_FOR_THIS_PURPOSE", "REJECT", "ACCEPT",
    ]  # fmt: skip
    assert reports[3]["checked_at"] == "2026-06-15T12:30:00Z"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "JSON_ENCODING"),
        (b"[]", "JSON_ENCODING"),
        (b"\xff", "JSON_ENCODING"),
        (b'{"text":"a","text":"b"}', "JSON_DUPLICATE_MEMBER"),
        (b'{"text":1.5}', "JSON_NUMBER_RANGE"),
        (b"{}", "BAD_PARAMETER"),
        (b'{"text":1}', "BAD_PARAMETER"),
        (b'{"text":"a","question":[]}', "BAD_PARAMETER"),
        (b'{"text":"a","question":null}', "BAD_PARAMETER"),
        (b'{"text":"a","question":{"on":"2026-02-30"}}', "BAD_PARAMETER"),
        (b'{"text":"a","question":{"colour":"red"}}', "UNKNOWN_FIELD"),
        (b'{"text":"a","at":"today"}', "BAD_PARAMETER"),
        (b'{"text":"a","at":0}', "BAD_PARAMETER"),
        (b'{"text":"a","colour":"red"}', "UNKNOWN_FIELD"),
        (b'{"text":"' + b"a" * MAX_LINE_BYTES + b'"}', "BODY_TOO_LARGE"),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_with_its_number(
    verify: Terminal, token: str, line: bytes, code: str
) -> None:
    good = lines_of({"text": token})

    ran = verify("--batch", "-", stdin=good + b"\n" + line + b"\n" + good)

    first, broken, last = answered(ran.stdout)
    assert ran.exit_code == 2
    assert (first["verdict"], last["verdict"]) == ("ACCEPT", "ACCEPT")
    assert broken == {"line": 3, "error": {"code": code, "title": broken["error"]["title"]}}
    assert broken["error"]["title"].endswith(".")


def test_the_last_line_needs_no_end(verify: Terminal, token: str) -> None:
    ran = verify("--batch", "-", stdin=lines_of({"text": token}).rstrip())

    assert (ran.exit_code, len(answered(ran.stdout))) == (0, 1)


def test_a_line_of_the_greatest_length_is_read_and_one_longer_is_not() -> None:
    full = b"x" * MAX_LINE_BYTES

    found = list(numbered_lines(BytesIO(full + b"\n" + full + b"x\nshort\n")))

    assert [(number, len(line) > MAX_LINE_BYTES) for number, line in found] == [
        (1, False), (2, True), (3, False),
    ]  # fmt: skip


def test_what_is_asked_on_the_command_line_holds_where_a_line_asks_nothing(
    verify: Terminal, token: str
) -> None:
    own = {"text": token, "question": {"needs": "management_system"}}

    ran = verify("--ask", "needs=product", "--batch", "-", stdin=lines_of({"text": token}, own))

    asked = [report["asked"] for report in answered(ran.stdout)]
    assert asked == [{"needs": "product"}, {"needs": "management_system"}]


def test_other_processes_give_the_same_answers_in_the_same_order(
    world: World, bundle: Path, token: str
) -> None:
    other = world.product_cb.issue()
    world.network.write_bundle(bundle)
    asked = [{"text": token if n % 3 else other} for n in range(500)] + [{"txt": ""}]
    source = Source(bundle=bundle)

    def codes(alone: int) -> list[tuple[str, int]]:
        lines = numbered_lines(BytesIO(lines_of(*asked)))
        answers = answer_lines(
            source, source.open(), lines, usual=Query(""), now=JUNE_15, alone=alone
        )
        return [(answer.line, answer.code) for answer in answers]

    codes(alone=1_000)  # the first run ever says that it remembers nothing
    shared = codes(alone=10)

    assert shared == codes(alone=1_000)
    assert [json.loads(line)["certificate"]["iss"] for line, _ in shared[:4]] == [
        world.product_cb.id, world.cb.id, world.cb.id, world.product_cb.id,
    ]  # fmt: skip
    assert shared[-1][1] == 2


def test_what_another_process_learns_is_remembered(world: World, bundle: Path, token: str) -> None:
    source = Source(bundle=bundle)
    lines = numbered_lines(BytesIO(lines_of({"text": token})))

    list(answer_lines(source, source.open(), lines, usual=Query(""), now=JUNE_15, alone=0))

    assert world.cb.list_uri in (bundle / "state.json").read_text()
