"""Who lives is a fact in the ledger: what one server heard, any other can judge by."""

from __future__ import annotations

import pytest

from armillary.core.errors import NotFound
from armillary.journal.format.events import STATE_LANE
from armillary.ledger import Ledger
from armillary.ledger.deployments import workers
from armillary.ledger.ingest import owners, shipped
from armillary.ledger.ingest.frames import ingest
from armillary.ledger.runs import flow_runs
from ledger_contract.journals import Journal
from ledger_contract.test_ledger_scheduling import NOW, worker

LEASE = owners.LEASE_MICROS


def shipped_at(ledger: Ledger, journal: Journal, now: int) -> None:
    with ledger.write() as connection:
        ingest(connection, journal.id, STATE_LANE, 0, journal.lanes[STATE_LANE], now)


def running() -> Journal:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    return journal


def test_an_owner_is_silent_a_lease_after_it_was_heard_of_last_by_anybody(ledger: Ledger) -> None:
    journal = running()
    shipped_at(ledger, journal, NOW)
    with ledger.write() as connection:
        assert owners.silent(connection, NOW + LEASE) == []
        assert owners.silent(connection, NOW + LEASE + 1) == [journal.id]
        owners.heard(connection, {journal.id: NOW + 10})
        assert owners.silent(connection, NOW + LEASE + 1) == []
        assert owners.silent(connection, NOW + LEASE + 11) == [journal.id]


def test_a_shipment_is_as_good_as_a_heartbeat(ledger: Ledger) -> None:
    journal = running()
    with ledger.write() as connection:
        owners.heard(connection, {journal.id: NOW})
    shipped_at(ledger, journal, NOW + 20)
    with ledger.read() as connection:
        assert owners.silent(connection, NOW + LEASE + 20) == []


def test_a_journal_that_is_over_or_whose_run_was_given_up_is_nobodys_silence(ledger: Ledger) -> None:
    over, given_up = running(), running()
    for journal in (over, given_up):
        shipped_at(ledger, journal, NOW)
    later = NOW + 2 * LEASE
    with ledger.write() as connection:
        shipped.finish(connection, over.id, NOW, died=True)
        assert owners.silent(connection, later) == [given_up.id]
        assert shipped.give_up(connection, [given_up.id], later) == [given_up.root]
        assert owners.silent(connection, later) == []


def test_heartbeats_of_many_workers_are_written_together_and_wake_none_that_stopped(ledger: Ledger) -> None:
    with ledger.write() as connection:
        lives, late, stopped = (worker(connection) for _ in range(3))
        workers.end(connection, stopped, NOW)
        workers.renew(connection, {lives: NOW + 30, late: NOW - 30, stopped: NOW + 30})
        workers.renew(connection, {})
        assert workers.silent(connection, NOW + LEASE + 1) == [late]
        assert sorted(workers.silent(connection, NOW + LEASE + 31)) == sorted([lives, late])
        workers.check(connection, lives)
        with pytest.raises(NotFound):
            workers.check(connection, stopped)


@pytest.mark.parametrize("lost", [False, True])
def test_what_a_dead_owner_lost_on_a_full_disk_is_missing_from_its_history(ledger: Ledger, lost: bool) -> None:
    journal = running()
    shipped_at(ledger, journal, NOW)
    with ledger.write() as connection:
        shipped.finish(connection, journal.id, NOW, died=True, lost=lost)
        found = flow_runs.get(connection, journal.root)
    assert found is not None and (found.state_type, found.incomplete_history) == ("CRASHED", lost)
