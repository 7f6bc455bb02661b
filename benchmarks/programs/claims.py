"""Twenty agents at one server work 10,000 due runs off, without the runs' own processes: prints how many runs per second are handed
out and given back, and whether any was handed out twice or never."""

import json
import os
import time
from collections import Counter
from datetime import UTC, datetime
from threading import Lock, Thread

from tests.contract.client_contract.serving import served

from armillary.client.http import HttpClient
from armillary.client.new_ids import new_id
from armillary.core.deployment import Deployment
from armillary.core.ids import flow_id
from armillary.core.worker import Worker
from armillary.ledger import deployments, scheduled_runs
from armillary.ledger.opening import open_ledger
from armillary.ledger.scheduled_runs import NewRun

RUNS, AGENTS, AT_ONCE = 10_000, 20, 8


def main() -> None:
    home = os.environ["ARMILLARY_HOME"]
    at, now = datetime.now(UTC), time.time_ns() // 1000
    with open_ledger(home) as ledger, ledger.write() as connection:
        of = deployments.save(
            connection, Deployment(new_id(), "d", flow_id("f"), "f", "main.py:f", at, at, crash_retries=0), now
        )
        wanted = [NewRun(new_id(), f"run-{number}", now - RUNS + number, str(number)) for number in range(RUNS)]
        scheduled_runs.make(connection, of, wanted, now)
    handed: Counter[str] = Counter()
    times: list[float] = []
    lock = Lock()
    with served(home) as url:
        began = time.perf_counter()

        def work() -> None:
            with HttpClient(url, retry_seconds=60) as client:
                worker = Worker(new_id(), "agent", "host", 1, "1", at, at, [], AT_ONCE)
                client.register_worker(worker)
                while claimed := client.claim_runs(worker.id, new_id(), [], AT_ONCE, 0):
                    with lock:
                        handed.update(each.flow_run.id for each in claimed)
                        times.extend([time.perf_counter() - began] * len(claimed))
                    for each in claimed:
                        client.release_run(worker.id, each.flow_run.id)

        agents = [Thread(target=work) for _ in range(AGENTS)]
        for agent in agents:
            agent.start()
        for agent in agents:
            agent.join()
        seconds = time.perf_counter() - began
    halfway = sorted(times)[len(times) // 2]
    print(
        json.dumps(
            {
                "runs_per_second": len(handed) / seconds,
                "twice": sum(many > 1 for many in handed.values()),
                "lost": RUNS - len(handed),
                "first_half_of_time": halfway / seconds,
            }
        )
    )


main()
