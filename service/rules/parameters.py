"""The parameters of the policy with what they mean and where they come from (rules.md 2.0).

Shipped as data (`parameters.json`), for readers; what counts is the policy. A test holds both to
the same names and defaults.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `inferred` marks our own reading, where no public text says it.

    `unit` is days, months, seconds, letters or instant; None where the value is no amount.
    """

    name: str
    default: Any
    inferred: bool
    source: str
    meaning: str
    unit: str | None = None


@cache
def parameters() -> tuple[Parameter, ...]:
    """Every parameter of the policy, in its order."""
    raw = json.loads(Path(__file__).with_name("parameters.json").read_text("utf-8"))
    return tuple(Parameter(**row) for row in raw["parameters"])
