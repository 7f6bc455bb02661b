"""``log_prints``: what a run prints to the terminal becomes its log lines.

``print`` is replaced when the first run needs it, and restored when the last such run has ended. The
replacement checks the run of the calling code, so other threads print as usual. Text that the program has redirected
(``contextlib.redirect_stdout``, ``print(file=...)``) goes where it was sent. A line is logged once it is ended: what is
printed with another ``end`` waits for the rest of its line, or for the end of the run.
"""

from __future__ import annotations

import builtins
import sys
from _thread import allocate_lock, get_ident
from typing import Any

from armillary.engine.output.logs import print_line
from armillary.engine.runs.current import current_run
from armillary.engine.runs.execution import Execution

LONGEST_UNFINISHED = 100_000
"""Characters of a line that wait for its end; a longer line is logged in parts."""

_lock = allocate_lock()
_users = 0
_plain = builtins.print
_terminal: tuple[Any, ...] = ()
_unfinished: dict[tuple[str, int], str] = {}
"""By run and thread: the beginning of a line whose end has not been printed yet."""


def capture_prints() -> None:
    """Start logging the prints of one more run."""
    global _users, _plain, _terminal
    with _lock:
        if _users == 0:
            _terminal = (sys.stdout, sys.stderr)
        _users += 1
        if builtins.print is not _print:
            _plain = builtins.print
            builtins.print = _print


def release_prints(run: Execution) -> None:
    """Stop logging the prints of a run; its unfinished line is logged."""
    global _users
    with _lock:
        _users -= 1
        if _users == 0 and builtins.print is _print:
            builtins.print = _plain
        rest = [_unfinished.pop(key) for key in list(_unfinished) if key[0] == run.id] if _unfinished else []
    for line in rest:
        print_line(run, line)


def _print(
    *values: Any,
    sep: str | None = None,
    end: str | None = None,
    file: Any = None,
    flush: bool = False,
) -> None:
    run = current_run.get()
    target = sys.stdout if file is None else file
    if run is None or not run.log_prints or not any(target is each for each in _terminal):
        _plain(*values, sep=sep, end=end, file=file, flush=flush)
        return
    text = (" " if sep is None else sep).join(map(str, values))
    if _unfinished or end not in (None, "\n"):
        line = _joined(run, text, "\n" if end is None else end)
        if line is None:
            return
        text = line
    print_line(run, text)


def _joined(run: Execution, text: str, end: str) -> str | None:
    """The line that this print ends, from its beginning; None while it has not ended."""
    key = (run.id, get_ident())
    with _lock:
        line = _unfinished.pop(key, "") + text + end
        if line.endswith("\n"):
            return line[:-1]
        line = line[line.rfind("\r") + 1 :]  # a terminal overwrites the text before a carriage return
        if len(line) > LONGEST_UNFINISHED:
            return line
        if line:
            _unfinished[key] = line
        return None
