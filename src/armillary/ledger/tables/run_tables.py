"""The ledger's tables of runs, and of what their journals say. Those of deployments and of servers have files beside this.

Rules they follow:

- Ids are canonical UUID texts. Those of runs are UUIDv7, so they sort by creation; what is bulky (history, logs, edges) is
  keyed by a run's id first. On PostgreSQL such a table can be partitioned by ranges of that id, which are ranges of time.
- Times are UTC microseconds since the epoch, durations are microseconds.
- JSON is text, made and read by the code above. No table has foreign keys: a journal's lanes arrive in any order, and
  deleting is done by name in :mod:`armillary.ledger.runs.deleting`.
- A change here needs a migration in ``migrations/versions``; a test holds the two together.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, Table, Text, text

from armillary.ledger.tables.columns import Counter, Micros, identifier, metadata, needed

ledger = Table(
    "ledger",
    metadata,
    identifier("id", primary_key=True),
    needed("created", Micros),
    Column("result_key", Text),
)
"""One row: who this ledger is. ``result_key`` is the secret from which the keys are made that sign results of deployed runs."""

flow = Table(
    "flow",
    metadata,
    identifier("id", primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text),
    needed("tags", Text),
    needed("created", Micros),
    needed("updated", Micros),
    identifier("declared_by", nullable=True),
)
"""``declared_by`` is the flow of the root run whose journal declared this one first; NULL where somebody made it by hand."""

flow_run = Table(
    "flow_run",
    metadata,
    identifier("id", primary_key=True),
    identifier("flow_id"),
    needed("flow_name", Text),
    needed("name", Text),
    needed("expected_start", Micros),
    needed("created", Micros),
    identifier("root_flow_run_id"),
    needed("parameters", Text),
    needed("tags", Text),
    needed("state_type", Text),
    needed("state_name", Text),
    Column("state_message", Text),
    needed("state_at", Micros),
    Column("started", Micros),
    Column("ended", Micros),
    needed("run_time", Micros),
    needed("attempt", Integer),
    needed("run_count", Integer),
    Column("flow_version", Text),
    Column("task_runner", Text),
    identifier("parent_flow_run_id", nullable=True),
    identifier("parent_task_run_id", nullable=True),
    identifier("deployment_id", nullable=True),
    identifier("schedule_id", nullable=True),
    Column("idempotency_key", Text),
    Column("entrypoint", Text),
    Column("next_scheduled_start", Micros),
    needed("auto_scheduled", Boolean),
    needed("incomplete_history", Boolean),
    needed("updated", Micros),
    needed("history_length", Integer),
    Column("before_crash", Text),
    Column("parameter_hashes", Text),
    Index("ix_flow_run_expected_start", "expected_start", "id"),
    Index("ix_flow_run_state_type", "state_type", "expected_start", "id"),
    Index("ix_flow_run_state_name", "state_name", "expected_start", "id"),
    Index("ix_flow_run_flow", "flow_id", "expected_start", "id"),
    Index("ix_flow_run_deployment", "deployment_id", "expected_start", "id"),
    Index("ix_flow_run_due", "state_type", "next_scheduled_start", "id"),
    Index("ix_flow_run_schedule", "schedule_id", "next_scheduled_start"),
    Index("ix_flow_run_parent", "parent_flow_run_id", "expected_start", "id"),
    Index("ix_flow_run_root", "root_flow_run_id", "id"),
    Index("ix_flow_run_name", "name"),
    Index("ix_flow_run_ended", "ended"),
    Index("ux_flow_run_idempotency", "flow_id", "idempotency_key", unique=True),
)
"""``attempt`` of a root run is the fencing number. ``history_length`` numbers its history. ``before_crash`` is the state
type a presumed crash replaced; NULL where none is presumed. ``parameter_hashes`` is JSON; NULL where
nothing is known about how exact ``parameters`` are."""

flow_run_tag = Table(
    "flow_run_tag",
    metadata,
    Column("tag", Text, primary_key=True),
    Column("expected_start", Micros, primary_key=True, autoincrement=False),
    identifier("flow_run_id", primary_key=True),
    Index("ix_flow_run_tag_run", "flow_run_id"),
    sqlite_with_rowid=False,
)
"""``expected_start`` is the run's, so that the latest runs with a tag are found in order, be they few or many."""

task_run = Table(
    "task_run",
    metadata,
    identifier("id", primary_key=True),
    identifier("flow_run_id"),
    needed("name", Text),
    needed("task_name", Text),
    needed("task_key", Text),
    needed("dynamic_key", BigInteger),
    needed("created", Micros),
    needed("tags", Text),
    needed("state_type", Text),
    needed("state_name", Text),
    Column("state_message", Text),
    needed("state_at", Micros),
    Column("started", Micros),
    Column("ended", Micros),
    needed("run_time", Micros),
    needed("attempt", Integer),
    needed("run_count", Integer),
    needed("flow_run_count", Integer),
    needed("max_retries", Integer),
    identifier("parent_task_run_id", nullable=True),
    identifier("child_flow_run_id", nullable=True),
    identifier("cached_from", nullable=True),
    Column("next_scheduled_start", Micros),
    needed("updated", Micros),
    needed("history_length", Integer),
    Column("before_crash", Text),
    Index("ix_task_run_flow_run", "flow_run_id", "id"),
    Index("ix_task_run_state_type", "state_type", "id"),
)

task_run_tag = Table(
    "task_run_tag",
    metadata,
    Column("tag", Text, primary_key=True),
    identifier("task_run_id", primary_key=True),
    Index("ix_task_run_tag_run", "task_run_id"),
    sqlite_with_rowid=False,
)


def _history(name: str, run_id: str) -> Table:
    return Table(
        name,
        metadata,
        identifier(run_id, primary_key=True),
        Column("sequence", Integer, primary_key=True, autoincrement=False),
        needed("type", Text),
        needed("name", Text),
        Column("message", Text),
        needed("at", Micros),
        needed("attempt", Integer),
        needed("run_count", Integer),
        needed("applied", Boolean),
        sqlite_with_rowid=False,
    )


flow_run_state = _history("flow_run_state", "flow_run_id")
"""Append only. ``sequence`` counts the lines of one run from 0."""

task_run_state = _history("task_run_state", "task_run_id")
"""Append only. Every task run starts PENDING when it is created: that line is not stored."""

edge = Table(
    "edge",
    metadata,
    identifier("flow_run_id", primary_key=True),
    identifier("task_run_id", primary_key=True),
    Column("parameter", Text, primary_key=True),
    identifier("upstream_task_run_id", primary_key=True),
    Index("ix_edge_upstream", "upstream_task_run_id"),
    sqlite_with_rowid=False,
)
"""``flow_run_id`` is the downstream task run's."""

task_group = Table(
    "task_group",
    metadata,
    identifier("flow_run_id", primary_key=True),
    Column("task_key", Text, primary_key=True),
    Column("state_type", Text, primary_key=True),
    needed("task_name", Text),
    needed("task_runs", Integer),
    sqlite_with_rowid=False,
)
"""How many task runs of each task of a flow run are in each state type, kept at ingest."""

log = Table(
    "log",
    metadata,
    identifier("root_flow_run_id", primary_key=True),
    Column("ordinal", BigInteger, primary_key=True, autoincrement=False),
    identifier("flow_run_id"),
    identifier("task_run_id", nullable=True),
    needed("at", Micros),
    needed("level", Integer),
    needed("logger", Text),
    needed("message", Text),
    Column("plain", Text),
    sqlite_with_rowid=False,
)
"""``ordinal`` counts the lines of one root run from 0, over all its attempts. ``plain`` is the message without its escape codes,
NULL where it has none: the text that is searched."""

stored_result = Table(
    "stored_result",
    metadata,
    identifier("run_id", primary_key=True),
    identifier("flow_run_id"),
    needed("storage", Text),
    needed("key", Text),
    needed("serializer", Text),
    needed("size", BigInteger),
    needed("created", Micros),
    Column("expires", Micros),
    Column("content_type", Text),
    needed("for_resume_only", Boolean),
    Index("ix_stored_result_flow_run", "flow_run_id"),
)
"""``run_id`` is a task run's or a flow run's; ``flow_run_id`` the flow run it is in, or itself."""

artifact = Table(
    "artifact",
    metadata,
    identifier("id", primary_key=True),
    identifier("flow_run_id"),
    identifier("task_run_id", nullable=True),
    Column("key", Text),
    needed("kind", Text),
    needed("data", Text),
    Column("description", Text),
    Column("fraction", Float),
    needed("created", Micros),
    needed("updated", Micros),
    Index("ix_artifact_flow_run", "flow_run_id", "id"),
    Index("ix_artifact_key", "key", "id"),
)
"""``fraction`` is how far a progress artifact has come, 0 to 1."""

command = Table(
    "command",
    metadata,
    identifier("id", primary_key=True),
    identifier("root_flow_run_id"),
    identifier("run_id"),
    needed("verb", Text),
    Column("payload", Text),
    needed("at", Micros),
    Column("outcome", Text),
    Column("applied", Micros),
    Index("ix_command_root", "root_flow_run_id", "id"),
    Index(
        "ix_command_unanswered",
        "root_flow_run_id",
        sqlite_where=text("outcome IS NULL"),
        postgresql_where=text("outcome IS NULL"),
    ),
)
"""``outcome`` is what the run's owner answered; NULL until it did."""

outbox = Table(
    "outbox",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=True),
    needed("at", Micros),
    needed("kind", Text),
    identifier("entity_id"),
    identifier("root_flow_run_id", nullable=True),
    needed("change", Text),
    Index("ix_outbox_at", "at"),
    sqlite_autoincrement=True,
)
"""What the live stream tells: numbers commit in order. ``change`` is JSON."""

ingest_cursor = Table(
    "ingest_cursor",
    metadata,
    identifier("journal_id", primary_key=True),
    Column("lane", Text, primary_key=True),
    identifier("root_flow_run_id"),
    needed("attempt", Integer),
    needed("next_ordinal", BigInteger),
    needed("covered_ordinal", BigInteger),
    needed("segment", Integer),
    needed("position", BigInteger),
    needed("closed", Boolean),
    needed("updated", Micros),
    Index("ix_ingest_cursor_root", "root_flow_run_id"),
    Index(
        "ix_ingest_cursor_open",
        "updated",
        sqlite_where=text("closed IS 0"),
        postgresql_where=text("closed IS false"),
    ),
    sqlite_with_rowid=False,
)
"""Frames below ``next_ordinal`` are ingested, below ``covered_ordinal`` also safe from a power cut. ``segment`` and
``position`` say where in the files the next frame begins, for who reads them."""

tombstone = Table(
    "tombstone",
    metadata,
    identifier("flow_run_id", primary_key=True),
    identifier("root_flow_run_id"),
    needed("deleted", Micros),
    Index("ix_tombstone_root", "root_flow_run_id"),
    sqlite_with_rowid=False,
)
"""Flow runs that were deleted: late events of theirs are dropped."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    identifier("journal_id"),
    needed("lane", Text),
    needed("ordinal", BigInteger),
    identifier("root_flow_run_id", nullable=True),
    needed("reason", Text),
    needed("body", LargeBinary),
    needed("at", Micros),
    Index("ix_quarantine_journal", "journal_id", "lane", "ordinal"),
    Index("ix_quarantine_root", "root_flow_run_id"),
)
"""Frames that could not be applied, kept whole."""
