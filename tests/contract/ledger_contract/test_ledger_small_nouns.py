"""Variables, saved searches, artifacts, and answers kept under idempotency keys."""

from __future__ import annotations

import pytest

from armillary.core.errors import InvalidOption
from armillary.journal.format.events import Artifact
from armillary.ledger import Ledger
from armillary.ledger.nouns import idempotency_keys, saved_searches, variables
from armillary.ledger.nouns.idempotency_keys import KEPT_MICROS, Answered
from armillary.ledger.runs import artifacts
from ledger_contract.conftest import Feed
from ledger_contract.journals import START, Journal, new_id


def test_a_variable_is_set_changed_listed_and_unset(ledger: Ledger) -> None:
    with ledger.write() as connection:
        variables.put(connection, "rate", {"of": [1, None]}, ["money"], START)
        changed = variables.put(connection, "rate", 0.5, [], START + 1)
        variables.put(connection, "other", None, [], START)
        assert (changed.value, changed.tags) == (0.5, [])
        assert changed.created is not None and changed.updated is not None
        assert changed.updated > changed.created
        assert [each.name for each in variables.page(connection).items] == ["other", "rate"]
        assert [each.name for each in variables.page(connection, name_prefix="r").items] == ["rate"]
        assert variables.unset(connection, "rate")
        assert not variables.unset(connection, "rate")
        assert variables.get(connection, "rate") is None


@pytest.mark.parametrize("name", ["", "a\x00", "x" * 600])
def test_a_variable_needs_a_name(ledger: Ledger, name: str) -> None:
    with ledger.write() as connection, pytest.raises(InvalidOption):
        variables.put(connection, name, 1, [], START)


def test_a_search_saved_again_keeps_its_id(ledger: Ledger) -> None:
    with ledger.write() as connection:
        first = saved_searches.put(connection, new_id(), "failed today", {"tokens": []}, START)
        second = saved_searches.put(connection, new_id(), "failed today", {"tokens": [1]}, START + 1)
        assert (second.id, second.definition) == (first.id, {"tokens": [1]})
        assert saved_searches.get(connection, first.id) == second
        assert saved_searches.page(connection).items == [second]
        assert saved_searches.remove(connection, first.id)
        assert saved_searches.get(connection, first.id) is None


def test_artifacts_are_listed_by_run_key_and_as_the_latest_of_each_key(ledger: Ledger, feed: Feed) -> None:
    journal = Journal()
    journal.begin()
    ids = [new_id() for _ in range(3)]
    for each, key in zip(ids, ("report", "report", None), strict=True):
        journal.say(Artifact(journal.tick(), each, journal.root, None, key, "markdown", f"# {key}"))
    feed(journal)
    with ledger.read() as connection:

        def listed(**options: object) -> list[str]:
            return [found.id for found in artifacts.page(connection, **options).items]  # type: ignore[arg-type]

        assert listed(flow_run_id=journal.root) == ids[::-1]
        assert listed(key="report") == [ids[1], ids[0]]
        assert listed(latest=True) == [ids[1]]
        assert listed(kind="table") == []
        found = artifacts.get(connection, ids[0])
        assert found is not None and found.data == "# report"
        assert artifacts.count(connection, journal.root) == 3
        first = artifacts.page(connection, limit=1)
        with pytest.raises(InvalidOption, match="cursor"):
            artifacts.page(connection, key="report", after=first.after)


def test_a_key_answers_what_it_answered_before_and_no_other_request(ledger: Ledger) -> None:
    answer = Answered(201, b'{"id": 1}')
    with ledger.write() as connection:
        assert idempotency_keys.answered(connection, "k", "POST /flow_runs", "hash") is None
        idempotency_keys.keep(connection, "k", "POST /flow_runs", "hash", answer, START)
    with ledger.write() as connection:
        assert idempotency_keys.answered(connection, "k", "POST /flow_runs", "hash") == answer
        assert idempotency_keys.answered(connection, "k", "POST /flows", "hash") is None
        for key, request in (("k", "other"), ("", "hash"), ("a\nb", "hash"), ("x" * 256, "hash")):
            with pytest.raises(InvalidOption):
                idempotency_keys.answered(connection, key, "POST /flow_runs", request)
        assert idempotency_keys.forget(connection, START + KEPT_MICROS) == 0
        assert idempotency_keys.forget(connection, START + KEPT_MICROS + 1) == 1
        assert idempotency_keys.answered(connection, "k", "POST /flow_runs", "other") is None
