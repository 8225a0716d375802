"""What this service trusts and by what policy it judges: changed by two people, never by one.

Anchors and policy lie in the evidence folder, where verifiers read them; who changed them, and into
what, is written down first. A change replaces the whole file, so both people see all of it.
"""

from collections.abc import Mapping
from typing import Any

from service.domain.people import SERVICE, Actor, Power
from service.domain.refusal import Denied
from service.registry.office import Office
from service.storage import ledger, people
from service.storage.bundle import write_anchors, write_policy
from service.storage.canonical import digest
from service.storage.database import Connection


class Pinning:
    """The actions on the anchors and the policy of an office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def anchors(
        self, connection: Connection, body: str, asked: Mapping[str, Any], who: Actor, at: int
    ) -> Mapping[str, Any]:
        """Trust these anchors (`anchors`, as in `anchors.json`) from now on, and no others."""
        people.require(connection, who, SERVICE, Power.ANCHORS, at=at)
        content = {"anchors": asked["anchors"]}
        _told(connection, body, "anchors", content, who, at)
        try:
            write_anchors(self._office.folder, content, self._office.evidence.catalogue)
        except ValueError as error:
            raise Denied("BAD_PARAMETER", str(error), "anchors") from None
        return {"anchors": [one["id"] for one in asked["anchors"]]}

    def policy(
        self, connection: Connection, body: str, asked: Mapping[str, Any], who: Actor, at: int
    ) -> Mapping[str, Any]:
        """Judge by this policy (`content`, as in `policy.json`) from now on."""
        people.require(connection, who, SERVICE, Power.POLICY, at=at)
        _told(connection, body, "policy", asked["content"], who, at)
        try:
            write_policy(self._office.folder, asked["content"])
        except ValueError as error:
            raise Denied("BAD_PARAMETER", str(error), "content") from None
        return {"policy": digest(asked["content"])}


def _told(
    connection: Connection, body: str, kind: str, content: Mapping[str, Any], who: Actor, at: int
) -> None:
    if body != SERVICE:
        raise Denied("BAD_PARAMETER", "This is of the service itself.", "body")
    ledger.lock_body(connection, body)
    ledger.append(
        connection, body, kind=kind, subject=kind, type="changed", at=at, actor=who.name,
        data={"content": content, "sha256": digest(content), "proposed_by": who.proposed_by},
    )  # fmt: skip
