"""Whether a journal's owner is alive: it holds a lock on its newest segment, which the kernel releases on death."""

from __future__ import annotations

import fcntl
import os
from enum import Enum

from armillary.journal.format.events import Header
from armillary.journal.process import (
    ProcessIdentity,
    same_kernel_machine,
    started_at,
    this_process,
)


class Owner(Enum):
    ALIVE = "alive"
    DEAD = "dead"
    ELSEWHERE = "on a machine whose processes cannot be seen from here"


def owner_of(header: Header, newest_segment: str) -> Owner:
    """``newest_segment`` is the state lane's. If DEAD, check whether a newer segment has appeared and call it again.

    Raises FileNotFoundError if the journal was deleted.
    """
    here = this_process()
    if same_kernel_machine(header.machine_id) != same_kernel_machine(here.machine_id):
        return Owner.ELSEWHERE
    if header.boot_id != here.boot_id or is_unlocked(newest_segment):
        return Owner.DEAD
    return Owner.ALIVE if _process_lives(header, here) else Owner.DEAD


def is_unlocked(path: str) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _process_lives(header: Header, here: ProcessIdentity) -> bool:
    """Locked, but perhaps only by a descriptor that the owner handed on. Processes of another container are not visible
    from here, so for them only the lock counts."""
    if header.machine_id != here.machine_id:
        return True
    started = started_at(header.pid)
    return started is not None and started in (0, header.process_started)


def is_this_process(header: Header) -> bool:
    """Whether this very process is the owner: a pid alone may be that of an earlier one."""
    here = this_process()
    return (header.pid, header.process_started, header.boot_id, header.machine_id) == (
        here.pid,
        here.process_started,
        here.boot_id,
        here.machine_id,
    )
