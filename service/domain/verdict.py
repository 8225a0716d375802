"""Verdicts, and the findings they rest on.

A report keeps every finding; the worst decides (rules.md section 0). Unknown is never green:
an axis without a proven answer is `unknown`, and no verdict starts out as ACCEPT.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from service.domain.reason import Reason


class Verdict(StrEnum):
    """The answer to a question about a certificate."""

    ACCEPT = "ACCEPT"
    ACCEPT_WITH_WARNING = "ACCEPT_WITH_WARNING"
    NOT_FOR_THIS_PURPOSE = "NOT_FOR_THIS_PURPOSE"
    CANNOT_CONFIRM = "CANNOT_CONFIRM"
    REJECT = "REJECT"


class Outcome(StrEnum):
    """What one finding contributes; a `note` is shown and never changes the verdict."""

    ACCEPT = "accept"
    NOTE = "note"
    ACCEPT_WITH_WARNING = "accept_with_warning"
    CANNOT_CONFIRM = "cannot_confirm"
    NOT_FOR_THIS_PURPOSE = "not_for_this_purpose"
    REJECT = "reject"


# Worst last: REJECT > NOT_FOR_THIS_PURPOSE > CANNOT_CONFIRM > ACCEPT_WITH_WARNING > ACCEPT.
SEVERITY: Mapping[Outcome, int] = {
    Outcome.ACCEPT: 0,
    Outcome.NOTE: 0,
    Outcome.ACCEPT_WITH_WARNING: 1,
    Outcome.CANNOT_CONFIRM: 2,
    Outcome.NOT_FOR_THIS_PURPOSE: 3,
    Outcome.REJECT: 4,
}
_VERDICT_OF_SEVERITY = (
    Verdict.ACCEPT,
    Verdict.ACCEPT_WITH_WARNING,
    Verdict.CANNOT_CONFIRM,
    Verdict.NOT_FOR_THIS_PURPOSE,
    Verdict.REJECT,
)


class Check(StrEnum):
    """Which part of the verification a finding belongs to (design.md section 7)."""

    READ = "read"
    PARSE = "parse"
    CHAIN = "chain"
    KEY = "key"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    COVERAGE = "coverage"
    STATUS = "status"
    SURVEILLANCE = "surveillance"
    FIT = "fit"
    MARK = "mark"


class Axis(StrEnum):
    """The three questions that every report answers separately."""

    GENUINE = "genuine"
    IN_FORCE = "in_force"
    FITS = "fits"


class Answer(StrEnum):
    """The answer on one axis."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """What the table says of one code; `axis` is None for notes that touch no axis."""

    group: str
    outcome: Outcome
    axis: Axis | None
    texts: Mapping[str, str]


@cache
def code_table() -> Mapping[Reason, CodeEntry]:
    """THE table of codes, read once from `codes.json` beside this module."""
    raw = json.loads(Path(__file__).with_name("codes.json").read_text("utf-8"))
    return {
        Reason(code): CodeEntry(
            group=row.pop("group"),
            outcome=Outcome(row.pop("outcome")),
            axis=None if (axis := row.pop("axis")) is None else Axis(axis),
            texts=row,
        )
        for code, row in raw.items()
    }


class Refused(Exception):
    """The evidence is bad: refused for `code`, with `facts` that never quote unproven claims."""

    def __init__(self, code: Reason, /, **facts: Any) -> None:
        super().__init__(str(code))
        self.code = code
        self.facts = facts


class Unavailable(Exception):
    """Evidence could not be had; says nothing about what it would have shown."""


def plain(value: Any) -> Any:
    """A fact as plain JSON values; days as `YYYY-MM-DD`, sets sorted."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    return value


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the verifier found: a passed check (`code` None) or a reason with its facts."""

    check: Check
    outcome: Outcome
    code: Reason | None = None
    axis: Axis | None = None
    # Of equal findings the facts are equal; a hash does not need them, and a mapping has none.
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @staticmethod
    def passed(check: Check) -> "Finding":
        """A check that passed."""
        return _passed(check)

    @staticmethod
    def of(
        check: Check, code: Reason, /, *, outcome: Outcome | None = None, **facts: Any
    ) -> "Finding":
        """A finding with the verdict and axis of the table, or a stated `outcome`.

        Evidence of status that is refused is no evidence: its codes speak about the axis
        `in_force`, whatever axis they have on a certificate (security.md section 4).
        """
        outcome, axis = _meaning(check, code, outcome)
        return Finding(check, outcome, code, axis, facts)

    @property
    def text(self) -> str:
        """The sentence for a buyer, in English; empty for a passed check."""
        if self.code is None:
            return ""
        return fill(code_table()[self.code].texts["sentence"], self.facts)

    def to_json(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return {
            "check": str(self.check),
            "code": None if self.code is None else str(self.code),
            "outcome": str(self.outcome),
            "text": self.text,
            "facts": plain(self.facts),
        }


@cache
def _passed(check: Check) -> Finding:
    return Finding(check, Outcome.ACCEPT)


# The checks that a verification stops at, in their order (security.md section 3, steps 1 to 6).
_STEPS = (Check.READ, Check.PARSE, Check.CHAIN, Check.KEY, Check.SIGNATURE, Check.CLAIMS)


@cache
def passed_before(check: Check) -> tuple[Finding, ...]:
    """The passed checks of a verification that has come as far as `check`."""
    return tuple(map(Finding.passed, _STEPS[: _STEPS.index(check)]))


class Stopped(Exception):
    """One of the steps 1 to 6 failed: `findings`, the passed checks before it first, decide."""

    def __init__(self, *failed: Finding) -> None:
        super().__init__(str(failed[0].code))
        self.findings = (*passed_before(failed[0].check), *failed)

    @staticmethod
    def at(check: Check, refused: Refused, *beside: Finding) -> "Stopped":
        """The stop at a check whose evidence was refused."""
        return Stopped(Finding.of(check, refused.code, **refused.facts), *beside)


@cache
def _meaning(check: Check, code: Reason, outcome: Outcome | None) -> tuple[Outcome, Axis | None]:
    entry = code_table()[code]
    outcome = outcome or entry.outcome
    of_evidence = check is Check.STATUS and outcome is Outcome.CANNOT_CONFIRM
    return outcome, Axis.IN_FORCE if of_evidence else entry.axis


_ASIDE = re.compile(r" \([^()]*\{(\w+)\}[^()]*\)")


UNKNOWN_DAY = "an unknown day"


class _Facts(dict[str, str]):
    def __init__(self, known: Mapping[str, str], unknown_day: str) -> None:
        super().__init__(known)
        self._unknown_day = unknown_day

    def __missing__(self, key: str) -> str:
        return self._unknown_day if key in {"date", "limit", "from", "to"} else "…"


def fill(sentence: str, facts: Mapping[str, Any], unknown_day: str = UNKNOWN_DAY) -> str:
    """Put facts into a sentence of the table; what is not known is said so.

    An aside in brackets whose fact is missing is dropped.
    """

    def show(value: Any) -> str:
        bare = plain(value)
        return ", ".join(map(str, bare)) if isinstance(bare, list) else str(bare)

    shown = {name: show(value) for name, value in facts.items() if value is not None}
    known = _Facts(shown, unknown_day)
    sentence = _ASIDE.sub(lambda aside: aside[0] if aside[1] in known else "", sentence)
    return sentence.format_map(known)


def worst(findings: Iterable[Finding]) -> Verdict:
    """The verdict of findings; none at all is an error, for silence is not consent."""
    severities = [SEVERITY[finding.outcome] for finding in findings]
    if not severities:
        raise ValueError("a verdict needs findings")
    return _VERDICT_OF_SEVERITY[max(severities)]


def answer(findings: Iterable[Finding], axis: Axis) -> Answer:
    """The answer on one axis: `no` by a REJECT or NOT_FOR, `unknown` by a CANNOT, else `yes`."""
    level = max((SEVERITY[f.outcome] for f in findings if f.axis is axis), default=0)
    return Answer.NO if level >= 3 else Answer.UNKNOWN if level == 2 else Answer.YES
