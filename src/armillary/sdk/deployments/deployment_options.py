"""Checks the options of a ``DeploymentSpec`` where they are given, and converts them to what is stored."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from msgspec import json

from armillary.core.deployments.flow_runner import FlowRunner
from armillary.core.deployments.storage_block import StorageBlock
from armillary.core.errors import InvalidOption, UnknownOption, did_you_mean
from armillary.core.schedules.schedule import Schedule
from armillary.sdk import options as check
from armillary.sdk.flow import Flow

_ELSEWHERE = {
    "cron": 'schedule=CronSchedule("0 9 * * *"), from armillary.schedules',
    "interval": "schedule=IntervalSchedule(timedelta(hours=1)), from armillary.schedules",
    "rrule": 'schedule=RRuleSchedule("FREQ=DAILY"), from armillary.schedules',
    "timezone": "the timezone of the schedule itself",
    "entrypoint": "flow_location and flow_name",
    "work_pool_name": "work_queue",
    "work_queue_name": "work_queue",
    "infrastructure": "flow_runner",
    "job_variables": "flow_runner, for example SubprocessFlowRunner(env={...})",
    "storage": "flow_storage",
    "paused": "`armillary deployment pause` once it exists; creating it again does not change that",
}


def unknown_option(option: str, known: Iterable[str]) -> UnknownOption:
    """Suggests the name used here for an option of other orchestrators, else the nearest one."""
    here = _ELSEWHERE.get(option)
    return UnknownOption(
        f"DeploymentSpec has no option {option!r}.",
        subject=option,
        advice=did_you_mean(option, known) if here is None else f"Give {here}.",
    )


def _flow_option(name: str, value: Any) -> Flow[..., Any]:
    if not isinstance(value, Flow):
        raise check.refuse(name, value, "a function decorated with @flow")
    return value


def _location(name: str, value: Any) -> str:
    return check.text(name, os.fspath(value) if isinstance(value, os.PathLike) else value)


def _storage(name: str, value: Any) -> str | StorageBlock:
    return value if isinstance(value, StorageBlock) else check.text(name, value)


def _runner(name: str, value: Any) -> FlowRunner:
    if not isinstance(value, FlowRunner):
        raise check.refuse(name, value, "one from armillary.flow_runners, for example SubprocessFlowRunner()")
    return value


def _schedule(name: str, value: Any) -> Schedule:
    if not isinstance(value, Schedule):
        raise check.refuse(name, value, 'one from armillary.schedules, for example CronSchedule("0 9 * * *")')
    return value


def _schedules(name: str, value: Any) -> list[Schedule]:
    if not isinstance(value, (list, tuple)):
        raise check.refuse(name, value, "a list of schedules")
    return [_schedule(name, each) for each in value]


def _parameters(name: str, value: Any) -> dict[str, Any]:
    """As JSON values, as passed to every run."""
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value):
        raise check.refuse(name, value, "values by parameter name, for example {'rows': 1000}")
    return {each: _plain(each, given) for each, given in value.items()}


def _plain(name: str, value: Any) -> Any:
    dump = getattr(value, "model_dump", None)
    try:
        encoded = json.encode(value if dump is None else dump(mode="json"), enc_hook=_said)
    except (TypeError, ValueError, OverflowError) as problem:
        raise InvalidOption(
            f"The parameter {name!r} cannot be expressed in JSON: {problem}.",
            subject=name,
            advice="A deployment is stored as JSON: give a path or an id, and let the flow load what it names.",
        ) from None
    return json.decode(encoded)


def _said(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    dump = getattr(value, "model_dump", None)
    if dump is None:
        raise TypeError(f"it holds a value of type {type(value).__name__!r}")
    return dump(mode="json")


def _tags(name: str, value: Any) -> list[str]:
    check.tag_set(name, value)
    return list(value)


def _some(name: str, value: Any) -> int:
    if check.count(name, value) == 0:
        raise check.refuse(name, value, "1 or more, or pause the deployment")
    return int(value)


CHECKS: dict[str, check.Check] = {
    "name": check.text,
    "flow": _flow_option,
    "flow_location": _location,
    "flow_name": check.text,
    "flow_storage": _storage,
    "flow_runner": _runner,
    "schedule": _schedule,
    "schedules": _schedules,
    "parameters": _parameters,
    "tags": _tags,
    "work_queue": check.title,
    "concurrency_limit": _some,
    "crash_retries": check.count,
    "description": check.text,
    "version": check.text,
}
