"""Many writers of one PostgreSQL database, as several servers are: what each decides under its locks holds for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Barrier, Event, Thread
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from armillary.core.errors import NotFound
from armillary.core.filters import FlowRunFilter
from armillary.core.states import PENDING
from armillary.ledger import Ledger
from armillary.ledger.database import outbox
from armillary.ledger.deployments import claims, deployments, scheduled_runs, scheduling, work_queues, workers
from armillary.ledger.deployments.scheduled_runs import NewRun
from armillary.ledger.runs import flow_runs
from armillary.ledger.tables import run_tables as of
from armillary.ledger.tables.deployment_tables import held_attempt
from ledger_contract.engines import Postgres
from ledger_contract.journals import new_id
from ledger_contract.test_ledger_scheduling import MINUTE, NOW, deployment, scheduled, worker

AT_ONCE = 8
LONG_AFTER = NOW + 60 * MINUTE


def all_at_once(*works: Callable[[], None]) -> None:
    """Each on a thread of its own, begun together; the first problem of any is raised."""
    problems: list[BaseException] = []
    begin = Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            begin.wait(30)
            work()
        except BaseException as problem:
            problems.append(problem)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def with_due_runs(ledger: Ledger, many: int, **facts: Any) -> None:
    with ledger.write() as connection:
        saved = deployments.save(connection, deployment(**facts), NOW)
        wanted = [NewRun(new_id(), f"run-{each}", NOW - MINUTE, str(each)) for each in range(many)]
        scheduled_runs.make(connection, saved, wanted, NOW - MINUTE)


def test_a_run_is_handed_out_once_while_others_mark_it_late(postgres: Postgres) -> None:
    handed: Counter[str] = Counter()

    def claim() -> None:
        with ledger.write() as connection:
            one = worker(connection)
        while True:
            with ledger.write() as connection:
                claimed = claims.claim_runs(connection, one, new_id(), [], 3, NOW)
            if not claimed:
                return
            handed.update(each.flow_run.id for each in claimed)

    def mark() -> None:
        for _ in range(20):
            with ledger.write() as connection:
                scheduled_runs.mark_late(connection, NOW)

    with postgres.fresh() as ledger:
        with_due_runs(ledger, 120)
        all_at_once(*[claim] * AT_ONCE, mark, mark)
        with ledger.write() as connection:  # what was passed over because somebody wrote it is there for the next
            left = claims.claim_runs(connection, worker(connection), new_id(), [], 200, NOW)
            handed.update(each.flow_run.id for each in left)
            assert flow_runs.count(connection, FlowRunFilter(state_types=(PENDING,))) == 120
    assert set(handed.values()) == {1} and len(handed) == 120


def test_no_more_run_than_limits_let_however_many_claim(postgres: Postgres) -> None:
    seen: list[int] = []

    def claim() -> None:
        with ledger.write() as connection:
            one = worker(connection)
        for _ in range(6):
            with ledger.write() as connection:
                claimed = claims.claim_runs(connection, one, new_id(), [], 3, NOW)
            with ledger.read() as connection:
                seen.append(connection.execute(select(func.count()).select_from(held_attempt)).scalar_one())
            for each in claimed:
                with ledger.write() as connection:
                    claims.release(connection, one, each.flow_run.id, NOW)

    with postgres.fresh() as ledger:
        with_due_runs(ledger, 200, concurrency_limit=4)
        all_at_once(*[claim] * AT_ONCE)
        with ledger.read() as connection:
            assert work_queues.running(connection) == {}
    assert 0 < max(seen) <= 4


def test_a_claim_that_is_sent_twice_at_once_is_answered_the_same(postgres: Postgres) -> None:
    answers: list[list[str]] = []
    claim_id = new_id()

    def claim() -> None:
        with ledger.write() as connection:
            claimed = claims.claim_runs(connection, one, claim_id, [], 2, NOW)
        answers.append([each.flow_run.id for each in claimed])

    with postgres.fresh() as ledger:
        with_due_runs(ledger, 9)
        with ledger.write() as connection:
            one = worker(connection)
        all_at_once(*[claim] * 4)
    assert answers == [answers[0]] * 4 and len(answers[0]) == 2


@pytest.mark.parametrize("end", [claims.stop, lambda connection, _worker, _now: claims.reap(connection, LONG_AFTER)])
def test_a_worker_that_is_ended_while_it_claims_keeps_nothing(
    postgres: Postgres, end: Callable[[Connection, str, int], object]
) -> None:
    has_claimed, may_commit = Event(), Event()

    def claim() -> None:
        with ledger.write() as connection:
            assert len(claims.claim_runs(connection, one, new_id(), [], 2, NOW)) == 2
            has_claimed.set()
            may_commit.wait(0.5)  # the other waits for this transaction

    def ends() -> None:
        has_claimed.wait(30)
        with ledger.write() as connection:
            end(connection, one, LONG_AFTER)
        may_commit.set()

    with postgres.fresh() as ledger:
        with_due_runs(ledger, 2)
        with ledger.write() as connection:
            one = worker(connection)
        all_at_once(claim, ends)
        with ledger.read() as connection:
            assert connection.execute(select(func.count()).select_from(held_attempt)).scalar_one() == 0
        with ledger.write() as connection, pytest.raises(NotFound, match="no worker"):
            claims.claim_runs(connection, one, new_id(), [], 1, LONG_AFTER)


def test_what_a_stopped_worker_holds_all_the_same_is_taken_back(postgres: Postgres) -> None:
    with postgres.fresh() as ledger:
        with_due_runs(ledger, 3)
        with ledger.write() as connection:
            one = worker(connection)
            claims.claim_runs(connection, one, new_id(), [], 3, NOW)
            workers.end(connection, one, NOW)
        with ledger.write() as connection:
            assert claims.reap(connection, NOW + 1) == {"lost_runs": 3}
            assert claims.reap(connection, NOW + 2) == {"lost_runs": 0}


def test_schedulers_and_those_who_deploy_make_each_occurrence_once(postgres: Postgres) -> None:
    def schedule() -> None:
        for minute in range(10):
            with ledger.write() as connection:
                scheduling.schedule_runs(connection, NOW + minute * MINUTE, new_id)

    def deploy() -> None:
        for _ in range(3):
            with ledger.write() as connection:
                saved = deployments.save(connection, scheduled(), NOW)
                scheduling.schedule_runs(connection, NOW, new_id, saved.id)

    with postgres.fresh() as ledger:
        with ledger.write() as connection:
            deployments.save(connection, scheduled(), NOW)
        all_at_once(schedule, schedule, schedule, deploy)
        schedule()
        with ledger.read() as connection:
            due = select(of.flow_run.c.next_scheduled_start).order_by(of.flow_run.c.next_scheduled_start)
            found = list(connection.execute(due).scalars())
    first = found[0]
    assert found == [first + number * MINUTE for number in range(len(found))] and len(found) >= 100


def test_numbers_are_committed_in_their_order(postgres: Postgres) -> None:
    """A reader that saw a number has seen all below it."""
    problems: list[str] = []

    def write() -> None:
        for _ in range(15):
            with ledger.write() as connection:
                deployments.save(connection, deployment(new_id()), NOW)

    def read() -> None:
        number = 0
        seen: list[int] = []
        deadline = monotonic() + 120
        while len(seen) < 60 and monotonic() < deadline:
            with ledger.read() as connection:
                told = outbox.after(connection, number, 100)
            seen += [each.number for each in told]
            number = seen[-1] if seen else 0
        with ledger.read() as connection:
            if seen != [each.number for each in outbox.after(connection, 0, 100)]:
                problems.append("a number appeared below one that was read already")

    with postgres.fresh() as ledger:
        all_at_once(write, write, write, write, read)
    assert problems == []
