"""The register."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The first tables."""
    op.create_table(
        "answers",
        sa.Column("scope", sa.String(length=512), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_answers")),
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answers_at"), ["at"], unique=False)

    op.create_table(
        "bodies",
        sa.Column("id", sa.String(length=512), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("superior", sa.String(length=512), nullable=True),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("next_list", sa.Integer(), nullable=False),
        sa.Column("next_index", sa.Integer(), nullable=False),
        sa.Column("last_iat", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bodies")),
    )
    op.create_table(
        "certificates",
        sa.Column("body", sa.String(length=512), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("normal", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("standards", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("holder_normal", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decided", sa.String(length=10), nullable=False),
        sa.Column("effective", sa.String(length=10), nullable=False),
        sa.Column("expires", sa.String(length=10), nullable=True),
        sa.Column("since", sa.String(length=10), nullable=True),
        sa.Column("next_due", sa.String(length=10), nullable=True),
        sa.Column("overdue_from", sa.String(length=10), nullable=True),
        sa.Column("turns_on", sa.String(length=10), nullable=True),
        sa.Column("migrated", sa.Boolean(), nullable=False),
        sa.Column("likeness", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body"], ["bodies.id"], name=op.f("fk_certificates_body")),
        sa.PrimaryKeyConstraint("body", "number", name=op.f("pk_certificates")),
        sa.UniqueConstraint("body", "normal", name=op.f("uq_certificates_body_normal")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificates_body_expires"), ["body", "expires"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_certificates_body_holder_normal"),
            ["body", "holder_normal"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_certificates_body_likeness_issued_at"),
            ["body", "likeness", "issued_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_certificates_body_next_due"), ["body", "next_due"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_certificates_body_overdue_from"), ["body", "overdue_from"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_certificates_body_turns_on"), ["body", "turns_on"], unique=False
        )

    op.create_table(
        "events",
        sa.Column("body", sa.String(length=512), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("effective_on", sa.String(length=10), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["body"], ["bodies.id"], name=op.f("fk_events_body")),
        sa.PrimaryKeyConstraint("body", "seq", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_events_body_kind_subject_seq"),
            ["body", "kind", "subject", "seq"],
            unique=False,
        )

    op.create_table(
        "keys",
        sa.Column("body", sa.String(length=512), nullable=False),
        sa.Column("kid", sa.String(length=43), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("jwk", sa.Text(), nullable=False),
        sa.Column("thumbprint", sa.String(length=43), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["body"], ["bodies.id"], name=op.f("fk_keys_body")),
        sa.PrimaryKeyConstraint("body", "kid", name=op.f("pk_keys")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_keys_thumbprint")),
    )
    op.create_table(
        "papers",
        sa.Column("body", sa.String(length=512), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["body"], ["bodies.id"], name=op.f("fk_papers_body")),
        sa.PrimaryKeyConstraint("body", "kind", "subject", name=op.f("pk_papers")),
    )
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_papers_body_kind_state_subject"),
            ["body", "kind", "state", "subject"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_papers_kind_about"), ["kind", "about"], unique=False)

    op.create_table(
        "publications",
        sa.Column("body", sa.String(length=512), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("wanted", sa.BigInteger(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("wanted_at", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["body"], ["bodies.id"], name=op.f("fk_publications_body")),
        sa.PrimaryKeyConstraint("body", "kind", "name", name=op.f("pk_publications")),
    )
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.create_index("ix_publications_age", ["signed_at"], unique=False)
        batch_op.create_index(
            "ix_publications_due",
            ["wanted_at"],
            unique=False,
            sqlite_where=sa.text("wanted != published"),
            postgresql_where=sa.text("wanted != published"),
        )

    op.create_table(
        "series",
        sa.Column("body", sa.String(length=512), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["body"], ["bodies.id"], name=op.f("fk_series_body")),
        sa.PrimaryKeyConstraint("body", "name", name=op.f("pk_series")),
    )
    op.create_table(
        "revisions",
        sa.Column("body", sa.String(length=512), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("list", sa.Integer(), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.Column("dossier", sa.Text(), nullable=False),
        sa.Column("dossier_sha256", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=512), nullable=True),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.Column("intended_at", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("signing_sha256", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'issued') = (token IS NOT NULL)", name=op.f("ck_revisions_issued_has_token")
        ),
        sa.ForeignKeyConstraint(
            ["body", "number"],
            ["certificates.body", "certificates.number"],
            name=op.f("fk_revisions_body_number"),
        ),
        sa.PrimaryKeyConstraint("body", "number", "rev", name=op.f("pk_revisions")),
        sa.UniqueConstraint("body", "list", "idx", name=op.f("uq_revisions_body_list_idx")),
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revisions_scope_key"), ["scope", "key"], unique=False)
        batch_op.create_index(
            "ix_revisions_exceptions",
            ["body", "list"],
            unique=False,
            sqlite_where=sa.text("value != 0"),
            postgresql_where=sa.text("value != 0"),
        )
        batch_op.create_index(
            "ix_revisions_open",
            ["intended_at"],
            unique=False,
            sqlite_where=sa.text("state = 'intent'"),
            postgresql_where=sa.text("state = 'intent'"),
        )


def downgrade() -> None:
    """None: what a register has written is never taken back."""
    raise NotImplementedError
