"""The runs an agent holds, each from its claim to its release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition

from armillary.agent.flow_runners.port import Submitted
from armillary.core.deployments.worker import ClaimedRun


@dataclass(slots=True, eq=False)
class HeldRun:
    """One attempt of a run. ``registration`` is the one of the agent under which it was last known to be the agent's. ``submitted``
    is set once it has been started. ``lost``: the run was or will be reassigned. ``ended_by_agent``: it is being stopped."""

    claimed: ClaimedRun
    registration: int
    submitted: Submitted | None = None
    lost: bool = False
    ended_by_agent: bool = False

    @property
    def id(self) -> str:
        return self.claimed.flow_run.id

    @property
    def attempt(self) -> int:
        return self.claimed.flow_run.attempt

    @property
    def name(self) -> str:
        return self.claimed.flow_run.name


class HeldRuns:
    """Any thread may use it. ``changed`` is notified of each change, and held while making one."""

    def __init__(self) -> None:
        self.changed = Condition()
        self._all: list[HeldRun] = []

    def __len__(self) -> int:
        return len(self._all)

    def add(self, claimed: Sequence[ClaimedRun], registration: int) -> list[HeldRun]:
        added = [HeldRun(each, registration) for each in claimed]
        with self.changed:
            self._all.extend(added)
        return added

    def started(self, held: HeldRun, submitted: Submitted) -> None:
        with self.changed:
            held.submitted = submitted
            self.changed.notify_all()

    def remove(self, held: HeldRun) -> None:
        with self.changed:
            self._all.remove(held)
            self.changed.notify_all()

    def all(self) -> list[HeldRun]:
        """Safe in a signal handler."""
        return list(self._all)

    def running(self) -> list[HeldRun]:
        """Those that have been started. Safe in a signal handler."""
        return [each for each in self.all() if each.submitted is not None]

    def earlier_attempts(self, held: HeldRun) -> list[HeldRun]:
        """Attempts of the same run that have not ended here yet: an agent can lose a run and claim it again."""
        return [each for each in self.all() if each.id == held.id and each.attempt < held.attempt]
