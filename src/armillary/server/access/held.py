"""Requests that are held open, like streams and long polls, end when the token they came with does.

A token is looked up when a request begins, and again every few seconds while it lasts, so whatever was let in by a token that was
revoked or has expired since is let go of within five seconds. A request that is over before that costs one timer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from anyio import CancelScope

from armillary.core.errors import ArmillaryError

LOOK_AGAIN_SECONDS = 3.0

logger = logging.getLogger("armillary.server")


class Held:
    """``await held.serving(app)`` is the request; False when it was ended because ``still_good`` no longer held."""

    def __init__(self, still_good: Callable[[], Awaitable[bool]]) -> None:
        self._still_good = still_good
        self._scope = CancelScope()
        self._looking: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def serving(self, served: Awaitable[None]) -> bool:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(LOOK_AGAIN_SECONDS, self._look)
        try:
            with self._scope:
                await served
        finally:
            self.let_end()
        return not self._scope.cancelled_caught

    def let_end(self) -> None:
        """Look no more: what is left of the answer may be sent."""
        if self._timer is not None:
            self._timer.cancel()
        if self._looking is not None:
            self._looking.cancel()

    def _look(self) -> None:
        self._looking = asyncio.get_running_loop().create_task(self._keep_looking())

    async def _keep_looking(self) -> None:
        while await self._is_good():
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        self._scope.cancel()

    async def _is_good(self) -> bool:
        try:
            return await self._still_good()
        except ArmillaryError as problem:  # a ledger that is away revokes nothing
            logger.warning("A token cannot be looked up: %s", problem)
            return True
