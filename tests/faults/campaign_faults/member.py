"""A program of a campaign, a server or an agent, that is started again whenever it has ended."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

MARK = "CAMPAIGN_MEMBER"
"""The variable, in all that a member starts, that names the member."""


class Member:
    """``campaign`` tells the members of this campaign from those of others on the machine."""

    def __init__(
        self, name: str, campaign: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self.name = name
        self._mark = f"{MARK}={campaign}/{name}".encode()
        self._arguments = list(arguments)
        self._environment = {**environment, MARK: f"{campaign}/{name}"}
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was never started"
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Does nothing while it lives."""
        if self.alive:
            return
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.starts += 1

    def signal(self, number: signal.Signals) -> None:
        if self.alive:
            os.kill(self.pid, number)

    def ended_within(self, seconds: float) -> bool:
        if self._process is None:
            return True
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return not self.alive

    def others(self) -> list[int]:
        """The processes that it started, and those that they started, wherever they are now."""
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdecimal() and not (self.alive and int(entry) == self.pid):
                with suppress(OSError), open(f"/proc/{entry}/environ", "rb") as file:
                    if self._mark in file.read().split(b"\0"):
                        found.append(int(entry))
        return sorted(found)

    def kill_all(self) -> None:
        self.signal(signal.SIGKILL)
        self.ended_within(60)
        for pid in self.others():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
