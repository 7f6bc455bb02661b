"""Slots of limited tags: all or nothing, never one too many, and nobody's for ever."""

from __future__ import annotations

import pytest

from armillary.core.errors import InvalidOption
from armillary.ledger import Ledger
from armillary.ledger.nouns import concurrency_limits
from armillary.ledger.nouns.concurrency_limits import Granting
from ledger_contract.conftest import Feed
from ledger_contract.journals import START, Journal, new_id


@pytest.fixture
def journal(feed: Feed) -> Journal:
    journal = Journal()
    journal.begin()
    journal.flow_state("RUNNING")
    feed(journal)
    return journal


def limit(ledger: Ledger, tag: str, slots: int) -> str:
    with ledger.write() as connection:
        return concurrency_limits.put(connection, new_id(), tag, slots, START).id


def ask(ledger: Ledger, journal: Journal, run: str, *tags: str) -> Granting:
    with ledger.write() as connection:
        return concurrency_limits.acquire(connection, journal.root, run, tags, None, START)


def test_no_more_runs_than_slots_are_let_in(ledger: Ledger, journal: Journal) -> None:
    limit(ledger, "gpu", 2)
    granted = [ask(ledger, journal, new_id(), "gpu", "free") for _ in range(3)]
    assert granted == [Granting(True, []), Granting(True, []), Granting(False, ["gpu"])]


def test_slots_of_several_tags_are_given_together_or_not_at_all(ledger: Ledger, journal: Journal) -> None:
    limit(ledger, "gpu", 2)
    limit(ledger, "disk", 1)
    assert ask(ledger, journal, new_id(), "disk").granted
    assert ask(ledger, journal, new_id(), "gpu", "disk") == Granting(False, ["disk"])
    with ledger.read() as connection:
        found = concurrency_limits.of_tag(connection, "gpu")
        assert found is not None
        assert found.active_slots == []


def test_asking_again_is_granted_again_and_takes_nothing_more(ledger: Ledger, journal: Journal) -> None:
    limit(ledger, "gpu", 1)
    run = new_id()
    assert ask(ledger, journal, run, "gpu").granted
    assert ask(ledger, journal, run, "gpu").granted
    assert not ask(ledger, journal, new_id(), "gpu").granted


def test_a_slot_given_back_is_free_at_once(ledger: Ledger, journal: Journal) -> None:
    limit(ledger, "gpu", 1)
    run = new_id()
    ask(ledger, journal, run, "gpu")
    with ledger.write() as connection:
        assert concurrency_limits.release(connection, run) == 1
    assert ask(ledger, journal, new_id(), "gpu").granted


def test_slots_of_runs_that_ended_or_lost_their_owner_are_free(ledger: Ledger, journal: Journal, feed: Feed) -> None:
    limit(ledger, "gpu", 1)
    run = journal.done_task(tags=("gpu",))
    feed(journal)
    assert ask(ledger, journal, run, "gpu").granted
    other = Journal()
    other.begin()
    other.flow_state("RUNNING")
    feed(other)
    assert ask(ledger, other, new_id(), "gpu").granted
    other.flow_state("CRASHED")
    feed(other)
    with ledger.read() as connection:
        shown = concurrency_limits.of_tag(connection, "gpu")
        assert shown is not None and shown.active_slots == [], "it is shown as it is before anybody asks for a slot"
    assert ask(ledger, journal, new_id(), "gpu").granted


def test_a_limit_is_changed_by_its_tag_and_removed_with_its_slots(ledger: Ledger, journal: Journal) -> None:
    first = limit(ledger, "gpu", 0)
    assert not ask(ledger, journal, new_id(), "gpu").granted
    assert limit(ledger, "gpu", 1) == first
    assert ask(ledger, journal, new_id(), "gpu").granted
    with ledger.write() as connection:
        assert concurrency_limits.remove(connection, first)
        assert not concurrency_limits.remove(connection, first)
        assert concurrency_limits.page(connection).items == []
    assert ask(ledger, journal, new_id(), "gpu") == Granting(True, [])


@pytest.mark.parametrize(("tag", "slots"), [("", 1), ("a\nb", 1), ("gpu", -1), ("gpu", 1 << 40)])
def test_nonsense_is_refused(ledger: Ledger, tag: str, slots: int) -> None:
    with pytest.raises(InvalidOption):
        limit(ledger, tag, slots)
