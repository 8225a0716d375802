"""Countries and economies: ISO 3166-1 codes by code or English name (`countries.json`).

A name that several have (Congo, Korea, Virgin Islands) is no country's name.
"""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from service.domain.sheet import folded


@cache
def countries() -> Mapping[str, tuple[str, ...]]:
    """Every code with its English names, the usual one first."""
    raw = json.loads(Path(__file__).with_name("countries.json").read_text("utf-8"))
    return {code: tuple(names) for code, names in raw["countries"].items()}


@cache
def _by_name() -> Mapping[str, str]:
    return {_name(name): code for code, names in countries().items() for name in names}


def _name(text: str) -> str:
    """A name for comparing: in any order around its commas, and without articles."""
    return " ".join(sorted(word for word in folded(text).split() if word != "the"))


@lru_cache(maxsize=1024)
def country_code(text: str) -> str | None:
    """The alpha-2 code of a code (in either case) or an English name; None for anything else."""
    code = text.strip().upper()
    return code if code in countries() else _by_name().get(_name(text))
