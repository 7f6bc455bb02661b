"""What a client offers, whether it asks a server or reads the ledger itself.

Arguments that name nothing (a limit out of range, an empty name, what is not a valid id) raise InvalidOption before anything is asked:
see :mod:`armillary.client.arguments`. Every method takes and returns core records and the small types of :mod:`armillary.core.filters` and
:mod:`armillary.core.page`. A read answers with what every journal of the home had said when the read began. The suite in
``tests/contract/client`` defines the behaviour; an implementation is done when it passes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, Self

from armillary.client.interface.artifacts import Artifacts
from armillary.client.interface.concurrency_limits import ConcurrencyLimits
from armillary.client.interface.deployments import Deployments
from armillary.client.interface.notifications import Notifications
from armillary.client.interface.pausing import Pausing
from armillary.client.interface.saved_searches import SavedSearches
from armillary.client.interface.storage_blocks import StorageBlocks
from armillary.client.interface.variables import Variables
from armillary.client.interface.work_queues import WorkQueues
from armillary.client.interface.workers import Workers
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.page import Page
from armillary.core.pruned import Pruned
from armillary.core.runs.flow import Flow
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.log_line import LogLine
from armillary.core.runs.state_change import StateChange
from armillary.core.runs.stored_result import StoredResult
from armillary.core.runs.task_run import TaskRun
from armillary.core.runs.time_spent import TimeSpent
from armillary.core.states import StateType

LARGEST_PAGE = 1000
LONGEST_LOG_PAGE = 5000


class Client(
    Variables,
    ConcurrencyLimits,
    Artifacts,
    SavedSearches,
    Deployments,
    WorkQueues,
    Workers,
    StorageBlocks,
    Notifications,
    Pausing,
    Protocol,
):
    """Usable as a context manager; ``close()`` gives connections back. Any method may raise
    :class:`~armillary.errors.LedgerUnavailable`."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def close(self) -> None: ...

    def flows(self, *, name_prefix: str | None = None, limit: int = 200, after: str | None = None) -> Page[Flow]:
        """Flows by name. ``limit`` is 1 to 1000, for every listing."""
        ...

    def flow_runs(
        self, wanted: FlowRunFilter | None = None, *, limit: int = 200, after: str | None = None
    ) -> Page[FlowRun]:
        """Flow runs that match, latest expected start first."""
        ...

    def count_flow_runs(self, wanted: FlowRunFilter | None = None) -> int: ...

    def find_flow_run(self, words: str) -> FlowRun:
        """The flow run of that id, of that name, or whose id alone begins so (4 digits at least).

        Raises NotFound with the nearest name, or Ambiguous with the ids that fit.
        """
        ...

    def flow_run_states(self, flow_run_id: str) -> list[StateChange]:
        """Every state the run took or was told to take, oldest first."""
        ...

    def task_run_counts(self, flow_run_id: str) -> dict[StateType, int]:
        """How many task runs of this flow run are in each state type; types nobody is in are left out."""
        ...

    def task_runs(
        self, wanted: TaskRunFilter | None = None, *, limit: int = 200, after: str | None = None
    ) -> Page[TaskRun]:
        """Task runs that match, in order of creation."""
        ...

    def find_task_run(self, words: str, *, flow_run_id: str | None = None) -> TaskRun:
        """As ``find_flow_run``; names of task runs are unique only within their flow run."""
        ...

    def task_run_states(self, task_run_id: str) -> list[StateChange]:
        """As ``flow_run_states``."""
        ...

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
        """Lines of a flow run behind the ordinal ``after``, oldest first. Following is asking again with the last line's
        ordinal. ``with_subflows`` of a root run gives the lines of every run below it too. ``limit`` is 1 to 5000."""
        ...

    def stored_result(self, run_id: str) -> StoredResult | None:
        """Where the value of a flow run or task run is kept, if it is."""
        ...

    def stored_results(self, flow_run_id: str) -> list[StoredResult]:
        """The stored results of a flow run and its task runs; those of subflows are their own."""
        ...

    def time_spent(self, flow_run_id: str) -> TimeSpent | None:
        """Where the time of a flow run went; None while it has not ended."""
        ...

    def wait_for_news(self, timeout_seconds: float) -> bool:
        """Block until some run of this ledger may have changed since the last call, or the time is up: then False."""
        ...

    def cancel(self, run_id: str) -> str:
        """Ask the owner of a flow run, or of the flow run a task run is in, to cancel that run; the id of the command.

        Cancelling is cooperative: the run reads CANCELLING or CANCELLED once its owner has obeyed. Raises NotFound, or
        IllegalTransition for a run that has ended or that nobody runs.
        """
        ...

    def retry(self, flow_run_id: str, *, from_failure: bool = False) -> FlowRun:
        """Put a deployed run that has ended back into its queue, as its next attempt. ``from_failure``: what its tasks that
        completed kept is taken over, and answers that were given; else all is done again. Raises NotFound, or IllegalTransition
        for a run that has not ended, a subflow run, and one without a deployment."""
        ...

    def grant_attempt(self, flow_run_id: str) -> FlowRun:
        """Give a root run that has ended its next attempt: the record, whose ``attempt`` its new owner must bear.

        Raises NotFound, or IllegalTransition for a run that has not ended or has a parent.
        """
        ...

    def delete_flow_run(self, flow_run_id: str) -> int:
        """Delete a flow run with every subflow run below it, and say how many flow runs that were.

        Raises NotFound, or IllegalTransition for a run that somebody is running.
        """
        ...

    def prune(
        self, ended_before: datetime, *, dry_run: bool = False, progress: Callable[[Pruned], None] | None = None
    ) -> Pruned:
        """Delete the root runs that ended before that moment, each with everything below it; ``dry_run`` only counts."""
        ...
