"""Runs on threads of the process that has their flow at hand: how a served flow runs."""

from __future__ import annotations

import asyncio
import inspect
import logging
from contextlib import suppress
from threading import Thread
from typing import Any

from armillary.agent.flow_runners.port import Submitted
from armillary.agent.ledger_link import LedgerLink
from armillary.agent.order import order_for
from armillary.core.errors import ArmillaryError
from armillary.core.worker import ClaimedRun
from armillary.engine.assignment import assigned
from armillary.sdk.flow import Flow

logger = logging.getLogger("armillary.agent")


class Threads:
    """Each run of ``flow`` on a thread. A thread can only be asked to end: ``kill`` asks too."""

    def __init__(self, flow: Flow[..., Any], link: LedgerLink) -> None:
        self._flow = flow
        self._link = link

    def submit(self, claimed: ClaimedRun) -> ThreadRun:
        return ThreadRun(self._flow, claimed, self._link)

    def forget(self, submitted: Submitted) -> None:
        pass

    def close(self) -> None:
        pass


class ThreadRun:
    def __init__(self, flow: Flow[..., Any], claimed: ClaimedRun, link: LedgerLink) -> None:
        self.claimed = claimed
        self._flow = flow
        self._link = link
        self._died: str | None = None
        self._thread = Thread(target=self._run, name=f"armillary-run-{claimed.flow_run.id[-6:]}", daemon=True)
        self._thread.start()

    def wait(self) -> str | None:
        self._thread.join()
        return self._died

    def ask_to_end(self) -> None:
        with suppress(ArmillaryError):
            self._link.ask(lambda client: client.cancel(self.claimed.flow_run.id))

    kill = ask_to_end

    def _run(self) -> None:
        order = order_for(self.claimed)
        try:
            with assigned(order.assignment):
                answer = self._flow(return_state=True, **order.parameters)
                if inspect.iscoroutine(answer):
                    asyncio.run(answer)
        except SystemExit:
            pass  # the run's state says what the flow left with
        except BaseException as problem:  # the run itself never raises: what does is what carries it
            logger.exception("Flow run %r", self.claimed.flow_run.name)
            self._died = f"It could not be run: {problem}"
