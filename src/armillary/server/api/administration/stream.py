"""``/stream``: what happens, as it happens."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Header, Query, Request
from starlette.responses import StreamingResponse

from armillary.core.errors import InvalidOption
from armillary.server.api.routes import api_router
from armillary.server.live.stream import Stream
from armillary.server.permissions import READ, Caller, requires
from armillary.server.problems import TooMany

MOST_TOPICS = 100
_TOPIC = re.compile(
    r"\*|(flow_run|task_run|root|deployment|work_queue|artifact|variable|flow):(\*|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"
    r"|(worker|service|concurrency_limit):\*"
).fullmatch

router = api_router(tags=["stream"])


@router.get("/stream", dependencies=[requires(READ)], response_class=StreamingResponse)
async def stream(
    request: Request,
    topics: Annotated[
        str, Query(description="By comma: `flow_run:*`, `flow_run:<id>`, `task_run:<id>`, `root:<id>`, `worker:*`, …")
    ] = "*",
    last_event_id: Annotated[str | None, Header(description="Go on behind this event.")] = None,
) -> StreamingResponse:
    """Server-sent events: ``changes`` (a list of compact states), ``reset`` (read a snapshot) and ``hello``. Ids are numbers
    to go on from."""
    wanted = frozenset(each.strip() for each in topics.split(",") if each.strip())
    wrong = sorted(each for each in wanted if _TOPIC(each) is None)
    if wrong or not 0 < len(wanted) <= MOST_TOPICS:
        raise InvalidOption(
            f"{wrong[0] if wrong else topics!r} is not a topic.",
            subject="topics",
            advice=f"Topics are like flow_run:* or flow_run:<id>, 1 to {MOST_TOPICS} of them.",
        )
    if last_event_id is not None and not (
        last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19
    ):
        raise InvalidOption(f"{last_event_id!r} is not the id of an event.", subject="Last-Event-ID")
    served: Stream = request.app.state.stream
    caller: Caller = request.scope["caller"]
    if served.shares.is_spent(caller):
        raise TooMany(
            f"This token holds {served.shares.most} streams open already.",
            subject=caller.name,
            advice="Close some, or take a token of its own for each program.",
        )
    after = None if last_event_id is None else int(last_event_id)
    return StreamingResponse(
        served.listen(wanted, after, caller),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )
