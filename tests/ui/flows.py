"""The flows that the web app is tested with: ``python flows.py NAME``."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from armillary import flow, get_run_logger, pause_flow_run, tags, task
from armillary.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from armillary.deployments import DeploymentSpec
from armillary.schedules import IntervalSchedule

GATE = Path(os.environ.get("UI_TEST_FOLDER", ".")) / "go"
SCRIPT = "<img src=x onerror=\"document.title='XSS'\"><script>document.title='XSS'</script>"


@task
def load(path: str) -> int:
    return len(path)


@task
def augment(rows: int) -> int:
    return rows


@flow
def pipeline() -> int:
    """Loads, augments and counts."""
    get_run_logger().warning("half of the rows are \x1b[31mold\x1b[0m")
    create_table_artifact([{"model": "xgb", "rmse": 5.19}], key="scores")
    return augment(load("trips.parquet")).result()


@task(retries=1)
def call_unreliable_api() -> None:
    raise ValueError("Your spaceship crashed!")


@flow
def failing() -> None:
    augment(call_unreliable_api())
    load("beside")


@flow
def child() -> None:
    for number in range(4):
        load(str(number))


@flow
def parent() -> None:
    with tags("ml"):
        child()
    load("after")


@flow
def nested(depth: int = 8) -> None:
    load("x" * depth)
    if depth:
        nested(depth - 1)


@task
def square(number: int) -> int:
    if number == 77:
        time.sleep(0.02)  # so that a timeline has it to be pointed at
        raise ValueError("77 is odd")
    return number * number


@flow
def mapped() -> Any:
    return square.map(range(120))


@flow
def squares() -> Any:
    return square.map(range(10))


@flow
def nested_map() -> None:
    squares()


@flow
def waiting() -> None:
    """Runs until its gate is there."""
    load("first").result()
    while not GATE.exists():
        time.sleep(0.02)
    augment(1).result()


@task
def hold() -> None:
    while not GATE.exists():
        time.sleep(0.02)


@flow
def holding() -> None:
    """Its task runs until its gate is there."""
    hold()


class Approval(BaseModel):
    approved: bool
    reason: str = "fine"


@flow
def approval() -> bool:
    answer: Approval = pause_flow_run(Approval)
    return answer.approved


def without_slash(name: str) -> str:
    """The same as the name of a flow, which has none."""
    return name.replace("/", "\u2215")


@flow(name=without_slash(SCRIPT)[:180])
def hostile(payload: str = SCRIPT) -> None:
    get_run_logger().error("%s \x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07 \u202eright to left", SCRIPT)
    create_markdown_artifact(
        f"{SCRIPT}\n\n[click](javascript:document.title='XSS')\n\n![x](https://example.org/x.png)", key="markup"
    )
    create_table_artifact([{SCRIPT: SCRIPT}], key="cells")
    create_link_artifact("https://example.org/", SCRIPT)
    with tags(SCRIPT[:90]):
        task(name=SCRIPT[:150])(load.fn)(SCRIPT).result()
    raise ValueError(SCRIPT)


@flow
def every_payload() -> None:
    """Each of the payloads is the name of a flow, a run, a task and a tag, a parameter, a message, a line of log and an artifact."""
    for at, payload in enumerate(json.loads(Path("payloads.json").read_text())):
        get_run_logger().error(payload)
        create_markdown_artifact(payload, description=payload)
        create_table_artifact([{payload: payload}])

        def body(value: str) -> None:
            with tags(value[:90]):
                task(name=value)(load.fn)(value).result()
            raise ValueError(value)

        name = payload if payload.isprintable() else f"{at} {payload!r}"
        flow(name=without_slash(name)[:180], description=payload, flow_run_name=name[:180])(body)(
            name, return_state=True
        )


@flow
def many_lines(count: int = 20_000) -> None:
    logger = get_run_logger()
    for number in range(count):
        logger.info("line %d of many", number)
    logger.error("the needle")


@flow
def long_line(length: str) -> None:
    logger = get_run_logger()
    logger.info("%s the end", "x" * int(length))
    logger.info("after the long line")


@flow
def nothing() -> None:
    pass


def named(name: str) -> None:
    """A flow, a run, a task, a tag and an artifact of that name."""

    def body() -> None:
        create_markdown_artifact(name, key=name[:200], description=name)
        with tags(name[:200]):
            task(name=name)(load.fn)(name).result()

    flow(name=name, flow_run_name=name)(body)()


@flow(name="staging")
def staging(rows: int = 3, loss: Literal["rmse", "mae"] = "rmse") -> None:
    load("x" * rows)


DeploymentSpec(name="every-minute", flow=staging, tags=["ml"], schedule=IntervalSchedule(interval=timedelta(minutes=1)))

if __name__ == "__main__":
    chosen = globals()[sys.argv[1]]
    chosen(*sys.argv[2:]) if chosen is named else chosen(*sys.argv[2:], return_state=True)
