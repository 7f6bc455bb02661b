"""DBOS on its SQLite system database."""

import json
import sys
import time

from dbos import DBOS

DBOS(
    config={
        "name": "bench",
        "system_database_url": "sqlite:///bench.sqlite",
        "log_level": "ERROR",
        "run_admin_server": False,
    }
)


@DBOS.step()
def same(value):
    return value


@DBOS.workflow()
def sequential(number):
    for value in range(number):
        same(value)


if __name__ == "__main__":
    DBOS.launch()
    kind = sys.argv[1]
    if kind == "one-task":
        sequential(1)
    else:
        number = int(sys.argv[2])
        sequential(2)
        started = time.perf_counter()
        sequential(number)
        print(json.dumps({"per_task_ms": (time.perf_counter() - started) / number * 1000}))
    DBOS.destroy()
