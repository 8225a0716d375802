"""Many queries from a file of JSON lines, answered in their order, one JSON line each.

The file is streamed, whatever its size. The first lines are answered here; where more come, other
processes help, for threads do not share the work of checking signatures. All judge at the instant
at which the run began. A line that cannot be read is answered with its number and a code.
"""

import json
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from typing import Any, BinaryIO

from service.commands.answering import Answers, Query, QueryRefused, Source, exit_code
from service.commands.door import USAGE
from service.credential import strict_json
from service.domain.dates import read_instant
from service.domain.question import QuestionRefused, parse_question
from service.domain.verdict import Refused

# A text of 8,192 characters and every field of a question, escaped, fit into a quarter of it.
MAX_LINE_BYTES = 64 << 10
# Below this the start of other processes costs more than they save.
ALONE_LINES = 2_000
CHUNK_LINES = 200
# Chunks under way for each process: enough that none waits, few enough to hold in memory.
CHUNKS_AHEAD = 3

_FIELDS = frozenset({"text", "question", "at"})
TITLES: Mapping[str, str] = {
    "BODY_TOO_LARGE": "The line is longer than 64 KiB.",
    "BAD_PARAMETER": "A value cannot be read: {field}.",
    "UNKNOWN_FIELD": "There is no such field: {field}.",
    "JSON_ENCODING": "The line is not a JSON object in UTF-8.",
    "JSON_DUPLICATE_MEMBER": "A member stands twice in the line.",
    "JSON_TOO_DEEP": "The line is nested too deeply.",
    "JSON_NUMBER_RANGE": "The line contains a number out of range.",
    "JSON_NON_FINITE": "The line contains something that is not a number.",
}


class LineRefused(ValueError):
    """A line that asks nothing readable: a code of TITLES, perhaps with the field at fault."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.title = TITLES[code].format(field=field)


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of the answer, its exit code, and the bytes of the line it answers."""

    line: str
    code: int
    size: int


Numbered = tuple[int, bytes]


def numbered_lines(file: BinaryIO) -> Iterator[Numbered]:
    """The lines of a file with their numbers, from 1; of one that is too long only the beginning.

    Empty lines are counted and left out.
    """
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
        if line := line.strip():
            yield number, line


def read_query(line: bytes, usual: Query) -> Query:
    """The query of a line; what it does not state is as `usual`. Raises LineRefused."""
    if len(line) > MAX_LINE_BYTES:
        raise LineRefused("BODY_TOO_LARGE")
    try:
        asked = strict_json.loads(line)
    except Refused as refused:
        raise LineRefused(str(refused.code)) from None
    if unknown := asked.keys() - _FIELDS:
        raise LineRefused("UNKNOWN_FIELD", min(unknown)[:40])
    text, question = asked.get("text"), asked.get("question", {})
    if type(text) is not str:
        raise LineRefused("BAD_PARAMETER", "text")
    if type(question) is not dict:
        raise LineRefused("BAD_PARAMETER", "question")
    query = replace(usual, text=text.strip())
    try:
        if "question" in asked:
            query = replace(query, question=parse_question(question))
    except QuestionRefused as refused:
        raise LineRefused(refused.code, refused.field) from None
    return replace(query, at=_instant(asked["at"])) if "at" in asked else query


def _instant(value: object) -> int:
    """An instant written `2026-06-15T12:00:00Z`, in POSIX seconds. Raises LineRefused."""
    try:
        return read_instant(value)
    except ValueError:
        raise LineRefused("BAD_PARAMETER", "at") from None


def answer_line(answers: Answers, line: Numbered, usual: Query, now: int) -> Answered:
    """The answer to one line."""
    number, raw = line
    try:
        report = answers.report(read_query(raw, usual), now)
    except QueryRefused as refused:
        error = {"code": refused.code, "title": "The service does not answer this line."}
        return Answered(json.dumps({"line": number, "error": error}), USAGE, len(raw))
    except LineRefused as refused:
        error = {"code": refused.code, "title": refused.title}
        return Answered(json.dumps({"line": number, "error": error}), USAGE, len(raw))
    return Answered(json.dumps(report), exit_code(report), len(raw))


def answer_lines(
    source: Source,
    answers: Answers,
    lines: Iterable[Numbered],
    *,
    usual: Query,
    now: int,
    alone: int = ALONE_LINES,
) -> Iterator[Answered]:
    """The answers to all lines, in their order.

    `answers` is opened from `source`; `alone` lines are answered here before others help. A service
    is asked line by line.
    """
    coming = iter(lines)
    mine = coming if source.url else islice(coming, alone)
    for line in mine:
        yield answer_line(answers, line, usual, now)
    chunks = iter(lambda: list(islice(coming, CHUNK_LINES)), [])
    if (first := next(chunks, None)) is not None:
        yield from _with_others(source, _then(first, chunks), usual, now)


def _then(first: list[Numbered], rest: Iterator[list[Numbered]]) -> Iterator[list[Numbered]]:
    yield first
    yield from rest


def _with_others(
    source: Source, chunks: Iterator[list[Numbered]], usual: Query, now: int
) -> Iterator[Answered]:
    count = os.cpu_count() or 1
    # Started afresh: a forked process would inherit locks in whatever state they are.
    with ProcessPoolExecutor(
        count, get_context("spawn"), initializer=_begin, initargs=(source, usual, now)
    ) as pool:
        under_way: deque[Future[list[Answered]]] = deque()
        for chunk in chunks:
            with _deaf_children():
                under_way.append(pool.submit(_answer_chunk, chunk))
            if len(under_way) >= count * CHUNKS_AHEAD:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes begun here do not hear Ctrl-C: the one that the user sees ends them."""
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


# What a helping process holds: it has this one task in its life.
_begun: dict[str, Any] = {}


def _begin(source: Source, usual: Query, now: int) -> None:
    _begun.update(answers=source.open(), usual=usual, now=now)


def _answer_chunk(chunk: list[Numbered]) -> list[Answered]:
    return [answer_line(line=line, **_begun) for line in chunk]
