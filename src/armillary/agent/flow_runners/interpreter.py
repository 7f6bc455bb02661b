"""A Python process that an agent started: it loads one flow and then runs it once, or exits unused."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex

from msgspec import json

from armillary.agent.flow_runners import process_tree
from armillary.agent.flow_runners.environment import Environment, for_runs
from armillary.agent.flow_runners.orphan_watch import OrphanWatch
from armillary.agent.order import Preparation, RunOrder
from armillary.agent.output import Lines, ProcessLine

_MODULE = "armillary.agent.child"
_AT_ONCE_BYTES = 1 << 16
_TOKEN = "ARMILLARY_API_KEY"  # noqa: S105  the setting's name


class Interpreter:
    """Raises OSError when it cannot be started. It does not get the agent's token: ``token`` is the attempt's, if the run is
    already known; a flow runner's environment may set another."""

    def __init__(
        self, environment: Environment, preparation: Preparation, watch: OrphanWatch, token: str | None = None
    ) -> None:
        self.preparation = preparation
        self._mark = token_hex(8)
        self._watch = watch
        watch.expect(self._mark)
        try:
            self._process = self._started(environment, token)
        except BaseException:
            watch.ended(self._mark)
            raise
        watch.began(self._mark, self._process.pid)
        self._send(preparation)

    def _started(self, environment: Environment, token: str | None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            # -P: the agent's folder must not hide modules from the flow.
            [*environment.command, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=environment.folder,
            env={**_variables(environment, token), process_tree.VARIABLE: self._mark},
            start_new_session=True,
        )

    def begin(self, order: RunOrder) -> None:
        """Start the run."""
        self._send(order)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def listen(self, hear: Callable[[list[ProcessLine]], None]) -> None:
        """Pass its output to ``hear``, some lines at a time, until it and every process that holds its stdout have ended."""
        assert self._process.stdout is not None
        lines, descriptor = Lines(), self._process.stdout.fileno()
        while data := os.read(descriptor, _AT_ONCE_BYTES):
            hear(lines.feed(data))
        hear(lines.rest())

    def wait(self) -> tuple[int, list[str]]:
        """Wait for its exit code; also names the processes that would have outlived it, which are ended too."""
        code = self._process.wait()
        left = process_tree.end_tree(self._process.pid, self._mark)
        self._watch.ended(self._mark)
        return code, left

    def signal(self, number: int) -> None:
        """To all processes of its group."""
        process_tree.signal_group(self._process.pid, number)

    def dismiss(self) -> None:
        """End it unused."""
        self.signal(signal.SIGKILL)
        self._process.wait()
        process_tree.kill_tree(self._process.pid, self._mark)
        self._watch.ended(self._mark)
        self.release()

    def release(self) -> None:
        """It has ended, and its output is no longer read."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _send(self, message: Preparation | RunOrder) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has already ended: see its exit code
            self._process.stdin.write(json.encode(message) + b"\n")
            self._process.stdin.flush()


def _variables(environment: Environment, token: str | None) -> dict[str, str]:
    given = {} if token is None else {_TOKEN: token}
    return {**for_runs(), "PYTHONUNBUFFERED": "1", **given, **dict(environment.variables)}
