"""``flow.serve(…)``: a deployment whose schedule and runs live in the process that calls it."""

from __future__ import annotations

import asyncio
import inspect
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

from armillary.agent.agent import Agent
from armillary.agent.home_services import serving_home
from armillary.agent.order import order_for
from armillary.agent.starting import Running
from armillary.client.connecting import connect
from armillary.client.interface import Client
from armillary.client.new_ids import new_id
from armillary.core.errors import ArmillaryError, Conflict, OutsideRun
from armillary.core.work_queue import WorkQueue
from armillary.core.worker import ClaimedRun
from armillary.engine.assignment import assigned
from armillary.engine.current import current_run
from armillary.sdk.deployment_spec import DeploymentSpec
from armillary.sdk.flow import Flow

logger = logging.getLogger("armillary.agent")


def serve(flow: Flow[..., Any], name: str, limit: int, options: dict[str, Any]) -> None:
    """Make the deployment, with a work queue of its own, and run what falls due, ``limit`` runs at once, until Ctrl-C or SIGTERM:
    then nothing more is begun, and what runs may end for half a minute; twice ends it. Meanwhile and afterwards the deployment
    is paused while nobody serves it."""
    if current_run.get() is not None:
        raise OutsideRun(
            f"Flow {flow.name!r} is served inside a run.", subject=flow.name, advice="Serve it at the top."
        )
    queue = f"serve/{flow.name}/{name}"
    wanted = DeploymentSpec(name=name, flow=flow, work_queue=queue, **options).prepared("").deployment
    with connect() as client:
        _have_queue(client, queue)
        deployment = client.save_deployment(wanted)
        client.set_deployment_paused(deployment.id, False)
    agent = Agent(connect, [queue], limit, f"serve {deployment.path}", starter=lambda _id: _Threads(flow, connect))
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: agent.stop())
    words = "; ".join(each.words for each in deployment.schedules) or "when asked"
    sys.stderr.write(f"Serving {deployment.path}: {words}. Run it now: armillary deployment run {deployment.path}\n")
    try:
        with serving_home(connect):
            agent.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        with suppress(ArmillaryError), connect() as client:
            client.set_deployment_paused(deployment.id, True)
    sys.stderr.write(f"{deployment.path} is not served any more.\n")


def _have_queue(client: Client, name: str) -> None:
    at = client.find_work_queue("default").created
    with suppress(Conflict):
        client.create_work_queue(WorkQueue(new_id(), name, at, at, "Runs in the process that serves the flow."))


class _Threads:
    """Starts each run on a thread of this process."""

    def __init__(self, flow: Flow[..., Any], connect: Callable[[], Client]) -> None:
        self._flow = flow
        self._connect = connect

    def start(self, claimed: ClaimedRun) -> _ThreadRun:
        return _ThreadRun(self._flow, claimed, self._connect)

    def over(self, running: Running) -> None:
        pass

    def close(self) -> None:
        pass


class _ThreadRun:
    def __init__(self, flow: Flow[..., Any], claimed: ClaimedRun, connect: Callable[[], Client]) -> None:
        self.claimed = claimed
        self._flow = flow
        self._connect = connect
        self._failed: str | None = None
        self._thread = Thread(target=self._run, name=f"armillary-run-{claimed.flow_run.id[-6:]}", daemon=True)
        self._thread.start()

    def wait(self) -> str | None:
        self._thread.join()
        return self._failed

    def ask_to_end(self) -> None:
        """A thread can only be asked."""
        with suppress(ArmillaryError), self._connect() as client:
            client.cancel(self.claimed.flow_run.id)

    kill = ask_to_end

    def _run(self) -> None:
        order = order_for(self.claimed)
        try:
            with assigned(order.assignment):
                answer = self._flow(return_state=True, **order.parameters)
                if inspect.iscoroutine(answer):
                    asyncio.run(answer)
        except BaseException as problem:  # the run itself never raises: what does is what carries it
            logger.exception("Flow run %r", self.claimed.flow_run.name)
            self._failed = f"It could not be run: {problem}"
