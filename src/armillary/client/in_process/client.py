"""The client that reads the ledger of a home itself.

Every read catches up with the home's journals first, so it never shows less than what had happened when it was asked.
Commands to a run that lives in another process go into the file beside its journal.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from time import monotonic, sleep
from typing import Self

from armillary.client.arguments import checked
from armillary.client.in_process.artifacts import InProcessArtifacts
from armillary.client.in_process.concurrency_limits import InProcessConcurrencyLimits
from armillary.client.in_process.deployments import InProcessDeployments
from armillary.client.in_process.notifications import InProcessNotifications
from armillary.client.in_process.pausing import InProcessPausing
from armillary.client.in_process.saved_searches import InProcessSavedSearches
from armillary.client.in_process.storage_blocks import InProcessStorageBlocks
from armillary.client.in_process.variables import InProcessVariables
from armillary.client.in_process.work_queues import InProcessWorkQueues
from armillary.client.in_process.workers import InProcessWorkers
from armillary.clock import now_us, to_us
from armillary.core.errors import ArmillaryError
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.page import Page
from armillary.core.pruned import Pruned
from armillary.core.rules.listening import ObservationWindow
from armillary.core.runs.flow import Flow
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.log_line import LogLine
from armillary.core.runs.state_change import StateChange
from armillary.core.runs.stored_result import StoredResult
from armillary.core.runs.task_run import TaskRun
from armillary.core.runs.time_spent import TimeSpent
from armillary.core.states import StateType
from armillary.home import commands
from armillary.home import flow_runs as use_cases
from armillary.journal.reading.folder_sizes import FolderSizes
from armillary.ledger.database.opening import Ledger
from armillary.ledger.ingest import following
from armillary.ledger.nouns import flows
from armillary.ledger.ownership import flow_run_changes
from armillary.ledger.postgresql.home_ledger import open_home
from armillary.ledger.runs import flow_runs, logs, stored_results, task_runs, times_spent
from armillary.ledger.upkeep import pruning
from armillary.ledger.views import finding

LOOK_EVERY_SECONDS = 0.1
"""How often ``wait_for_news`` looks at the journals' sizes: nobody pushes in a home without a keeper."""


@checked
class InProcessClient(
    InProcessVariables,
    InProcessConcurrencyLimits,
    InProcessArtifacts,
    InProcessSavedSearches,
    InProcessDeployments,
    InProcessWorkers,
    InProcessWorkQueues,
    InProcessStorageBlocks,
    InProcessPausing,
    InProcessNotifications,
):
    """``InProcessClient(home)`` opens the ledger of that home folder, making or migrating it where need be.

    ``complaint`` is told once of each journal that cannot be read; ``progress`` of a long catching up, in bytes done and
    in all.
    """

    def __init__(
        self,
        home: str,
        *,
        complaint: Callable[[ArmillaryError], None] = lambda _error: None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> None:
        self.home = home
        self._complaint = complaint
        self._progress = progress
        self._complained: set[str | None] = set()
        self._ledger: Ledger = open_home(home)
        self._listening = ObservationWindow(now_us())
        self._journals = os.path.join(home, "journal")
        self._sizes = FolderSizes(self._journals)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._ledger.close()

    def flows(self, *, name_prefix: str | None = None, limit: int = 200, after: str | None = None) -> Page[Flow]:
        self._catch_up()
        with self._ledger.read() as connection:
            return flows.page(connection, name_prefix=name_prefix, limit=limit, after=after)

    def flow_runs(
        self, wanted: FlowRunFilter | None = None, *, limit: int = 200, after: str | None = None
    ) -> Page[FlowRun]:
        self._catch_up()
        with self._ledger.read() as connection:
            return flow_runs.page(connection, wanted, limit=limit, after=after)

    def count_flow_runs(self, wanted: FlowRunFilter | None = None) -> int:
        self._catch_up()
        with self._ledger.read() as connection:
            return flow_runs.count(connection, wanted)

    def find_flow_run(self, words: str) -> FlowRun:
        self._catch_up()
        with self._ledger.read() as connection:
            return finding.find_flow_run(connection, words)

    def flow_run_states(self, flow_run_id: str) -> list[StateChange]:
        self._catch_up()
        with self._ledger.read() as connection:
            return flow_runs.history(connection, flow_run_id)

    def task_run_counts(self, flow_run_id: str) -> dict[StateType, int]:
        self._catch_up()
        with self._ledger.read() as connection:
            return flow_runs.task_run_counts(connection, flow_run_id)

    def task_runs(
        self, wanted: TaskRunFilter | None = None, *, limit: int = 200, after: str | None = None
    ) -> Page[TaskRun]:
        self._catch_up()
        with self._ledger.read() as connection:
            return task_runs.page(connection, wanted, limit=limit, after=after)

    def find_task_run(self, words: str, *, flow_run_id: str | None = None) -> TaskRun:
        self._catch_up()
        with self._ledger.read() as connection:
            return finding.find_task_run(connection, words, flow_run_id=flow_run_id)

    def task_run_states(self, task_run_id: str) -> list[StateChange]:
        self._catch_up()
        with self._ledger.read() as connection:
            return task_runs.history(connection, task_run_id)

    def logs(
        self,
        flow_run_id: str,
        *,
        task_run_id: str | None = None,
        with_subflows: bool = False,
        after: int = -1,
        least_level: int = 0,
        limit: int = 1000,
    ) -> list[LogLine]:
        self._catch_up()
        with self._ledger.read() as connection:
            return logs.lines(
                connection,
                flow_run_id,
                task_run_id=task_run_id,
                with_subflows=with_subflows,
                after=after,
                least_level=least_level,
                limit=limit,
            )

    def stored_result(self, run_id: str) -> StoredResult | None:
        self._catch_up()
        with self._ledger.read() as connection:
            return stored_results.get(connection, run_id)

    def stored_results(self, flow_run_id: str) -> list[StoredResult]:
        self._catch_up()
        with self._ledger.read() as connection:
            return stored_results.of_flow_run(connection, flow_run_id)

    def time_spent(self, flow_run_id: str) -> TimeSpent | None:
        self._catch_up()
        with self._ledger.read() as connection:
            return times_spent.get(connection, flow_run_id)

    def wait_for_news(self, timeout_seconds: float) -> bool:
        deadline = monotonic() + timeout_seconds
        while True:
            if self._sizes.changed():
                self._sizes.mark_read()
                return True
            left = deadline - monotonic()
            if left <= 0:
                return False
            sleep(min(LOOK_EVERY_SECONDS, left))

    def cancel(self, run_id: str) -> str:
        self._catch_up()
        return commands.ask_here(self._ledger, commands.cancel, run_id)

    def retry(self, flow_run_id: str, *, from_failure: bool = False) -> FlowRun:
        self._catch_up()
        with self._ledger.write() as connection:
            return flow_run_changes.schedule_again(connection, flow_run_id, now_us(), from_failure=from_failure)

    def grant_attempt(self, flow_run_id: str) -> FlowRun:
        self._catch_up()
        with self._ledger.write() as connection:
            return use_cases.grant_attempt(connection, flow_run_id, now_us())

    def delete_flow_run(self, flow_run_id: str) -> int:
        self._catch_up()
        with self._ledger.write() as connection:
            return flow_run_changes.delete_unowned(connection, flow_run_id, now_us())

    def prune(
        self, ended_before: datetime, *, dry_run: bool = False, progress: Callable[[Pruned], None] | None = None
    ) -> Pruned:
        self._catch_up()

        return pruning.prune(self._ledger, to_us(ended_before), now_us(), dry_run=dry_run, progress=progress)

    def _catch_up(self) -> None:
        done = following.catch_up(
            self._ledger, self._journals, lambda so_far: self._progress(so_far.done_bytes, so_far.total_bytes)
        )
        for problem in done.problems:
            if problem.subject not in self._complained:
                self._complained.add(problem.subject)
                self._complaint(problem)
