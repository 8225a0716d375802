"""A breaker: a host that keeps failing is left alone for a while, for its sake and for ours."""

from collections.abc import Hashable
from threading import Lock
from time import monotonic

from service.domain.verdict import Unavailable

FAILURES = 3
REST_S = 60.0


class Breaker:
    """Counts failures in a row by host; after FAILURES it rests for `rest_s` seconds.

    After its rest a host is tried again, and one more failure is enough. Safe among threads.
    """

    def __init__(self, *, rest_s: float = REST_S) -> None:
        self._rest_s = rest_s
        self._failures: dict[Hashable, tuple[int, float]] = {}
        self._lock = Lock()

    def check(self, host: Hashable) -> None:
        """Raises Unavailable while the host rests."""
        failures, rests_until = self._failures.get(host, (0, 0.0))
        if failures >= FAILURES and monotonic() < rests_until:
            raise Unavailable("the host rests after several failures")

    def failed(self, host: Hashable) -> None:
        """One more failure in a row."""
        with self._lock:
            failures, _ = self._failures.get(host, (0, 0.0))
            self._failures[host] = (failures + 1, monotonic() + self._rest_s)

    def served(self, host: Hashable) -> None:
        """The host has answered: the row is broken."""
        with self._lock:
            self._failures.pop(host, None)
