"""Identifies this process, so that another can check later whether it is still alive.

A pid alone is not enough: pids are reused, machines restart, containers on one kernel have separate
pid namespaces. So a process is identified by machine, boot, pid and start time. Without ``/proc`` (macOS) boot id is empty
and start time 0; then only the lock on the journal and the pid count.
"""

from __future__ import annotations

import os
from typing import NamedTuple

_FIRST_PID_NAMESPACE = "pid:[4026531836]"


class ProcessIdentity(NamedTuple):
    """``machine_id`` is the machine's id, followed by ``/<pid namespace>`` inside a container."""

    host: str
    machine_id: str
    boot_id: str
    pid: int
    process_started: int


_cached: ProcessIdentity | None = None


def this_process() -> ProcessIdentity:
    """Read once per process; a forked child reads its own."""
    global _cached
    pid = os.getpid()
    if _cached is None or _cached.pid != pid:
        host = os.uname().nodename
        _cached = ProcessIdentity(
            host=host,
            machine_id=_machine_id(host),
            boot_id=_text("/proc/sys/kernel/random/boot_id"),
            pid=pid,
            process_started=started_at(pid) or 0,
        )
    return _cached


def started_at(pid: int) -> int | None:
    """Start time of a living process in clock ticks since boot; None if it does not exist or is a zombie.
    0 without ``/proc``, as long as the pid is in use."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            # The command name is in parentheses and may contain any byte, even ")": count from the last one.
            fields = file.read(4096).rpartition(b")")[2].split()
    except FileNotFoundError:
        if os.path.exists("/proc/self/stat"):
            return None
        return 0 if _pid_in_use(pid) else None
    except OSError:  # the process ended while its entry was being read
        return None
    return None if fields[0] in (b"Z", b"X", b"x") else int(fields[19])


def same_kernel_machine(machine_id: str) -> str:
    """The machine's part of a ProcessIdentity's ``machine_id``, without its pid namespace."""
    return machine_id.partition("/")[0]


def _machine_id(host: str) -> str:
    machine = _text("/etc/machine-id") or _text("/var/lib/dbus/machine-id") or host
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        return machine
    return machine if namespace == _FIRST_PID_NAMESPACE else f"{machine}/{namespace}"


def _pid_in_use(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _text(path: str) -> str:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(256).decode("ascii", "replace").strip()
    except OSError:
        return ""
