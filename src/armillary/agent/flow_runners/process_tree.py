"""All processes of a run, including those that left its process group: each inherits a variable that names the run's process.

A group is not enough: a daemon starts its own session. Start a process without that variable to let it outlive its run.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from time import monotonic, sleep

VARIABLE = "ARMILLARY_PROCESS"
GRACE_SECONDS = 1.0
"""Grace for leftover processes that are about to exit by themselves, such as the resource tracker of Python's pools."""
_LOOK_EVERY_SECONDS = 0.02
_ROUNDS = 5
"""A process may start another while it is being ended."""


def signal_group(leader: int, number: int) -> None:
    """A leader that is not known yet, 0, has no group."""
    if leader:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, number)


def _has_group(leader: int) -> bool:
    try:
        os.killpg(leader, 0) if leader else None
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return leader != 0


def end_tree(leader: int, mark: str) -> list[str]:
    """End, after a second, what is left of the process group of ``leader`` and of the processes that carry ``mark``. Names
    those that had to be killed."""
    deadline = monotonic() + GRACE_SECONDS
    while _marked(mark) and monotonic() < deadline:
        sleep(_LOOK_EVERY_SECONDS)
    return kill_tree(leader, mark)


def is_left(mark: str, leader: int) -> bool:
    """Whether any of its processes still runs."""
    return bool(_marked(mark)) or _has_group(leader)


def kill_tree(leader: int, mark: str) -> list[str]:
    """As :func:`end_tree`, at once."""
    killed: dict[int, str] = {}
    for _ in range(_ROUNDS):
        left = _marked(mark)
        if not left:
            break
        for process in left:
            killed.setdefault(process, _words(process))
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
    signal_group(leader, signal.SIGKILL)
    return list(killed.values())


def _marked(mark: str) -> list[int]:
    """Without /proc, none."""
    wanted = f"{VARIABLE}={mark}".encode()
    own, found = os.getuid(), []
    try:
        with os.scandir("/proc") as entries:
            numbers = [entry for entry in entries if entry.name.isdigit()]
            for entry in numbers:
                with suppress(OSError):  # it has ended meanwhile, or belongs to another user
                    if entry.stat().st_uid == own and wanted in _read(f"{entry.path}/environ").split(b"\0"):
                        found.append(int(entry.name))
    except FileNotFoundError:
        return []
    return found


def _words(process: int) -> str:
    try:
        command = _read(f"/proc/{process}/cmdline").replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        command = ""
    return f"{command or 'a process'} ({process})"


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
