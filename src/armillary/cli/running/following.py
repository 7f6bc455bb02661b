"""Looking on while a run goes on elsewhere: ask, wait for news, ask again, until it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Any

from armillary.cli.terminal.progress import Progress
from armillary.client.interface.client import Client
from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.log_line import LogLine
from armillary.core.states import CRASHED, TERMINAL

NEWS_SECONDS = 1.0
"""A death makes no news in a journal: the longest until somebody looks for one."""
CRASH_SECONDS = 2.0
"""A deployed run that crashed may be on its way back into its queue: so long until its agent has said how it died."""
SETTLE_SECONDS = 0.3
"""A run's last lines may be written just after its last state."""


def read_logs(client: Client, flow_run_id: str, after: int, options: dict[str, Any]) -> Iterator[list[LogLine]]:
    """What there is behind an ordinal, batch by batch."""
    while True:
        lines = client.logs(flow_run_id, after=after, **options)
        if not lines:
            return
        yield lines
        after = lines[-1].ordinal


def follow_logs(client: Client, flow_run_id: str, after: int, options: dict[str, Any]) -> Iterator[list[LogLine]]:
    """What there will be behind an ordinal, until the run has ended and said its last."""
    ended = False
    while True:
        over = ended
        ended = _found(client, flow_run_id).state_type in TERMINAL
        for lines in read_logs(client, flow_run_id, after, options):
            after = lines[-1].ordinal
            yield lines
        if over:
            return
        client.wait_for_news(SETTLE_SECONDS if ended else NEWS_SECONDS)


def follow_progress(client: Client, flow_run_id: str) -> Iterator[tuple[FlowRun, Progress]]:
    """The run and how far it is: at once, at every change, and when it has ended, which is the last."""
    progress = Progress()
    told: object = None
    while True:
        run = _found(client, flow_run_id)
        progress.observe(monotonic(), client.task_run_counts(flow_run_id))
        if (run.state_name, progress.counts) != told or run.state_type in TERMINAL:
            told = (run.state_name, progress.counts)
            yield run, progress
        if run.state_type in TERMINAL:
            return
        client.wait_for_news(NEWS_SECONDS)


def _found(client: Client, flow_run_id: str) -> FlowRun:
    """The run; one that crashed only once nobody tries it again."""
    deadline = monotonic() + CRASH_SECONDS
    while True:
        run = client.find_flow_run(flow_run_id)
        left = deadline - monotonic()
        if run.state_type is not CRASHED or run.deployment_id is None or run.state_name == "Quarantined" or left <= 0:
            return run
        client.wait_for_news(left)
