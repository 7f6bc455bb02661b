"""One run changes state now and then on a home that a server follows; prints how long after each transition the server's live
stream told of it."""

import json
import os
import random
import time

import httpx
from served import Server

from armillary.clock import new_id
from armillary.core.ids import flow_id
from armillary.core.states import COMPLETED, PENDING, RUNNING
from armillary.journal.format.events import FlowDeclared, FlowRunCreated, StateChanged, TaskRunCreated
from armillary.journal.writing.writer import JournalWriter

TRANSITIONS = 60


def main() -> None:
    with Server() as server:
        root, at = new_id(), time.time_ns() // 1000
        folder = os.path.join(server.home, "journal")
        journal = JournalWriter.create(folder, root_flow_run_id=root, attempt=1, journal_id=new_id())
        journal.append(FlowDeclared(at, flow_id("slow"), "slow"))
        journal.append(FlowRunCreated(at, root, flow_id("slow"), "slow", "{}", (), at, root, str(PENDING), "Pending"))
        late = []
        with httpx.stream("GET", f"{server.api_url}/stream", headers=server.headers, timeout=30) as answer:
            lines = answer.iter_lines()
            for _ in range(TRANSITIONS):
                task, at = new_id(), time.time_ns() // 1000
                journal.append(TaskRunCreated(at, task, root, "work", "work", "work-0a0a0a", 0))
                journal.append(StateChanged(at, "t", task, str(PENDING), str(RUNNING), "Running", 1))
                next(line for line in lines if task in line)
                late.append(time.time() - at / 1e6)
                time.sleep(0.1 + random.random() / 10)
        journal.append(StateChanged(at, "f", root, str(PENDING), str(COMPLETED), "Completed", 1))
        journal.close("Completed")
    late.sort()
    print(
        json.dumps(
            {"p50_milliseconds": late[len(late) // 2] * 1000, "p95_milliseconds": late[len(late) * 95 // 100] * 1000}
        )
    )


main()
