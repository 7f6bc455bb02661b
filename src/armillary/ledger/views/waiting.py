"""Why is a run not running? Read from the rows that would let it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from armillary.clock import to_datetime
from armillary.core.deployments.worker import Worker
from armillary.core.errors import NotFound
from armillary.core.runs.waiting import WaitedFor, Waiting, WaitingReason, WaitsFor
from armillary.core.states import CANCELLING, PAUSED, PENDING, RUNNING, SCHEDULED, TERMINAL, StateType
from armillary.ledger.deployments import work_queues, workers
from armillary.ledger.runs import run_inputs
from armillary.ledger.tables.deployment_tables import deployment, held_attempt, worker
from armillary.ledger.tables.run_tables import edge, flow_run, task_run, task_run_tag
from armillary.ledger.tables.server_tables import concurrency_limit, slot

_SHOWN = 20
_TERMINAL = [kind.value for kind in TERMINAL]


def of_flow_run(connection: Connection, flow_run_id: str, now: int) -> Waiting:
    """Raises NotFound."""
    run = connection.execute(select(flow_run).where(flow_run.c.id == flow_run_id)).mappings().first()
    if run is None:
        raise NotFound(f"There is no flow run {flow_run_id!r}.", subject=flow_run_id)
    kind = StateType(run["state_type"])
    answer = Waiting(flow_run_id, kind, run["state_name"])
    if kind is SCHEDULED:
        answer.reasons.extend(_scheduled(connection, run, now))
    elif kind is PENDING:
        answer.reasons.append(_pending(connection, run))
    elif kind is PAUSED:
        answer.reasons.append(_paused(connection, run))
    elif kind is CANCELLING:
        answer.reasons.append(WaitingReason(WaitsFor.CANCELLING, "Its owner is stopping it."))
    return answer


def of_task_run(connection: Connection, task_run_id: str, now: int) -> Waiting:
    """Raises NotFound."""
    run = connection.execute(select(task_run).where(task_run.c.id == task_run_id)).mappings().first()
    if run is None:
        raise NotFound(f"There is no task run {task_run_id!r}.", subject=task_run_id)
    kind = StateType(run["state_type"])
    answer = Waiting(task_run_id, kind, run["state_name"])
    if kind is SCHEDULED:
        answer.reasons.append(_until(run, now))
    elif kind is PAUSED:
        answer.reasons.append(WaitingReason(WaitsFor.RESUME, "It is paused until somebody resumes it."))
    elif kind is CANCELLING:
        answer.reasons.append(WaitingReason(WaitsFor.CANCELLING, "Its owner is stopping it."))
    elif kind is PENDING:
        answer.reasons.extend(_pending_task(connection, run))
    return answer


def _until(run: RowMapping, now: int) -> WaitingReason:
    due = run["next_scheduled_start"]
    retry = run["state_name"] == "AwaitingRetry"
    kind = WaitsFor.RETRY if retry else WaitsFor.DUE_TIME
    if due is None or due <= now:
        return WaitingReason(WaitsFor.START, "It is due and has not been started yet.")
    return WaitingReason(kind, "It waits before its next try." if retry else "Its time has not come.", to_datetime(due))


def _scheduled(connection: Connection, run: RowMapping, now: int) -> list[WaitingReason]:
    first = _until(run, now)
    if first.until is not None:
        return [first]
    deployed = None
    if run["deployment_id"] is not None:
        deployed = (
            connection.execute(select(deployment).where(deployment.c.id == run["deployment_id"])).mappings().first()
        )
    if deployed is None:
        return [first]
    return [*_of_deployment(connection, deployed), *_of_queue(connection, run, deployed, now)] or [first]


def _of_deployment(connection: Connection, deployed: RowMapping) -> list[WaitingReason]:
    limit = deployed["concurrency_limit"]
    if limit is None:
        return []
    holders = _holders(connection, held_attempt.c.deployment_id == deployed["id"])
    if len(holders) < limit:
        return []
    message = f"Deployment {deployed['name']!r} lets {limit} of its runs run at once."
    return [WaitingReason(WaitsFor.DEPLOYMENT_LIMIT, message, many=len(holders), waited_for=holders[:_SHOWN])]


def _of_queue(connection: Connection, run: RowMapping, deployed: RowMapping, now: int) -> list[WaitingReason]:
    queue = work_queues.queue_for(work_queues.every(connection), run, deployed)
    if queue is None:
        named = deployed["work_queue_name"]
        message = f"There is no work queue {named!r}, which its deployment names. Make one: armillary work-queue create {named}"
        return [WaitingReason(WaitsFor.NO_QUEUE, message)]
    reasons = []
    if queue.paused:
        about = WaitedFor("work_queue", queue.id, queue.name)
        message = f"Work queue {queue.name!r} is paused."
        reasons.append(WaitingReason(WaitsFor.QUEUE_PAUSED, message, waited_for=[about]))
    if queue.concurrency_limit is not None:
        holders = _holders(connection, held_attempt.c.work_queue_id == queue.id)
        if len(holders) >= queue.concurrency_limit:
            message = f"Work queue {queue.name!r} lets {queue.concurrency_limit} runs run at once."
            reasons.append(WaitingReason(WaitsFor.QUEUE_LIMIT, message, many=len(holders), waited_for=holders[:_SHOWN]))
    alive = [each for each in workers.every(connection, now) if each.alive]
    agents = [each for each in alive if not each.queues or queue.name in each.queues or queue.id in each.queues]
    if not agents:
        message = f"No agent takes work from queue {queue.name!r}. Start one: armillary agent start {queue.name}"
        reasons.append(WaitingReason(WaitsFor.NO_AGENT, message))
    elif all(each.slots is not None and len(each.held) >= each.slots for each in agents):
        reasons.append(_agents_are_full(connection, agents))
    return reasons


def _agents_are_full(connection: Connection, agents: Sequence[Worker]) -> WaitingReason:
    holders = _holders(connection, held_attempt.c.worker_id.in_([each.id for each in agents]))
    ended = sum(each.state_type in TERMINAL for each in holders)
    many = f"as many runs at once as it may: {len(holders)}"
    one = len(agents) == 1
    message = (
        f"Agent {agents[0].name!r} has {many}." if one else f"Each of the {len(agents)} agents of its queue has {many}."
    )
    if ended:
        message += f" {ended} of them ended, but their processes have not left yet."
    return WaitingReason(WaitsFor.AGENT_LIMIT, message, many=len(holders), waited_for=holders[:_SHOWN])


def _holders(connection: Connection, condition: Any) -> list[WaitedFor]:
    statement = (
        select(flow_run.c.id, flow_run.c.name, flow_run.c.state_type)
        .join(held_attempt, held_attempt.c.flow_run_id == flow_run.c.id)
        .where(condition)
        .order_by(flow_run.c.id)
    )
    return [WaitedFor("flow_run", row.id, row.name, StateType(row.state_type)) for row in connection.execute(statement)]


def _pending(connection: Connection, run: RowMapping) -> WaitingReason:
    held = (
        select(worker.c.id, worker.c.name)
        .join(held_attempt, held_attempt.c.worker_id == worker.c.id)
        .where(held_attempt.c.flow_run_id == run["root_flow_run_id"])
    )
    holder = connection.execute(held).first()
    if holder is None:
        return WaitingReason(WaitsFor.START, "Its process is starting it.")
    about = WaitedFor("worker", holder.id, holder.name)
    return WaitingReason(WaitsFor.WORKER, f"Agent {holder.name!r} took it and is starting it.", waited_for=[about])


def _paused(connection: Connection, run: RowMapping) -> WaitingReason:
    asked = run_inputs.open_question(connection, run["id"])
    if asked is None:
        return WaitingReason(WaitsFor.RESUME, "It is paused until somebody resumes it.")
    what = "" if asked.schema is None else " with the input it asks for"
    return WaitingReason(WaitsFor.RESUME, f"It is paused until somebody resumes it{what}.", asked.expires)


def _pending_task(connection: Connection, run: RowMapping) -> list[WaitingReason]:
    reasons = []
    home = connection.execute(
        select(flow_run.c.id, flow_run.c.name, flow_run.c.state_type).where(flow_run.c.id == run["flow_run_id"])
    ).first()
    if home is not None and home.state_type != RUNNING:
        about = WaitedFor("flow_run", home.id, home.name, StateType(home.state_type))
        reasons.append(
            WaitingReason(WaitsFor.FLOW_RUN, f"Its flow run {home.name!r} is {home.state_type}.", waited_for=[about])
        )
    dependency = _dependency(connection, run)
    if dependency is not None:
        reasons.append(dependency)
    if run["state_name"] == "AwaitingSlot":
        reasons.extend(_slots(connection, run))
    return reasons or [WaitingReason(WaitsFor.START, "It is ready: the task runner has not begun it yet.")]


def _dependency(connection: Connection, run: RowMapping) -> WaitingReason | None:
    waited_for = (
        task_run.c.id.in_(
            select(edge.c.upstream_task_run_id).where(
                edge.c.flow_run_id == run["flow_run_id"], edge.c.task_run_id == run["id"]
            )
        ),
        task_run.c.state_type.not_in(_TERMINAL),
    )
    many = connection.execute(select(func.count()).select_from(task_run).where(*waited_for)).scalar_one()
    if not many:
        return None
    statement = select(task_run.c.id, task_run.c.name, task_run.c.state_type).where(*waited_for).order_by(task_run.c.id)
    found = [
        WaitedFor("task_run", row.id, row.name, StateType(row.state_type))
        for row in connection.execute(statement.limit(_SHOWN))
    ]
    said = f"upstream {found[0].name!r} has" if many == 1 else f"{many} upstreams have"
    return WaitingReason(WaitsFor.DEPENDENCY, f"Its {said} not ended.", many=many, waited_for=found)


def _slots(connection: Connection, run: RowMapping) -> list[WaitingReason]:
    limits = (
        select(concurrency_limit.c.id, concurrency_limit.c.tag, concurrency_limit.c.slots)
        .join(task_run_tag, task_run_tag.c.tag == concurrency_limit.c.tag)
        .where(task_run_tag.c.task_run_id == run["id"])
        .order_by(concurrency_limit.c.tag)
    )
    reasons = []
    for limit in connection.execute(limits).all():
        held = (
            select(task_run.c.id, task_run.c.name, task_run.c.state_type)
            .join(slot, slot.c.run_id == task_run.c.id)
            .where(slot.c.concurrency_limit_id == limit.id)
            .order_by(slot.c.acquired)
        )
        holders = [
            WaitedFor("task_run", row.id, row.name, StateType(row.state_type)) for row in connection.execute(held)
        ]
        if len(holders) >= limit.slots:
            message = f"All {limit.slots} slots of tag {limit.tag!r} are taken."
            reasons.append(WaitingReason(WaitsFor.SLOT, message, many=len(holders), waited_for=holders[:_SHOWN]))
    return reasons or [WaitingReason(WaitsFor.SLOT, "It waits for a slot of its tags.")]
