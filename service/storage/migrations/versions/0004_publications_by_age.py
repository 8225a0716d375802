"""Publications are found by their age."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """What has become too old is found without looking at every record."""
    op.create_index("ix_publications_kind_signed_at", "publications", ["kind", "signed_at"])


def downgrade() -> None:
    """None: what a register has written is never taken back."""
    raise NotImplementedError
