"""People and bodies for tests of the register: who has which role, on one database."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection

from service.domain.people import COMMAND_LINE, SERVICE, Actor, Power, Role
from service.registry import people as registry
from service.registry import signing_in as signing
from service.storage import ledger, people, register
from service.storage.database import Database
from service.storage.people import USER, Held
from service.storage.register import Body
from service.storage.signing_in import Passkey, passkeys_of

NOON = 1_781_524_800
CB_A, CB_B = "https://cb-a.example", "https://cb-b.example"
_Result = TypeVar("_Result")


@dataclass
class Staff:
    """A database with two certification bodies, and the people who are invited to them."""

    database: Database
    at: int = NOON

    def __post_init__(self) -> None:
        for id, name in ((CB_A, "CB-A"), (CB_B, "CB-B")):
            body = Body(id, "certification_body", name, "Europe/London")
            self.write(partial(_add_body, body=body))

    def write(self, work: Callable[[Connection], _Result]) -> _Result:
        """Do something in a transaction."""
        return self.database.write(work)

    def person(self, name: str, role: Role | None = None, body: str = SERVICE) -> Actor:
        """Somebody who was invited on the command line."""
        user, _ = self.write(
            lambda connection: registry.invite(
                connection, COMMAND_LINE, name, at=self.at, role=role, body=body
            )
        )  # fmt: skip
        return Actor(USER, user.id)

    def powers(self, actor: Actor, body: str, *, at: int | None = None) -> frozenset[Power]:
        """What somebody may do at a body."""
        return self.database.read(
            lambda connection: people.powers(connection, actor, body, at=at or self.at)
        )

    def require(self, actor: Actor, body: str, power: Power) -> None:
        """Raises Denied where somebody may not."""
        self.database.read(
            lambda connection: people.require(connection, actor, body, power, at=self.at)
        )

    def held(self, actor: Actor, role: Role, body: str) -> Held:
        """A role of somebody."""
        return Held(actor.kind, actor.id, body, role, self.at)

    def session(self, actor: Actor, *, at: int | None = None) -> signing.Opened:
        """A new session of somebody, whose passkey is taken at its word."""
        return opened(self.database, actor, self.at if at is None else at)

    def events(self, body: str) -> list[tuple[str, str]]:
        """Type and actor of each event of a body, in their order."""
        return self.database.read(
            lambda connection: [
                (entry.type, entry.actor) for entry in ledger.history(connection, body)
            ]
        )

    def broken(self, body: str) -> Any:
        """What is wrong with a body's chain."""
        return self.database.read(lambda connection: ledger.verify(connection, body))


def _add_body(connection: Connection, body: Body) -> None:
    register.add_body(connection, body)


def opened(database: Database, actor: Actor, at: int) -> signing.Opened:
    """A new session of somebody, whose passkey is taken at its word."""
    challenge, key = f"challenge-{actor.id}-{at}", f"key-{actor.id}"

    def work(connection: Connection) -> signing.Opened:
        if not passkeys_of(connection, actor.id):
            signing.challenge(connection, challenge, actor.id, at=at)
            made = Passkey(key, actor.id, "pQ", 0, False, at)
            signing.add_passkey(connection, actor.id, challenge, lambda _: made, at=at)
        signing.challenge(connection, challenge, None, at=at)
        return signing.log_in(connection, key, challenge, lambda _: 1, at=at)

    return database.write(work)
