"""What SQLite adds: opening a home's database, its schema, its lock, its indexes, its copies."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Select, create_engine, select, text

from armillary.clock import to_datetime
from armillary.core.errors import HomeNotWritable, InvalidOption, LedgerTooNew, LedgerUnavailable
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.states import FAILED
from armillary.ledger import Ledger, open_ledger
from armillary.ledger.database import schema
from armillary.ledger.database.home_lock import HomeLock
from armillary.ledger.database.network_disk import network_file_system
from armillary.ledger.ingest import quarantine
from armillary.ledger.nouns import variables
from armillary.ledger.ownership import attempts
from armillary.ledger.querying import criteria
from armillary.ledger.querying.paging import Order, paged
from armillary.ledger.runs import flow_runs, task_runs
from armillary.ledger.tables.run_tables import log, task_run
from armillary.ledger.upkeep import maintenance
from ledger_contract.conftest import Feed
from ledger_contract.engines import Sqlite
from ledger_contract.journals import START, Journal, new_id


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with Sqlite().fresh() as opened:
        yield opened


def shape(connection: Connection) -> dict[str, str]:
    found = connection.execute(text("SELECT name, sql FROM sqlite_master"))
    return {name: " ".join((sql or "").replace("(", " ( ").replace(")", " ) ").split()) for name, sql in found}


def test_migrations_lead_to_the_schema_a_new_database_gets() -> None:
    with create_engine("sqlite://").connect() as made:
        schema.create(made)
        with create_engine("sqlite://").connect() as migrated:
            schema.migrate(migrated)
            assert shape(made) == shape(migrated)
            assert schema.version(made) == schema.version(migrated) == schema.HEAD


def test_the_head_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(Path(schema.__file__).parents[1] / "migrations")).get_heads() == [schema.HEAD]


def test_an_empty_database_is_migrated_inside_its_transaction(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}", connect_args={"isolation_level": None})
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        schema.migrate(connection)
        connection.rollback()
        assert shape(connection) == {}
    engine.dispose()


def test_a_ledger_keeps_its_id_when_it_is_opened_again_or_its_database_goes_missing(tmp_path: Path) -> None:
    home = str(tmp_path / "deep" / "home")
    with open_ledger(home) as first:
        assert os.stat(first.path).st_mode & 0o777 == 0o600
        assert first.id in (tmp_path / "deep" / "home" / "ledger.toml").read_text()
    with open_ledger(home) as second:
        assert second.id == first.id
    assert [Path(gone).name for gone in maintenance.reset(home)] == ["ledger.db"]
    with open_ledger(home) as third:
        assert third.id == first.id
        assert maintenance.info(third).flow_runs == 0


def test_eight_threads_may_make_one_ledger_at_once(tmp_path: Path) -> None:
    ids: list[str] = []

    def make() -> None:
        with open_ledger(str(tmp_path)) as ledger, ledger.read() as connection:
            assert flow_runs.count(connection) == 0
            ids.append(ledger.id)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8 and len(set(ids)) == 1


@pytest.mark.parametrize("version", [f"{int(schema.HEAD) + 1:04}", "9999", "abc"])
def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path: Path, version: str) -> None:
    home = str(tmp_path)
    open_ledger(home).close()
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (version,))
    with pytest.raises(
        LedgerTooNew, match=f"schema is version {version}; this release knows versions up to {schema.HEAD}"
    ) as caught:
        open_ledger(home)
    assert caught.value.advice == "Install the newer armillary that made it."


def test_a_file_that_is_no_database_and_a_database_that_is_no_ledger_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"shopping list: milk, bread" * 100)
    with pytest.raises(LedgerUnavailable, match=r"not a database.*restore a backup"):
        open_ledger(str(tmp_path))
    (tmp_path / "ledger.db").unlink()
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        database.execute("CREATE TABLE shopping (item TEXT)")
    with pytest.raises(LedgerUnavailable, match="but not a ledger's"):
        open_ledger(str(tmp_path))


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HomeNotWritable, match=r"cannot be written.*set ARMILLARY_HOME"):
        open_ledger(str(tmp_path / "file" / "home"))


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/data/home", "nfs4"),
        ("/data", "nfs4"),
        ("/database", None),
        ("/data/local/x", None),
        ("/with space/x", "fuse.sshfs"),
    ],
)
def test_network_file_systems_are_told_by_the_mount_a_folder_is_on(
    tmp_path: Path, folder: str, kind: str | None
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda / ext4 rw 0 0\nserver:/x /data nfs4 rw 0 0\n"
        "/dev/sdb /data/local ext4 rw 0 0\nme@there:/ /with\\040space fuse.sshfs rw 0 0\n"
    )
    assert network_file_system(folder, str(mounts)) == kind
    assert network_file_system(folder, str(tmp_path / "none")) is None


def test_a_reader_sees_one_moment_and_waits_for_no_writer(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    with ledger.read() as reading:
        assert flow_runs.count(reading) == 0
        journal.begin()
        feed(journal)
        assert flow_runs.count(reading) == 0
    with ledger.write() as writing, ledger.read() as reading:
        assert flow_runs.count(reading) == 1
        assert flow_runs.count(writing) == 1


def test_a_forked_child_reads_and_writes_with_connections_of_its_own(ledger: Ledger) -> None:
    with ledger.read() as connection:
        assert flow_runs.count(connection) == 0
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with ledger.write() as connection:
                connection.execute(text("UPDATE ledger SET created = 42"))
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    with ledger.read() as connection:
        assert connection.execute(text("SELECT created FROM ledger")).scalar() == 42


def test_a_block_that_raises_writes_nothing(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), ledger.write() as connection:
        connection.execute(text("DELETE FROM ledger"))
        raise RuntimeError
    with ledger.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM ledger")).scalar() == 1


@pytest.mark.parametrize(("synced", "expected"), [(False, 1), (True, 2)])
def test_a_synced_transaction_is_full_and_others_are_normal(ledger: Ledger, synced: bool, expected: int) -> None:
    with ledger.write(synced=synced) as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == expected
    with ledger.write() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 1
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_who_finds_the_home_kept_is_told_by_whom(tmp_path: Path) -> None:
    keeping = HomeLock(str(tmp_path))
    with keeping.kept("the server with pid 42"):
        assert HomeLock(str(tmp_path)).keeper() == "the server with pid 42"
        with pytest.raises(LedgerUnavailable, match="kept by the server with pid 42"), HomeLock(str(tmp_path)).held():
            pass
    assert keeping.keeper() is None
    with keeping.held():
        pass


def test_a_name_left_by_a_keeper_that_was_killed_says_nothing(tmp_path: Path) -> None:
    lock = HomeLock(str(tmp_path))
    Path(lock.path).write_text("a server that is gone")
    assert lock.keeper() is None
    with lock.held():
        assert Path(lock.path).read_text() == ""


def test_patience_with_another_writer_ends(tmp_path: Path) -> None:
    impatient = HomeLock(str(tmp_path), patience_seconds=0.01)
    told = pytest.raises(LedgerUnavailable, match="Another process has been writing")
    with HomeLock(str(tmp_path)).held(), told, impatient.held():
        pass


def test_a_database_locked_by_another_program_is_told_plainly(ledger: Ledger) -> None:
    intruder = sqlite3.connect(ledger.path, isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")
    told = pytest.raises(LedgerUnavailable, match=r"Another program has the file open for writing")
    with told, ledger.read() as connection:
        connection.execute(text("PRAGMA busy_timeout = 1"))
        connection.execute(text("DELETE FROM flow"))
    intruder.close()


def test_a_database_that_may_only_be_read_is_told_plainly(ledger: Ledger) -> None:
    told = pytest.raises(LedgerUnavailable, match=r"Make the file and its folder writable")
    with told, ledger.read() as connection:
        connection.execute(text("PRAGMA query_only = ON"))
        connection.execute(text("DELETE FROM flow"))


def test_what_would_be_written_to_a_file_that_is_gone_is_refused(ledger: Ledger) -> None:
    def unset() -> None:
        with ledger.write() as connection:
            variables.unset(connection, "none")

    away = ledger.path + ".away"
    os.rename(ledger.path, away)
    with pytest.raises(LedgerUnavailable, match="was taken away"):
        unset()
    with pytest.raises(LedgerUnavailable, match="was taken away"), ledger.read():
        pass
    Path(ledger.path).touch()
    with pytest.raises(LedgerUnavailable, match="Another file has taken the place"):
        unset()
    os.replace(away, ledger.path)
    unset()


def test_a_backup_is_a_whole_ledger_and_never_replaces_a_file(ledger: Ledger, feed: Feed, tmp_path: Path) -> None:
    journal = Journal()
    journal.begin()
    feed(journal)
    other = tmp_path / "other"
    other.mkdir()
    size = maintenance.backup(ledger, str(other / "ledger.db"))
    assert size == os.path.getsize(other / "ledger.db")
    with open_ledger(str(other)) as copy, copy.read() as connection:
        assert copy.id == ledger.id
        assert flow_runs.get(connection, journal.root) is not None
    with pytest.raises(InvalidOption, match="exists already"):
        maintenance.backup(ledger, str(other / "ledger.db"))
    with pytest.raises(LedgerUnavailable, match="Choose a folder that can be written"):
        maintenance.backup(ledger, str(tmp_path / "nowhere" / "copy.db"))


def test_what_a_fenced_owner_says_is_no_damage(ledger: Ledger, feed: Feed) -> None:
    stale = Journal()
    stale.begin()
    stale.flow_state("RUNNING")
    stale.flow_state("CRASHED")
    feed(stale)
    with ledger.write() as connection:
        attempts.grant_attempt(connection, stale.root, stale.tick())
    stale.done_task()
    assert feed(stale).fenced
    with ledger.read() as connection:
        assert quarantine.count(connection) > 0
    assert maintenance.info(ledger).quarantined == 0


def test_info_counts_what_is_there(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.done_task()
    journal.state(new_id(), "RUNNING")
    feed(journal)
    info = maintenance.info(ledger)
    assert (info.flows, info.flow_runs, info.task_runs, info.quarantined) == (1, 1, 1, 1)
    assert (info.id, info.path, info.schema_version) == (ledger.id, ledger.path, schema.HEAD)
    assert info.size_bytes > 0


def plan(connection: Connection, statement: Select[tuple[object, ...]]) -> str:
    compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
    return "; ".join(
        row[3] for row in connection.execute(text("EXPLAIN QUERY PLAN " + str(compiled).replace(":", "\\:")))
    )


_FLOW_RUNS = [
    (FlowRunFilter(), "ix_flow_run_expected_start"),
    (FlowRunFilter(after=to_datetime(START)), "ix_flow_run_expected_start"),
    (FlowRunFilter(state_types=[FAILED]), "ix_flow_run_state_type"),
    (FlowRunFilter(state_names=["Late"]), "ix_flow_run_state_name"),
    (FlowRunFilter(flow_ids=[new_id()]), "ix_flow_run_flow"),
    (FlowRunFilter(flow_names=["pipe"]), "ix_flow_run_flow"),
    (FlowRunFilter(top_level=True), "ix_flow_run_parent"),
    (FlowRunFilter(tags=["ml"]), "SEARCH flow_run_tag USING PRIMARY KEY (tag=?)"),
    (FlowRunFilter(tags=["ml", "etl"], state_types=[FAILED]), "SEARCH flow_run_tag USING PRIMARY KEY (tag=?)"),
    (FlowRunFilter(deployment_ids=[new_id()]), "ix_flow_run_deployment"),
    (FlowRunFilter(parent_flow_run_id=new_id()), "ix_flow_run_parent"),
    (FlowRunFilter(root_flow_run_id=new_id()), "ix_flow_run_root"),
    (FlowRunFilter(name="flashy-dove"), "ix_flow_run_name"),
    (FlowRunFilter(name_prefix="flashy"), "ix_flow_run_name"),
    (FlowRunFilter(id_prefix="0190"), "sqlite_autoindex_flow_run_1"),
]


@pytest.mark.parametrize(("wanted", "index"), _FLOW_RUNS)
def test_the_common_filters_of_flow_runs_are_served_by_an_index(
    ledger: Ledger, wanted: FlowRunFilter, index: str
) -> None:
    with ledger.read() as connection:
        found = plan(connection, flow_runs.page_statement(wanted, flow_runs.LATEST_FIRST, 100, None))
        assert index in found
        assert "SCAN flow_run" not in found.replace(f"SCAN flow_run USING INDEX {index}", "")


@pytest.mark.parametrize("wanted", [FlowRunFilter(), FlowRunFilter(tags=["ml"]), FlowRunFilter(top_level=True)])
def test_the_first_page_of_what_most_runs_match_needs_no_sorting(ledger: Ledger, wanted: FlowRunFilter) -> None:
    with ledger.read() as connection:
        assert "TEMP B-TREE" not in plan(
            connection, flow_runs.page_statement(wanted, flow_runs.LATEST_FIRST, 100, None)
        )


_TASK_RUNS = [
    (TaskRunFilter(flow_run_ids=[new_id()]), task_runs.CREATED_FIRST, "ix_task_run_flow_run"),
    (TaskRunFilter(state_types=[FAILED]), task_runs.NEWEST_FIRST, "ix_task_run_state_type"),
    (TaskRunFilter(), task_runs.NEWEST_FIRST, "sqlite_autoindex_task_run_1"),
]


@pytest.mark.parametrize(("wanted", "order", "index"), _TASK_RUNS)
def test_the_common_filters_of_task_runs_need_no_sorting(
    ledger: Ledger, wanted: TaskRunFilter, order: Order, index: str
) -> None:
    with ledger.read() as connection:
        found = plan(
            connection, paged(select(task_run).where(criteria.of_task_runs(wanted.criteria())), order, 100, None)
        )
        assert index in found and "TEMP B-TREE" not in found


def test_log_lines_behind_an_ordinal_are_read_in_order_from_where_they_lie(ledger: Ledger) -> None:
    with ledger.read() as connection:
        statement = select(log).where(log.c.root_flow_run_id == new_id(), log.c.ordinal > 7).order_by(log.c.ordinal)
        found = plan(connection, statement)
        assert "SEARCH log USING PRIMARY KEY" in found and "TEMP B-TREE" not in found
