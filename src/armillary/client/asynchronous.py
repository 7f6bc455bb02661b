"""Any client, awaited: its calls run on a thread, so that an event loop goes on meanwhile.

    async with AsyncClient(HttpClient(url, token)) as client:
        page = await client.flow_runs()

It has every method of :class:`~armillary.client.interface.client.Client`, with the same arguments, answers and errors. There is no second
implementation that could differ from the first.
"""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable
from typing import Any, Self

from armillary.client.interface.client import Client


class AsyncClient:
    """``AsyncClient(client)`` owns that client: leaving the block closes it. A call that is cancelled is over at once for its
    caller, and runs to its end on its thread."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await to_thread(self._client.close)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._client, name)  # an unknown name is an AttributeError, as it should be
        if not callable(method):
            raise AttributeError(f"{name!r} is no method of a client")

        async def awaited(*arguments: Any, **options: Any) -> Any:
            return await to_thread(method, *arguments, **options)

        return awaited

    def __dir__(self) -> list[str]:
        return [name for name in dir(self._client) if not name.startswith("_")]
