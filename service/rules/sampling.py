"""Sampling of sites: how many an audit visits (rules.md IG-MS-12, Annex D; IAF MD 1).

Roots and shares by whole numbers (DT-8): ⌈√n⌉ is the smallest k with k² ≥ n, and so on.
"""

from math import isqrt


def _ceil_root(n: int) -> int:
    """⌈√n⌉."""
    return isqrt(n - 1) + 1 if n > 0 else 0


def initial_sample(sites: int) -> int:
    """⌈√n⌉ of n like sites at the initial audit, the centre apart."""
    return _ceil_root(_count(sites))


def surveillance_sample(sites: int) -> int:
    """⌈0.6·√n⌉ in a surveillance year: the smallest k with 25·k² ≥ 9·n."""
    return _least(9, _count(sites))


def recertification_sample(sites: int) -> int:
    """⌈0.8·√n⌉ at recertification: the smallest k with 25·k² ≥ 16·n."""
    return _least(16, _count(sites))


def unlike_sample(sites: int) -> int:
    """⌈0.3·n⌉ in a surveillance year where sites cannot be sampled: the smallest k, 10·k ≥ 3·n."""
    return -(-3 * _count(sites) // 10)


def random_share(sample: int) -> int:
    """At least a quarter of a sample is drawn at random."""
    return -(-_count(sample) // 4)


def _least(share: int, n: int) -> int:
    """The smallest k with 25·k² ≥ share·n."""
    return _ceil_root(-(-share * n // 25))


def _count(number: int) -> int:
    if number < 0:
        raise ValueError("a number of sites is not negative")
    return number
