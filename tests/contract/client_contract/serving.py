"""A real server of a home, in this process, on a free port."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import uvicorn

from armillary.client.http.calls import certificates
from armillary.core.errors import ArmillaryError
from armillary.server.access.callers import Callers
from armillary.server.access.sign_in import SignInCodes
from armillary.server.application import Parts, create_application
from armillary.server.connection import BoundedConnection
from armillary.server.live.keeper import kept
from armillary.server.live.stream import Stream
from armillary.server.services.service import Services

PLAIN = certificates("http://")
"""``verify=PLAIN`` spares each request to such a server the reading of the authorities of the world."""


class _Server(uvicorn.Server):
    """Says when it takes connections, and ends as soon as it is told to: uvicorn looks ten times a second, and a test should not
    wait for that."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = Event()

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self._loop = asyncio.get_running_loop()
        self._told_to_end = asyncio.Event()
        await super().startup(sockets)  # type: ignore[arg-type]
        self.listening.set()

    async def main_loop(self) -> None:
        while not self._told_to_end.is_set():
            await self.on_tick(0)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told_to_end.wait(), 1)

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(0.002)
        await self.lifespan.shutdown()

    def end(self) -> None:
        """From another thread."""
        self._loop.call_soon_threadsafe(self._told_to_end.set)


@contextmanager
def served(
    home: str, token: str | None = None, *, connection: type[BoundedConnection] = BoundedConnection
) -> Iterator[str]:
    """The API's URL, while the block lasts. Without a home's ``token`` nobody is asked for one."""
    with kept(home, "a test", _raise) as keeper:
        stream = Stream(keeper)
        callers = None if token is None else Callers(keeper, token)
        parts = Parts(keeper, callers, SignInCodes(), stream, Services(keeper, [], "a test"))
        application = create_application(parts)
        config = uvicorn.Config(application, http=connection, port=0, log_config=None, lifespan="on", ws="none")
        server = _Server(config)
        thread = Thread(target=server.run, daemon=True)
        thread.start()
        assert server.listening.wait(20)
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/api"
        finally:
            stream.close()
            server.end()
            thread.join()


def _raise(problem: ArmillaryError) -> None:
    raise problem
