"""Kill -9 in the middle of it: nothing that was acknowledged to a client is lost.

A child works on a register until its parent kills it; each acknowledgement leaves through a pipe
before the next wish. The parent opens the register as a start would, and looks for everything that
was acknowledged (security.md D01, D04, D05). `python -m tests.registry.harness --runs 100` does it
at full size on SQLite, with `--database postgresql` on a PostgreSQL started for it.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

from sqlalchemy import text

from keys.signer import KeySigner
from service.registry import issuing, lives, publishing
from service.registry.intending import Wish
from service.registry.office import Office
from service.storage import ledger
from service.storage.answers import Ask
from service.storage.database import Database
from service.storage.published import Published
from tests.registry.desk import (
    AB,
    ARRANGEMENT,
    AT,
    BASE,
    CB,
    SETUP,
    TODAY,
    RegisterWorld,
    dossier,
    open_world,
)

CLIENTS = 4
# The register's clock goes on by so many seconds for each run.
RUN_S = 60
_GRANTED = (TODAY - timedelta(days=4)).isoformat()


def reopen(address: str, folder: Path) -> RegisterWorld:
    """The world as it is on the disk, with the keys that its seeds make."""
    signers: dict[str, KeySigner] = {}
    for body in (ARRANGEMENT, AB, CB):
        for purpose in ("federation", "certificate", "evidence"):
            reference, name = f"test:{body} {purpose}", body.rpartition("/")[2]
            signers[reference] = KeySigner.unsafe_from_seed(reference.encode(), f"{name}-{purpose}")
    evidence = Published(folder, BASE, look_every_s=0)
    office = Office(Database(address), evidence, signers.__getitem__, base=BASE)
    return RegisterWorld(office, signers)


def wish(name: str) -> Wish:
    """A certificate for a firm of this name, decided some days ago."""
    return Wish(
        dossier(
            holder={"name": name, "id": f"reg:{name}"},
            decision={"date": _GRANTED},
            certificate={"effective": _GRANTED, "expires": "2029-04-15"},
        )
    )


def work(world: RegisterWorld, run: str, client: int) -> None:
    """Issue, suspend, reinstate, for ever; say each acknowledgement in one line."""
    count = 0
    while True:
        count += 1
        name = f"{run}-{client}-{count}"
        ask = Ask.of(name, name, name)
        (one,) = issuing.issue(world.office, SETUP, CB, [wish(name)], at=world.at, ask=ask)
        _say({"issued": one.number, "token": one.token})
        for act, days, more in (
            ("suspend", 2, {"reason": "failure"}),
            ("reinstate", 0, {"cause_resolved": True}),
        ):
            if act == "reinstate" and count % 2:
                continue
            on = TODAY - timedelta(days=days)
            world.act(one.number, act, effective_on=on, **more)
            _say({act: one.number})


def _say(line: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def child(address: str, folder: Path, run: str, at: int) -> None:
    """Clients and a publisher, until killed, on a clock that begins at `at`."""
    world, began = reopen(address, folder), monotonic()
    world.at = at
    for client in range(CLIENTS):
        Thread(target=work, args=(world, run, client), daemon=True).start()
    while True:
        now = at + int(monotonic() - began)
        publishing.publish(world.office, at=now, apart_s=1)
        sleep(0.01)


@dataclass(slots=True)
class Seen:
    """What was acknowledged in one run."""

    tokens: dict[str, str]
    state: dict[str, str]


def kill_once(address: str, folder: Path, run: str, after_s: float, at: int) -> Seen:
    """Let a child work for some time and kill it; gives back what it acknowledged."""
    command = [sys.executable, "-m", "tests.registry.harness", "--child", address,
               "--folder", str(folder), "--run", run, "--at", str(at)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()  # only then the clock of the kill begins
        sleep(after_s)
        process.send_signal(signal.SIGKILL)
        lines = [first, *process.stdout.read().splitlines()]
    seen = Seen({}, {})
    for line in lines:
        if line.strip():
            try:
                said = json.loads(line)
            except ValueError:
                continue  # cut off by the kill: nobody has read it
            if "issued" in said:
                seen.tokens[said["issued"]] = said["token"]
                seen.state[said["issued"]] = "active"
            for act, state in (("suspend", "suspended"), ("reinstate", "active")):
                if act in said:
                    seen.state[said[act]] = state
    return seen


def check(world: RegisterWorld, seen: Seen, at: int) -> None:
    """Start as after a crash; everything that was acknowledged must be there, and be published."""
    office = world.office
    office.start()
    world.at = at
    issuing.resume(office, before=at, at=at)
    while publishing.publish(office, at=world.at).written:
        pass
    for number, token in seen.tokens.items():
        life = office.database.read(lambda c, n=number: lives.load(c, office, CB, n, at=at))  # type: ignore[misc]
        assert life.newest.token == token, f"{number} has lost its token"
        # An act that was done but not acknowledged before the kill may stand as well.
        allowed = {seen.state[number]} | _next(seen.state[number])
        assert life.row.state in allowed, f"{number} is {life.row.state}, not {allowed}"
        report = world.verify(token)
        expected = {"active": (), "suspended": ("SUSPENDED",)}[life.row.state]
        assert report.codes == expected, f"{number}: readers see {report.codes}"
    assert office.database.read(lambda c: ledger.verify(c, CB)) is None
    assert _rows(office, "SELECT count(*) FROM revisions WHERE state = 'intent'") == 0
    assert _rows(
        office,
        "SELECT count(*) FROM (SELECT 1 FROM revisions GROUP BY body, list, idx "
        "HAVING count(*) > 1) AS twice",
    ) == 0  # fmt: skip


def _next(state: str) -> set[str]:
    return {"active": {"suspended"}, "suspended": {"active"}}[state]


def _rows(office: Office, statement: str) -> int:
    found: Any = office.database.read(lambda c: c.execute(text(statement)).scalar())
    return int(found)


def runs(address: str, folder: Path, *, count: int, seed: int) -> int:
    """So many kills on one register, each checked; gives back the certificates acknowledged."""
    chance, total = random.Random(seed), 0  # noqa: S311
    for number in range(count):
        at = AT + number * RUN_S
        seen = kill_once(address, folder, f"{seed}-{number}", chance.uniform(0.05, 0.8), at)
        world = reopen(address, folder)
        check(world, seen, at + RUN_S // 2)
        world.office.database.close()
        total += len(seen.tokens)
    return total


def main() -> None:
    """The command line of the harness."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--child")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--run")
    parser.add_argument("--at", type=int)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args()
    if asked.child:
        child(asked.child, asked.folder, asked.run, asked.at)
    from service.storage.migrating import upgrade
    from tests.storage.databases import postgres

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "evidence"

        def go(address: str) -> None:
            database = Database(address)
            upgrade(database)
            open_world(database, folder)
            database.close()
            total = runs(address, folder, count=asked.runs, seed=asked.seed)
            sys.stdout.write(
                f"{asked.runs} kills on {asked.database} (seed {asked.seed}): {total} certificates "
                "acknowledged, none lost, no entry used twice\n"
            )

        if asked.database == "sqlite":
            go(f"sqlite:///{place}/register.db")
        else:
            with postgres() as server:
                go(server.make(empty=True))


if __name__ == "__main__":
    main()
