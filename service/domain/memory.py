"""What a verifier remembers between checks, so that nothing older can be played back to it.

The newest statement per link, the newest list per address with what was final in it, the newest
record per certificate, and the newest signed instant seen (security.md 8.2).
"""

from collections.abc import Mapping
from typing import Protocol


class Memory(Protocol):
    """Signed documents by kind and key; only proven ones are ever remembered.

    Kinds: `statement` (key: issuer and subject, joined by a space), `status` (the list's address),
    `record` (issuer and certificate number, joined by a space).
    """

    def recall(self, kind: str, key: str) -> str | None:
        """The newest document remembered under this key, or None."""

    def remember(self, kind: str, key: str, token: str, issued_at: int) -> None:
        """Keep a proven document; `issued_at` in POSIX seconds. An older one is ignored."""

    def finals(self, uri: str) -> Mapping[int, int]:
        """Final status values seen in lists of this address that a newer list no longer shows."""

    def keep_final(self, uri: str, idx: int, value: int) -> None:
        """Keep a final status value for ever."""

    def newest_instant(self) -> int:
        """The newest `issued_at` remembered, in POSIX seconds; 0 if nothing is."""

    def save(self) -> None:
        """Make durable what was learnt; called before an answer is given."""


def link_key(issuer: str, subject: str) -> str:
    """The key of a document by one body about a subject."""
    return f"{issuer} {subject}"
