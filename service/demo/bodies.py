"""What a body of the example world is: its id, its keys, and what its superior says of it.

Days that are whole numbers are offsets from the day on which the world is built. The keys are made
from public seeds: anyone can sign for these bodies. Never trust this world.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from keys.signer import KeySigner

SEED = "proofmark-demo"

ARRANGEMENT, ACCREDITATION, CERTIFICATION = (
    "arrangement",
    "accreditation_body",
    "certification_body",
)
SYSTEMS, PRODUCTS = "ISO/IEC 17021-1", "ISO/IEC 17065"


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that happened to an accreditation, `on` days from the day of building."""

    type: str
    on: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body, and what its superior `by` says of it; `scope` as it stands in that statement.

    `number`, `norm` and `turns` are those of a certifier's accreditation. `lists` gives the age in
    days of each of its status lists: None for one that nobody can get. `statement_age` is that of
    its superior's last statement about it. An `unheard` body publishes nothing at all.
    """

    key: str
    id: str
    name: str
    role: str = CERTIFICATION
    by: str | None = None
    zone: str = "Europe/London"
    number: str = ""
    norm: str = SYSTEMS
    granted_on: str = "2015-03-02"
    scope: tuple[Mapping[str, Any], ...] = ()
    turns: tuple[Turn, ...] = ()
    algorithm: str = "ES256"
    lists: Mapping[str, int | None] | None = None
    statement_age: int = 0
    pinned: bool = False
    unheard: bool = False

    @property
    def origin(self) -> str:
        """Where its lists and records may lie: scheme and host of its id."""
        return "/".join(self.id.split("/")[:3])

    def signer(self, purpose: str) -> KeySigner:
        """Its key for `federation`, `certificate`, or `evidence` (lists and records)."""
        return _signer(self.key, purpose, self.algorithm if purpose == "certificate" else "ES256")


@cache
def _signer(key: str, purpose: str, algorithm: str) -> KeySigner:
    kid = {"federation": None, "certificate": f"{key}-1", "evidence": f"{key}-s"}[purpose]
    return KeySigner.unsafe_from_seed(f"{SEED}/{key}/{purpose}".encode(), kid, algorithm)
