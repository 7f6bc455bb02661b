"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Identifier = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
Counter = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "artifact",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("task_run_id", Identifier, nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("fraction", sa.Float(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_artifact_flow_run", "artifact", ["flow_run_id", "id"], unique=False)
    op.create_index("ix_artifact_key", "artifact", ["key", "id"], unique=False)
    op.create_table(
        "command",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("root_flow_run_id", Identifier, nullable=False),
        sa.Column("run_id", Identifier, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("applied", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_command_root", "command", ["root_flow_run_id", "id"], unique=False)
    op.create_table(
        "edge",
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("task_run_id", Identifier, nullable=False),
        sa.Column("parameter", sa.Text(), nullable=False),
        sa.Column("upstream_task_run_id", Identifier, nullable=False),
        sa.PrimaryKeyConstraint("flow_run_id", "task_run_id", "parameter", "upstream_task_run_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_edge_upstream", "edge", ["upstream_task_run_id"], unique=False)
    op.create_table(
        "flow",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "flow_run",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("flow_id", Identifier, nullable=False),
        sa.Column("flow_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("expected_start", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("root_flow_run_id", Identifier, nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("state_type", sa.Text(), nullable=False),
        sa.Column("state_name", sa.Text(), nullable=False),
        sa.Column("state_message", sa.Text(), nullable=True),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("run_time", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("run_count", sa.Integer(), nullable=False),
        sa.Column("flow_version", sa.Text(), nullable=True),
        sa.Column("task_runner", sa.Text(), nullable=True),
        sa.Column("parent_flow_run_id", Identifier, nullable=True),
        sa.Column("parent_task_run_id", Identifier, nullable=True),
        sa.Column("deployment_id", Identifier, nullable=True),
        sa.Column("schedule_id", Identifier, nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("entrypoint", sa.Text(), nullable=True),
        sa.Column("next_scheduled_start", sa.BigInteger(), nullable=True),
        sa.Column("auto_scheduled", sa.Boolean(), nullable=False),
        sa.Column("incomplete_history", sa.Boolean(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("history_length", sa.Integer(), nullable=False),
        sa.Column("before_crash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_flow_run_deployment", "flow_run", ["deployment_id", "expected_start", "id"], unique=False)
    op.create_index("ix_flow_run_ended", "flow_run", ["ended"], unique=False)
    op.create_index("ix_flow_run_due", "flow_run", ["state_type", "next_scheduled_start", "id"], unique=False)
    op.create_index("ix_flow_run_schedule", "flow_run", ["schedule_id", "next_scheduled_start"], unique=False)
    op.create_index("ix_flow_run_expected_start", "flow_run", ["expected_start", "id"], unique=False)
    op.create_index("ix_flow_run_flow", "flow_run", ["flow_id", "expected_start", "id"], unique=False)
    op.create_index("ix_flow_run_name", "flow_run", ["name"], unique=False)
    op.create_index("ix_flow_run_parent", "flow_run", ["parent_flow_run_id", "expected_start", "id"], unique=False)
    op.create_index("ix_flow_run_root", "flow_run", ["root_flow_run_id", "id"], unique=False)
    op.create_index("ix_flow_run_state_name", "flow_run", ["state_name", "expected_start", "id"], unique=False)
    op.create_index("ix_flow_run_state_type", "flow_run", ["state_type", "expected_start", "id"], unique=False)
    op.create_index("ux_flow_run_idempotency", "flow_run", ["flow_id", "idempotency_key"], unique=True)
    op.create_table(
        "flow_run_state",
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("run_count", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("flow_run_id", "sequence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "flow_run_tag",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("expected_start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.PrimaryKeyConstraint("tag", "expected_start", "flow_run_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_flow_run_tag_run", "flow_run_tag", ["flow_run_id"], unique=False)
    op.create_table(
        "ingest_cursor",
        sa.Column("journal_id", Identifier, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("root_flow_run_id", Identifier, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("next_ordinal", sa.BigInteger(), nullable=False),
        sa.Column("covered_ordinal", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("journal_id", "lane"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ingest_cursor_root", "ingest_cursor", ["root_flow_run_id"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "log",
        sa.Column("root_flow_run_id", Identifier, nullable=False),
        sa.Column("ordinal", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("task_run_id", Identifier, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("logger", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("root_flow_run_id", "ordinal"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("number", Counter, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entity_id", Identifier, nullable=False),
        sa.Column("root_flow_run_id", Identifier, nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_at", "outbox", ["at"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("journal_id", Identifier, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("root_flow_run_id", Identifier, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_quarantine_journal", "quarantine", ["journal_id", "lane", "ordinal"], unique=False)
    op.create_index("ix_quarantine_root", "quarantine", ["root_flow_run_id"], unique=False)
    op.create_table(
        "stored_result",
        sa.Column("run_id", Identifier, nullable=False),
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("serializer", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("for_resume_only", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_index("ix_stored_result_flow_run", "stored_result", ["flow_run_id"], unique=False)
    op.create_table(
        "task_group",
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("task_key", sa.Text(), nullable=False),
        sa.Column("state_type", sa.Text(), nullable=False),
        sa.Column("task_name", sa.Text(), nullable=False),
        sa.Column("task_runs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("flow_run_id", "task_key", "state_type"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "task_run",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("task_name", sa.Text(), nullable=False),
        sa.Column("task_key", sa.Text(), nullable=False),
        sa.Column("dynamic_key", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("state_type", sa.Text(), nullable=False),
        sa.Column("state_name", sa.Text(), nullable=False),
        sa.Column("state_message", sa.Text(), nullable=True),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("run_time", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("run_count", sa.Integer(), nullable=False),
        sa.Column("flow_run_count", sa.Integer(), nullable=False),
        sa.Column("max_retries", sa.Integer(), nullable=False),
        sa.Column("parent_task_run_id", Identifier, nullable=True),
        sa.Column("child_flow_run_id", Identifier, nullable=True),
        sa.Column("cached_from", Identifier, nullable=True),
        sa.Column("next_scheduled_start", sa.BigInteger(), nullable=True),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("history_length", sa.Integer(), nullable=False),
        sa.Column("before_crash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_task_run_flow_run", "task_run", ["flow_run_id", "id"], unique=False)
    op.create_index("ix_task_run_state_type", "task_run", ["state_type", "id"], unique=False)
    op.create_table(
        "task_run_state",
        sa.Column("task_run_id", Identifier, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("run_count", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("task_run_id", "sequence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "task_run_tag",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("task_run_id", Identifier, nullable=False),
        sa.PrimaryKeyConstraint("tag", "task_run_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_task_run_tag_run", "task_run_tag", ["task_run_id"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("root_flow_run_id", Identifier, nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("flow_run_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tombstone_root", "tombstone", ["root_flow_run_id"], unique=False)
    # ### end Alembic commands ###
