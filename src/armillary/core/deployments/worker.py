"""A worker: a process, usually an agent, that claims scheduled runs and executes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from armillary.core.deployments.deployment import Deployment
from armillary.core.record import Record
from armillary.core.runs.flow_run import FlowRun


@dataclass(slots=True)
class Worker(Record):
    """``slots``: most runs at once. ``held``: the root runs it has now."""

    id: str
    name: str
    host: str
    pid: int
    version: str
    started: datetime
    last_heartbeat: datetime
    queues: list[str] = field(default_factory=list)
    slots: int | None = None
    stopped: datetime | None = None
    alive: bool = True
    held: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ClaimedRun(Record):
    """A run claimed by a worker, which owns this ``flow_run.attempt`` until it releases it.
    ``answers`` are the inputs that earlier attempts received: JSON text by key. ``token`` is this attempt's, for
    the run's own process: it covers only that run, and is valid until the worker releases it. None where no token is
    required. ``fresh_since``: the run was retried from scratch then, and reuses nothing stored before.
    ``result_secret`` signs the results that runs of its deployment store."""

    flow_run: FlowRun
    deployment: Deployment
    work_queue: str | None = None
    answers: dict[str, str | None] = field(default_factory=dict)
    token: str | None = None
    fresh_since: datetime | None = None
    result_secret: str | None = None
