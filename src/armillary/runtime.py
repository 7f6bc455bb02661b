"""Facts about the running code as plain attributes, read on each access; None outside a run.

from armillary.runtime import flow_run, task_run

flow_run.name
task_run.run_count

``flow_run`` and ``task_run`` are views of the run that the reading code belongs to, wherever they were imported.
Outside a run they are false, and each attribute is None.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from armillary.core.runs.flow_run import FlowRun
from armillary.core.runs.task_run import TaskRun
from armillary.engine.runs.current import current_run

__all__ = ["flow_run", "parameters", "project_root", "task_run"]


class _RunView:
    """Reads like the record of the current run."""

    __slots__ = ("_kind", "_record")

    def __init__(self, kind: type, record: Callable[[], Any]) -> None:
        self._kind = kind
        self._record = record

    def __getattr__(self, name: str) -> Any:
        record = self._record()
        if record is None and name in self._kind.__dataclass_fields__:  # type: ignore[attr-defined]
            return None
        return getattr(self._kind if record is None else record, name)

    def __bool__(self) -> bool:
        return self._record() is not None

    def __eq__(self, other: object) -> bool:
        return bool(self._record() == (other._record() if isinstance(other, _RunView) else other))

    __hash__ = None  # type: ignore[assignment]

    def __dir__(self) -> list[str]:
        return list(self._kind.__dataclass_fields__)  # type: ignore[attr-defined]

    def __repr__(self) -> str:
        return repr(self._record())


class _Parameters(Mapping[str, Any]):
    """The parameters of the current flow run, as its body received them; empty outside a run."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        return _parameters()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_parameters())

    def __len__(self) -> int:
        return len(_parameters())

    def __repr__(self) -> str:
        return repr(_parameters())


def _flow_run() -> FlowRun | None:
    run = current_run.get()
    return None if run is None else run.flow.as_record()


def _task_run() -> TaskRun | None:
    run = current_run.get()
    return cast(TaskRun, run.as_record()) if run is not None and run.letter == "t" else None


def _parameters() -> dict[str, Any]:
    run = current_run.get()
    return {} if run is None else dict(run.flow.parameters)


flow_run = cast(FlowRun, _RunView(FlowRun, _flow_run))
task_run = cast(TaskRun, _RunView(TaskRun, _task_run))
parameters: Mapping[str, Any] = _Parameters()
project_root: str | None
"""The folder of the project's own copy that a deployed run has; None for a run started manually."""


def __getattr__(name: str) -> Any:
    if name == "project_root":
        return os.environ.get("ARMILLARY_PROJECT_ROOT")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
