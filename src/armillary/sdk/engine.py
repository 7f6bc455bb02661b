"""The engine, imported with the first call of a flow or task: a module that only decorates does not load it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from armillary import settings
from armillary.journal.limits_file import LimitsFile
from armillary.sdk.late import late

if TYPE_CHECKING:
    from armillary.engine.calls.flow_calls import call_flow, call_flow_async, submit_flow
    from armillary.engine.calls.task_calls import call_task, map_task
    from armillary.engine.runs.destination import Destination

__all__ = ["call_flow", "call_flow_async", "call_task", "map_task", "submit_flow"]


_wired: list[bool] = []
"""Whether the engine has been told how to ship journals and acquire slots."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if not _wired:
        late("carry_with")(_carry)
        late("acquire_slots_from")(_Slots())
        _wired.append(True)
    value = late(name)
    globals()[name] = value
    return value


class _Slots:
    """The engine's :class:`~armillary.engine.lifecycle.slot_queue.SlotProvider`. If no tag is limited, it only stats a file."""

    def __init__(self) -> None:
        self._file = LimitsFile()
        self._client: Any = None

    def limited(self) -> frozenset[str]:
        if settings.get("API_URL"):
            limited_tags: frozenset[str] = self._asked().limited()
            return limited_tags
        return self._file.read(settings.home())

    def acquire(self, root_flow_run_id: str, task_run_id: str, tags: frozenset[str]) -> list[str]:
        full: list[str] = self._asked().take(root_flow_run_id, task_run_id, tags)
        return full

    def release(self, task_run_id: str) -> None:
        self._asked().give_back(task_run_id)

    def _asked(self) -> Any:
        """Loads the slot client on first use."""
        if self._client is None:
            self._client = late("Slots")()
        return self._client


def _carry(place: Destination) -> None:
    """Loads the shipper only when recording for a server."""
    late("ship")(place.folder, place.api_url)
