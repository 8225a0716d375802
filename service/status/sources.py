"""Where status lists and records come from; the verifier asks only after signature and chain hold.

What a source gives is unproven: the verifier proves signer, subject and freshness. `origins` are
the `status_origins` of the accreditation, each `scheme://host[:port]`; a source that fetches goes
nowhere else (security.md R12).
"""

from collections.abc import Collection
from typing import Protocol


class StatusSource(Protocol):
    """Gives status lists by address."""

    def status_list(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> str:
        """The newest compact list token of an address, or the one that was good at `time`.

        `time` in POSIX seconds. Raises Unavailable if it cannot be had.
        """


class RecordSource(Protocol):
    """Gives certificate records by issuer and certificate number."""

    def record(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> str:
        """The newest compact record token. Raises Unavailable if it cannot be had."""
