"""Laboratories on file: whose test reports a certification body takes, and on what standing.

Their accreditation is as their accreditation body states it; whether somebody recognises that body
is read from the published statements at each decision (rules.md IG-PC-2, AB-12).
"""

from collections.abc import Mapping
from typing import Any

from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.registry.accrediting import check
from service.storage import ledger, papers, people
from service.storage.database import Connection
from service.storage.papers import Paper

KIND = "laboratory"


def put(
    connection: Connection, who: Actor, body: str, name: str, content: Mapping[str, Any], *, at: int
) -> Paper:
    """A laboratory, new or with new particulars: `id`, `by`, and `accreditation`.

    Raises Denied NOT_ALLOWED, CLAIM_*.
    """
    people.require(connection, who, body, Power.EVALUATE, at=at)
    ledger.lock_body(connection, body)
    granted = {"keys": [], "status_origins": [], **content["accreditation"]}
    check("accreditation", granted, by=content["by"], of=content["id"])
    full = {**content, "accreditation": granted}
    try:
        known = papers.find(connection, body, KIND, name)
    except Denied:
        paper = Paper(body, KIND, name, content["by"], "active", full, 1, at)
        papers.add(connection, paper)
    else:
        paper = papers.change(connection, known, state="active", content=full, at=at)
    ledger.append(
        connection, body, kind=KIND, subject=name, type="put", at=at, actor=who.name, data=full
    )
    return paper
