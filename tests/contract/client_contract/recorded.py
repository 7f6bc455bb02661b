"""Runs as an owner would record them, said event by event into a real journal."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator

from armillary.core.ids import IdGenerator, flow_id
from armillary.core.states import COMPLETED, FAILED, PENDING, RUNNING, StateType
from armillary.journal.format.events import (
    FlowDeclared,
    FlowRunCreated,
    Log,
    ResultStored,
    StateChanged,
    TaskRunCreated,
)
from armillary.journal.writing.writer import JournalWriter

START_US = 1_655_265_060_000_000
"""2022-06-15 03:51 UTC."""

_steps: Iterator[int] = itertools.count(1)
_random: Iterator[int] = itertools.count(7)
new_id = IdGenerator(lambda: START_US // 1000 + next(_steps), lambda bits: next(_random) % (1 << bits))


class RecordedRun:
    """A root run and its open journal; each call appends what it says, a second apart. ``close`` ends the ownership."""

    def __init__(
        self, home: str, name: str, flow: str = "pipeline", start_us: int = START_US, tags: tuple[str, ...] = ()
    ) -> None:
        self.id = new_id()
        self.name = name
        self.now = start_us
        self.folder = os.path.join(home, "journal")
        self.journal_id = new_id()
        self.journal = JournalWriter.create(
            self.folder, root_flow_run_id=self.id, attempt=1, journal_id=self.journal_id
        )
        self._types: dict[str, StateType] = {}
        self._flow_runs: set[str] = set()
        self.flow_run(self.id, name, flow, tags)

    def flow_run(self, run_id: str, name: str, flow: str, tags: tuple[str, ...] = (), parent: str | None = None) -> str:
        self.journal.append(FlowDeclared(self.tick(), flow_id(flow), flow))
        self.journal.append(
            FlowRunCreated(
                self.now,
                run_id,
                flow_id(flow),
                name,
                json.dumps({"msg": "0"}),
                tags,
                self.now,
                self.id,
                PENDING,
                "Pending",
                parent_flow_run_id=parent,
                entrypoint="/flows/pipeline.py:pipeline",
            )
        )
        self._types[run_id] = PENDING
        self._flow_runs.add(run_id)
        return run_id

    def task_run(self, name: str, upstreams: dict[str, list[str]] | None = None, flow_run: str | None = None) -> str:
        run_id = new_id()
        task = name.rpartition("-")[0]
        self.journal.append(
            TaskRunCreated(self.tick(), run_id, flow_run or self.id, name, task, f"{task}-0a0a0a", 0, upstreams)
        )
        self._types[run_id] = PENDING
        return run_id

    def takes(
        self, kind: StateType, run_id: str | None = None, name: str | None = None, message: str | None = None
    ) -> None:
        """The root run, or the given one, takes a state."""
        run_id = run_id or self.id
        letter = "f" if run_id in self._flow_runs else "t"
        self.journal.append(
            StateChanged(
                self.tick(), letter, run_id, self._types[run_id], kind, name or kind.capitalize(), 1, message=message
            )
        )
        self._types[run_id] = kind

    def says(self, message: str, level: int = 20, task_run: str | None = None, flow_run: str | None = None) -> None:
        self.journal.append_log(Log(self.tick(), level, message, flow_run or self.id, task_run))

    def keeps(self, run_id: str) -> None:
        self.journal.append(ResultStored(self.tick(), run_id, "file:///results", "abc", "pickle", 12))

    def runs_to(self, kind: StateType, message: str | None = None) -> RecordedRun:
        """Start, end, and let go."""
        self.takes(RUNNING)
        self.takes(kind, message=message)
        self.journal.close(kind)
        return self

    def tick(self) -> int:
        self.now += 1_000_000
        return self.now


def a_failed_pipeline(home: str) -> tuple[RecordedRun, list[str]]:
    """Two tasks, of which the second failed; three lines of log."""
    run = RecordedRun(home, "flashy-dove", tags=("nightly",))
    run.takes(RUNNING)
    first = run.task_run("fetch-0")
    second = run.task_run("write-0", {"data": [first]})
    run.says("Created flow run")
    for task_run, kind in ((first, COMPLETED), (second, FAILED)):
        run.takes(RUNNING, task_run)
        run.takes(kind, task_run)
    run.says("Wrote nothing", 40, task_run=second)
    run.takes(FAILED, message="1/2 states failed.")
    run.says("Finished", 20)
    run.journal.close("Failed")
    return run, [first, second]
