"""The tables of notices: who wants to be told what, and what is still to be told to whom.

A message is written in the transaction of the fact it tells, and sent later (security.md R19). It
is kept after it was sent: its id, a hash of who is told and of what, is what keeps a fact from
being told twice. No secret is kept; webhooks are signed with keys of the body. Instants are POSIX
seconds.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

# With the tables of people: this is the newest module of tables, and knows all of them.
from service.storage.people_schema import METADATA as METADATA

_BODY, _ID = String(512), String(32)

subscriptions = Table(
    "subscriptions",
    METADATA,
    # A hash of body, channel and address: one address is told once.
    Column("id", _ID, primary_key=True),
    Column("body", _BODY, ForeignKey("bodies.id"), nullable=False, index=True),
    Column("channel", String(8), nullable=False),
    Column("address", Text, nullable=False),
    # Kinds of notices, with spaces between them.
    Column("what", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint("channel IN ('mail', 'webhook')", name="channel"),
)

messages = Table(
    "messages",
    METADATA,
    # A hash of the subscription and the fact: one fact is told once.
    Column("id", _ID, primary_key=True),
    Column("body", _BODY, ForeignKey("bodies.id"), nullable=False),
    Column("subscription", _ID, ForeignKey("subscriptions.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("fact", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # Not before this instant; while it is being sent, when the lease of whoever sends it ends.
    Column("next_try_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("state", String(8), nullable=False),
    Column("last_error", String(64)),
    CheckConstraint("state IN ('queued', 'sent', 'dead')", name="state"),
    Index(None, "body", "created_at"),
    Index(None, "subscription", "state"),
)
Index(
    "ix_messages_due",
    messages.c.next_try_at,
    sqlite_where=messages.c.state == "queued",
    postgresql_where=messages.c.state == "queued",
)
