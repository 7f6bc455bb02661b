"""Whether the kernel killed a process because memory ran out, which SIGKILL alone does not show."""

from __future__ import annotations

_COUNTERS = ("/proc/vmstat", "/sys/fs/cgroup/memory.events")
"""Counters of the machine and of the agent's container."""


def out_of_memory_kills() -> int:
    """The number of such kills; 0 if they are not counted. Only a difference is meaningful."""
    found = 0
    for path in _COUNTERS:
        try:
            with open(path, encoding="ascii") as file:
                found += counted_in(file.read())
        except (OSError, UnicodeDecodeError):
            continue
    return found


def counted_in(text: str) -> int:
    """
    >>> counted_in("oom 3\\noom_kill 2\\npgfault 7\\n")
    2
    """
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill "))
