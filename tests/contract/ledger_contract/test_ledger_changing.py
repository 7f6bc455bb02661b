"""What others than its owner may change of a flow run."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from armillary.core.criteria import Criteria, FlowRunCriteria, TagCriterion
from armillary.core.errors import IllegalTransition, InvalidOption, NotFound
from armillary.core.states import CANCELLED, COMPLETED, FAILED, RUNNING, SCHEDULED, State
from armillary.ledger import Ledger
from armillary.ledger.ownership import flow_run_changes
from armillary.ledger.runs import flow_runs
from armillary.ledger.tables.run_tables import flow_run
from armillary.ledger.views import listings
from ledger_contract.conftest import Feed
from ledger_contract.journals import Journal, new_id


@pytest.fixture
def journal(feed: Feed) -> Journal:
    journal = Journal()
    journal.begin(tags=("old",))
    feed(journal)
    return journal


def test_a_run_gets_another_name_and_other_tags(ledger: Ledger, journal: Journal) -> None:
    with ledger.write() as connection:
        flow_run_changes.rename(connection, journal.root, journal.now, name="better", tags=["new", "new"])
    with ledger.read() as connection:
        for tag, expected in (("new", ["better"]), ("old", [])):
            wanted = Criteria(flow_runs=FlowRunCriteria(tags=TagCriterion(all_=[tag])))
            assert [run.name for run in listings.flow_runs(connection, wanted).items] == expected
    with ledger.write() as connection:
        for name in ("", "a\nb"):
            with pytest.raises(InvalidOption):
                flow_run_changes.rename(connection, journal.root, journal.now, name=name)
        with pytest.raises(NotFound):
            flow_run_changes.rename(connection, new_id(), journal.now, name="x")


def test_a_paused_run_that_nobody_owns_is_told_its_state_and_the_history_says_so(
    ledger: Ledger, journal: Journal, feed: Feed
) -> None:
    journal.flow_state("RUNNING")
    journal.flow_state("PAUSED", "Suspended")
    feed(journal)
    with ledger.write() as connection:
        run = flow_run_changes.set_state(connection, journal.root, State(SCHEDULED, "Resuming"), journal.now)
        assert run.next_scheduled_start_time is not None
        run = flow_run_changes.set_state(connection, journal.root, State(CANCELLED, "", "No more."), journal.now)
        assert (run.state_type, run.state_message) == (CANCELLED, "No more.")
        assert [line.type for line in flow_runs.history(connection, journal.root)][-2:] == [SCHEDULED, CANCELLED]
        with pytest.raises(IllegalTransition, match="Retry"):
            flow_run_changes.set_state(connection, journal.root, State(SCHEDULED), journal.now)


def test_what_an_owner_decides_is_refused(ledger: Ledger, journal: Journal, feed: Feed) -> None:
    journal.flow_state("RUNNING")
    feed(journal)
    with ledger.write() as connection, pytest.raises(IllegalTransition, match="owner"):
        flow_run_changes.set_state(connection, journal.root, State(CANCELLED), journal.now)
    journal.flow_state("PAUSED", "Suspended")
    feed(journal)
    with ledger.write() as connection:
        for kind in (RUNNING, COMPLETED):
            with pytest.raises(IllegalTransition):
                flow_run_changes.set_state(connection, journal.root, State(kind), journal.now)
        assert flow_run_changes.set_state(connection, journal.root, State(FAILED), journal.now).state_type is FAILED


def test_only_a_deployed_run_that_ended_goes_back_to_its_queue(ledger: Ledger, journal: Journal, feed: Feed) -> None:
    def again() -> int:
        with ledger.write() as connection:
            return flow_run_changes.schedule_again(connection, journal.root, journal.now).attempt

    journal.flow_state("RUNNING")
    feed(journal)
    with pytest.raises(IllegalTransition, match="not ended"):
        again()
    journal.flow_state("FAILED")
    feed(journal)
    with pytest.raises(IllegalTransition, match="no deployment"):
        again()
    with ledger.write() as connection:
        connection.execute(update(flow_run).values(deployment_id=new_id()))
    assert again() == 2
    with ledger.read() as connection:
        run = flow_runs.get(connection, journal.root)
        assert run is not None
        assert (run.state_type, run.attempt, run.end_time) == (SCHEDULED, 2, None)
    with pytest.raises(IllegalTransition):
        again()


def test_only_runs_that_nobody_runs_are_deleted(ledger: Ledger, journal: Journal, feed: Feed) -> None:
    with ledger.write() as connection:
        with pytest.raises(IllegalTransition, match="Cancel it first"):
            flow_run_changes.delete_unowned(connection, journal.root, journal.now)
        with pytest.raises(NotFound):
            flow_run_changes.delete_unowned(connection, new_id(), journal.now)
    journal.flow_state("RUNNING")
    journal.flow_state("PAUSED", "Suspended")
    feed(journal)
    with ledger.write() as connection:
        assert flow_run_changes.delete_unowned(connection, journal.root, journal.now) == 1
