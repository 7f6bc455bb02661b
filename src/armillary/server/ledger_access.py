"""How routes get at the ledger.

Routes are plain ``def`` functions: they run on a thread of their own, where the ledger's functions may block.

    @router.get("/flow_runs/{flow_run_id}", dependencies=[requires(READ)])
    def read(flow_run_id: Id, ledger: ServedLedger) -> Response:
        with ledger.read() as connection:
            return answer(flow_runs.get(connection, flow_run_id))

``ledger.read()`` shows what every journal of the home had said when the request came in. ``ledger.write()`` is a
transaction that commits at the end of its block, and then wakes who waits for news.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from armillary.server.live.keeper import Keeper


def _keeper(request: Request) -> Keeper:
    keeper: Keeper = request.app.state.keeper
    return keeper


ServedLedger = Annotated[Keeper, Depends(_keeper)]
"""Type of a route's parameter that gets the ledger this server serves."""
