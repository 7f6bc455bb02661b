"""The ledger's tables.

Rules they follow:

- Ids are canonical UUID texts. Those of runs are UUIDv7, so they sort by creation; what is bulky (history, logs, edges) is
  keyed by a run's id first. On PostgreSQL such a table can be partitioned by ranges of that id, which are ranges of time.
- Times are UTC microseconds since the epoch, durations are microseconds.
- JSON is text, made and read by the code above. No table has foreign keys: a journal's lanes arrive in any order, and
  deleting is done by name in :mod:`armillary.ledger.deleting`.
- A change here needs a migration in ``migrations/versions``; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    UUID,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData()

Identifier = String(36).with_variant(UUID(as_uuid=False), "postgresql")
Micros = BigInteger
# SQLite numbers rows by itself only in a column that is exactly an INTEGER PRIMARY KEY.
Counter = BigInteger().with_variant(Integer, "sqlite")


def _id(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    return Column(name, Identifier, primary_key=primary_key, nullable=nullable)


def _needed(name: str, kind: type[TypeEngine[Any]] | TypeEngine[Any]) -> Column[Any]:
    return Column(name, kind, nullable=False)


ledger = Table(
    "ledger",
    metadata,
    _id("id", primary_key=True),
    _needed("created", Micros),
)
"""One row: who this ledger is."""

flow = Table(
    "flow",
    metadata,
    _id("id", primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text),
    _needed("tags", Text),
    _needed("created", Micros),
    _needed("updated", Micros),
)

flow_run = Table(
    "flow_run",
    metadata,
    _id("id", primary_key=True),
    _id("flow_id"),
    _needed("flow_name", Text),
    _needed("name", Text),
    _needed("expected_start", Micros),
    _needed("created", Micros),
    _id("root_flow_run_id"),
    _needed("parameters", Text),
    _needed("tags", Text),
    _needed("state_type", Text),
    _needed("state_name", Text),
    Column("state_message", Text),
    _needed("state_at", Micros),
    Column("started", Micros),
    Column("ended", Micros),
    _needed("run_time", Micros),
    _needed("attempt", Integer),
    _needed("run_count", Integer),
    Column("flow_version", Text),
    Column("task_runner", Text),
    _id("parent_flow_run_id", nullable=True),
    _id("parent_task_run_id", nullable=True),
    _id("deployment_id", nullable=True),
    Column("idempotency_key", Text),
    Column("entrypoint", Text),
    Column("next_scheduled_start", Micros),
    _needed("auto_scheduled", Boolean),
    _needed("incomplete_history", Boolean),
    _needed("updated", Micros),
    _needed("history_length", Integer),
    Column("before_crash", Text),
    Index("ix_flow_run_expected_start", "expected_start", "id"),
    Index("ix_flow_run_state_type", "state_type", "expected_start", "id"),
    Index("ix_flow_run_state_name", "state_name", "expected_start", "id"),
    Index("ix_flow_run_flow", "flow_id", "expected_start", "id"),
    Index("ix_flow_run_deployment", "deployment_id", "expected_start", "id"),
    Index("ix_flow_run_parent", "parent_flow_run_id", "expected_start", "id"),
    Index("ix_flow_run_root", "root_flow_run_id", "id"),
    Index("ix_flow_run_name", "name"),
    Index("ix_flow_run_ended", "ended"),
    Index("ux_flow_run_idempotency", "flow_id", "idempotency_key", unique=True),
)
"""``attempt`` of a root run is the fencing number. ``history_length`` numbers its history. ``before_crash`` is the state
type a presumed crash replaced; NULL where none is presumed."""

flow_run_tag = Table(
    "flow_run_tag",
    metadata,
    Column("tag", Text, primary_key=True),
    Column("expected_start", Micros, primary_key=True, autoincrement=False),
    _id("flow_run_id", primary_key=True),
    Index("ix_flow_run_tag_run", "flow_run_id"),
    sqlite_with_rowid=False,
)
"""``expected_start`` is the run's, so that the latest runs with a tag are found in order, be they few or many."""

task_run = Table(
    "task_run",
    metadata,
    _id("id", primary_key=True),
    _id("flow_run_id"),
    _needed("name", Text),
    _needed("task_name", Text),
    _needed("task_key", Text),
    _needed("dynamic_key", BigInteger),
    _needed("created", Micros),
    _needed("tags", Text),
    _needed("state_type", Text),
    _needed("state_name", Text),
    Column("state_message", Text),
    _needed("state_at", Micros),
    Column("started", Micros),
    Column("ended", Micros),
    _needed("run_time", Micros),
    _needed("attempt", Integer),
    _needed("run_count", Integer),
    _needed("flow_run_count", Integer),
    _needed("max_retries", Integer),
    _id("parent_task_run_id", nullable=True),
    _id("child_flow_run_id", nullable=True),
    _id("cached_from", nullable=True),
    Column("next_scheduled_start", Micros),
    _needed("updated", Micros),
    _needed("history_length", Integer),
    Column("before_crash", Text),
    Index("ix_task_run_flow_run", "flow_run_id", "id"),
    Index("ix_task_run_state_type", "state_type", "id"),
)

task_run_tag = Table(
    "task_run_tag",
    metadata,
    Column("tag", Text, primary_key=True),
    _id("task_run_id", primary_key=True),
    Index("ix_task_run_tag_run", "task_run_id"),
    sqlite_with_rowid=False,
)


def _history(name: str, run_id: str) -> Table:
    return Table(
        name,
        metadata,
        _id(run_id, primary_key=True),
        Column("sequence", Integer, primary_key=True, autoincrement=False),
        _needed("type", Text),
        _needed("name", Text),
        Column("message", Text),
        _needed("at", Micros),
        _needed("attempt", Integer),
        _needed("run_count", Integer),
        _needed("applied", Boolean),
        sqlite_with_rowid=False,
    )


flow_run_state = _history("flow_run_state", "flow_run_id")
"""Append only. ``sequence`` counts the lines of one run from 0."""

task_run_state = _history("task_run_state", "task_run_id")
"""Append only. Every task run starts PENDING when it is created: that line is not stored."""

edge = Table(
    "edge",
    metadata,
    _id("flow_run_id", primary_key=True),
    _id("task_run_id", primary_key=True),
    Column("parameter", Text, primary_key=True),
    _id("upstream_task_run_id", primary_key=True),
    Index("ix_edge_upstream", "upstream_task_run_id"),
    sqlite_with_rowid=False,
)
"""``flow_run_id`` is the downstream task run's."""

task_group = Table(
    "task_group",
    metadata,
    _id("flow_run_id", primary_key=True),
    Column("task_key", Text, primary_key=True),
    Column("state_type", Text, primary_key=True),
    _needed("task_name", Text),
    _needed("task_runs", Integer),
    sqlite_with_rowid=False,
)
"""How many task runs of each task of a flow run are in each state type, kept at ingest."""

log = Table(
    "log",
    metadata,
    _id("root_flow_run_id", primary_key=True),
    Column("ordinal", BigInteger, primary_key=True, autoincrement=False),
    _id("flow_run_id"),
    _id("task_run_id", nullable=True),
    _needed("at", Micros),
    _needed("level", Integer),
    _needed("logger", Text),
    _needed("message", Text),
    sqlite_with_rowid=False,
)
"""``ordinal`` counts the lines of one root run from 0, over all its attempts."""

stored_result = Table(
    "stored_result",
    metadata,
    _id("run_id", primary_key=True),
    _id("flow_run_id"),
    _needed("storage", Text),
    _needed("key", Text),
    _needed("serializer", Text),
    _needed("size", BigInteger),
    _needed("created", Micros),
    Column("expires", Micros),
    Column("content_type", Text),
    _needed("for_resume_only", Boolean),
    Index("ix_stored_result_flow_run", "flow_run_id"),
)
"""``run_id`` is a task run's or a flow run's; ``flow_run_id`` the flow run it is in, or itself."""

artifact = Table(
    "artifact",
    metadata,
    _id("id", primary_key=True),
    _id("flow_run_id"),
    _id("task_run_id", nullable=True),
    Column("key", Text),
    _needed("kind", Text),
    _needed("data", Text),
    Column("description", Text),
    Column("fraction", Float),
    _needed("created", Micros),
    _needed("updated", Micros),
    Index("ix_artifact_flow_run", "flow_run_id", "id"),
    Index("ix_artifact_key", "key", "id"),
)
"""``fraction`` is how far a progress artifact has come, 0 to 1."""

command = Table(
    "command",
    metadata,
    _id("id", primary_key=True),
    _id("root_flow_run_id"),
    _id("run_id"),
    _needed("verb", Text),
    Column("payload", Text),
    _needed("at", Micros),
    Column("outcome", Text),
    Column("applied", Micros),
    Index("ix_command_root", "root_flow_run_id", "id"),
)
"""``outcome`` is what the run's owner answered; NULL until it did."""

outbox = Table(
    "outbox",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=True),
    _needed("at", Micros),
    _needed("kind", Text),
    _id("entity_id"),
    _id("root_flow_run_id", nullable=True),
    _needed("change", Text),
    Index("ix_outbox_at", "at"),
    sqlite_autoincrement=True,
)
"""What the live stream tells: numbers commit in order. ``change`` is JSON."""

ingest_cursor = Table(
    "ingest_cursor",
    metadata,
    _id("journal_id", primary_key=True),
    Column("lane", Text, primary_key=True),
    _id("root_flow_run_id"),
    _needed("attempt", Integer),
    _needed("next_ordinal", BigInteger),
    _needed("covered_ordinal", BigInteger),
    _needed("segment", Integer),
    _needed("position", BigInteger),
    _needed("closed", Boolean),
    _needed("updated", Micros),
    Index("ix_ingest_cursor_root", "root_flow_run_id"),
    sqlite_with_rowid=False,
)
"""Frames below ``next_ordinal`` are ingested, below ``covered_ordinal`` also safe from a power cut. ``segment`` and
``position`` say where in the files the next frame begins, for who reads them."""

tombstone = Table(
    "tombstone",
    metadata,
    _id("flow_run_id", primary_key=True),
    _id("root_flow_run_id"),
    _needed("deleted", Micros),
    Index("ix_tombstone_root", "root_flow_run_id"),
    sqlite_with_rowid=False,
)
"""Flow runs that were deleted: late events of theirs are dropped."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Counter, primary_key=True, autoincrement=True),
    _id("journal_id"),
    _needed("lane", Text),
    _needed("ordinal", BigInteger),
    _id("root_flow_run_id", nullable=True),
    _needed("reason", Text),
    _needed("body", LargeBinary),
    _needed("at", Micros),
    Index("ix_quarantine_journal", "journal_id", "lane", "ordinal"),
    Index("ix_quarantine_root", "root_flow_run_id"),
)
"""Frames that could not be applied, kept whole."""
