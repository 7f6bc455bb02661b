"""What every test may ask for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from ledger_contract.postgresql_server import PostgresqlServer

import fast_disk
from armillary.client.in_process.client import InProcessClient

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a job that a shell put into the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # else every process that tests start ignores Ctrl-C too

TESTS = Path(__file__).parent

fast_disk.use()

settings.register_profile("default", deadline=None, print_blob=True)
settings.load_profile("default")


KINDS = ("e2e", "ui", "faults", "api", "contract", "unit")
"""From the kind whose tests take longest to the one whose tests take no time."""


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, as tests wait for processes and clocks for a quarter of their time; four at most."""
    return min(4, (os.cpu_count() or 1) + 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest starts first, so that no worker is left with it at the end: tests that are given more time than others,
    then by kind. In one process the order is that of the files, as everywhere."""
    if not hasattr(config, "workerinput"):
        return
    given_time = {item.path for item in items if item.get_closest_marker("timeout")}
    items.sort(key=lambda item: (item.path not in given_time, KINDS.index(item.path.relative_to(TESTS).parts[0])))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    server = PostgresqlServer()
    yield server
    server.stop()


@pytest.fixture
def database_url(postgresql: PostgresqlServer) -> str:
    """An empty PostgreSQL database of the test's own."""
    return postgresql.database()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and no setting of the machine's user."""
    for name in [name for name in os.environ if name.startswith("ARMILLARY_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("ARMILLARY_HOME", str(folder))
    monkeypatch.setenv("ARMILLARY_LOGGING_LEVEL", "WARNING")
    return folder


@pytest.fixture
def ledger(home: Path) -> Iterator[InProcessClient]:
    """Reads what was recorded in the test's home."""
    with InProcessClient(str(home)) as client:
        yield client
