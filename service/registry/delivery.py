"""Delivery: whatever the outbox holds is sent, at least once, and again later where it was refused.

A run claims what is due, sends outside any transaction, and marks each message as soon as it is
taken. Every receiver has a lane of its own (all mail goes through one server, and is one lane), and
lanes do not wait for each other. Where a receiver is not there the rest of its lane is put off
untried, so that one dead host costs a run one deadline and no more.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from service.domain.notice import Undelivered
from service.storage import messages
from service.storage.database import Connection, Database
from service.storage.messages import LEASE_S, Message, Parcel
from service.storage.subscriptions import MAIL, Subscription

_LOG = logging.getLogger("proofmark.notices")
LIMIT = 200
_LANES = 8
# After so many seconds of a run nothing more is begun: what is under way ends within the claim.
RUN_S = LEASE_S - 45.0


class Sender(Protocol):
    """What takes messages to receivers: at most `together` of one subscription at a time."""

    together: int

    def send(self, to: Subscription, some: Sequence[Message], *, at: int) -> None:
        """Hand them over. Raises Undelivered."""

    def close(self) -> None:
        """The run is over."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Messages that were taken, that were not and will be tried again, and that never will be."""

    sent: int = 0
    failed: int = 0
    dead: int = 0

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(self.sent + other.sent, self.failed + other.failed, self.dead + other.dead)


def deliver(
    database: Database, senders: Mapping[str, Sender], *, at: int, limit: int = LIMIT
) -> Delivered:
    """One run at `at` (POSIX seconds) over at most `limit` messages, those of the channels that
    have a sender; what has none waits. Takes at most LEASE_S seconds."""
    stop = monotonic() + RUN_S
    claimed = database.write(lambda c: messages.claim(c, senders.keys(), at=at, limit=limit))

    def run(lane: Sequence[Parcel]) -> Delivered:
        return _Lane(database, senders[lane[0].to.channel], at, stop).run(lane)

    try:
        with ThreadPoolExecutor(_LANES, "notices") as pool:
            return sum(pool.map(run, _lanes(claimed)), Delivered())
    finally:
        for sender in senders.values():
            sender.close()


def _lanes(claimed: Sequence[Parcel]) -> Sequence[Sequence[Parcel]]:
    lanes: dict[str, list[Parcel]] = {}
    for parcel in claimed:
        to = parcel.to
        lanes.setdefault(MAIL if to.channel == MAIL else to.id, []).append(parcel)
    return list(lanes.values())


class _Lane:
    """Messages that go one after the other, because their receivers are one host."""

    def __init__(self, database: Database, sender: Sender, at: int, stop: float) -> None:
        self._database = database
        self._sender = sender
        self._at = at
        self._stop = stop
        self._away: str | None = None

    def run(self, parcels: Sequence[Parcel]) -> Delivered:
        told = Delivered()
        for to, some in _together(parcels, self._sender.together):
            if self._away is not None or monotonic() > self._stop:
                self._put_off(some)
                told += Delivered(failed=len(some))
            else:
                told += self._send(to, some)
        return told

    def _send(self, to: Subscription, some: Sequence[Message]) -> Delivered:
        try:
            self._sender.send(to, some, at=self._at)
        except Undelivered as trouble:
            if trouble.unreachable:
                self._away = trouble.code
            _LOG.warning("not delivered to %s %s: %s", to.channel, to.id, trouble.code)
            code = trouble.code
            return self._database.write(lambda c: self._failed(c, some, code))
        self._database.write(lambda c: messages.sent(c, some))
        return Delivered(sent=len(some))

    def _failed(self, connection: Connection, some: Sequence[Message], code: str) -> Delivered:
        last = sum(messages.failed(connection, one, code, at=self._at) for one in some)
        return Delivered(failed=len(some) - last, dead=last)

    def _put_off(self, some: Sequence[Message]) -> None:
        def work(connection: Connection) -> None:
            for one in some:
                messages.put_off(connection, one, self._away, at=self._at)

        self._database.write(work)


def _together(
    parcels: Sequence[Parcel], most: int
) -> Iterator[tuple[Subscription, Sequence[Message]]]:
    """The messages of each subscription in parts of at most `most`, the longest waiting first."""
    by_receiver: dict[str, list[Parcel]] = {}
    for parcel in parcels:
        by_receiver.setdefault(parcel.to.id, []).append(parcel)
    for one in by_receiver.values():
        for first in range(0, len(one), most):
            yield one[0].to, [parcel.message for parcel in one[first : first + most]]
