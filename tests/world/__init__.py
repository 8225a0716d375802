"""A world in memory for every test: bodies that sign on demand, sources that count, a clock."""

from tests.world.network import Network, Notebook
from tests.world.papers import DAY_S, GONE, JUNE_15, Claims, compact, day, instant, signed
from tests.world.world import World

__all__ = [
    "DAY_S",
    "GONE",
    "JUNE_15",
    "Claims",
    "Network",
    "Notebook",
    "World",
    "compact",
    "day",
    "instant",
    "signed",
]
