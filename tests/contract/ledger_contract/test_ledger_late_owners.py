"""An owner that was given up reports late: what counts of it, and until when, on each database."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from armillary.core.deployments.deployment import Deployment
from armillary.core.runs.flow_run import FlowRun
from armillary.core.states import CANCELLED, CRASHED, State, StateType
from armillary.journal.format.events import STATE_LANE, ResultStored
from armillary.ledger import Ledger
from armillary.ledger.deployments import claims, deployments, workers
from armillary.ledger.ingest.frames import ingest
from armillary.ledger.ownership import flow_run_changes, settling
from armillary.ledger.runs import flow_runs, stored_results, task_runs
from armillary.ledger.tables.deployment_tables import run_death
from ledger_contract.journals import Journal, new_id
from ledger_contract.test_ledger_scheduling import NOW, deployment, due_run, worker


class LostRun:
    """A run whose agent fell silent: it waits as attempt 2, while its first owner has more to tell than the ledger knows."""

    def __init__(self, connection: Connection, *, known: str = "running", presumed_earlier: bool = False) -> None:
        self.connection = connection
        self.of: Deployment = deployments.save(connection, deployment(), NOW)
        self.id = due_run(connection, self.of)
        self.owner = self.claimed(NOW)
        self.owner.begin()
        self.fed = 0
        if known != "nothing":
            self.owner.flow_state("RUNNING")
            self.task = self.owner.task()
            self.owner.state(self.task, "RUNNING")
            self.deliver()
        self.later = NOW + 10 * workers.lease_micros()
        if presumed_earlier:  # by whoever followed its journal, before its agent is given up
            settling.settle(connection, self.id, 1, NOW, presumed=True)
            assert (self.run.state_type, self.task_state) == ("CRASHED", "CRASHED")
            self.earlier, self.task = self.task, self.owner.task()
            self.owner.state(self.task, "RUNNING")
            self.deliver()
            assert self.task_state == "RUNNING"
        claims.reap(connection, self.later)
        if known == "nothing":
            self.owner.flow_state("RUNNING")
            self.task = self.owner.task()
            self.owner.state(self.task, "RUNNING")

    def claimed(self, now: int) -> Journal:
        [claimed] = claims.claim_runs(self.connection, worker(self.connection, now), new_id(), [], 1, now)
        assert claimed.flow_run.id == self.id
        journal = Journal(self.id, claimed.flow_run.attempt)
        journal.now = now
        return journal

    def deliver(self) -> None:
        frames = self.owner.frames[self.fed :]
        self.fed = ingest(self.connection, self.owner.id, STATE_LANE, self.fed, frames, self.owner.now).acked

    def finishes(self, kind: str = "COMPLETED") -> None:
        self.owner.state(self.task, "COMPLETED")
        self.owner.say(ResultStored(self.owner.tick(), self.task, "/results", "key", "pickle", 3))
        self.owner.flow_state(kind)

    @property
    def run(self) -> FlowRun:
        found = flow_runs.get(self.connection, self.id)
        assert found is not None
        return found

    @property
    def states(self) -> list[tuple[str, int]]:
        """Those that counted, each with its attempt."""
        history = flow_runs.history(self.connection, self.id)
        return [(str(line.type), line.attempt) for line in history if line.applied]

    @property
    def task_state(self) -> str:
        return self.state_of(self.task)

    def state_of(self, task: str) -> str:
        [run] = [each for each in task_runs.page(self.connection).items if each.id == task]
        return str(run.state_type)


@pytest.mark.parametrize("known", ["running", "nothing"])
@pytest.mark.parametrize("kind", ["COMPLETED", "FAILED"])
def test_a_run_that_had_finished_is_not_run_again(ledger: Ledger, kind: str, known: str) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection, known=known)
        assert (lost.run.state_type, lost.run.attempt) == ("SCHEDULED", 2)
        lost.finishes(kind)
        lost.deliver()
        assert (lost.run.state_type, lost.run.attempt, lost.task_state) == (kind, 1, "COMPLETED")
        assert lost.states[-2:] == [("CRASHED", 1), (kind, 1)]
        assert stored_results.get(connection, lost.task) is not None
        assert claims.claim_runs(connection, worker(connection, lost.later), new_id(), [], 1, lost.later) == []
        assert lost.run.start_time is not None


def test_what_began_between_a_presumed_death_and_the_next_attempt_counts_too(ledger: Ledger) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection, presumed_earlier=True)
        assert (lost.run.state_type, lost.run.attempt, lost.task_state) == ("SCHEDULED", 2, "CRASHED")
        lost.owner.state(lost.earlier, "COMPLETED")
        lost.finishes()
        lost.deliver()
        assert (lost.run.state_type, lost.run.attempt) == ("COMPLETED", 1)
        assert (lost.state_of(lost.earlier), lost.task_state) == ("COMPLETED", "COMPLETED")


def test_its_presumed_death_does_not_count_against_the_run(ledger: Ledger) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection)
        lost.finishes()
        lost.deliver()
        assert connection.execute(select(run_death).where(run_death.c.flow_run_id == lost.id)).all() == []


def test_what_it_says_in_many_parts_counts_as_what_it_says_at_once(ledger: Ledger) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection)
        lost.finishes()
        frames = lost.owner.frames
        for number in range(lost.fed, len(frames)):
            lost.fed = ingest(connection, lost.owner.id, STATE_LANE, number, [frames[number]], lost.owner.now).acked
            assert lost.run.state_type in ("SCHEDULED", "COMPLETED")
        assert (lost.run.state_type, lost.run.attempt, lost.task_state) == ("COMPLETED", 1, "COMPLETED")


@pytest.mark.parametrize("kind", ["CANCELLING", "RUNNING", "PENDING"])
def test_that_it_still_runs_takes_nothing_out_of_its_queue(ledger: Ledger, kind: str) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection)
        lost.owner.flow_state(kind)
        lost.deliver()
        assert (lost.run.state_type, lost.run.attempt) == ("SCHEDULED", 2)
        assert lost.claimed(lost.later).attempt == 2


def test_obeying_an_order_to_stop_is_not_finishing(ledger: Ledger) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection)
        lost.owner.flow_state("CANCELLING")
        lost.owner.flow_state("CANCELLED")
        lost.deliver()
        assert (lost.run.state_type, lost.run.attempt) == ("SCHEDULED", 2)


def test_once_another_owner_was_granted_the_run_nothing_of_it_counts(ledger: Ledger) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection)
        lost.claimed(lost.later)
        lost.finishes()
        lost.deliver()
        assert (lost.run.state_type, lost.run.attempt) == ("PENDING", 2)
        assert lost.task_state == "CRASHED"


def test_what_it_began_and_left_unfinished_is_settled_when_another_is_granted_the_run(ledger: Ledger) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection)
        begun = lost.owner.task(index=1)
        lost.owner.state(begun, "RUNNING")
        lost.owner.state(lost.task, "COMPLETED")
        lost.deliver()
        assert lost.task_state == "COMPLETED", "the next attempt need not do it again"
        lost.claimed(lost.later)
        states = {run.id: run.state_type for run in task_runs.page(connection).items}
        assert states == {lost.task: "COMPLETED", begun: CRASHED}
        assert lost.run.state_type == "PENDING"


def test_what_it_left_unfinished_is_settled_when_the_waiting_run_is_cancelled(ledger: Ledger) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection)
        begun = lost.owner.task(index=1)
        lost.owner.state(begun, "RUNNING")
        lost.deliver()
        flow_run_changes.set_state(connection, lost.id, State(CANCELLED), lost.later)
        assert {run.state_type for run in task_runs.page(connection).items} == {CRASHED}
        lost.finishes()
        lost.deliver()
        assert lost.run.state_type is CANCELLED


def test_a_run_that_a_person_asked_for_again_is_run_again(ledger: Ledger) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection)
        flow_run_changes.set_state(connection, lost.id, State(StateType.FAILED), lost.later)
        flow_run_changes.schedule_again(connection, lost.id, lost.later)
        lost.finishes()
        lost.deliver()
        assert (lost.run.state_type, lost.run.attempt) == ("SCHEDULED", 3)


def test_an_owner_that_suspended_its_run_is_believed(ledger: Ledger) -> None:
    with ledger.write() as connection:
        lost = LostRun(connection)
        lost.owner.state(lost.task, "COMPLETED")
        lost.owner.state(lost.id, "PAUSED", "Suspended", letter="f")
        lost.deliver()
        assert (lost.run.state_name, lost.run.attempt) == ("Suspended", 1)
