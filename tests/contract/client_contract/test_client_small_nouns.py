"""Variables, concurrency limits and artifacts, whoever answers."""

from __future__ import annotations

import os

import pytest

from armillary.client.interface.client import Client
from armillary.core.errors import Conflict, InvalidOption, NotFound
from armillary.journal.format.events import Artifact
from armillary.journal.limits_file import read_limits

from .recorded import RecordedRun, new_id

NAMES = ["rate", "a/b", "100%", "ünïcode", "'; DROP TABLE variable; --", "..."]


@pytest.mark.parametrize("name", NAMES)
def test_a_variable_is_set_read_and_unset_whatever_its_name(client: Client, name: str) -> None:
    client.set_variable(name, {"of": [1, None, "ü"]}, ["money"])
    found = client.variable(name)
    assert (found.name, found.value, found.tags) == (name, {"of": [1, None, "ü"]}, ["money"])
    assert client.set_variable(name, 2).value == 2
    client.unset_variable(name)
    with pytest.raises(NotFound):
        client.variable(name)
    with pytest.raises(NotFound):
        client.unset_variable(name)


def test_variables_are_listed_by_name_page_by_page(client: Client) -> None:
    for name in ("b", "a", "ab"):
        client.set_variable(name, None)
    first = client.variables(limit=2)
    assert [each.name for each in first.items] == ["a", "ab"]
    assert [each.name for each in client.variables(after=first.after).items] == ["b"]
    assert [each.name for each in client.variables(name_prefix="a").items] == ["a", "ab"]


def test_the_nearest_variable_is_told(client: Client) -> None:
    client.set_variable("exchange_rate", 1)
    with pytest.raises(NotFound, match="Did you mean 'exchange_rate'"):
        client.variable("exchange_rat")


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 600])
def test_names_nobody_could_type_are_refused(client: Client, name: str) -> None:
    with pytest.raises(InvalidOption):
        client.set_variable(name, 1)
    with pytest.raises(InvalidOption):
        client.set_concurrency_limit(name, 1)


def test_a_limit_is_set_changed_and_deleted_and_local_runs_learn_of_it_from_a_file(
    client: Client, client_home: str
) -> None:
    assert read_limits(client_home) == frozenset()
    made = client.set_concurrency_limit("gpu/0", 2)
    assert (made.tag, made.slots, made.active_slots) == ("gpu/0", 2, [])
    assert client.set_concurrency_limit("gpu/0", 3).id == made.id
    assert client.concurrency_limit("gpu/0").slots == 3
    assert [each.tag for each in client.concurrency_limits().items] == ["gpu/0"]
    assert read_limits(client_home) == {"gpu/0"}
    client.delete_concurrency_limit("gpu/0")
    assert not os.path.exists(os.path.join(client_home, "limits"))
    with pytest.raises(NotFound):
        client.concurrency_limit("gpu/0")
    with pytest.raises(NotFound):
        client.delete_concurrency_limit("gpu/0")


def test_a_negative_number_of_slots_is_refused(client: Client) -> None:
    with pytest.raises(InvalidOption):
        client.set_concurrency_limit("gpu", -1)


def test_artifacts_are_listed_newest_first(client: Client, client_home: str) -> None:
    run = RecordedRun(client_home, "flashy-dove")
    for key in ("report", "report", None):
        run.journal.append(Artifact(run.tick(), new_id(), run.id, None, key, "markdown", f"# {key}"))
    assert [each.data for each in client.artifacts(flow_run_id=run.id).items] == ["# None", "# report", "# report"]
    assert len(client.artifacts(key="report").items) == 2
    assert client.artifacts(key="other").items == []


def test_notification_policies_are_made_listed_paused_and_deleted(client: Client) -> None:
    made = client.create_notification_policy(
        "failures", states=["failed", "Late"], target="https://hooks.example.org/T1/secret", tags=["ml"]
    )
    assert (made.states, made.target, made.active) == (["FAILED", "Late"], "https://hooks.example.org/…", True)
    with pytest.raises(Conflict):
        client.create_notification_policy("failures", states=["FAILED"], target="https://hooks.example.org/")
    with pytest.raises(InvalidOption, match="BROKEN"):
        client.create_notification_policy("other", states=["BROKEN"], target="https://hooks.example.org/")
    assert not client.set_notification_policy_active(made.id, False).active
    assert [each.name for each in client.notification_policies()] == ["failures"]
    client.delete_notification_policy(client.find_notification_policy("failures").id)
    with pytest.raises(NotFound):
        client.find_notification_policy("failures")


def test_searches_are_saved_found_and_deleted(client: Client) -> None:
    first = client.save_search("red", "fr.state:failed")
    again = client.save_search("red", "fr.state:crashed")
    assert (again.id, again.definition) == (first.id, {"filter": "fr.state:crashed"})
    assert client.saved_search("red") == client.saved_search(first.id) == again
    assert client.saved_searches().items == [again]
    with pytest.raises(NotFound, match="Did you mean"):
        client.delete_saved_search("rad")
    client.delete_saved_search(first.id)
    assert client.saved_searches().items == []
