"""A body that forks. Its child is not part of the run and has no engine to return to: the threads and the journal are
its parent's. So it gets the signal handlers from before the run, and exits where the body ends.

A signal sent to it before they are restored would reach our handler, or be lost with those pending in the parent.
Hence signals are blocked during a fork and delivered afterwards.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, SIGTERM, pthread_sigmask
from threading import local
from typing import NoReturn


def give_back_in_children(put_back: Callable[[], None]) -> None:
    """From now on ``put_back`` is called in every forked child, before any signal reaches it."""
    held = local()

    def hold() -> None:
        held.before = pthread_sigmask(SIG_BLOCK, (SIGINT, SIGTERM))

    def let_through() -> None:
        pthread_sigmask(SIG_SETMASK, held.before)

    def begin_child() -> None:
        put_back()
        let_through()

    os.register_at_fork(before=hold, after_in_parent=let_through, after_in_child=begin_child)


def end_fork(error: BaseException | None) -> NoReturn:
    """End this forked process; ``error`` is what came out of the body."""
    code = 0
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    elif error is not None:
        sys.excepthook(type(error), error, error.__traceback__)
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # closed, or none at all
            continue
    os._exit(code)
