"""The publisher: whatever has changed is signed and written, within seconds, also after a crash.

It reads the marks that changes left (`storage.publications`), so nothing depends on a process that
was there at the time. Of what it writes the `iat` only grows, whatever the clock does (D12). One
publisher works at a time; another waits. What has become too old for a verifier is signed again.
"""

import fcntl
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from service.domain.dates import DAY_S
from service.domain.refusal import Denied
from service.registry import records, statements
from service.registry.office import Office, key_trouble
from service.status import record, status_list
from service.storage import checkpoints, ledger, publications, register
from service.storage.database import Connection
from service.storage.ledger import Checkpoint
from service.storage.publications import RECORD, STATEMENT, STATUS, Due
from service.storage.register import LIST_ENTRIES
from service.trust.statement import sign_statement

_LOG = logging.getLogger("proofmark.publisher")
# A verifier online takes lists and records of 24 hours, and statements of 31 days.
REFRESH_S = {STATUS: 6 * 3_600, RECORD: 12 * 3_600, STATEMENT: DAY_S}
# Documents of one round: their marks are written together.
ROUND = 200
# Lists grow by so many entries, "never issued" at first: its length does not count certificates.
_STEP = 1_024


@dataclass(slots=True)
class Round:
    """What one round did: documents written, those that could not be, and the oldest wait."""

    written: int = 0
    failed: list[str] = field(default_factory=list)
    waited_s: int = 0


@dataclass(frozen=True, slots=True)
class _Ready:
    """A signed document, not yet on the disk, with the mark and the chain it was made from."""

    due: Due
    iat: int
    token: str
    chain: Checkpoint


def publish(
    office: Office, *, at: int, limit: int = ROUND, apart_s: int = 0,
    wanted: Callable[[Due], bool] | None = None,
) -> Round:  # fmt: skip
    """Sign and write what is due at `at` (POSIX seconds), the longest waiting first.

    What was signed less than `apart_s` seconds ago waits: a list that changes all the time must not
    be signed ahead of the clock. With `wanted` only what it says yes to is written; the rest waits.

    What cannot be signed or written is named and stays due; the rest goes on.
    """
    result, reached = Round(), {}
    with _alone(office):
        aged = [(kind, at - age) for kind, age in REFRESH_S.items()]
        ready = []
        for due in office.database.read(lambda c: publications.due(c, limit=limit, aged=aged)):
            if at - apart_s < due.signed_at <= at + apart_s:
                continue
            if wanted is not None and not wanted(due):
                continue
            if (one := _publish_one(office, due, at, result)) is not None:
                ready.append(one)
                reached[due.body] = one.chain
        if ready:
            office.database.write(lambda connection: _mark(connection, ready))
            checkpoints.keep(office.folder, reached)
    return result


def _publish_one(office: Office, due: Due, at: int, result: Round) -> _Ready | None:
    try:
        with key_trouble():
            ready = office.database.read(lambda connection: _signed(office, connection, due, at))
        _write(office, ready)
    except (Denied, OSError, ValueError) as error:
        # A key that cannot be opened, a disk that is full; never with what was to be signed.
        code = error.code if isinstance(error, Denied) else type(error).__name__
        _LOG.error("cannot publish %s %s of %s: %s", due.kind, due.name, due.body, code)
        result.failed.append(f"{due.kind} {due.name}")
        return None
    result.written += 1
    if due.wanted != due.published:
        result.waited_s = max(result.waited_s, at - due.wanted_at)
    return ready


def _mark(connection: Connection, ready: list[_Ready]) -> None:
    for one in ready:
        publications.done(connection, one.due, signed_at=one.iat)


def _signed(office: Office, connection: Connection, due: Due, at: int) -> _Ready:
    iat = max(at, due.signed_at + 1)
    chain = ledger.checkpoint(connection, due.body)
    if due.kind == STATUS:
        token = _list(office, connection, due, iat, chain)
    elif due.kind == RECORD:
        signer = office.signer(connection, due.body, "record", at)
        token = record.sign_record(
            records.record_of(connection, due.body, due.name, at=iat), signer
        )
    else:
        signer = office.signer(connection, due.body, "federation", at)
        body = register.body(connection, due.body)
        claims = (
            statements.own(connection, body, at=iat)
            if due.name == due.body
            else statements.about(connection, body, due.name, at=iat)
        )
        token = sign_statement(claims, signer)
    return _Ready(due, iat, token, chain)


def _list(office: Office, connection: Connection, due: Due, iat: int, chain: Checkpoint) -> str:
    used, exceptions = register.list_values(connection, due.body, int(due.name))
    signer = office.signer(connection, due.body, "status", iat)
    return status_list.sign_list(
        f"{due.body}/status/{due.name}", raw_list(used, exceptions), signer, at=iat,
        register={"events": chain.count, "head": chain.head},
    )  # fmt: skip


def raw_list(used: int, exceptions: Mapping[int, int]) -> bytes:
    """The entries of a list: 0 for what is given out, 15 beyond it, and the exceptions."""
    size = min(LIST_ENTRIES, -(-max(used, 1) // _STEP) * _STEP)
    raw = bytearray(b"\x00" * (used // 2) + b"\xff" * ((size + 1) // 2 - used // 2))
    if used % 2:
        status_list.write_value(raw, used - 1, status_list.VALID)
    for idx, value in exceptions.items():
        status_list.write_value(raw, idx, value)
    return bytes(raw)


def _write(office: Office, ready: _Ready) -> None:
    due = ready.due
    if due.kind == STATUS:
        office.evidence.write(due.body, "status", due.name, ready.token)
    elif due.kind == RECORD:
        office.evidence.write(due.body, "records", due.name, ready.token)
    else:
        office.evidence.write_statement(due.body, due.name, ready.token)


@contextmanager
def _alone(office: Office) -> Iterator[None]:
    handle = os.open(
        office.folder / ".publisher.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
