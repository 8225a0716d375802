"""Signing in: a code makes the first passkey, a passkey opens a session, a session can be ended.

What a browser signs is checked by whoever speaks WebAuthn and is handed in as a function; here each
challenge and code is used once, and whatever opens or ends stands in the service's ledger.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service.domain.people import SERVICE, Actor
from service.domain.refusal import Denied
from service.registry.people import open_service
from service.storage import ledger, people, signing_in
from service.storage.database import Connection
from service.storage.people import USER, User
from service.storage.signing_in import Passkey, Session

# A working day at most, and an hour without a word; minutes for a finger on a sensor. In seconds.
SESSION_S, IDLE_S = 8 * 3_600, 3_600
CHALLENGE_S = 300


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just opened; its secret goes into a cookie and nowhere else."""

    user: User
    session: Session
    secret: str


def challenge(connection: Connection, text: str, user: str | None, *, at: int) -> None:
    """A challenge was sent: to register a passkey of `user`, or to log in."""
    signing_in.add_challenge(connection, text, user, at=at, expires_at=at + CHALLENGE_S)


def join(
    connection: Connection, code: str, challenge: str, passkey_of: Callable[[str], Passkey], *,
    at: int,
) -> Opened:  # fmt: skip
    """Register the first passkey of whose code this is, and log them in.

    `passkey_of` gives the checked passkey of a person. Raises Denied NOT_AUTHENTICATED.
    """
    user = signing_in.use_code(connection, code, at=at)
    add_passkey(connection, user, challenge, passkey_of, at=at)
    return _open(connection, user, at)


def add_passkey(
    connection: Connection, user: str, challenge: str, passkey_of: Callable[[str], Passkey], *,
    at: int,
) -> Passkey:  # fmt: skip
    """A further passkey of somebody. Raises Denied NOT_AUTHENTICATED, ALREADY_EXISTS."""
    signing_in.use_challenge(connection, challenge, user, at=at)
    passkey = passkey_of(user)
    signing_in.add_passkey(connection, passkey)
    _write(connection, user, "passkey_added", at, {"passkey": passkey.id})
    return passkey


def remove_passkey(connection: Connection, user: str, id: str, *, at: int) -> None:
    """Forget a passkey of somebody, but never the last. Raises Denied NOT_FOUND, NOT_ALLOWED."""
    if len(signing_in.passkeys_of(connection, user)) == 1:
        raise Denied("NOT_ALLOWED", "The last passkey stays: add another first.")
    signing_in.remove_passkey(connection, user, id)
    _write(connection, user, "passkey_removed", at, {"passkey": id})


def log_in(
    connection: Connection, passkey: str, challenge: str, count_of: Callable[[Passkey], int], *,
    at: int,
) -> Opened:  # fmt: skip
    """Log in the owner of a passkey; `count_of` checks what it signed and gives its counter.

    Raises Denied NOT_AUTHENTICATED.
    """
    signing_in.use_challenge(connection, challenge, None, at=at)
    found = signing_in.passkey(connection, passkey)
    signing_in.use_passkey(connection, found.id, sign_count=count_of(found), at=at)
    return _open(connection, found.user, at)


def visit(connection: Connection, secret: str, *, at: int) -> Session | None:
    """The session that a secret opens, while it lasts."""
    return signing_in.find_session(connection, secret, at=at, idle_s=IDLE_S)


def open_sessions(connection: Connection, user: str, *, at: int) -> Sequence[Session]:
    """The sessions of somebody that last, the newest first."""
    return signing_in.sessions_of(connection, user, at=at, idle_s=IDLE_S)


def close_session(connection: Connection, user: str, id: str, *, at: int) -> None:
    """End one session of somebody. Raises Denied NOT_FOUND."""
    if signing_in.end_sessions(connection, user, at=at, id=id) != 1:
        raise Denied("NOT_FOUND")
    _write(connection, user, "session_closed", at, {"session": id})


def _open(connection: Connection, user: str, at: int) -> Opened:
    secret = secrets.token_urlsafe(32)
    session = Session(secrets.token_hex(8), user, at, at, at + SESSION_S)
    signing_in.add_session(connection, secret, session)
    _write(connection, user, "session_opened", at, {"session": session.id})
    return Opened(people.user(connection, user), session, secret)


def _write(connection: Connection, user: str, type: str, at: int, data: dict[str, str]) -> None:
    open_service(connection)
    ledger.append(
        connection, SERVICE, kind="person", subject=user, type=type, at=at,
        actor=Actor(USER, user).name, data=data,
    )  # fmt: skip
