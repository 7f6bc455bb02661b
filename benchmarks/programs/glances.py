"""Glances four times a second at the graph of a map of 100,000 while it runs, and prints what that costs and what reading it whole does."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import select

from armillary.ledger.database.opening import open_ledger
from armillary.ledger.ingest.following import catch_up
from armillary.ledger.tables.run_tables import flow_run
from armillary.ledger.views import graph_answers, graph_reading

RUNNING = """
import time
from armillary import flow, task
from armillary.task_runners import ConcurrentTaskRunner

@task
def paced(number):
    time.sleep(0.001)

@flow(task_runner=ConcurrentTaskRunner(max_workers=8))
def mapped():
    paced.map(range(100_000))

mapped()
"""
PAUSE = 0.25


def main() -> None:
    home = os.environ["ARMILLARY_HOME"]
    Path(home, "running.py").write_text(RUNNING)
    ledger = open_ledger(home)
    glances: list[float] = []
    seen, number = None, 0
    running = subprocess.Popen([sys.executable, os.path.join(home, "running.py")])
    while running.poll() is None or seen is None:
        time.sleep(PAUSE)
        catch_up(ledger, os.path.join(home, "journal"))
        with ledger.read() as connection:
            run = connection.execute(select(flow_run.c.id)).scalar()
            if run is None:
                continue
            started = time.process_time()
            if seen is None or not graph_reading.bring_up_to_date(connection, seen):
                seen = graph_reading.read(connection, run)
                number = 0
            told = graph_answers.told(connection, seen, number)
            number = told.number
            if told.since is not None:
                glances.append((time.process_time() - started) * 1000)
    with ledger.read() as connection:
        started = time.process_time()
        seen = graph_reading.read(connection, seen.flow_run_id)
        graph_answers.told(connection, seen)
        whole = (time.process_time() - started) * 1000
    ledger.close()
    found = {"glance": statistics.median(glances), "most": max(glances), "glances": len(glances), "whole": whole}
    print(json.dumps({**found, "task_runs": len(seen.task_runs)}))


main()
