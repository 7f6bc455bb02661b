"""Runs trivial tasks and prints what they cost: ``tasks.py sequential|concurrent|mapped NUMBER``."""

import json
import resource
import sys
import time

from armillary import flow, task


@task
def same(value):
    return value


@flow
def sequential(number):
    for value in range(number):
        same(value).result()


@flow
def concurrent(number):
    for future in [same(value) for value in range(number)]:
        future.result()


@flow
def mapped(number):
    return same.map(range(number))


def main() -> None:
    body = {"sequential": sequential, "concurrent": concurrent, "mapped": mapped}[sys.argv[1]]
    number = int(sys.argv[2])
    body(10)
    started = time.perf_counter()
    body(number)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "per_task_ms": seconds / number * 1000, "peak_mb": peak}))


main()
