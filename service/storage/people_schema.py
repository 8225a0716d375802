"""The tables of people and machines: who may act here, and how they show who they are.

No secret is kept, only its SHA-256: all of them are random and long, so that none can be guessed
from its hash. Roles are rows of their own and are read anew in each transaction; what ends is
marked, not removed, but for what is only good for minutes. Instants are POSIX seconds.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
)

from service.storage.schema import METADATA as METADATA

_BODY, _HASH, _NAME = String(512), String(64), String(64)


def _of_user() -> "Column[str]":
    return Column("user", _NAME, ForeignKey("users.id"), nullable=False, index=True)


users = Table(
    "users",
    METADATA,
    # Random, as passkeys carry it: it says nothing about anybody.
    Column("id", _NAME, primary_key=True),
    Column("name", Text, nullable=False),
    # One spelling for each name, for people are called by it on the command line.
    Column("normal", Text, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)

roles = Table(
    "roles",
    METADATA,
    # `user` or `machine`, and the id of the one.
    Column("kind", String(8), primary_key=True),
    Column("holder", _NAME, primary_key=True),
    Column("body", _BODY, ForeignKey("bodies.id"), primary_key=True),
    Column("role", String(32), primary_key=True),
    Column("since", BigInteger, nullable=False),
    Index(None, "body", "kind"),
)

passkeys = Table(
    "passkeys",
    METADATA,
    # Credential ids have at most 1,023 bytes (WebAuthn Level 3, section 4).
    Column("id", String(1364), primary_key=True),
    _of_user(),
    Column("public_key", Text, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("backed_up", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

codes = Table(
    "codes",
    METADATA,
    Column("hash", _HASH, primary_key=True),
    _of_user(),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

challenges = Table(
    "challenges",
    METADATA,
    Column("hash", _HASH, primary_key=True),
    # Whose passkey is to be registered; null for a log-in.
    Column("user", _NAME, ForeignKey("users.id")),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

sessions = Table(
    "sessions",
    METADATA,
    Column("hash", _HASH, primary_key=True),
    Column("id", _NAME, nullable=False, unique=True),
    _of_user(),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)

machines = Table(
    "machines",
    METADATA,
    Column("id", _NAME, primary_key=True),
    # `api_key` or `client`.
    Column("kind", String(8), nullable=False),
    Column("name", Text, nullable=False),
    Column("scope", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("used_at", BigInteger),
    # Of an API key its hash, of a client its public key.
    Column("hash", _HASH, unique=True),
    Column("jwk", Text),
    Column("thumbprint", String(43), unique=True),
)

tokens = Table(
    "tokens",
    METADATA,
    Column("hash", _HASH, primary_key=True),
    Column("machine", _NAME, ForeignKey("machines.id"), nullable=False),
    Column("scope", Text),
    Column("expires_at", BigInteger, nullable=False, index=True),
)

assertions = Table(
    "assertions",
    METADATA,
    Column("machine", _NAME, ForeignKey("machines.id"), primary_key=True),
    Column("jti", _HASH, primary_key=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
)
