"""Whoever answers, odd arguments get the same answer, word for word: every operation of a client, each of its arguments."""

from __future__ import annotations

import inspect
import re
import shutil
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from armillary.client.http.client import HttpClient
from armillary.client.in_process.client import InProcessClient
from armillary.client.interface.client import Client
from armillary.clock import new_id
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.deployments.worker import Worker
from armillary.core.errors import ArmillaryError
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.ids import flow_id
from armillary.core.rules.crash import Death
from armillary.core.schedules.interval import IntervalSchedule
from armillary.core.schedules.schedule import to_document
from armillary.core.states import COMPLETED, RUNNING

from .recorded import RecordedRun
from .serving import served

NOW = datetime(2026, 1, 2, tzinfo=UTC)
UNKNOWN = "01900000-0000-7000-8000-000000000000"

ODD: dict[str, Any] = {
    "empty": "",
    "blank": "  ",
    "letter": "x",
    "dot": ".",
    "dots": "..",
    "slash": "/",
    "escape": "%2e?#",
    "path": "../../etc/passwd",
    "unicode": "é✓ 日本",
    "surrogate": "\ud800",
    "nul": "a\0b",
    "long": "a" * 600,
    "very long": "a" * 20_000,
    "unknown id": UNKNOWN,
    "upper id": UNKNOWN.upper(),
    "zero": 0,
    "minus one": -1,
    "huge": 2**70,
    "fraction": 1.5,
    "not a number": float("nan"),
    "infinite": float("inf"),
    "yes": True,
    "bytes": b"x",
    "empty list": [],
    "list of text": ["x"],
    "list of empty": [""],
    "list of long": ["a" * 600],
    "list of numbers": [1],
    "many": ["x"] * 2000,
    "dict": {"a": "b"},
    "odd dict": {"": "", "b": "\ud800"},
    "nested": {"a": {"b": [1, float("nan")]}},
    "object": object(),
    "naive time": datetime(2026, 1, 2),
    "first time": datetime(1, 1, 1, tzinfo=UTC),
    "last time": datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
}

LEFT_OUT = {"close", "wait_for_news", "serve_once", "deployment_result_secret"}
"""Without arguments to get wrong, or (the last two) not asked over HTTP."""

SERVERS_OWN = {
    "id",
    "created",
    "updated",
    "flow_id",
    "last_polled",
    "started",
    "last_heartbeat",
    "stopped",
    "alive",
    "held",
}
"""Fields that whoever saves a record does not decide."""

METHODS = {
    name: list(inspect.signature(getattr(Client, name)).parameters.values())[1:]
    for name in sorted(dir(Client))
    if not name.startswith("_") and name not in LEFT_OUT and inspect.isfunction(getattr(Client, name))
}


class World:
    """What is there to be asked about: the same in both homes."""

    def __init__(self, home: str) -> None:
        run = RecordedRun(home, "first")
        task = run.task_run("load-0")
        run.takes(RUNNING, run_id=task)
        run.takes(COMPLETED, run_id=task)
        run.runs_to(COMPLETED)
        self.run, self.task = run.id, task
        self.deployment_wanted = Deployment(UNKNOWN, "d", flow_id("f"), "f", "main.py:f", NOW, NOW)
        self.queue_wanted = WorkQueue(new_id(), "q", NOW, NOW)
        self.worker_wanted = Worker(new_id(), "agent", "host", 1, "1", NOW, NOW, [], 1)
        with InProcessClient(home) as client:
            client.set_variable("v", 1)
            client.set_concurrency_limit("gpu", 1)
            self.deployment = client.save_deployment(self.deployment_wanted).id
            self.queue = client.create_work_queue(self.queue_wanted)
            self.block = client.save_storage_block("code", "local", {"storage_path": home}).id
            self.search = client.save_search("mine", "state:failed").id
            self.policy = client.create_notification_policy(
                "p", states=["FAILED"], target="https://example.com/hook"
            ).id
            client.register_worker(self.worker_wanted)
            assert client.flow_runs().items  # the journal is taken in

    def usual(self, method: str, parameter: str) -> Any:
        """An argument that nothing is wrong with."""
        by_method = {
            ("flow_runs", "wanted"): FlowRunFilter(),
            ("count_flow_runs", "wanted"): FlowRunFilter(),
            ("task_runs", "wanted"): TaskRunFilter(),
            ("save_deployment", "wanted"): self.deployment_wanted,
            ("create_work_queue", "wanted"): replace(self.queue_wanted, id=UNKNOWN, name="new"),
            ("register_worker", "wanted"): self.worker_wanted,
            ("find_flow_run", "words"): "first",
            ("find_task_run", "words"): "load-0",
            ("find_deployment", "words"): "d",
            ("find_work_queue", "words"): "q",
            ("find_storage_block", "words"): "code",
            ("saved_search", "words"): "mine",
            ("delete_saved_search", "words"): "mine",
            ("find_notification_policy", "words"): "p",
            ("claim_runs", "limit"): 1,
            ("take_slots", "tags"): ["gpu"],
            ("variable", "name"): "v",
            ("set_variable", "name"): "v",
            ("unset_variable", "name"): "v",
            ("save_storage_block", "options"): {"storage_path": "/srv"},
            ("logs", "limit"): 10,
            ("logs", "after"): -1,
            ("set_deployment_schedules", "schedules"): [
                DeploymentSchedule(UNKNOWN, to_document(IntervalSchedule(timedelta(hours=1))), "")
            ],
        }
        usual = {
            "flow_run_id": self.run,
            "root_flow_run_id": self.run,
            "task_run_id": self.task,
            "run_id": self.run,
            "deployment_id": self.deployment,
            "queue_id": self.queue.id,
            "queue": self.queue,
            "worker_id": self.worker_wanted.id,
            "claim_id": UNKNOWN,
            "block_id": self.block,
            "policy_id": self.policy,
            "artifact_id": UNKNOWN,
            "name": "n",
            "kind": "local",
            "value": 1,
            "tags": [],
            "tag": "gpu",
            "slots": 1,
            "states": ["FAILED"],
            "target": "https://example.com/hook",
            "filter_text": "state:failed",
            "paused": True,
            "active": True,
            "begin": NOW,
            "end": NOW + timedelta(hours=1),
            "until": NOW,
            "ended_before": NOW,
            "queues": [],
            "wait_seconds": 0,
            "lines": [(NOW, "one")],
            "whose": Death.PROCESS,
            "limit": 10,
        }
        return by_method.get((method, parameter), usual.get(parameter))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    home = tmp_path_factory.mktemp("odd") / "home"
    return home, World(str(home))


@pytest.fixture
def both(world: tuple[Path, World], tmp_path: Path) -> Iterator[tuple[Client, Client]]:
    """Two clients, one in process and one over HTTP, each of a home of its own with the same in it."""
    for name in ("one", "other"):
        shutil.copytree(world[0], tmp_path / name)
    with (
        InProcessClient(str(tmp_path / "one")) as here,
        served(str(tmp_path / "other")) as url,
        HttpClient(url, retry_seconds=0) as there,
    ):
        yield here, there


_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIMES = re.compile(r"datetime\.datetime\([^)]*\)")
_NAMES = re.compile(r"name='[a-z]+-[a-z]+'")


def outcome(client: Client, method: str, arguments: dict[str, Any]) -> str:
    """What came of it, without what differs from one call to the next."""
    try:
        answer = getattr(client, method)(**arguments)
    except ArmillaryError as problem:
        return f"{type(problem).__name__}: {problem.message} [{problem.subject}] ({problem.advice})"
    except Exception as problem:
        return f"NOT OURS {type(problem).__name__}: {problem}"
    shown = _IDS.sub("ID", _TIMES.sub("TIME", repr(answer)))
    return _NAMES.sub("name=NAME", shown)


def arguments_of(world: World, method: str) -> dict[str, Any]:
    """Those of a call that nothing is wrong with."""
    return {
        each.name: world.usual(method, each.name)
        for each in METHODS[method]
        if each.default is each.empty or world.usual(method, each.name) is not None
    }


def compared(clients: tuple[Client, Client], method: str, arguments: dict[str, Any], what: str) -> str | None:
    """How the two answers differ, if they do, or if one is an error that is none of ours."""
    here, there = (outcome(client, method, arguments) for client in clients)
    if here == there and "NOT OURS" not in here:
        return None
    return f"{what}\n    here  {here[:300]!a}\n    there {there[:300]!a}"


@pytest.mark.parametrize("method", METHODS)
def test_usual_arguments_are_answered_the_same_and_not_refused(
    world: tuple[Path, World], both: tuple[Client, Client], method: str
) -> None:
    usual = arguments_of(world[1], method)
    here, there = (outcome(client, method, usual) for client in both)
    assert here == there
    assert "InvalidOption" not in here or "has no schedule" in here


@pytest.mark.parametrize("method", [name for name, parameters in METHODS.items() if parameters])
def test_odd_arguments_are_answered_the_same(
    world: tuple[Path, World], both: tuple[Client, Client], method: str
) -> None:
    usual = arguments_of(world[1], method)
    differ = [
        problem
        for parameter in METHODS[method]
        if parameter.name != "progress"
        for name, odd in ODD.items()
        if (problem := compared(both, method, {**usual, parameter.name: odd}, f"{parameter.name}={name}"))
    ]
    assert not differ, f"{len(differ)} differ\n" + "\n".join(differ)


RECORDS = [
    (method, parameter.name)
    for method, parameters in METHODS.items()
    for parameter in parameters
    if parameter.name in ("wanted", "queue")
]


@pytest.mark.parametrize(("method", "parameter"), RECORDS)
def test_odd_fields_of_records_are_answered_the_same(
    world: tuple[Path, World], both: tuple[Client, Client], method: str, parameter: str
) -> None:
    usual = arguments_of(world[1], method)
    differ = [
        problem
        for field in fields(usual[parameter])
        if field.name not in SERVERS_OWN
        for name, odd in ODD.items()
        if (
            problem := compared(
                both,
                method,
                {**usual, parameter: replace(usual[parameter], **{field.name: odd})},
                f"{field.name}={name}",
            )
        )
    ]
    assert not differ, f"{len(differ)} differ\n" + "\n".join(differ)
