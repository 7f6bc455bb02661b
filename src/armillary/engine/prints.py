"""``log_prints``: what a run prints becomes its log lines.

``print`` is replaced once, with the first run that asks for it, and put back when the last such run has ended. The
replacement looks at the run the call is a part of, so other threads print as ever.
"""

from __future__ import annotations

import builtins
import sys
from _thread import allocate_lock
from typing import Any

from armillary.engine.current import current_run
from armillary.engine.logs import INFO, say

_lock = allocate_lock()
_users = 0
_plain = builtins.print


def capture_prints() -> None:
    """One more run logs its prints."""
    global _users, _plain
    with _lock:
        _users += 1
        if builtins.print is not _print:
            _plain = builtins.print
            builtins.print = _print


def release_prints() -> None:
    """One run fewer does."""
    global _users
    with _lock:
        _users -= 1
        if _users == 0 and builtins.print is _print:
            builtins.print = _plain


def _print(
    *values: Any,
    sep: str | None = None,
    end: str | None = None,
    file: Any = None,
    flush: bool = False,
) -> None:
    run = current_run.get()
    if run is None or not run.log_prints or (file is not None and file is not sys.stdout and file is not sys.stderr):
        _plain(*values, sep=sep, end=end, file=file, flush=flush)
        return
    say(run, INFO, "%s", (" " if sep is None else sep).join(map(str, values)))
