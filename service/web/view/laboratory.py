"""A laboratory on file as a page shows it, and what a form says of it: for people, in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.storage.papers import Paper
from service.web.view.authority import ScopeLine, lines_of, scope_line
from service.web.view.words import Line, dated_or_none

NORMS = ("ISO/IEC 17025", "ISO/IEC 17020", "ISO/IEC 17065")
# What becomes of an accreditation, as its accreditation body states it.
EVENTS: Mapping[str, str] = {
    "suspended": "Suspended",
    "lifted": "Suspension lifted",
    "withdrawn": "Withdrawn",
    "resigned": "Given up",
}
FIELDS = frozenset("name id by number norm granted_on expires_on standards event event_on".split())


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A laboratory; `standards` are those of its scope, one a line, where it has a single row.

    `events` are what became of its accreditation, with their days, the oldest first.
    """

    name: str
    id: str
    by: str
    number: str
    norm: str
    granted_on: str
    expires_on: str
    scope: tuple[ScopeLine, ...]
    standards: str | None
    events: tuple[tuple[str, Line | None], ...]


def laboratory(paper: Paper, today: date) -> Laboratory:
    """A laboratory of the register."""
    content, granted = paper.content, paper.content["accreditation"]
    rows = granted.get("scope", ())
    single = len(rows) == 1 and rows[0].keys() <= {"standards", "from"}
    return Laboratory(
        name=paper.subject,
        id=content["id"],
        by=content["by"],
        number=granted["number"],
        norm=granted["norm"],
        granted_on=granted["granted_on"],
        expires_on=granted.get("expires_on", ""),
        scope=tuple(scope_line(row, today.isoformat()) for row in rows),
        standards="\n".join(rows[0].get("standards", ())) if single else None,
        events=tuple(map(_event, granted.get("events", ()))),
    )


def _event(told: Mapping[str, Any]) -> tuple[str, Line | None]:
    title = EVENTS.get(told["type"], told["type"].capitalize())
    return title, dated_or_none(told.get("effective_on"))


def asked(form: Mapping[str, str], known: Mapping[str, Any] | None, zone: str) -> dict[str, Any]:
    """The particulars that a form says, over those on file: what it has no field for stays.

    `zone` is that in which the days of a new one are told.
    """
    granted: dict[str, Any] = {"zone": zone} | dict((known or {}).get("accreditation", {}))
    first = form.get("granted_on", "")
    for name in ("number", "norm", "granted_on"):
        granted[name] = form.get(name, "")
    granted.pop("expires_on", None)
    if "expires_on" in form:
        granted["expires_on"] = form["expires_on"]
    if known is None or "standards" in form:
        granted["scope"] = [{"standards": lines_of(form.get("standards", "")), "from": first}]
    if "event" in form:
        event = {"type": form["event"], "effective_on": form.get("event_on", "")}
        granted["events"] = [*granted.get("events", ()), event]
    return {"id": form.get("id", ""), "by": form.get("by", ""), "accreditation": granted}
