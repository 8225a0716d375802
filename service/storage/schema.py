"""The tables of the register: events are the truth, everything else is derived from them or a lock.

Every body's events are one chain (`ledger`): `bodies` holds its length and head, and is the row
that a writer locks, so the changes of one body have an order and bodies do not wait for each other.
Instants are POSIX seconds, civil days ISO texts, JSON is text in one canonical spelling: both
databases compare and order all of them alike.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

# Names of constraints are the same on every database, so that a migration can speak of them.
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# An entity id is a URL of moderate length; numbers and names are bounded by the claims reader.
_ID, _DAY, _HASH = String(512), String(10), String(64)


def _body() -> "Column[str]":
    return Column("body", _ID, ForeignKey("bodies.id"), primary_key=True)


bodies = Table(
    "bodies",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("role", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("superior", _ID),
    # The chain of its events: how many, and the hash of the last.
    Column("events", BigInteger, nullable=False),
    Column("head", _HASH, nullable=False),
    # The next entry of its status lists, and the newest `iat` it has signed.
    Column("next_list", Integer, nullable=False),
    Column("next_index", Integer, nullable=False),
    Column("last_iat", BigInteger, nullable=False),
)

events = Table(
    "events",
    METADATA,
    _body(),
    Column("seq", BigInteger, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("type", String(64), nullable=False),
    Column("effective_on", _DAY),
    Column("recorded_at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("hash", _HASH, nullable=False),
    Index(None, "body", "kind", "subject", "seq"),
)

certificates = Table(
    "certificates",
    METADATA,
    _body(),
    Column("number", Text, primary_key=True),
    # NFC, case-folded and trimmed: one spelling for each number (security.md R18).
    Column("normal", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("standards", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("holder_normal", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("decided", _DAY, nullable=False),
    Column("effective", _DAY, nullable=False),
    Column("expires", _DAY),
    Column("since", _DAY),
    # The next surveillance, and the first day on which it is overdue.
    Column("next_due", _DAY),
    Column("overdue_from", _DAY),
    # The next day on which its list entry changes by itself: announced, or overdue.
    Column("turns_on", _DAY),
    Column("migrated", Boolean, nullable=False),
    # What makes a second issue of the same within a day a double click, and when it was issued.
    Column("likeness", _HASH, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    # Grows with every change: the entity tag.
    Column("version", Integer, nullable=False),
    # Whether the public register shows it only to those who have the code.
    Column("confidential", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("body", "normal"),
    Index(None, "body", "likeness", "issued_at"),
    Index(None, "body", "overdue_from"),
    Index(None, "body", "turns_on"),
    Index(None, "body", "next_due"),
    Index(None, "body", "expires"),
    Index(None, "body", "holder_normal"),
)

revisions = Table(
    "revisions",
    METADATA,
    Column("body", _ID, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("rev", Integer, primary_key=True),
    Column("list", Integer, nullable=False),
    Column("idx", Integer, nullable=False),
    # `intent` before it is signed, then `issued`, or `void`: its index stays used.
    Column("state", String(8), nullable=False),
    Column("value", Integer, nullable=False),
    Column("act", String(16), nullable=False),
    Column("claims", Text, nullable=False),
    Column("dossier", Text, nullable=False),
    Column("dossier_sha256", _HASH, nullable=False),
    Column("actor", Text, nullable=False),
    # The request that it answers (`answers`), so that a repeated one finds it.
    Column("scope", _ID),
    Column("key", String(128)),
    Column("intended_at", BigInteger, nullable=False),
    Column("token", Text),
    Column("signing_sha256", Text),
    ForeignKeyConstraint(["body", "number"], ["certificates.body", "certificates.number"]),
    UniqueConstraint("body", "list", "idx"),
    Index(None, "scope", "key"),
    CheckConstraint("(state = 'issued') = (token IS NOT NULL)", name="issued_has_token"),
)
# A list is read by its exceptions: most entries are 0 for ever.
Index(
    "ix_revisions_exceptions",
    revisions.c.body,
    revisions.c.list,
    sqlite_where=revisions.c.value != 0,
    postgresql_where=revisions.c.value != 0,
)
Index(
    "ix_revisions_open",
    revisions.c.intended_at,
    sqlite_where=revisions.c.state == "intent",
    postgresql_where=revisions.c.state == "intent",
)

series = Table(
    "series",
    METADATA,
    _body(),
    Column("name", String(64), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

papers = Table(
    "papers",
    METADATA,
    _body(),
    Column("kind", String(32), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("about", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("content", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index(None, "body", "kind", "state", "subject"),
    Index(None, "kind", "about"),
)

keys = Table(
    "keys",
    METADATA,
    _body(),
    Column("kid", String(43), primary_key=True),
    Column("purposes", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("jwk", Text, nullable=False),
    Column("thumbprint", String(43), nullable=False, unique=True),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("revoked", BigInteger),
)

answers = Table(
    "answers",
    METADATA,
    Column("scope", _ID, primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("request_sha256", _HASH, nullable=False),
    Column("status", Integer),
    Column("answer", Text),
    Column("at", BigInteger, nullable=False, index=True),
)

publications = Table(
    "publications",
    METADATA,
    _body(),
    Column("kind", String(16), primary_key=True),
    Column("name", Text, primary_key=True),
    # Changes wanted and published: equal when the file is up to date.
    Column("wanted", BigInteger, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("wanted_at", BigInteger, nullable=False),
    Column("signed_at", BigInteger, nullable=False),
    Index(None, "kind", "signed_at"),
)
Index(
    "ix_publications_due",
    publications.c.wanted_at,
    sqlite_where=publications.c.wanted != publications.c.published,
    postgresql_where=publications.c.wanted != publications.c.published,
)
Index("ix_publications_age", publications.c.signed_at)
