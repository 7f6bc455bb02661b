"""Commands without their start-up.

Most of a short ``python -m armillary ...`` goes into imports, the same each time. So one process, a fresh interpreter that is
started with the first command, has done the imports and nothing else; each command is a child of it
(:mod:`warm_process`).

A command stays a process of its own where its start matters: one that goes on for long, and one whose environment says
something to the interpreter, which reads that once, before anything else.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from threading import Lock

import warm_process

_GOING_ON = {("agent", "start"), ("worker", "start"), ("server", "start")}
_OF_THE_INTERPRETER = ("PYTHON", "LANG", "LC_", "LD_")

_starting = Lock()


def run(
    arguments: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: str | os.PathLike[str] | None = None,
    given: str | None = None,
    code: int | None = 0,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """What ``armillary`` says to these words, as ``subprocess.run`` tells it. ``given`` is what it reads on stdin, None: what
    this process would read. It must end with ``code``, None: with any."""
    if _may_be_warm(arguments, env):
        done = _run_warm(arguments, env, cwd, given, timeout)
    else:
        command = [sys.executable, "-m", "armillary", *arguments]
        done = subprocess.run(
            command, env=env, cwd=cwd, input=given, timeout=timeout, capture_output=True, text=True, check=False
        )
    assert code is None or done.returncode == code, done.stderr
    return done


class WarmCommand:
    """A command that has begun, on these descriptors. It is one that :func:`run` would not start as a process of its own."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str | os.PathLike[str] | None = None,
        stdin: int,
        stdout: int,
        stderr: int,
    ) -> None:
        assert _may_be_warm(arguments, env)
        self.returncode: int | None = None
        self._arguments = list(arguments)
        self._news, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(_warm_process(), [b"!"], [theirs.fileno(), stdin, stdout, stderr])
        asked = {"arguments": self._arguments, "environment": dict(env), "folder": os.fspath(cwd or os.getcwd())}
        self._news.sendall(json.dumps(asked).encode())
        self._news.shutdown(socket.SHUT_WR)
        self.pid = self._hear()

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, negative for a signal. Raises TimeoutExpired, as that of a ``Popen`` does."""
        if self.returncode is None:
            self._news.settimeout(timeout)
            try:
                self.returncode = self._hear()
            except TimeoutError:
                raise subprocess.TimeoutExpired(self._arguments, timeout or 0) from None
            self._news.close()
        return self.returncode

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def _hear(self) -> int:
        told = self._news.recv(warm_process.NUMBER.size, socket.MSG_WAITALL)
        assert told, "The warm process has ended; stderr says why."
        number: int = warm_process.NUMBER.unpack(told)[0]
        return number


def _may_be_warm(arguments: Sequence[str], env: Mapping[str, str]) -> bool:
    return tuple(arguments[:2]) not in _GOING_ON and _for_the_interpreter(env) == _known_to_the_warm_process()


def _for_the_interpreter(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(_OF_THE_INTERPRETER)}


@cache
def _known_to_the_warm_process() -> dict[str, str]:
    return _for_the_interpreter(os.environ)


def _run_warm(
    arguments: Sequence[str],
    env: Mapping[str, str],
    cwd: str | os.PathLike[str] | None,
    given: str | None,
    timeout: float,
) -> subprocess.CompletedProcess[str]:
    (out, their_out), (err, their_err) = os.pipe(), os.pipe()
    their_in, our_in = (os.dup(0), None) if given is None else os.pipe()
    command = WarmCommand(arguments, env=env, cwd=cwd, stdin=their_in, stdout=their_out, stderr=their_err)
    for each in (their_in, their_out, their_err):
        os.close(each)
    with ThreadPoolExecutor(3) as threads:
        said, complained = threads.submit(_read, out), threads.submit(_read, err)
        if our_in is not None:
            threads.submit(_write, our_in, given or "")
        try:
            code = command.wait(timeout)
        except BaseException:
            command.kill()
            command.wait()
            raise
    return subprocess.CompletedProcess(list(arguments), code, said.result(), complained.result())


def _read(pipe: int) -> str:
    with open(pipe) as file:
        return file.read()


def _write(pipe: int, text: str) -> None:
    with suppress(BrokenPipeError), open(pipe, "w") as file:  # a command may end before it has read all
        file.write(text)


def _warm_process() -> socket.socket:
    """Where it is asked."""
    with _starting:
        return _started()[0]


@cache
def _started() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Both are kept: it ends when nobody can ask any more."""
    ours, theirs = socket.socketpair()
    withheld = ("ARMILLARY_", *_OF_THE_INTERPRETER)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(withheld)}
    environment.update(_known_to_the_warm_process())
    command = [sys.executable, warm_process.__file__]
    with theirs:
        return ours, subprocess.Popen(command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=environment)
