"""``/flow_runs/bulk_…``: one request for every flow run that matches. ``dry_run`` only counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Response
from msgspec import json
from pydantic import Field
from sqlalchemy import select

from armillary.clock import new_id, now_us
from armillary.core.errors import UsageError
from armillary.core.pruned import Pruned
from armillary.home import commands as asking
from armillary.ledger.database import time_limit
from armillary.ledger.ownership import flow_run_changes
from armillary.ledger.querying import criteria
from armillary.ledger.tables.run_tables import flow_run
from armillary.ledger.upkeep import pruning
from armillary.ledger.views import listings
from armillary.server.api.answers import answer
from armillary.server.api.bodies import Body, Moment, Narrowed
from armillary.server.api.idempotency import Key, told_before, told_once
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.live.keeper import Keeper
from armillary.server.permissions import WRITE, requires

router = api_router("/flow_runs", tags=["flow runs"])

MOST_AT_ONCE = 10_000
_REFUSALS_TOLD = 100


class BulkQuestion(Narrowed):
    """An empty filter matches every flow run: it is taken only with ``everything``."""

    dry_run: bool = False
    everything: bool = False
    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = MOST_AT_ONCE


class BulkRetryQuestion(BulkQuestion):
    """``from_failure``: as for one run's retry."""

    from_failure: bool = False


@dataclass(slots=True)
class Refusal:
    flow_run_id: str
    detail: str


@dataclass(slots=True)
class BulkAnswer:
    """``matched`` of them there were; ``done`` were changed, or with a dry run would be tried; ``refused`` says why not, of the
    first 100. More than ``limit`` are left for the next request."""

    matched: int
    done: int
    refused: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class _Chosen:
    matched: int
    flow_run_ids: list[str]


class PruneQuestion(Body):
    ended_before: Moment
    dry_run: bool = False


@router.post("/bulk_delete", response_model=BulkAnswer, dependencies=[requires(WRITE)])
def bulk_delete_flow_runs(ledger: ServedLedger, wanted: BulkQuestion, key: Key = None) -> Response:
    """Delete them with all that is theirs; those that somebody runs are refused."""

    def delete(flow_run_id: str) -> None:
        with ledger.ledger.write() as connection:
            flow_run_changes.delete_unowned(connection, flow_run_id, now_us())

    return _each(ledger, key, "POST /flow_runs/bulk_delete", wanted, delete)


@router.post("/bulk_cancel", response_model=BulkAnswer, dependencies=[requires(WRITE)])
def bulk_cancel_flow_runs(ledger: ServedLedger, wanted: BulkQuestion, key: Key = None) -> Response:
    """Cancel them; those that have ended are refused."""

    def cancel(flow_run_id: str) -> None:
        with ledger.ledger.write() as connection:
            root = asking.cancel(connection, flow_run_id, new_id(), now_us())
        if root is not None:
            ledger.ring(root)

    return _each(ledger, key, "POST /flow_runs/bulk_cancel", wanted, cancel)


@router.post("/bulk_retry", response_model=BulkAnswer, dependencies=[requires(WRITE)])
def bulk_retry_flow_runs(ledger: ServedLedger, wanted: BulkRetryQuestion, key: Key = None) -> Response:
    """Put them back into their queues; those that have not ended or belong to no deployment are refused."""

    def retry(flow_run_id: str) -> None:
        with ledger.ledger.write() as connection:
            flow_run_changes.schedule_again(connection, flow_run_id, now_us(), from_failure=wanted.from_failure)

    return _each(ledger, key, "POST /flow_runs/bulk_retry", wanted, retry)


@router.post("/prune", response_model=Pruned, dependencies=[requires(WRITE)])
def prune_flow_runs(ledger: ServedLedger, wanted: PruneQuestion, key: Key = None) -> Response:
    """Delete the root runs that ended before a moment, each with everything below it."""
    route = "POST /flow_runs/prune"
    told = told_before(ledger, key, route, wanted)
    if told is not None:
        return told
    before = criteria.micros(wanted.ended_before)
    ledger.catch_up()
    gone = pruning.prune(ledger.ledger, before, now_us(), dry_run=wanted.dry_run)
    ledger.announce()
    return told_once(ledger, key, route, wanted, gone)


def _each(ledger: Keeper, key: str | None, route: str, wanted: BulkQuestion, change: Callable[[str], None]) -> Response:
    """``change`` each run in a transaction of its own, so that nobody waits for all of them. A key keeps what was chosen: sent again,
    also while the first is still at work or after it died, a request concerns the same runs."""
    before = told_before(ledger, key, route, wanted)
    if before is not None:
        return before
    chosen = _chosen(ledger, wanted)
    if wanted.dry_run:
        return answer(BulkAnswer(chosen.matched, len(chosen.flow_run_ids)))
    kept = told_once(ledger, key, f"{route}, chosen", wanted, chosen)
    chosen = json.decode(kept.body, type=_Chosen)
    told = BulkAnswer(chosen.matched, 0)
    for flow_run_id in chosen.flow_run_ids:
        try:
            change(flow_run_id)
            told.done += 1
        except UsageError as refusal:
            if len(told.refused) < _REFUSALS_TOLD:
                told.refused.append(Refusal(flow_run_id, refusal.message))
    ledger.announce()
    return told_once(ledger, key, route, wanted, told)


def _chosen(ledger: Keeper, wanted: BulkQuestion) -> _Chosen:
    said = wanted.criteria()
    if not wanted.everything and not any((said.flows, said.flow_runs, said.task_runs, said.deployments)):
        raise UsageError(
            "The filter is empty: it would match every flow run.",
            subject="everything",
            advice="Say which ones, or set everything to true.",
        )
    condition = criteria.of_flow_runs(said)
    ids = select(flow_run.c.id).where(condition).order_by(flow_run.c.id).limit(wanted.limit)
    with ledger.read() as connection, time_limit.within(connection):
        matched = listings.count(connection, flow_run, condition)
        return _Chosen(matched, [str(each) for each in connection.execute(ids).scalars()])
