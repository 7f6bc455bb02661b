"""Readers that are many, or die: each frame is in once, and nothing that was written is missing."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from armillary.core.states import COMPLETED, CRASHED
from armillary.ledger import Ledger, open_ledger
from armillary.ledger.ingest import quarantine
from armillary.ledger.ingest.following import catch_up
from armillary.ledger.runs import flow_runs, logs, task_runs
from armillary.ledger.tables import run_tables
from ledger_faults.conftest import Spawn
from ledger_faults.owners import write_run


def assert_whole(ledger: Ledger, roots: list[str], tasks: int, log_lines: int) -> None:
    """Every run is complete, and neither a history line nor a log line is missing or there twice."""
    with ledger.read() as connection:
        assert quarantine.count(connection) == 0
        for root in roots:
            run = flow_runs.get(connection, root)
            assert run is not None and run.state_type is COMPLETED and not run.incomplete_history
            assert [change.type for change in flow_runs.history(connection, root)] == [
                "PENDING",
                "RUNNING",
                "COMPLETED",
            ]
            assert flow_runs.task_run_counts(connection, root) == {COMPLETED: tasks}
            found = logs.lines(connection, root, limit=log_lines + 1)
            assert [(line.ordinal, line.message) for line in found] == [(n, f"line {n}") for n in range(log_lines)]
        states = run_tables.task_run_state
        assert connection.execute(select(func.count()).select_from(states)).scalar_one() == 2 * tasks * len(roots)
        per_run = select(states.c.task_run_id).group_by(states.c.task_run_id).having(func.count() != 2)
        assert connection.execute(per_run).first() is None
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_reader_killed_at_any_moment_leaves_every_frame_to_be_ingested_once(tmp_path: Path, spawn: Spawn) -> None:
    home = str(tmp_path)
    roots = [write_run(home, 2_000, 300)[1] for _ in range(6)]
    chance = random.Random(11)
    killed = 0
    for _ in range(12):
        process = spawn("reader", home, "once")
        try:
            process.wait(timeout=chance.uniform(0.25, 0.8))
        except subprocess.TimeoutExpired:
            process.kill()
            killed += 1
        process.wait()
    assert killed
    with open_ledger(home) as ledger:
        assert catch_up(ledger, str(tmp_path / "journal")).problems == []
        assert_whole(ledger, roots, 2_000, 300)
    assert list((tmp_path / "journal").iterdir()) == []


@pytest.mark.parametrize("commit", [1, 2, 3])
def test_a_commit_whose_answer_was_lost_is_not_applied_again(tmp_path: Path, spawn: Spawn, commit: int) -> None:
    home = str(tmp_path)
    roots = [write_run(home, 2_500, 100)[1] for _ in range(2)]
    process = spawn("reader", home, "die", commit)
    assert process.wait() == -9
    with open_ledger(home) as ledger:
        catch_up(ledger, str(tmp_path / "journal"))
        assert_whole(ledger, roots, 2_500, 100)


def test_eight_readers_at_once_ingest_each_frame_once_while_runs_are_written(tmp_path: Path, spawn: Spawn) -> None:
    home, stop = str(tmp_path), tmp_path / "stop"
    open_ledger(home).close()
    readers = [spawn("reader", home, "until", stop) for _ in range(8)]
    owners = [spawn("owners", home, 300, 50, "close") for _ in range(6)]
    roots = [owner.communicate()[0].strip() for owner in owners]
    stop.touch()
    for reader in readers:
        said, complained = reader.communicate()
        assert (reader.returncode, said, complained) == (0, "", "")
    with open_ledger(home) as ledger:
        catch_up(ledger, str(tmp_path / "journal"))
        assert_whole(ledger, roots, 300, 50)


def test_of_a_killed_owner_everything_it_wrote_is_read_and_the_rest_has_crashed(tmp_path: Path, spawn: Spawn) -> None:
    home = str(tmp_path)
    owner = spawn("owners", home, 50, 10, "die")
    root = owner.communicate()[0].strip()
    with open_ledger(home) as ledger:
        done = catch_up(ledger, str(tmp_path / "journal"))
        assert done.crashed == [root]
        with ledger.read() as connection:
            run = flow_runs.get(connection, root)
            assert run is not None
            assert (run.state_type, run.state_message) == (CRASHED, "The process that ran it died.")
            assert flow_runs.task_run_counts(connection, root) == {COMPLETED: 50, CRASHED: 1}
            assert task_runs.count(connection) == 51
            assert logs.count(connection, root) == 10
        assert catch_up(ledger, str(tmp_path / "journal")).crashed == []
    assert list((tmp_path / "journal").iterdir()) == []


def test_a_living_owner_is_left_alone_and_read_as_far_as_it_has_come(tmp_path: Path, spawn: Spawn) -> None:
    home, journal = str(tmp_path), tmp_path / "journal"
    owner = spawn("owners", home, 20, 5, "wait")
    assert owner.stdout is not None
    root = owner.stdout.readline().strip()
    with open_ledger(home) as ledger:
        assert catch_up(ledger, str(journal)).frames > 60
        again = catch_up(ledger, str(journal))
        assert (again.frames, again.crashed, again.removed) == (0, [], [])
        with ledger.read() as connection:
            run = flow_runs.get(connection, root)
            assert run is not None and run.state_type == "RUNNING"
        owner.kill()
        owner.wait()
        assert catch_up(ledger, str(journal)).crashed == [root]


def test_with_the_disk_full_nothing_is_lost_and_the_next_reader_goes_on(tmp_path: Path, spawn: Spawn) -> None:
    home = str(tmp_path)
    roots = [write_run(home, 3_000, 100)[1] for _ in range(3)]
    for limit in (400_000, 1_500_000, 3_000_000):
        process = spawn("reader", home, "limit", limit)
        said, complained = process.communicate()
        assert process.returncode == 3, complained
        assert "cannot be used" in said and "locked" not in said
    with open_ledger(home) as ledger:
        catch_up(ledger, str(tmp_path / "journal"))
        assert_whole(ledger, roots, 3_000, 100)
