"""The common filters are answered in their order from an index, whatever the database thinks it knows of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from benchmarks.filters.common import FLOW_RUNS, TASK_RUNS
from benchmarks.filters.seed import seed
from sqlalchemy import Connection, Select, select, text

from armillary.core.criteria import Criteria
from armillary.ledger import Ledger, open_ledger
from armillary.ledger.querying import criteria
from armillary.ledger.querying.paging import paged
from armillary.ledger.tables.run_tables import task_run
from armillary.ledger.views import listings


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def seeded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    if request.param == "sqlite":
        opened: AbstractContextManager[Ledger] = open_ledger(str(tmp_path_factory.mktemp("seeded") / "home"))
    else:
        opened = request.getfixturevalue("postgres").fresh()
    with opened as ledger:
        seed(ledger, 200)
        yield ledger


def is_read_in_order(connection: Connection, statement: Select[tuple[object, ...]]) -> None:
    """From an index, nothing sorted. PostgreSQL would rather read 200 rows and sort them, so it is asked what it does where it
    may not."""
    compiled = str(statement.compile(connection, compile_kwargs={"literal_binds": True})).replace(":", "\\:")
    if connection.dialect.name == "postgresql":
        for way in ("seqscan", "sort", "bitmapscan"):
            connection.execute(text(f"SET LOCAL enable_{way} = off"))
        found = "; ".join(connection.execute(text("EXPLAIN " + compiled)).scalars())
        assert "Sort" not in found and "Seq Scan on" not in found, found
        assert "Index" in found, found
        return
    found = "; ".join(row[3] for row in connection.execute(text("EXPLAIN QUERY PLAN " + compiled)))
    assert "TEMP B-TREE" not in found, found
    assert "INDEX" in found or "PRIMARY KEY" in found, found


@pytest.mark.parametrize("name", FLOW_RUNS)
def test_flow_runs_are_read_in_order(seeded: Ledger, name: str) -> None:
    with seeded.read() as connection:
        statement, order = listings.flow_runs_statement(FLOW_RUNS[name], "EXPECTED_START_TIME_DESC")
        is_read_in_order(connection, paged(statement, order, 100, None))


@pytest.mark.parametrize("name", TASK_RUNS)
def test_task_runs_are_read_in_order(seeded: Ledger, name: str) -> None:
    with seeded.read() as connection:
        order = listings.ordered(listings.TASK_RUN_ORDERS, "task runs", "ID_ASC", TASK_RUNS[name])
        statement = select(task_run).where(criteria.of_task_runs(TASK_RUNS[name]))
        is_read_in_order(connection, paged(statement, order, 100, None))


def test_what_was_seeded_is_found(seeded: Ledger) -> None:
    with seeded.read() as connection:
        assert len(listings.flow_runs(connection, Criteria()).items) == 200
        assert len(listings.flow_runs(connection, FLOW_RUNS["running"]).items) == 100
        assert len(listings.flow_runs(connection, FLOW_RUNS["tag, frequent"]).items) == 20
        assert len(listings.task_runs_page(connection, TASK_RUNS["of a flow run"]).items) == 5
