"""What a gate finds: problems, each a plain sentence, and how they add up to an outcome."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.domain.dossier import Dossier
from service.domain.gate import Gate, GateOutcome
from service.rules.gates.ground import Ground

# The worst first.
_ORDER = (GateOutcome.REFUSED, GateOutcome.WARNING, GateOutcome.NOT_NEEDED)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is missing or wrong, or the reason why a gate is not needed."""

    text: str
    outcome: GateOutcome
    code: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


Rule = Callable[[Dossier, Ground], Iterator[Problem]]


def wrong(text: str, code: str | None = None, /, **facts: Any) -> Problem:
    """Something because of which nothing may be signed; `code` where the domain has one."""
    return Problem(text, GateOutcome.REFUSED, code, facts)


def beware(text: str, code: str | None = None, /, **facts: Any) -> Problem:
    """Something that should be known before it is signed."""
    return Problem(text, GateOutcome.WARNING, code, facts)


def idle(text: str) -> Problem:
    """Why the gate is not needed here."""
    return Problem(text, GateOutcome.NOT_NEEDED)


def judged(gate: str, problems: Iterable[Problem]) -> Gate:
    """The gate with all its problems of the worst outcome; the first of them names the code."""
    found = tuple(problems)
    for outcome in _ORDER:
        counted = [one for one in found if one.outcome is outcome]
        if counted:
            needed = outcome is not GateOutcome.NOT_NEEDED
            code = next((one.code for one in counted if one.code), gate) if needed else None
            facts = {name: value for one in reversed(counted) for name, value in one.facts.items()}
            texts = dict.fromkeys(one.text for one in counted)
            return Gate(gate, outcome, code, " ".join(texts), facts)
    return Gate(gate, GateOutcome.PASSED)


def named(names: Iterable[object]) -> str:
    """Names in a sentence: `a, b and c`; an empty one is not known."""
    *most, last = [str(name) for name in names] or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last


def late(day: date | None, limit: date) -> bool:
    """Whether a day is missing or after its limit."""
    return day is None or day > limit
