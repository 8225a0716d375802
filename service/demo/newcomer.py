"""Somebody to try it as: a person at a demo certification body, a machine's key, and a dossier.

Person and key are new in every world, unlike everything else in it: a code and a key that everybody
knows would let anybody in who can reach the service.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from service.demo.cast import BODIES
from service.demo.dossiers import dossier
from service.demo.firms import FJELLVIK
from service.demo.papers import ACCEPT, Story, system
from service.domain.dates import DAY_S
from service.domain.people import COMMAND_LINE, Role
from service.registry import people
from service.registry.office import Office
from service.storage.database import Connection
from service.storage.folder import write_whole
from service.storage.people import USER, Held

NAME, BODY = "Demo Newcomer", BODIES["alderway"].id
DOSSIER = "dossier.json"
# The certificate that it leads to, decided on the day of building; its number the register gives.
_FIRST = system("alderway", "", FJELLVIK, Story("first", "Your first one.", ACCEPT), decided=0)
ROLES = (
    Role.REGISTER_OFFICER,
    Role.DECISION_MAKER,
    Role.EVALUATOR,
    Role.SURVEILLANCE_OFFICER,
)
# As long as a world is good for and more; then it is built anew.
KEY_S = 30 * DAY_S


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person's `name` and the one-time `code` with which they join, and an `api_key`, for `body`.

    Code and key are shown once: the register keeps only what they are known by again.
    """

    name: str
    body: str
    code: str = field(repr=False)
    api_key: str = field(repr=False)


def invite_newcomer(office: Office, *, at: int) -> Newcomer:
    """Invite them at `at` (POSIX seconds). Raises Denied ALREADY_EXISTS for a second time."""

    def work(connection: Connection) -> Newcomer:
        first, *more = ROLES
        user, code = people.invite(connection, COMMAND_LINE, NAME, at=at, role=first, body=BODY)
        for role in more:
            people.give_role(connection, COMMAND_LINE, Held(USER, user.id, BODY, role, at), at=at)
        _, secret = people.new_api_key(
            connection, COMMAND_LINE, "Demo machine", body=BODY, role=Role.REGISTER_OFFICER,
            scope=None, expires_at=at + KEY_S, at=at,
        )  # fmt: skip
        return Newcomer(user.name, BODY, code, secret)

    return office.database.write(work)


def write_dossier(folder: Path, built_on: date) -> None:
    """Put a complete dossier into `folder`, to be issued within the days that a decision may lie
    back. Raises OSError.
    """
    content = json.dumps(dossier(_FIRST, built_on), ensure_ascii=False, indent=1)
    write_whole(folder / DOSSIER, f"{content}\n".encode())
