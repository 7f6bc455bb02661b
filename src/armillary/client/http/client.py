"""The client that asks a server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any, Self

from msgspec import to_builtins

from armillary.client.arguments import checked
from armillary.client.http.artifacts import HttpArtifacts
from armillary.client.http.concurrency_limits import HttpConcurrencyLimits
from armillary.client.http.deployments import HttpDeployments
from armillary.client.http.notifications import HttpNotifications
from armillary.client.http.pausing import HttpPausing
from armillary.client.http.saved_searches import HttpSavedSearches
from armillary.client.http.storage_blocks import HttpStorageBlocks
from armillary.client.http.transport import RETRY_SECONDS, Transport, part
from armillary.client.http.variables import HttpVariables
from armillary.client.http.work_queues import HttpWorkQueues
from armillary.client.http.workers import HttpWorkers
from armillary.core.errors import NotFound
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

_LONGEST_WAIT_SECONDS = 20.0


@checked
class HttpClient(
    HttpVariables,
    HttpConcurrencyLimits,
    HttpArtifacts,
    HttpSavedSearches,
    HttpDeployments,
    HttpWorkQueues,
    HttpWorkers,
    HttpStorageBlocks,
    HttpPausing,
    HttpNotifications,
):
    """``HttpClient("http://127.0.0.1:4200/api", token)`` asks that server; any thread may use it.

    A server that is away is asked again for ``retry_seconds`` before LedgerUnavailable is raised.
    """

    def __init__(
        self,
        api_url: str,
        token: str | None = None,
        *,
        retry_seconds: float = RETRY_SECONDS,
        timeout_seconds: float = 30.0,
    ) -> None:
        self.api_url = api_url
        self._server = Transport(api_url, token, timeout_seconds=timeout_seconds, retry_seconds=retry_seconds)
        self._news: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._server.close()

    def flows(self, *, name_prefix: str | None = None, limit: int = 200, after: str | None = None) -> Page[Flow]:
        narrowed = {} if name_prefix is None else {"flows": {"name": {"startswith_": name_prefix}}}
        return self._server.ask("flows/filter", Page[Flow], {**narrowed, "limit": limit, "after": after})

    def flow_runs(
        self, wanted: FlowRunFilter | None = None, *, limit: int = 200, after: str | None = None
    ) -> Page[FlowRun]:
        body = {**_narrowed(wanted), "limit": limit, "after": after}
        return self._server.ask("flow_runs/filter", Page[FlowRun], body)

    def count_flow_runs(self, wanted: FlowRunFilter | None = None) -> int:
        return self._server.ask("flow_runs/count", int, _narrowed(wanted))

    def find_flow_run(self, words: str) -> FlowRun:
        return self._server.get("flow_runs/find", FlowRun, words=words)

    def flow_run_states(self, flow_run_id: str) -> list[StateChange]:
        return self._server.get("flow_run_states", list[StateChange], flow_run_id=flow_run_id)

    def task_run_counts(self, flow_run_id: str) -> dict[StateType, int]:
        return self._server.get(f"flow_runs/{part(flow_run_id)}/task_run_counts", dict[StateType, int])

    def task_runs(
        self, wanted: TaskRunFilter | None = None, *, limit: int = 200, after: str | None = None
    ) -> Page[TaskRun]:
        body = {**_narrowed(wanted), "limit": limit, "after": after}
        return self._server.ask("task_runs/filter", Page[TaskRun], body)

    def find_task_run(self, words: str, *, flow_run_id: str | None = None) -> TaskRun:
        return self._server.get("task_runs/find", TaskRun, words=words, flow_run_id=flow_run_id)

    def task_run_states(self, task_run_id: str) -> list[StateChange]:
        return self._server.get("task_run_states", list[StateChange], task_run_id=task_run_id)

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
        return self._server.get(
            f"logs/{part(flow_run_id)}",
            list[LogLine],
            task_run_id=task_run_id,
            with_subflows=with_subflows,
            after=after,
            level=least_level,
            limit=limit,
        )

    def stored_result(self, run_id: str) -> StoredResult | None:
        try:
            return self._server.get(f"task_runs/{part(run_id)}/result", StoredResult)
        except NotFound:
            return None

    def stored_results(self, flow_run_id: str) -> list[StoredResult]:
        return self._server.get(f"flow_runs/{part(flow_run_id)}/results", list[StoredResult])

    def time_spent(self, flow_run_id: str) -> TimeSpent | None:
        try:
            return self._server.get(f"flow_runs/{part(flow_run_id)}/time_spent", TimeSpent)
        except NotFound:
            return None

    def wait_for_news(self, timeout_seconds: float) -> bool:
        deadline = monotonic() + timeout_seconds
        while True:
            wait = max(0.0, min(deadline - monotonic(), _LONGEST_WAIT_SECONDS)) if self._news is not None else 0.0
            seen = -1 if self._news is None else self._news
            number: int = self._server.get("news", dict[str, int], after=seen, wait_seconds=wait)["number"]
            if number != self._news:
                self._news = number
                return True
            if monotonic() >= deadline:
                return False

    def cancel(self, run_id: str) -> str:
        noun = "task_runs" if self._is_task_run(run_id) else "flow_runs"
        path = f"{noun}/{part(run_id)}/cancel"
        answer: dict[str, Any] = self._server.change("POST", path, dict[str, Any], {}, once=True)
        return str(answer["command_id"])

    def retry(self, flow_run_id: str, *, from_failure: bool = False) -> FlowRun:
        path = f"flow_runs/{part(flow_run_id)}/retry"
        return self._server.change("POST", path, FlowRun, {"from_failure": from_failure}, once=True)

    def grant_attempt(self, flow_run_id: str) -> FlowRun:
        return self._server.change("POST", f"flow_runs/{part(flow_run_id)}/attempts", FlowRun, once=True)

    def delete_flow_run(self, flow_run_id: str) -> int:
        return self._server.change("DELETE", f"flow_runs/{part(flow_run_id)}", int)

    def prune(
        self, ended_before: datetime, *, dry_run: bool = False, progress: Callable[[Pruned], None] | None = None
    ) -> Pruned:
        body = {"ended_before": ended_before, "dry_run": dry_run}
        pruned = self._server.change("POST", "flow_runs/prune", Pruned, body, once=True)
        if progress is not None and not dry_run:
            progress(pruned)
        return pruned

    def _is_task_run(self, run_id: str) -> bool:
        try:
            self._server.get(f"task_runs/{part(run_id)}", TaskRun)
        except NotFound:
            return False
        return True


def _narrowed(wanted: FlowRunFilter | TaskRunFilter | None) -> dict[str, Any]:
    """The filter as the API takes it; what is not said is left out."""
    said: dict[str, Any] = {} if wanted is None else _without_none(to_builtins(wanted.criteria()))
    return said


def _without_none(said: Any) -> Any:
    if not isinstance(said, dict):
        return said
    return {name: _without_none(each) for name, each in said.items() if each is not None}
