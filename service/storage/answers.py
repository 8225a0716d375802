"""Answers kept by their Idempotency-Key, so that a request sent twice is done once.

A key belongs to whoever sent it, is bound to what was asked, and is kept for good: a certificate is
not issued again because somebody asks again next year (security.md A05).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from service.domain.refusal import Denied
from service.storage.canonical import digest, written
from service.storage.schema import answers


@dataclass(frozen=True, slots=True)
class Ask:
    """A request with its key: who asks, the key, and what is asked (its hash)."""

    scope: str
    key: str
    request_sha256: str

    @staticmethod
    def of(scope: str, key: str, request: Any) -> "Ask":
        """The request of somebody, as plain JSON values."""
        return Ask(scope, key, digest(request))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a request: `answer` None while it is being done."""

    status: int | None
    answer: Any


def recall(connection: Connection, ask: Ask) -> Kept | None:
    """What was answered to this request. Raises Denied IDEMPOTENCY_CONFLICT for another one."""
    row = connection.execute(select(answers).where(*_is(ask))).one_or_none()
    if row is None:
        return None
    if row.request_sha256 != ask.request_sha256:
        raise Denied("IDEMPOTENCY_CONFLICT", "That key was used for a different request.")
    return Kept(row.status, None if row.answer is None else json.loads(row.answer))


def begin(connection: Connection, ask: Ask, *, at: int) -> None:
    """The request is being done since `at` (POSIX seconds)."""
    connection.execute(
        insert(answers).values(
            scope=ask.scope, key=ask.key, request_sha256=ask.request_sha256, at=at
        )
    )


def finish(connection: Connection, ask: Ask, status: int, answer: Mapping[str, Any]) -> None:
    """The answer, which stays."""
    connection.execute(
        update(answers).where(*_is(ask)).values(status=status, answer=written(answer))
    )


def forget(connection: Connection, ask: Ask) -> None:
    """Nothing was done: the key may be used again."""
    connection.execute(delete(answers).where(*_is(ask), answers.c.answer.is_(None)))


def _is(ask: Ask) -> tuple[Any, ...]:
    return answers.c.scope == ask.scope, answers.c.key == ask.key
