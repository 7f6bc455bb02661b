"""Ends the process of a run once the run has ended, whatever the flow left in it.

A non-daemon thread, an atexit handler or a child process can keep a process alive forever, and with it a slot of its agent.
They get the grace period of a cancelled body: then the run's log names what held the process, and it exits. A second watch needs
neither the interpreter's lock nor its threads, in case those are blocked.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
from threading import Lock, Thread, Timer

from armillary import settings
from armillary.core.states import CANCELLED
from armillary.engine.runs.execution import Execution

_BODY_SECONDS = 1.0
"""How long a body may take to return once its run has ended without it."""
_LAST_SECONDS = 2.0
"""How much later the process exits if none of its threads gets to run."""
_WRITE_SECONDS = 1.0
"""The agent may be slow to read the process's output."""
_TIMED_OUT = "TimedOut"


class Leaving:
    """``watch(run)`` before the body begins, ``leave_soon(code)`` when the process can exit."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._begun = False
        self._body_may_run = False
        self._code: int | None = None
        self._run: Execution | None = None

    def watch(self, run: Execution) -> None:
        self._run = run
        run.when_settled(self._ended)

    def leave_soon(self, code: int) -> None:
        self._code = code
        self._begin(settings.get("CANCEL_GRACE_SECONDS"))

    def _ended(self, run: Execution) -> None:
        self._body_may_run = run.type is CANCELLED or run.state_name == _TIMED_OUT
        self._begin(_BODY_SECONDS if self._body_may_run else settings.get("CANCEL_GRACE_SECONDS"))

    def _begin(self, seconds: float) -> None:
        with self._lock:
            if self._begun:
                return
            self._begun = True
        timer = Timer(seconds, self._leave)
        timer.daemon = True
        timer.start()
        faulthandler.dump_traceback_later(seconds + _LAST_SECONDS, exit=True, file=2)

    def _leave(self) -> None:
        name = "the run" if self._run is None else repr(self._run.name)
        if self._body_may_run and self._code is None:
            message = f"The body of {name} did not stop; its process exits without it."
        else:
            message = f"The process of {name} is done but kept alive by {', '.join(holders())}; ending it."
        writing = Thread(target=_write, args=(message,), daemon=True)
        writing.start()
        writing.join(_WRITE_SECONDS)
        os._exit(self._code or 0)


def _write(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def holders() -> list[str]:
    """What keeps this process from exiting, in words."""
    frames = sys._current_frames()
    found = []
    for thread in threading.enumerate():
        if thread.is_alive() and not thread.daemon and thread is not threading.main_thread():
            frame = frames.get(thread.ident or 0)
            where = "" if frame is None else f" at {os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
            found.append(f"thread {thread.name!r}{where}")
    processes = sys.modules.get("multiprocessing.process")
    if processes is not None:
        found += [f"process {each.name!r} ({each.pid})" for each in processes.active_children() if not each.daemon]
    return found or ["its atexit handlers"]
