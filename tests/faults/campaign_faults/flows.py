"""What agents run in a campaign: a flow that notes down, outside of Armillary, all it does and all it is told.

Each line of the file is ``kind run attempt process time detail``: ``begins`` and ``ends`` a body, ``does`` a step, ``sees`` the value
of a task run. Lines are appended whole, by whichever process, on the machine's monotonic clock.
"""

from __future__ import annotations

import os
import time

from armillary import Future, flow, get_run_context, task

NAP_SECONDS = 0.1
SECOND_TRY_EVERY, SUBFLOW_EVERY = 5, 7
FILE = os.open(os.environ["CAMPAIGN_EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def note(kind: str, detail: object = "-") -> None:
    os.write(FILE, f"{kind} {body[0]} {os.getpid()} {time.monotonic()} {detail}\n".encode())


def see(future: Future[int]) -> int:
    value = future.result()
    note("sees", future.task_run_id)
    return value


@task(persist_result=True)
def work(number: int) -> int:
    note("does", f"work-{number}")
    time.sleep(NAP_SECONDS)  # most faults strike some body
    return number


@task(retries=1)
def works_the_second_time(number: int) -> int:
    note("does", f"twice-{number}")
    if number not in tried:
        tried.add(number)
        raise RuntimeError("not yet")
    return number


@flow
def inner(number: int) -> int:
    return sum(see(future) for future in work.map(range(number, number + 3)))


@flow(name="campaign")
def campaign(rounds: int) -> None:
    run = get_run_context().flow_run
    body.append(f"{run.id} {run.attempt}")
    note("begins")
    for number in range(rounds):
        see(work(number))
        if number % SECOND_TRY_EVERY == 0:
            see(works_the_second_time(number))
        if number % SUBFLOW_EVERY == 0:
            inner(1000 * (number + 1))
    note("ends")


body: list[str] = []
tried: set[int] = set()
