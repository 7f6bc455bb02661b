"""The engine, imported with the first call of a flow or task: a module that only decorates pays nothing for it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from armillary.engine.calls import call_task, map_task
    from armillary.engine.flow_calls import call_flow, call_flow_async, submit_flow
    from armillary.engine.shipping import Destination

__all__ = ["call_flow", "call_flow_async", "call_task", "map_task", "submit_flow"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import_module("armillary.engine.flow_calls")
    import_module("armillary.engine.shipping").carry_with(_carry)
    home = "armillary.engine.calls" if name in ("call_task", "map_task") else "armillary.engine.flow_calls"
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def _carry(place: Destination) -> None:
    """Only who records for a server loads what ships."""
    import_module("armillary.client.shipping").ship(place.folder, place.api_url)
