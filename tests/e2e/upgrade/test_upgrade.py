"""A home that Armillary 0.1.0 left behind, with its ledger, a journal that nothing took in, and its pickles."""

from __future__ import annotations

import os
import tarfile
from collections import Counter
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

import warm_commands
from armillary import Secret, Task
from armillary.client.in_process.client import InProcessClient
from armillary.core.runs.flow_run import FlowRun
from armillary.engine.results.earlier_releases import MOVED
from armillary.engine.results.serializers import PickleSerializer
from armillary.errors import Conflict, NotFound
from armillary.ledger.postgresql.home_ledger import open_home
from armillary.ledger.tables.run_tables import stored_result
from armillary.schedules import CronSchedule
from armillary.states import StateType

OLD = Path(__file__).parent / "from_0_1_0" / "home.tar.gz"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with tarfile.open(OLD) as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "home").chmod(0o700)
    return tmp_path / "home"


def value_of(home: Path, task_run: str) -> Any:
    with InProcessClient(str(home)) as client:
        [run] = [each for each in client.task_runs().items if each.name == task_run]
        stored = client.stored_result(run.id)
    assert stored is not None
    payload = (home / "results" / stored.key).read_bytes().partition(b"\n")[2]
    return PickleSerializer().loads(payload)


def test_its_runs_are_there_and_its_last_journal_is_taken_in(home: Path) -> None:
    with InProcessClient(str(home)) as client:
        runs = client.flow_runs().items
        assert Counter((each.flow_name, each.state_name) for each in runs) == {
            ("first", "Completed"): 1,
            ("second", "Crashed"): 2,
        }
        tasks = Counter((each.task_name, each.state_name) for each in client.task_runs().items)
        assert tasks == {
            ("plain", "Completed"): 5,
            ("fails", "Failed"): 1,
            ("values", "Completed"): 1,
            ("records", "Completed"): 1,
            ("killed", "Crashed"): 2,
        }
        assert client.variable("region").value == "north"
        assert [each.slots for each in client.concurrency_limits().items] == [2]
        assert [each.name for each in client.saved_searches().items] == ["failures"]
    assert list(home.glob("journal/*.jnl")) == []


def test_what_its_tasks_pickled_is_what_they_returned(home: Path) -> None:
    values = value_of(home, "values-0")
    assert values["state"].type is StateType.COMPLETED
    assert [type(each) for each in values["errors"]] == [NotFound, Conflict]
    assert values["secret"] == Secret("hunter2")
    assert isinstance(values["task"], Task)
    assert values["numbers"] == [1, 2.5, None, "ü"]
    cron, _hourly = values["schedules"]
    assert cron == CronSchedule("0 6 * * *", timezone="Europe/Berlin")
    assert next(cron.firings(datetime(2026, 1, 1, tzinfo=UTC))) == datetime(2026, 1, 1, 5, tzinfo=UTC)


def test_records_it_pickled_have_the_fields_of_today(home: Path) -> None:
    found = value_of(home, "records-0")
    [run] = found["flow runs"]
    assert isinstance(run, FlowRun) and run.flow_name == "first"
    assert run.duration_seconds is None and run.parameter_hashes is None
    assert [str(each.type) for each in found["states"]] == ["PENDING", "RUNNING"]
    assert found["variable"].value == "north"
    assert repr(found)


@pytest.mark.parametrize(("task_run", "shown"), [("plain-2", "{'square': 9}"), ("records-0", "FlowRun(id=")])
def test_a_command_reads_its_results_from_a_store_that_its_reader_trusts(home: Path, task_run: str, shown: str) -> None:
    words = ["result", "get", task_run, "--flow-run", "tactful-tortoise", "--trust-store", str(home / "results")]
    environment = {
        **os.environ,
        "ARMILLARY_HOME": str(home),
        "ARMILLARY_RESULTS_DEFAULT_STORAGE": str(home / "results"),
    }
    with open_home(str(home)) as ledger, ledger.write() as connection:
        connection.execute(update(stored_result).values(storage=str(home / "results")))  # it was made elsewhere
    assert shown in warm_commands.run(words, env=environment).stdout


@pytest.mark.parametrize("module", MOVED.values())
def test_a_module_that_moved_is_where_the_table_says(module: str) -> None:
    assert import_module(module).__name__ == module
