"""What the server tells Prometheus. Counting runs is a scan, so its answer is kept for a quarter of a minute."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import Connection

from armillary.clock import now_us
from armillary.ledger.deployments import work_queues
from armillary.ledger.runs import flow_runs, times_spent
from armillary.server.live.keeper import Keeper

_COUNTED_FOR_SECONDS = 15.0

_NO_QUEUE = "none"


class Counted(NamedTuple):
    """``due`` are the runs whose time has come and that no agent has taken, by work queue."""

    runs: dict[str, int]
    due: dict[str, int]
    seconds: dict[str, float]


_lock = Lock()
_counted: dict[str, tuple[float, Counted]] = {}


def exposition(state: Any) -> bytes:
    """``state`` is the application's. Text in Prometheus' own format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(state))
    return generate_latest(registry)


class _Collected:
    def __init__(self, state: Any) -> None:
        self._state = state

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        keeper: Keeper = self._state.keeper
        runs = GaugeMetricFamily("armillary_flow_runs", "Flow runs by state type.", labels=["state_type"])
        counted = _count(keeper)
        for kind, many in counted.runs.items():
            runs.add_metric([kind], many)
        yield runs
        due = GaugeMetricFamily("armillary_due_runs", "Runs due that no agent has taken.", labels=["work_queue"])
        for queue, many in counted.due.items():
            due.add_metric([queue], many)
        yield due
        spent = GaugeMetricFamily(
            "armillary_run_seconds", "Time of the ended runs that are kept: user, waiting, …", labels=["part"]
        )
        for part, many_seconds in counted.seconds.items():
            spent.add_metric([part], many_seconds)
        yield spent
        yield CounterMetricFamily(
            "armillary_ingested_frames", "Frames taken from journals.", value=keeper.frames_ingested
        )
        lag = GaugeMetricFamily("armillary_ingest_lag_seconds", "Since the journals were last caught up with.")
        lag.add_metric([], keeper.lag_seconds)
        yield lag
        listeners = GaugeMetricFamily("armillary_stream_listeners", "Clients of the live stream.")
        listeners.add_metric([], self._state.stream.listeners)
        yield listeners
        loops = CounterMetricFamily("armillary_service_loops", "Turns of each service.", labels=["service"])
        seconds = CounterMetricFamily("armillary_service_seconds", "Time in each service's turns.", labels=["service"])
        for name, times in self._state.services.times.items():
            loops.add_metric([name], times.loops)
            seconds.add_metric([name], times.total_seconds)
        yield loops
        yield seconds


def _count(keeper: Keeper) -> Counted:
    with _lock:
        when, found = _counted.get(keeper.home, (None, Counted({}, {}, {})))
        if when is None or monotonic() - when > _COUNTED_FOR_SECONDS:
            with keeper.ledger.read() as connection:
                runs = {str(kind): many for kind, many in flow_runs.count_by_state_type(connection).items()}
                found = Counted(runs, _due(connection), times_spent.totals(connection))
            _counted[keeper.home] = (monotonic(), found)
        return found


def _due(connection: Connection) -> dict[str, int]:
    queues = work_queues.every(connection)
    due = {queue.name: 0 for queue in queues}
    for run, of in work_queues.waiting(connection, now_us()):
        queue = work_queues.queue_for(queues, run, of)
        name = _NO_QUEUE if queue is None else queue.name
        due[name] = due.get(name, 0) + 1
    return due
