"""Where entity statements come from; only sources registered beforehand are ever asked."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Protocol


class StatementSource(Protocol):
    """Gives the entity statements at hand, unproven, as compact tokens."""

    @property
    def version(self) -> Hashable:
        """Changes whenever any answer would; what was derived from an answer keeps till then."""

    def about(self, subject: str) -> Sequence[str]:
        """Every statement at hand about a body, its own configuration included.

        Raises Unavailable if they should be at hand but cannot be had.
        """

    def every(self) -> Iterable[str]:
        """Every statement at hand."""
