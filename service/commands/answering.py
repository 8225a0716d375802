"""Who answers: a verifier over an evidence folder, or a service that is asked for its answer.

Both give the report as plain JSON values, and everything after them, words and exit codes
included, is made from those: what is printed does not depend on who was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from service.commands.door import ACCEPTED, REFUSED, UNKNOWN, USAGE, Refusal
from service.commands.sheet import sheet
from service.domain.dates import show_instant
from service.domain.question import EMPTY, Question
from service.domain.report import Report
from service.domain.verdict import Unavailable, Verdict

EXIT_CODES: Mapping[Verdict, int] = {
    Verdict.ACCEPT: ACCEPTED,
    Verdict.ACCEPT_WITH_WARNING: ACCEPTED,
    Verdict.NOT_FOR_THIS_PURPOSE: REFUSED,
    Verdict.CANNOT_CONFIRM: UNKNOWN,
    Verdict.REJECT: REFUSED,
}
# Of several the code of the worst; a request that could not be read is worse than any verdict.
_WORST_FIRST = (USAGE, REFUSED, UNKNOWN)


def worst_exit(codes: set[int]) -> int:
    """The exit code of several answers, each with its own."""
    return next((code for code in _WORST_FIRST if code in codes), ACCEPTED)


def exit_code(report: Mapping[str, Any]) -> int:
    """The exit code of one report."""
    return EXIT_CODES[Verdict(report["verdict"])]


@dataclass(frozen=True, slots=True)
class Query:
    """One text, what is asked about it, and the instant to judge; None is now."""

    text: str
    question: Question = EMPTY
    at: int | None = None


class QueryRefused(Exception):
    """A service does not answer this query, for `code`."""

    title = "the service does not answer this"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Answers(Protocol):
    """Somebody who can be asked."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of the evidence before any answer."""

    def report(self, query: Query, now: int) -> dict[str, Any]:
        """The report on a query; `now` in POSIX seconds. Raises QueryRefused and Refusal."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where answers come from: an evidence folder, or a service; can be sent to a process.

    `state` is the file that remembers, None for the folder's own; `remembers` False does without.
    """

    bundle: Path | None = None
    url: str | None = None
    state: Path | None = None
    remembers: bool = True

    def open(self) -> Answers:
        """Make ready to answer. Raises Refusal."""
        if self.url:
            return _Service(self.url)
        # Here, for whoever asks a service needs none of it.
        from service.commands.opening import open_folder

        folder = self.bundle or Path()
        return _Folder(open_folder(folder, state=self.state, remembers=self.remembers))


@dataclass(frozen=True, slots=True)
class _Folder:
    opened: Any

    @property
    def notes(self) -> tuple[str, ...]:
        notes: tuple[str, ...] = self.opened.notes
        return notes

    def report(self, query: Query, now: int) -> dict[str, Any]:
        # What is asked about another instant must not teach the verifier what is newest.
        at, remember = (now, True) if query.at is None else (query.at, False)
        report: Report = self.opened.verifier.verify(
            query.text, at=at, question=query.question, remember=remember
        )
        return replace(report, findings=(*report.findings, *self.opened.remarks)).to_json()


@dataclass(frozen=True, slots=True)
class _Service:
    url: str
    notes: tuple[str, ...] = ()

    def report(self, query: Query, now: int) -> dict[str, Any]:
        from service.storage.fetch import ServiceRefused, ask_service

        asked: dict[str, Any] = {"text": query.text}
        if query.question != EMPTY:
            asked["question"] = query.question.to_json()
        if query.at is not None:
            asked["at"] = show_instant(query.at)
        try:
            report: dict[str, Any] = ask_service(self.url, asked)
        except ServiceRefused as refused:
            raise QueryRefused(refused.code) from None
        except Unavailable as error:
            raise self._unavailable(f"could not be asked ({error})") from None
        except ValueError as error:
            raise Refusal("BAD_PARAMETER", f"--url {self.url}: {error}") from None
        try:
            # A report that cannot be shown is none: whoever answered there is no verifier of ours.
            sheet(report)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._unavailable("does not answer like a verifier") from None
        return report

    def _unavailable(self, why: str) -> Refusal:
        sentence = f"{self.url} {why}, so nothing can be confirmed"
        return Refusal("SERVICE_UNAVAILABLE", sentence, exit_code=UNKNOWN)
