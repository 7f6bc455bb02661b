"""The process of one run: ``python -m armillary.agent.child``, which reads from stdin what to load and then which run to execute.

Between the two it may wait as a warm interpreter that has imported the flow and nothing more. Stdin stays
open as long as the agent lives. When it ends, the agent has died, and the run ends too: it may already have been reassigned.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import sys
import time
from contextlib import suppress
from threading import Thread
from traceback import format_exception
from typing import BinaryIO

from msgspec import json

from armillary import settings
from armillary.agent.leaving import Leaving
from armillary.agent.order import Preparation, RunOrder
from armillary.agent.output import marked
from armillary.core.errors import ArmillaryError, FileRaised
from armillary.engine.calls import flow_calls as flow_calls
from armillary.engine.calls.assignment import assigned
from armillary.engine.output import logs
from armillary.journal.descriptors import out_of_the_way
from armillary.sdk.deployments.loading import load_flow
from armillary.sdk.flow import Flow
from armillary.stores.blocks import open_block
from armillary.stores.opening import use_for_results


def main() -> None:
    """Run the flow to its end. Exit code 0: the run ended with any state, or there was none."""
    leaving = Leaving()
    try:
        _run(leaving)
    except BaseException:
        leaving.leave_soon(1)
        raise
    leaving.leave_soon(0)


def _run(leaving: Leaving) -> None:
    agent = _own_stdin()
    logs.configure()
    logs.marked = marked
    try:
        flow = _load(json.decode(agent.readline(), type=Preparation))
    except FileRaised as problem:
        sys.stderr.write("".join(format_exception(problem.__cause__)))
        sys.exit(1)
    except ArmillaryError as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(1)
    line = agent.readline()
    if not line:
        return  # the agent no longer needs this interpreter
    order = json.decode(line, type=RunOrder)
    Thread(target=_die_with_the_agent, args=(agent.fileno(),), name="armillary-agent-watch", daemon=True).start()
    if order.token is not None:
        os.environ.setdefault("ARMILLARY_API_KEY", order.token)
    if order.storage_kind is not None and "ARMILLARY_RESULTS_STORAGE" not in os.environ:
        use_for_results(open_block(order.storage_kind, order.storage_options or {}))
    # The run's state has the flow's exit code.
    with assigned(order.assignment, leaving.watch), suppress(SystemExit):
        answer = flow(return_state=True, **order.parameters)
        if inspect.iscoroutine(answer):
            asyncio.run(answer)


def _own_stdin() -> BinaryIO:
    """The agent's line to this process; what the flow reads from stdin is empty."""
    own = os.fdopen(out_of_the_way(os.dup(0)), "rb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return own


def _load(wanted: Preparation) -> Flow[..., object]:
    if wanted.root is None:
        return load_flow(wanted.entrypoint)
    os.environ["ARMILLARY_PROJECT_ROOT"] = wanted.root
    sys.path.insert(0, wanted.root)
    return load_flow(os.path.join(wanted.root, wanted.entrypoint))


def _die_with_the_agent(descriptor: int) -> None:
    """With all it started. If this thread cannot get the interpreter, the agent's orphan watch ends it a little later."""
    try:
        while os.read(descriptor, 4096):
            pass
    except OSError:  # the flow closed it
        return
    os.killpg(0, signal.SIGTERM)
    time.sleep(settings.get("WORKER_LEASE_SECONDS") / 3)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
