"""The console's list of what waits for a second person: seen in full, then approved or refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.people import COMMAND_LINE
from service.domain.refusal import Denied
from service.registry import approvals
from service.registry.approvals import APPROVED, EXPIRED, KIND, OPEN, REJECTED, Action
from service.registry.office import Office
from service.storage import people
from service.storage.database import Connection
from service.storage.papers import Paper
from service.storage.people import USER
from service.web.auth import actor
from service.web.console_room import Room, newest, posted
from service.web.desk import Desk
from service.web.problems import Problem
from service.web.view.words import moment

STATES = (OPEN, APPROVED, REJECTED, EXPIRED)
_DECIDE = frozenset({"body", "id", "digest", "act"})
# action -> what it is, and what approving it brings about.
ACTIONS: Mapping[str, tuple[str, str]] = {
    "role.give": (
        "Give a role that may approve",
        "From now on this person may propose and approve what needs two people.",
    ),
    "erratum": (
        "Correct an event of the ledger",
        "The event stays as it was written, and what it should have said counts in its place.",
    ),
    "key.add": (
        "Take a key into use",
        "Signatures by this key hold for this body, for the purposes named, from that time on.",
    ),
    "key.end": (
        "End a key",
        "The key signs nothing more; what a lost key signed from that time on is refused.",
    ),
    "anchors.set": (
        "Pin other anchors",
        "Only certificates that lead to one of these anchors are genuine here from then on.",
    ),
    "policy.set": (
        "Use another policy",
        "Everything is judged by these parameters, standards and schemes from then on.",
    ),
    "decision.late": (
        "Take a decision that comes late",
        "The decision may be issued although its day lies further back than is allowed.",
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A proposal; `whole` is all of what is approved, `mine` whether it waits for somebody else."""

    number: str
    title: str
    consequence: str
    whole: str
    digest: str
    proposed_by: str
    seconded_by: str | None
    state: str
    when: str
    ends: str
    mine: bool
    may: bool


class ApprovalRoom(Room):
    """The views below /console/approvals."""

    def __init__(self, desk: Desk, office: Office, actions: Mapping[str, Action]) -> None:
        super().__init__(desk, office)
        self._actions = actions

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("console_approvals", __name__, url_prefix="/console/approvals")
        routes.get("")(self.listed)
        routes.post("")(self.decide)
        return routes

    def listed(self) -> Response:
        """What was proposed at this body and is open, or was decided; the newest first."""

        def work(connection: Connection) -> dict[str, Any]:
            here = self.here(connection)
            asked = newest(connection, here.body.id, KIND, STATES)
            rows = [self._row(connection, one, here.body.zone) for one in asked["found"]]
            return {**asked, "body": here.body, "states": STATES, "rows": rows}

        return self.page("console_approvals.html", self._office.database.read(work))

    def decide(self) -> AnyResponse:
        """Approve what was seen, or refuse it, or take back one's own."""
        form, who, at = posted(_DECIDE), actor(), self._desk.clock()
        body, number, digest = (form.get(name, "") for name in ("body", "id", "digest"))
        if "\x00" in body + number:
            raise Problem("BAD_PARAMETER")

        def work(connection: Connection) -> None:
            match form.get("act"):
                case "approve":
                    approvals.approve(
                        connection, self._actions, who, body, number, digest=digest, at=at
                    )
                case "reject":
                    approvals.reject(connection, self._actions, who, body, number, at=at)
                case _:
                    raise Problem("BAD_PARAMETER", "act")

        self._office.database.write(work)
        return redirect(url_for("console_approvals.listed", body=body), 303)

    def _row(self, connection: Connection, paper: Paper, zone: str) -> Row:
        told, who, at = paper.content, actor(), self._desk.clock()
        title, consequence = ACTIONS[told["action"]]
        first = told.get("approver") or told["proposer"]
        state = EXPIRED if paper.state == OPEN and at >= told["expires"] else paper.state
        power = self._actions[told["action"]].power
        return Row(
            number=paper.subject,
            title=title,
            consequence=consequence,
            whole=json.dumps(told["parameters"], indent=2, ensure_ascii=False, sort_keys=True),
            digest=told["digest"],
            proposed_by=_named(connection, told["proposer"]),
            seconded_by=_named(connection, told["approver"]) if "approver" in told else None,
            state=state,
            when=moment(paper.changed_at, zone),
            ends=moment(told["expires"], zone),
            mine=first == who.name,
            may=state == OPEN and power in people.powers(connection, who, paper.body, at=at),
        )


def _named(connection: Connection, name: str) -> str:
    """Who is meant by a name of the ledger: somebody's own, where the register knows them."""
    if name == COMMAND_LINE.name:
        return "Somebody at the command line"
    kind, _, id = name.partition(":")
    try:
        return people.user(connection, id).name if kind == USER else name
    except Denied:
        return name
