"""A gate: one condition that must hold before a certificate is signed, and how it stands.

All gates of a dossier are shown, the passed ones too, so that whoever works on it sees what is
still missing (rules.md 2e). A gate that refuses is never a verdict about a certificate: nothing has
been signed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from service.domain.verdict import plain


class GateOutcome(StrEnum):
    """How a gate stands; a warning does not keep anything from being signed."""

    PASSED = "passed"
    REFUSED = "refused"
    WARNING = "warning"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate, by the id of its rule.

    `code` is the stable reason code where the domain has one, else the id; None where nothing is
    wrong. `missing` is a plain sentence: what is missing or wrong, or why the gate is not needed.
    """

    id: str
    outcome: GateOutcome
    code: str | None = None
    missing: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The gate as plain JSON values."""
        return {
            "id": self.id,
            "outcome": str(self.outcome),
            "code": self.code,
            "missing": self.missing,
            "facts": plain(self.facts),
        }


def refused(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """The gates that refuse; while there is one, nothing is signed."""
    return tuple(gate for gate in gates if gate.outcome is GateOutcome.REFUSED)
