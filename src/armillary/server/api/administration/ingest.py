"""``/ingest`` and ``/owners``: owners elsewhere ship their journals, and hear what is asked of them. In msgpack."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Request, Response
from msgspec import DecodeError, ValidationError, msgpack
from starlette.concurrency import run_in_threadpool

from armillary.core.errors import InvalidOption
from armillary.journal.format.events import LOG_LANE, STATE_LANE
from armillary.journal.format.shipment import Heard, Listening, Shipment, ShipmentAnswer
from armillary.ledger.database.checks import is_id
from armillary.ledger.ingest import shipped
from armillary.ledger.nouns import attempt_tokens
from armillary.server.access.attempt_tokens import check_journals, check_root, told_in_body
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.live.keeper import Keeper
from armillary.server.permissions import WORK, Caller, requires

PACKED = "application/x-msgpack"
MOST_JOURNALS = 1000
MOST_FRAMES = 5_000
LONGEST_WAIT_SECONDS = 30.0

T = TypeVar("T")

_BODY = {"requestBody": {"required": True, "content": {PACKED: {"schema": {"type": "string", "format": "binary"}}}}}
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {PACKED: {"schema": {"type": "string", "format": "binary"}}}}
}

router = api_router(tags=["owners"])


@router.post(
    "/ingest",
    dependencies=[requires(WORK, attempt=told_in_body)],
    openapi_extra=_BODY,
    responses=_ANSWER,
    response_class=Response,
)
async def ingest(request: Request, ledger: ServedLedger) -> Response:
    """Take part of a journal. Answered once it is committed; sent again, it changes nothing."""
    shipment = _decoded(await request.body(), Shipment)
    if not is_id(shipment.journal_id):
        raise InvalidOption(f"{shipment.journal_id[:100]!r} is not a journal's id.", subject="journal_id")
    for part in shipment.lanes:
        if part.lane not in (STATE_LANE, LOG_LANE) or not 0 <= part.first_ordinal < 1 << 62:
            raise InvalidOption(f"A journal has no lane {part.lane[:100]!r}.", subject="lane", advice="state or log")
        if len(part.frames) > MOST_FRAMES:
            raise InvalidOption(f"A shipment holds {MOST_FRAMES} frames at most.", subject="frames")
    answer = await run_in_threadpool(_take, ledger, shipment, request.scope["caller"])
    return Response(msgpack.encode(answer), media_type=PACKED)


@router.post(
    "/owners/listen",
    dependencies=[requires(WORK, attempt=told_in_body)],
    openapi_extra=_BODY,
    responses=_ANSWER,
    response_class=Response,
)
async def listen(request: Request, ledger: ServedLedger) -> Response:
    """Say that these journals' owners live, and wait until something is asked of one of them."""
    listening = _decoded(await request.body(), Listening)
    journal_ids = list(listening.roots)
    if len(journal_ids) > MOST_JOURNALS or not all(map(is_id, [*journal_ids, *listening.roots.values()])):
        raise InvalidOption(f"roots are up to {MOST_JOURNALS} journals' ids, each with a root run's.", subject="roots")
    caller: Caller = request.scope["caller"]
    check_root(caller, *listening.roots.values())
    await run_in_threadpool(_check_journals, ledger, journal_ids, caller)
    ledger.heartbeats.owners_live(journal_ids)
    found = await run_in_threadpool(_waiting, ledger, journal_ids)
    seconds = min(max(listening.wait_seconds, 0.0), LONGEST_WAIT_SECONDS)
    if not (found.commands or found.fenced) and seconds:
        await ledger.owners.wait(list(listening.roots.values()), seconds)
        found = await run_in_threadpool(_waiting, ledger, journal_ids)
    return Response(msgpack.encode(Heard(found.commands, found.fenced)), media_type=PACKED)


def _take(keeper: Keeper, shipment: Shipment, caller: Caller) -> ShipmentAnswer:
    with keeper.ledger.write(synced=shipment.over) as connection:
        answer = shipped.take(connection, shipment, keeper.ledger.now())
        # Whose journal it is, its first frame says: looked at where it is read, and all of this undone if it may not be.
        check_journals(caller, attempt_tokens.of_journals(connection, [shipment.journal_id]))
        if shipment.over:
            shipped.finish(connection, shipment.journal_id, keeper.ledger.now(), died=shipment.died, lost=shipment.lost)
    if shipment.over:
        keeper.heartbeats.forget(shipment.journal_id)
    elif not shipment.died:
        keeper.heartbeats.owners_live([shipment.journal_id])
    keeper.frames_ingested += sum(len(part.frames) for part in shipment.lanes)
    keeper.announce()
    answer.ledger_id = keeper.ledger.id
    return answer


def _check_journals(keeper: Keeper, journal_ids: list[str], caller: Caller) -> None:
    if caller.flow_run_id is not None:
        with keeper.ledger.read() as connection:
            check_journals(caller, attempt_tokens.of_journals(connection, journal_ids))


def _waiting(keeper: Keeper, journal_ids: list[str]) -> shipped.Waiting:
    with keeper.ledger.read() as connection:
        return shipped.waiting(connection, journal_ids)


def _decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgpack.decode(body, type=kind)
    except (DecodeError, ValidationError, RecursionError) as problem:
        raise InvalidOption(
            f"The body is not a {kind.__name__}: {problem}.", subject="body", advice=f"Send it as {PACKED}."
        ) from None
