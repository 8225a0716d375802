"""Issue only what we would accept: the finished token goes through the verifier (design.md 2).

The verifier is the one that any reader has, over the evidence that is published. Only the list and
the record are ahead of it: they are those that will be published with this certificate, signed by
the keys that will sign them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from service.domain.reason import Reason
from service.domain.refusal import Denied
from service.domain.report import Report
from service.domain.verdict import SEVERITY, Outcome
from service.rules.catalogue import Catalogue
from service.rules.policy import Policy
from service.trust.anchors import Anchor
from service.trust.sources import StatementSource
from service.verifier import Verifier

# A certificate may be issued before the day from which it applies.
_AHEAD = frozenset({Reason.NOT_YET_EFFECTIVE, Reason.DRAFT})


class Evidence(StatementSource, Protocol):
    """What is published: statements, and what they are judged by."""

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """The pinned anchors."""

    @property
    def policy(self) -> Policy:
        """The policy."""

    @property
    def catalogue(self) -> Catalogue:
        """The standards, schemes and packs."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The list and record that will be published with a certificate; sources for a verifier."""

    uri: str
    listed: str
    number: str
    recorded: str

    def status_lists(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> Sequence[str]:
        """The list, if it is the one that is asked for."""
        return [self.listed] if uri == self.uri and time is None else []

    def records(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> Sequence[str]:
        """The record, if it is the one that is asked for."""
        return [self.recorded] if self.recorded and number == self.number else []


def prove(token: str, evidence: Evidence, ahead: Ahead, *, at: int) -> Report:
    """The report that any reader will get of a token signed just now, at `at` (POSIX seconds).

    Raises Denied with the code that decides where it would not be accepted.
    """
    verifier = Verifier(
        evidence.anchors, evidence, ahead, ahead,
        policy=evidence.policy, catalogue=evidence.catalogue,
    )  # fmt: skip
    report = verifier.verify(token, at=at, remember=False)
    against = [
        finding
        for finding in report.findings
        if SEVERITY[finding.outcome] > SEVERITY[Outcome.ACCEPT_WITH_WARNING]
        and finding.code not in _AHEAD
    ]
    if against:
        worst = max(against, key=lambda finding: SEVERITY[finding.outcome])
        raise Denied(
            str(worst.code),
            f"Readers would not accept this certificate: {worst.text}",
            codes=[str(finding.code) for finding in against],
        )
    return report
