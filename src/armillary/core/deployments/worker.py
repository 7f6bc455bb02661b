"""A worker: a process, an agent as a rule, that takes scheduled runs and has them run."""

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
    """A run that a worker has been given: it is the owner of this ``flow_run.attempt`` until it gives it back.
    ``answers`` are the inputs that earlier attempts asked for and were given: JSON text by key. ``token`` is this attempt's, for
    the run's own process: it may speak of that run alone, and is good until the worker gives the run back. None where nobody is
    asked for a token. ``fresh_since``: the run was retried whole then, and takes over nothing that was kept before.
    ``result_secret`` signs the results that runs of its deployment keep."""

    flow_run: FlowRun
    deployment: Deployment
    work_queue: str | None = None
    answers: dict[str, str | None] = field(default_factory=dict)
    token: str | None = None
    fresh_since: datetime | None = None
    result_secret: str | None = None
