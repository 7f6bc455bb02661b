"""Tasks that tests call. They live in a module so that worker processes can import them."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from armillary import task


@dataclass
class Pair:
    left: int
    right: list[int]


class Point(NamedTuple):
    x: int
    y: int


class Settings(BaseModel):
    rows: Any


@task
def one() -> int:
    return 1


@task
def interrupts() -> None:
    raise KeyboardInterrupt


@task
async def interrupts_async() -> None:
    raise KeyboardInterrupt


@task
async def exits_below() -> None:
    async def leave() -> None:
        sys.exit(4)

    await asyncio.create_task(leave())


@task
def same(value: object) -> object:
    return value


@task
def add(left: int, right: int = 10) -> int:
    return left + right


@task
def total(pair: Pair) -> int:
    return pair.left + sum(pair.right)


@task
def boom(text: str = "no") -> int:
    raise ValueError(text)


@task
async def slowly(value: int) -> int:
    await asyncio.sleep(0.01)
    return value


@task
def doubled_inside(value: int) -> int:
    return add(value, value).result()


@task
def countdown(depth: int) -> int:
    return 0 if depth == 0 else countdown(depth - 1).result() + 1


@task(retries=2, retry_delay_seconds=0.01)
def third_time(marks: str) -> int:
    """Fails twice; counts its tries in a file, since worker processes share nothing else."""
    with Path(marks).open("a") as file:
        file.write("x")
    tries = len(Path(marks).read_text())
    if tries < 3:
        raise RuntimeError(f"try {tries}")
    return tries


@task(timeout_seconds=0.2)
def never_ready() -> None:
    while True:
        time.sleep(0.01)


@task(timeout_seconds=0.2)
async def never_ready_async() -> None:
    await asyncio.sleep(600)


@task
def where() -> tuple[int, str]:
    from armillary import get_run_context, runtime

    context = get_run_context()
    assert runtime.task_run is not None
    return os.getpid(), f"{context.flow_run.name} {runtime.task_run.name}"


@task(tags=["crowd"])
def crowded(folder: str) -> int:
    """How many were inside at once, as far as this one saw."""
    return _inside(folder)


@task(tags=["crowd"])
async def crowded_async(folder: str) -> int:
    return _inside(folder)


def _inside(folder: str) -> int:
    os.makedirs(folder, exist_ok=True)
    mine = Path(folder, f"{os.getpid()}-{time.monotonic_ns()}")
    mine.touch()
    try:
        time.sleep(0.02)
        return len(os.listdir(folder))
    finally:
        mine.unlink()


@task(tags=["crowd"], retries=1, retry_delay_seconds=0.05)
def fails_once_crowded(mark: str) -> None:
    if not Path(mark).exists():
        Path(mark).touch()
        raise ValueError("the first time")


@task(tags=["crowd"])
def inner_of_a_holder(depth: int) -> int:
    return 0 if depth == 0 else 1 + inner_of_a_holder(depth - 1).result()


class Unrepeatable(Exception):
    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)


@task
def unrepeatable() -> None:
    raise Unrepeatable("said once", "and lost")


@task
def returns_futures() -> list[object]:
    return [one(), one()]


@task
def drops_below() -> int:
    boom()
    return 3
