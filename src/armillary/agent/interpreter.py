"""A Python process that an agent started: it loads one flow and then runs it once, or is ended without having run anything."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from msgspec import json

from armillary.agent.order import Order, Preparation
from armillary.agent.output import Line, Lines
from armillary.core.errors import InvalidOption
from armillary.core.flow_runner import FlowRunner, SubprocessFlowRunner

_MODULE = "armillary.agent.child"
_AT_ONCE_BYTES = 1 << 16
_TOKEN = "ARMILLARY_API_KEY"  # noqa: S105  the setting's name


class Setting(NamedTuple):
    """Where a flow's process runs: ``command`` is its interpreter's, ``environment`` what the flow runner adds."""

    command: tuple[str, ...]
    folder: str | None
    environment: tuple[tuple[str, str], ...]


def setting_of(runner: FlowRunner) -> Setting:
    """Raises InvalidOption for an environment or folder that is not there."""
    return Setting(tuple(_command(runner)), _folder(runner), tuple(sorted((runner.env or {}).items())))


class Interpreter:
    """Raises OSError when it cannot be started. The agent's own token is not for it: ``token`` is the attempt's, where a run is
    known already; a flow runner's environment may name another."""

    def __init__(self, setting: Setting, preparation: Preparation, token: str | None = None) -> None:
        self.preparation = preparation
        self._process = subprocess.Popen(
            # -P: the agent's folder must not hide modules from the flow.
            [*setting.command, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=setting.folder,
            env=_environment(setting, token),
            start_new_session=True,
        )
        self._tell(preparation)

    def begin(self, order: Order) -> None:
        """Let it run its flow."""
        self._tell(order)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def listen(self, hear: Callable[[Line], None]) -> None:
        """Give each line it writes to ``hear``, until it and whoever has its stdout have ended."""
        assert self._process.stdout is not None
        lines, descriptor = Lines(), self._process.stdout.fileno()
        while data := os.read(descriptor, _AT_ONCE_BYTES):
            for line in lines.feed(data):
                hear(line)
        for line in lines.rest():
            hear(line)

    def wait(self) -> int:
        """Its exit code, once it has ended; children that outlived it are ended too."""
        code = self._process.wait()
        self.signal(signal.SIGKILL)
        return code

    def signal(self, number: int) -> None:
        """To all its processes."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def dismiss(self) -> None:
        """It is not needed: it has run nothing, and ends."""
        self.signal(signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _tell(self, message: Preparation | Order) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it ended already: its exit code says why
            self._process.stdin.write(json.encode(message) + b"\n")
            self._process.stdin.flush()


def _environment(setting: Setting, token: str | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != _TOKEN}
    given = {} if token is None else {_TOKEN: token}
    return {**kept, "PYTHONUNBUFFERED": "1", **given, **dict(setting.environment)}


def _command(runner: FlowRunner) -> list[str]:
    if isinstance(runner, SubprocessFlowRunner) and runner.virtualenv:
        python = os.path.join(os.path.abspath(os.path.expanduser(runner.virtualenv)), "bin", "python")
        if not os.access(python, os.X_OK):
            raise InvalidOption(f"There is no virtual environment {runner.virtualenv!r}.", subject="virtualenv")
        return [python]
    if isinstance(runner, SubprocessFlowRunner) and runner.condaenv:
        conda = shutil.which("conda") or shutil.which("mamba")
        if conda is None:
            raise InvalidOption("There is no conda on this machine.", subject="condaenv", advice="Put it on the PATH.")
        by_path = "/" in runner.condaenv
        return [conda, "run", "--no-capture-output", "--prefix" if by_path else "--name", runner.condaenv, "python"]
    return [sys.executable]


def _folder(runner: FlowRunner) -> str | None:
    folder = runner.working_dir if isinstance(runner, SubprocessFlowRunner) else None
    if folder is None:
        return None
    found = os.path.abspath(os.path.expanduser(folder))
    if not os.path.isdir(found):
        raise InvalidOption(f"There is no folder {folder!r} to run in.", subject="working_dir")
    return found
