"""The process of one run: ``python -m armillary.agent.child``, with its order as the first line of stdin.

Stdin stays open as long as the agent lives. When it ends, the agent has died, and so does the run: another agent may have been
given it by then.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import sys
from threading import Thread

from msgspec import json

from armillary.agent.order import Order
from armillary.engine.assignment import assigned
from armillary.sdk.loading import load_flow


def main() -> None:
    """Run the flow to its end. Exit code 0: the run ended by itself, whatever as."""
    line = sys.stdin.buffer.readline()
    order = json.decode(line, type=Order)
    Thread(target=_die_with_the_agent, name="armillary-agent-watch", daemon=True).start()
    flow = load_flow(order.entrypoint)
    with assigned(order.assignment):
        answer = flow(return_state=True, **order.parameters)
        if inspect.iscoroutine(answer):
            asyncio.run(answer)


def _die_with_the_agent() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
