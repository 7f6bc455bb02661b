"""The agent's side of the process that ends orphaned runs: see :mod:`armillary.agent.flow_runners.orphans`."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from contextlib import suppress
from threading import Lock

from armillary import settings

_MODULE = "armillary.agent.flow_runners.orphans"
_NOT_YET = 0
_CLOSE_SECONDS = 0.2

logger = logging.getLogger("armillary.agent")


class OrphanWatch:
    """Any thread may use it. A watching process that was killed is replaced with the next run that begins."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._leaders: dict[str, int] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._complained = False
        self._send("")

    def expect(self, mark: str) -> None:
        """A process that carries this mark is about to be started: the agent may die before it knows its number."""
        self.began(mark, _NOT_YET)

    def began(self, mark: str, leader: int) -> None:
        """The process ``leader`` was started, in its own process group."""
        with self._lock:
            self._leaders[mark] = leader
            self._send(f"+{mark} {leader}\n")

    def ended(self, mark: str) -> None:
        """Nothing that carries this mark is left."""
        with self._lock:
            self._leaders.pop(mark, None)
            self._send(f"-{mark}\n")

    def close(self) -> None:
        """No run is left."""
        with self._lock:
            process, self._process = self._process, None
            self._leaders.clear()
        if process is not None and process.stdin is not None:
            with suppress(OSError, subprocess.TimeoutExpired):
                process.stdin.close()
                process.wait(_CLOSE_SECONDS)

    def _send(self, line: str) -> None:
        try:
            if self._process is None or self._process.poll() is not None:
                self._process = self._started()
                line = "".join(f"+{mark} {leader}\n" for mark, leader in self._leaders.items())
            assert self._process.stdin is not None
            if line:
                os.write(self._process.stdin.fileno(), line.encode())
        except OSError as problem:
            if not self._complained:
                self._complained = True
                logger.warning(
                    "Runs that hold their interpreter's lock will outlive this agent if it is killed: %s", problem
                )

    def _started(self) -> subprocess.Popen[bytes]:
        grace_seconds = settings.get("WORKER_LEASE_SECONDS") / 3
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE, str(grace_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert process.stdin is not None
        os.set_blocking(process.stdin.fileno(), False)  # one that was stopped must not hold the agent up
        return process
