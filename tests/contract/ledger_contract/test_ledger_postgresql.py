"""What PostgreSQL adds: many writers at once."""

from __future__ import annotations

import threading

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text

from armillary.core.states import COMPLETED
from armillary.journal.format.events import LOG_LANE, STATE_LANE
from armillary.ledger.database import schema
from armillary.ledger.ingest.frames import ingest
from armillary.ledger.runs import flow_runs, logs
from armillary.ledger.tables import columns, run_tables
from ledger_contract.engines import Postgres
from ledger_contract.journals import Journal


def test_migrations_lead_to_the_schema_the_tables_describe(postgres: Postgres) -> None:
    with postgres.fresh() as ledger, ledger.write() as connection:
        connection.execute(text("CREATE SCHEMA migrated"))
        connection.execute(text("SET LOCAL search_path TO migrated"))
        schema.migrate(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, columns.metadata) == []
        assert schema.version(connection) == schema.HEAD
        connection.rollback()


def test_writers_that_deliver_the_same_frames_at_once_apply_each_once(postgres: Postgres) -> None:
    journal = Journal()
    late = Journal(journal.root)
    journal.begin()
    journal.flow_state("RUNNING")
    for index in range(200):
        journal.done_task(index=index)
        journal.log(f"line {index}")
    journal.flow_state("COMPLETED")
    for index in range(100):
        late.log(f"late {index}")
    problems: list[BaseException] = []
    with postgres.fresh() as ledger:

        def deliver(each: Journal, lane: str) -> None:
            try:
                for start in range(0, len(each.lanes[lane]), 50):
                    with ledger.write() as connection:
                        ingest(connection, each.id, lane, start, each.lanes[lane][start : start + 50], each.now)
            except BaseException as problem:
                problems.append(problem)

        lanes = [(journal, STATE_LANE), (journal, LOG_LANE), (late, LOG_LANE)]
        threads = [threading.Thread(target=deliver, args=each) for each in lanes for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        with ledger.read() as connection:
            run = flow_runs.get(connection, journal.root)
            assert run is not None and run.state_type is COMPLETED
            assert flow_runs.task_run_counts(connection, journal.root) == {COMPLETED: 200}
            states = select(func.count()).select_from(run_tables.task_run_state)
            assert connection.execute(states).scalar_one() == 400
            assert [line.ordinal for line in logs.lines(connection, journal.root)] == list(range(300))
