"""Papers: the present state of accreditations, recognitions, dossiers and proposals.

A paper is what its events add up to, kept so that it can be found; it changes only together with
an event, in one transaction. Its `version` grows by one with each change and is its entity tag.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from service.domain.refusal import Denied
from service.storage.canonical import written
from service.storage.schema import papers


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of a body; `about` is whom it is about, `changed_at` in POSIX seconds."""

    body: str
    kind: str
    subject: str
    about: str
    state: str
    content: Mapping[str, Any]
    version: int
    changed_at: int


def find(connection: Connection, body: str, kind: str, subject: str) -> Paper:
    """One paper. Raises Denied NOT_FOUND."""
    row = connection.execute(
        select(papers).where(
            papers.c.body == body, papers.c.kind == kind, papers.c.subject == subject
        )
    ).one_or_none()
    if row is None:
        raise Denied("NOT_FOUND")
    return _paper(row)


def listed(
    connection: Connection, body: str, kind: str, *, state: str | None = None,
    about: str | None = None, after: str = "", limit: int | None = None,
) -> Sequence[Paper]:  # fmt: skip
    """The papers of a body in the order of their subjects, from the one after `after`."""
    wanted = select(papers).where(
        papers.c.body == body, papers.c.kind == kind, papers.c.subject > after
    )
    if state is not None:
        wanted = wanted.where(papers.c.state == state)
    if about is not None:
        wanted = wanted.where(papers.c.about == about)
    rows = connection.execute(wanted.order_by(papers.c.subject).limit(limit))
    return [_paper(row) for row in rows]


def newest(
    connection: Connection, body: str, kind: str, *, state: str, limit: int,
    before: tuple[int, str] | None = None,
) -> Sequence[Paper]:  # fmt: skip
    """The papers of a body in a state, the last changed first.

    They begin after the one with this instant (POSIX seconds) and subject.
    """
    wanted = select(papers).where(
        papers.c.body == body, papers.c.kind == kind, papers.c.state == state
    )
    if before is not None:
        changed_at, subject = before
        earlier = papers.c.changed_at < changed_at
        beside = and_(papers.c.changed_at == changed_at, papers.c.subject > subject)
        wanted = wanted.where(or_(earlier, beside))
    rows = connection.execute(
        wanted.order_by(papers.c.changed_at.desc(), papers.c.subject).limit(limit)
    )
    return [_paper(row) for row in rows]


def about(connection: Connection, kind: str, whom: str) -> Sequence[Paper]:
    """The papers of a kind that any body holds about one."""
    wanted = select(papers).where(papers.c.kind == kind, papers.c.about == whom)
    rows = connection.execute(wanted.order_by(papers.c.body, papers.c.subject))
    return [_paper(row) for row in rows]


def add(connection: Connection, paper: Paper) -> None:
    """A new paper. Raises Denied ALREADY_EXISTS."""
    try:
        find(connection, paper.body, paper.kind, paper.subject)
    except Denied:
        connection.execute(insert(papers).values(**_row(paper)))
        return
    raise Denied("ALREADY_EXISTS", f"There is already one with the number {paper.subject}.")


def change(
    connection: Connection, paper: Paper, *, state: str, content: Mapping[str, Any], at: int
) -> Paper:
    """The paper with a new state and content. Raises Denied VERSION_CONFLICT if it has changed."""
    changed = Paper(
        paper.body, paper.kind, paper.subject, paper.about, state, content, paper.version + 1, at
    )
    done = connection.execute(
        update(papers)
        .where(
            papers.c.body == paper.body,
            papers.c.kind == paper.kind,
            papers.c.subject == paper.subject,
            papers.c.version == paper.version,
        )
        .values(**_row(changed))
    )
    if done.rowcount != 1:
        raise Denied("VERSION_CONFLICT", "It was changed by somebody else meanwhile.")
    return changed


def _row(paper: Paper) -> dict[str, Any]:
    return {
        "body": paper.body,
        "kind": paper.kind,
        "subject": paper.subject,
        "about": paper.about,
        "state": paper.state,
        "content": written(paper.content),
        "version": paper.version,
        "changed_at": paper.changed_at,
    }


def _paper(row: Any) -> Paper:
    return Paper(**{**row._mapping, "content": json.loads(row.content)})
