"""Each implementation of the client, over a home whose journals a test writes."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from ledger_contract.postgresql_server import ledger_in

from armillary.client.asynchronous import AsyncClient
from armillary.client.http.client import HttpClient
from armillary.client.in_process.client import InProcessClient
from armillary.client.interface.client import Client
from armillary.core.states import RUNNING

from .recorded import RecordedRun
from .serving import served


@contextmanager
def over_http(home: str) -> Iterator[Client]:
    with served(home) as url, HttpClient(url, retry_seconds=0) as client:
        yield client


class Awaiting:
    """An asynchronous client as the suite calls it: every call on an event loop of its own."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        async def call(*arguments: Any, **options: Any) -> Any:
            return await method(*arguments, **options)

        return lambda *arguments, **options: asyncio.run(call(*arguments, **options))


@contextmanager
def awaited(home: str) -> Iterator[Client]:
    client = AsyncClient(InProcessClient(home))
    yield cast(Client, Awaiting(client))
    asyncio.run(client.close())


OVER_POSTGRESQL = "over HTTP, PostgreSQL"
IMPLEMENTATIONS: dict[str, Callable[[str], AbstractContextManager[Client]]] = {
    "in process": InProcessClient,
    "over HTTP": over_http,
    OVER_POSTGRESQL: over_http,
    "awaited": awaited,
}


@pytest.fixture
def client_home(tmp_path: Path) -> str:
    return str(tmp_path / "home")


@pytest.fixture(params=IMPLEMENTATIONS)
def client(request: pytest.FixtureRequest, client_home: str) -> Iterator[Client]:
    kind = "postgresql" if request.param == OVER_POSTGRESQL else "sqlite"
    with ledger_in(request, kind), IMPLEMENTATIONS[request.param](client_home) as made:
        yield made


@pytest.fixture
def killed_owner(client_home: str) -> str:
    """The id of a run whose owner was killed while it ran."""
    reading, writing = os.pipe()
    owner = os.fork()
    if owner == 0:
        run = RecordedRun(client_home, "orphan")
        run.takes(RUNNING)
        os.write(writing, run.id.encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(owner, 0)
    run_id = os.read(reading, 36).decode()
    os.close(reading)
    os.close(writing)
    return run_id
