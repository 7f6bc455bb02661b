"""A flow that notes down, outside of Armillary, what it was told: ``python -m chaos_faults.witness NOTES``.

Each line of the file is the id of a task run whose value the flow has seen. Whatever dies afterwards, that run has completed.
"""

from __future__ import annotations

import os
import sys
import time

from armillary import Future, flow, task

ROUNDS = 40
NAP_SECONDS = 0.002
NOTES = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def note(future: Future[int]) -> int:
    value = future.result()
    os.write(NOTES, f"{future.task_run_id}\n".encode())
    return value


@task
def work(number: int) -> int:
    time.sleep(NAP_SECONDS)  # most kills fall into some body
    return number


@task(retries=1)
def works_the_second_time(number: int) -> int:
    if number not in tried:
        tried.add(number)
        raise RuntimeError("not yet")
    return number


@flow
def inner(number: int) -> int:
    return sum(note(future) for future in work.map(range(number, number + 4)))


@flow
def outer() -> None:
    for number in range(ROUNDS):
        note(work(number))
        note(works_the_second_time(number))
        inner(number)


tried: set[int] = set()

if __name__ == "__main__":
    outer()
