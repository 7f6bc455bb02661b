"""Runs in processes on the agent's machine: the flow runners ``universal`` and ``subprocess``."""

from __future__ import annotations

from collections.abc import Callable

from armillary.agent.flow_runners.environment import Environment, environment_of
from armillary.agent.flow_runners.interpreter import Interpreter
from armillary.agent.flow_runners.orphan_watch import OrphanWatch
from armillary.agent.flow_runners.port import Submitted, always
from armillary.agent.flow_runners.run_process import RunProcess
from armillary.agent.flow_runners.warm import Key, WarmInterpreters
from armillary.agent.ledger_link import LedgerLink
from armillary.agent.order import Preparation
from armillary.agent.output_recorder import OutputRecorder
from armillary.agent.projects import Projects
from armillary.core.deployments.deployment import Deployment
from armillary.core.deployments.flow_runner import from_document
from armillary.core.deployments.worker import ClaimedRun


class Processes:
    """Each run in its own process, with its own copy of its project. ``warm`` is the number of interpreters started ahead."""

    def __init__(self, link: LedgerLink, output: LedgerLink, home: str, worker_id: str, warm: int) -> None:
        self._link = link
        self._projects = Projects(home, worker_id)
        self._watch = OrphanWatch()
        self._warm = WarmInterpreters(warm, self._projects, self._watch)
        self._recorder = OutputRecorder(output, worker_id)

    def submit(self, claimed: ClaimedRun, confirm: Callable[[], None] = always) -> RunProcess:
        deployment = claimed.deployment
        environment = environment_of(from_document(deployment.flow_runner))
        results = self._link.ask(lambda client: self._projects.fetch(client, deployment))
        interpreter, root = self._interpreter(claimed, environment)
        try:
            confirm()
        except BaseException:
            interpreter.dismiss()
            if root is not None:
                self._projects.remove(root)
            raise
        running = RunProcess(claimed, interpreter, results, self._recorder, root)
        if root is not None:
            self._warm.prepare(_key(deployment), later=True)
        return running

    def _interpreter(self, claimed: ClaimedRun, environment: Environment) -> tuple[Interpreter, str | None]:
        """An interpreter that loads the run's flow, and the folder of its copy of the project."""
        deployment = claimed.deployment
        if deployment.project_hash is None:
            preparation = Preparation(deployment.entrypoint)
            return Interpreter(environment, preparation, self._watch, claimed.token), None
        ready = self._warm.take(_key(deployment))
        if ready is not None:
            return ready
        root = self._projects.copy(deployment.project_hash)
        try:
            preparation = Preparation(deployment.entrypoint, root)
            return Interpreter(environment, preparation, self._watch, claimed.token), root
        except OSError:
            self._projects.remove(root)
            raise

    def forget(self, submitted: Submitted) -> None:
        if isinstance(submitted, RunProcess) and submitted.root is not None:
            self._projects.remove(submitted.root)
            self._warm.prepare(_key(submitted.claimed.deployment), later=False)

    def close(self) -> None:
        self._warm.close()
        self._watch.close()
        self._recorder.close()
        self._projects.close()


def _key(of: Deployment) -> Key:
    return Key(environment_of(from_document(of.flow_runner)), of.project_hash or "", of.entrypoint)
