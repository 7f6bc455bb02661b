"""The agent over a ledger and a flow runner that a test plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Queue
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

from armillary.agent.agent import CLAIM_SECONDS, Agent
from armillary.agent.flow_runners.port import FlowRunner
from armillary.agent.ledger_link import LedgerLink
from armillary.client.interface.client import Client
from armillary.core.deployments.worker import ClaimedRun
from armillary.core.errors import NotFound, StorageUnavailable


def run_named(name: str) -> ClaimedRun:
    run = SimpleNamespace(id=name, name=name, attempt=1)
    return cast(ClaimedRun, SimpleNamespace(flow_run=run, deployment=SimpleNamespace(path="flow/x")))


class Ledger:
    """``due`` are the answers to claims, one after another; a claim without one waits."""

    def __init__(self) -> None:
        self.due: Queue[list[ClaimedRun]] = Queue()
        self.asked: Queue[tuple[int, float]] = Queue()
        self.released: Queue[tuple[str, str | None]] = Queue()
        self.handed_back: Queue[str] = Queue()

    def claim_runs(self, _worker: str, _claim: str, _queues: Any, limit: int, wait_seconds: float) -> list[ClaimedRun]:
        self.asked.put((limit, wait_seconds))
        return self.due.get()

    def release_run(self, _worker: str, run_id: str, *, attempt: int, died: str | None, whose: Any) -> None:
        assert attempt == 1
        self.released.put((run_id, died))

    def hand_run_back(self, _worker: str, run_id: str, *, attempt: int) -> None:
        assert attempt == 1
        self.handed_back.put(run_id)

    def register_worker(self, worker: Any) -> None: ...

    def stop_worker(self, worker: str) -> None: ...

    def close(self) -> None: ...


class Submission:
    def __init__(self, claimed: ClaimedRun) -> None:
        self.claimed = claimed
        self.over = Event()
        self.died: str | None = None

    def wait(self) -> str | None:
        self.over.wait()
        return self.died

    def ask_to_end(self) -> None:
        self.over.set()

    kill = ask_to_end


class Runner:
    """Runs named ``slow`` are submitted once ``storage`` answers; those named ``lost`` never."""

    def __init__(self) -> None:
        self.storage = Event()
        self.submitted: Queue[Submission] = Queue()

    def submit(self, claimed: ClaimedRun, _confirm: Callable[[], None]) -> Submission:
        if claimed.flow_run.name == "slow":
            self.storage.wait()
        if claimed.flow_run.name == "lost":
            raise StorageUnavailable("It is gone.")
        made = Submission(claimed)
        self.submitted.put(made)
        return made

    def forget(self, submitted: Any) -> None: ...

    def close(self) -> None: ...


class Stage:
    def __init__(self) -> None:
        self.ledger = Ledger()
        self.runner = Runner()
        link = LedgerLink(lambda: cast(Client, self.ledger))
        self.agent = Agent(link, link, [], 2, lambda _worker: cast(FlowRunner, self.runner))
        self.thread = Thread(target=self.agent.run)
        self.thread.start()

    def stop(self) -> None:
        self.agent.stop()
        self.agent.stop()
        self.ledger.due.put([])
        self.thread.join()


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.runner.storage.set()
    made.stop()


def test_an_idle_agent_asks_about_once_a_minute(stage: Stage) -> None:
    assert stage.ledger.asked.get() == (2, CLAIM_SECONDS)
    assert 50 <= CLAIM_SECONDS <= 60
    assert stage.ledger.asked.empty(), "it waits for that answer"
    stage.ledger.due.put([])
    assert stage.ledger.asked.get() == (2, CLAIM_SECONDS)


def test_a_run_whose_code_is_slow_to_come_holds_up_no_other(stage: Stage) -> None:
    stage.ledger.due.put([run_named("slow")])
    stage.ledger.due.put([run_named("quick")])
    quick = stage.runner.submitted.get()
    assert quick.claimed.flow_run.name == "quick"
    quick.over.set()
    assert stage.ledger.released.get() == ("quick", None)
    stage.runner.storage.set()
    stage.runner.submitted.get().over.set()
    assert stage.ledger.released.get() == ("slow", None)


def test_what_is_being_started_counts_against_the_limit(stage: Stage) -> None:
    assert stage.ledger.asked.get()[0] == 2
    stage.ledger.due.put([run_named("slow")])
    assert stage.ledger.asked.get()[0] == 1


def test_a_run_that_cannot_be_started_is_told_with_the_reason_and_makes_room(stage: Stage) -> None:
    stage.ledger.due.put([run_named("lost")])
    assert stage.ledger.released.get() == ("lost", "Its process could not be started: It is gone.")
    stage.ledger.due.put([run_named("quick")])
    stage.runner.submitted.get().over.set()
    assert stage.ledger.released.get() == ("quick", None)


def test_what_is_handed_out_while_the_agent_stops_goes_back(stage: Stage) -> None:
    stage.ledger.asked.get()
    stage.ledger.due.put([run_named("slow")])
    stage.ledger.asked.get()
    stage.agent.stop()
    stage.ledger.due.put([run_named("late")])
    assert stage.ledger.handed_back.get() == "late"


def test_what_was_recorded_while_the_agent_was_cut_off_is_shipped_before_it_claims_again() -> None:
    done: Queue[str] = Queue()

    class Forgetful(Ledger):
        """Gives the agent up once it has a run."""

        def __init__(self) -> None:
            super().__init__()
            self.given_up = False

        def claim_runs(self, worker: str, *rest: Any) -> list[ClaimedRun]:
            if self.given_up:
                self.given_up = False
                raise NotFound("There is no such worker.", subject=worker)
            done.put("claim")
            answer = super().claim_runs(worker, *rest)
            self.given_up = bool(answer)
            return answer

        def register_worker(self, worker: Any) -> None:
            done.put("register")

        def workers(self) -> list[Any]:
            return []

        def worker_lives(self, _worker: str) -> None: ...

    ledger, runner = Forgetful(), Runner()
    link = LedgerLink(lambda: cast(Client, ledger))
    agent = Agent(link, link, [], 2, lambda _worker: cast(FlowRunner, runner), before_release=lambda: done.put("ship"))
    thread = Thread(target=agent.run)
    thread.start()
    assert [done.get(), done.get()] == ["register", "claim"]
    ledger.due.put([run_named("long")])
    told = [done.get() for _ in range(2)]
    while told[-1] != "claim":
        told.append(done.get())
    assert told[0] == "register" and "ship" in told[1:]
    agent.stop()
    agent.stop()
    ledger.due.put([])
    thread.join()
