"""Where status lists and records come from; the verifier asks only after signature and chain hold."""

from typing import Protocol


class StatusSource(Protocol):
    """Gives status lists by address."""

    def status_list(self, uri: str, *, time: int | None = None) -> str:
        """The compact list token of an address, as it was at `time` (POSIX seconds) if given.

        Raises Unavailable if it cannot be had.
        """


class RecordSource(Protocol):
    """Gives certificate records by issuer and certificate number."""

    def record(self, issuer: str, number: str) -> str:
        """The compact record token. Raises Unavailable if it cannot be had."""
