"""How much one client may ask: enough for a shop full of phones, too little to list a register.

Each client has a bucket of tokens for each class of routes, which fills up again evenly; signed
evidence, pages that cost nothing and health are never limited. What one process remembers is
bounded: the client that was quiet for longest is forgotten, and begins anew with a full bucket.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock

from flask import Flask, request

from service.config import Settings
from service.web.metrics import counter
from service.web.problems import Problem

REFUSED = counter("proofmark_rate_limited", "Requests refused because of their number.", "of")
# Clients that one process remembers, a few dozen bytes each.
MAX_CLIENTS = 20_000
VERIFY, LOOK_UP, SIGN_IN, REPORT = "verify", "look_up", "sign_in", "report"
# Routes by class; what is in none is not limited.
CLASSES: Mapping[str, str] = {
    **dict.fromkeys("pages.check pages.verdict api.verify api.scan suspicion.ask".split(), VERIFY),
    **dict.fromkeys("lookup.search lookup.one".split(), LOOK_UP),
    **dict.fromkeys(
        "signing_in.join signing_in.join_options signing_in.log_in signing_in.log_in_options "
        "oauth.token".split(),
        SIGN_IN,
    ),
    "suspicion.tell": REPORT,
}


class Buckets:
    """The buckets of one class: `per_minute` requests, all at once if somebody was quiet before.

    Safe among threads.
    """

    def __init__(
        self, per_minute: int, clock: Callable[[], int], *, most: int = MAX_CLIENTS
    ) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._most = most
        # Client -> what is left in sixtieths of a request, and when that was so (POSIX seconds).
        self._left: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._turn = Lock()

    def take(self, client: str) -> int:
        """Take a token: 0, or after how many seconds there will be one."""
        now, full = self._clock(), self._per_minute * 60
        with self._turn:
            left, at = self._left.pop(client, (full, now))
            left = min(full, left + max(0, now - at) * self._per_minute)
            wait = 0 if left >= 60 else ceil((60 - left) / self._per_minute)
            self._left[client] = (left if wait else left - 60, now)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._left)


def client(address: str | None) -> str:
    """Who asks: an IPv4 address, or the /64 of an IPv6 one, which is one household's or host's."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found)


def limit(app: Flask, settings: Settings, clock: Callable[[], int]) -> None:
    """Answer 429 to whoever asks more than the settings allow; 0 is no limit."""
    buckets = {
        name: Buckets(per_minute, clock)
        for name, per_minute in (
            (VERIFY, settings.verify_per_minute),
            (LOOK_UP, settings.look_up_per_minute),
            (SIGN_IN, settings.sign_in_per_minute),
            (REPORT, settings.report_per_minute),
        )
        if per_minute
    }

    @app.before_request
    def admit() -> None:
        name = CLASSES.get(request.endpoint or "")
        if name is None or name not in buckets:
            return
        # Behind a proxy `remote_addr` is what the trusted ones say (`proxy_hops`).
        if wait := buckets[name].take(client(request.remote_addr)):
            REFUSED.count(name)
            raise Problem("RATE_LIMITED", retry_after_s=wait)
