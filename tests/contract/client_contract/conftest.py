"""Each implementation of the client, over a home whose journals a test writes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from armillary.client.http import HttpClient
from armillary.client.in_process import InProcessClient
from armillary.client.interface import Client
from armillary.core.states import RUNNING

from .recorded import RecordedRun
from .serving import served


@contextmanager
def over_http(home: str) -> Iterator[Client]:
    with served(home) as url, HttpClient(url, retry_seconds=0) as client:
        yield client


IMPLEMENTATIONS: dict[str, Callable[[str], AbstractContextManager[Client]]] = {
    "in process": InProcessClient,
    "over HTTP": over_http,
}


@pytest.fixture
def client_home(tmp_path: Path) -> str:
    return str(tmp_path / "home")


@pytest.fixture(params=IMPLEMENTATIONS)
def client(request: pytest.FixtureRequest, client_home: str) -> Iterator[Client]:
    with IMPLEMENTATIONS[request.param](client_home) as made:
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
