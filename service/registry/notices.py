"""Notices: what a body is told about its deadlines and changes, each fact once to each subscriber.

What somebody does is told in the transaction that does it (`queue`); what time brings is looked for
(`queue_due`), as often as anybody likes: what has been told is known. Of several steps ahead only
the nearest is told, so a service that was down for a month does not catch up on what is past.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from service.domain.dates import DAY_S, add_months, show_instant
from service.domain.notice import AHEAD, NoticeKind, nearest, notice
from service.rules.policy import DEFAULT, Policy
from service.storage import body_keys, messages, register, subscriptions
from service.storage.body_keys import BodyKey
from service.storage.database import Connection, Database
from service.storage.deadlines import Deadline, certificates_by, unpublished_since
from service.storage.messages import Message

# Certificates that are looked at, and told, in one transaction.
PAGE = 200
# Publishing takes seconds; after so long somebody should look. Documents are signed anew within a
# day, and verifiers take a list for a day.
CHANGE_LATE_S, SIGNED_LATE_S = 3_600, 2 * DAY_S
_LIVING = frozenset({"active", "suspended"})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something to be told: `name` is its own, and the same whenever it is found."""

    kind: NoticeKind
    name: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Search:
    """Certificates that a kind of notice is about: those whose `column` lies between two days."""

    kind: NoticeKind
    column: str
    first: date | None
    last: date
    states: frozenset[str] = _LIVING


def queue(
    connection: Connection, body: str, kind: NoticeKind, dedupe: str,
    facts: Mapping[str, object], at: int,
) -> int:  # fmt: skip
    """Tell a fact to whoever is subscribed; `dedupe` names it among all facts of the kind.

    Gives the number of new messages: none where it was told before, by whomever. Raises ValueError
    for facts that are not those of the kind, Denied NOT_FOUND for a body that is not here.
    """
    return _tell(connection, body, [Fact(kind, _name(kind, dedupe), facts)], at)


def queue_due(
    database: Database, body: str, *, today: date, at: int, policy: Policy = DEFAULT
) -> int:
    """Tell whatever has come near or is overdue on `today` in the body's zone, at `at`.

    It reads page by page, and writes only where something is new. Gives the number of new messages.
    """
    subscribed = database.read(lambda c: subscriptions.of(c, body))
    wanted = frozenset[str]().union(*(one.what for one in subscribed))
    queued = 0
    for page in _pages(database, body, wanted, today, at, policy):
        ids = {messages.message_id(one.id, fact.name) for fact in page for one in subscribed
               if fact.kind in one.what}  # fmt: skip
        if ids - database.read(lambda c, ids=ids: messages.known(c, ids)):  # type: ignore[misc]
            queued += database.write(lambda c, page=page: _tell(c, body, page, at))  # type: ignore[misc]
    return queued


def _tell(connection: Connection, body: str, facts: Sequence[Fact], at: int) -> int:
    subscribed = subscriptions.of(connection, body)
    name = register.body(connection, body).name
    new = []
    for fact in facts:
        said = notice(fact.kind, fact.facts, about=body, name=name)
        payload = {"kind": str(said.kind), "facts": said.facts}
        new += [
            Message(
                body, one.id, str(said.kind), said.subject, said.text, payload, fact.name, at, at
            )
            for one in subscribed
            if fact.kind in one.what
        ]
    return messages.add(connection, new)


def _pages(
    database: Database, body: str, wanted: frozenset[str], today: date, at: int, policy: Policy
) -> Iterator[Sequence[Fact]]:
    for search in _searches(today, policy):
        if search.kind in wanted:
            yield from _search(database, body, search, today, policy)
    if NoticeKind.KEY_EXPIRING in wanted:
        yield list(_keys(database.read(lambda c: body_keys.of(c, body)), at))
    if NoticeKind.PUBLICATION_LATE in wanted:
        yield list(_late(database, body, today, at))


def _searches(today: date, policy: Policy) -> Sequence[_Search]:
    def ahead(kind: NoticeKind, column: str) -> _Search:
        return _Search(kind, column, today, today + timedelta(days=max(AHEAD[kind])))

    long_ago = add_months(today, -policy.suspension_limit_months)
    return (
        ahead(NoticeKind.SURVEILLANCE_DUE, "next_due"),
        _Search(NoticeKind.SURVEILLANCE_OVERDUE, "overdue_from", None, today),
        ahead(NoticeKind.CERTIFICATE_EXPIRING, "expires"),
        _Search(NoticeKind.SUSPENSION_LONG, "since", None, long_ago, frozenset({"suspended"})),
    )


def _search(
    database: Database, body: str, search: _Search, today: date, policy: Policy
) -> Iterator[Sequence[Fact]]:
    last: Deadline | None = None
    while True:
        page = database.read(
            lambda c, last=last: certificates_by(  # type: ignore[misc]
                c, body, search.column, first=search.first, last=search.last,
                states=search.states, today=today, after=last, limit=PAGE,
            )
        )  # fmt: skip
        yield [fact for one in page if (fact := _fact(search.kind, one, today, policy))]
        if len(page) < PAGE:
            return
        last = page[-1]


def _fact(kind: NoticeKind, one: Deadline, today: date, policy: Policy) -> Fact | None:
    """What is to be told of a certificate that was found by its day; None where not yet."""
    facts: dict[str, object] = {"number": one.number, "holder": one.holder}
    named = [one.number, one.day.isoformat()]
    if kind in AHEAD:
        days = (one.day - today).days
        named.append(str(nearest(days, AHEAD[kind])))
        facts["days"] = days
        facts["due" if kind is NoticeKind.SURVEILLANCE_DUE else "expires"] = one.day
    else:
        facts["since"] = one.day
    if kind is NoticeKind.SUSPENSION_LONG:
        # MS-16: too long from the day after the last one of its months.
        months = policy.suspension_limit_months
        if today <= add_months(one.day, months):
            return None
        facts["months"] = months
    return Fact(kind, _name(kind, *named), facts)


def _keys(found: Sequence[BodyKey], at: int) -> Iterator[Fact]:
    """Keys whose end is near, and that leave a purpose without a key."""
    kind = NoticeKind.KEY_EXPIRING
    for key in found:
        if key.until is None or key.revoked is not None or key.until <= at:
            continue
        days = (key.until - at) // DAY_S
        left = [
            purpose for purpose in key.purposes
            if not any(other.usable(purpose, key.until) for other in found)
        ]  # fmt: skip
        if left and (step := nearest(days, AHEAD[kind])) is not None:
            until = show_instant(key.until)
            facts = {"kid": key.kid, "purposes": ", ".join(left), "until": until, "days": days}
            yield Fact(kind, _name(kind, key.kid, until, str(step)), facts)


def _late(database: Database, body: str, today: date, at: int) -> Iterator[Fact]:
    """Publications that are late, once a day."""
    since = database.read(
        lambda c: unpublished_since(
            c, body, changed_before=at - CHANGE_LATE_S, signed_before=at - SIGNED_LATE_S
        )
    )
    if since is not None:
        kind = NoticeKind.PUBLICATION_LATE
        yield Fact(kind, _name(kind, today.isoformat()), {"since": show_instant(since)})


def _name(kind: NoticeKind, *parts: str) -> str:
    """The name of a fact; certificate numbers may hold what we put between its parts, so they come
    first and the parts after them have none."""
    return " ".join([kind, *parts])
