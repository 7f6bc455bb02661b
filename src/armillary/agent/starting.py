"""From a claimed run to its process: its code, its environment, an interpreter, warm where there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from armillary.agent.interpreter import Interpreter, setting_of
from armillary.agent.order import Preparation
from armillary.agent.output_recorder import OutputRecorder
from armillary.agent.projects import Projects
from armillary.agent.run_process import RunProcess
from armillary.agent.warm import Key, WarmInterpreters
from armillary.client.interface import Client
from armillary.core.flow_runner import from_document
from armillary.core.worker import ClaimedRun


class Running(Protocol):
    """A run on its way, as an agent sees it."""

    claimed: ClaimedRun

    def wait(self) -> str | None:
        """Until it has ended. How it died, or None when it ended by itself."""
        ...

    def ask_to_end(self) -> None: ...

    def kill(self) -> None: ...


class Starter(Protocol):
    """How an agent starts runs."""

    def start(self, claimed: ClaimedRun) -> Running:
        """Raises ArmillaryError or OSError when it cannot."""
        ...

    def over(self, running: Running) -> None:
        """It has ended, and the ledger knows."""
        ...

    def close(self) -> None: ...


class ProcessStarter:
    """Each run in a process of its own, with its own copy of its project. ``warm`` is how many interpreters are kept ready."""

    def __init__(self, connect: Callable[[], Client], home: str, worker_id: str, warm: int) -> None:
        self._client = connect()
        self._projects = Projects(home, worker_id)
        self._warm = WarmInterpreters(warm, self._projects)
        self._recorder = OutputRecorder(connect(), worker_id)
        self._roots: dict[str, str] = {}

    def start(self, claimed: ClaimedRun) -> RunProcess:
        deployment = claimed.deployment
        setting = setting_of(from_document(deployment.flow_runner))
        results = self._projects.fetch(self._client, deployment)
        if deployment.project_hash is None:
            interpreter = Interpreter(setting, Preparation(deployment.entrypoint), claimed.token)
            return RunProcess(claimed, interpreter, results, self._recorder)
        key = Key(setting, deployment.project_hash, deployment.entrypoint)
        ready = self._warm.take(key)
        if ready is None:
            root = self._projects.copy(deployment.project_hash)
            interpreter = Interpreter(setting, Preparation(deployment.entrypoint, root), claimed.token)
        else:
            interpreter, root = ready
        self._roots[claimed.flow_run.id] = root
        running = RunProcess(claimed, interpreter, results, self._recorder)
        self._warm.prepare(key, later=True)
        return running

    def over(self, running: Running) -> None:
        deployment = running.claimed.deployment
        root = self._roots.pop(running.claimed.flow_run.id, None)
        if root is not None:
            self._projects.remove(root)
        if deployment.project_hash is not None:
            setting = setting_of(from_document(deployment.flow_runner))
            self._warm.prepare(Key(setting, deployment.project_hash, deployment.entrypoint), later=False)

    def close(self) -> None:
        self._warm.close()
        self._recorder.close()
        self._projects.close()
        self._client.close()
