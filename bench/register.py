"""What one issue, one suspension and one list publication cost in a register of a million.

The same acts through the same doors (gates, signature, proof, commit) in one register, first with
1,000 certificates and then with 1,000,000; printed are the medians and their ratio. Exits with 1
where one of them costs more than twice as much. The register is SQLite in a temporary folder, or
the empty PostgreSQL that `PROOFMARK_BENCH_DATABASE` names.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from bench.filling import fill
from service.registry import publishing
from service.storage.database import Database
from service.storage.migrating import upgrade
from service.storage.publications import STATUS
from tests.registry.desk import CB, DECIDED, RegisterWorld, dossier, open_world

TARGET = 2.0
FEW, MANY, ROUNDS = 1_000, 1_000_000, 40
QUICK_MANY, QUICK_ROUNDS = 10_000, 10
Cost = dict[str, float]


class _Acts:
    """The acts that are timed, each on a certificate of its own."""

    def __init__(self, world: RegisterWorld) -> None:
        self._world = world
        self._done = 0

    def issue(self, **decided: Any) -> str:
        """One certificate, through all gates; gives its number."""
        self._done += 1
        holder = {"name": f"Harrow Looms {self._done} Ltd", "id": f"reg:GB-{self._done:08}"}
        return self._world.issue(dossier(holder=holder, **decided)).number

    def issue_earlier(self) -> str:
        """One that can be suspended today."""
        return self.issue(**DECIDED)

    def publish(self) -> None:
        """Every list that has changed; records wait."""
        publishing.publish(
            self._world.office, at=self._world.at, wanted=lambda due: due.kind == STATUS
        )


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def measure(world: RegisterWorld, acts: _Acts, rounds: int) -> Cost:
    """The median seconds of each act."""
    spent: dict[str, list[float]] = {"one issue": [], "one suspension": [], "one list": []}
    world.publish()
    for _ in range(rounds):
        number = acts.issue_earlier()
        world.publish()
        world.at += 2
        spent["one issue"].append(_timed(acts.issue))
        spent["one suspension"].append(
            _timed(lambda number=number: world.act(number, "suspend", reason="failure"))  # type: ignore[misc]
        )
        world.at += 2
        spent["one list"].append(_timed(acts.publish))
    return {name: median(times) for name, times in spent.items()}


def main(quick: bool = False) -> int:
    many, rounds = (QUICK_MANY, QUICK_ROUNDS) if quick else (MANY, ROUNDS)
    with TemporaryDirectory() as folder:
        address = os.environ.get("PROOFMARK_BENCH_DATABASE", f"sqlite:///{folder}/register.db")
        database = Database(address)
        upgrade(database)
        world = open_world(database, Path(folder, "evidence"))
        acts = _Acts(world)
        pattern = acts.issue_earlier()
        fill(database, CB, pattern, FEW)
        few = measure(world, acts, rounds)
        took = _timed(lambda: fill(database, CB, pattern, many))
        filled = measure(world, acts, rounds)
        database.close()
    print(f"{'':18} {FEW:>12,} {many:>12,}   ratio   (target {TARGET})")
    for name, cost in few.items():
        ratio = filled[name] / cost
        print(f"{name:18} {1e3 * cost:9.2f} ms {1e3 * filled[name]:9.2f} ms   {ratio:5.2f}")
    print(f"filled in {took:.0f} s")
    return int(any(filled[name] / cost > TARGET for name, cost in few.items()))


if __name__ == "__main__":
    sys.exit(main("quick" in sys.argv[1:]))
