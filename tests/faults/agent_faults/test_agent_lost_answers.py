"""An agent whose ledger does what it is asked, but whose answers get lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from armillary.agent.agent import Agent
from armillary.agent.flow_runners.port import always
from armillary.agent.ledger_link import LedgerLink
from armillary.client.in_process.client import InProcessClient
from armillary.client.interface.client import Client
from armillary.clock import new_id
from armillary.core.deployments.deployment import Deployment
from armillary.core.deployments.worker import ClaimedRun
from armillary.core.errors import LedgerUnavailable
from armillary.core.ids import flow_id

PATIENCE_SECONDS = 120.0


class Instant:
    """A run that has ended as soon as it is submitted."""

    def __init__(self, claimed: ClaimedRun) -> None:
        self.claimed = claimed

    def wait(self) -> str | None:
        return None

    def ask_to_end(self) -> None: ...

    def kill(self) -> None: ...


class Notebook:
    """A flow runner that writes down what it was given. ``trouble`` is what the first submission runs into."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.submitted: list[str] = []
        self.trouble = trouble
        self.has_one = Event()

    def submit(self, claimed: ClaimedRun, confirm: Callable[[], None] = always) -> Instant:
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble
        self.submitted.append(claimed.flow_run.id)
        self.has_one.set()
        return Instant(claimed)

    def forget(self, submitted: object) -> None: ...

    def close(self) -> None: ...


class Deaf:
    """A client of which the first answers to claims are lost."""

    def __init__(self, client: Client, lost: list[str]) -> None:
        self._client = client
        self._lost = lost

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def claim_runs(self, *arguments: Any) -> list[ClaimedRun]:
        claimed = self._client.claim_runs(*arguments)
        if claimed and len(self._lost) < 3:
            self._lost.extend(each.flow_run.id for each in claimed)
            raise LedgerUnavailable("The answer was lost.")
        return claimed


@pytest.fixture
def run_agent(home: Path) -> Iterator[Callable[[Callable[[], Client], Notebook], None]]:
    stops: list[Callable[[], None]] = []

    def start(connect: Callable[[], Client], notebook: Notebook) -> None:
        agent = Agent(LedgerLink(connect), LedgerLink(lambda: InProcessClient(str(home))), [], 1, lambda _: notebook)
        thread = Thread(target=agent.run)
        thread.start()
        stops.extend((agent.stop, thread.join))

    yield start
    for stop in stops:
        stop()


def due_runs(client: Client, many: int, crash_retries: int = 0) -> list[str]:
    now = datetime.now(UTC)
    made = client.save_deployment(
        Deployment(
            new_id(), "by-hand", flow_id("pipe"), "pipe", "/srv/pipe.py:pipe", now, now, crash_retries=crash_retries
        )
    )
    return [client.run_deployment(made.id).id for _ in range(many)]


def test_what_a_lost_answer_gave_is_started_once_it_is_given_again(
    home: Path, run_agent: Callable[[Callable[[], Client], Notebook], None]
) -> None:
    with InProcessClient(str(home)) as client:
        [run_id] = due_runs(client, 1)
    lost: list[str] = []
    notebook = Notebook()
    run_agent(lambda: Deaf(InProcessClient(str(home)), lost), notebook)
    assert notebook.has_one.wait(PATIENCE_SECONDS)
    assert (lost, notebook.submitted) == ([run_id] * 3, [run_id])


def test_a_run_that_cannot_be_submitted_for_any_reason_concerns_no_other(
    home: Path, run_agent: Callable[[Callable[[], Client], Notebook], None]
) -> None:
    with InProcessClient(str(home)) as client:
        first, second = due_runs(client, 2)
        notebook = Notebook(KeyError("what nobody expected"))
        run_agent(lambda: InProcessClient(str(home)), notebook)
        assert notebook.has_one.wait(PATIENCE_SECONDS)
        assert notebook.submitted == [second]
        said = client.find_flow_run(first)
        assert (said.state_type, "what nobody expected" in (said.state_message or "")) == ("CRASHED", True)
