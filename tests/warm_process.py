"""The process that :mod:`warm_commands` asks: a program that imports what commands need, and forks a child for each.

The child has the words, environment, folder and streams that it is given, and is a process like any other in all else: it
runs ``armillary`` as ``python -m`` does, and ends as an interpreter ends.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from runpy import run_module

from armillary import settings
from armillary.cli.application import NOUNS

NUMBER = struct.Struct("i")
"""How the process id of a command is told, and then its exit code, negative for a signal."""

_IMPORTED = (
    "armillary.cli.commands.runs.result_opening",
    "armillary.client.http.client",
    "armillary.client.in_process.client",
    "armillary.deployments",
    "armillary.engine.calls.flow_calls",
    "armillary.flow_runners",
    "armillary.ledger.upkeep.maintenance",
    "armillary.schedules",
    "armillary.sdk.deployments.spec_files",
    "armillary.sdk.task",
    "pydantic.json_schema",
    "pydantic.type_adapter",
    "sqlite3",
    *(module for module, _ in NOUNS.values()),
)
"""None of these starts a thread, opens a file or asks for a setting when it is imported. What they remember of the process is
put right in the child: by their own handlers of forks, and the folder by :func:`_run_as_asked`."""

_codes: list[int] = []
"""The exit code of a command that is about to end."""


def _serve() -> list[int]:
    """Fork a child for each command that is asked for, and tell when it has ended. Returns in the child, with the descriptors that
    came with the question."""
    asked = socket.socket(fileno=os.dup(0))
    running: dict[int, socket.socket] = {}

    def tell(*_: object) -> None:
        for pid in list(running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                with running.pop(pid) as asker, suppress(OSError):  # who does not wait any more
                    asker.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))

    signal.signal(signal.SIGCHLD, tell)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who wait for commands
    while given := socket.recv_fds(asked, 1, 4)[1]:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if pid == 0:
            for each in (asked, *running.values()):
                each.close()
            return given
        for stream in given[1:]:
            os.close(stream)
        running[pid] = socket.socket(fileno=given[0])
        with suppress(OSError):
            running[pid].sendall(NUMBER.pack(pid))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    sys.exit()


def _run_as_asked(asker: int, *streams: int) -> None:
    """Be the command, and leave nothing to tell it from one that was started by itself."""
    with socket.socket(fileno=asker) as connection, connection.makefile() as question:
        asked = json.load(question)
    for descriptor, (given, name) in enumerate(zip(streams, ("stdin", "stdout", "stderr"), strict=True)):
        os.dup2(given, descriptor)
        os.close(given)
        stream = _standard_stream(descriptor, getattr(sys, name))
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["folder"])
    settings._STARTED_IN = os.getcwd()
    sys.path.insert(0, os.getcwd())
    sys.argv[1:] = asked["arguments"]
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    try:
        run_module("armillary", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        _codes.append(end.code if isinstance(end.code, int) else int(end.code is not None))
        raise


def _standard_stream(descriptor: int, before: TextIOWrapper) -> TextIOWrapper:
    """As the interpreter opens it when it starts, in the encoding that it has found out."""
    written = descriptor > 0
    unbuffered = before.write_through
    buffer = open(descriptor, "wb" if written else "rb", 0 if written and unbuffered else -1, closefd=False)  # noqa: SIM115
    by_line = not unbuffered and (descriptor == 2 or buffer.isatty())
    return TextIOWrapper(buffer, before.encoding, before.errors, "\n", by_line, unbuffered)


def _leave() -> None:
    """The first that is registered, so the last that is called: threads have been joined, and whatever else is to happen at exit
    has happened. What an interpreter would do now is take down a thousand modules, which nobody would notice."""
    if _codes:
        with suppress(OSError, ValueError):  # the interpreter knows what to say then
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(_codes[0])


if __name__ == "__main__":
    atexit.register(_leave)
    sys.path.pop(0)  # the folder of this file, which no command has
    for module in _IMPORTED:
        import_module(module)
    gc.freeze()  # what is here to stay is not looked through again by every child
    _run_as_asked(*_serve())
