"""The counter: what every route over the register does the same way.

Who asks was found at the door; for which body is said by `body`, or is the only one they work for.
A request with an Idempotency-Key is answered once and kept; one with If-Match changes only what its
sender has seen. Pages are followed by a cursor that says where the last one ended.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from flask import Response, jsonify, request

from keys import b64u
from service.credential import strict_json
from service.domain.dates import parse_day
from service.domain.people import SERVICE, Actor
from service.domain.verdict import plain
from service.registry.approvals import Action
from service.registry.office import Office
from service.storage import answers, people
from service.storage.answers import Ask, Kept
from service.storage.database import Connection
from service.web.auth import actor
from service.web.problems import Problem

MAX_KEY_CHARS = 128
_Row = TypeVar("_Row")
Work = Callable[[Connection, Actor, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Counter:
    """The office behind the routes, a clock in POSIX seconds, and what needs two people."""

    office: Office
    clock: Callable[[], int]
    actions: Mapping[str, Action]

    def body(self, named: str | None) -> str:
        """The body that is meant. Raises Problem BAD_PARAMETER where it has to be said."""
        if named is not None:
            return named
        who = actor()
        held = self.office.database.read(
            lambda connection: people.of_holder(connection, who.kind, who.id)
        )
        bodies = {one.body for one in held} - {SERVICE}
        if len(bodies) != 1:
            raise Problem("BAD_PARAMETER", "body")
        return bodies.pop()

    def read(self, named: str | None, work: Work) -> Mapping[str, Any]:
        """What somebody may see of a body."""
        who, body = actor(), self.body(named)
        return self.office.database.read(lambda connection: work(connection, who, body))

    def once(self, named: str | None, work: Work, *, status: int = 200) -> Response:
        """Do it in one transaction, once for each Idempotency-Key, and answer what was done."""
        who, body = actor(), self.body(named)
        ask = self.ask(who)

        def transaction(connection: Connection) -> Kept:
            if ask is None:
                return Kept(status, work(connection, who, body))
            kept = answers.recall(connection, ask)
            if kept is not None and kept.answer is not None:
                return kept
            if kept is None:
                answers.begin(connection, ask, at=self.clock())
            answer = plain(dict(work(connection, who, body)))
            answers.finish(connection, ask, status, answer)
            return Kept(status, answer)

        kept = self.office.database.write(transaction)
        return answered(kept.answer, kept.status or status)

    def ask(self, who: Actor) -> Ask | None:
        """The request at hand with its Idempotency-Key; None where it has none."""
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return None
        if not key or len(key) > MAX_KEY_CHARS or not key.isascii() or not key.isprintable():
            raise Problem("BAD_PARAMETER", "Idempotency-Key")
        asked = {
            "method": request.method,
            "path": request.full_path,
            "body": b64u.encode(request.get_data()),
            "if_match": request.headers.get("If-Match"),
        }
        return Ask.of(who.name, key, asked)


def view(method: Callable[..., Response]) -> Callable[..., Response]:
    """A method as a view: the library notes things on a function, which a method does not take."""

    @wraps(method)
    def function(**given: Any) -> Response:
        return method(**given)

    return function


def answered(answer: Mapping[str, Any], status: int = 200) -> Response:
    """An answer with its entity tag, kept by nobody."""
    response: Response = jsonify(plain(dict(answer)))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if "version" in answer:
        response.headers["ETag"] = f'"{answer["version"]}"'
    return response


def version_seen() -> int | None:
    """The version in If-Match; None where it is not sent. Raises Problem BAD_PARAMETER."""
    tag = request.headers.get("If-Match")
    if tag is None or tag == "*":
        return None
    number = tag.removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 12):
        raise Problem("BAD_PARAMETER", "If-Match")
    return int(number)


def page(rows: Iterable[_Row], *, limit: int, last: Callable[[_Row], str]) -> dict[str, Any]:
    """A page of one row more than was asked for, with the cursor of the next if there is one."""
    found = list(rows)
    more = len(found) > limit
    found = found[:limit]
    return {"items": found, "next": cursor(last(found[-1])) if more else None}


def cursor(place: str) -> str:
    """A cursor that begins after a place."""
    return b64u.encode(place.encode())


def place(after: str | None) -> str:
    """The place of a cursor; the beginning for none. Raises Problem BAD_PARAMETER."""
    if after is None:
        return ""
    try:
        return b64u.decode(after).decode()
    except ValueError:
        raise Problem("BAD_PARAMETER", "after") from None


def civil(value: str | None, field: str) -> date | None:
    """A civil day of a request. Raises Problem BAD_PARAMETER."""
    if value is None:
        return None
    try:
        return parse_day(value)
    except ValueError:
        raise Problem("BAD_PARAMETER", field) from None


def strict_body() -> dict[str, Any]:
    """The body of the request at hand through the strict door (security.md R3)."""
    if request.mimetype != "application/json":
        raise Problem("MEDIA_TYPE_NOT_ALLOWED")
    return dict(strict_json.loads(request.get_data()))
