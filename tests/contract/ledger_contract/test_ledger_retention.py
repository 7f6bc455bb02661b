"""What goes by itself."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from armillary.core.runs.flow_run import FlowRun
from armillary.ledger import Ledger
from armillary.ledger.nouns import api_tokens, service_leases
from armillary.ledger.runs import flow_runs, task_runs
from armillary.ledger.tables.run_tables import tombstone
from armillary.ledger.upkeep import retention
from armillary.ledger.upkeep.pruning import TOMBSTONES_KEPT_MICROS
from armillary.server.services.janitor import Janitor
from ledger_contract.conftest import Feed
from ledger_contract.journals import START, Journal, new_id

DAY = 86_400_000_000


def ran(feed: Feed, at: int, *, tasks: int = 1, finished: bool = True, subflow: bool = False) -> str:
    journal = Journal()
    journal.now = at
    journal.begin()
    journal.flow_state("RUNNING")
    for index in range(tasks):
        journal.done_task(index=index)
    if subflow:
        journal.flow_run(new_id(), parent=journal.root)
    if finished:
        journal.flow_state("COMPLETED")
    feed(journal)
    return journal.root


def left(ledger: Ledger) -> set[str]:
    with ledger.read() as connection:
        found: list[FlowRun] = flow_runs.page(connection).items
        return {run.id for run in found if run.parent_flow_run_id is None}


def turns(ledger: Ledger, janitor: Janitor, now: int) -> int:
    """Turns until nothing is left to do; how many flow runs went."""
    gone = 0
    while True:
        with ledger.write() as connection:
            counted = janitor.run_once(connection, now)
        gone += counted["flow_runs"]
        if not any(counted.values()):
            return gone


def test_runs_go_so_many_days_after_their_end(ledger: Ledger, feed: Feed) -> None:
    old, young = ran(feed, START), ran(feed, START + 5 * DAY)
    assert turns(ledger, Janitor(7, 0), START + 8 * DAY) == 1
    assert left(ledger) == {young}
    with ledger.read() as connection:
        assert flow_runs.get(connection, old) is None
        assert task_runs.count(connection) == 1


def test_of_too_many_runs_the_oldest_go(ledger: Ledger, feed: Feed) -> None:
    runs = [ran(feed, START + number * DAY) for number in range(5)]
    assert turns(ledger, Janitor(0, 3), START + 6 * DAY) == 2
    assert left(ledger) == set(runs[2:])


def test_what_runs_stays_and_so_does_all_above_it(ledger: Ledger, feed: Feed) -> None:
    running = ran(feed, START, finished=False)
    with_living_subflow = ran(feed, START, subflow=True)
    assert turns(ledger, Janitor(1, 1), START + 100 * DAY) == 0
    assert left(ledger) == {running, with_living_subflow}


def test_zero_keeps_everything(ledger: Ledger, feed: Feed) -> None:
    kept = ran(feed, START)
    assert turns(ledger, Janitor(0, 0), START + 10_000 * DAY) == 0
    assert left(ledger) == {kept}


def test_a_big_run_goes_in_several_steps(ledger: Ledger, feed: Feed) -> None:
    ran(feed, START, tasks=4_500)
    seen = []
    while True:
        with ledger.write() as connection:
            if not retention.retire(connection, START + DAY, START + DAY):
                break
            seen.append(task_runs.count(connection))
    assert seen == [2_500, 500, 0]
    assert left(ledger) == set()


def test_old_tombstones_and_tokens_long_refused_are_forgotten(ledger: Ledger) -> None:
    later = START + TOMBSTONES_KEPT_MICROS + DAY
    with ledger.write() as connection:
        for deleted in (START, later):
            row = {"flow_run_id": new_id(), "root_flow_run_id": new_id(), "deleted": deleted}
            connection.execute(insert(tombstone), row)
        for name, expires in (("for ever", None), ("ended", START + 1), ("good", later + 1)):
            api_tokens.create(connection, new_id(), name, "agent", name, START, expires, made_by="home")
        assert retention.forget(connection, later) == 2
        assert connection.execute(select(func.count()).select_from(tombstone)).scalar_one() == 1
        assert {each.name for each in api_tokens.every(connection)} == {"for ever", "good"}


def test_a_refused_token_is_remembered_as_long_as_what_it_made(ledger: Ledger) -> None:
    long_after = START + 100 * DAY
    root, middle, last = new_id(), new_id(), new_id()
    with ledger.write() as connection:
        for token_id, maker, expires in ((root, "home", None), (middle, root, START + 1), (last, middle, None)):
            api_tokens.create(connection, token_id, token_id, "admin", token_id, START, expires, made_by=maker)
        assert retention.forget(connection, long_after) == 0
        api_tokens.revoke(connection, root, long_after, with_children=True)
        assert all(each.revoked is not None for each in api_tokens.every(connection))


def test_a_lease_that_is_given_back_is_another_servers_at_once(ledger: Ledger) -> None:
    with ledger.write() as connection:
        assert service_leases.take(connection, "janitor", "a", START, DAY)
        assert not service_leases.take(connection, "janitor", "b", START + 1, DAY)
        service_leases.release(connection, START + 1, home="another")
        assert not service_leases.take(connection, "janitor", "b", START + 1, DAY)
        service_leases.release(connection, START + 2)
        assert service_leases.take(connection, "janitor", "b", START + 2, DAY)
        [lease] = service_leases.every(connection)
        assert (lease.holder, lease.epoch) == ("b", 2)
