"""Runs on threads of the process that defines their flow: how a served flow runs."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from threading import Event, Lock, Thread, Timer
from typing import Any

from armillary import settings
from armillary.agent.flow_runners.port import Submitted, always
from armillary.agent.order import order_for
from armillary.core.deployments.worker import ClaimedRun
from armillary.engine.calls.assignment import assigned
from armillary.engine.lifecycle.cancellation import cancel_flow
from armillary.engine.runs.execution import Execution
from armillary.engine.runs.flow_execution import FlowExecution
from armillary.sdk.flow import Flow

_ENDED = "Ended by the process that serves the flow."

logger = logging.getLogger("armillary.agent")


class Threads:
    """Each run of ``flow`` on a thread. A thread cannot be killed: ``kill`` also only requests cancellation."""

    def __init__(self, flow: Flow[..., Any]) -> None:
        self._flow = flow

    def submit(self, claimed: ClaimedRun, confirm: Callable[[], None] = always) -> ThreadRun:
        confirm()
        return ThreadRun(self._flow, claimed)

    def forget(self, submitted: Submitted) -> None:
        pass

    def close(self) -> None:
        pass


class ThreadRun:
    def __init__(self, flow: Flow[..., Any], claimed: ClaimedRun) -> None:
        self.claimed = claimed
        self._flow = flow
        self._asked = False
        self._running: FlowExecution | None = None
        self._meeting = Lock()
        self._over = Event()
        self._died: str | None = None
        self._thread = Thread(target=self._run, name=f"armillary-run-{claimed.flow_run.id[-6:]}", daemon=True)
        self._thread.start()

    def wait(self) -> str | None:
        self._over.wait()
        return self._died

    def ask_to_end(self) -> None:
        """Cancel it in this process only: a lost run continues with its new owner."""
        with self._meeting:
            self._asked, running = True, self._running
        if running is not None:
            cancel_flow(running, _ENDED)

    kill = ask_to_end

    def _begun(self, run: Execution) -> None:
        assert isinstance(run, FlowExecution)
        with self._meeting:
            self._running, asked = run, self._asked
        run.when_settled(self._settled)
        if asked:
            cancel_flow(run, _ENDED)

    def _settled(self, _run: Execution) -> None:
        timer = Timer(settings.get("CANCEL_GRACE_SECONDS"), self._give_up)
        timer.daemon = True
        timer.start()

    def _give_up(self) -> None:
        """A thread cannot be killed; code that blocks it must not hold a slot too."""
        if not self._over.is_set():
            logger.warning(
                "Flow run %r finished, but some of its code still runs in this process.", self.claimed.flow_run.name
            )
            self._over.set()

    def _run(self) -> None:
        order = order_for(self.claimed)
        try:
            with assigned(order.assignment, self._begun):
                answer = self._flow(return_state=True, **order.parameters)
                if inspect.iscoroutine(answer):
                    asyncio.run(answer)
        except SystemExit:
            pass  # the run's state has the flow's exit code
        except BaseException as problem:  # the run itself never raises: only the engine can
            logger.exception("Flow run %r", self.claimed.flow_run.name)
            self._died = f"Could not be run: {problem}"
        finally:
            self._over.set()
