"""An entry of the public register: what a certificate is now, and its dated history."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.surveillance import Record
from service.storage.register import Certificate
from service.web.language import N_, _
from service.web.view.words import Line, dated, own

STATES: Mapping[str, str] = {
    "draft": N_("Decided, not yet in effect"),
    "active": N_("In force"),
    "suspended": N_("Suspended"),
    "withdrawn": N_("Withdrawn"),
    "cancelled": N_("Cancelled"),
    "transferred": N_("Moved to another certifier"),
    "expired": N_("Expired"),
}
OUTCOMES: Mapping[str, str] = {"active": "accept", "draft": "note"}
_EVENTS: Mapping[str, str] = {
    "granted": N_("Granted"),
    "extended": N_("Extended"),
    "reduced": N_("Reduced"),
    "renewed": N_("Renewed"),
    "restored": N_("Restored"),
    "suspended": N_("Suspended"),
    "reinstated": N_("Reinstated"),
    "withdrawn": N_("Withdrawn"),
    "cancelled": N_("Cancelled"),
    "transferred": N_("Moved to another certifier"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate as a row: `link` leads to its entry."""

    number: str
    holder: str
    what: str
    state: str
    outcome: str
    link: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Something in the life of a certificate."""

    day: Line
    what: Line


def entry(one: Certificate, base: str) -> Entry:
    """A certificate as a row of what was found."""
    return Entry(
        one.number, one.holder, one.standards, _(STATES[one.state]),
        OUTCOMES.get(one.state, "reject"), path_of(one, base),
    )  # fmt: skip


def path_of(one: Certificate, base: str) -> str:
    """Where the entry stands: the number as it is, for it may have slashes."""
    return f"/c{one.body[len(base) :]}/{one.number}"


def history(record: Record) -> tuple[Happened, ...]:
    """What happened, the newest first: decisions and surveillance."""
    found = [(one.effective_on, own(_EVENTS.get(one.type, one.type))) for one in record.events]
    found += [
        (one.last_day, own("Surveillance held"))
        for one in record.surveillance
        if one.last_day is not None
    ]
    found.sort(key=lambda row: row[0], reverse=True)
    return tuple(Happened(dated(day), what) for day, what in found)
