"""Log lines as the console of the run itself showed them, with the names of the runs that said them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Sequence

from armillary.cli.terminal.messages import paints, shown
from armillary.client.interface.client import LARGEST_PAGE, Client
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.runs.log_line import LogLine

_COLORS = {10: "2", 30: "33", 40: "31", 50: "1;31"}
_IDS_AT_ONCE = 500


class LogLines:
    """Prints lines; asks for the name of each run once. ``raw``: a terminal too gets whatever is in them."""

    def __init__(self, client: Client, *, raw: bool = False) -> None:
        self._client = client
        self._raw = raw
        self._names: dict[str, str] = {}

    def print(self, lines: Sequence[LogLine]) -> None:
        self._learn(lines)
        paint = paints(sys.stdout)
        for line in lines:
            text = self.text(line) if self._raw else shown(self.text(line), sys.stdout)
            color = _COLORS.get(line.level) if paint else None
            sys.stdout.write(f"\x1b[{color}m{text}\x1b[0m\n" if color else f"{text}\n")
        sys.stdout.flush()

    def text(self, line: LogLine) -> str:
        """``11:05:51.980 | INFO    | Flow run 'flashy-dove' - Created task run …``, in local time."""
        clock = line.timestamp.astimezone().strftime("%H:%M:%S.%f")[:-3]
        kind, run_id = ("Task", line.task_run_id) if line.task_run_id else ("Flow", line.flow_run_id)
        return f"{clock} | {logging.getLevelName(line.level):<7} | {kind} run {self._names.get(run_id, run_id)!r} - {line.message}"

    def _learn(self, lines: Iterable[LogLine]) -> None:
        task_runs = sorted(
            {line.task_run_id for line in lines if line.task_run_id and line.task_run_id not in self._names}
        )
        flow_runs = sorted({line.flow_run_id for line in lines if line.flow_run_id not in self._names})
        for start in range(0, len(task_runs), _IDS_AT_ONCE):
            wanted = TaskRunFilter(ids=task_runs[start : start + _IDS_AT_ONCE])
            self._names |= {run.id: run.name for run in self._client.task_runs(wanted, limit=LARGEST_PAGE).items}
        for start in range(0, len(flow_runs), _IDS_AT_ONCE):
            chosen = FlowRunFilter(ids=flow_runs[start : start + _IDS_AT_ONCE])
            self._names |= {run.id: run.name for run in self._client.flow_runs(chosen, limit=LARGEST_PAGE).items}
