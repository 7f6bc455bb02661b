"""Where the time of flow runs went."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Identifier = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    op.create_table(
        "time_spent",
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("user", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.BigInteger(), nullable=False),
        sa.Column("serialisation", sa.BigInteger(), nullable=False),
        sa.Column("orchestration", sa.BigInteger(), nullable=False),
        sa.Column("task_runs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("flow_run_id"),
    )
