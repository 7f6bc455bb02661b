"""``/flow_runs/bulk_…``: one request for every flow run that matches. ``dry_run`` only counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Response
from pydantic import Field
from sqlalchemy import ColumnElement, select

from armillary.client.interface import Pruned
from armillary.client.new_ids import new_id
from armillary.core.errors import UsageError
from armillary.ledger import criteria, flow_run_changes, listings, pruning, time_limit
from armillary.ledger.tables import flow_run
from armillary.server import asking
from armillary.server.api.answers import answer
from armillary.server.api.bodies import Body, Moment, Narrowed
from armillary.server.api.clock import now_micros
from armillary.server.api.routes import api_router
from armillary.server.keeper import Keeper
from armillary.server.ledger_access import ServedLedger
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


class PruneQuestion(Body):
    ended_before: Moment
    dry_run: bool = False


@router.post("/bulk_delete", response_model=BulkAnswer, dependencies=[requires(WRITE)])
def bulk_delete_flow_runs(ledger: ServedLedger, wanted: BulkQuestion) -> Response:
    """Delete them with all that is theirs; those that somebody runs are refused."""

    def delete(flow_run_id: str) -> None:
        with ledger.ledger.write() as connection:
            flow_run_changes.delete_unowned(connection, flow_run_id, now_micros())

    return _each(ledger, wanted, delete)


@router.post("/bulk_cancel", response_model=BulkAnswer, dependencies=[requires(WRITE)])
def bulk_cancel_flow_runs(ledger: ServedLedger, wanted: BulkQuestion) -> Response:
    """Cancel them; those that have ended are refused."""
    return _each(ledger, wanted, lambda each: asking.cancel(ledger, each, new_id(), now_micros()))


@router.post("/bulk_retry", response_model=BulkAnswer, dependencies=[requires(WRITE)])
def bulk_retry_flow_runs(ledger: ServedLedger, wanted: BulkRetryQuestion) -> Response:
    """Put them back into their queues; those that have not ended or belong to no deployment are refused."""

    def retry(flow_run_id: str) -> None:
        with ledger.ledger.write() as connection:
            flow_run_changes.schedule_again(connection, flow_run_id, now_micros(), from_failure=wanted.from_failure)

    return _each(ledger, wanted, retry)


@router.post("/prune", response_model=Pruned, dependencies=[requires(WRITE)])
def prune_flow_runs(ledger: ServedLedger, wanted: PruneQuestion) -> Response:
    """Delete the root runs that ended before a moment, each with everything below it."""
    before = criteria.micros(wanted.ended_before)
    ledger.catch_up()
    gone = pruning.prune(ledger.ledger, before, now_micros(), dry_run=wanted.dry_run)
    ledger.announce()
    return answer(Pruned(gone.flow_runs, gone.task_runs))


def _each(ledger: Keeper, wanted: BulkQuestion, change: Callable[[str], None]) -> Response:
    """``change`` each run in a transaction of its own, so that nobody waits for all of them."""
    said = wanted.criteria()
    if not wanted.everything and not any((said.flows, said.flow_runs, said.task_runs, said.deployments)):
        raise UsageError(
            "The filter is empty: it would match every flow run.",
            subject="everything",
            advice="Say which ones, or set everything to true.",
        )
    condition = criteria.of_flow_runs(said)
    with ledger.read() as connection, time_limit.within(connection):
        matched = listings.count(connection, flow_run, condition)
    if wanted.dry_run:
        return answer(BulkAnswer(matched, min(matched, wanted.limit)))
    told = BulkAnswer(matched, 0)
    for flow_run_id in _ids(ledger, condition, wanted.limit):
        try:
            change(flow_run_id)
            told.done += 1
        except UsageError as refusal:
            if len(told.refused) < _REFUSALS_TOLD:
                told.refused.append(Refusal(flow_run_id, refusal.message))
    ledger.announce()
    return answer(told)


def _ids(ledger: Keeper, condition: ColumnElement[bool], limit: int) -> list[str]:
    with ledger.ledger.read() as connection, time_limit.within(connection):
        return list(
            connection.execute(select(flow_run.c.id).where(condition).order_by(flow_run.c.id).limit(limit)).scalars()
        )
