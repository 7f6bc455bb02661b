"""``DeploymentSpec``: what is written into a file and made into a deployment by ``armillary deployment create``."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from armillary.client.new_ids import new_id
from armillary.core.deployment import Catchup, Deployment, DeploymentSchedule, OnCollision
from armillary.core.errors import InvalidOption, InvalidParameters, NotFound, did_you_mean
from armillary.core.flow_runner import FlowRunner, UniversalFlowRunner, to_document
from armillary.core.ids import flow_id
from armillary.core.names import checked_name
from armillary.core.schedules.schedule import Schedule
from armillary.core.schedules.schedule import to_document as schedule_document
from armillary.sdk.flow import Flow
from armillary.sdk.loading import load_flow
from armillary.sdk.parameter_schema import parameter_schema

_made: list[DeploymentSpec] = []


@dataclass
class DeploymentSpec:
    """A flow with a name under which it runs by itself.

        DeploymentSpec(
            name="every-minute",
            flow_location="./main.py",
            flow_name="mlflow-staging",
            schedule=IntervalSchedule(interval=timedelta(minutes=1)),
            flow_runner=SubprocessFlowRunner(),
            parameters={"num_xgb_runs": 10},
            tags=["ml"],
        )

    Give ``flow``, or ``flow_location`` (relative to the file this stands in) and, where that holds several flows,
    ``flow_name``. ``parameters`` are those of every run. ``work_queue`` names the queue its runs wait in; without it the queues'
    filters decide. ``concurrency_limit`` bounds how many of its runs go on at once, and ``on_collision`` says what becomes of
    one that is due meanwhile. ``crash_retries`` is how often a run whose process died is tried again.
    """

    name: str
    flow: Flow[..., Any] | None = None
    flow_location: str | None = None
    flow_name: str | None = None
    flow_runner: FlowRunner = field(default_factory=UniversalFlowRunner)
    schedule: Schedule | None = None
    schedules: Sequence[Schedule] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
    work_queue: str | None = None
    concurrency_limit: int | None = None
    on_collision: str = "enqueue"
    catchup: str = "all"
    crash_retries: int = 0
    description: str | None = None
    version: str | None = None

    def __post_init__(self) -> None:
        checked_name(self.name, "deployment name")
        if "/" in self.name:
            raise InvalidOption(
                f"The deployment name {self.name!r} holds a slash.", subject="name", advice="Use a dash."
            )
        if (self.flow is None) == (self.flow_location is None):
            raise InvalidOption(
                f"Deployment {self.name!r} needs a flow or a flow_location, and not both.", subject="flow_location"
            )
        if self.schedule is not None and self.schedules:
            raise InvalidOption(f"Deployment {self.name!r} has both schedule and schedules.", subject="schedules")
        for option, kind in (("on_collision", OnCollision), ("catchup", Catchup)):
            value = getattr(self, option)
            if value not in list(kind):
                raise InvalidOption(
                    f"Deployment {self.name!r}: {option}={value!r} is not known.",
                    subject=option,
                    advice=did_you_mean(str(value), [str(each) for each in kind]),
                )
        _made.append(self)

    def deployment(self, folder: str) -> Deployment:
        """As it is recorded; ``folder`` is what ``flow_location`` is relative to. Imports the flow's file.

        Raises NotFound for a flow that is not there, InvalidParameters for parameters it does not take, and whatever the
        file itself raises.
        """
        flow, entrypoint = self._flow(folder)
        schema = parameter_schema(flow)
        _check(self.name, flow.name, schema, self.parameters)
        schedules = [self.schedule] if self.schedule is not None else list(self.schedules)
        now = datetime.now(UTC)
        return Deployment(
            id=new_id(),
            name=self.name,
            flow_id=flow_id(flow.name),
            flow_name=flow.name,
            entrypoint=entrypoint,
            created=now,
            updated=now,
            description=self.description or flow.description,
            version=self.version or flow.version,
            flow_runner=to_document(self.flow_runner),
            parameters=self.parameters,
            parameter_schema=schema,
            tags=list(self.tags),
            schedules=[
                DeploymentSchedule(new_id(), schedule_document(each), each.words(), Catchup(self.catchup))
                for each in schedules
            ],
            work_queue_name=self.work_queue,
            concurrency_limit=self.concurrency_limit,
            on_collision=OnCollision(self.on_collision),
            crash_retries=self.crash_retries,
        )

    def _flow(self, folder: str) -> tuple[Flow[..., Any], str]:
        if self.flow is not None:
            file = sys.modules[self.flow.fn.__module__].__file__ if self.flow.fn.__module__ in sys.modules else None
            file = file or self.flow.fn.__code__.co_filename
            return self.flow, f"{os.path.abspath(file)}:{self.flow.fn.__name__}"
        location = os.path.join(folder, os.path.expanduser(self.flow_location or ""))
        path = os.path.abspath(location)
        flow = load_flow(f"{path}:{self.flow_name}" if self.flow_name else path)
        return flow, f"{path}:{flow.name}"


def specs_in(path: str) -> list[DeploymentSpec]:
    """The specifications a Python file makes at module level. Raises NotFound for a file that is not there or makes none,
    and whatever the file raises."""
    full = os.path.abspath(os.path.expanduser(path))
    if not os.path.isfile(full):
        raise NotFound(f"There is no file {full}.", subject=path, advice="Give a Python file with DeploymentSpec(…).")
    folder = os.path.dirname(full)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    _made.clear()
    runpy.run_path(full, run_name="__armillary_deployments__")
    if not _made:
        raise NotFound(
            f"{full} makes no deployment.",
            subject=path,
            advice="Write DeploymentSpec(name=…, flow_location=…) into it.",
        )
    return list(_made)


def _check(name: str, flow_name: str, schema: dict[str, Any], parameters: dict[str, Any]) -> None:
    known = schema["properties"]
    unknown = sorted(set(parameters) - set(known))
    if unknown and not schema.get("additionalProperties"):
        raise InvalidParameters(
            f"Deployment {name!r}: flow {flow_name!r} has no parameter {unknown[0]!r}.",
            subject=unknown[0],
            advice=did_you_mean(unknown[0], known) if known else "It takes none.",
        )
