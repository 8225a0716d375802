"""What needs two people, as data: each action by its name, its power, and what is then done."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.domain.dates import parse_instant
from service.domain.people import Actor, Power
from service.registry import approvals, bodies, correcting, grounds
from service.registry.approvals import Action
from service.registry.office import Office, key_trouble
from service.registry.pinning import Pinning
from service.storage.database import Connection


def actions(office: Office) -> Mapping[str, Action]:
    """Every action of an office."""
    return {
        **approvals.ACTIONS,
        "erratum": Action(Power.CORRECT, _Erratum(office).run),
        "key.add": Action(Power.KEYS, _AddKey(office).run),
        "key.end": Action(Power.KEYS, _end_key),
        "anchors.set": Action(Power.ANCHORS, Pinning(office).anchors),
        "policy.set": Action(Power.POLICY, Pinning(office).policy),
        "decision.late": Action(Power.DECIDE, grounds.approve_late),
    }


class _Erratum:
    """A correction of the ledger."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def run(
        self, connection: Connection, body: str, asked: Mapping[str, Any], who: Actor, at: int
    ) -> Mapping[str, Any]:
        """Correct the event; gives back the certificate's state."""
        life = correcting.correct(
            connection, self._office, who, body, asked["number"], seq=asked["seq"],
            right=asked["right"], effective_on=date.fromisoformat(asked["effective_on"]), at=at,
        )  # fmt: skip
        return {"number": life.row.number, "state": life.row.state, "version": life.row.version}


class _AddKey:
    """A further key of a body: for a rotation, the new one."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def run(
        self, connection: Connection, body: str, asked: Mapping[str, Any], who: Actor, at: int
    ) -> Mapping[str, Any]:
        """Take the key that rests at the reference into use."""
        signer: bodies.Named
        if asked.get("jwk"):
            signer = bodies.KeptElsewhere(asked["jwk"])
        else:
            with key_trouble():
                signer = self._office.open_signer(asked["reference"])
        key = bodies.add_key(
            connection, who, body, signer, reference=asked["reference"],
            purposes=tuple(asked["purposes"]),
            since=parse_instant(asked["since"]) if asked.get("since") else at, at=at,
        )  # fmt: skip
        return {"kid": key.kid, "body": key.body}


def _end_key(
    connection: Connection, body: str, asked: Mapping[str, Any], who: Actor, at: int
) -> Mapping[str, Any]:
    """A key retired at an instant, or lost since one."""
    until, lost = (
        parse_instant(asked[name]) if asked.get(name) else None for name in ("until", "lost")
    )
    key = bodies.end_key(connection, who, body, asked["kid"], at=at, until=until, lost=lost)
    return {"kid": key.kid, "body": key.body}
