"""Prefect 2 beta and 3: the same program."""

import json
import sys
import time

from prefect import flow, task


@task
def same(value):
    return value


@flow
def sequential(number):
    for value in range(number):
        submit(value).result()


@flow
def concurrent(number):
    for future in [submit(value) for value in range(number)]:
        future.result()


def submit(value):
    """Prefect 2 beta submits by calling; Prefect 3 by ``submit``."""
    return same.submit(value) if hasattr(same, "submit") else same(value)


if __name__ == "__main__":
    kind = sys.argv[1]
    if kind == "one-task":
        sequential(1)
    else:
        body = {"sequential": sequential, "concurrent": concurrent}[kind]
        number = int(sys.argv[2])
        body(2)
        started = time.perf_counter()
        body(number)
        print(json.dumps({"per_task_ms": (time.perf_counter() - started) / number * 1000}))
