"""Deleting, pruning and granting attempts."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from armillary.core.errors import IllegalTransition, NotFound
from armillary.core.pruned import Pruned
from armillary.core.states import CRASHED, PENDING, StateType
from armillary.journal.format.events import LOG_LANE, Artifact, ResultStored
from armillary.ledger import Ledger
from armillary.ledger.database.outbox import KEPT_MICROS, trim
from armillary.ledger.ownership import attempts, settling
from armillary.ledger.runs import deleting, flow_runs, task_runs
from armillary.ledger.tables import columns, run_tables
from armillary.ledger.upkeep.pruning import prune
from ledger_contract.conftest import Feed
from ledger_contract.journals import START, Journal, new_id

DAY = 86_400_000_000


def family(feed: Feed, *, finished: bool = True, begun: int = START) -> tuple[Journal, str, str]:
    """A root run with a task, its subflow with another, and that one's own subflow, with everything a run can have."""
    journal = Journal()
    journal.now = begun
    journal.begin(tags=("x",))
    journal.flow_state("RUNNING")
    child, grandchild = new_id(), new_id()
    first = journal.done_task(tags=("y",))
    node = journal.task(task="sub", child=child, upstreams={"a": [first]})
    journal.flow_run(child, parent=journal.root, node=node, tags=("x",))
    inner = journal.done_task(flow_run=child)
    journal.flow_run(grandchild, parent=child)
    journal.say(ResultStored(journal.tick(), inner, "s", "k", "json", 1))
    journal.say(Artifact(journal.tick(), new_id(), child, inner, "k", "markdown", "x"))
    for run in (journal.root, child, grandchild):
        journal.log("a line", flow_run=run)
    if finished:
        for run in (grandchild, child):
            journal.flow_state("COMPLETED", run=run)
        journal.state(node, "COMPLETED")
        journal.flow_state("COMPLETED")
    feed(journal)
    feed(journal, LOG_LANE)
    return journal, child, grandchild


def held(ledger: Ledger) -> set[str]:
    with ledger.read() as connection:
        return {
            table.name
            for table in columns.metadata.sorted_tables
            if connection.execute(select(func.count()).select_from(table)).scalar_one()
        }


def test_deleting_a_run_takes_everything_below_it_and_leaves_others(ledger: Ledger, feed: Feed) -> None:
    kept = Journal()
    kept.begin()
    kept.done_task()
    feed(kept)
    before = held(ledger)
    journal, _, _ = family(feed)
    with ledger.write() as connection:
        assert deleting.delete_flow_run(connection, journal.root, journal.tick()) == 3
        with pytest.raises(NotFound):
            deleting.delete_flow_run(connection, journal.root, journal.tick())
    assert held(ledger) == before | {"tombstone"}
    with ledger.read() as connection:
        assert [run.id for run in flow_runs.page(connection).items] == [kept.root]
        assert task_runs.count(connection) == 1


def test_deleting_a_subflow_run_leaves_its_parent_and_the_node_in_its_graph(ledger: Ledger, feed: Feed) -> None:
    journal, child, _ = family(feed)
    with ledger.write() as connection:
        assert deleting.delete_flow_run(connection, child, journal.tick()) == 2
        assert [run.id for run in flow_runs.page(connection).items] == [journal.root]
        assert [run.task_name for run in task_runs.page(connection).items] == ["load", "sub"]
        assert connection.execute(select(func.count()).select_from(run_tables.log)).scalar_one() == 1


def test_pruning_takes_finished_root_runs_that_ended_before_a_time(ledger: Ledger, feed: Feed) -> None:
    old, _, _ = family(feed)
    young, _, _ = family(feed, begun=START + 10 * DAY)
    running, _, _ = family(feed, finished=False)
    cutoff, now = START + DAY, START + 11 * DAY
    assert prune(ledger, cutoff, now, dry_run=True) == Pruned(3, 3)
    told: list[int] = []
    assert prune(ledger, cutoff, now, progress=lambda pruned: told.append(pruned.flow_runs)) == Pruned(3, 3)
    assert told == [3]
    with ledger.read() as connection:
        roots = {run.root_flow_run_id for run in flow_runs.page(connection).items}
        assert roots == {young.root, running.root}
    assert prune(ledger, cutoff, now) == Pruned(0, 0)
    assert feed(old).missing_from == 0  # nobody remembers that journal, so it is asked to begin again
    assert feed(old).fenced


def test_a_finished_root_with_an_unfinished_subflow_is_not_pruned(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    journal.flow_run(parent=journal.root)
    journal.flow_state("COMPLETED")
    feed(journal)
    assert prune(ledger, START + DAY, START + DAY) == Pruned(0, 0)


def test_an_interrupted_pruning_is_taken_up_by_the_next(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    for index in range(30):
        journal.done_task(index=index)
    journal.flow_state("COMPLETED")
    feed(journal)
    with ledger.write() as connection:
        deleting.bury(connection, [journal.root], journal.now)
        assert not deleting.delete_part(connection, [journal.root], 10)
        assert task_runs.count(connection) == 20
    assert prune(ledger, START + DAY, START + DAY) == Pruned(1, 20)
    assert held(ledger) == {"ledger", "flow", "outbox", "tombstone"}


def test_old_outbox_rows_are_trimmed_and_young_ones_stay(ledger: Ledger, feed: Feed) -> None:
    family(feed)
    with ledger.write() as connection:
        assert trim(connection, START + KEPT_MICROS) == 0
        assert trim(connection, START + KEPT_MICROS + DAY) > 0
        assert trim(connection, START + KEPT_MICROS + DAY) == 0


def test_attempts_are_granted_once_each_and_only_for_root_runs_without_an_owner(ledger: Ledger, feed: Feed) -> None:
    journal, child, _ = family(feed, finished=False)
    with ledger.write() as connection:
        with pytest.raises(IllegalTransition, match="it has an owner"):
            attempts.grant_attempt(connection, journal.root, journal.tick())
        with pytest.raises(IllegalTransition, match=f"Retry {journal.root} instead"):
            attempts.grant_attempt(connection, child, journal.tick())
        with pytest.raises(NotFound):
            attempts.grant_attempt(connection, new_id(), journal.tick())
        settling.settle(connection, journal.root, 1, journal.tick())
        assert attempts.grant_attempt(connection, journal.root, journal.tick()) == 2
        with pytest.raises(IllegalTransition, match="it has an owner"):
            attempts.grant_attempt(connection, journal.root, journal.tick())
        run, below = flow_runs.get(connection, journal.root), flow_runs.get(connection, child)
        assert run is not None and (run.state_type, run.run_count, run.end_time) == (PENDING, 0, None)
        assert below is not None and below.state_type is CRASHED
        # Who asked for it died before its journal began: a minute later it is anybody's.
        assert attempts.grant_attempt(connection, journal.root, journal.tick(61_000_000)) == 3


def test_a_new_attempt_settles_what_the_last_one_left_open(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    task = journal.task()
    journal.flow_state("FAILED")
    feed(journal)
    with ledger.write() as connection:
        attempts.grant_attempt(connection, journal.root, journal.tick())
        found = task_runs.get(connection, task)
        assert found is not None and found.state_type is CRASHED
        run = flow_runs.get(connection, journal.root)
        assert run is not None and run.state_type is StateType.PENDING
