"""What does the faults of a campaign to its cluster, one after another."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from contextlib import suppress
from subprocess import SubprocessError
from threading import Event
from time import monotonic

from campaign_faults.checker import Killed
from campaign_faults.cluster import ENDS_WITHIN_SECONDS, Cluster
from campaign_faults.faults import POSTGRESQL, Fault, FaultKind
from campaign_faults.member import Member
from campaign_faults.proxy import Network
from pace import at_this_pace

_STEP_SECONDS = 0.2
_NETWORKS = {
    FaultKind.CUT: Network.CUT,
    FaultKind.HOLE: Network.HOLE,
    FaultKind.DEAF: Network.DEAF,
    FaultKind.SLOW: Network.SLOW,
}


class Nemesis:
    """``done`` counts the faults by kind, ``killed`` and ``violations`` tell what only their time could show."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._pause = Event()
        self.done: Counter[str] = Counter()
        self.killed: list[Killed] = []
        self.violations: list[str] = []

    def strike(self, faults: list[Fault], began: float) -> None:
        """Each in its turn; ``began`` is when the campaign did."""
        for fault in faults:
            self._wait(fault.after_seconds)
            print(f"{monotonic() - began:7.1f} s  {fault}", flush=True)
            self.done[f"{fault.kind} {fault.victim.rstrip('123').rstrip('-')}"] += 1
            self._do(fault)
        self._cluster.heal()

    def _do(self, fault: Fault) -> None:
        if fault.kind in _NETWORKS:
            link = self._cluster.links[fault.victim]
            link.set(_NETWORKS[fault.kind])
            self._wait(fault.seconds)
            link.set(Network.WELL)
        elif fault.victim == POSTGRESQL:
            self._do_to_postgresql(fault)
        else:
            self._do_to_member(fault, self._cluster.members[fault.victim])

    def _do_to_member(self, fault: Fault, member: Member) -> None:
        if fault.kind in (FaultKind.STOP, FaultKind.SLEEP):
            self._stop([member.pid, *(member.others() if fault.kind is FaultKind.SLEEP else [])], fault.seconds)
            return
        if fault.kind is FaultKind.KILL_RUN:
            running = member.others()
            if running:
                _send(random.Random(fault.dice).choice(running), signal.SIGKILL)
            return
        self._cluster.down.add(member.name)
        if fault.kind is FaultKind.KILL:
            death = Killed(member.name, monotonic(), frozenset(member.others()))
            member.signal(signal.SIGKILL)
            self.killed.append(death)
        elif (late := self._cluster.end([member])) != []:
            self.violations.append(f"{late[0]} has not ended {at_this_pace(ENDS_WITHIN_SECONDS):.0f} s after SIGTERM")
            member.signal(signal.SIGKILL)
        self._wait(fault.seconds)
        self._cluster.down.discard(member.name)

    def _do_to_postgresql(self, fault: Fault) -> None:
        postgresql = self._cluster.postgresql
        first = postgresql.process
        if fault.kind is FaultKind.STOP:
            self._stop([first.pid, *(each.pid for each in first.children())], fault.seconds)
            return
        postgresql.kill()
        self._wait(fault.seconds)
        while True:
            try:
                postgresql.start_again()
                return
            except SubprocessError:  # a busy machine makes it slow, and its starter impatient
                self._wait(1.0)

    def _stop(self, pids: list[int], seconds: float) -> None:
        for pid in pids:
            _send(pid, signal.SIGSTOP)
        try:
            self._wait(seconds)
        finally:
            for pid in reversed(pids):
                _send(pid, signal.SIGCONT)

    def _wait(self, seconds: float) -> None:
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            self._cluster.revive()
            self._pause.wait(min(left, _STEP_SECONDS))


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
