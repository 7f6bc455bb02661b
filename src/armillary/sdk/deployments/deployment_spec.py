"""``DeploymentSpec``: the definition in a file that is made a deployment by ``armillary deployment create``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Self

from armillary.clock import new_id
from armillary.core.deployments.deployment import Catchup, Deployment, DeploymentSchedule, OnCollision
from armillary.core.deployments.flow_runner import FlowRunner, UniversalFlowRunner, to_document
from armillary.core.deployments.storage_block import StorageBlock
from armillary.core.errors import InvalidOption, InvalidParameters, did_you_mean
from armillary.core.ids import flow_id
from armillary.core.rules.json_schema import missing
from armillary.core.schedules.schedule import Schedule, check_it_fires
from armillary.core.schedules.schedule import to_document as schedule_document
from armillary.core.text.names import checked_name
from armillary.sdk.deployments.deployment_options import CHECKS, unknown_option
from armillary.sdk.deployments.loading import file_of, load_flow
from armillary.sdk.deployments.parameter_schema import check_parameters, parameter_schema
from armillary.sdk.deployments.project_upload import Prepared
from armillary.sdk.flow import Flow
from armillary.stores.project import root_of

_made: list[DeploymentSpec] = []


@dataclass
class DeploymentSpec:
    """A flow with a name and everything an agent needs to run it.

        DeploymentSpec(
            name="every-minute",
            flow_location="./main.py",
            flow_name="mlflow-staging",
            schedule=IntervalSchedule(interval=timedelta(minutes=1)),
            flow_runner=SubprocessFlowRunner(),
            parameters={"num_xgb_runs": 10},
            tags=["ml"],
        )

    Give ``flow``, or ``flow_location`` (relative to the file that contains the spec) and, if it has several flows,
    ``flow_name``. ``flow_storage`` is a storage block, its id or its name: it stores the project's files and the results of
    its runs; default: the default storage, else the home. ``parameters`` apply to every run. ``work_queue`` names the queue its runs wait in; by default the queues'
    filters decide. ``concurrency_limit`` limits how many of its runs execute at once, and ``on_collision`` decides what happens to
    one that is due meanwhile. ``crash_retries`` is how often a run is retried
    after its process died; the death of an agent or machine does not count. 0: never retry.
    """

    name: str
    flow: Flow[..., Any] | None = None
    flow_location: str | None = None
    flow_name: str | None = None
    flow_storage: str | StorageBlock | None = None
    flow_runner: FlowRunner = field(default_factory=UniversalFlowRunner)
    schedule: Schedule | None = None
    schedules: Sequence[Schedule] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
    work_queue: str | None = None
    concurrency_limit: int | None = None
    on_collision: str = "enqueue"
    catchup: str = "all"
    crash_retries: int = 1
    description: str | None = None
    version: str | None = None

    def __new__(cls, *_: object, **options: object) -> Self:
        """Raises UnknownOption, suggesting the nearest, instead of a dataclass's TypeError."""
        known = [each.name for each in fields(cls)]
        for option in options:
            if option not in known:
                raise unknown_option(option, known)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for option, checked in CHECKS.items():
            value = getattr(self, option)
            if value is not None:
                setattr(self, option, checked(option, value))
        checked_name(self.name, "deployment name")
        if "/" in self.name:
            raise InvalidOption(
                f"The deployment name {self.name!r} contains a slash.", subject="name", advice="Use a dash."
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

    def prepared(self, folder: str) -> Prepared:
        """As it is recorded, with the project it comes from; ``folder`` is what ``flow_location`` is relative to. Imports the
        flow's file.

        Raises NotFound for a missing flow, InvalidParameters for parameters it does not have, or lacks although it is
        scheduled, and FileRaised from the exception the file raised.
        """
        flow, file, name = self._flow(folder)
        schedules = [self.schedule] if self.schedule is not None else list(self.schedules)
        schema = parameter_schema(flow)
        check_parameters(flow, self.parameters)
        lacking = missing(schema, self.parameters)
        if lacking and schedules:
            raise InvalidParameters(
                f"Deployment {self.name!r} runs on a schedule, but flow {flow.name!r} needs {', '.join(map(repr, lacking))}.",
                subject=lacking[0],
                advice="Add it to the parameters.",
            )
        now = datetime.now(UTC)
        for each in schedules:
            check_it_fires(each, now)
        deployment = Deployment(
            id=new_id(),
            name=self.name,
            flow_id=flow_id(flow.name),
            flow_name=flow.name,
            entrypoint=f"{file}:{name}",
            flow_location=file,
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
        return Prepared(deployment, file, self.flow_storage)

    def _flow(self, folder: str) -> tuple[Flow[..., Any], str, str]:
        """The flow, its file, and what it is called in there."""
        if self.flow is not None:
            return self.flow, file_of(self.flow), self.flow.name
        path = os.path.abspath(os.path.join(folder, os.path.expanduser(self.flow_location or "")))
        root = root_of(path)  # where its imports find it at run time
        if root not in sys.path:
            sys.path.insert(0, root)
        flow = load_flow(f"{path}:{self.flow_name}" if self.flow_name else path)
        return flow, path, flow.name


def made_by(run: Callable[[], object]) -> list[DeploymentSpec]:
    """The specifications created during ``run()``."""
    before = len(_made)
    run()
    found = _made[before:]
    del _made[before:]
    return found
