"""A request's body, within its bounds of size, shape and time.

Nothing is read before somebody asks for it, and a route asks only once it knows that the caller may call it. A stranger's body is
small enough for a token, and must come at once. What a caller has sent and no route has taken yet is bounded too, over all of the
caller's requests, or many that are never finished would fill the memory.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from armillary.core.errors import ArmillaryError, InvalidOption, LedgerUnavailable, TooLarge
from armillary.server.access.json_shape import refusal
from armillary.server.permissions import NOBODY, Caller
from armillary.server.problems import TooSlow, problem_of

LARGEST_BODY_BYTES = 8 << 20
LARGEST_INGEST_BYTES = 64 << 20
LARGEST_ANONYMOUS_BYTES = 4 << 10
MOST_UNFINISHED_BYTES = 2 * LARGEST_INGEST_BYTES
ON_THE_LOOP_BYTES = 64 << 10
"""A larger body is looked at and parsed on a thread."""

SILENT_SECONDS = 20.0
WHOLE_BODY_SECONDS = 300.0
ANONYMOUS_BODY_SECONDS = 10.0

_PACKED = {"/api/ingest": LARGEST_INGEST_BYTES, "/api/owners/listen": LARGEST_BODY_BYTES}
"""What is sent in msgpack, which is read into records of known shape, and has no use for a look at its brackets."""


class BoundedBody:
    """``receive`` instead of the server's, and ``answering`` around what sends: what the application makes of a body that was refused
    is not sent. ``unfinished`` counts bytes by caller, over all requests."""

    def __init__(self, scope: Scope, headers: Headers, receive: Receive, unfinished: Counter[str]) -> None:
        self._scope = scope
        self._receive = receive
        self._unfinished = unfinished
        self._caller: Caller = scope["caller"]
        self._packed = scope["path"] in _PACKED
        self._declared = headers.get("content-length", "0")
        self._taken = 0
        self._parts: list[bytes] = []
        self._whole = False
        self._began: float | None = None
        self._answering = False
        self._refusal: ArmillaryError | None = None

    @property
    def _bound(self) -> int:
        if self._caller is NOBODY:
            return LARGEST_ANONYMOUS_BYTES
        return _PACKED.get(self._scope["path"], LARGEST_BODY_BYTES)

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()  # waits for the end of the connection, and may do so for as long as that takes
        if self._refusal is None:
            message = await self._next()
            if self._refusal is None:
                return message
        if self._answering:  # it is too late to say so
            return {"type": "http.disconnect"}
        raise self._refusal

    def over(self) -> None:
        """The request is answered, or given up."""
        self._unfinished[self._caller.key] -= self._taken
        if not self._unfinished[self._caller.key]:
            del self._unfinished[self._caller.key]
        self._taken = 0

    def answering(self, send: Send) -> Send:
        told = False

        async def answer(message: Message) -> None:
            nonlocal told
            if self._refusal is None or self._answering:
                self._answering = True
                await send(message)
            elif not told:
                told = True
                await problem_of(self._refusal)(self._scope, self._receive, send)

        return answer

    async def _next(self) -> Message:
        if not (self._declared.isascii() and self._declared.isdigit()):
            self._refusal = InvalidOption(f"{self._declared[:100]!r} is not a length.", subject="Content-Length")
        elif len(self._declared) > 18 or int(self._declared) > self._bound:
            self._refusal = _too_large(self._bound)
        if self._refusal is not None:
            return {}
        try:
            async with asyncio.timeout(self._seconds()):
                message = await self._receive()
        except TimeoutError:
            self._refusal = TooSlow(
                "The body of the request did not come in time.", subject="body", advice="Send it again, at once."
            )
            return {}
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        if message["type"] == "http.request":
            await self._take(message.get("body", b""))
        return message

    def _seconds(self) -> float:
        """How long the next part may take."""
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = now
        if self._caller is NOBODY:
            return self._began + ANONYMOUS_BODY_SECONDS - now
        return min(SILENT_SECONDS, self._began + WHOLE_BODY_SECONDS - now)

    async def _take(self, part: bytes) -> None:
        self._taken += len(part)
        self._unfinished[self._caller.key] += len(part)
        if self._taken > self._bound:
            self._refusal = _too_large(self._bound)
        elif self._unfinished[self._caller.key] > MOST_UNFINISHED_BYTES:
            self._refusal = LedgerUnavailable(
                f"This token's requests that are not finished hold {MOST_UNFINISHED_BYTES >> 20} MiB already.",
                subject=self._caller.name,
                advice="Send fewer at once.",
            )
        elif not self._packed:
            self._parts.append(part)
            if self._whole:
                body = b"".join(self._parts)
                self._parts.clear()
                small = len(body) <= ON_THE_LOOP_BYTES
                self._refusal = refusal(body) if small else await run_in_threadpool(refusal, body)


def _too_large(bound: int) -> TooLarge:
    told = f"{bound >> 20} MiB" if bound >> 20 else f"{bound >> 10} KiB, from whoever sends no token,"
    return TooLarge(f"A request body is {told} at most.", subject="Content-Length")
