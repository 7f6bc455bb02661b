"""The process of one run, seen from the agent: started in a session of its own, listened to, and seen off."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import deque
from contextlib import suppress
from threading import Thread

from msgspec import json

from armillary.agent.order import order_for
from armillary.core.errors import InvalidOption
from armillary.core.flow_runner import FlowRunner, SubprocessFlowRunner, from_document
from armillary.core.worker import ClaimedRun

_KEPT_LINES = 20
_MODULE = "armillary.agent.child"


class RunProcess:
    """Raises InvalidOption, or OSError, when the process cannot be started."""

    def __init__(self, claimed: ClaimedRun) -> None:
        self.claimed = claimed
        self.run_id = claimed.flow_run.id
        self.last_lines: deque[str] = deque(maxlen=_KEPT_LINES)
        runner = from_document(claimed.deployment.flow_runner)
        self._shows = not isinstance(runner, SubprocessFlowRunner) or runner.stream_output
        self._process = subprocess.Popen(
            [*command(runner), "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=_folder(runner),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(runner.env or {})},
            start_new_session=True,
        )
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it ended already: its exit code says why
            self._process.stdin.write(json.encode(order_for(claimed)) + b"\n")
            self._process.stdin.flush()
        self._reader = Thread(target=self._listen, name=f"armillary-output-{self.run_id[-6:]}", daemon=True)
        self._reader.start()

    def wait(self) -> str | None:
        """Until the process has ended. How it died, or None when it ended by itself."""
        code = self._process.wait()
        self._kill_rest()
        self._reader.join(timeout=5)
        if code == 0:
            return None
        if code < 0:
            return f"Its process was killed by {_signal_name(-code)}."
        said = next((line for line in reversed(self.last_lines) if line.strip()), "")
        return f"Its process exited with code {code}{': ' + said if said else ''}."

    def ask_to_end(self) -> None:
        """As Ctrl-C would, to the whole process group."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _kill_rest(self) -> None:
        """Children that outlived the run."""
        self._signal(signal.SIGKILL)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            text = line.decode("utf-8", "replace").rstrip("\r\n").rpartition("\r")[2]
            self.last_lines.append(text)
            if self._shows:
                sys.stderr.write(text + "\n")


def command(runner: FlowRunner) -> list[str]:
    """The interpreter of a flow runner's environment. Raises InvalidOption for one that is not there."""
    if isinstance(runner, SubprocessFlowRunner) and runner.virtualenv:
        python = os.path.join(os.path.expanduser(runner.virtualenv), "bin", "python")
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
    if folder is not None and not os.path.isdir(os.path.expanduser(folder)):
        raise InvalidOption(f"There is no folder {folder!r} to run in.", subject="working_dir")
    return None if folder is None else os.path.expanduser(folder)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
