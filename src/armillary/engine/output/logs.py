"""Log lines of runs: shown on stderr and recorded in the run's journal.

Two loggers, ``armillary.flow_runs`` and ``armillary.task_runs``, write for the given run or, for lines of user
libraries, for the run of the calling code. Lines outside any run are shown, not recorded.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, MutableMapping
from logging import DEBUG, ERROR, INFO, WARNING
from time import localtime
from typing import Any

from armillary import settings
from armillary.clock import now_us
from armillary.core.errors import OutsideRun
from armillary.core.text.long_text import cut
from armillary.engine.interrupts.guard import this_guard
from armillary.engine.output.tracebacks import strip_engine_frames, without_engine_frames
from armillary.engine.runs.current import current_run
from armillary.engine.runs.execution import Execution
from armillary.journal.format.events import Log

__all__ = [
    "DEBUG",
    "ERROR",
    "INFO",
    "WARNING",
    "RunLogger",
    "configure",
    "engine_logger",
    "get_run_logger",
    "print_line",
    "say",
    "say_exception",
]

marked: Callable[[str], str] | None = None
"""Set if another process reads this one's stderr and records it: marks the lines that are already recorded."""


class _Recorded(logging.Logger):
    """A logger whose lines are the record of runs. ``dictConfig`` and ``fileConfig`` disable every logger they do not name,
    by default; a library that configures its own logging must not end the record.

    Each record carries the names and ids of its run, for users' formatters: ``%(flow_name)s``, ``%(flow_run_name)s``,
    ``%(flow_run_id)s`` and, None outside a task, ``%(task_name)s``, ``%(task_run_name)s``, ``%(task_run_id)s``."""

    def makeRecord(self, *arguments: Any, **options: Any) -> logging.LogRecord:  # noqa: N802  the base class calls it so
        record = super().makeRecord(*arguments, **options)
        run: Any = getattr(record, "armillary_run", None) or current_run.get()
        flow = run.flow if run is not None else None
        _identify(record, "flow", flow)
        _identify(record, "task", None if run is flow else run)
        return record

    @property
    def disabled(self) -> bool:
        return False

    @disabled.setter
    def disabled(self, value: bool) -> None:
        return


def _identify(record: logging.LogRecord, kind: str, run: Any) -> None:
    """Values a user passed as ``extra`` under the same name take precedence."""
    given = record.__dict__
    name, run_name, run_id = (None, None, None) if run is None else (run.spec.name, run.name, run.id)
    given.setdefault(f"{kind}_name", name)
    given.setdefault(f"{kind}_run_name", run_name)
    given.setdefault(f"{kind}_run_id", run_id)


def _recorded(name: str) -> logging.Logger:
    logger = logging.getLogger(name)
    logger.__class__ = _Recorded
    return logger


_ROOT = _recorded("armillary")
_LOGGERS = {
    "f": _recorded("armillary.flow_runs"),
    "t": _recorded("armillary.task_runs"),
}
_COLORS = {
    DEBUG: "\x1b[2m",
    WARNING: "\x1b[33m",
    ERROR: "\x1b[31m",
    logging.CRITICAL: "\x1b[1;31m",
}


def engine_logger() -> logging.Logger:
    """The logger for messages outside runs."""
    return _ROOT


def say(run: Execution, level: int, template: str, *arguments: Any) -> None:
    """Log a line of a run. A line below the level costs one look-up."""
    logger = _LOGGERS[run.letter]
    if logger.isEnabledFor(level):
        logger.log(level, template, *arguments, extra={"armillary_run": run})


def print_line(run: Execution, text: str) -> None:
    """Log what a run printed. The record's location is that of the ``print``, two calls up."""
    logger = _LOGGERS[run.letter]
    if logger.isEnabledFor(INFO):
        logger.log(INFO, "%s", text, extra={"armillary_run": run}, stacklevel=3)


def say_exception(run: Execution, message: str, error: BaseException) -> None:
    """Log an error with the user's traceback."""
    logger = _LOGGERS[run.letter]
    if logger.isEnabledFor(ERROR):
        strip_engine_frames(error)
        logger.error(message, exc_info=error, extra={"armillary_run": run})


class RunHandler(logging.Handler):
    """Writes a line to the journal of the run it belongs to and to stderr."""

    def __init__(self, colors: bool) -> None:
        super().__init__()
        self._colors = colors

    def handle(self, record: logging.LogRecord) -> bool:
        """Called in user code too: an interrupt must not hit while locks are held and frames are written."""
        guard = this_guard()
        was_open = guard.shut()
        try:
            return bool(super().handle(record))
        finally:
            guard.restore(was_open)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            run: Any = getattr(record, "armillary_run", None) or current_run.get()
            message = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                message += "\n" + _traceback_text(record.exc_info[1])
            if run is not None:
                task_run_id = run.id if run.letter == "t" else None
                run.flow.root.log(
                    Log(
                        now_us(),
                        record.levelno,
                        cut(message),
                        run.flow.id,
                        task_run_id,
                        record.name,
                    )
                )
                show = run.flow.root.show
            else:
                show = None
            line = self._line(record, run, message)
            if show is None or not show(line):
                sys.stderr.write(line if marked is None or run is None else marked(line))
        except Exception:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the base class calls it so
        """Its output never becomes a log line, even with ``log_prints``."""
        token = current_run.set(None)
        try:
            super().handleError(record)
        finally:
            current_run.reset(token)

    def _line(self, record: logging.LogRecord, run: Any, message: str) -> str:
        clock = localtime(record.created)
        who = f"{run.kind_of_run.capitalize()} {run.name!r} - " if run is not None else ""
        line = (
            f"{clock.tm_hour:02}:{clock.tm_min:02}:{clock.tm_sec:02}.{int(record.msecs):03}"
            f" | {record.levelname:<7} | {who}{message}"
        )
        color = _COLORS.get(record.levelno) if self._colors and sys.stderr.isatty() else None
        return f"{color}{line}\x1b[0m\n" if color else line + "\n"


def _traceback_text(error: BaseException) -> str:
    import traceback  # needed only for a line with an exception

    shown = traceback.TracebackException(type(error), error, without_engine_frames(error.__traceback__))
    return "".join(shown.format()).rstrip()


_configured: tuple[Any, ...] | None = None


def configure() -> None:
    """Attach the handler according to the settings, also after it was removed; cheap when nothing changed."""
    global _configured
    wanted = (
        settings.get("LOGGING_LEVEL"),
        settings.get("LOGGING_EXTRA_LOGGERS"),
        settings.get("LOGGING_COLORS"),
    )
    if wanted == _configured and any(isinstance(each, RunHandler) for each in _ROOT.handlers):
        return
    level, extra, colors = wanted
    handler = RunHandler(colors)
    for name in ("armillary", *extra):
        logger = logging.getLogger(name)
        logger.handlers = [other for other in logger.handlers if not isinstance(other, RunHandler)]
        logger.addHandler(handler)
        if logger.level == logging.NOTSET or name == "armillary":
            logger.setLevel(level)
    _ROOT.propagate = False
    _configured = wanted


class RunLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger whose lines belong to one run."""

    def __init__(self, run: Execution) -> None:
        super().__init__(_LOGGERS[run.letter], {"armillary_run": run})

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        kwargs["extra"] = {**(self.extra or {}), **(kwargs.get("extra") or {})}
        return msg, kwargs


def get_run_logger() -> RunLogger:
    """The logger of the run this code is a part of; its lines are shown and recorded with the run.

    Raises :class:`~armillary.errors.OutsideRun` outside a run.

        get_run_logger().info("Read %s rows", len(rows))
    """
    run = current_run.get()
    if run is None:
        raise OutsideRun(
            "get_run_logger() was called outside a run.",
            subject="get_run_logger",
            advice="Call it inside a flow or task, or use logging.getLogger() here.",
        )
    return RunLogger(run)
