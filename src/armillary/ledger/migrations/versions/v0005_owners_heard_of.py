"""When owners elsewhere were heard of last, and the commands nobody has answered yet."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Identifier = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    op.create_table(
        "journal_owner",
        sa.Column("journal_id", Identifier, nullable=False),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("journal_id"),
    )
    op.create_index("ix_journal_owner_heard", "journal_owner", ["heard"], unique=False)
    op.create_index(
        "ix_command_unanswered",
        "command",
        ["root_flow_run_id"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index(
        "ix_ingest_cursor_open",
        "ingest_cursor",
        ["updated"],
        unique=False,
        sqlite_where=sa.text("closed IS 0"),
        postgresql_where=sa.text("closed IS false"),
    )
