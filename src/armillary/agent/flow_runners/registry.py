"""Selects the flow runner of a run: the one of the type that its deployment names."""

from __future__ import annotations

from collections.abc import Callable

from armillary.agent.flow_runners.port import FlowRunner, Submitted, always
from armillary.agent.flow_runners.processes import Processes
from armillary.agent.ledger_link import LedgerLink
from armillary.core.deployments.worker import ClaimedRun
from armillary.core.errors import InvalidOption, did_you_mean


class FlowRunners:
    """A flow runner that dispatches to others. ``by_type`` maps the type in ``flow_runner`` to each."""

    def __init__(self, by_type: dict[str, FlowRunner]) -> None:
        self._by_type = by_type

    def submit(self, claimed: ClaimedRun, confirm: Callable[[], None] = always) -> Submitted:
        return self._of(claimed).submit(claimed, confirm)

    def forget(self, submitted: Submitted) -> None:
        self._of(submitted.claimed).forget(submitted)

    def close(self) -> None:
        for runner in dict.fromkeys(self._by_type.values()):
            runner.close()

    def _of(self, claimed: ClaimedRun) -> FlowRunner:
        wanted = str(claimed.deployment.flow_runner.get("type"))
        if wanted not in self._by_type:
            raise InvalidOption(
                f"This agent has no flow runner {wanted!r}.",
                subject=wanted,
                advice=did_you_mean(wanted, self._by_type),
            )
        return self._by_type[wanted]


def flow_runners(link: LedgerLink, output: LedgerLink, home: str, worker_id: str, warm: int) -> FlowRunners:
    """The flow runners of an agent. ``output`` is a separate link for the output of runs."""
    processes = Processes(link, output, home, worker_id, warm)
    return FlowRunners({"universal": processes, "subprocess": processes})
