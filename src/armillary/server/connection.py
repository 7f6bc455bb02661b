"""One HTTP connection, and how long it may take for what.

A head that does not arrive whole in time ends its connection, and so does a body that is still coming some seconds after it was
answered, or comes in more pieces than anybody has a use for. There are only so many connections. When there are as many, the next one takes the place of those that have waited the
longest without a request of somebody who is known: whoever sends a good token is not turned away for strangers, however many
of those there are.

Below, uvicorn's h11 protocol bounds a head at 16 KiB, reads no more of a body than its reader has room for, and closes a
connection that is idle after an answer. Bodies have their bounds in :mod:`armillary.server.access.bounded_body`.
"""

from __future__ import annotations

import asyncio
import resource
from contextlib import suppress
from heapq import nsmallest
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from armillary.server.permissions import NOBODY

HEAD_SECONDS = 10.0
IDLE_SECONDS = 5
LINGER_SECONDS = 5.0
MOST_CONNECTIONS = 2_000
MOST_PIECES = 20_000
"""Of a body: each costs the same to parse, however little is in it."""

_READ_AT_ONCE = 32 << 10
_ROOM_FOR = 50
"""Connections that are closed at once when there are too many, so that looking for them is seldom."""

_OTHER_FILES = 200
"""What a server has open beside its connections, with some to spare."""

_TURNED_AWAY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class _Counted(h11.Connection):
    _pieces = 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        event = super().next_event()
        if isinstance(event, h11.Data):
            self._pieces += 1
            if self._pieces > MOST_PIECES:
                raise h11.RemoteProtocolError("The body comes in too many pieces.", 413)
        elif isinstance(event, h11.Request):
            self._pieces = 0
        return event


class BoundedConnection(H11Protocol):
    """``most`` is how many there may be at once."""

    most = MOST_CONNECTIONS

    _deadline: asyncio.TimerHandle | None = None
    _since = 0.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.conn = _Counted(h11.SERVER)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        transport.max_size = _READ_AT_ONCE  # type: ignore[attr-defined]  # or a body in tiny chunks is parsed for too long at once
        super().connection_made(transport)
        if len(self.connections) > self.most and not self._make_room():
            transport.write(_TURNED_AWAY)
            transport.close()
        else:
            self._end_in(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_never()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        was_awaited = self.conn.their_state
        super().data_received(data)
        awaited = self.conn.their_state
        if self.transport.is_closing():
            return
        if awaited is h11.IDLE:
            if self._deadline is None or was_awaited is not h11.IDLE:
                self._end_in(HEAD_SECONDS)
        elif was_awaited is h11.IDLE:
            self._end_never()

    def on_response_complete(self) -> None:
        is_unfinished = self.conn.their_state is h11.SEND_BODY
        super().on_response_complete()
        self._since = self.loop.time()
        if is_unfinished and not self.transport.is_closing():
            self._unset_keepalive_if_required()
            self._end_in(LINGER_SECONDS)

    def send_400_response(self, msg: str) -> None:
        """What cannot be parsed ends the connection; what was being answered is not answered twice."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.abort()

    @property
    def may_go(self) -> bool:
        """Whether nobody who is known waits for an answer here."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.scope.get("caller", NOBODY) is NOBODY

    def _end_in(self, seconds: float) -> None:
        self._end_never()
        self._since = self.loop.time()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _end_never(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _make_room(self) -> bool:
        """Whether others were closed instead of this one."""
        others = (each for each in self.connections if isinstance(each, BoundedConnection) and each is not self)
        oldest = nsmallest(_ROOM_FOR, (each for each in others if each.may_go), key=lambda each: each._since)
        for each in oldest:
            each.transport.abort()
        return bool(oldest)


def most_connections() -> int:
    """As many as there are file descriptors for, of which the process takes what it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
            )
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(10, min(MOST_CONNECTIONS, soft - _OTHER_FILES))
