"""``/workers``: agents register, claim runs, and say that they live."""

from __future__ import annotations

from asyncio import sleep
from contextlib import suppress
from time import monotonic
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from armillary.clock import to_datetime, to_us
from armillary.core.deployments.worker import ClaimedRun, Worker
from armillary.core.errors import IllegalTransition, NotFound, Unauthenticated
from armillary.core.rules.crash import Death
from armillary.home import commands as asking
from armillary.ledger.deployments import claims, collisions, workers
from armillary.ledger.ingest import output_lines
from armillary.ledger.nouns.api_tokens import hash_of
from armillary.server.access.attempt_tokens import attempt_token
from armillary.server.access.derived_tokens import bearer_token
from armillary.server.api.answers import answer, tagged
from armillary.server.api.bodies import Body, Id, IdText, Moment, Name, Tags, Text, Written
from armillary.server.api.idempotency import Key, create_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.live.keeper import Keeper
from armillary.server.permissions import ADMIN, READ, WORK, Caller, requires

router = api_router("/workers", tags=["workers"])

LONGEST_WAIT_SECONDS = 60.0
CLAIMS_APART_SECONDS = 0.02


class WorkerBody(Body):
    name: Name
    host: Name
    pid: Annotated[int, Field(ge=0, le=1 << 31)]
    version: Name
    queues: Tags = []
    slots: Annotated[int, Field(ge=1, le=100_000)] | None = None


class ClaimBody(Body):
    """Asked again with the same ``claim_id``, the same runs are the answer."""

    claim_id: IdText
    queues: Tags = []
    limit: Annotated[int, Field(ge=1, le=1000)] = 1
    wait_seconds: Annotated[float, Field(ge=0, le=LONGEST_WAIT_SECONDS)] = 0.0


class HeldRun(Body):
    """``attempt`` is the one the worker was given: if it holds another by now, nothing changes. Without it, whichever it holds is
    meant. ``died`` says how the run's process ended, when that was not by itself; ``whose`` death it was: that of an agent does not
    spend the deployment's crash retries."""

    flow_run_id: IdText
    attempt: Annotated[int, Field(ge=1, le=1 << 31)] | None = None
    died: Text | None = None
    whose: Death = Death.PROCESS


class OutputLine(Body):
    """Whatever a process wrote is taken; what cannot be stored is replaced."""

    at: Moment
    text: Written


class Output(Body):
    flow_run_id: IdText
    lines: Annotated[list[OutputLine], Field(max_length=1000)]


@router.get("", response_model=list[Worker], dependencies=[requires(READ)])
def list_workers(request: Request, ledger: ServedLedger) -> Response:
    """Those that have not stopped, newest first."""
    with ledger.read() as connection:
        return tagged(request, workers.every(connection, ledger.ledger.now()))


@router.put("/{worker_id}", status_code=204, dependencies=[requires(WORK)])
def register(request: Request, ledger: ServedLedger, worker_id: Id, wanted: WorkerBody) -> Response:
    """The worker is this token's from now on: no other may speak for it, as long as this one is good."""
    now = ledger.ledger.now()
    caller: Caller = request.scope["caller"]
    with ledger.write() as connection:
        made = Worker(
            str(worker_id),
            wanted.name,
            wanted.host,
            wanted.pid,
            wanted.version,
            to_datetime(now),
            to_datetime(now),
            wanted.queues,
            wanted.slots,
        )
        workers.register(connection, made, now, caller.token_id)
    return Response(status_code=204)


@router.post("/{worker_id}/heartbeat", status_code=204, dependencies=[requires(WORK)])
def heartbeat(request: Request, ledger: ServedLedger, worker_id: Id) -> Response:
    """Renew the worker's lease of 15 seconds; 404 when it was lost."""
    _hear(ledger, str(worker_id), _speaks_as(request))
    return Response(status_code=204)


@router.post("/{worker_id}/claim", response_model=list[ClaimedRun], dependencies=[requires(WORK)])
async def claim(request: Request, ledger: ServedLedger, worker_id: Id, wanted: ClaimBody) -> Response:
    """Take runs that are due, each with a token for its process; with none, wait until one falls due, or ``wait_seconds``. Each request
    counts as a heartbeat; waiting does not, and a claim whose connection has ended gets nothing."""
    agents_token = bearer_token(request)
    left = wanted.wait_seconds
    owner = _speaks_as(request)
    await run_in_threadpool(_hear, ledger, str(worker_id), owner)
    while True:
        told, began = ledger.news.told, monotonic()
        claimed, due = await run_in_threadpool(_claim, ledger, str(worker_id), wanted, agents_token, owner)
        if claimed or left <= 0 or ledger.news.is_over:
            return answer(claimed)
        wait = left if due is None else min(left, max(0.0, (due - ledger.ledger.now()) / 1e6) + 0.001)
        left -= await ledger.news.wait(wait, told)
        if await request.is_disconnected():
            return answer([])
        if agents_token is not None:
            await _check_still_good(request, agents_token)
        rest = CLAIMS_APART_SECONDS - (monotonic() - began)
        if rest > 0:  # a server that writes all the time would claim all the time
            left -= rest
            await sleep(rest)


@router.post("/{worker_id}/release", status_code=204, dependencies=[requires(WORK)])
def release(request: Request, ledger: ServedLedger, worker_id: Id, held: HeldRun) -> Response:
    """The worker is done with a run, and has shipped all that the run recorded."""
    with ledger.write() as connection:
        workers.check_owner(connection, str(worker_id), _speaks_as(request))
        claims.release(
            connection,
            str(worker_id),
            held.flow_run_id,
            ledger.ledger.now(),
            attempt=held.attempt,
            died=held.died,
            whose=held.whose,
        )
    return Response(status_code=204)


@router.post("/{worker_id}/output", response_model=int, dependencies=[requires(WORK)])
def record_output(request: Request, ledger: ServedLedger, worker_id: Id, said: Output, key: Key = None) -> Response:
    """Lines that a run's process wrote, for the run's log; how many were taken."""
    lines = [(to_us(each.at), each.text) for each in said.lines]

    def add(connection: Connection) -> int:
        workers.check_owner(connection, str(worker_id), _speaks_as(request))
        return output_lines.add(connection, str(worker_id), said.flow_run_id, lines, ledger.ledger.now())

    return create_once(ledger, key, f"POST /workers/{worker_id}/output", said, add, 200)


@router.post("/{worker_id}/hand_back", status_code=204, dependencies=[requires(WORK)])
def hand_back(request: Request, ledger: ServedLedger, worker_id: Id, held: HeldRun) -> Response:
    """The worker has not started it: another one may."""
    with ledger.write() as connection:
        workers.check_owner(connection, str(worker_id), _speaks_as(request))
        claims.hand_back(connection, str(worker_id), held.flow_run_id, ledger.ledger.now(), attempt=held.attempt)
    return Response(status_code=204)


@router.post("/{worker_id}/stop", status_code=204, dependencies=[requires(WORK)])
def stop(request: Request, ledger: ServedLedger, worker_id: Id) -> Response:
    with ledger.write() as connection:
        workers.check_owner(connection, str(worker_id), _speaks_as(request))
        claims.stop(connection, str(worker_id), ledger.ledger.now())
    return Response(status_code=204)


async def _check_still_good(request: Request, token: str) -> None:
    """A claim may wait for a minute: a token that was revoked meanwhile gets nothing. Raises Unauthenticated."""
    if await request.app.state.callers.find(token) is None:
        raise Unauthenticated("The token was revoked while this claim waited.", subject="Authorization")


def _speaks_as(request: Request) -> str | None:
    """The token whose workers the caller may speak for; None: an admin, or anybody where there are no tokens, for all."""
    caller: Caller = request.scope["caller"]
    return None if ADMIN in caller.permissions else caller.token_id


def _hear(ledger: Keeper, worker_id: str, owner: str | None) -> None:
    """Raises NotFound for a worker that is not known any more, Forbidden for another token's."""
    with ledger.ledger.read() as connection:
        workers.check(connection, worker_id, owner)
    ledger.heartbeats.worker_lives(worker_id)


def _claim(
    ledger: Keeper, worker_id: str, wanted: ClaimBody, agents_token: str | None, owner: str | None
) -> tuple[list[ClaimedRun], int | None]:
    def token_of(flow_run_id: str, attempt: int) -> str | None:
        return None if agents_token is None else attempt_token(agents_token, wanted.claim_id, flow_run_id, attempt)

    def token_hash_of(flow_run_id: str, attempt: int) -> str | None:
        token = token_of(flow_run_id, attempt)
        return None if token is None else hash_of(token)

    ledger.catch_up()
    with ledger.ledger.write() as connection:
        now = ledger.ledger.now()
        workers.check(connection, worker_id, owner)
        claimed = claims.claim_runs(
            connection, worker_id, wanted.claim_id, wanted.queues, wanted.limit, now, token_hash_of=token_hash_of
        )
        for each in claimed:
            each.token = token_of(each.flow_run.id, each.flow_run.attempt)
        due = claims.next_due(connection, now)
        in_the_way = collisions.to_cancel(connection, now)
    for flow_run_id in in_the_way:
        with suppress(IllegalTransition, NotFound):  # it ended meanwhile
            with ledger.write() as connection:
                root = asking.cancel(connection, flow_run_id, collisions.command_id(flow_run_id), now)
            if root is not None:
                ledger.ring(root)
    if claimed:
        ledger.announce()  # else it is no news, and agents that wait would wake one another for ever
    return claimed, due
