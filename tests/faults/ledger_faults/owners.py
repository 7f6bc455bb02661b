"""Owners of journals for fault tests, in this process or in one of their own.

    python -m ledger_faults.owners HOME TASKS LOGS close|die|wait

writes one root run's journal, prints the root's id, and then closes it, dies as by ``kill -9``, or waits to be killed.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from time import time_ns

from armillary.core.ids import IdGenerator, flow_id
from armillary.journal.format.events import FlowDeclared, FlowRunCreated, Log, StateChanged, TaskRunCreated
from armillary.journal.writing.writer import JournalWriter

new_id = IdGenerator(lambda: time_ns() // 1_000_000, lambda bits: int.from_bytes(os.urandom(10)) >> (80 - bits))


def now() -> int:
    return time_ns() // 1000


def write_run(
    home: str, tasks: int, log_lines: int = 0, *, end: bool = True, segment_bytes: int = 1 << 26
) -> tuple[JournalWriter, str]:
    """A root run with that many finished tasks and log lines; with ``end`` it is completed and its journal closed, without
    it one more task is running."""
    root, flow = new_id(), flow_id("pipe")
    writer = JournalWriter.create(
        str(Path(home) / "journal"), root_flow_run_id=root, attempt=1, journal_id=new_id(), segment_bytes=segment_bytes
    )
    writer.append(FlowDeclared(now(), flow, "pipe"))
    writer.append(FlowRunCreated(now(), root, flow, "flashy-dove", "{}", (), now(), root, "PENDING", "Pending"))
    writer.append(StateChanged(now(), "f", root, "PENDING", "RUNNING", "Running", 1))
    for index in range(tasks + (not end)):
        task = new_id()
        writer.append(TaskRunCreated(now(), task, root, f"work-{index}", "work", "work-1", index))
        writer.append(StateChanged(now(), "t", task, "PENDING", "RUNNING", "Running", 1))
        if index < tasks:
            writer.append(StateChanged(now(), "t", task, "RUNNING", "COMPLETED", "Completed", 1))
    for index in range(log_lines):
        writer.append_log(Log(now(), 20, f"line {index}", root))
    if end:
        writer.append(StateChanged(now(), "f", root, "RUNNING", "COMPLETED", "Completed", 1))
        writer.close()
    return writer, root


if __name__ == "__main__":
    home, tasks, log_lines, fate = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    _, said = write_run(home, tasks, log_lines, end=fate == "close")
    sys.stdout.write(said + "\n")
    sys.stdout.flush()
    if fate == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if fate == "wait":
        signal.pause()
