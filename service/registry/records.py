"""A certificate's record, as its events in the ledger add up (design.md 6).

Every event stays. An erratum does not change the one it corrects: the record shows what is right
now with the instant at which it was learnt, and the ledger shows both.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.domain.dates import show_instant
from service.domain.surveillance import EVENT_TYPES, Record
from service.status import record
from service.storage import ledger, register
from service.storage.database import Connection
from service.storage.ledger import Entry

_MEMBERS = ("reason", "removed", "to", "stage2_on")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is on record of a certificate: claims of events, surveillance and changes."""

    events: tuple[Mapping[str, Any], ...]
    surveillance: tuple[Mapping[str, Any], ...]
    changes: tuple[Mapping[str, Any], ...]


def record_of(connection: Connection, body: str, number: str, *, at: int) -> Record:
    """The record of a certificate, issued at `at` (POSIX seconds). Raises Denied NOT_FOUND."""
    one = register.certificate(connection, body, number)
    entries = ledger.history(connection, body, kind="certificate", subject=one.number)
    revisions = register.revisions_of(connection, body, one.number)
    return compiled(
        body, one.number, facts_of(entries), at=at, revision=one.revision,
        revisions=[
            {"rev": rev.rev, "sha256": rev.signing_sha256} for rev in revisions if rev.token
        ],
    )  # fmt: skip


def compiled(
    body: str, number: str, facts: Facts, *, at: int, revision: int,
    revisions: Iterable[Mapping[str, Any]],
) -> Record:  # fmt: skip
    """The record that facts make; our own reading of it proves that any verifier can read it."""
    claims = {
        "iss": body,
        "sub": number,
        "iat": at,
        "exp": at + record.LIFE_S,
        "revision": revision,
        "events": list(facts.events),
        "surveillance": list(facts.surveillance),
        "revisions": list(revisions),
        "changes": list(facts.changes),
    }
    return record.read_record(claims, issuer=body, number=number)


def facts_of(entries: Iterable[Entry]) -> Facts:
    """The facts that a certificate's events leave standing, in their order of effect."""
    kept = list(entries)
    corrected: dict[int, Entry] = {}
    for entry in kept:
        if entry.type == "erratum":
            corrected[json.loads(entry.data)["corrects"]] = entry
    events, surveillance, changes = [], [], []
    for entry in kept:
        data = json.loads(entry.data)
        if (fix := corrected.get(entry.seq)) is not None:
            data = {**data, **json.loads(fix.data)["right"]}
            entry = replace(  # from here on as corrected
                entry, recorded_at=fix.recorded_at, effective_on=fix.effective_on
            )
        if entry.type in EVENT_TYPES:
            events.append(_event(entry, data))
        elif entry.type in ("surveillance", "deferred"):
            surveillance.append(data)
        elif entry.type == "design_change":
            changes.append(data)
    events.sort(key=lambda event: event["effective_on"])
    return Facts(tuple(events), tuple(surveillance), tuple(changes))


def _event(entry: Entry, data: Mapping[str, Any]) -> Mapping[str, Any]:
    if entry.effective_on is None:
        raise ValueError("an event in the life of a certificate has a day")
    return {
        "type": entry.type,
        "effective_on": entry.effective_on.isoformat(),
        "recorded_at": show_instant(entry.recorded_at),
        **{name: data[name] for name in _MEMBERS if data.get(name) is not None},
    }
