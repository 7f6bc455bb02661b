"""What deletes asks first, says what it would do, and never waits for an answer nobody can give."""

from __future__ import annotations

import pytest

from .conftest import Armillary


def names(armillary: Armillary) -> set[str]:
    return {each["name"] for each in armillary("flow-run", "ls", "-o", "json").json}


@pytest.mark.parametrize(
    "arguments",
    [["flow-run", "delete", "--flow", "greet"], ["database", "reset"], ["database", "prune", "--older-than", "0s"]],
)
def test_without_a_terminal_the_flag_to_give_is_named_and_nothing_happens(
    armillary: Armillary, arguments: list[str]
) -> None:
    run = armillary.ran("flows.py:greet", "-p", "name=x")
    assert "--yes" in armillary(*arguments, code=2, given="y\n").err
    assert names(armillary) == {run["name"]}


def test_a_dry_run_shows_what_would_go_and_yes_lets_it_go(armillary: Armillary) -> None:
    greeted = armillary.ran("flows.py:greet", "-p", "name=x")
    other = armillary.ran("flows.py:pipeline")
    shown = armillary("flow-run", "delete", "--flow", "greet", "--dry-run", "-o", "json")
    assert [each["id"] for each in shown.json] == [greeted["id"]]
    assert "1 flow runs would be deleted" in shown.err
    armillary("flow-run", "delete", "--flow", "greet", "--yes")
    assert names(armillary) == {other["name"]}
    assert armillary("database", "prune", "--older-than", "0s", "--dry-run", "-o", "json").json["flow_runs"] == 1
    assert armillary("database", "prune", "--older-than", "1d", "--yes", "-o", "json").json["flow_runs"] == 0
    armillary("database", "prune", "--older-than", "0s", "--yes")
    assert names(armillary) == set()


def test_deleting_needs_names_or_options_and_not_both(armillary: Armillary) -> None:
    assert "by name or by options" in armillary("flow-run", "delete", "--yes", code=2).err
    assert "not both" in armillary("flow-run", "delete", "x", "--flow", "y", "--yes", code=2).err


def test_a_reset_database_is_empty_and_works(armillary: Armillary) -> None:
    armillary.ran("flows.py:greet", "-p", "name=x")
    armillary("database", "reset", "--yes")
    assert names(armillary) == set()
    armillary("database", "upgrade")
