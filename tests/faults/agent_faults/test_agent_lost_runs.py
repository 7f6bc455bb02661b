"""An agent that the ledger gave up: what it held is another's by then, and ends or never begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any

import pytest

from agent_faults.test_agent_lost_answers import PATIENCE_SECONDS, due_runs
from armillary.agent.agent import Agent
from armillary.agent.flow_runners.port import RunLost, always
from armillary.agent.ledger_link import LedgerLink
from armillary.client.in_process.client import InProcessClient
from armillary.client.interface.client import Client
from armillary.core.deployments.worker import ClaimedRun
from armillary.core.errors import LedgerUnavailable


class Body:
    """A run that goes on until it is killed."""

    def __init__(self, claimed: ClaimedRun) -> None:
        self.claimed = claimed
        self.attempt = claimed.flow_run.attempt
        self.over = Event()

    def wait(self) -> str | None:
        self.over.wait()
        return "It was killed."

    def kill(self) -> None:
        self.over.set()

    ask_to_end = kill


class Runner:
    """``code`` is set once the code of runs has come; what has begun since is in ``bodies``, what may not begin in ``refused``."""

    def __init__(self) -> None:
        self.code = Event()
        self.code.set()
        self.asked: Queue[int] = Queue()
        self.bodies: Queue[Body] = Queue()
        self.refused: Queue[int] = Queue()
        self.begun: list[Body] = []

    def submit(self, claimed: ClaimedRun, confirm: Callable[[], None] = always) -> Body:
        self.asked.put(claimed.flow_run.attempt)
        self.code.wait()
        try:
            confirm()
        except RunLost:
            self.refused.put(claimed.flow_run.attempt)
            raise
        assert all(each.over.is_set() for each in self.begun), "no two bodies at once"
        body = Body(claimed)
        self.begun.append(body)
        self.bodies.put(body)
        return body

    def forget(self, submitted: object) -> None: ...

    def close(self) -> None: ...


class Wrapped:
    """A client, and what happens on the way to it."""

    def __init__(self, client: Client, **instead: Callable[..., Any]) -> None:
        self._client = client
        self._instead = instead

    def __getattr__(self, name: str) -> Any:
        return self._instead.get(name) or getattr(self._client, name)


class Stage:
    """A home with one due run, and an agent that works on it. Its claims and its heartbeats go over links of their own."""

    def __init__(self, home: Path) -> None:
        self.home = str(home)
        self.runner = Runner()
        self.agent: Agent | None = None
        self.thread: Thread | None = None
        with InProcessClient(self.home) as client:
            [self.run_id] = due_runs(client, 1, crash_retries=5)

    def begin(self, slots: int, claims: dict[str, Any] | None = None, pulse: dict[str, Any] | None = None) -> Agent:
        def link(instead: dict[str, Any]) -> LedgerLink:
            return LedgerLink(lambda: Wrapped(InProcessClient(self.home), **instead))

        self.agent = Agent(link(claims or {}), link(pulse or {}), [], slots, lambda _: self.runner)
        self.thread = Thread(target=self.agent.run)
        self.thread.start()
        return self.agent

    def given_up(self) -> None:
        """The ledger takes the agent for dead."""
        assert self.agent is not None
        with InProcessClient(self.home) as client:
            client.stop_worker(self.agent.worker.id)

    def close(self) -> None:
        self.runner.code.set()
        if self.agent is not None and self.thread is not None:
            self.agent.stop()
            self.agent.stop()
            self.thread.join()


@pytest.fixture
def stage(home: Path) -> Iterator[Stage]:
    made = Stage(home)
    yield made
    made.close()


@pytest.mark.parametrize("slots", [1, 2], ids=["without a free slot", "with a free slot"])
def test_a_lost_run_ends_whichever_thread_registers_the_agent_again(stage: Stage, slots: int) -> None:
    stage.begin(slots)
    lost = stage.runner.bodies.get(timeout=PATIENCE_SECONDS)
    stage.given_up()
    assert lost.over.wait(PATIENCE_SECONDS)
    again = stage.runner.bodies.get(timeout=PATIENCE_SECONDS)
    assert (lost.attempt, again.attempt) == (1, 2)
    assert not again.over.is_set()
    with InProcessClient(stage.home) as client:
        run = client.find_flow_run(stage.run_id)
        assert (run.attempt, run.state_type) == (2, "PENDING"), "the end of the first says nothing about the second"


def test_the_look_for_lost_runs_is_repeated_until_it_succeeds(stage: Stage) -> None:
    failures: list[str] = []

    def away(*_: Any) -> Any:
        failures.append("away")
        raise LedgerUnavailable("The connection failed.")

    def workers() -> Any:
        if len(failures) < 4:
            away()
        with InProcessClient(stage.home) as client:
            return client.workers()

    stage.begin(2, pulse={"workers": workers})
    lost = stage.runner.bodies.get(timeout=PATIENCE_SECONDS)
    stage.given_up()
    assert lost.over.wait(PATIENCE_SECONDS)
    assert len(failures) == 4


def test_a_registration_whose_answer_was_lost_counts(stage: Stage) -> None:
    lost_answers: list[str] = []

    def register(worker: Any) -> None:
        with InProcessClient(stage.home) as client:
            client.register_worker(worker)
        if stage.runner.begun and len(lost_answers) < 2:
            lost_answers.append("lost")
            raise LedgerUnavailable("The answer was lost.")

    stage.begin(2, claims={"register_worker": register}, pulse={"register_worker": register})
    lost = stage.runner.bodies.get(timeout=PATIENCE_SECONDS)
    stage.given_up()
    assert lost.over.wait(PATIENCE_SECONDS)
    assert lost_answers


def test_a_run_that_is_lost_while_it_is_being_started_does_not_begin(stage: Stage) -> None:
    stage.runner.code.clear()
    stage.begin(2)
    assert stage.runner.asked.get(timeout=PATIENCE_SECONDS) == 1
    stage.given_up()
    with InProcessClient(stage.home) as client:
        while client.find_flow_run(stage.run_id).attempt == 1 or not client.workers():
            client.wait_for_news(0.1)
    stage.runner.code.set()
    assert stage.runner.refused.get(timeout=PATIENCE_SECONDS) == 1
    assert stage.runner.bodies.get(timeout=PATIENCE_SECONDS).attempt == 2


def test_a_run_that_an_agent_reads_of_after_its_lease_does_not_begin(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that was stopped, or whose machine slept, between the answer to its claim and the reading of it."""
    monkeypatch.setenv("ARMILLARY_WORKER_LEASE_SECONDS", "1")
    awake = Event()
    awake.set()
    slept: list[str] = []

    def claim_runs(*arguments: Any) -> Any:
        with InProcessClient(stage.home) as client:
            claimed = client.claim_runs(*arguments)
        if claimed and not slept:
            awake.clear()
            slept.append(claimed[0].flow_run.id)
            Event().wait(1.0)  # the lease is counted on a real clock
            stage.given_up()
            awake.set()
        return claimed

    def worker_lives(worker_id: str) -> None:
        awake.wait()
        with InProcessClient(stage.home) as client:
            client.worker_lives(worker_id)

    stage.begin(1, claims={"claim_runs": claim_runs}, pulse={"worker_lives": worker_lives})
    assert stage.runner.bodies.get(timeout=PATIENCE_SECONDS).attempt == 2
    assert [each.attempt for each in stage.runner.begun] == [2]
