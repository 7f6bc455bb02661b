"""Twenty agents at one server work 10,000 due runs off, without the runs' own processes: prints how many runs per second are handed
out and given back, whether any was handed out twice or never, and how steadily the queue drains: the fewest that were handed out in any
tenth of the time, against the mean of the tenths."""

import json
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from threading import Lock, Thread

from database import database
from served import Server

from armillary.client.http.client import HttpClient
from armillary.clock import new_id
from armillary.core.deployments.deployment import Deployment
from armillary.core.deployments.worker import Worker
from armillary.core.ids import flow_id
from armillary.ledger.deployments import deployments, scheduled_runs
from armillary.ledger.deployments.scheduled_runs import NewRun
from armillary.ledger.postgresql.home_ledger import open_home

RUNS, AGENTS, AT_ONCE = 10_000, 20, 8


def main() -> None:
    with database(sys.argv[1]):
        at, now = datetime.now(UTC), time.time_ns() // 1000
        with open_home(os.environ["ARMILLARY_HOME"]) as ledger, ledger.write() as connection:
            of = deployments.save(
                connection, Deployment(new_id(), "d", flow_id("f"), "f", "main.py:f", at, at, crash_retries=0), now
            )
            wanted = [NewRun(new_id(), f"run-{number}", now - RUNS + number, str(number)) for number in range(RUNS)]
            scheduled_runs.make(connection, of, wanted, now)
        with Server() as server:
            print(json.dumps(worked_off(server)))


def worked_off(server: Server) -> dict[str, float]:
    handed: Counter[str] = Counter()
    times: list[float] = []
    lock = Lock()

    def work() -> None:
        at = datetime.now(UTC)
        with HttpClient(server.api_url, server.token, retry_seconds=60) as client:
            worker = Worker(new_id(), "agent", "host", 1, "1", at, at, [], AT_ONCE)
            client.register_worker(worker)
            while claimed := client.claim_runs(worker.id, new_id(), [], AT_ONCE, 1):
                with lock:
                    handed.update(each.flow_run.id for each in claimed)
                    times.extend([time.perf_counter() - began] * len(claimed))
                for each in claimed:
                    client.release_run(worker.id, each.flow_run.id)

    began = time.perf_counter()
    agents = [Thread(target=work) for _ in range(AGENTS)]
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join()
    first, seconds = min(times), max(times)
    tenths = Counter(min(9, int((each - first) / (seconds - first) * 10)) for each in times)
    return {
        "runs_per_second": len(handed) / seconds,
        "twice": sum(many > 1 for many in handed.values()),
        "lost": RUNS - len(handed),
        "slowest_tenth": min(tenths[each] for each in range(10)) / (len(times) / 10),
    }


main()
