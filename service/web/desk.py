"""What the front desk works with: settings, verifier, evidence and clock, handed in, never global.

The protocols name what is used of each, so that a test may stand in for any of them.
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Protocol

from service.config import Settings
from service.domain.question import EMPTY, Question
from service.domain.report import Report
from service.storage.documents import Unusable


class Verifies(Protocol):
    """Answers questions about certificates; `service.verifier.Verifier` is the one."""

    def verify(
        self, text: str, *, at: int, question: Question = EMPTY, remember: bool = True
    ) -> Report:
        """The report on a text, judged at an instant in POSIX seconds."""


class Evidence(Protocol):
    """Signed documents by name, as `service.storage.bundle` gives them."""

    @property
    def anchors(self) -> Collection[object]:
        """The pinned anchors."""

    @property
    def unusable(self) -> Iterable[Unusable]:
        """What lies there and is not used."""

    @property
    def version(self) -> Hashable:
        """Changes whenever a statement does."""

    def every(self) -> Iterable[str]:
        """Every statement at hand."""

    def status_list(self, uri: str, *, time: int | None = None) -> str:
        """The list token of an address. Raises Unavailable."""

    def record(self, issuer: str, number: str) -> str:
        """The record token of a certificate. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a request needs; `clock` gives POSIX seconds."""

    settings: Settings
    verifier: Verifies
    evidence: Evidence
    clock: Callable[[], int]
