"""Runs change state at a steady rate while many clients listen to all of it. Prints what the fan-out used of a core (the server's
time with listeners, less its time without), and how long after a transition each client had it."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections import deque
from urllib.parse import urlsplit

from served import Server

from armillary.clock import new_id
from armillary.core.ids import flow_id
from armillary.core.states import COMPLETED, PENDING, RUNNING
from armillary.journal.format.events import FlowDeclared, FlowRunCreated, StateChanged, TaskRunCreated
from armillary.journal.writing.writer import JournalWriter

PER_SECOND = 500
BURSTS_PER_SECOND = 50
RUNNING_BURSTS = 15
LISTENERS = 200
SECONDS = 10
STATE_AT = re.compile(rb'"state_at":(\d+)')


def transitions(seconds: int) -> None:
    """Task runs of one flow run that begin and, a while later, end, at that rate."""
    root = new_id()
    folder = os.path.join(os.environ["ARMILLARY_HOME"], "journal")
    journal = JournalWriter.create(folder, root_flow_run_id=root, attempt=1, journal_id=new_id())
    at = time.time_ns() // 1000
    journal.append(FlowDeclared(at, flow_id("busy"), "busy"))
    journal.append(FlowRunCreated(at, root, flow_id("busy"), "busy", "{}", (), at, root, str(PENDING), "Pending"))
    began = time.perf_counter()
    running: deque[list[str]] = deque()
    for burst in range(seconds * BURSTS_PER_SECOND + RUNNING_BURSTS):
        time.sleep(max(0.0, began + burst / BURSTS_PER_SECOND - time.perf_counter()))
        at = time.time_ns() // 1000
        started = [new_id() for _ in range(PER_SECOND // BURSTS_PER_SECOND // 2)]
        for task in started:
            journal.append(TaskRunCreated(at, task, root, f"work-{task}", "work", "work-0a0a0a", 0))
            journal.append(StateChanged(at, "t", task, str(PENDING), str(RUNNING), "Running", 1))
        running.append(started)
        if len(running) > RUNNING_BURSTS:
            for task in running.popleft():
                journal.append(StateChanged(at, "t", task, str(RUNNING), str(COMPLETED), "Completed", 1))
    journal.close("Completed")


class Viewer:
    """A client that reads all it is sent, and notes how late each change came."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.late: list[float] = []
        self.changes = 0

    async def listen(self) -> None:
        address = urlsplit(self._server.api_url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 22)
        asked = (
            f"GET /api/stream HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {self._server.token}\r\n\r\n"
        )
        writer.write(asked.encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"data: ["):
                    now = time.time()
                    found = STATE_AT.findall(line)
                    self.changes += len(found)
                    self.late += [now - int(each) / 1e6 for each in found]
        finally:
            writer.close()


async def with_listeners(server: Server, many: int) -> tuple[float, list[Viewer]]:
    """The server's share of a core while transitions happen, and who listened."""
    viewers = [Viewer(server) for _ in range(many)]
    listening = [asyncio.create_task(each.listen()) for each in viewers]
    await asyncio.sleep(1 + many / 200)
    before = server.cpu_seconds
    busy = await asyncio.create_subprocess_exec(sys.executable, __file__, "transitions", str(SECONDS))
    await busy.wait()
    await asyncio.sleep(0.5)
    used = server.cpu_seconds - before
    for each in listening:
        each.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    return used / SECONDS * 100, viewers


def main() -> None:
    if sys.argv[1:2] == ["transitions"]:
        transitions(int(sys.argv[2]))
        return
    subprocess.run([sys.executable, __file__, "transitions", "1"], check=True)  # the database, warm
    with Server() as server:
        alone, _ = asyncio.run(with_listeners(server, 0))
        heard, viewers = asyncio.run(with_listeners(server, LISTENERS))
    late = sorted(each for viewer in viewers for each in viewer.late)
    print(
        json.dumps(
            {
                "percent_of_core": heard - alone,
                "without_listeners": alone,
                "p50_milliseconds": late[len(late) // 2] * 1000,
                "p99_milliseconds": late[len(late) * 99 // 100] * 1000,
                "changes": len(late),
            }
        )
    )


main()
