"""Dagster, in process, on its SQLite instance in DAGSTER_HOME."""

import json
import sys
import time

from dagster import DagsterInstance, job, op


@op
def same():
    return 1


def a_job(number):
    @job
    def many():
        for index in range(number):
            same.alias(f"same_{index}")()

    return many


if __name__ == "__main__":
    instance = DagsterInstance.get()
    kind = sys.argv[1]
    number = 1 if kind == "one-task" else int(sys.argv[2])
    graph = a_job(number)
    started = time.perf_counter()
    graph.execute_in_process(instance=instance)
    print(json.dumps({"per_task_ms": (time.perf_counter() - started) / number * 1000}))
