"""Turns of the scheduler over 1,000 deployments with their next hundred runs, and a million finished runs: prints the milliseconds of
one, with nothing due and with every tenth deployment's run just gone by."""

import json
import os
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from benchmarks.filters.seed import seed
from database import database

from armillary.clock import new_id
from armillary.core.deployments.deployment import Deployment, DeploymentSchedule
from armillary.core.ids import flow_id
from armillary.core.schedules.interval import IntervalSchedule
from armillary.core.schedules.schedule import to_document
from armillary.ledger import Ledger
from armillary.ledger.deployments import deployments, scheduling
from armillary.ledger.postgresql.home_ledger import open_home

DEPLOYMENTS = 1_000


def main() -> None:
    with database(sys.argv[2]), open_home(os.environ["ARMILLARY_HOME"]) as ledger:
        print(json.dumps(turns(ledger, int(sys.argv[1]))))


def turns(ledger: Ledger, finished: int) -> dict[str, float]:
    seed(ledger, finished, with_task_runs=False)
    now = datetime.now(UTC)
    for number in range(DEPLOYMENTS):
        rule = IntervalSchedule(timedelta(minutes=10), anchor_date=now + timedelta(seconds=number % 600))
        schedule = DeploymentSchedule(new_id(), to_document(rule), rule.words())
        name = f"flow-{number % 200}"
        of = Deployment(new_id(), f"d-{number}", flow_id(name), name, "main.py:x", now, now, schedules=[schedule])
        with ledger.write() as connection:
            saved = deployments.save(connection, of, micros())
            scheduling.schedule_runs(connection, micros(), new_id, saved.id)
    took, made = [], 0
    for _ in range(30):
        with ledger.write() as connection:
            began = time.perf_counter()
            made += scheduling.schedule_runs(connection, micros(), new_id)["scheduled"]
            took.append(time.perf_counter() - began)
        time.sleep(0.2)
    return {"milliseconds": statistics.median(took) * 1000, "most": max(took) * 1000, "made": made}


def micros() -> int:
    return time.time_ns() // 1000


main()
