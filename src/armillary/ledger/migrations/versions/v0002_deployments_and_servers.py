"""Deployments, schedules, work queues, workers; tokens, limits, services, notifications."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Identifier = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("last_used", sa.BigInteger(), nullable=True),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    op.create_table(
        "claim",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("worker_id", Identifier, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_claim_at", "claim", ["at"], unique=False)
    op.create_table(
        "concurrency_limit",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tag"),
    )
    op.create_table(
        "deployment",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("flow_id", Identifier, nullable=False),
        sa.Column("flow_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("entrypoint", sa.Text(), nullable=False),
        sa.Column("flow_location", sa.Text(), nullable=True),
        sa.Column("storage_block_id", Identifier, nullable=True),
        sa.Column("project_hash", sa.Text(), nullable=True),
        sa.Column("flow_runner", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("parameter_schema", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("work_queue_name", sa.Text(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("concurrency_limit", sa.Integer(), nullable=True),
        sa.Column("on_collision", sa.Text(), nullable=False),
        sa.Column("crash_retries", sa.Integer(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_deployment_name", "deployment", ["name", "id"], unique=False)
    op.create_index("ux_deployment_flow_name", "deployment", ["flow_id", "name"], unique=True)
    op.create_table(
        "held_attempt",
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker_id", Identifier, nullable=False),
        sa.Column("work_queue_id", Identifier, nullable=True),
        sa.Column("deployment_id", Identifier, nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("missed_beats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("flow_run_id"),
    )
    op.create_index("ix_held_attempt_deployment", "held_attempt", ["deployment_id"], unique=False)
    op.create_index("ix_held_attempt_queue", "held_attempt", ["work_queue_id"], unique=False)
    op.create_index("ix_held_attempt_token", "held_attempt", ["token_hash"], unique=False)
    op.create_index("ix_held_attempt_worker", "held_attempt", ["worker_id"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "route"),
    )
    op.create_index("ix_idempotency_key_at", "idempotency_key", ["at"], unique=False)
    op.create_table(
        "notification_delivery",
        sa.Column("notification_policy_id", Identifier, nullable=False),
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.BigInteger(), nullable=True),
        sa.Column("delivered", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("notification_policy_id", "flow_run_id", "sequence"),
    )
    op.create_index("ix_notification_delivery_next", "notification_delivery", ["next_try"], unique=False)
    op.create_table(
        "notification_policy",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("states", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "run_input",
        sa.Column("flow_run_id", Identifier, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("schema", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("flow_run_id", "key"),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "schedule",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("deployment_id", Identifier, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("catchup", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("scheduled_through", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_schedule_deployment", "schedule", ["deployment_id", "position"], unique=False)
    op.create_table(
        "service_lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("loop_started", sa.BigInteger(), nullable=True),
        sa.Column("loop_ended", sa.BigInteger(), nullable=True),
        sa.Column("loops", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "slot",
        sa.Column("concurrency_limit_id", Identifier, nullable=False),
        sa.Column("run_id", Identifier, nullable=False),
        sa.Column("root_flow_run_id", Identifier, nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("acquired", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("concurrency_limit_id", "run_id"),
    )
    op.create_index("ix_slot_root", "slot", ["root_flow_run_id"], unique=False)
    op.create_index("ix_slot_run", "slot", ["run_id"], unique=False)
    op.create_table(
        "storage_block",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("secrets", sa.Text(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "variable",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "work_queue",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("concurrency_limit", sa.Integer(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("last_polled", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "worker",
        sa.Column("id", Identifier, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("queues", sa.Text(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=True),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("last_heartbeat", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("stopped", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_worker_lease", "worker", ["stopped", "lease_until"], unique=False)
