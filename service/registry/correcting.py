"""Errata: what was written down wrongly is corrected by a second event, with four eyes.

History stays: the ledger has both, the record shows what is right with the instant at which it was
learnt (rules.md 3.1, DT-7). The type of an event is never corrected.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from service.domain.people import Actor as Who
from service.domain.people import Power
from service.domain.refusal import Denied
from service.domain.surveillance import EVENT_TYPES, Removed
from service.registry.lives import Life, load, refuse, settle
from service.registry.office import Office
from service.rules.certificate_life import Act, Transition
from service.rules.transition_table import Actor
from service.rules.transitions import assess_transition
from service.storage import ledger, people
from service.storage.database import Connection
from service.storage.ledger import Entry


def correct(
    connection: Connection, office: Office, who: Who, body: str, number: str, *, seq: int,
    right: Mapping[str, Any], effective_on: date, at: int,
) -> Life:  # fmt: skip
    """Correct the event `seq` of a certificate: its day, its reason, what it names.

    `who` approves what another has proposed. Raises Denied DUAL_CONTROL_REQUIRED, NOT_FOUND, and
    the code of the rule that speaks against it.
    """
    people.require(connection, who, body, Power.CORRECT, at=at)
    ledger.lock_body(connection, body)
    life = load(connection, office, body, number, at=at)
    entry = _entry(connection, body, life.row.number, seq)
    corrects = next(
        (
            event
            for event in life.record.events
            if (event.type, event.effective_on) == (entry.type, entry.effective_on)
        ),
        None,
    )
    removed, to = right.get("removed"), right.get("to") or {}
    asked = Transition(
        act=Act.ERRATUM, by=Actor.REGISTER_OFFICER, today=life.today, effective_on=effective_on,
        reason=right.get("reason"), corrects=corrects, second=who.proposed_by is not None,
        removed=Removed(**{name: tuple(value) for name, value in removed.items()})
        if removed else None,
        to_body=to.get("by"), to_number=to.get("number"),
    )  # fmt: skip
    known = life.known
    if corrects is not None and corrects not in known.events:
        known = replace(known, events=life.record.events)
    refuse(assess_transition(known, asked))
    ledger.append(
        connection, body, kind="certificate", subject=life.row.number, type="erratum", at=at,
        actor=who.name, effective_on=effective_on,
        data={"corrects": seq, "right": right, "proposed_by": who.proposed_by},
    )  # fmt: skip
    return settle(connection, office, body, number, at=at)


def _entry(connection: Connection, body: str, number: str, seq: int) -> Entry:
    for entry in ledger.history(connection, body, kind="certificate", subject=number):
        if entry.seq == seq and entry.type in EVENT_TYPES:
            return entry
    raise Denied("NOT_FOUND")
