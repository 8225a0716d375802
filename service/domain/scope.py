"""Scopes: which standards, codes and schemes something covers.

Codes match exactly, as plain strings; an empty set is nothing and None is everything (R10).
"""

from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple


class Standard(NamedTuple):
    """A standard by designator, with its edition if one is named."""

    designator: str
    edition: str | None

    def __str__(self) -> str:
        return self.designator if self.edition is None else f"{self.designator}:{self.edition}"


@lru_cache(maxsize=4096)
def standard(text: str) -> Standard:
    """`ISO 9001:2015` as designator and edition; without a colon there is no edition."""
    designator, _, edition = text.partition(":")
    return Standard(designator, edition or None)


@lru_cache(maxsize=4096)
def covers_standard(granted: str, certified: str) -> bool:
    """Whether a grant for `granted` covers `certified`; one without edition covers every one."""
    if granted == certified:
        return True
    wide, narrow = standard(granted), standard(certified)
    return wide.edition is None and wide.designator == narrow.designator


def any_covers(granted: Collection[str] | None, certified: str) -> bool:
    """Whether any of the granted standards covers one; None is every standard."""
    return granted is None or any(covers_standard(one, certified) for one in granted)
