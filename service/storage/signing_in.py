"""How people show who they are: one-time codes, passkeys, and the sessions that follow.

Codes and session ids are random and long; only their SHA-256 is kept. A challenge is used once and
lives for minutes. A session ends by itself, when nothing is heard for a while, or when told to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from service.domain.refusal import Denied
from service.storage.people_schema import challenges, codes, passkeys, sessions, users

# A new mark only every minute: a page with ten parts is one visit.
SEEN_EVERY_S = 60
# What ended so long ago is no news to anybody; the ledger keeps it.
_KEPT_S = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Passkey:
    """A public key of a person's device (base64url of its COSE form)."""

    id: str
    user: str
    public_key: str
    sign_count: int
    backed_up: bool
    created_at: int
    used_at: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in; `id` names it to its owner and opens nothing."""

    id: str
    user: str
    created_at: int
    seen_at: int
    expires_at: int
    ended_at: int | None = None


def hashed(secret: str) -> str:
    """How a secret stands in the database."""
    return sha256(secret.encode()).hexdigest()


def add_code(connection: Connection, code: str, user: str, *, expires_at: int) -> None:
    """A one-time code for a person; it takes the place of those not used yet."""
    connection.execute(delete(codes).where(codes.c.user == user, codes.c.used_at.is_(None)))
    connection.execute(
        insert(codes).values(hash=hashed(code), user=user, expires_at=expires_at, used_at=None)
    )


def code_user(connection: Connection, code: str, *, at: int) -> str:
    """Whose code this is. Raises Denied NOT_AUTHENTICATED for one unknown, used or expired."""
    row = connection.execute(select(codes).where(codes.c.hash == hashed(code))).one_or_none()
    if row is None or row.used_at is not None or at >= row.expires_at:
        raise Denied("NOT_AUTHENTICATED", "This code is wrong, was used, or has expired.", "code")
    _check_user(connection, row.user)
    return str(row.user)


def use_code(connection: Connection, code: str, *, at: int) -> str:
    """Whose code this is, which from now on is used. Raises as `code_user`."""
    user = code_user(connection, code, at=at)
    done = connection.execute(
        update(codes)
        .where(codes.c.hash == hashed(code), codes.c.used_at.is_(None))
        .values(used_at=at)
    )
    if done.rowcount != 1:
        raise Denied("NOT_AUTHENTICATED", "This code was used.", "code")
    return user


def add_challenge(
    connection: Connection, challenge: str, user: str | None, *, at: int, expires_at: int
) -> None:
    """A challenge to be answered once: to register a passkey of a person, or to log in."""
    connection.execute(delete(challenges).where(challenges.c.expires_at <= at))
    connection.execute(
        insert(challenges).values(hash=hashed(challenge), user=user, expires_at=expires_at)
    )


def use_challenge(connection: Connection, challenge: str, user: str | None, *, at: int) -> None:
    """Raises Denied NOT_AUTHENTICATED for a challenge that was not made for this, or is over."""
    done = connection.execute(
        delete(challenges).where(
            challenges.c.hash == hashed(challenge),
            challenges.c.user.is_(None) if user is None else challenges.c.user == user,
            challenges.c.expires_at > at,
        )
    )
    if done.rowcount != 1:
        raise Denied("NOT_AUTHENTICATED", "This took too long; try again.")


def add_passkey(connection: Connection, passkey: Passkey) -> None:
    """A new passkey. Raises Denied ALREADY_EXISTS."""
    if connection.execute(select(passkeys.c.id).where(passkeys.c.id == passkey.id)).first():
        raise Denied("ALREADY_EXISTS", "This passkey is registered already.")
    connection.execute(
        insert(passkeys).values({name: getattr(passkey, name) for name in passkey.__slots__})
    )


def passkey(connection: Connection, id: str) -> Passkey:
    """A passkey of somebody who may log in. Raises Denied NOT_AUTHENTICATED."""
    row = connection.execute(select(passkeys).where(passkeys.c.id == id)).one_or_none()
    if row is None:
        raise Denied("NOT_AUTHENTICATED", "This passkey is not known here.")
    _check_user(connection, row.user)
    return Passkey(**row._mapping)


def passkeys_of(connection: Connection, user: str) -> Sequence[Passkey]:
    """The passkeys of a person, the oldest first."""
    rows = connection.execute(
        select(passkeys).where(passkeys.c.user == user).order_by(passkeys.c.created_at)
    )
    return [Passkey(**row._mapping) for row in rows]


def use_passkey(connection: Connection, id: str, *, sign_count: int, at: int) -> None:
    """Note that a passkey was used, and how often it says that it was."""
    connection.execute(
        update(passkeys).where(passkeys.c.id == id).values(sign_count=sign_count, used_at=at)
    )


def remove_passkey(connection: Connection, user: str, id: str) -> None:
    """Forget a passkey of a person. Raises Denied NOT_FOUND."""
    done = connection.execute(delete(passkeys).where(passkeys.c.user == user, passkeys.c.id == id))
    if done.rowcount != 1:
        raise Denied("NOT_FOUND")


def add_session(connection: Connection, secret: str, session: Session) -> None:
    """A session that is opened by a secret."""
    old = sessions.c.expires_at < session.created_at - _KEPT_S
    connection.execute(delete(sessions).where(old))
    row: dict[str, Any] = {name: getattr(session, name) for name in session.__slots__}
    connection.execute(insert(sessions).values(hash=hashed(secret), **row))


def find_session(connection: Connection, secret: str, *, at: int, idle_s: int) -> Session | None:
    """The session that a secret opens, while it lasts, of somebody who may log in."""
    row = connection.execute(
        select(sessions)
        .join(users, users.c.id == sessions.c.user)
        .where(sessions.c.hash == hashed(secret), users.c.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    found = _session(row)
    lasts = found.ended_at is None and at < found.expires_at and at < found.seen_at + idle_s
    return found if lasts else None


def see_session(connection: Connection, id: str, *, at: int) -> None:
    """Note that something was heard of a session."""
    connection.execute(update(sessions).where(sessions.c.id == id).values(seen_at=at))


def sessions_of(connection: Connection, user: str, *, at: int, idle_s: int) -> Sequence[Session]:
    """The sessions of a person that last, the newest first."""
    rows = connection.execute(
        select(sessions)
        .where(
            sessions.c.user == user, sessions.c.ended_at.is_(None), sessions.c.expires_at > at,
            sessions.c.seen_at > at - idle_s,
        )
        .order_by(sessions.c.created_at.desc(), sessions.c.id)
    )  # fmt: skip
    return [_session(row) for row in rows]


def end_sessions(connection: Connection, user: str, *, at: int, id: str | None = None) -> int:
    """End the sessions of a person, or the one; gives back how many were ended."""
    wanted = update(sessions).where(sessions.c.user == user, sessions.c.ended_at.is_(None))
    if id is not None:
        wanted = wanted.where(sessions.c.id == id)
    return connection.execute(wanted.values(ended_at=at)).rowcount


def _check_user(connection: Connection, id: str) -> None:
    ended = connection.execute(select(users.c.ended_at).where(users.c.id == id)).scalar_one()
    if ended is not None:
        raise Denied("NOT_AUTHENTICATED", "This account is closed.")


def _session(row: Any) -> Session:
    return Session(**{name: getattr(row, name) for name in Session.__slots__})
