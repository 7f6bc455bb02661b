"""The ledger's tables of what is deployed, when it is due, and who works it off."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from armillary.ledger.tables.columns import Micros, identifier, metadata, needed

storage_block = Table(
    "storage_block",
    metadata,
    identifier("id", primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    needed("type", Text),
    needed("options", Text),
    Column("secrets", Text),
    needed("is_default", Boolean),
    needed("created", Micros),
    needed("updated", Micros),
)
"""``options`` is JSON; ``secrets`` is JSON too, encrypted."""

deployment = Table(
    "deployment",
    metadata,
    identifier("id", primary_key=True),
    needed("name", Text),
    identifier("flow_id"),
    needed("flow_name", Text),
    Column("description", Text),
    Column("version", Text),
    needed("entrypoint", Text),
    Column("flow_location", Text),
    identifier("storage_block_id", nullable=True),
    Column("project_hash", Text),
    needed("flow_runner", Text),
    needed("parameters", Text),
    needed("parameter_schema", Text),
    needed("tags", Text),
    Column("work_queue_name", Text),
    needed("paused", Boolean),
    Column("concurrency_limit", Integer),
    needed("on_collision", Text),
    needed("crash_retries", Integer),
    needed("created", Micros),
    needed("updated", Micros),
    Index("ux_deployment_flow_name", "flow_id", "name", unique=True),
    Index("ix_deployment_name", "name", "id"),
)
"""``entrypoint`` is a path inside the project and the flow's name; ``flow_runner``, ``parameters``, ``parameter_schema`` and
``tags`` are JSON. A paused deployment makes no runs by itself."""

schedule = Table(
    "schedule",
    metadata,
    identifier("id", primary_key=True),
    identifier("deployment_id"),
    needed("position", Integer),
    needed("rule", Text),
    needed("catchup", Text),
    needed("active", Boolean),
    Column("scheduled_through", Micros),
    needed("created", Micros),
    needed("updated", Micros),
    Index("ix_schedule_deployment", "deployment_id", "position"),
)
"""``rule`` is JSON. ``scheduled_through`` is the last occurrence for which a run was made."""

work_queue = Table(
    "work_queue",
    metadata,
    identifier("id", primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text),
    needed("filter", Text),
    needed("priority", Integer),
    Column("concurrency_limit", Integer),
    needed("paused", Boolean),
    Column("last_polled", Micros),
    needed("created", Micros),
    needed("updated", Micros),
)
"""``filter`` is JSON: tags, deployments, flow runners. Lower ``priority`` numbers go first."""

worker = Table(
    "worker",
    metadata,
    identifier("id", primary_key=True),
    needed("name", Text),
    needed("kind", Text),
    needed("host", Text),
    needed("pid", Integer),
    needed("version", Text),
    needed("queues", Text),
    Column("slots", Integer),
    needed("started", Micros),
    needed("last_heartbeat", Micros),
    needed("lease_until", Micros),
    Column("stopped", Micros),
    Column("token_id", Text),
    Index("ix_worker_lease", "stopped", "lease_until"),
)
"""Agents and processes that run what others scheduled. ``slots``: how many runs at once, NULL for any number. ``token_id`` is the
token that registered it, or ``home``."""

claim = Table(
    "claim",
    metadata,
    identifier("id", primary_key=True),
    identifier("worker_id"),
    needed("answer", Text),
    needed("at", Micros),
    Index("ix_claim_at", "at"),
)
"""What a claim was answered, so that asking again gives the same runs. ``answer`` is JSON."""

held_attempt = Table(
    "held_attempt",
    metadata,
    identifier("flow_run_id", primary_key=True),
    needed("attempt", Integer),
    identifier("worker_id"),
    identifier("work_queue_id", nullable=True),
    identifier("deployment_id", nullable=True),
    Column("token_hash", Text),
    needed("granted", Micros),
    Index("ix_held_attempt_worker", "worker_id"),
    Index("ix_held_attempt_queue", "work_queue_id"),
    Index("ix_held_attempt_deployment", "deployment_id"),
    Index("ix_held_attempt_token", "token_hash"),
)
"""One row for each root run a worker holds, until it gives it back: it is what queue and deployment limits count while the run
has not ended, and ``token_hash`` is what is kept of the attempt's token."""

run_death = Table(
    "run_death",
    metadata,
    identifier("flow_run_id", primary_key=True),
    Column("attempt", Integer, primary_key=True),
    needed("whose", Text),
    needed("said", Text),
    needed("at", Micros),
)
"""How attempts of a deployed run died since somebody last asked for it: what decides whether it is tried again."""

fresh_start = Table(
    "fresh_start",
    metadata,
    identifier("flow_run_id", primary_key=True),
    needed("since", Micros),
)
"""Runs that were retried whole: what they kept before ``since`` is not taken over."""
