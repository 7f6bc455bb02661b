"""How attempts of deployed runs died."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Identifier = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    op.create_table(
        "run_death",
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("flow_run_id", "attempt"),
    )
