"""Entries that the public register does not show."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Whether a holder wants its certificate shown only to those who have the code."""
    op.add_column(
        "certificates",
        sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """None: what a register has written is never taken back."""
    raise NotImplementedError
