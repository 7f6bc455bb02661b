"""Where the time of a flow run went."""

from __future__ import annotations

from dataclasses import dataclass

from armillary.core.record import Record


@dataclass(slots=True)
class TimeSpent(Record):
    """Seconds, summed over the ``task_runs`` task runs of a flow run and of its subflow runs, which may overlap.

    ``user_seconds`` in the bodies of tasks (of a flow without any: in its own), ``waiting_seconds`` from their calls until
    their bodies could run (upstreams, slots, threads, retries), ``serialisation_seconds`` with stored results, and
    ``orchestration_seconds`` in Armillary itself.
    """

    flow_run_id: str
    user_seconds: float
    waiting_seconds: float
    serialisation_seconds: float
    orchestration_seconds: float
    task_runs: int
