"""A pipe that is never written to. Its other end closes with the process that holds it, however that ends; then this process ends too.

On Linux the kernel ensures it: a signal is sent for the end of the pipe, whatever the interpreter does at that moment. An extension may
hold its lock for hours. ``PR_SET_PDEATHSIG`` is not enough: it is sent when the *thread* that started this process ends.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from threading import Thread

_F_SETSIG = 10
"""Not in :mod:`fcntl`: fcntl(2), Linux."""


def end_with(lifeline: int) -> None:
    """From now on this process ends when ``lifeline`` does."""
    if sys.platform == "linux":
        fcntl.fcntl(lifeline, _F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    # On other systems, and if the pipe had already closed.
    Thread(target=_exit_at_end, args=(lifeline,), name="armillary-lifeline", daemon=True).start()


def _exit_at_end(lifeline: int) -> None:
    os.read(lifeline, 1)
    os._exit(1)
