"""Origins: where a body's lists and records may lie (security.md R12, cases S04 and S05).

Compared by scheme, host and port as parsed, never by prefix: `https://cb1.example.evil.example`
begins like an origin and is none.
"""

from collections.abc import Collection
from functools import lru_cache
from urllib.parse import urlsplit

_PORTS = {"https": 443, "http": 80}


@lru_cache(maxsize=4096)
def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address; None for what has none, or names a user.

    What is no visible ASCII is refused first: the parser would drop some of it in silence.
    """
    if not (url.isascii() and url.isprintable()) or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        return None
    return parts.scheme, host, _PORTS[parts.scheme] if port is None else port


def is_allowed(url: str, origins: Collection[str]) -> bool:
    """Whether an address lies under one of the origins of an accreditation."""
    found = origin(url)
    return found is not None and any(origin(one) == found for one in origins)
