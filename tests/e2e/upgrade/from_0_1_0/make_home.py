"""Made ``home.tar.gz``, run with Armillary 0.1.0 and ``ARMILLARY_HOME`` an empty folder of mode 0700: once as it is, and once with the word
``second``, whose journal nothing has taken in. What the flows return is pickled with the module paths of 0.1.0.
"""

import os
import signal
import subprocess
import sys
from datetime import timedelta

from armillary import Secret, flow, get_run_logger, task, variables
from armillary.client.connecting import connect
from armillary.core.schedules.cron import CronSchedule
from armillary.core.schedules.interval import IntervalSchedule
from armillary.errors import Conflict, NotFound
from armillary.states import State, StateType


@task(persist_result=True)
def records(ids: list[str]) -> dict[str, object]:
    with connect() as client:
        runs = client.flow_runs().items
        return {
            "flow runs": runs,
            "flows": client.flows().items,
            "states": [state for run in runs for state in client.flow_run_states(run.id)],
            "variable": client.variable("region"),
        }


@task(persist_result=True)
def values() -> dict[str, object]:
    return {
        "state": State(StateType.COMPLETED, "Completed", "all is well"),
        "errors": [NotFound("There is no such run.", subject="run"), Conflict("It is taken.")],
        "schedules": [CronSchedule("0 6 * * *", timezone="Europe/Berlin"), IntervalSchedule(timedelta(hours=1))],
        "secret": Secret("hunter2"),
        "task": values,
        "numbers": [1, 2.5, None, "ü"],
    }


@task(persist_result=True, result_serializer="json")
def plain(number: int) -> dict[str, int]:
    get_run_logger().info("square of %d", number)
    return {"square": number * number}


@task
def fails() -> None:
    raise ValueError("meant to fail")


@task
def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@flow(name="first", persist_result=True)
def first() -> dict[str, object]:
    plain.map([1, 2, 3])
    fails.submit().wait()
    return {**values().result(), **records([]).result()}


@flow(name="second")
def second() -> None:
    plain(7).result()
    killed().result()


if __name__ == "__main__":
    if "second" in sys.argv:
        second()
    variables.set("region", "north")
    first()
    with connect() as client:
        client.set_concurrency_limit("gpu", 2)
        client.save_search("failures", "state:failed")
    subprocess.run([sys.executable, __file__, "second"], check=False)
