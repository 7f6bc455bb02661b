"""The ledger's tables of what servers keep: tokens, limits, services, notifications, and people's own settings."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from armillary.ledger.tables.columns import Micros, identifier, metadata, needed

api_token = Table(
    "api_token",
    metadata,
    identifier("id", primary_key=True),
    needed("name", Text),
    needed("scope", Text),
    Column("hash", Text, nullable=False, unique=True),
    needed("created", Micros),
    Column("expires", Micros),
    Column("last_used", Micros),
    Column("revoked", Micros),
    Column("made_by", Text),
    Index("ix_api_token_made_by", "made_by"),
)
"""Tokens are stored as hashes only. ``made_by`` is the id of the token that asked for it, or ``home``."""

concurrency_limit = Table(
    "concurrency_limit",
    metadata,
    identifier("id", primary_key=True),
    Column("tag", Text, nullable=False, unique=True),
    needed("slots", Integer),
    needed("created", Micros),
    needed("updated", Micros),
)

slot = Table(
    "slot",
    metadata,
    identifier("concurrency_limit_id", primary_key=True),
    identifier("run_id", primary_key=True),
    identifier("root_flow_run_id"),
    Column("holder", Text),
    needed("acquired", Micros),
    Index("ix_slot_run", "run_id"),
    Index("ix_slot_root", "root_flow_run_id"),
)
"""A slot is a lease: it goes with its run, or with the journal or worker that ``holder`` names."""

service_lease = Table(
    "service_lease",
    metadata,
    Column("name", Text, primary_key=True),
    needed("epoch", BigInteger),
    needed("holder", Text),
    needed("lease_until", Micros),
    Column("loop_started", Micros),
    Column("loop_ended", Micros),
    needed("loops", BigInteger),
    Column("last_error", Text),
)
"""Which server runs a service. ``epoch`` grows with each change of holder and fences the one before."""

journal_owner = Table(
    "journal_owner",
    metadata,
    identifier("journal_id", primary_key=True),
    needed("heard", Micros),
    Index("ix_journal_owner_heard", "heard"),
)
"""When the owner of a journal was heard of last by any server; its shipments are in the journal's cursor."""

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("key", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    needed("request_hash", Text),
    needed("status", Integer),
    needed("answer", Text),
    needed("at", Micros),
    Index("ix_idempotency_key_at", "at"),
)

saved_search = Table(
    "saved_search",
    metadata,
    identifier("id", primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    needed("definition", Text),
    needed("created", Micros),
    needed("updated", Micros),
)

variable = Table(
    "variable",
    metadata,
    Column("name", Text, primary_key=True),
    needed("value", Text),
    needed("tags", Text),
    needed("created", Micros),
    needed("updated", Micros),
)
"""``value`` is JSON."""

notification_policy = Table(
    "notification_policy",
    metadata,
    identifier("id", primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    needed("states", Text),
    needed("tags", Text),
    needed("target", Text),
    Column("template", Text),
    needed("active", Boolean),
    needed("created", Micros),
    needed("updated", Micros),
)
"""``target`` is encrypted: such addresses hold passwords."""

notification_delivery = Table(
    "notification_delivery",
    metadata,
    identifier("notification_policy_id", primary_key=True),
    identifier("flow_run_id", primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    needed("tries", Integer),
    Column("next_try", Micros),
    Column("delivered", Micros),
    Column("error", Text),
    needed("created", Micros),
    Index("ix_notification_delivery_next", "next_try"),
)
"""Once per policy and state change; ``sequence`` is the change's place in the run's history. ``next_try`` is NULL when done."""

time_spent = Table(
    "time_spent",
    metadata,
    identifier("flow_run_id", primary_key=True),
    needed("user", Micros),
    needed("waiting", Micros),
    needed("serialisation", Micros),
    needed("orchestration", Micros),
    needed("task_runs", BigInteger),
)
"""Where the time of ended flow runs went, in microseconds summed over their task runs."""

run_input = Table(
    "run_input",
    metadata,
    identifier("flow_run_id", primary_key=True),
    Column("key", Text, primary_key=True),
    Column("schema", Text),
    Column("answer", Text),
    Column("expires", Micros),
    needed("created", Micros),
    Column("answered", Micros),
)
"""What a paused run asks for, as JSON Schema, and what it was answered."""
