"""Addresses as parsed: origins that can be compared, and network addresses that are public.

An origin is scheme, host and port; comparing texts or prefixes would let `cb.example.evil.example`
pass for `cb.example` (security.md R12).
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

MAX_URL_CHARS = 2_048
_PORTS = {"https": 443, "http": 80}
# What every reader of an address splits alike: no white space, no backslash, no other script.
_PLAIN = re.compile(r"[!-\[\]-~]+")
_HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f.:]+")
# RFC 6052: an IPv4 address, for networks that have no other.
_NAT64 = IPv6Network("64:ff9b::/96")

Origin = tuple[str, str, int]


def origin_of(url: str) -> Origin:
    """The scheme, host and port of an http(s) address. Raises ValueError for any other text, and
    for one with user information or a fragment."""
    if len(url) > MAX_URL_CHARS or not _PLAIN.fullmatch(url) or "#" in url:
        raise ValueError("not a plain address")
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme not in _PORTS or "@" in parts.netloc or not _HOST.fullmatch(host):
        raise ValueError("not an address of http or https")
    return parts.scheme, host, _PORTS[parts.scheme] if port is None else port


def origins_of(urls: Iterable[str]) -> frozenset[Origin]:
    """The origins of addresses; what is none is left out, for it allows nothing."""
    found = set()
    for url in urls:
        try:
            found.add(origin_of(url))
        except ValueError:
            continue
    return frozenset(found)


def is_loopback(origin: Origin) -> bool:
    """Whether an origin lies on this very machine, by its name."""
    return origin[1] in ("localhost", "127.0.0.1", "::1")


def is_public(address: str) -> bool:
    """Whether a network address may be connected to for a stranger: neither of this machine, nor of
    a private network, nor of several, nor such a one in IPv6 clothes."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        found = inner or found
    return found.is_global and not found.is_multicast and not found.is_reserved
