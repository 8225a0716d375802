"""What a body of the example world is: its id, its keys, and what its superior says of it.

Days that are whole numbers are offsets from the day on which the world is built. The keys are made
from public seeds: anyone can sign for these bodies. Never trust this world.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from keys.signer import KeySigner

# Where the ids of the bodies begin that work in the register of this world.
ORIGIN = "https://demo.proofmark.example"
SEED = "proofmark-demo"

ARRANGEMENT, ACCREDITATION, CERTIFICATION = (
    "arrangement",
    "accreditation_body",
    "certification_body",
)
SYSTEMS, PRODUCTS, TESTING = "ISO/IEC 17021-1", "ISO/IEC 17065", "ISO/IEC 17025"
# What its keys are for: a key for each of these, with the purposes that the register knows.
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "federation": ("federation",),
    "certificate": ("certificate",),
    "evidence": ("status", "record"),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """An act on an accreditation, `on` days from the day of building."""

    act: str
    on: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body, and what its superior `by` says of it.

    `number`, `norm` and `turns` are those of a certifier's accreditation, `suspended` the first and
    last day of a suspension of an accreditation body's recognition for `norm`. A row of `scope`
    whose first day is an offset was added on that day. An `unheard` body publishes nothing at
    all. What is granted `beyond` its superior's own recognition goes past the register's door.
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
    beyond: bool = False
    suspended: tuple[int, int] | None = None
    algorithm: str = "ES256"
    pinned: bool = False
    unheard: bool = False

    @property
    def hosted(self) -> bool:
        """Whether it works in the register of this world."""
        return self.id.startswith(f"{ORIGIN}/")

    @property
    def purposes(self) -> tuple[str, ...]:
        """What it has keys for."""
        return tuple(PURPOSES) if self.role == CERTIFICATION else ("federation",)

    def reference(self, purpose: str) -> str:
        """How the register calls the place where a key rests: no place at all, but its seed."""
        return f"demo:{self.key}:{purpose}"

    def signer(self, purpose: str) -> KeySigner:
        """Its key for `federation`, `certificate`, or `evidence` (lists and records)."""
        return _signer(self.key, purpose, self.algorithm if purpose == "certificate" else "ES256")


@cache
def _signer(key: str, purpose: str, algorithm: str) -> KeySigner:
    kid = {"federation": None, "certificate": f"{key}-1", "evidence": f"{key}-s"}[purpose]
    return KeySigner.unsafe_from_seed(f"{SEED}/{key}/{purpose}".encode(), kid, algorithm)
