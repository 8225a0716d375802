"""Where status lists and records come from; the verifier asks only after signature and chain hold.

What a source gives is unproven: the verifier proves signer, subject and freshness. A source may
hold several documents under one name, and one of them may be forged: it gives all, newest first by
what they claim. `origins` are the `status_origins` of the accreditation, each
`scheme://host[:port]`; a source that fetches goes nowhere else (security.md R12).
"""

from collections.abc import Collection, Sequence
from typing import Protocol


class StatusSource(Protocol):
    """Gives status lists by address."""

    def status_lists(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> Sequence[str]:
        """The compact list tokens of an address, or those that were good at `time`.

        `time` in POSIX seconds. Empty, or raises Unavailable, where there are none.
        """


class RecordSource(Protocol):
    """Gives certificate records by issuer and certificate number."""

    def records(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> Sequence[str]:
        """The compact record tokens. Empty, or raises Unavailable, where there are none."""
