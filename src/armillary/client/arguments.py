"""What every client refuses before it asks: the same arguments, in the same words, whoever would have answered.

A parameter is checked by its type as :class:`~armillary.client.interface.client.Client` declares it, then by what it means: an id, a name, a
limit. So are the fields of records. The bounds are those of the API, so a server never sees what it would refuse in words of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial, wraps
from typing import Any, TypeVar

from armillary.client import values
from armillary.client.interface.client import LARGEST_PAGE, LONGEST_LOG_PAGE, Client
from armillary.client.values import Check
from armillary.core.deployments.deployment import Catchup, Deployment, DeploymentSchedule, OnCollision
from armillary.core.deployments.work_queue import QueueFilter, WorkQueue
from armillary.core.deployments.worker import Worker
from armillary.core.errors import InvalidOption
from armillary.core.filters import FlowRunFilter, TaskRunFilter
from armillary.core.rules.crash import Death
from armillary.core.states import StateType

C = TypeVar("C")

_MOST_SCHEDULES = 50
_MOST_SELECTED = 1000
_SERVERS_OWN = frozenset(
    {"id", "created", "updated", "last_polled", "started", "last_heartbeat", "stopped", "alive", "held"}
)
"""Fields of records that whoever saves them does not decide."""


def checked(client: type[C]) -> type[C]:
    """Decorates a client: its methods check what they are given, as :class:`Client` declares it."""
    for name, method in vars(Client).items() | _inherited(Client):
        if name.startswith("_") or not inspect.isfunction(method):
            continue
        parameters = list(inspect.signature(method).parameters.values())[1:]
        checks = [
            (at, each.name, _check_of(name, each.name, str(each.annotation))) for at, each in enumerate(parameters)
        ]
        if checks:
            setattr(client, name, _checking(getattr(client, name), checks))
    return client


def _inherited(kind: type) -> set[tuple[str, Any]]:
    return {pair for base in kind.__mro__[1:-1] for pair in vars(base).items() if inspect.isfunction(pair[1])}


def _checking(method: Callable[..., Any], checks: list[tuple[int, str, Check]]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        for at, name, check in checks:
            if at < len(arguments):
                check(arguments[at])
            elif name in options:
                check(options[name])
        return method(self, *arguments, **options)

    return call


def _check_of(owner: str, name: str, declared: str) -> Check:
    """By the words of the declaration, as typing is not imported to resolve them. ``owner`` is the method or the record."""
    optional = declared.endswith(" | None")
    of_type = partial(_TYPES[declared.removesuffix(" | None")], name)
    means = _MEANINGS.get((owner, name)) or _MEANINGS.get(("", name))
    if means is None and name.endswith("_id"):
        means = values.valid_id

    def check(value: Any) -> None:
        if value is None and optional:
            return
        of_type(value)
        if means is not None:
            means(value)

    return check


def _record(kind: type, name: str, value: Any) -> None:
    if not isinstance(value, kind):
        raise values.refused(name, value, f"a {kind.__name__}")
    for field, check in _fields_of(kind):
        check(getattr(value, field))


_checks: dict[type, list[tuple[str, Check]]] = {}


def _fields_of(kind: type) -> list[tuple[str, Check]]:
    found = _checks.get(kind)
    if found is None:
        of = (each for each in fields(kind) if each.name not in _SERVERS_OWN)
        found = _checks[kind] = [(each.name, _check_of(kind.__name__, each.name, str(each.type))) for each in of]
    return found


def _records(kind: type, name: str, value: Any) -> None:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise values.refused(name, value, f"a list of {kind.__name__}")
    values.at_most(name, _MOST_SCHEDULES)(value)
    for each in value:
        _record(kind, name, each)


def _state_types(name: str, value: Any) -> None:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise values.refused(name, value, "a list of state types")
    for each in value:
        values.choice_of(StateType, name, each)


def _ids(wanted: Sequence[str]) -> None:
    values.at_most("ids", _MOST_SELECTED)(wanted)
    for each in wanted:
        values.valid_id(each)


def _contained(text: str) -> None:
    if text == "":
        raise InvalidOption("An empty text is contained in every name.", subject="name_contains")


_TYPES: dict[str, Callable[[str, Any], None]] = {
    "str": values.text_value,
    "bool": values.switch_value,
    "int": values.number_value,
    "float": values.seconds_value,
    "datetime": values.time_value,
    "Any": values.optional_json,
    "Sequence[str]": values.text_list,
    "list[str]": values.text_list,
    "Mapping[str, str]": values.texts_by_name,
    "dict[str, Any]": values.json_object,
    "Sequence[tuple[datetime, str]]": values.output_lines,
    "Callable[[Pruned], None]": values.function_value,
    "Catchup": partial(values.choice_of, Catchup),
    "Death": partial(values.choice_of, Death),
    "Deployment": partial(_record, Deployment),
    "FlowRunFilter": partial(_record, FlowRunFilter),
    "OnCollision": partial(values.choice_of, OnCollision),
    "QueueFilter": partial(_record, QueueFilter),
    "Sequence[DeploymentSchedule]": partial(_records, DeploymentSchedule),
    "list[DeploymentSchedule]": partial(_records, DeploymentSchedule),
    "Sequence[StateType]": _state_types,
    "TaskRunFilter": partial(_record, TaskRunFilter),
    "WorkQueue": partial(_record, WorkQueue),
    "Worker": partial(_record, Worker),
}

_name = values.name_of

_MEANINGS: dict[tuple[str, str], Check] = {
    ("", "limit"): values.between("limit", 1, LARGEST_PAGE),
    ("logs", "limit"): values.between("limit", 1, LONGEST_LOG_PAGE),
    ("logs", "after"): values.between("after", -1, 2**62),
    ("logs", "least_level"): values.between("least_level", 0, 1000),
    ("", "attempt"): values.between("attempt", 1, 1 << 31),
    ("claim_runs", "wait_seconds"): values.wait_seconds,
    ("claim_runs", "queues"): values.name_list("queue", values.MOST_TAGS),
    ("", "artifact_id"): values.artifact_id,
    ("", "words"): values.name_or_id,
    ("DeploymentSchedule", "words"): values.at_most("words", values.LONGEST_TEXT),
    ("find_deployment", "words"): partial(values.name_or_id, most=values.LONGEST_PATH),
    ("", "tag"): values.addressed_name("tag"),
    ("", "tags"): values.tag_list,
    ("take_slots", "tags"): values.name_list("tag", values.MOST_TAGS, 1),
    ("set_concurrency_limit", "slots"): values.between("slots", 0, 1_000_000),
    ("artifacts", "key"): values.at_most("key", values.LONGEST_NAME),
    ("artifacts", "kind"): values.at_most("kind", 100),
    ("", "name_prefix"): values.at_most("name_prefix", values.LONGEST_NAME),
    ("variable", "name"): values.addressed_name("variable name"),
    ("set_variable", "name"): values.addressed_name("variable name"),
    ("unset_variable", "name"): values.addressed_name("variable name"),
    ("run_deployment", "name"): _name("flow run name"),
    ("save_search", "name"): _name("saved search name"),
    ("save_search", "filter_text"): values.at_most("filter_text", values.LONGEST_TEXT),
    ("save_storage_block", "name"): _name("storage block name"),
    ("save_storage_block", "kind"): _name("kind"),
    ("save_storage_block", "options"): values.option_values,
    ("create_notification_policy", "name"): _name("notification policy name"),
    ("create_notification_policy", "states"): values.name_list("state", values.MOST_STATES, 1),
    ("create_notification_policy", "target"): values.at_most("target", values.LONGEST_TARGET, 1),
    ("create_notification_policy", "template"): values.at_most("template", values.LONGEST_TEXT),
    ("release_run", "died"): values.at_most("died", values.LONGEST_TEXT),
    ("FlowRunFilter", "ids"): _ids,
    ("FlowRunFilter", "flow_ids"): _ids,
    ("FlowRunFilter", "deployment_ids"): _ids,
    ("FlowRunFilter", "flow_names"): values.at_most("flow_names", _MOST_SELECTED),
    ("FlowRunFilter", "state_names"): values.at_most("state_names", _MOST_SELECTED),
    ("TaskRunFilter", "state_names"): values.at_most("state_names", _MOST_SELECTED),
    ("TaskRunFilter", "task_names"): values.at_most("task_names", _MOST_SELECTED),
    ("FlowRunFilter", "name_contains"): _contained,
    ("TaskRunFilter", "ids"): _ids,
    ("TaskRunFilter", "flow_run_ids"): _ids,
    ("TaskRunFilter", "name_contains"): _contained,
    ("QueueFilter", "deployment_ids"): _ids,
    ("QueueFilter", "flow_runner_types"): values.name_list("flow runner type", values.MOST_TAGS),
    ("WorkQueue", "name"): _name("work queue name"),
    ("", "description"): values.at_most("description", values.LONGEST_TEXT),
    ("WorkQueue", "priority"): values.between("priority", 0, 1_000_000),
    ("WorkQueue", "concurrency_limit"): values.between("concurrency_limit", 0, 1_000_000),
    ("Worker", "name"): _name("worker name"),
    ("Worker", "host"): _name("host"),
    ("Worker", "version"): _name("version"),
    ("Worker", "pid"): values.between("pid", 0, 1 << 31),
    ("Worker", "queues"): values.name_list("queue", values.MOST_TAGS),
    ("Worker", "slots"): values.between("slots", 1, 100_000),
    ("Deployment", "name"): _name("deployment name"),
    ("Deployment", "flow_name"): _name("flow name"),
    ("Deployment", "entrypoint"): values.at_most("entrypoint", values.LONGEST_TEXT),
    ("Deployment", "version"): _name("version"),
    ("Deployment", "work_queue_name"): _name("work queue name"),
    ("Deployment", "concurrency_limit"): values.between("concurrency_limit", 1, 1_000_000),
    ("Deployment", "crash_retries"): values.between("crash_retries", 0, 1000),
    ("Deployment", "flow_location"): values.at_most("flow_location", values.LONGEST_TEXT),
    ("Deployment", "project_hash"): values.project_hash,
    **{
        (method, "after"): values.at_most("after", values.LONGEST_CURSOR)
        for method in (
            "artifacts",
            "concurrency_limits",
            "deployments",
            "flow_runs",
            "flows",
            "saved_searches",
            "storage_blocks",
            "task_runs",
            "variables",
        )
    },
}
"""By method or record, and parameter or field; no owner stands for all others."""
