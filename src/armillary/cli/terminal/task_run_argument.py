"""Which task run do the words on the command line mean?"""

from __future__ import annotations

from armillary.client.interface.client import LARGEST_PAGE, Client
from armillary.core.filters import TaskRunFilter
from armillary.core.runs.task_run import TaskRun


def the_task_run(client: Client, words: str, flow_run: str | None) -> TaskRun:
    """By id, the beginning of it, or name. In a flow run that was tried again names repeat: the latest one is meant.

    Raises NotFound or Ambiguous.
    """
    if flow_run is None:
        return client.find_task_run(words)
    flow_run_id = client.find_flow_run(flow_run).id
    named = client.task_runs(TaskRunFilter(flow_run_ids=[flow_run_id], name=words), limit=LARGEST_PAGE).items
    return named[-1] if named else client.find_task_run(words, flow_run_id=flow_run_id)
