"""Who may do what: roles that people and machines have at a body, and the powers of each role.

A role is held at one body and counts there only. An operator's role may be held at the service
itself, and then counts at every body: it is about running them, and decides nothing. What is not
listed is denied. Some powers need a second person: one proposes, another approves (security.md
R20, A11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is at a body."""

    APPLICANT = "applicant"
    EVALUATOR = "evaluator"
    DECISION_MAKER = "decision_maker"
    SURVEILLANCE_OFFICER = "surveillance_officer"
    REGISTER_OFFICER = "register_officer"
    ACCREDITATION_OFFICER = "accreditation_officer"
    ARRANGEMENT_OFFICER = "arrangement_officer"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Power(StrEnum):
    """One thing that can be done at a body."""

    READ = "read"
    APPLY = "apply"
    EVALUATE = "evaluate"
    DECIDE = "decide"
    ISSUE = "issue"
    SURVEY = "survey"
    CORRECT = "correct"
    MIGRATE = "migrate"
    ACCREDIT = "accredit"
    RECOGNISE = "recognise"
    ENROL = "enrol"
    KEYS = "keys"
    PEOPLE = "people"
    ANCHORS = "anchors"
    POLICY = "policy"


POWERS: Mapping[Role, frozenset[Power]] = {
    Role.APPLICANT: frozenset({Power.READ, Power.APPLY}),
    Role.EVALUATOR: frozenset({Power.READ, Power.APPLY, Power.EVALUATE}),
    Role.DECISION_MAKER: frozenset({Power.READ, Power.DECIDE, Power.ISSUE}),
    Role.SURVEILLANCE_OFFICER: frozenset({Power.READ, Power.SURVEY}),
    Role.REGISTER_OFFICER: frozenset(
        {Power.READ, Power.APPLY, Power.ISSUE, Power.CORRECT, Power.MIGRATE}
    ),
    Role.ACCREDITATION_OFFICER: frozenset({Power.READ, Power.ACCREDIT}),
    Role.ARRANGEMENT_OFFICER: frozenset({Power.READ, Power.RECOGNISE}),
    Role.AUDITOR: frozenset({Power.READ}),
    Role.OPERATOR: frozenset(
        {Power.READ, Power.ENROL, Power.KEYS, Power.PEOPLE, Power.ANCHORS, Power.POLICY}
    ),
}
# One person proposes, another approves.
TWO_PEOPLE = frozenset({Power.CORRECT, Power.KEYS, Power.ANCHORS, Power.POLICY})
# What no machine may, whatever its role: it is no person, and could make itself a second one.
PERSONAL = TWO_PEOPLE | {Power.PEOPLE}

# Where an operator's role is held: the service itself, which is no body.
SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `id` is what the ledger writes down.

    `user` and `machine` have the roles that the register knows; `system` is the service itself (its
    clock, the command line of whoever runs it), which acts only where nobody has to be asked.
    `scope` narrows a machine's key to some powers; None is every power of its roles. `proposed_by`
    is the name of the person who proposed what this other one now does: only approving sets it.
    """

    kind: str
    id: str
    scope: frozenset[Power] | None = None
    proposed_by: str | None = None

    @property
    def name(self) -> str:
        """As the ledger has it."""
        return f"{self.kind}:{self.id}"


def needs_two(role: Role) -> bool:
    """Whether a role may approve or propose what needs two people."""
    return bool(POWERS[role] & TWO_PEOPLE)


CLOCK = Actor("system", "clock")
COMMAND_LINE = Actor("system", "command-line")
