"""Runs that were retried whole."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Identifier = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    op.create_table(
        "fresh_start",
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("flow_run_id"),
    )
