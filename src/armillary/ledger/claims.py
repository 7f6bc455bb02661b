"""Claims: which worker runs which scheduled run. One transaction decides, so no run is started twice.

A claim grants an attempt of each run it hands out, which is what fences whoever had the run before. Asking again with the id
of a claim gives what it gave, in case the answer was lost on its way. A worker whose lease runs out loses what it holds: its
runs are presumed crashed, and put back into their queue as often as their deployment allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import json
from sqlalchemy import Connection, RowMapping, delete, func, insert, or_, select, update

from armillary.core.deployment import OnCollision
from armillary.core.errors import NotFound
from armillary.core.states import CANCELLED, CRASHED, TERMINAL, State
from armillary.core.work_queue import WorkQueue
from armillary.core.worker import ClaimedRun, Worker
from armillary.ledger import (
    attempts,
    deployments,
    dialect,
    flow_run_changes,
    flow_runs,
    run_inputs,
    run_rows,
    settling,
    work_queues,
)
from armillary.ledger.deployment_tables import claim, held_attempt, work_queue, worker
from armillary.ledger.outbox import Outbox
from armillary.ledger.rows import moment
from armillary.ledger.tables import flow_run, flow_run_state

LEASE_MICROS = 15_000_000
_REMEMBERED_MICROS = 600_000_000
_FINISHED = sorted(str(kind) for kind in TERMINAL)


def _no_token(_flow_run_id: str, _attempt: int) -> str | None:
    return None


def register(connection: Connection, wanted: Worker, now: int) -> None:
    """A worker begins. Registering again renews it."""
    row = {
        "id": wanted.id,
        "name": wanted.name,
        "kind": "agent",
        "host": wanted.host,
        "pid": wanted.pid,
        "version": wanted.version,
        "queues": json.encode(wanted.queues).decode(),
        "slots": wanted.slots,
        "started": now,
        "last_heartbeat": now,
        "lease_until": now + LEASE_MICROS,
        "stopped": None,
    }
    dialect.upsert(connection, worker, [row])


def heartbeat(connection: Connection, worker_id: str, now: int) -> None:
    """The worker lives: its lease begins anew. Raises NotFound for one nobody knows, which should register."""
    changed = connection.execute(
        update(worker)
        .where(worker.c.id == worker_id, worker.c.stopped.is_(None))
        .values(last_heartbeat=now, lease_until=now + LEASE_MICROS)
    )
    if not changed.rowcount:
        raise NotFound(f"There is no worker {worker_id!r} any more.", subject=worker_id, advice="Register it again.")


def claim_runs(
    connection: Connection,
    worker_id: str,
    claim_id: str,
    queues: Sequence[str],
    limit: int,
    now: int,
    *,
    token_hash_of: Callable[[str, int], str | None] = _no_token,
) -> list[ClaimedRun]:
    """Give a worker up to ``limit`` runs that are due in its queues (empty: in all), by priority and time. ``token_hash_of``
    makes, from run and attempt, what is kept of the attempt's token."""
    known = connection.execute(select(claim.c.answer).where(claim.c.id == claim_id)).scalar()
    if known is not None:
        return [_claimed(connection, *each) for each in json.decode(known)]
    _let_go_of_finished(connection)
    every = work_queues.every(connection)
    wanted = [queue for queue in every if not queues or queue.name in queues or queue.id in queues]
    for name in queues:
        work_queues.find(connection, name)
    chosen = _chosen(connection, every, wanted, limit, now)
    answer = []
    for run, of, queue in chosen:
        attempt = attempts.grant_attempt(connection, run["id"], now)
        # It may have ended and be due again before the worker that had it has said so.
        connection.execute(delete(held_attempt).where(held_attempt.c.flow_run_id == run["id"]))
        connection.execute(
            insert(held_attempt),
            {
                "flow_run_id": run["id"],
                "attempt": attempt,
                "worker_id": worker_id,
                "work_queue_id": queue.id,
                "deployment_id": of["id"],
                "token_hash": token_hash_of(run["id"], attempt),
                "granted": now,
                "missed_beats": 0,
            },
        )
        answer.append((run["id"], queue.name))
    connection.execute(
        update(work_queue).where(work_queue.c.id.in_([each.id for each in wanted])).values(last_polled=now)
    )
    if answer:
        told = {"id": claim_id, "worker_id": worker_id, "answer": json.encode(answer).decode(), "at": now}
        connection.execute(insert(claim), told)
        connection.execute(delete(claim).where(claim.c.at < now - _REMEMBERED_MICROS))
    return [_claimed(connection, *each) for each in answer]


def _chosen(
    connection: Connection, every: Sequence[WorkQueue], wanted: Sequence[WorkQueue], limit: int, now: int
) -> list[tuple[RowMapping, RowMapping, WorkQueue]]:
    in_queue = work_queues.running(connection)
    of_deployment: dict[str, int] = {}
    for deployment_id in connection.execute(select(held_attempt.c.deployment_id)).scalars():
        of_deployment[str(deployment_id)] = of_deployment.get(str(deployment_id), 0) + 1
    ids = {queue.id for queue in wanted if not queue.paused}
    candidates = []
    for run, of in work_queues.waiting(connection, now):
        queue = work_queues.queue_for(every, run, of)
        if queue is not None and queue.id in ids:
            candidates.append((run, of, queue))
    candidates.sort(key=lambda each: (each[2].priority, each[0]["next_scheduled_start"], each[0]["id"]))
    chosen: list[tuple[RowMapping, RowMapping, WorkQueue]] = []
    for run, of, queue in candidates:
        if len(chosen) == limit:
            break
        if queue.concurrency_limit is not None and in_queue.get(queue.id, 0) >= queue.concurrency_limit:
            continue
        if of["concurrency_limit"] is not None and of_deployment.get(of["id"], 0) >= of["concurrency_limit"]:
            if of["on_collision"] == OnCollision.CANCEL_NEW:
                said = f"{of['concurrency_limit']} runs of its deployment ran when it was due."
                flow_run_changes.set_state(connection, run["id"], State(CANCELLED, "", said), now)
            continue
        in_queue[queue.id] = in_queue.get(queue.id, 0) + 1
        of_deployment[of["id"]] = of_deployment.get(of["id"], 0) + 1
        chosen.append((run, of, queue))
    return chosen


def next_due(connection: Connection, now: int) -> int | None:
    """When the next run of any deployment falls due, if any waits."""
    found = work_queues.waiting(connection, now + 3_600_000_000, limit=work_queues.MOST_CANDIDATES)
    return next((row["next_scheduled_start"] for row, _ in found if row["next_scheduled_start"] > now), None)


def release(connection: Connection, worker_id: str, flow_run_id: str, now: int, *, died: str | None = None) -> None:
    """A worker is done with a run. ``died`` says how its process ended, when it did not end by itself: what it left is
    settled, and tried again as often as the deployment allows. Asking twice changes nothing."""
    table = held_attempt
    held = connection.execute(
        select(table.c.attempt).where(table.c.flow_run_id == flow_run_id, table.c.worker_id == worker_id)
    ).scalar()
    if held is None:
        return
    connection.execute(delete(table).where(table.c.flow_run_id == flow_run_id))
    if died is not None:
        _settle(connection, flow_run_id, held, died, now)


def hand_back(connection: Connection, worker_id: str, flow_run_id: str, now: int) -> None:
    """A worker gives back a run it has not started: it waits for its time again, as if nobody had had it."""
    run = flow_runs.get(connection, flow_run_id)
    if run is None or run.state_name != "Submitting":
        return
    held = connection.execute(
        delete(held_attempt).where(held_attempt.c.flow_run_id == flow_run_id, held_attempt.c.worker_id == worker_id)
    )
    if held.rowcount:
        flow_run_changes.back_to_queue(connection, flow_run_id, now, "Handed back before it started.")


def stop(connection: Connection, worker_id: str, now: int) -> None:
    """A worker ends, and holds nothing any more."""
    for flow_run_id in _held_by(connection, worker_id):
        hand_back(connection, worker_id, flow_run_id, now)
        release(connection, worker_id, flow_run_id, now, died="The agent that had it stopped.")
    connection.execute(update(worker).where(worker.c.id == worker_id).values(stopped=now))


def reap(connection: Connection, now: int) -> dict[str, int]:
    """Presume workers dead whose lease has run out."""
    table = worker
    dead = connection.execute(select(table.c.id).where(table.c.stopped.is_(None), table.c.lease_until < now)).scalars()
    lost = 0
    for worker_id in list(dead):
        for flow_run_id in _held_by(connection, worker_id):
            lost += 1
            release(connection, worker_id, flow_run_id, now, died="The agent that ran it fell silent.")
        connection.execute(update(table).where(table.c.id == worker_id).values(stopped=now))
    return {"lost_runs": lost}


def workers(connection: Connection, now: int, *, with_stopped: bool = False) -> list[Worker]:
    """The workers, newest first."""
    statement = select(worker).order_by(worker.c.started.desc())
    if not with_stopped:
        statement = statement.where(worker.c.stopped.is_(None))
    found = connection.execute(statement).mappings().all()
    return [_worker(connection, row, now) for row in found]


def _settle(connection: Connection, flow_run_id: str, attempt: int, died: str, now: int) -> None:
    run = flow_runs.get(connection, flow_run_id)
    if run is None or run.attempt != attempt:
        return
    if run.state_type not in TERMINAL:
        settling.settle(connection, flow_run_id, attempt, now, presumed=True)
    after = flow_runs.get(connection, flow_run_id)
    if after is None or after.state_type is not CRASHED or after.deployment_id is None:
        return
    _say_why(connection, flow_run_id, died, now)
    try:
        of = deployments.get(connection, after.deployment_id)
    except NotFound:
        return
    table = flow_run_state
    crashes = select(func.count()).where(
        table.c.flow_run_id == flow_run_id, table.c.type == str(CRASHED), table.c.applied
    )
    if connection.execute(crashes).scalar_one() <= of.crash_retries:
        flow_run_changes.schedule_again(connection, flow_run_id, now)


def _say_why(connection: Connection, flow_run_id: str, died: str, now: int) -> None:
    """Who follows the journal may have seen the death first; how the process ended only its agent knows."""
    [row] = run_rows.load(connection, flow_run, [flow_run_id])
    row["state_message"] = died
    row["updated"] = max(row["updated"], now)
    dialect.upsert(connection, flow_run, [row])
    line = flow_run_state
    connection.execute(
        update(line)
        .where(line.c.flow_run_id == flow_run_id, line.c.sequence == row["history_length"] - 1)
        .values(message=died)
    )
    outbox = Outbox(now)
    outbox.tell_run("flow_run", row, flow_run_id)
    outbox.number(connection)


def _let_go_of_finished(connection: Connection) -> None:
    """Runs that ended count in no queue and no deployment, whether or not their worker has said so yet. Until it has, they are
    its own: the last of their journals is yet to come."""
    table = held_attempt
    ended = select(flow_run.c.id).where(flow_run.c.id == table.c.flow_run_id, flow_run.c.state_type.in_(_FINISHED))
    counted = or_(table.c.work_queue_id.is_not(None), table.c.deployment_id.is_not(None))
    connection.execute(update(table).where(counted, ended.exists()).values(work_queue_id=None, deployment_id=None))


def _held_by(connection: Connection, worker_id: str) -> list[str]:
    statement = select(held_attempt.c.flow_run_id).where(held_attempt.c.worker_id == worker_id)
    return [str(each) for each in connection.execute(statement.order_by(held_attempt.c.flow_run_id)).scalars()]


def _claimed(connection: Connection, flow_run_id: str, queue: str) -> ClaimedRun:
    run = flow_runs.get(connection, flow_run_id)
    if run is None or run.deployment_id is None:
        raise NotFound(f"There is no flow run {flow_run_id!r}.", subject=flow_run_id)
    answers = run_inputs.answers(connection, flow_run_id)
    return ClaimedRun(run, deployments.get(connection, run.deployment_id), queue, answers)


def _worker(connection: Connection, row: Any, now: int) -> Worker:
    return Worker(
        id=row["id"],
        name=row["name"],
        host=row["host"],
        pid=row["pid"],
        version=row["version"],
        started=moment(row["started"]),
        last_heartbeat=moment(row["last_heartbeat"]),
        queues=json.decode(row["queues"]),
        slots=row["slots"],
        stopped=None if row["stopped"] is None else moment(row["stopped"]),
        alive=row["stopped"] is None and row["lease_until"] >= now,
        held=_held_by(connection, row["id"]),
    )
