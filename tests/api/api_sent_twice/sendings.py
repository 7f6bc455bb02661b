"""One request to each route that changes something, which are sent twice; and to each that only reads although it is a POST.

A sending is made in a world and is sent as it is, both times. ``again`` is the status of the second answer where that is another than
the first, ``then`` what it says where that is something else: each has its reason beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec import msgpack

from armillary.clock import new_id
from armillary.core.ids import flow_id
from armillary.core.states import RUNNING
from armillary.journal.format.events import (
    FORMAT_VERSION,
    STATE_LANE,
    Closed,
    FlowDeclared,
    FlowRunCreated,
    Header,
    StateChanged,
)
from armillary.journal.format.shipment import LaneFrames, Listening, Shipment

from .world import HOME_TOKEN, HOURLY, MONTHLY, World

GONE = 404
"""It is not there any more, which is what was wanted."""

_AS_BEFORE = object()
BEGAN = 1_655_265_060_000_000


@dataclass(slots=True)
class Sending:
    """``changes`` is False for what leaves no trace in the ledger or with others."""

    path: str
    body: Any = None
    packed: bytes | None = None
    query: dict[str, Any] = field(default_factory=dict)
    again: int | None = None
    then: Any = _AS_BEFORE
    changes: bool = True

    def then_after(self, first: Any) -> Any:
        return first if self.then is _AS_BEFORE else self.then


Made = Callable[[World], Sending]


def _block(world: World) -> str:
    body = {"name": world.name(), "type": "local", "options": {"storage_path": "/srv"}}
    return str(world.asked("POST", "block_documents", **body)["id"])


def _limit(world: World, tag: str) -> str:
    return str(world.asked("POST", "concurrency_limits", tag=tag, slots=1)["id"])


def _slots_to_take(world: World) -> dict[str, Any]:
    tag = world.name()
    _limit(world, tag)
    return {"root_flow_run_id": new_id(), "task_run_id": new_id(), "tags": [tag]}


def _give_slots_back(world: World) -> Sending:
    wanted = _slots_to_take(world)
    world.asked("POST", "concurrency_limits/slots", **wanted)
    return Sending(f"concurrency_limits/slots/{wanted['task_run_id']}", then=0)  # none is left to give back


def _delete_limit_of_tag(world: World) -> Sending:
    tag = world.name()
    _limit(world, tag)
    return Sending(f"concurrency_limits/tag/{tag}", again=GONE)


def _new_deployment(world: World) -> Sending:
    body = {"name": world.name(), "flow_name": "f", "entrypoint": "f.py:f", "schedules": [MONTHLY]}
    return Sending("deployments", body)


def _change_deployment(world: World) -> Sending:
    return Sending(f"deployments/{world.deployment(schedules=[MONTHLY])}", {"parameters": {"rows": 3}})


def _replace_schedules(world: World) -> Sending:
    rules = [{"rule": {"cron": "0 9 * * *"}}, MONTHLY]
    return Sending(f"deployments/{world.deployment(schedules=[MONTHLY])}/schedules", rules)


def _resume_deployment(world: World) -> Sending:
    deployment_id = world.deployment(schedules=[MONTHLY])
    world.asked("POST", f"deployments/{deployment_id}/pause")
    return Sending(f"deployments/{deployment_id}/resume")


def _schedule_deployment(world: World) -> Sending:
    deployment_id = world.deployment(schedules=[HOURLY])
    [run, *_] = world.asked("POST", "flow_runs/filter", deployments={"id": {"any_": [deployment_id]}}, limit=1)["items"]
    world.asked("POST", f"flow_runs/{run['id']}/set_state", type="CANCELLED")
    return Sending(f"deployments/{deployment_id}/schedule", then={"scheduled": 0})  # none is lacking any more


def _backfill(world: World) -> Sending:
    body = {"begin": "2022-06-15T00:00:00Z", "end": "2022-06-15T05:00:00Z"}
    return Sending(f"deployments/{world.deployment(schedules=[HOURLY])}/backfill", body)


def _bulk(route: str, made: Callable[[World, str], object]) -> Made:
    """Of two runs that match, one is let at: sent again, it is not the other's turn."""

    def sending(world: World) -> Sending:
        tag = world.name()
        for _ in range(2):
            made(world, tag)
        return Sending(f"flow_runs/{route}", {"flow_runs": {"tags": {"all_": [tag]}}, "limit": 1})

    return sending


def _prune(world: World) -> Sending:
    world.completed()
    return Sending("flow_runs/prune", {"ended_before": "2023-01-01T00:00:00Z"})


def _cancel_task_run(world: World) -> Sending:
    run = world.running()
    task_run = run.task_run("work-0")
    run.takes(RUNNING, task_run)
    return Sending(f"task_runs/{task_run}/cancel")


def _new_flow(world: World) -> str:
    return str(world.asked("POST", "flows", name=world.name())["id"])


def _shipment(world: World) -> Sending:
    at, root, journal = BEGAN, new_id(), new_id()
    events = [
        Header(at, FORMAT_VERSION, journal, STATE_LANE, 0, root, 1, None, None, "h", "m", "b", 1, 1, "1"),
        FlowDeclared(at, flow_id("f"), "f"),
        FlowRunCreated(at, root, flow_id("f"), world.name(), "{}", (), at, root, "PENDING", "Pending"),
        StateChanged(at, "f", root, "PENDING", "RUNNING", "Running", 1),
        StateChanged(at + 1, "f", root, "RUNNING", "COMPLETED", "Completed", 1),
        Closed(at + 2, ""),
    ]
    frames = [msgpack.encode(each) for each in events]
    return Sending("ingest", packed=msgpack.encode(Shipment(journal, [LaneFrames(STATE_LANE, 0, frames)], over=True)))


def _policy(world: World) -> str:
    body = {"name": world.name(), "states": ["Failed"], "target": world.webhook}
    return str(world.asked("POST", "notification_policies", **body)["id"])


def _new_policy(world: World) -> Sending:
    body = {"name": world.name(), "states": ["Failed"], "target": world.webhook}
    return Sending("notification_policies", body)


def _saved_search(world: World) -> str:
    return str(world.asked("PUT", "saved_searches", name=world.name(), definition={"filter": "a"})["id"])


def _variable(world: World) -> str:
    name = world.name()
    world.asked("PUT", f"variables/{name}", value=1)
    return name


def _queue(world: World, **more: Any) -> str:
    return str(world.asked("POST", "work_queues", name=world.name(), **more)["id"])


def _worker(world: World) -> Sending:
    return Sending(f"workers/{new_id()}", {"name": "agent", "host": "here", "pid": 1, "version": "1"})


def _claim(world: World) -> Sending:
    world.due_run()
    return Sending(f"workers/{world.worker()}/claim", {"claim_id": new_id()})


def _held(route: str, **more: Any) -> Made:
    def sending(world: World) -> Sending:
        worker_id, run_id = world.claimed()
        return Sending(f"workers/{worker_id}/{route}", {"flow_run_id": run_id, **more})

    return sending


def _token(world: World) -> str:
    return str(world.asked("POST", "tokens", name=world.name())["api_token"]["id"])


CHANGES: dict[str, Made] = {
    "POST /api/block_documents": lambda world: Sending(
        "block_documents", {"name": world.name(), "type": "local", "options": {"storage_path": "/srv"}}
    ),
    "PUT /api/block_documents/default": lambda world: Sending("block_documents/default", {"id": _block(world)}),
    "DELETE /api/block_documents/{block_id}": lambda world: Sending(f"block_documents/{_block(world)}", again=GONE),
    "POST /api/concurrency_limits": lambda world: Sending("concurrency_limits", {"tag": world.name(), "slots": 2}),
    "DELETE /api/concurrency_limits/{concurrency_limit_id}": lambda world: Sending(
        f"concurrency_limits/{_limit(world, world.name())}", again=GONE
    ),
    "DELETE /api/concurrency_limits/tag/{tag}": _delete_limit_of_tag,
    "POST /api/concurrency_limits/slots": lambda world: Sending("concurrency_limits/slots", _slots_to_take(world)),
    "DELETE /api/concurrency_limits/slots/{task_run_id}": _give_slots_back,
    "POST /api/deployments": _new_deployment,
    "PATCH /api/deployments/{deployment_id}": _change_deployment,
    "DELETE /api/deployments/{deployment_id}": lambda world: Sending(
        f"deployments/{world.deployment(schedules=[MONTHLY])}", again=GONE
    ),
    "PUT /api/deployments/{deployment_id}/schedules": _replace_schedules,
    "POST /api/deployments/{deployment_id}/pause": lambda world: Sending(
        f"deployments/{world.deployment(schedules=[MONTHLY])}/pause"
    ),
    "POST /api/deployments/{deployment_id}/resume": _resume_deployment,
    "POST /api/deployments/{deployment_id}/schedule": _schedule_deployment,
    "POST /api/deployments/{deployment_id}/backfill": _backfill,
    "POST /api/deployments/{deployment_id}/create_flow_run": lambda world: Sending(
        f"deployments/{world.deployment()}/create_flow_run", {"tags": ["by hand"]}
    ),
    "POST /api/flow_runs/bulk_cancel": _bulk("bulk_cancel", World.due_run),
    "POST /api/flow_runs/bulk_delete": _bulk("bulk_delete", World.completed),
    "POST /api/flow_runs/bulk_retry": _bulk("bulk_retry", World.failed_of_a_deployment),
    "POST /api/flow_runs/prune": _prune,
    "PATCH /api/flow_runs/{flow_run_id}": lambda world: Sending(
        f"flow_runs/{world.failed()}", {"name": world.name(), "tags": ["b", "a"]}
    ),
    "DELETE /api/flow_runs/{flow_run_id}": lambda world: Sending(f"flow_runs/{world.failed()}", again=GONE),
    "POST /api/flow_runs/{flow_run_id}/attempts": lambda world: Sending(f"flow_runs/{world.failed()}/attempts"),
    "POST /api/flow_runs/{flow_run_id}/cancel": lambda world: Sending(f"flow_runs/{world.running().id}/cancel"),
    "POST /api/flow_runs/{flow_run_id}/pause": lambda world: Sending(f"flow_runs/{world.running().id}/pause"),
    "POST /api/flow_runs/{flow_run_id}/suspend": lambda world: Sending(f"flow_runs/{world.running().id}/suspend"),
    "POST /api/flow_runs/{flow_run_id}/resume": lambda world: Sending(f"flow_runs/{world.suspended()}/resume"),
    "POST /api/flow_runs/{flow_run_id}/retry": lambda world: Sending(
        f"flow_runs/{world.failed_of_a_deployment()}/retry"
    ),
    "POST /api/flow_runs/{flow_run_id}/set_state": lambda world: Sending(
        f"flow_runs/{world.due_run()}/set_state", {"type": "SCHEDULED", "message": "Not yet."}
    ),
    "POST /api/task_runs/{task_run_id}/cancel": _cancel_task_run,
    "POST /api/flows": lambda world: Sending("flows", {"name": world.name()}),
    "PATCH /api/flows/{flow_id}": lambda world: Sending(f"flows/{_new_flow(world)}", {"tags": ["ml"]}),
    "DELETE /api/flows/{flow_id}": lambda world: Sending(f"flows/{_new_flow(world)}", again=GONE),
    "POST /api/ingest": _shipment,
    "POST /api/owners/listen": lambda _world: Sending(
        "owners/listen", packed=msgpack.encode(Listening({new_id(): new_id()}, 0.0)), changes=False
    ),
    "POST /api/notification_policies": _new_policy,
    "PATCH /api/notification_policies/{policy_id}": lambda world: Sending(
        f"notification_policies/{_policy(world)}", {"is_active": False}
    ),
    "DELETE /api/notification_policies/{policy_id}": lambda world: Sending(
        f"notification_policies/{_policy(world)}", again=GONE
    ),
    "POST /api/notification_policies/{policy_id}/test": lambda world: Sending(
        f"notification_policies/{_policy(world)}/test"
    ),
    "PUT /api/saved_searches": lambda world: Sending("saved_searches", {"name": world.name(), "definition": {}}),
    "DELETE /api/saved_searches/{saved_search_id}": lambda world: Sending(
        f"saved_searches/{_saved_search(world)}", again=GONE
    ),
    "POST /api/signin": lambda _world: Sending("signin", {"token": HOME_TOKEN}),
    "POST /api/signin_links": lambda _world: Sending(
        "signin_links", changes=False
    ),  # a code lives in the server's memory
    "POST /api/signout": lambda _world: Sending("signout", changes=False),  # the home's own token is never revoked
    "POST /api/tokens": lambda world: Sending("tokens", {"name": world.name()}),
    "DELETE /api/tokens/{token_id}": lambda world: Sending(f"tokens/{_token(world)}"),
    "PUT /api/variables/{name}": lambda world: Sending(f"variables/{world.name()}", {"value": 1}),
    "DELETE /api/variables/{name}": lambda world: Sending(f"variables/{_variable(world)}", again=GONE),
    "POST /api/work_queues": lambda world: Sending("work_queues", {"name": world.name()}),
    "PUT /api/work_queues/{work_queue_id}": lambda world: Sending(
        f"work_queues/{_queue(world)}", {"name": world.name(), "priority": 3}
    ),
    "PATCH /api/work_queues/{work_queue_id}": lambda world: Sending(f"work_queues/{_queue(world)}", {"priority": 3}),
    "DELETE /api/work_queues/{work_queue_id}": lambda world: Sending(f"work_queues/{_queue(world)}", again=GONE),
    "POST /api/work_queues/{work_queue_id}/pause": lambda world: Sending(f"work_queues/{_queue(world)}/pause"),
    "POST /api/work_queues/{work_queue_id}/resume": lambda world: Sending(
        f"work_queues/{_queue(world, paused=True)}/resume"
    ),
    "PUT /api/workers/{worker_id}": _worker,
    "POST /api/workers/{worker_id}/claim": _claim,
    "POST /api/workers/{worker_id}/hand_back": _held("hand_back"),
    "POST /api/workers/{worker_id}/release": _held("release", died="Its process was killed."),
    "POST /api/workers/{worker_id}/output": _held("output", lines=[{"at": "2022-06-15T00:00:00Z", "text": "hello"}]),
    "POST /api/workers/{worker_id}/heartbeat": lambda world: Sending(
        f"workers/{world.worker()}/heartbeat", changes=False
    ),
    "POST /api/workers/{worker_id}/stop": lambda world: Sending(f"workers/{world.claimed()[0]}/stop"),
}
"""By the route in the description."""

_DAY = {
    "history_start": "2022-06-15T00:00:00Z",
    "history_end": "2022-06-16T00:00:00Z",
    "history_interval_seconds": 3600,
}
_NO_RUNS: dict[str, Any] = {"ids": []}

READS: dict[str, Made] = {
    # Questions too long for a URL: filters, and what is counted of what they match.
    **{
        f"POST /api/{path}": lambda _world, path=path: Sending(path, {})  # type: ignore[misc]
        for path in (
            "artifacts/filter",
            "block_documents/filter",
            "concurrency_limits/filter",
            "deployments/filter",
            "deployments/count",
            "flow_runs/filter",
            "flow_runs/count",
            "flow_runs/count_by_state",
            "flow_runs/facts",
            "flows/filter",
            "flows/count",
            "logs/filter",
            "notification_policies/filter",
            "saved_searches/filter",
            "task_runs/filter",
            "task_runs/count",
            "task_runs/count_by_state",
            "variables/filter",
            "work_queues/filter",
            "work_queues/contents",
        )
    },
    "POST /api/flow_runs/history": lambda _world: Sending("flow_runs/history", _DAY),
    "POST /api/task_runs/history": lambda _world: Sending("task_runs/history", _DAY),
    "POST /api/flow_runs/task_run_counts": lambda _world: Sending("flow_runs/task_run_counts", _NO_RUNS),
    "POST /api/flow_runs/task_run_strips": lambda _world: Sending("flow_runs/task_run_strips", _NO_RUNS),
    # A rule that is not saved.
    "POST /api/deployments/preview_schedule": lambda _world: Sending(
        "deployments/preview_schedule", {"rule": {"interval": 3600}}
    ),
    # Secrets, which no cache and no history of addresses may keep.
    "POST /api/block_documents/{block_id}/open": lambda world: Sending(f"block_documents/{_block(world)}/open"),
}
"""POST routes that change nothing, and why they are POST."""
