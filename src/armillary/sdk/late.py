"""What the sdk imports only when it is used, so that a module that merely decorates pays nothing for it.

Nothing else in the sdk imports by name. ``LATE`` names modules of the layers below; a test walks it. What lies above is handed in by the
package itself, which is above everything: :data:`serve`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

LATE = {
    "call_flow": "armillary.engine.calls.flow_calls",
    "call_flow_async": "armillary.engine.calls.flow_calls",
    "submit_flow": "armillary.engine.calls.flow_calls",
    "call_task": "armillary.engine.calls.task_calls",
    "map_task": "armillary.engine.calls.task_calls",
    "carry_with": "armillary.engine.runs.destination",
    "acquire_slots_from": "armillary.engine.lifecycle.slot_queue",
    "Slots": "armillary.client.slots",
    "ship": "armillary.client.shipping",
    "DeploymentSpec": "armillary.sdk.deployments.deployment_spec",
    "deploy": "armillary.sdk.deployments.deploying",
}
"""By name: the module that has it."""


def late(name: str) -> Any:
    """What the table says has that name, imported now at the latest."""
    return getattr(import_module(LATE[name]), name)


def _nothing_serves(*_arguments: Any) -> None:
    raise RuntimeError("import armillary first: it knows what serves flows")


serve: Callable[..., None] = _nothing_serves
"""Serves a flow in this process: the agent's, set when ``armillary`` gives out the first name of the sdk."""
