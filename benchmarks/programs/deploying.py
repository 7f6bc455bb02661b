"""A home with a server and a few deployed flows, and agents of it, for programs that measure them."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

ARMILLARY = [sys.executable, "-m", "armillary"]


def command(*arguments: str) -> None:
    subprocess.run([*ARMILLARY, *arguments], check=True, capture_output=True)


@contextmanager
def deployed(flows: str, specifications: str) -> Iterator[Path]:
    """The folder with ``main.py`` and its deployments made, which is the working directory meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "main.py").write_text(flows)
        (folder / "deployments.py").write_text(f"from armillary.deployments import DeploymentSpec\n{specifications}\n")
        os.chdir(folder)
        command("server", "start", "--background", "--port", "0")
        try:
            command("deployment", "create", "deployments.py")
            yield folder
        finally:
            command("server", "stop")
            os.chdir("/")


@contextmanager
def agent(*options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A working one, which is stopped, if it still lives, at the end of the block."""
    process = subprocess.Popen([*ARMILLARY, "agent", "start", *options], stderr=subprocess.PIPE)
    assert process.stderr is not None
    process.stderr.readline()
    # What it writes is read, or it would wait for its reader.
    reader = Thread(target=process.stderr.read, daemon=True)
    reader.start()
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        reader.join()


def until(found: Callable[[], T | None], every_seconds: float = 0.002) -> T:
    """What ``found`` says as soon as it says anything."""
    while not (said := found()):
        time.sleep(every_seconds)
    return said
