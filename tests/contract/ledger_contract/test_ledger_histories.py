"""Whatever a journal says, in whatever order and however delivered: no history in the ledger is illegal."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from armillary.core.runs.state_change import StateChange
from armillary.core.states import CRASHED, NAMES, SCHEDULED, TERMINAL, StateType, can_move
from armillary.journal.format.events import STATE_LANE
from armillary.ledger.ingest.frames import ingest
from armillary.ledger.ownership import attempts, flow_run_changes, settling
from armillary.ledger.runs import flow_runs, task_runs
from armillary.ledger.tables.run_tables import flow_run
from ledger_contract.engines import Database
from ledger_contract.journals import Journal, new_id

RUNS = 4
kinds = st.sampled_from(list(StateType))
steps = st.one_of(
    st.tuples(st.just("state"), st.integers(0, RUNS - 1), kinds, st.integers(0, 1)),
    st.tuples(st.just("task"), st.integers(0, RUNS - 1)),
    st.tuples(st.just("deliver"), st.integers(0, 5), st.integers(0, 1)),
    st.tuples(st.just("presume"), st.integers(0, 1)),
    st.tuples(st.just("crash"), st.integers(0, 1)),
    st.tuples(st.just("grant")),
    st.tuples(st.just("requeue")),
)


def assert_legal(history: list[StateChange], attempt_of_presumption: set[int]) -> None:
    """Each line that counted follows from the one before it that did; a new attempt starts over; what follows a presumed
    crash follows from the state before it."""
    current: StateType | None = None
    before_crash: StateType | None = None
    attempt = history[0].attempt
    for line in history:
        if not line.applied:
            continue
        legal = can_move(current, line.type)
        if not legal and current is CRASHED and before_crash is not None:
            legal = can_move(before_crash, line.type) and line.attempt in attempt_of_presumption
        if not legal and line.attempt > attempt:
            legal = current in TERMINAL
        assert legal, (
            f"{current} -> {line.type} in {[(str(each.type), each.attempt) for each in history if each.applied]}"
        )
        before_crash = current if line.type is CRASHED else None
        current, attempt = line.type, line.attempt
    assert current is not None


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=30))
def test_no_sequence_of_events_leads_to_an_illegal_history(database: Database, plan: list[tuple[object, ...]]) -> None:
    with database.fresh() as ledger:
        journal = Journal()
        journal.begin()
        owners = [journal]
        tasks = [journal.task(index=index) for index in range(RUNS - 1)]
        presumed: set[int] = set()
        fed: dict[str, int] = {}

        def deliver(owner: Journal, overlap: int) -> None:
            start = max(0, fed.get(owner.id, 0) - overlap)
            with ledger.write() as connection:
                fed[owner.id] = ingest(connection, owner.id, STATE_LANE, start, owner.frames[start:], owner.now).acked

        for step in plan:
            newest = owners[-1]
            if step[0] == "state":
                _, which, kind, age = step
                owner = owners[-1 - min(int(str(age)), len(owners) - 1)]
                assert isinstance(kind, StateType) and isinstance(which, int)
                run, letter = (journal.root, "f") if which == 0 else (tasks[which - 1], "t")
                owner.state(run, str(kind), NAMES[kind][-1], letter=letter)
            elif step[0] == "task":
                newest.task(index=9)
            elif step[0] == "deliver":
                deliver(owners[-1 - min(int(str(step[2])), len(owners) - 1)], int(str(step[1])))
            elif step[0] in ("presume", "crash"):
                with ledger.write() as connection:
                    changed = settling.settle(
                        connection, journal.root, newest.attempt, newest.tick(), presumed=step[0] == "presume"
                    )
                if changed and step[0] == "presume":
                    presumed.add(newest.attempt)
            elif step[0] == "requeue":
                with ledger.write() as connection:
                    run_now = flow_runs.get(connection, journal.root)
                    if run_now is not None and run_now.state_type in TERMINAL:
                        connection.execute(
                            update(flow_run).values(deployment_id=new_id()).where(flow_run.c.id == run_now.id)
                        )
                        flow_run_changes.schedule_again(connection, run_now.id, newest.tick(), because="It was lost.")
            else:
                with ledger.read() as connection:
                    run_now = flow_runs.get(connection, journal.root)
                if run_now is not None and run_now.state_type in (SCHEDULED, *TERMINAL):
                    with ledger.write() as connection:
                        attempt = attempts.grant_attempt(connection, journal.root, newest.tick())
                    follower = Journal(journal.root, attempt)
                    follower.now = newest.now
                    owners.append(follower)
        for owner in owners:
            deliver(owner, 0)
        with ledger.read() as connection:
            root = flow_runs.get(connection, journal.root)
            assert root is not None
            histories = [(root.state_type, flow_runs.history(connection, journal.root))]
            runs = task_runs.page(connection).items
            histories += [(run.state_type, task_runs.history(connection, run.id)) for run in runs]
            for now, history in histories:
                assert_legal(history, presumed)
                assert [line for line in history if line.applied][-1].type is now
            counted = flow_runs.task_run_counts(connection, journal.root)
            assert counted == task_runs.count_by_state_type(connection)
