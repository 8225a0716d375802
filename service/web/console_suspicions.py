"""The console's list of suspicions that readers reported: what they wrote, and what came of it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.registry import suspicions
from service.registry.suspicions import CLOSED, KIND, OPEN
from service.storage.database import Connection
from service.storage.papers import Paper
from service.web.auth import actor
from service.web.console_room import Room, newest, posted
from service.web.paging import whole
from service.web.problems import Problem
from service.web.view.page import fingerprint
from service.web.view.words import moment

_CLOSE = frozenset({"body", "id", "version", "note"})


@dataclass(frozen=True, slots=True)
class Row:
    """A suspicion; `code` are the digits that were scanned, `when` and `closed` days with times.

    `words` and `note` are lines. `reach` is None where nothing was said.
    """

    reference: str
    when: str
    number: str | None
    code: str | None
    fingerprint: str | None
    verdict: str
    codes: str
    words: tuple[str, ...]
    place: str | None
    reach: str | None
    state: str
    version: int
    note: tuple[str, ...]
    closed: str | None
    closed_by: str | None


class SuspicionRoom(Room):
    """The views below /console/suspicions."""

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("console_suspicions", __name__, url_prefix="/console/suspicions")
        routes.get("")(self.listed)
        routes.post("")(self.close)
        return routes

    def listed(self) -> Response:
        """What was reported to this body, the newest first: what is open, or what is closed."""

        def work(connection: Connection) -> dict[str, Any]:
            here, at = self.here(connection), self._desk.clock()
            asked = newest(connection, here.body.id, KIND, (OPEN, CLOSED))
            return {
                **asked, "body": here.body, "other": CLOSED if asked["state"] == OPEN else OPEN,
                "rows": [_row(one, here.body.zone) for one in asked["found"]],
                "decides": suspicions.may_decide(connection, actor(), here.body, at=at),
            }  # fmt: skip

        return self.page("console_suspicions.html", self._office.database.read(work))

    def close(self) -> AnyResponse:
        """Close one, with a note on what came of it."""
        form, who, at = posted(_CLOSE), actor(), self._desk.clock()
        body, reference, version = (form.get(name, "") for name in ("body", "id", "version"))
        if "\x00" in body + reference:
            raise Problem("BAD_PARAMETER")
        self._office.database.write(
            lambda c: suspicions.close(
                c, who, body, reference, form.get("note", ""), at=at, version=whole(version)
            )
        )
        return redirect(url_for("console_suspicions.listed", body=body), 303)


def _row(paper: Paper, zone: str) -> Row:
    told = paper.content
    closed = told.get("closed_at")
    return Row(
        reference=paper.subject,
        when=moment(told["reported_at"], zone),
        number=told["number"],
        code=told["code"],
        fingerprint=fingerprint(told["token_sha256"]),
        verdict=told["verdict"],
        codes=", ".join(told["codes"]),
        words=tuple(told["words"].splitlines()),
        place=told["place"],
        reach=told["reach"],
        state=paper.state,
        version=paper.version,
        note=tuple(told.get("note", "").splitlines()),
        closed=None if closed is None else moment(closed, zone),
        closed_by=told.get("closed_by"),
    )
