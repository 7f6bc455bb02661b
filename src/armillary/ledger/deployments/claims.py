"""Claims: which worker runs which scheduled run. One transaction decides, so no run is started twice.

A claim grants an attempt of each run it hands out, which is what fences whoever had the run before. Asking again with the id
of a claim gives what it gave, in case the answer was lost on its way. A worker whose lease runs out loses what it holds: its
runs are presumed crashed, and put back into their queue as often as their deployment allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from logging import getLogger

from msgspec import json
from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import DataError, IntegrityError

from armillary.clock import to_datetime
from armillary.core.deployments.deployment import OnCollision
from armillary.core.deployments.work_queue import WorkQueue
from armillary.core.deployments.worker import ClaimedRun
from armillary.core.errors import ArmillaryError, NotFound
from armillary.core.rules.crash import Death
from armillary.core.states import CANCELLED, SCHEDULED, TERMINAL, State
from armillary.ledger.database import dialect, result_keys
from armillary.ledger.deployments import deployments, run_deaths, work_queues, workers
from armillary.ledger.ownership import attempts, flow_run_changes, fresh_starts
from armillary.ledger.runs import flow_runs, run_inputs
from armillary.ledger.tables.deployment_tables import claim, deployment, held_attempt
from armillary.ledger.tables.run_tables import flow_run

_logger = getLogger("armillary.ledger")

_FINISHED = sorted(str(kind) for kind in TERMINAL)

_LOOKED_AT_FOR_EACH = 8
"""Due runs looked at for each that is asked for: others, who claim at the same time, have some of them already."""

Candidate = tuple[RowMapping, RowMapping, WorkQueue]
"""A run that is due, its deployment's row, and the queue it waits in."""


def _no_token(_flow_run_id: str, _attempt: int) -> str | None:
    return None


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
    makes, from run and attempt, what is kept of the attempt's token. Raises NotFound for a worker that has stopped."""
    dialect.lock(connection, f"claim {claim_id}")
    known = connection.execute(select(claim.c.answer, claim.c.at).where(claim.c.id == claim_id)).first()
    if known is not None:
        still = _kept_from(connection, worker_id, known.at, token_hash_of)
        again: list[ClaimedRun] = []
        for flow_run_id, queue_name in json.decode(known.answer):
            if flow_run_id in still:
                with skipping(connection, flow_run_id):
                    again.append(_claimed(connection, flow_run_id, queue_name))
        return again
    workers.hold(connection, worker_id)
    _let_go_of_finished(connection)
    every = work_queues.every(connection)
    wanted = [queue for queue in every if not queues or queue.name in queues or queue.id in queues]
    for name in queues:
        work_queues.find(connection, name)
    claimed: list[ClaimedRun] = []
    for candidate in _chosen(connection, every, wanted, limit, now):
        with skipping(connection, candidate[0]["id"]):
            claimed.append(_granted(connection, candidate, worker_id, now, token_hash_of))
    work_queues.polled(connection, [queue.id for queue in wanted], now)
    if claimed:
        answer = json.encode([(each.flow_run.id, each.work_queue) for each in claimed]).decode()
        connection.execute(insert(claim), {"id": claim_id, "worker_id": worker_id, "answer": answer, "at": now})
    return claimed


def _granted(
    connection: Connection,
    candidate: Candidate,
    worker_id: str,
    now: int,
    token_hash_of: Callable[[str, int], str | None],
) -> ClaimedRun:
    run, of, queue = candidate
    attempt = attempts.grant_attempt(connection, run["id"], now)
    held = {
        "flow_run_id": run["id"],
        "attempt": attempt,
        "worker_id": worker_id,
        "work_queue_id": queue.id,
        "deployment_id": of["id"],
        "token_hash": token_hash_of(run["id"], attempt),
        "granted": now,
    }
    # It may have ended and be due again before the worker that had it has said so.
    dialect.upsert(connection, held_attempt, [held])
    return _claimed(connection, run["id"], queue.name)


@contextmanager
def skipping(connection: Connection, flow_run_id: str) -> Iterator[None]:
    """What one run is refused, or cannot be read of it, is undone and said, and stops no other run from being handed out."""
    try:
        with connection.begin_nested():
            yield
    except (ArmillaryError, DataError, IntegrityError, ValueError, RecursionError) as problem:
        _logger.warning("Flow run %s cannot be started and is passed over: %s", flow_run_id, problem)


def _kept_from(
    connection: Connection, worker_id: str, at: int, token_hash_of: Callable[[str, int], str | None]
) -> list[str]:
    """The runs that a worker still holds by what it claimed at that moment: others it has lost since, or claimed anew. Their tokens
    are made from the token it asks with now, which may be another than the first time."""
    table = held_attempt
    held = (
        select(table.c.flow_run_id, table.c.attempt)
        .where(table.c.worker_id == worker_id, table.c.granted == at)
        .order_by(table.c.flow_run_id)
    )
    kept = []
    for run_id, attempt in connection.execute(held).all():
        of_this_attempt = and_(table.c.flow_run_id == run_id, table.c.attempt == attempt)
        changed = connection.execute(
            update(table).where(of_this_attempt).values(token_hash=token_hash_of(run_id, attempt))
        )
        if changed.rowcount:  # else it was given back just now
            kept.append(str(run_id))
    return kept


def _chosen(
    connection: Connection, every: Sequence[WorkQueue], wanted: Sequence[WorkQueue], limit: int, now: int
) -> list[Candidate]:
    """The runs to hand out. Of those that others claim at this moment none is waited for.

    Where one queue goes before another all that waits is looked at, else the first of it, and the rest only when there is nothing
    among the first.
    """
    open_queues = [queue for queue in wanted if not queue.paused]
    few = limit * _LOOKED_AT_FOR_EACH
    if few < work_queues.MOST_CANDIDATES and len({queue.priority for queue in open_queues}) == 1:
        chosen, seen = _chosen_among(connection, every, open_queues, limit, now, few)
        if chosen or seen < few:
            return chosen
    return _chosen_among(connection, every, open_queues, limit, now, work_queues.MOST_CANDIDATES)[0]


def _chosen_among(
    connection: Connection, every: Sequence[WorkQueue], wanted: Sequence[WorkQueue], limit: int, now: int, most: int
) -> tuple[list[Candidate], int]:
    """Of the ``most`` that have been due the longest; and how many those were."""
    ids = {queue.id for queue in wanted}
    candidates: list[Candidate] = []
    waiting = work_queues.waiting(connection, now, limit=most)
    for run, of in waiting:
        with skipping(connection, run["id"]):
            queue = work_queues.queue_for(every, run, of)
            if queue is not None and queue.id in ids:
                candidates.append((run, of, queue))
    candidates.sort(key=lambda each: (each[2].priority, each[0]["next_scheduled_start"], each[0]["id"]))
    room = _Room(connection, candidates)
    chosen: list[Candidate] = []
    left = iter(candidates)
    while len(chosen) < limit:
        wave = list(islice((each for each in left if room.is_for(each) or _is_refused(each)), limit - len(chosen)))
        if not wave:
            break
        free = _still_waiting(connection, [run["id"] for run, _, _ in wave])
        for each in wave:
            run, of, _ = each
            if run["id"] not in free:
                continue
            if room.is_for(each):
                room.take(each)
                chosen.append(each)
            elif _is_refused(each):
                said = f"{of['concurrency_limit']} runs of its deployment ran when it was due."
                with skipping(connection, run["id"]):
                    flow_run_changes.set_state(connection, run["id"], State(CANCELLED, "", said), now)
    return chosen, len(waiting)


class _Room:
    """What the limits of queues and deployments leave, counted under the locks of those limits."""

    def __init__(self, connection: Connection, candidates: Sequence[Candidate]) -> None:
        limited = {f"work_queue {queue.id}" for _, _, queue in candidates if queue.concurrency_limit is not None}
        limited |= {f"deployment {of['id']}" for _, of, _ in candidates if of["concurrency_limit"] is not None}
        for name in sorted(limited):
            dialect.lock(connection, name)
        self._in_queue = work_queues.running(connection) if limited else {}
        self._of_deployment = _running_of_deployments(connection) if limited else {}

    def is_for(self, candidate: Candidate) -> bool:
        _, of, queue = candidate
        if queue.concurrency_limit is not None and self._in_queue.get(queue.id, 0) >= queue.concurrency_limit:
            return False
        return of["concurrency_limit"] is None or self._of_deployment.get(of["id"], 0) < of["concurrency_limit"]

    def take(self, candidate: Candidate) -> None:
        _, of, queue = candidate
        self._in_queue[queue.id] = self._in_queue.get(queue.id, 0) + 1
        self._of_deployment[of["id"]] = self._of_deployment.get(of["id"], 0) + 1


def _is_refused(candidate: Candidate) -> bool:
    """Whether a run is cancelled when there is no room for it."""
    _, of, _ = candidate
    return of["concurrency_limit"] is not None and of["on_collision"] == OnCollision.CANCEL_NEW


def _still_waiting(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of these runs that nobody else is writing now and that are still to be started."""
    free = dialect.lock_free(connection, ids)
    run = flow_run.c
    still = select(run.id).where(run.id.in_(free), run.state_type == str(SCHEDULED))
    return {str(each) for each in connection.execute(still).scalars()}


def _running_of_deployments(connection: Connection) -> dict[str, int]:
    held = held_attempt.c.deployment_id
    statement = select(held, func.count()).where(held.is_not(None)).group_by(held)
    return {str(each): many for each, many in connection.execute(statement)}


def next_due(connection: Connection, now: int) -> int | None:
    """When the next run of any deployment falls due, if any waits."""
    run = flow_run.c
    statement = (
        select(run.next_scheduled_start)
        .join(deployment, deployment.c.id == run.deployment_id)
        .where(run.state_type == str(SCHEDULED), run.next_scheduled_start > now, run.root_flow_run_id == run.id)
        .order_by(run.next_scheduled_start)
        .limit(1)
    )
    return connection.execute(statement).scalar()


def release(
    connection: Connection,
    worker_id: str,
    flow_run_id: str,
    now: int,
    *,
    attempt: int | None = None,
    died: str | None = None,
    whose: Death = Death.PROCESS,
) -> None:
    """A worker is done with a run. ``died`` says how its process ended, when it did not end by itself, and ``whose`` death that
    was: what it left is settled, and tried again as often as the deployment allows. Asking twice changes nothing. ``attempt``
    names what is released: a worker that lost a run may have been given it again. None: whichever attempt it holds."""
    dialect.lock(connection, flow_run_id)
    table = held_attempt
    held = connection.execute(
        select(table.c.attempt).where(table.c.flow_run_id == flow_run_id, table.c.worker_id == worker_id)
    ).scalar()
    if held is None or attempt not in (None, held):
        return
    connection.execute(delete(table).where(table.c.flow_run_id == flow_run_id))
    run_deaths.settle(connection, flow_run_id, held, died, whose, now)


def hand_back(
    connection: Connection, worker_id: str, flow_run_id: str, now: int, *, attempt: int | None = None
) -> None:
    """A worker gives back a run it has not started: it waits for its time again, as if nobody had had it. ``attempt`` as for
    :func:`release`."""
    dialect.lock(connection, flow_run_id)
    run = flow_runs.get(connection, flow_run_id)
    if run is None or run.state_name != "Submitting":
        return
    table = held_attempt
    wanted = [table.c.flow_run_id == flow_run_id, table.c.worker_id == worker_id]
    if attempt is not None:
        wanted.append(table.c.attempt == attempt)
    held = connection.execute(delete(table).where(*wanted))
    if held.rowcount:
        flow_run_changes.back_to_queue(connection, flow_run_id, now, "Handed back before it started.")


def stop(connection: Connection, worker_id: str, now: int) -> None:
    """A worker ends, and holds nothing any more."""
    workers.seize(connection, worker_id)
    for flow_run_id in workers.held_by(connection, worker_id):
        hand_back(connection, worker_id, flow_run_id, now)
        release(connection, worker_id, flow_run_id, now, died="The agent that had it stopped.", whose=Death.AGENT)
    workers.end(connection, worker_id, now)


def reap(connection: Connection, now: int) -> dict[str, int]:
    """Presume workers dead whose lease has run out, and take back what one that stopped still holds."""
    lost = 0
    for worker_id in workers.silent(connection, now):
        until = workers.seize(connection, worker_id)
        if until is not None and until < now:
            lost += _take_back(connection, worker_id, now, "Its agent stopped sending heartbeats.")
            workers.end(connection, worker_id, now)
    for worker_id in workers.stopped_with_runs(connection):
        lost += _take_back(connection, worker_id, now, "The agent that had it stopped.")
    return {"lost_runs": lost}


def _take_back(connection: Connection, worker_id: str, now: int, said: str) -> int:
    """How many runs the worker held."""
    held = workers.held_by(connection, worker_id)
    for flow_run_id in held:
        release(connection, worker_id, flow_run_id, now, died=said, whose=Death.AGENT)
    return len(held)


def _let_go_of_finished(connection: Connection) -> None:
    """Runs that ended count in no queue and no deployment, whether or not their worker has said so yet. Until it has, they are
    its own: the last of their journals is yet to come."""
    table = held_attempt
    counted = or_(table.c.work_queue_id.is_not(None), table.c.deployment_id.is_not(None))
    ended = (
        select(table.c.flow_run_id)
        .join(flow_run, flow_run.c.id == table.c.flow_run_id)
        .where(counted, flow_run.c.state_type.in_(_FINISHED))
        .with_for_update(of=table, skip_locked=True)
    )
    connection.execute(
        update(table).where(table.c.flow_run_id.in_(ended)).values(work_queue_id=None, deployment_id=None)
    )


def _claimed(connection: Connection, flow_run_id: str, queue: str) -> ClaimedRun:
    run = flow_runs.get(connection, flow_run_id)
    if run is None or run.deployment_id is None:
        raise NotFound(f"There is no flow run {flow_run_id!r}.", subject=flow_run_id)
    answers = run_inputs.answers(connection, flow_run_id)
    since = fresh_starts.since(connection, flow_run_id)
    return ClaimedRun(
        run,
        deployments.get(connection, run.deployment_id),
        queue,
        answers,
        fresh_since=None if since is None else to_datetime(since),
        result_secret=result_keys.of_deployment(connection, run.deployment_id),
    )
