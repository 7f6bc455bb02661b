"""``/news``: has anything changed? A long poll for who only wants to know when to ask again; the live stream says what."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import Query, Request, Response
from sqlalchemy import func, select

from armillary.ledger.tables.run_tables import outbox
from armillary.server.api.answers import answer
from armillary.server.api.routes import api_router
from armillary.server.ledger_access import ServedLedger
from armillary.server.live.keeper import Keeper
from armillary.server.live.shares import Shares
from armillary.server.permissions import READ, Caller, requires

router = api_router("/news", tags=["stream"])

LONGEST_WAIT_SECONDS = 30.0
_WAITING_AT_ONCE = 100
_AT_A_TIME_SECONDS = 1.0
_waiting = CapacityLimiter(_WAITING_AT_ONCE)
"""Who waits holds a thread: those of other requests are not theirs to take."""
_shares = Shares(_WAITING_AT_ONCE // 4)


@dataclass(slots=True)
class News:
    """``number`` grows with every change."""

    number: int


@router.get("", response_model=News, dependencies=[requires(READ)])
async def read_news(
    request: Request,
    ledger: ServedLedger,
    after: Annotated[int, Query(ge=-1, le=2**62, description="`number` of the last answer.")] = -1,
    wait_seconds: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS)] = 0,
) -> Response:
    """Answers as soon as something has changed since `after`, or when the time is up; at once where this token waits often enough
    already."""
    caller: Caller = request.scope["caller"]
    wait_seconds = 0 if _shares.is_spent(caller) else wait_seconds
    deadline = monotonic() + wait_seconds
    with _shares.holding(caller):
        while True:  # a thread cannot be called back, so it waits a little at a time
            left = max(0.0, min(deadline - monotonic(), _AT_A_TIME_SECONDS))
            number = await to_thread.run_sync(_next, ledger, after, left, limiter=_waiting)
            if number > after or monotonic() >= deadline:
                break
    return answer(News(number))


def _next(ledger: Keeper, after: int, wait_seconds: float) -> int:
    deadline = monotonic() + wait_seconds
    while True:
        with ledger.read() as connection:
            newest = connection.execute(select(func.max(outbox.c.number))).scalar() or 0
        left = deadline - monotonic()
        if newest > after or left <= 0:
            return int(newest)
        ledger.wait_for_news(min(left, 0.5))
